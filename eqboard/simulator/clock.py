"""The clock on the exchange's wall, in its time zone, and reading what it is to show. Pure; moments in UNIX seconds."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, tzinfo

FIRST_YEAR, LAST_YEAR = 2000, 2099  # far enough from where calendars end, for a world that runs on from there

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9].*")


def seconds_of_day(moment: float, zone: tzinfo) -> float:
    """What the clock shows, in seconds since 0:00: 0 or more, below 86,400, also on a day of 23 or 25 hours."""
    shown = datetime.fromtimestamp(moment, zone)
    return shown.hour * 3600.0 + shown.minute * 60.0 + shown.second + shown.microsecond / 1e6


def seconds_until(seconds: float, moment: float, zone: tzinfo) -> float:
    """How long from `moment` until the clock shows so many seconds since 0:00 (below 86,400); more than 0."""
    midnight = datetime.combine(datetime.fromtimestamp(moment, zone).date(), time(), zone)
    for days in range(2):  # an hour that summer time leaves out comes as the one after it
        comes_at = (midnight + timedelta(days=days, seconds=seconds)).timestamp()
        if comes_at > moment:
            return comes_at - moment
    raise RuntimeError("every time of the day comes within two days")


def read_clock(text: str, *, now: float, zone: tzinfo) -> float:
    """The moment that "08:30" names today, or "2026-03-02T08:30" on its day; without an offset in `zone`.

    ValueError, one sentence, for anything else, and for years outside 2000 to 2099.
    """
    moment = _today(text, now, zone) or _dated(text, zone)
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(
            f"The clock must be a time such as 08:30, or a date of {FIRST_YEAR} to {LAST_YEAR} with a time such as "
            f"2026-03-02T08:30, not {text!r}."
        )
    return moment.timestamp()


def _today(text: str, now: float, zone: tzinfo) -> datetime | None:
    shown = _TIME.fullmatch(text)
    if shown is None or not (int(shown[1]) < 24 and int(shown[2]) < 60):
        return None
    return datetime.combine(datetime.fromtimestamp(now, zone).date(), time(int(shown[1]), int(shown[2])), zone)


def _dated(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if _DATE_AND_TIME.fullmatch(text) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment
