"""What happened today, as spans that a board adds up: a frozen value, pure, no clock.

The last two hours are kept by the minute, what is older by the quarter of an hour, which fits every zone's offset and
the times at which a day may begin. Nothing is kept for longer than a day may last: 25 hours, when clocks change.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil

from eqboard.floor.buckets import Span, Tally
from eqboard.floor.changes import Delta
from eqboard.floor.moments import LONG_AGO
from eqboard.floor.sums import Queues, Sums, both, merged, minute_of

QUARTER = 15  # minutes
BY_THE_MINUTE = timedelta(hours=2)
KEPT = timedelta(hours=26)
FOR_EVER = 2**40  # minutes
NO_SUMS = Sums()


@dataclass(frozen=True, slots=True)
class History:
    """`spans` in the order of time; none overlaps another.

    A value is made from another: then it shares the sums over what both have.
    """

    spans: tuple[Span, ...] = ()
    _past: Sums = field(default=NO_SUMS, compare=False, repr=False)
    _running: Span | None = field(default=None, compare=False, repr=False)
    """The span that was put last, and so is likely to be the next one that is put; `_past` holds all the others."""
    _now: Sums = field(default=NO_SUMS, compare=False, repr=False)  # of `_running` alone

    def __post_init__(self) -> None:
        if self.spans and self._past is NO_SUMS:
            object.__setattr__(self, "_past", Sums(self.spans))

    def at(self, now: datetime) -> Span:
        """The span in which `now` lies: the minute, if there is none yet.

        It is a quarter if a clock went back so far. Then a window counts the quarters that begin in it, so that short
        ones show little until there are minutes again.
        """
        for span in reversed(self.spans):
            if span.begins_at <= now < span.ends_at:
                return span
        return Span(_moment(minute_of(now)))

    def ahead_of(self, now: datetime) -> tuple[Span, ...]:
        """Spans that are to come yet: they were counted before the clock was put back. In the order of time."""
        place = len(self.spans)
        while place and self.spans[place - 1].begins_at > now:
            place -= 1
        return self.spans[place:]

    def with_span(self, span: Span) -> "History":
        """With the span, in place of the one that began at the same moment."""
        return self.with_changes(Delta({span.begins_at: span}))

    def compacted(self, now: datetime) -> "History":
        """As it is kept at `now`. What lies as far ahead as nothing is kept back comes from a clock that was wrong."""
        gone = {span.begins_at for span in self.spans if not now - KEPT < span.ends_at <= now + KEPT}
        due = _quarter(now - BY_THE_MINUTE)
        coarse: dict[datetime, list[Span]] = {}
        for span in self.spans:
            if span.minutes < QUARTER and span.begins_at < due and span.begins_at not in gone:
                coarse.setdefault(_quarter(span.begins_at), []).append(span)
                gone.add(span.begins_at)
        put = {begin: replace(merged(spans), begins_at=begin, minutes=QUARTER) for begin, spans in coarse.items()}
        return self.with_changes(Delta(put, tuple(gone - put.keys())))

    def changes_since(self, old: "History") -> Delta[datetime, Span]:
        """What has to be told to somebody who knows `old`: `old.with_changes(new.changes_since(old)) == new`."""
        known = {span.begins_at: span for span in old.spans}
        put = {span.begins_at: span for span in self.spans if known.pop(span.begins_at, None) != span}
        return Delta(put, tuple(known))

    def with_changes(self, changes: Delta[datetime, Span]) -> "History":
        if not changes:
            return self
        known = {span.begins_at: span for span in self.spans}
        changed = [known[begin] for begin in (*changes.gone, *changes.put) if begin in known]
        left = {begin: span for begin, span in known.items() if begin not in changes.gone} | dict(changes.put)
        spans = [left[begin] for begin in sorted(left)]
        running = left.get(self._runs_next(changes))
        return self._made_of(spans, [*changed, *changes.put.values()], running)

    def _runs_next(self, changes: Delta[datetime, Span]) -> datetime:
        """When the span begins that is likely to be put again: not one that only holds what others held."""
        newest = max(changes.put, default=LONG_AGO)
        if self._running and changes.gone:
            return max(newest, self._running.begins_at)
        return newest

    def _made_of(self, spans: list[Span], changed: list[Span], running: Span | None) -> "History":
        before = self._running
        if before and running and all(_are_alike(each, before) for each in changed):
            past = self._past
        else:
            past_spans = (span for span in spans if span is not running)
            past = self._past.succeeded(past_spans, [*changed, *([before] if before else [])])
        return History(tuple(spans), past, running, Sums([running]) if running else NO_SUMS)

    def tally(self, queues: Queues, begin: datetime, until: datetime | None = None) -> Tally:
        """The sum over the spans that begin at `begin` or later (and before `until`), of the queues; None: of all.

        People who were idle are counted once, however many of these queues they are in. `Tally.until` of a span that
        runs is when it will end.
        """
        first, end = _bounds(begin, until)
        tally = self._past.tally(queues, first, end)
        if self._running and first <= minute_of(self._running.begins_at) < end:
            tally = both(tally, self._now.tally(queues, 0, FOR_EVER))
        return tally

    def over(self, begin: datetime, until: datetime) -> Span | None:
        """All queues within a stretch of time, as one span; None when nothing of it is known."""
        spans = [span for sums in (self._past, self._now) if (span := sums.over(*_bounds(begin, until)))]
        return merged(spans) if spans else None

    def peaks(self, queue: str, now: datetime, minutes: int = 60) -> tuple[int | None, ...]:
        """The most callers seen waiting in each minute, the running one last; None where nobody watched.

        `minutes` is 1 to 120: of what is older, no single minute is known.
        """
        first = minute_of(now) + 1 - minutes
        peaks = self._past.peaks(queue, first, first + minutes)
        place = minute_of(self._running.begins_at) - first if self._running else -1
        if not 0 <= place < minutes:
            return peaks
        return (*peaks[:place], *self._now.peaks(queue, first + place, first + place + 1), *peaks[place + 1 :])


def _bounds(begin: datetime, until: datetime | None) -> tuple[int, int]:
    return ceil(begin.timestamp() / 60), FOR_EVER if until is None else ceil(until.timestamp() / 60)


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _quarter(moment: datetime) -> datetime:
    """When the quarter of an hour began in which it lies."""
    minute = minute_of(moment)
    return _moment(minute - minute % QUARTER)


def _are_alike(one: Span, other: Span) -> bool:
    """Whether they are the same stretch of time."""
    return one.begins_at == other.begins_at and one.minutes == other.minutes
