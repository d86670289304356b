"""Calm, warning, critical: from thresholds, with hysteresis and a minimum duration, so that nothing flickers. Pure.

Give `judge` the value as it is shown, in whole percent or seconds: then a number on the board and the limit one knows
always agree with its colour.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import isfinite

from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Unit, unit_of
from eqboard.floor.windows import Window


class Grade(StrEnum):
    CALM = ""
    WARNING = "warning"
    CRITICAL = "critical"


GRAVITY = tuple(Grade)  # from the least


class Direction(StrEnum):
    HIGH = "high"  # too much is wrong
    LOW = "low"  # too little is wrong


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a number of a queue becomes a warning, or critical. In the metric's own unit: percent 0 to 100, seconds, or
    a count. A grade begins when the value has been at its limit or beyond for `hold_seconds`, and ends when it has
    come back by `hysteresis`. A number that is divided by calls is not judged as long as there are fewer than
    `least_calls` of them: one abandoned call of three is no 33 %.

    With `below_promise` both limits are percentage points, more than 0, below what is promised of the number
    (`against`): one threshold then holds for queues that promise different things.
    """

    metric: Metric
    direction: Direction
    warning: float | None = None
    critical: float | None = None
    queue: str | None = None  # an extension; None: every queue that has none of its own
    window: Window = Window.NOW
    hysteresis: float = 0.0
    hold_seconds: float = 0.0
    least_calls: int = 0
    below_promise: bool = False  # of a service level that is too low


@dataclass(frozen=True, slots=True)
class Level:
    """Where a number stands, and since when its value has been at each limit or beyond, for as long as it is."""

    grade: Grade = Grade.CALM
    since: datetime | None = None  # None: calm from the start
    warning_since: datetime | None = None
    critical_since: datetime | None = None


HIGHEST_PROMISE = 99  # percent: nobody can promise all


def against(threshold: Threshold, promise: int | None) -> Threshold:
    """The threshold in the metric's own unit: points below a promise (1 to 99 %; None: nobody knows it) become the
    percentage that is so far below. Where that would be below 0 % there is no limit; and a number that has come back to
    100 % is calm whatever the hysteresis. Any other threshold is as it was.
    """
    if not threshold.below_promise:
        return threshold
    warning, critical = _below(promise, threshold.warning), _below(promise, threshold.critical)
    limits = replace(threshold, warning=warning, critical=critical, below_promise=False)
    room = min((_room(limits, each) for each in limits_of(limits)), default=0.0)
    return replace(limits, hysteresis=min(threshold.hysteresis, room))


def _below(promise: int | None, points: float | None) -> float | None:
    if promise is None or points is None or points > promise:
        return None
    return promise - points


def limits_of(threshold: Threshold) -> tuple[float, ...]:
    """Those that it has, the warning first."""
    return tuple(each for each in (threshold.warning, threshold.critical) if each is not None)


def judge(threshold: Threshold, value: float | None, before: Level, now: datetime) -> Level:
    """The level after one reading more, by limits in the metric's own unit (`against`). A value that nobody knows
    (None) changes nothing.
    """
    if value is None:
        return before
    warning_since = _reached_since(threshold, threshold.warning, value, before.warning_since, now)
    critical_since = _reached_since(threshold, threshold.critical, value, before.critical_since, now)
    hold = timedelta(seconds=threshold.hold_seconds)
    if _lasted(critical_since, now, hold) or (
        before.grade is Grade.CRITICAL and _stays(threshold, threshold.critical, value)
    ):
        grade = Grade.CRITICAL
    elif _lasted(warning_since, now, hold) or (
        before.grade is not Grade.CALM and _stays(threshold, threshold.warning, value)
    ):
        grade = Grade.WARNING
    else:
        grade = Grade.CALM
    return Level(grade, before.since if grade is before.grade else now, warning_since, critical_since)


def _reached_since(
    threshold: Threshold, limit: float | None, value: float, since: datetime | None, now: datetime
) -> datetime | None:
    """Since when the value is at the limit or beyond; None when it is not."""
    return (since or now) if limit is not None and _excess(threshold, limit, value) >= 0 else None


def _lasted(since: datetime | None, now: datetime, hold: timedelta) -> bool:
    return since is not None and now - since >= hold


def _stays(threshold: Threshold, limit: float | None, value: float) -> bool:
    """Whether the value has not come back far enough to end a grade. At the limit itself it never has."""
    if limit is None:
        return False
    excess = _excess(threshold, limit, value)
    return excess >= 0 or excess > -threshold.hysteresis


def _excess(threshold: Threshold, limit: float, value: float) -> float:
    """How far the value is beyond the limit; negative when it is well."""
    return value - limit if threshold.direction is Direction.HIGH else limit - value


