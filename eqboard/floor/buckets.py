"""What happened in queues within a stretch of time, as counts that can be added: frozen, pure, no clock.

A bucket keeps the *distribution* of waits, not counts against one limit: a service level with another target, limit or
formula can so be computed of the past too (metrics.md §1: a changed formula holds retroactively).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

Histogram = Mapping[int, int]
"""How many by whole seconds (rounded down), or by whatever else a field says."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One queue within a stretch of time. Events are counted when they are seen; so a call may be offered in one bucket
    and answered in another (metrics.md §2, Offered).
    """

    offered: int = 0  # entries into the queue
    answered_waits: Histogram = field(default_factory=dict)  # by seconds waited
    abandoned_waits: Histogram = field(default_factory=dict)
    flowed_waits: Histogram = field(default_factory=dict)  # left unserved by rule: timed out, sent on to another queue
    stolen_count: int = 0  # taken out of the queue by somebody to whom it did not ring
    unresolved_count: int = 0  # gone while nobody could see whereto
    answered_seconds: float = 0.0  # the sum of waits
    abandoned_seconds: float = 0.0
    longest_seconds: float = 0.0  # the longest wait that was seen, of those still waiting too
    talk_count: int = 0  # calls whose talk ended
    talk_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    handle_seconds: float = 0.0  # person-seconds on a call of this queue or wrapping one up, as they passed
    waiting_peaks: Histogram = field(default_factory=dict)
    """Minutes in which somebody waited, by the largest number of callers seen waiting. In the others nobody did."""

    def __bool__(self) -> bool:
        return self != NOTHING

    @property
    def answered(self) -> int:
        return sum(self.answered_waits.values())

    @property
    def abandoned(self) -> int:
        return sum(self.abandoned_waits.values())

    @property
    def flowed_out(self) -> int:
        return sum(self.flowed_waits.values())


NOTHING = Bucket()
LARGEST = frozenset({"longest_seconds"})  # of these the larger counts, not the sum


@dataclass(frozen=True, slots=True)
class Span:
    """All queues within one stretch of time: a minute, or where it is long ago a quarter of an hour."""

    begins_at: datetime  # aware UTC, a multiple of its length since the epoch
    minutes: int = 1
    queues: Mapping[str, Bucket] = field(default_factory=dict)  # by extension; those without events may be absent
    idle_seconds: Mapping[str, float] = field(default_factory=dict)
    """Person-seconds available, by the queues in which the person was (`idle_key`): so that whoever looks at some of
    these queues can count each person once.
    """
    seen_seconds: float = 0.0  # how much of it the floor was watched: poll after poll, without a gap

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Tally:
    """Several spans of some queues together."""

    bucket: Bucket = NOTHING
    idle_seconds: float = 0.0  # people counted once
    since: datetime | None = None  # the beginning of the first span; None: there is none
    until: datetime | None = None
    seen_seconds: float = 0.0


def add(first: Bucket, second: Bucket) -> Bucket:
    """Both together."""
    if not second:
        return first
    if not first:
        return second
    both: dict[str, Any] = {name: _added(name, getattr(first, name), getattr(second, name)) for name in NAMES}
    return Bucket(**both)


def _added(name: str, one: Any, other: Any) -> Any:
    """One field of both: counts by what they count, the larger, or the sum."""
    if isinstance(one, Mapping):
        return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}} if one and other else one or other
    return max(one, other) if name in LARGEST else one + other


def idle_key(queues: Iterable[str]) -> str:
    """A set of queues as one text, in which a space parts them; extensions come from outside, and may hold one."""
    return " ".join(sorted(each.replace("%", "%25").replace(" ", "%20") for each in queues))


def queues_of_key(key: str) -> frozenset[str]:
    """`queues_of_key(idle_key(queues)) == set(queues)`; there is no queue without a name."""
    return frozenset(each.replace("%20", " ").replace("%25", "%") for each in key.split(" ") if each)


NAMES = tuple(each.name for each in fields(Bucket))
