"""The floor at one moment, in our words: frozen values, no I/O, no clock.

Every entity carries the names it is shown with, so that a fragment can be rendered from one entity alone.
Moments are aware UTC datetimes on *our* clock (`assemble` corrects the exchange's). Mappings keep no meaning in their
order; whoever shows them sorts them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

REST_SHARE = 0.25
"""Of the time that EQ took for an answer: for so long it is not asked the same again, and so is never busy with it all
the time.
"""


class AgentState(StrEnum):
    """What an agent does, mutually exclusive; the order is the precedence of `metrics.md` for one queue."""

    ON_CALL = "on_call"
    RINGING = "ringing"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AVAILABLE = "available"
    SIGNED_OUT = "signed_out"
    UNKNOWN = "unknown"  # EQ said a word we do not know


# Over all queues of an agent (contract §3): one available queue beats a pause in another.
COMBINED_PRECEDENCE = (
    AgentState.ON_CALL,
    AgentState.RINGING,
    AgentState.WRAP_UP,
    AgentState.AVAILABLE,
    AgentState.PAUSED,
    AgentState.UNKNOWN,
    AgentState.SIGNED_OUT,
)


def combined_state(states: Iterable[AgentState]) -> AgentState:
    """One state for a person in several queues (contract §3, combined precedence)."""
    present = set(states)
    return next((state for state in COMBINED_PRECEDENCE if state in present), AgentState.UNKNOWN)


class Part(StrEnum):
    """What is read from EQ on its own, and so has an age of its own."""

    STATISTICS = "statistics"
    AGENTS = "agents"
    CALLS = "calls"
    PARKED = "parked"
    CONFERENCES = "conferences"
    SESSIONS = "sessions"


class Trouble(StrEnum):
    """Why a part could not be read."""

    UNREACHABLE = "unreachable"  # no answer in time, or no connection
    BROKEN = "broken"  # a server error, or an answer that cannot be read
    MISSING = "missing"  # EQ knows no such path
    REFUSED = "refused"  # EQ said no, most likely to the key


@dataclass(frozen=True, slots=True)
class Source:
    """The freshness of one part."""

    part: Part
    every_seconds: float  # how often it is meant to be read
    taken_at: datetime | None = None  # when EQ was asked for the truth on the board; None: never yet
    trouble: Trouble | None = None  # why the newest attempt failed; None: it did not
    unreadable_count: int = 0  # rows of the newest answer that made no sense, wholly or in part
    took_seconds: float = 0.0  # how long EQ took for the newest answer

    @property
    def is_stretched(self) -> bool:
        """Whether EQ is so slow that it is asked less often than it is meant to be."""
        return self._busy_seconds > self.every_seconds

    @property
    def _busy_seconds(self) -> float:
        """Until it may be asked again."""
        return self.took_seconds * (1 + REST_SHARE)

    def stale_after_seconds(self, rounds: float) -> float:
        """The age at which its numbers are old: so many of its own rounds. A slow EQ stretches those: it is not asked
        again before the first round after its rest.
        """
        own_seconds = self.every_seconds * ceil(self._busy_seconds / self.every_seconds) if self.every_seconds else 0.0
        return max(self.every_seconds, self._busy_seconds, own_seconds) * rounds

    def is_stale(self, now: datetime, rounds: float) -> bool:
        """Whether its numbers are old at `now`; so are those that were never read."""
        return self.taken_at is None or now - self.taken_at > timedelta(seconds=self.stale_after_seconds(rounds))


@dataclass(frozen=True, slots=True)
class Queue:
    extension: str
    name: str  # the extension again while the name is not known
    waiting_count: int | None = None
    oldest_waiting_at: datetime | None = None  # when the longest waiting caller entered
    oldest_at_least: bool = False  # that is when we first saw them: the truth is this or earlier
    present_count: int | None = None  # agents signed in to this queue
    available_count: int | None = None
    on_call_count: int | None = None
    ringing_count: int | None = None
    wrap_up_count: int | None = None
    paused_count: int | None = None
    max_wait_seconds: int | None = None  # after so long EQ sends a caller away; None: never, or EQ does not tell
    usual_low: int | None = None  # so many wait at this hour of this weekday as a rule (buckets.waiting_peaks) …
    usual_high: int | None = None  # … and no more than that; None: not known yet
    pbx: "ExchangeCounts | None" = None  # what EQ itself counts; never mixed with ours (metrics.md §1)
    missing_since: datetime | None = None  # when an answer was without it for the first time; None: it is in the newest


@dataclass(frozen=True, slots=True)
class ExchangeCounts:
    """EQ's own counts for a queue. Its "abandoned" holds steals, time-outs and parked-away callers (contract §4)."""

    answered_count: int | None = None
    abandoned_count: int | None = None
    average_wait_seconds: float | None = None
    average_talk_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody on a line. Name and number come from outside and are hostile."""

    unique_id: str | None
    channel: str | None
    number: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """One agent in one queue."""

    queue: str
    queue_name: str
    state: AgentState
    paused: bool = False  # may be true during a call: the pause begins when it ends
    skill: int | None = None
    calls_taken: int | None = None  # by EQ's count: tells of a call that came and went between two readings


@dataclass(frozen=True, slots=True)
class Agent:
    """One person, once: the combined state over all their queues."""

    id: int
    name: str  # "#7", the id, while the name is not known
    number: str | None = None
    extension: str | None = None
    state: AgentState = AgentState.UNKNOWN
    state_since: datetime | None = None
    since_at_least: bool = False  # state_since is when we first saw it: the truth is this or longer
    partly_paused: bool = False  # paused in some queues, not in others
    pause_follows: bool = False  # paused in every queue, as soon as the call or the wrap-up ends
    pause_code: int | None = None
    pause_reason: str | None = None  # the code's name
    wrap_up_ends_at: datetime | None = None
    caller: Caller | None = None
    call_queue: str | None = None  # where the call came from; None: not from a queue, or EQ does not tell
    call_queue_name: str | None = None
    memberships: tuple[Membership, ...] = ()
    missing_since: datetime | None = None  # the first answer that told nothing of them; None: they are in the newest

    @property
    def signed_in(self) -> tuple[Membership, ...]:
        """The queues they are signed in to: those that an action on the agent touches."""
        return tuple(each for each in self.memberships if each.state is not AgentState.SIGNED_OUT)


@dataclass(frozen=True, slots=True)
class WaitingCall:
    key: str  # unique id, else channel, else what EQ says of them
    queue: str
    queue_name: str
    caller: Caller
    position: int | None = None  # 1 is next
    entered_at: datetime | None = None
    since_at_least: bool = False  # entered_at is when we first saw them: the truth is this or earlier
    ringing_at: tuple[str, ...] = ()  # names of the agents whose telephones ring for this caller


def oldest_of(calls: Iterable[WaitingCall]) -> tuple[datetime | None, bool]:
    """When the one entered who waits longest, and whether that is a lower bound of the wait; None for nobody."""
    entered = ((call.entered_at, call.since_at_least) for call in calls if call.entered_at)
    return min(entered, default=(None, False))


@dataclass(frozen=True, slots=True)
class ParkedCall:
    key: str  # unique id, else channel, else what EQ says of them
    caller: Caller
    space: str | None = None
    parked_by: str | None = None  # an extension
    parked_by_name: str | None = None
    parked_at: datetime | None = None
    returns_at: datetime | None = None  # when the parking time runs out


class CameBack(StrEnum):
    """What became of somebody who gave up waiting, by their number."""

    NO = "no"  # has not called again
    WAITING = "waiting"  # waits in a queue again
    ANSWERED = "answered"  # called again, and was answered


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who gave up called again; `how` is not NO."""

    queue: str
    how: CameBack
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AbandonedCall:
    """Somebody who gave up waiting today."""

    key: str  # of that wait: not the caller's number
    queue: str
    queue_name: str
    caller: Caller
    abandoned_at: datetime
    wait_seconds: float
    attempts: int = 1  # how often this number gave up today in this queue, this time included
    came_back: CameBack = CameBack.NO
    came_back_at: datetime | None = None
    returns: tuple[Return, ...] = ()  # one for each queue; what is above is the best of them


