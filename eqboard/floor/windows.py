"""The stretches of time over which a board counts (metrics.md §2, Windows and resets): pure."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Window(StrEnum):
    """`NOW` is this moment for what is counted at a moment, and the last five minutes for what happens over time."""

    NOW = "now"
    LAST_15 = "15"
    LAST_30 = "30"
    LAST_60 = "60"
    TODAY = "today"


MINUTES = {Window.NOW: 5, Window.LAST_15: 15, Window.LAST_30: 30, Window.LAST_60: 60}


def begin_of(window: Window, now: datetime, day_begins_at: datetime) -> datetime:
    """The moment from which on a window counts: the beginning of a minute, so that it holds whole minute buckets.

    The last 15 minutes are the minute that is running and the fourteen before it.
    """
    if window is Window.TODAY:
        return day_begins_at
    return now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES[window] - 1)


def end_of(now: datetime) -> datetime:
    """The moment before which the spans of every window begin: when the minute ends that is running.

    What is later was counted by a clock that has been put back since, and counts when its time comes.
    """
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def begin_of_day(now: datetime, zone: ZoneInfo, reset: time) -> datetime:
    """When "today" began: the newest reset hour (a wall time of `zone`) that is not after `now`. Aware UTC.

    A day on which clocks change has 23 or 25 hours; a changed reset hour holds at once, so no day has 26 (features.md
    §5, 17). A reset hour that clocks skip falls as long after the jump as it would have come after the moment of it
    (02:30 is 03:30 then); one that comes twice is the first of the two.
    """
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    # From tomorrow on: where clocks go back over midnight it has begun already, and the wall shows yesterday again.
    for days in range(4):
        begin = datetime.combine(tomorrow - timedelta(days=days), reset, zone).astimezone(UTC)
        if begin <= now:
            return begin
    raise AssertionError("no day is longer than two")
