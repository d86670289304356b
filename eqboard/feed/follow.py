"""Which updates may be applied, and when the whole floor has to be read again. Pure (design.md, law 3)."""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from eqboard.feed.messages import Stored, Update
from eqboard.floor.changes import apply
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
class Floor:
    """What a follower knows: the newest whole floor, or none yet, and whether Redis can be heard."""

    held: Stored | None = None
    is_connected: bool = False
    back_at: datetime | None = None  # when Redis was found again, after it was lost
    ahead_seconds: float = 0.0  # how far the poller's clock, by which all is dated, is ahead of ours

    @property
    def snapshot(self) -> Snapshot:
        """The floor, empty while nothing is known."""
        return self.held.snapshot if self.held else Snapshot()

    def theirs(self, moment: datetime) -> datetime:
        """A moment of our clock on the poller's."""
        return moment + timedelta(seconds=self.ahead_seconds)

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