@dataclass(frozen=True, slots=True)
class Participant:
    caller: Caller
    admin: bool = False
    muted: bool = False
    talking: bool = False
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conference:
    extension: str
    name: str
    locked: bool = False
    started_at: datetime | None = None
    participants: tuple[Participant, ...] = ()


class LineState(StrEnum):
    """How far a call at an extension has come."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    UNKNOWN = "unknown"  # EQ said no word, or one that we do not know


@dataclass(frozen=True, slots=True)
class LineCall:
    """One call at an extension. Names and numbers come from outside and are hostile."""

    key: str  # within its line: unique id, else the extension's own channel, else what EQ says of it
    id: str | None = None  # EQ's id of the call, by which its recordings are found
    unique_id: str | None = None
    channel: str | None = None  # the extension's own
    other_channel: str | None = None  # of whom it talks with
    state: LineState = LineState.UNKNOWN
    direction: str | None = None  # inbound, outbound, internal, or a word that we do not know
    queue: str | None = None  # where the call came from; None: not from a queue, or EQ does not tell
    caller_number: str | None = None  # who called …
    caller_name: str | None = None
    connected_number: str | None = None  # … and whom they called
    connected_name: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    is_recorded: bool | None = None  # None: EQ does not tell


@dataclass(frozen=True, slots=True)
class Line:
    """What goes on at one extension. It is read only while somebody looks at it."""

    extension: str
    calls: tuple[LineCall, ...] = ()  # the one that began first comes first
    asked_at: datetime | None = None  # when EQ was asked for these calls; None: it never told any
    trouble: Trouble | None = None  # why the newest attempt failed; MISSING: EQ knows no such extension
    unreadable_count: int = 0  # calls of the newest answer that made no sense, wholly or in part


@dataclass(frozen=True, slots=True)
class PauseCode:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is going on, as one value."""

    sources: Mapping[Part, Source] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[int, Agent] = field(default_factory=dict)
    waiting: Mapping[str, WaitingCall] = field(default_factory=dict)
    parked: Mapping[str, ParkedCall] = field(default_factory=dict)
    abandoned: Mapping[str, AbandonedCall] = field(default_factory=dict)  # of today, the newest ones
    conferences: Mapping[str, Conference] = field(default_factory=dict)
    pause_codes: Mapping[int, PauseCode] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)  # of the extensions that somebody looks at

    def is_fresh(self, parts: Iterable[Part], now: datetime, rounds: float) -> bool:
        """Whether none of these parts is old: by this a page shows them so, and a button says that nobody sees them
        (pulse.py tells it the limit); by this what is pressed is refused.
        """
        sources = (self.sources.get(part) for part in parts)
        return all(source is not None and not source.is_stale(now, rounds) for source in sources)
