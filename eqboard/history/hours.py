"""Hours of the site's clocks, and what is usual in one: pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from eqboard.floor.buckets import Counts

HOUR = timedelta(hours=1)
WEEKS = 8  # so far back the same hour of the same weekday is looked at
LEAST_WEEKS = 3  # of fewer nothing is called usual
LEAST_SEEN_SECONDS = 1800.0  # an hour of which less was watched says nothing of the hour
LOW, HIGH = 10, 90  # percentiles of the minutes

Range = tuple[int, int]


def hour_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the hour began in which it lies, by the clocks of the zone. Aware UTC."""
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def same_hours(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """The hours that had the same weekday and the same time on the clock, newest first. Aware UTC."""
    wall = hour_of(now, zone).astimezone(zone).replace(tzinfo=None)
    return [(wall - timedelta(weeks=week)).replace(tzinfo=zone).astimezone(UTC) for week in range(1, WEEKS + 1)]


def minutes_of(peaks: Counts, seen_seconds: float) -> Counter[int]:
    """The minutes of an hour by the most that waited. In those that were seen and are not told of, nobody did."""
    minutes = Counter(dict(peaks))
    minutes[0] += max(0, round(seen_seconds / 60) - minutes.total())
    return minutes


def usual_of(hours: Iterable[Counter[int]]) -> Range | None:
    """From where to where the number of those waiting is, minute by minute, as a rule; None: not enough is known."""
    known = list(hours)
    if len(known) < LEAST_WEEKS:
        return None
    minutes = sum(known, Counter[int]())
    return percentile(minutes, LOW), percentile(minutes, HIGH)


def percentile(minutes: Counts, percent: int) -> int:
    """The smallest number that so many of the minutes do not exceed. There is at least one minute."""
    wanted, seen = sum(minutes.values()) * percent / 100, 0
    for number in sorted(minutes):
        seen += minutes[number]
        if seen >= wanted:
            return number
    raise AssertionError("no percentile is beyond the largest")
