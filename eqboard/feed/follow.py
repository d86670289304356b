"""Which updates may be applied, and when the whole floor has to be read again. Pure (design.md, law 3)."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from eqboard.feed.claims import Claim, living
from eqboard.feed.messages import Stored, Update, field_of
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta, apply
from eqboard.floor.history import History
from eqboard.floor.snapshot import Snapshot

KEPT_SAMPLES = 5  # an update that was late is followed by one that was not


class Verdict(Enum):
    APPLY = "apply"
    IGNORE = "ignore"  # already in what we hold
    RESYNC = "resync"  # something was missed, or another leads


def judge(held: Stored, update: Update) -> Verdict:
    """What to do with an update, knowing `held`."""
    if update.epoch != held.epoch:
        return Verdict.RESYNC
    if update.seq <= held.seq:
        return Verdict.IGNORE
    return Verdict.APPLY if update.seq == held.seq + 1 else Verdict.RESYNC


def advance(held: Stored, update: Update) -> Stored:
    """The floor after an update that `judge` says to apply."""
    return Stored(update.epoch, update.seq, update.sent_at, apply(held.snapshot, update.changes), update.asking_since)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted as of one update, and by `marks` which update changed each span last (`keys.MARKS`)."""

    history: History = field(default_factory=History)
    marks: Mapping[str, str] = field(default_factory=dict)

    def advance(self, update: Update) -> "Counts":
        """After an update that `judge` says to apply."""
        if not update.spans:
            return self
        gone = {field_of(begin) for begin in update.spans.gone}
        marks = {each: mark for each, mark in self.marks.items() if each not in gone}
        news = dict.fromkeys(map(field_of, update.spans.put), update.mark)
        return Counts(self.history.with_changes(update.spans), marks | news)

    def resync(self, kept: frozenset[str], news: Mapping[str, tuple[str, Span]]) -> "Counts":
        """As Redis has it: these spans stay as they are, those are new or other, and nothing else is there."""
        put = {span.begins_at: span for _, span in news.values()}
        gone = tuple(each.begins_at for each in self.history.spans if field_of(each.begins_at) not in kept)
        marks = {each: mark for each, mark in self.marks.items() if each in kept}
        changes = Delta(put, tuple(begin for begin in gone if begin not in put))
        return Counts(self.history.with_changes(changes), marks | {each: mark for each, (mark, _) in news.items()})


@dataclass(frozen=True, slots=True)
class Floor:
    """What a follower knows: the newest whole floor, or none yet, and whether Redis can be heard."""

    held: Stored | None = None
    is_connected: bool = False
    back_at: datetime | None = None  # when Redis was found again, after it was lost
    ahead_seconds: float = 0.0  # how far the poller's clock, by which all is dated, is ahead of ours
    counts: Counts = field(default_factory=Counts)
    claims: Mapping[str, Claim] = field(default_factory=dict)  # by slot: who is at what

    @property
    def history(self) -> History:
        """What happened today."""
        return self.counts.history

    @property
    def snapshot(self) -> Snapshot:
        """The floor, empty while nothing is known."""
        return self.held.snapshot if self.held else Snapshot()

    def advance(self, update: Update) -> "Floor":
        """After an update that `judge` says to apply to the floor that is held."""
        assert self.held is not None  # noqa: S101
        return replace(self, held=advance(self.held, update), counts=self.counts.advance(update))

    def theirs(self, moment: datetime) -> datetime:
        """A moment of our clock on the poller's."""
        return moment + timedelta(seconds=self.ahead_seconds)

    def with_claims(self, claims: Mapping[str, Claim], now: datetime) -> "Floor":
        """With those of these claims that live at `now`, by our clock; the same floor if they are what it has."""
        newest = living(claims, self.theirs(now))
        return self if newest == self.claims else replace(self, claims=newest)

    def lost(self) -> "Floor":
        return replace(self, is_connected=False)


class Clocks:
    """How far the poller's clock is ahead of ours, as the updates tell.

    An update was sent before it was heard, so each shows at least how far; the one that came quickest knows best. Under
    a second is the way here, not the clocks.
    """

    def __init__(self, ahead_seconds: float = 0.0) -> None:
        self._settled = ahead_seconds
        self._seen: deque[float] = deque(maxlen=KEPT_SAMPLES)

    def ahead_seconds(self, sent_at: datetime, heard_at: datetime) -> float:
        """With one update more."""
        self._seen.append((sent_at - heard_at).total_seconds())
        most = max(self._seen)
        if abs(most) <= 1.0:
            self._settled = 0.0
        elif abs(most - self._settled) > 1.0:
            self._settled = most
        return self._settled
