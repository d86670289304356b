"""Who and what is on the pretend floor: users, queues, pause codes. Who is on the line is in `parties`.

Plain records without behaviour of their own. Moments are UNIX seconds as floats; answers truncate them (contract §4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import SecretStr

from eqboard.simulator.agenda import Event
from eqboard.simulator.ledger.books import QueueLedger
from eqboard.simulator.switch.parties import Call, Leg, LegStatus, Line

if TYPE_CHECKING:
    from eqboard.simulator.ledger.visits import Visit

INBOUND = 0  # a type of call queue; 1 is outbound (EQ API text)


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


@dataclass(frozen=True, slots=True)
class PauseCode:
    """Why an agent does not take calls. `usual_seconds` and `weight` steer the simulated staff only."""

    id: int
    name: str
    usual_seconds: float = 600.0
    weight: float = 1.0
    deleted: bool = False


@dataclass(slots=True)
class Supervisor:
    """A supervisor user; `desk` is the extension where they usually sit, "" for none.

    The password is kept and never shown; no operation of the EQ API asks for it.
    """

    id: int
    username: str
    first_name: str
    last_name: str | None
    desk: str = ""
    email_address: str = ""
    language: str | None = None
    type: str = "full"  # or monitorOnly
    deleted: bool = False
    password: SecretStr | None = None

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return full_name(self)


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Every attribute of a call queue, in the vendor's words (EQ API text, Create Call Queue). Times in seconds.

    Kept and shown, but without effect here, as no answer of the EQ API could show one: agentRestrictions (nobody here
    follows or forwards calls), mohClass, ringingMoh, and how callers are told their place (announce...).
    """

    extension: str
    name: str
    type: int = INBOUND
    auto_answer_acd: bool = False  # the agent's telephone answers by itself
    sys_resume: int | None = None  # how long the system pauses whoever let a call ring out; None: it pauses nobody
    wrap_up_time: int | None = None  # 0 is unlimited, None is no wrap-up
    wrap_up_all_queues: bool = False
    cid_name_prefix: str | None = None  # stands before the caller's name from the moment they enter
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

    @property
    def is_public(self) -> bool:
        """Whether callers from outside know its number."""
        return self.type == INBOUND


@dataclass(slots=True)
class Queue:
    """A call queue: its settings, its callers in order of entry, and the agents signed in to it."""

    settings: QueueSettings
    deleted: bool = False
    waiting: dict[int, Call] = field(default_factory=dict)  # by call id, first in first
    members: dict[int, Agent] = field(default_factory=dict)  # by agent id, in order of signing in
    last_offered: tuple[int, int] | None = None  # (sign-in order, agent id), the memory of rrmemory and rrordered
    talking: dict[int, Visit] = field(default_factory=dict)  # those with an agent or in a conference now, by visit id
    is_watched: bool = False  # a look at whether those who wait are to leave is planned
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
    resume_event: Event | None = None  # the end of a pause that is the system's
    wrap_up_from: float | None = None
    wrap_up_until: float | None = None  # math.inf for unlimited
    wrap_up_of: Visit | None = None  # the visit to this queue that it is about; None after a call of another one
    calls_taken: int = 0
    last_call_at: float | None = None


@dataclass(slots=True)
class Agent:
    """An agent user and their one telephone. `bound` maps the queues they belong to onto their usual skill; the
    directory alone changes it.

    `extension` is where they sit, or sat last; `desk` where they come to work by themselves, "" for nowhere. Who is
    signed in to the system is decided by the sessions; `session_since` only follows them.
    """

    id: int
    number: str
    first_name: str
    last_name: str | None
    email_address: str | None
    language: str | None
    extension: str
    bound: Mapping[str, int]
    desk: str = ""
    deleted: bool = False
    password: SecretStr | None = None
    session_since: float | None = None
    signed_out_at: dict[str, float] = field(default_factory=dict)  # by queue
    memberships: dict[str, Membership] = field(default_factory=dict)
    ringing: Call | None = None
    ringing_since: float = 0.0
    call: Call | None = None
    leg: Leg | None = None  # the telephone's part in either
    not_before: float = 0.0  # no offer earlier: the retry time after a ring no answer
    lines: Mapping[str, Line] = field(default_factory=dict, repr=False)  # all telephones, from the first sign-in on

    def __post_init__(self) -> None:
        self.desk = self.desk or self.extension

    @property
    def is_busy(self) -> bool:
        """Whether the one telephone rings or talks, for a queue or for anybody else."""
        return self.ringing is not None or self.call is not None or self.other_leg is not None

    @property
    def other_leg(self) -> Leg | None:
        """What the telephone does that no queue gave this agent: a call dialled, sent here, or listened to."""
        line = self.lines.get(self.extension)
        if line is None or not line.legs:
            return None
        return next((leg for leg in line.legs if leg is not self.leg), None)

    @property
    def is_on_dnd(self) -> bool:
        """Whether the telephone turns calls away. The queues do not see it: the agent shows as available."""
        line = self.lines.get(self.extension)
        return line is not None and line.is_on_dnd

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return full_name(self)


def full_name(user: Agent | Supervisor) -> str:
    """First and last name as one text; a last name is not everybody's."""
    return f"{user.first_name} {user.last_name or ''}".strip()


def state_of(agent: Agent, membership: Membership | None) -> AgentState:
    """The agent's state in one queue: one telephone, busy in every row it is signed in to (contract §4)."""
    if membership is None:
        return AgentState.SIGNED_OUT
    if agent.call is not None:
        return AgentState.ON_CALL
    if agent.ringing is not None:
        return AgentState.RINGING
    other = agent.other_leg
    if other is not None:
        return AgentState.RINGING if other.status is LegStatus.RINGING else AgentState.ON_CALL
    if membership.wrap_up_until is not None:
        return AgentState.WRAP_UP
    return AgentState.PAUSED if membership.paused else AgentState.AVAILABLE
