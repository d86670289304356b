"""What has to be remembered between snapshots beyond the snapshots themselves. Small, and JSON by pydantic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eqboard.floor.snapshot import Caller


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody who waits no more, and of whom it is not known yet what became of them."""

    key: str
    queue: str
    caller: Caller
    entered_at: datetime
    seen_at: datetime  # the last reading that showed them
    gone_at: datetime  # the first that did not
    gone_by: datetime  # when that answer was here: by then they had left
    is_blind: bool = False  # so long went by between readings that they may have been anywhere

    @property
    def left_at(self) -> datetime:
        """The best guess: the middle between two readings."""
        return self.seen_at + (self.gone_at - self.seen_at) / 2 if self.seen_at < self.gone_at else self.gone_at


@dataclass(frozen=True, slots=True)
class Talk:
    """An agent on a call that a queue gave them."""

    queue: str
    handles: tuple[str, ...]  # the caller's
    began_at: datetime | None = None  # None: nobody saw or told when


@dataclass(frozen=True, slots=True)
class WrapUp:
    """An agent who wraps up after a call of the queue."""

    queue: str
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A call that has been counted already, and may turn up again: out of the parking lot, or by a row too few."""

    seen_at: datetime
    was_answered: bool
    talked_in: str | None = None  # the queue as whose call a talk of it was told


@dataclass(frozen=True, slots=True)
class PickUp:
    """An agent seems to have taken somebody of whom EQ does not tell who it was."""

    agent: int
    queues: tuple[str, ...]  # one of these
    since: datetime  # between these two readings
    until: datetime
    caller: Caller | None = None  # for whom the telephone rang before
    is_certain: bool = True  # if nobody is missing, it was one who came and went unseen


CHANNEL = "channel "  # what tells it from a unique id among handles


@dataclass(frozen=True, slots=True)
class Watch:
    """Without anything: nothing is known."""

    departed: tuple[Departed, ...] = ()
    decided: tuple[str, ...] = ()  # keys of those who stand in the list of callers still, and have been answered
    talks: Mapping[int, Talk] = field(default_factory=dict)  # by agent
    wrap_ups: Mapping[int, WrapUp] = field(default_factory=dict)  # by agent
    known: Mapping[str, Known] = field(default_factory=dict)  # by handle
    pick_ups: tuple[PickUp, ...] = ()
    counts_at_answer: bool | None = None  # whether EQ counts a call as taken at its beginning; False: at its end
    shared: tuple[str, ...] = ()  # channels that tell nobody apart (channels.py)
    fallen: Mapping[str, int] = field(default_factory=dict)
    """EQ's counts of calls taken before they fell (pick_ups.py), by `fallen_key`."""


def fallen_key(agent: int, queue: str) -> str:
    return f"{agent} {queue}"


def agent_of_key(key: str) -> int:
    """`agent_of_key(fallen_key(agent, queue)) == agent`, whatever the queue is called."""
    return int(key.partition(" ")[0])


def handles(caller: Caller | None) -> tuple[str, ...]:
    """What a caller can be recognised by: the unique id may change on park and on pick-up, the channel stays."""
    if caller is None:
        return ()
    told = (caller.unique_id, channel_handle(caller.channel) if caller.channel else None)
    return tuple(handle for handle in told if handle)


def channel_handle(channel: str) -> str:
    return CHANNEL + channel


def is_same(one: Caller | None, other: Caller | None) -> bool:
    """Whether both are the same caller for sure."""
    if one is None or other is None:
        return False
    if one.unique_id and one.unique_id == other.unique_id:
        return True
    return bool(one.channel) and one.channel == other.channel


def is_within(first: datetime, second: datetime, span: timedelta) -> bool:
    """Whether two moments are no further apart than that, whichever comes first."""
    return abs(second - first) <= span
