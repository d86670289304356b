"""Adding up spans, so that a hundred queues in five windows cost little every second: pure.

Spans that are over do not change. What they add up to is kept by blocks of the clock (five minutes, a quarter, an
hour): a window is put together once a minute from some thirty blocks, and each second only the running minute is added.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any

from eqboard.floor.buckets import LARGEST, NAMES, NOTHING, Bucket, Histogram, Span, Tally, queues_of_key

BLOCKS = (60, 15, 5, 1)  # minutes; each holds several of the next, and a day begins at a multiple of 15
SMALLER = dict(pairwise(BLOCKS))
FINE_BLOCKS_FOR = 180  # minutes: after that no window begins between two quarters of an hour

Queues = frozenset[str] | None  # None: every queue

NO_TALLY = Tally()
FIELDS = attrgetter(*NAMES)
ARE_HISTOGRAMS = {name for name in NAMES if isinstance(getattr(NOTHING, name), Mapping)}


def minute_of(moment: datetime) -> int:
    """The minute in which it lies, counted since the epoch."""
    return int(moment.timestamp() // 60)


def together(buckets: Sequence[Bucket]) -> Bucket:
    """All of them as one; one alone is itself."""
    if len(buckets) < 2:
        return buckets[0] if buckets else NOTHING
    columns = zip(NAMES, zip(*map(FIELDS, buckets), strict=True), strict=True)
    return Bucket(**{name: _all(name, column) for name, column in columns})


def _all(name: str, column: tuple[Any, ...]) -> Any:
    if name in ARE_HISTOGRAMS:
        return _all_histograms([each for each in column if each])
    return max(column) if name in LARGEST else sum(column)


def _all_histograms(column: Sequence[Histogram]) -> Histogram:
    if len(column) < 2:
        return column[0] if column else {}
    total = dict(column[0])
    for counts in column[1:]:
        for key, count in counts.items():
            total[key] = total.get(key, 0) + count
    return total


def merged(spans: Sequence[Span]) -> Span:
    """One span from where the first begins to where the last ends, gaps included. There is at least one."""
    if len(spans) == 1:
        return spans[0]
    queues: dict[str, list[Bucket]] = {}
    idle_seconds: dict[str, float] = {}
    for span in spans:
        for queue, bucket in span.queues.items():
            queues.setdefault(queue, []).append(bucket)
        for key, seconds in span.idle_seconds.items():
            idle_seconds[key] = idle_seconds.get(key, 0.0) + seconds
    begins_at = min(span.begins_at for span in spans)
    return Span(
        begins_at,
        minute_of(max(span.ends_at for span in spans)) - minute_of(begins_at),
        {queue: together(buckets) for queue, buckets in queues.items()},
        idle_seconds,
        sum(span.seen_seconds for span in spans),
    )


def both(first: Tally, second: Tally) -> Tally:
    if first.since is None or second.since is None:
        return second if first.since is None else first
    return Tally(
        together([each for each in (first.bucket, second.bucket) if each]),
        first.idle_seconds + second.idle_seconds,
        min(first.since, second.since),
        max(filter(None, (first.until, second.until))),
        first.seen_seconds + second.seen_seconds,
    )


class Sums:
    """Sums over spans that do not change, made when they are asked for and kept: its answers are always the same."""

    def __init__(self, spans: Iterable[Span] = (), blocks: "Mapping[Block, Span | None] | None" = None) -> None:
        self._spans = {minute_of(span.begins_at): span for span in spans}
        self._first = min(self._spans, default=0)
        self._end = max(self._spans, default=-1) + 1
        self._blocks: dict[Block, Span | None] = dict(blocks or {})
        self._stretches: dict[tuple[int, int], Span | None] = {}
        self._idle: dict[tuple[int, int], Mapping[str, float]] = {}
        self._tallies: dict[tuple[Queues, int, int], Tally] = {}
        self._peaks: dict[tuple[str, int, int], tuple[int | None, ...]] = {}

    def succeeded(self, spans: Iterable[Span], changed: Collection[Span]) -> "Sums":
        """Sums over other spans, of which only `changed` differ from these or are not among both."""
        next_sums = Sums(spans)
        for block, span in self._blocks.copy().items():
            is_needed = block.end > next_sums._first and (
                block.minutes >= 15 or block.end > next_sums._end - FINE_BLOCKS_FOR
            )
            if is_needed and not any(block.meets(each) for each in changed):
                next_sums._blocks[block] = span
        return next_sums

    def over(self, first: int, end: int) -> Span | None:
        """All that begin in a minute from `first` on and before `end`, as one; None: there are none."""
        if not self._spans:
            return None
        first, end = max(first, self._first), min(end, self._end)
        if (first, end) not in self._stretches:
            pieces = [span for block in _blocks_of(first, end) if (span := self._block(block))]
            self._stretches[first, end] = merged(pieces) if pieces else None
        return self._stretches[first, end]

    def _block(self, block: "Block") -> Span | None:
        if block.minutes == 1:
            return self._spans.get(block.first)
        if block not in self._blocks:
            pieces = [span for each in block.parts() if (span := self._block(each))]
            self._blocks[block] = merged(pieces) if pieces else None
        return self._blocks[block]

    def tally(self, queues: Queues, first: int, end: int) -> Tally:
        if not self._spans:
            return NO_TALLY
        key = (queues, max(first, self._first), min(end, self._end))
        if key[1] >= key[2]:
            return NO_TALLY  # not kept: a poller that is gone leaves ever more windows without spans
        if key not in self._tallies:
            self._tallies[key] = self._new_tally(*key)
        return self._tallies[key]

    def _new_tally(self, queues: Queues, first: int, end: int) -> Tally:
        span = self.over(first, end)
        if span is None:
            return NO_TALLY
        chosen = span.queues if queues is None else queues & span.queues.keys()
        bucket = together([span.queues[queue] for queue in chosen])
        idle_seconds = self._idle_seconds(queues, first, end, span)
        return Tally(bucket, idle_seconds, span.begins_at, span.ends_at, span.seen_seconds)

    def _idle_seconds(self, queues: Queues, first: int, end: int, span: Span) -> float:
        if queues is None:
            return sum(span.idle_seconds.values())
        if len(queues) > 1:
            return sum(seconds for key, seconds in span.idle_seconds.items() if not queues.isdisjoint(_queues_of(key)))
        if (first, end) not in self._idle:
            self._idle[first, end] = _by_queue(span.idle_seconds)
        return sum(self._idle[first, end].get(queue, 0.0) for queue in queues)

    def peaks(self, queue: str, first: int, end: int) -> tuple[int | None, ...]:
        """The most that waited in each of the minutes; None where nobody watched, or no single minute is known."""
        if first >= self._end or end <= self._first:
            return (None,) * (end - first)
        key = (queue, first, end)
        if key not in self._peaks:
            self._peaks[key] = tuple(_peak(self._spans.get(minute), queue) for minute in range(first, end))
        return self._peaks[key]


@dataclass(frozen=True, slots=True)
class Block:
    """Minutes of the clock: `first` is a multiple of `minutes`, which is one of BLOCKS."""

    first: int
    minutes: int

    @property
    def end(self) -> int:
        return self.first + self.minutes

    def meets(self, span: Span) -> bool:
        begin = minute_of(span.begins_at)
        return begin < self.end and begin + span.minutes > self.first

    def parts(self) -> "Iterable[Block]":
        minutes = SMALLER[self.minutes]
        return (Block(each, minutes) for each in range(self.first, self.end, minutes))


def _blocks_of(first: int, end: int) -> Iterable[Block]:
    """The largest blocks that together are these minutes."""
    while first < end:
        minutes = next(each for each in BLOCKS if first % each == 0 and first + each <= end)
        yield Block(first, minutes)
        first += minutes


def _peak(span: Span | None, queue: str) -> int | None:
    if span is None or span.minutes > 1 or not span.seen_seconds:
        return None
    return max(span.queues.get(queue, NOTHING).waiting_peaks, default=0)


def _by_queue(idle_seconds: Mapping[str, float]) -> Mapping[str, float]:
    seconds_of: dict[str, float] = {}
    for key, seconds in idle_seconds.items():
        for queue in _queues_of(key):
            seconds_of[queue] = seconds_of.get(queue, 0.0) + seconds
    return seconds_of


_queues_of = lru_cache(maxsize=8192)(queues_of_key)
