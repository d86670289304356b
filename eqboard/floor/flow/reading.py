"""What two snapshots tell of when a part was read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from eqboard.floor.moments import BLIND_ROUNDS, SAME_MOMENT
from eqboard.floor.snapshot import Part, Snapshot, Source


@dataclass(frozen=True, slots=True)
class Reading:
    """One part: when it was read for the one snapshot and for the other."""

    before_at: datetime | None
    after_at: datetime | None
    by: datetime | None  # when the newest answer had come: it may show the floor as late as that
    is_new: bool  # there is another reading than before
    is_blind: bool  # a new one after none, or after so long that what happened between was not seen

    @property
    def seconds(self) -> float:
        """How long the part was watched between both; 0 for no new reading, and for a blind one."""
        if not self.is_new or self.is_blind or self.before_at is None or self.after_at is None:
            return 0.0
        return (self.after_at - self.before_at).total_seconds()

    def moment_of(self, told: datetime | None) -> datetime | None:
        """When something began that this reading is the first to show: what EQ tells if that can be, else the reading.

        EQ cuts times to the second, and its clock is known to one.
        """
        if told is None or self.after_at is None or told > self.after_at + SAME_MOMENT:
            return self.after_at
        if self.before_at is not None and told < self.before_at - SAME_MOMENT:
            return self.after_at
        return told


def reading(part: Part, before: Snapshot, after: Snapshot) -> Reading:
    """The part between two snapshots."""
    old, new = before.sources.get(part), after.sources.get(part)
    before_at = old.taken_at if old else None
    if new is None or new.taken_at is None:
        return Reading(before_at, None, None, is_new=False, is_blind=False)
    is_new = new.taken_at != before_at
    is_blind = is_new and not _was_watched(before_at, old, new.taken_at, new)
    return Reading(before_at, new.taken_at, new.taken_at + timedelta(seconds=new.took_seconds), is_new, is_blind)


def _was_watched(before_at: datetime | None, old: Source | None, after_at: datetime, new: Source) -> bool:
    """Of its own rounds, which a slow EQ stretches, at most two and a half. A clock that was put back tells nothing."""
    if before_at is None or old is None:
        return False
    most = max(old.stale_after_seconds(BLIND_ROUNDS), new.stale_after_seconds(BLIND_ROUNDS))
    return 0.0 < (after_at - before_at).total_seconds() <= most
