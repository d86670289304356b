"""Who and what is on the pretend floor: agents, queues, callers, the parking lot, conferences.

Plain records without behaviour of their own. Moments are UNIX seconds as floats; answers truncate them (contract §4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from eqboard.simulator.agenda import Event
from eqboard.simulator.ledger import QueueLedger


class RingStrategy(StrEnum):
    """How a queue picks the agents it rings, in the words of the EQ API text."""

    RINGALL = "ringall"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    RRMEMORY = "rrmemory"
    RRORDERED = "rrordered"
    LINEAR = "linear"
    WRANDOM = "wrandom"


class AgentState(StrEnum):
    """An agent's state in a queue, in the words of contract §3."""

    SIGNED_OUT = "signedOut"
    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CALL = "onCall"
    WRAP_UP = "wrapUp"
    PAUSED = "paused"


class Place(StrEnum):
    """Where a caller is. A caller is in one place only."""

    WAITING = "waiting"  # in a queue, whether or not a telephone rings for them (contract §4)
    TALKING = "talking"
    CONFERENCE = "conference"
    PARKED = "parked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class PauseCode:
    """Why an agent does not take calls. `usual_seconds` and `weight` steer the simulated staff only."""

    id: int
    name: str
    usual_seconds: float = 600.0
    weight: float = 1.0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Supervisor:
    """A supervisor user; `extension` is where they sit when signed in."""

    id: int
    username: str
    first_name: str
    last_name: str
    extension: str


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Every attribute of a call queue, in the vendor's words (EQ API text, Create Call Queue). Times in seconds."""

    extension: str
    name: str
    type: int = 0
    auto_answer_acd: bool = False
    sys_resume: int | None = None
    wrap_up_time: int | None = None  # 0 is unlimited, None is no wrap-up
    wrap_up_all_queues: bool = False
    cid_name_prefix: str | None = None
    agent_restrictions: int = 0
    ring_strategy: RingStrategy = RingStrategy.LEASTRECENT
    weight: int = 0
    moh_class: str = "inherit"
    ringing_moh: bool = False
    recording_format: str | None = "wav"
    recording_mode: str = "afteranswered"
    max_wait_time: int | None = None
    agent_timeout: int | None = 15
    agent_retry_time: int | None = 5  # None is "no retry": the caller leaves after the first ring no answer (FreePBX)
    max_callers: int | None = None
    join_empty: str = "yes"
    leave_empty: str = "no"
    announce_frequency: int = 0
    announce_position: str = "no"
    announce_hold_time: str = "no"


@dataclass(slots=True)
class Queue:
    """A call queue: its settings, its callers in order of entry, and the agents signed in to it."""

    settings: QueueSettings
    deleted: bool = False
    waiting: dict[int, Call] = field(default_factory=dict)  # by call id, first in first
    members: dict[int, Agent] = field(default_factory=dict)  # by agent id, in order of signing in
    last_offered: tuple[int, int] | None = None  # (sign-in order, agent id), the memory of rrmemory and rrordered
    ledger: QueueLedger = field(default_factory=QueueLedger)

    @property
    def extension(self) -> str:
        """The queue's number, such as "500"."""
        return self.settings.extension


@dataclass(slots=True)
class Membership:
    """One agent signed in to one queue. `skill` is a penalty, 1 (best) to 5."""

    queue: str
    skill: int
    order: int
    signed_in_at: float
    rest_since: float  # when the present rest, available or paused, began
    paused: bool = False
    pause_code: int | None = None
    wrap_up_from: float | None = None
    wrap_up_until: float | None = None  # math.inf for unlimited
    calls_taken: int = 0
    last_call_at: float | None = None


@dataclass(slots=True)
class Agent:
    """An agent user and their one telephone. `bound` maps the queues they belong to onto their usual skill."""

    id: int
    number: str
    first_name: str
    last_name: str
    email_address: str | None
    language: str | None
    extension: str
    bound: dict[str, int]
    deleted: bool = False
    session_since: float | None = None
    signed_out_at: dict[str, float] = field(default_factory=dict)  # by queue
    memberships: dict[str, Membership] = field(default_factory=dict)
    ringing: Call | None = None
    ringing_since: float = 0.0
    call: Call | None = None
    not_before: float = 0.0  # no offer earlier: the retry time after a ring no answer

    @property
    def is_busy(self) -> bool:
        """Whether the one telephone rings or talks."""
        return self.ringing is not None or self.call is not None

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}"


@dataclass(slots=True)
class Conference:
    """A conference room in use by one caller, their agent and a third extension."""

    extension: str
    name: str
    started_at: float
    guest_extension: str
    guest_name: str


@dataclass(slots=True)
class Call:
    """A caller from arrival to hang-up. `id` never changes; `unique_id` may change on park (contract §4)."""

    id: int
    unique_id: str
    channel: str
    number: str
    name: str
    queue: str
    entered_at: float
    talk_left: float  # seconds of conversation still to come
    place: Place = Place.GONE
    retry_at: float = 0.0
    ringing: list[Agent] = field(default_factory=list)
    tried: set[int] = field(default_factory=set)  # agents whose telephone already rang for this caller
    agent: Agent | None = None
    answered_at: float = 0.0
    conference: Conference | None = None
    space: int = 0
    parked_by: Agent | None = None
    parked_at: float = 0.0
    parked_until: float = 0.0
    ring_event: Event | None = None
    patience_event: Event | None = None
    limit_event: Event | None = None
    next_event: Event | None = None  # the conversation's or the parking's next turn

    def events(self) -> Iterator[Event]:
        """Everything still planned for this caller."""
        for event in (self.ring_event, self.patience_event, self.limit_event, self.next_event):
            if event is not None:
                yield event


def state_of(agent: Agent, membership: Membership | None) -> AgentState:
    """The agent's state in one queue: one telephone, busy in every row it is signed in to (contract §4)."""
    if membership is None:
        return AgentState.SIGNED_OUT
    if agent.call is not None:
        return AgentState.ON_CALL
    if agent.ringing is not None:
        return AgentState.RINGING
    if membership.wrap_up_until is not None:
        return AgentState.WRAP_UP
    return AgentState.PAUSED if membership.paused else AgentState.AVAILABLE
