"""What the leader counts: what happened between two rounds, into the span of the minute, and what has to outlive it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from eqboard.feed.follow import Counts
from eqboard.feed.messages import Codec, Stored, Unreadable
from eqboard.feed.publisher import Counted
from eqboard.feed.reader import Whole
from eqboard.floor.abandoned import Attempts, with_events
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta
from eqboard.floor.counting import counted
from eqboard.floor.flow import Watch, observe, with_possible_waits
from eqboard.floor.history import KEPT, History
from eqboard.floor.moments import LONG_AGO
from eqboard.floor.snapshot import Snapshot
from eqboard.poller.lamp import Lamp

logger = logging.getLogger(__name__)

SOON = timedelta(hours=1)
LEAST_AHEAD = timedelta(minutes=1)  # two hosts of which the one leads after the other may differ by seconds


@dataclass(frozen=True, slots=True)
class Watched:
    """The watch as of one update."""

    epoch: str
    seq: int
    sent_at: datetime
    watch: Watch
    attempts: Attempts = field(default_factory=Attempts)  # of those who are not in the floor's list any more


watches = Codec(Watched)


class Counter:
    """Counts for one lead, from where the last leader ended. `in_redis`: what is stored there as the lead begins."""

    def __init__(self, before: Whole, in_redis: History, day_begins_at: Callable[[datetime], datetime]) -> None:
        watched = _watched_with(before)
        self._watch, self._attempts = watched.watch, watched.attempts
        self._day_begins_at = day_begins_at
        self._history = before.counts.history
        self._stored = in_redis
        self._is_anew = not in_redis.spans
        self._is_ahead = False  # and the log was told
        self._lamp = Lamp("The counting of calls", logger)

    @property
    def history(self) -> History:
        return self._history

    def count(self, before: Snapshot, after: Snapshot, now: datetime) -> Snapshot:
        """The floor after a round, with those who gave up. Whatever goes wrong costs numbers, never the board."""
        try:
            after = with_possible_waits(self._watch, before, after)
            watch, events = observe(self._watch, before, after)
            day_begins_at = self._day_begins_at(now)
            abandoned, attempts = with_events(after.abandoned, self._attempts, events, after, day_begins_at)
            span = counted(self._history.at(now), events, before, after)
            history = self._without_other_days(self._history.with_span(span), now).compacted(now)
        except Exception as error:
            self._lamp.lost(f"unexpected {type(error).__name__}", error)
            # What it cannot make sense of must not keep it from ever counting again.
            self._watch, self._attempts = Watch(), Attempts()
            return after
        self._lamp.back()
        self._watch, self._attempts, self._history = watch, attempts, history
        return replace(after, abandoned=abandoned)

    def _without_other_days(self, history: History, now: datetime) -> History:
        """What lies ahead, as the clock was put back, counts when its time comes; but not in the numbers of a day to
        which it does not belong. A day that begins within the hour is as good as today: clocks are also put back a
        little around midnight.
        """
        ahead = history.ahead_of(now)
        dropped = [each for each in ahead if self._is_of_another_day(each, now)]
        if dropped:
            logger.warning("%s, and would belong to another day: it is dropped", _counted_ahead(dropped))
        kept = [each for each in ahead if each not in dropped]
        is_ahead = bool(kept) and kept[-1].begins_at > now + LEAST_AHEAD
        if is_ahead and not self._is_ahead:
            logger.warning("%s: it counts when its time comes", _counted_ahead(kept))
        self._is_ahead = is_ahead
        return history.with_changes(Delta(gone=tuple(each.begins_at for each in dropped)))

    def _is_of_another_day(self, span: Span, now: datetime) -> bool:
        return span.begins_at > now + KEPT or self._day_begins_at(span.begins_at) > now + SOON

    def to_store(self, floor: Stored) -> Counted:
        """What is to be stored beside the floor."""
        watched = Watched(floor.epoch, floor.seq, floor.sent_at, self._watch, self._attempts)
        return Counted(watches.encode(watched), self._history.changes_since(self._stored), self._is_anew)

    def note_stored(self, span_count: int) -> None:
        """Redis has it now, and so many spans. Where others are missing, it has dropped them: they are told again."""
        is_complete = span_count == len(self._history.spans)
        self._stored = self._history if is_complete else History()
        self._is_anew = not is_complete

    def left(self, floor: Stored) -> Whole:
        """All that the next lead goes on from, if Redis has forgotten it."""
        return Whole(floor, Counts(self._history), self.to_store(floor).watch)


def _counted_ahead(spans: Sequence[Span]) -> str:
    minutes = sum(each.minutes for each in spans)
    since = f"{spans[0].begins_at:%Y-%m-%d %H:%M} UTC"
    return f"The clock was put back. What was counted from {since} on ({minutes} min) lies ahead"


def _watched_with(before: Whole) -> Watched:
    """What goes with the floor; a leader of an earlier version leaves a floor without it."""
    nothing = Watched("", 0, LONG_AGO, Watch())
    try:
        watched = watches.decode(before.watch)
    except Unreadable:
        return nothing
    floor = before.stored
    return watched if floor is not None and (watched.epoch, watched.seq) == (floor.epoch, floor.seq) else nothing
