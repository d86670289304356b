"""Hours of the site's clocks, and what is usual in one: pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from eqboard.floor.buckets import Histogram

QUARTER = timedelta(minutes=15)  # all offsets of zones are multiples of it, and clocks change at one
WEEKS = 8  # so far back the same hour of the same weekday is looked at
LEAST_WEEKS = 3  # of fewer nothing is called usual
LEAST_SEEN_SECONDS = 1800.0  # an hour of which less was watched says nothing of the hour
LOW, HIGH = 10, 90  # percentiles of the minutes

Range = tuple[int, int]


def hour_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the hour began in which it lies, by the clocks of the zone. Aware UTC.

    An hour in whose midst clocks change by half an hour, as on Lord Howe, is two: before the change and after it.
    """
    return _hour_within(moment, zone)[0]


def end_of_hour(begin: datetime, zone: ZoneInfo) -> datetime:
    """When the hour is over that begins then: after 60 minutes, or when clocks change. Aware UTC."""
    return _hour_within(begin, zone)[1]


def _hour_within(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The stretch of quarters of an hour that have the hand of the clock and the zone's offset in common."""
    begin = moment.astimezone(UTC)
    begin = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0)
    end = begin + QUARTER
    told = _hand(begin, zone)
    while _hand(begin - QUARTER, zone) == told:
        begin -= QUARTER
    while _hand(end, zone) == told:
        end += QUARTER
    return begin, end


def _hand(moment: datetime, zone: ZoneInfo) -> tuple[int, timedelta | None]:
    wall = moment.astimezone(zone)
    return wall.hour, wall.utcoffset()


def same_hours(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """The hours that had the same weekday and the same time on the clock, newest first. Aware UTC.

    Of an hour that clocks cut in two or skipped in part it is the first that there was.
    """
    wall = now.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return [(wall - timedelta(weeks=week)).replace(tzinfo=zone).astimezone(UTC) for week in range(1, WEEKS + 1)]


def minutes_of(peaks: Histogram, seen_seconds: float) -> Counter[int]:
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


def percentile(minutes: Histogram, percent: int) -> int:
    """The smallest number that so many of the minutes do not exceed. There is at least one minute."""
    wanted, seen = sum(minutes.values()) * percent / 100, 0
    for number in sorted(minutes):
        seen += minutes[number]
        if seen >= wanted:
            return number
    raise AssertionError("no percentile is beyond the largest")
