"""When an alert holds, and what comes of it. Pure: the moment and what was measured are arguments.

The EQ API has no way to read any of this; the trainer's side shows it (contract §2, Alert).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache

from eqboard.eq.models.attributes import AlertAttributes

NOTIFICATIONS_KEPT = 10  # of each alert
NOON_MINUTES = 12 * 60
DAY_MINUTES = 24 * 60
# Those that are raised below their threshold; all others are above it.
LOW = (
    "callQueueAgentsLow", "callQueueAgentsAvailableLow", "emailQueueAgentsLow", "emailQueueAgentsAvailableLow",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeOfWeek:
    """A moment as the exchange's own clock shows it: 0 is Sunday; minutes since midnight, cut off."""

    day: int
    minute: int


@dataclass(slots=True)
class Alarm:
    """What has become of one alert. Moments in UNIX seconds; `value` is what was measured last while it is raised."""

    raised_at: float | None = None
    value: int | None = None
    is_notified: bool = False  # since it was raised
    notified_at: deque[float] = field(default_factory=lambda: deque(maxlen=NOTIFICATIONS_KEPT))

    def see(self, alert: AlertAttributes, value: int | None, now: float) -> bool:
        """The alert is looked at; `value` is what was measured while it holds, None while it does not.

        Says whether somebody is notified of it now.
        """
        if value is None:
            self.end()
            return False
        self.value, self.raised_at = value, now if self.raised_at is None else self.raised_at
        if not self._is_due(alert, now):
            return False
        self.is_notified = True
        self.notified_at.append(now)
        return True

    def end(self) -> None:
        """It is raised no more. When it was notified of last still counts: the interval is between notifications."""
        self.raised_at, self.value, self.is_notified = None, None, False

    def _is_due(self, alert: AlertAttributes, now: float) -> bool:
        """At once, and again while it stays raised, `interval` minutes after the last time or later. An interval of 0
        asks for no distance between notifications and repeats none. Realtime ones are seen while they are raised.
        """
        if alert.interval is None:
            return False
        if not alert.interval:
            return not self.is_notified
        return not self.notified_at or now >= self.notified_at[-1] + alert.interval * 60


def time_of_week(now: float, zone: tzinfo) -> TimeOfWeek:
    """What the clock on the wall shows, in a time zone."""
    moment = datetime.fromtimestamp(now, zone)
    return TimeOfWeek(moment.isoweekday() % 7, moment.hour * 60 + moment.minute)


def is_on_duty(alert: AlertAttributes, time: TimeOfWeek) -> bool:
    """Whether an alert is active on that day and at that time of it (EQ API text, Create Alert).

    The end does not belong to the interval. One that ends when it begins, or before, goes over midnight; each part of
    it is active on its own day, as it is days that the text makes active, not nights.
    """
    if time.day not in alert.days_of_week:
        return False
    begin, end = _minutes(alert.from_time), _minutes(alert.to_time) or DAY_MINUTES
    if begin < end:
        return begin <= time.minute < end
    return time.minute >= begin or time.minute < end


def is_beyond(alert: AlertAttributes, value: int) -> bool:
    """Whether what was measured is beyond the threshold. Those that have none (licenseExceeded, processStopped) count
    what should not be.
    """
    threshold = alert.threshold or 0
    return value < threshold if alert.type in LOW else value > threshold


@lru_cache(maxsize=DAY_MINUTES)
def _minutes(time: str) -> int:
    """Since midnight; "12:00 AM" is 0, "12:00 PM" is noon."""
    hours, minutes, half = int(time[:2]) % 12, int(time[3:5]), time[6:]
    return hours * 60 + minutes + (NOON_MINUTES if half == "PM" else 0)
