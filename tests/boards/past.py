"""What a board looks back upon: minutes of counts, and the scene that an audience sees with them."""

from datetime import datetime, timedelta
from typing import Any

from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen
from eqboard.boards.fragments import paint as paint_floor
from eqboard.boards.health import Health
from eqboard.boards.scene import Scene
from eqboard.boards.staging import scene_of
from eqboard.feed.follow import Counts
from eqboard.floor.buckets import Bucket, Span
from eqboard.floor.history import History
from eqboard.floor.levels import Levels
from eqboard.floor.snapshot import Snapshot
from tests.boards.painting import MIDNIGHT, floor_of
from tests.builders import NOON


def minute(minutes_ago: int = 1, *, seen_seconds: float = 60.0, **buckets: Bucket) -> Span:
    """One minute before noon, watched without a gap: `minute(q500=Bucket(offered=1))`."""
    queues = {key.removeprefix("q"): bucket for key, bucket in buckets.items()}
    return Span(NOON - timedelta(minutes=minutes_ago), queues=queues, seen_seconds=seen_seconds)


def past(*spans: Span) -> Counts:
    return Counts(History(tuple(sorted(spans, key=lambda each: each.begins_at))))


def answered(in_time: int, late: int = 0, abandoned: int = 0) -> Bucket:
    """Calls answered after 5 s or after 100 s, and callers who gave up after 30 s."""
    waits = {seconds: count for seconds, count in ((5, in_time), (100, late)) if count}
    gone = {30: abandoned} if abandoned else {}
    return Bucket(offered=in_time + late + abandoned, answered_waits=waits, abandoned_waits=gone)


def scene(
    floor: Snapshot,
    audience: Audience,
    counts: Counts | None = None,
    before: Levels | None = None,
    now: datetime = NOON,
) -> Scene:
    return scene_of(floor_of(floor, now, counts=counts or Counts()), Health(), audience, MIDNIGHT, before or {})


def paint(floor: Snapshot, audience: Audience, counts: Counts, previous: Screen | None = None, **at: Any) -> Screen:
    return paint_floor(floor_of(floor, **at, counts=counts), Health(), audience, MIDNIGHT, previous)
