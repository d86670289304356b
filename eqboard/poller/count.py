"""What the leader counts: what happened between two rounds, into the span of the minute, and what has to outlive it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from eqboard.feed.follow import Counts
from eqboard.feed.messages import Codec, Stored, Unreadable
from eqboard.feed.publisher import Counted
from eqboard.feed.reader import Whole
from eqboard.floor.abandoned import with_events
from eqboard.floor.counting import counted
from eqboard.floor.flow import Watch, observe, with_possible_waits
from eqboard.floor.history import History
from eqboard.floor.snapshot import Snapshot
from eqboard.poller.lamp import Lamp

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """The watch as of one update."""

    epoch: str
    seq: int
    sent_at: datetime
    watch: Watch


watches = Codec(Watched)


class Counter:
    """Counts for one lead, from where the last leader ended. `in_redis`: what is stored there as the lead begins."""

    def __init__(self, before: Whole, in_redis: History, day_begins_at: Callable[[datetime], datetime]) -> None:
        self._watch = _watch_of(before)
        self._day_begins_at = day_begins_at
        self._history = before.counts.history
        self._stored = in_redis
        self._is_anew = not in_redis.spans
        self._lamp = Lamp("The counting of calls", logger)

    @property
    def history(self) -> History:
        return self._history

    def count(self, before: Snapshot, after: Snapshot, now: datetime) -> Snapshot:
        """The floor after a round, with those who gave up. Whatever goes wrong costs numbers, never the board."""
        try:
            after = with_possible_waits(self._watch, before, after)
            watch, events = observe(self._watch, before, after)
            abandoned = with_events(after.abandoned, events, after, self._day_begins_at(now))
            span = counted(self._history.at(now), events, before, after)
            history = self._history.with_span(span).compacted(now)
        except Exception as error:
            self._lamp.lost(f"unexpected {type(error).__name__}", error)
            self._watch = Watch()  # what it cannot make sense of must not keep it from ever counting again
            return after
        self._lamp.back()
        self._watch, self._history = watch, history
        return replace(after, abandoned=abandoned)

    def to_store(self, floor: Stored) -> Counted:
        """What is to be stored beside the floor."""
        watched = Watched(floor.epoch, floor.seq, floor.sent_at, self._watch)
        return Counted(watches.encode(watched), self._history.changes_since(self._stored), self._is_anew)

    def note_stored(self, span_count: int) -> None:
        """Redis has it now, and so many spans. Where others are missing, it has dropped them: they are told again."""
        is_complete = span_count == len(self._history.spans)
        self._stored = self._history if is_complete else History()
        self._is_anew = not is_complete

    def left(self, floor: Stored) -> Whole:
        """All that the next lead goes on from, if Redis has forgotten it."""
        return Whole(floor, Counts(self._history), self.to_store(floor).watch)


def _watch_of(before: Whole) -> Watch:
    """The watch that goes with the floor; a leader of an earlier version leaves a floor without one."""
    try:
        watched = watches.decode(before.watch)
    except Unreadable:
        return Watch()
    floor = before.stored
    is_of_floor = floor is not None and (watched.epoch, watched.seq) == (floor.epoch, floor.seq)
    return watched.watch if is_of_floor else Watch()