Levels = Mapping[tuple[str, Metric, Window, Direction], Level]
"""By queue (or what stands for all of them), metric and window: too high and too low, each with a level of its own."""

Thresholds = Mapping[tuple[str | None, Metric, Window, Direction], Threshold]
"""By queue; None: that of every queue without one of its own."""


@lru_cache(maxsize=256)
def indexed(thresholds: tuple[Threshold, ...]) -> Thresholds:
    """To find each at once: a board may have two hundred, for as many queues. In their order; of equals the first."""
    found: dict[tuple[str | None, Metric, Window, Direction], Threshold] = {}
    for each in thresholds:
        found.setdefault((each.queue, each.metric, each.window, each.direction), each)
    return found


def threshold_for(
    thresholds: Thresholds, queue: str, metric: Metric, window: Window, direction: Direction
) -> Threshold | None:
    """The threshold of a queue's number in one direction: the queue's own before the one of all queues."""
    own = thresholds.get((queue, metric, window, direction))
    return own or thresholds.get((None, metric, window, direction))


def worst(grades: Iterable[Grade]) -> Grade:
    """The gravest of several, where a number may be too high and too low; calm if there are none."""
    return max(grades, key=GRAVITY.index, default=Grade.CALM)


# What makes no sense


class Fault(StrEnum):
    """Why a threshold makes no sense."""

    NO_LIMIT = "no_limit"  # neither a warning nor a critical one
    NOT_A_NUMBER = "not_a_number"  # infinite ones are none either
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"  # larger than LARGEST of its unit
    ORDER = "order"  # critical would come before the warning, or with it
    ALWAYS = "always"  # the limit is reached by any value there can be
    NEVER_ENDS = "never_ends"  # no value can come back as far as the hysteresis asks
    CALLS = "calls"  # more than MOST_LEAST_CALLS would have to be counted first
    HOLD = "hold"  # it would have to last longer than LONGEST_HOLD_SECONDS
    WINDOW = "window"  # what is counted at this moment has no other window
    NO_PROMISE = "no_promise"  # points below what nobody promises
    NOT_TOO_LOW = "not_too_low"  # points below a promise are no limit for too much
    POINTS = "points"  # none, and a promise that is kept would be reached; or so many that no promise is so high


LARGEST = {Unit.PERCENT: 100, Unit.SECONDS: 86_400, Unit.COUNT: 10_000}
LONGEST_HOLD_SECONDS = 3600
MOST_LEAST_CALLS = 10_000


def fault_of(threshold: Threshold) -> Fault | None:
    """What is wrong with a threshold, the first thing found; None: it makes sense."""
    if not limits_of(threshold):
        return Fault.NO_LIMIT
    fault = _fault_of_promise(threshold) or _fault_of_numbers(threshold)
    return fault or _fault_of_sense(against(threshold, HIGHEST_PROMISE))


def _fault_of_promise(threshold: Threshold) -> Fault | None:
    if not threshold.below_promise:
        return None
    if threshold.metric is not Metric.SERVICE_LEVEL:
        return Fault.NO_PROMISE
    if threshold.direction is not Direction.LOW:
        return Fault.NOT_TOO_LOW
    points = limits_of(threshold)
    return Fault.POINTS if min(points) <= 0 or max(points) > HIGHEST_PROMISE else None


def _fault_of_numbers(threshold: Threshold) -> Fault | None:
    limits = limits_of(threshold)
    numbers = [*limits, threshold.hysteresis, threshold.hold_seconds]
    if not all(isfinite(each) for each in numbers):
        return Fault.NOT_A_NUMBER
    if min(*numbers, threshold.least_calls) < 0:
        return Fault.NEGATIVE
    if threshold.least_calls > MOST_LEAST_CALLS:
        return Fault.CALLS
    if max(*limits, threshold.hysteresis) > LARGEST[unit_of(threshold.metric)]:
        return Fault.TOO_LARGE
    return Fault.HOLD if threshold.hold_seconds > LONGEST_HOLD_SECONDS else None


def _fault_of_sense(threshold: Threshold) -> Fault | None:
    limits = limits_of(threshold)
    if threshold.metric in OF_THIS_MOMENT and threshold.window is not Window.NOW:
        return Fault.WINDOW
    if len(limits) == 2 and _excess(threshold, limits[0], limits[1]) <= 0:
        return Fault.ORDER
    room = min(_room(threshold, each) for each in limits)
    if room <= 0:
        return Fault.ALWAYS
    return Fault.NEVER_ENDS if threshold.hysteresis > room else None


def _room(threshold: Threshold, limit: float) -> float:
    """How far a value can be on the good side of a limit: down to 0, or up to 100 % or the largest of its unit."""
    return limit if threshold.direction is Direction.HIGH else LARGEST[unit_of(threshold.metric)] - limit
