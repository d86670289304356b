"""Who is on the line: callers, the telephones they are connected with, conference rooms.

Plain records. Moments are UNIX seconds as floats; answers truncate them (contract §4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from eqboard.simulator.agenda import Event

if TYPE_CHECKING:
    from eqboard.simulator.ledger.visits import Visit
    from eqboard.simulator.office.entities import Agent


class Place(StrEnum):
    """Where a caller is. A caller is in one place only."""

    WAITING = "waiting"  # in a queue, whether or not a telephone rings for them (contract §4)
    TALKING = "talking"  # with the agent to whom their queue gave them
    CONFERENCE = "conference"  # the same, in a conference room
    PARKED = "parked"  # in the lot, or on the way back to the agent whose telephone rings
    SENT = "sent"  # on the way to an extension or a number that has not answered
    REACHED = "reached"  # with whoever answered there
    GONE = "gone"


class LegStatus(StrEnum):
    """What a telephone does, in the words of contract §3, Active call."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"


class Mode(StrEnum):
    """How an extension is monitored, in the words of the EQ API text."""

    SPY = "spy"
    BARGE_IN = "bargeIn"
    WHISPER = "whisper"


@dataclass(slots=True, eq=False, kw_only=True)
class Party:
    """Somebody on the line: one channel of the switch.

    `id` names the whole call, and both ends of it have the same; `unique_id` and `channel` name this end alone.
    """

    id: int
    unique_id: str
    channel: str
    number: str
    name: str
    talk_left: float = 0.0  # seconds of conversation still to come
    peer: Party | None = None  # the other end, from the moment when it rings there
    next_event: Event | None = None  # the conversation's or the parking's next turn
    conference: Conference | None = None
    space: int = 0  # in the parking lot; 0 is nowhere
    parked_from: str = ""  # the extension that parked them
    parked_at: float = 0.0

    def forget_plans(self) -> None:
        """Cancel what was planned to happen to this party."""
        if self.next_event is not None:
            self.next_event.cancel()
            self.next_event = None


@dataclass(slots=True, eq=False, kw_only=True)
class Call(Party):
    """A caller from outside, from arrival to hang-up, or somebody outside who was dialled.

    `id` never changes; `unique_id` may change on park and on pick-up (contract §4). `queue` is where they came from,
    "" for who came from none.
    """

    queue: str
    entered_at: float
    cid_prefix: str = ""  # what a queue put before the name
    place: Place = Place.GONE
    retry_at: float = 0.0
    ringing: list[Agent] = field(default_factory=list)
    tried: set[int] = field(default_factory=set)  # agents whose telephone rang for this caller, in this round
    agent: Agent | None = None
    answered_at: float = 0.0
    parked_by: Agent | None = None
    ring_event: Event | None = None
    patience_event: Event | None = None
    limit_event: Event | None = None
    visit: Visit | None = None  # to the queue that they are in or came from: what the ledger knows of it

    def events(self) -> Iterator[Event]:
        """Everything still planned for this caller."""
        for event in (self.ring_event, self.patience_event, self.limit_event, self.next_event):
            if event is not None:
                yield event


@dataclass(slots=True, eq=False, kw_only=True)
class Leg(Party):
    """An extension's part in a call. `is_origin`: the call goes out from here.

    `towards` is the number and name of whom the telephone is connected with when that is no party: the number being
    dialled, the conference room, the parking space, the extension that is monitored.
    """

    extension: str
    status: LegStatus
    started_at: float
    answered_at: float | None = None
    is_origin: bool = False
    towards: tuple[str, str] = ("", "")
    monitoring: Monitoring | None = None


@dataclass(slots=True, eq=False)
class Monitoring:
    """Listening in on the calls of another extension."""

    target: str
    mode: Mode


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a conference room."""

    party: Party
    joined_at: float
    is_admin: bool = False
    is_muted: bool = False


@dataclass(slots=True, eq=False)
class Conference:
    """A conference room in use: by the caller for whom it was opened, their agent, and a third who was called in."""

    extension: str
    name: str
    started_at: float
    call: Call
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Line:
    """The telephone at an extension: its calls, and what was typed on it."""

    extension: str
    legs: list[Leg] = field(default_factory=list)
    is_on_dnd: bool = False
    typed: str = ""  # digits not dialled yet
    is_transferring: bool = False  # what is typed now is where the call is to go
    last_dialled: str = ""


def bearer_of(leg: Leg) -> Party:
    """The end whose unique id names the whole call: the caller from outside, else the telephone that called."""
    if leg.conference is not None:
        return leg.conference.call
    peer = leg.peer
    if isinstance(peer, Call) or (peer is not None and not leg.is_origin):
        return peer
    return leg


def is_connected(leg: Leg) -> bool:
    """Whether the telephone talks with somebody, who could be parked or sent on."""
    if leg.status is not LegStatus.UP or leg.conference is not None:
        return False
    peer = leg.peer
    if isinstance(peer, Call):
        return peer.place in (Place.TALKING, Place.REACHED)
    return isinstance(peer, Leg) and peer.status is LegStatus.UP
