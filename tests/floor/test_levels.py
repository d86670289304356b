"""Calm, warning, critical: when a grade begins and ends, that nothing flickers, and which thresholds make no sense."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.eq.models.attributes import ALERT_TYPES
from eqboard.floor.levels import (
    HIGHEST_PROMISE,
    Direction,
    Fault,
    Grade,
    Level,
    Threshold,
    against,
    fault_of,
    indexed,
    judge,
    limits_of,
    threshold_for,
    worst,
)
from eqboard.floor.metrics import Metric, Unit, unit_of
from eqboard.floor.windows import Window
from tests.builders import NOON

CALM, WARNING, CRITICAL = Grade
HIGH = Threshold(Metric.WAITING, Direction.HIGH, warning=5, critical=10)
LOW = Threshold(Metric.AVAILABLE, Direction.LOW, warning=2, critical=0)


def levels(threshold, values, begin=None, every_seconds=1):
    """The levels after each reading, the first at noon."""
    level, found = begin or Level(), []
    for place, value in enumerate(values):
        level = judge(threshold, value, level, NOON + timedelta(seconds=place * every_seconds))
        found.append(level)
    return found


def grades(threshold, *values, **options):
    return [level.grade for level in levels(threshold, values, **options)]


# Limits


@pytest.mark.parametrize(
    ("value", "grade"), [(0, CALM), (4.9, CALM), (5, WARNING), (9, WARNING), (10, CRITICAL), (99, CRITICAL)]
)
def test_a_grade_of_too_much_begins_at_its_limit(value, grade):
    assert grades(HIGH, value) == [grade]


@pytest.mark.parametrize(("value", "grade"), [(3, CALM), (2, WARNING), (1, WARNING), (0, CRITICAL)])
def test_a_grade_of_too_little_begins_at_its_limit(value, grade):
    assert grades(LOW, value) == [grade]


def test_it_goes_up_and_down_with_the_value():
    assert grades(HIGH, 4, 5, 10, 9, 4) == [CALM, WARNING, CRITICAL, WARNING, CALM]


def test_it_may_jump_straight_to_critical_and_back():
    assert grades(HIGH, 0, 50, 0) == [CALM, CRITICAL, CALM]


def test_either_limit_may_be_missing():
    assert grades(replace(HIGH, warning=None), 9, 10, 9) == [CALM, CRITICAL, CALM]
    assert grades(replace(HIGH, critical=None), 4, 99, 4) == [CALM, WARNING, CALM]
    assert grades(replace(HIGH, warning=None, critical=None), 99) == [CALM]


def test_a_value_that_nobody_knows_changes_nothing():
    [level] = levels(HIGH, [7])
    assert judge(HIGH, None, level, NOON + timedelta(hours=1)) is level
    assert grades(HIGH, 50, None, None, 0) == [CRITICAL, CRITICAL, CRITICAL, CALM]


def test_it_tells_since_when_the_grade_lasts():
    found = levels(HIGH, [0, 6, 7, 12, 0])
    assert [level.since for level in found] == [
        None,
        *(NOON + timedelta(seconds=seconds) for seconds in (1, 1, 3, 4)),
    ]


# Hysteresis


def test_a_grade_ends_when_the_value_has_come_back_by_the_hysteresis():
    assert grades(replace(HIGH, hysteresis=2), 5, 4, 3.5, 3, 4) == [WARNING, WARNING, WARNING, CALM, CALM]
    assert grades(replace(LOW, hysteresis=1), 0, 0.5, 1, 2.5, 3) == [CRITICAL, CRITICAL, WARNING, WARNING, CALM]


def test_what_was_critical_stays_a_warning_within_the_hysteresis_of_the_warning():
    assert grades(replace(HIGH, hysteresis=2), 10, 4, 3) == [CRITICAL, WARNING, CALM]


# Below a promise

BELOW = Threshold(
    Metric.SERVICE_LEVEL, Direction.LOW, warning=1, critical=20, window=Window.TODAY, hysteresis=2, below_promise=True
)


@pytest.mark.parametrize(("promise", "limits"), [(99, (98, 79)), (90, (89, 70)), (80, (79, 60)), (20, (19, 0))])
def test_points_are_counted_from_what_is_promised(promise, limits):
    assert limits_of(against(BELOW, promise)) == limits


@pytest.mark.parametrize(
    ("promise", "value", "grade"),
    [(90, 90, CALM), (90, 89, WARNING), (90, 70, CRITICAL), (70, 70, CALM), (70, 69, WARNING), (70, 50, CRITICAL)],
)
def test_the_same_threshold_judges_each_by_its_own_promise(promise, value, grade):
    assert grades(against(BELOW, promise), value) == [grade]


@pytest.mark.parametrize("points", [1, 0.5])
def test_what_just_keeps_its_promise_is_no_warning(points):
    assert grades(against(replace(BELOW, warning=points), 80), 80, 79) == [CALM, WARNING]


def test_more_points_than_are_promised_are_no_limit():
    assert limits_of(against(BELOW, 19)) == (18,)
    assert grades(against(BELOW, 19), 0) == [WARNING]
    assert limits_of(against(replace(BELOW, warning=None), 19)) == ()


def test_while_nobody_knows_the_promise_nothing_is_judged():
    assert grades(against(BELOW, None), 0, None) == [CALM, CALM]


def test_a_limit_that_is_no_points_is_the_same_whatever_is_promised():
    assert against(HIGH, 80) is HIGH


def test_back_at_all_calls_in_time_it_is_calm_however_far_it_was_to_come_back():
    limits = against(replace(BELOW, hysteresis=50), 95)
    assert grades(limits, 94, 99, 100) == [WARNING, WARNING, CALM]


# Duration


def test_a_grade_begins_when_the_value_has_lasted():
    held = replace(HIGH, hold_seconds=3)
    assert grades(held, 6, 6, 6, 6, 4) == [CALM, CALM, CALM, WARNING, CALM]


def test_a_dip_begins_the_time_anew():
    assert grades(replace(HIGH, hold_seconds=2), 6, 6, 4, 6, 6, 6) == [CALM] * 5 + [WARNING]


def test_a_jump_to_critical_lasts_once_not_once_for_each_grade():
    assert grades(replace(HIGH, hold_seconds=2), 12, 12, 12) == [CALM, CALM, CRITICAL]


def test_a_value_on_both_sides_of_critical_is_a_warning_as_long_as_it_is_that():
    assert grades(replace(HIGH, hold_seconds=2), 12, 9, 12, 9, 12) == [CALM, CALM, WARNING, WARNING, WARNING]


def test_each_limit_has_its_own_time():
    assert grades(replace(HIGH, hold_seconds=3), 6, 6, 12, 12, 12, 12) == [CALM] * 3 + [WARNING] * 2 + [CRITICAL]


def test_a_grade_ends_without_waiting():
    assert grades(replace(HIGH, hold_seconds=2), 12, 12, 12, 0) == [CALM, CALM, CRITICAL, CALM]


# Laws

VALUES = st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=30)
HELD = st.integers(0, 5)
LEVELS = st.builds(lambda values: levels(HIGH, values)[-1], VALUES)


@st.composite
def sensible(draw):
    direction = draw(st.sampled_from(Direction))
    lower, upper = draw(st.integers(1, 12)), draw(st.integers(13, 25))
    warning, critical = (lower, upper) if direction is Direction.HIGH else (upper, lower)
    return Threshold(
        Metric.WAITING,
        direction,
        warning=warning,
        critical=critical,
        hysteresis=draw(st.integers(0, lower)),
        hold_seconds=draw(HELD),
    )


@settings(deadline=None)
@given(sensible())
def test_these_thresholds_make_sense(threshold):
    assert fault_of(threshold) is None


@settings(deadline=None)
@given(sensible(), st.lists(st.floats(0, 0.999), max_size=30), st.booleans())
def test_a_value_that_swings_about_a_limit_by_less_than_the_hysteresis_changes_the_grade_once_at_most(
    threshold, swings, is_critical
):
    limit = threshold.critical if is_critical else threshold.warning
    threshold = replace(threshold, hysteresis=max(1, threshold.hysteresis))
    sides = [limit + swing * threshold.hysteresis * (-1) ** place for place, swing in enumerate(swings)]
    only = replace(threshold, warning=None) if is_critical else replace(threshold, critical=None)
    found = [CALM, *grades(only, *sides)]
    assert sum(one is not other for one, other in pairwise(found)) <= 1


@settings(deadline=None)
@given(sensible(), VALUES, LEVELS)
def test_a_value_that_is_well_for_long_is_calm(threshold, values, begin):
    well = 0 if threshold.direction is Direction.HIGH else 1000
    assert grades(threshold, *values, well, begin=begin)[-1] is CALM


@settings(deadline=None)
@given(sensible(), st.lists(st.integers(0, 30), min_size=6, max_size=6))
def test_a_value_that_is_beyond_critical_for_as_long_as_it_takes_is_critical(threshold, beyond):
    sign = 1 if threshold.direction is Direction.HIGH else -1
    values = [threshold.critical + sign * each for each in beyond]
    assert grades(threshold, *values)[-1] is CRITICAL


@settings(deadline=None)
@given(sensible(), VALUES, LEVELS)
def test_a_grade_begins_only_after_every_reading_of_its_time_was_beyond(threshold, values, begin):
    sign = 1 if threshold.direction is Direction.HIGH else -1
    limits = {WARNING: threshold.warning, CRITICAL: threshold.critical}
    found = levels(threshold, values)
    for place, (one, other) in enumerate(pairwise([Level(), *found])):
        if other.grade in limits and one.grade is CALM:
            recent = values[max(0, place - int(threshold.hold_seconds)) : place + 1]
            assert place >= threshold.hold_seconds
            assert all(each is None or sign * (each - limits[other.grade]) >= 0 for each in recent)


@settings(deadline=None)
@given(sensible(), VALUES)
def test_no_moment_of_a_level_goes_back_or_lies_ahead(threshold, values):
    found = levels(threshold, values)
    for place, level in enumerate(found):
        now = NOON + timedelta(seconds=place)
        assert all(each is None or each <= now for each in (level.since, level.warning_since, level.critical_since))
    since = [level.since for level in found if level.since]
    assert since == sorted(since)


@settings(deadline=None)
@given(sensible(), VALUES)
def test_the_same_reading_twice_is_the_same_level(threshold, values):
    level = levels(threshold, values)[-1]
    now = NOON + timedelta(seconds=len(values) - 1)
    assert judge(threshold, values[-1], level, now) == level


# Choosing


def chosen(thresholds, queue="500", metric=Metric.WAITING, window=Window.NOW, direction=Direction.HIGH):
    return threshold_for(indexed(tuple(thresholds)), queue, metric, window, direction)


def test_a_queue_s_own_threshold_comes_before_the_one_of_all():
    own = replace(HIGH, queue="500", warning=7)
    several = [HIGH, own, replace(HIGH, queue="501", warning=8)]
    assert chosen(several) is own
    assert chosen(several, "502") is HIGH


def test_a_threshold_of_another_number_window_or_direction_is_none_of_this():
    assert chosen([HIGH], metric=Metric.OFFERED) is None
    assert chosen([HIGH], window=Window.TODAY) is None
    assert chosen([HIGH], direction=Direction.LOW) is None
    assert chosen([], direction=Direction.LOW) is None


def test_one_number_may_be_too_high_and_too_low():
    both = [HIGH, replace(LOW, metric=Metric.WAITING)]
    assert [chosen(both, direction=each) for each in Direction] == both


def test_of_two_thresholds_of_the_same_number_the_first_counts():
    assert chosen([HIGH, replace(HIGH, warning=99)]) is HIGH


def test_of_several_grades_the_gravest_counts():
    assert worst([]) is CALM
    assert worst([WARNING, CALM]) is WARNING
    assert worst([WARNING, CRITICAL, CALM]) is CRITICAL


ALERTS = {
    "callQueueCallsHigh": (Metric.WAITING, Direction.HIGH),
    "callQueueWaitTimeHigh": (Metric.LONGEST_WAIT, Direction.HIGH),
    "callQueueAgentsLow": (Metric.PRESENT, Direction.LOW),
    "callQueueAgentsAvailableLow": (Metric.AVAILABLE, Direction.LOW),
}
"""How each of EQ's is said here. EQ's hold *beyond* their threshold (API text, Create Alert), our grades begin at the
limit: what EQ calls high with a threshold of 5, more than 5, is a limit of 6.
"""


def test_every_queue_alert_of_eq_can_be_said():
    assert set(ALERTS) == {each for each in ALERT_TYPES if each.startswith("callQueue")}
    for name, (metric, direction) in ALERTS.items():
        assert name.lower().endswith(direction)
        assert fault_of(Threshold(metric, direction, warning=6)) is None


# Nonsense

LEVEL_LOW = Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=79, critical=60, window=Window.TODAY)


@pytest.mark.parametrize(
    ("threshold", "fault"),
    [
        (replace(HIGH, warning=None, critical=None), Fault.NO_LIMIT),
        (replace(HIGH, warning=nan), Fault.NOT_A_NUMBER),
        (replace(HIGH, critical=inf), Fault.NOT_A_NUMBER),
        (replace(HIGH, hysteresis=nan), Fault.NOT_A_NUMBER),
        (replace(HIGH, hold_seconds=inf), Fault.NOT_A_NUMBER),
        (replace(HIGH, warning=-1), Fault.NEGATIVE),
        (replace(HIGH, hysteresis=-1), Fault.NEGATIVE),
        (replace(HIGH, hold_seconds=-0.1), Fault.NEGATIVE),
        (replace(LEVEL_LOW, warning=101), Fault.TOO_LARGE),
        (replace(LEVEL_LOW, hysteresis=200), Fault.TOO_LARGE),
        (replace(HIGH, critical=1e300), Fault.TOO_LARGE),
        (replace(HIGH, warning=11), Fault.ORDER),
        (replace(HIGH, warning=10), Fault.ORDER),
        (replace(LOW, critical=3), Fault.ORDER),
        (replace(LEVEL_LOW, warning=50), Fault.ORDER),
        (replace(HIGH, warning=0), Fault.ALWAYS),
        (replace(LEVEL_LOW, warning=100), Fault.ALWAYS),
        (replace(HIGH, hysteresis=6), Fault.NEVER_ENDS),
        (replace(LEVEL_LOW, hysteresis=22), Fault.NEVER_ENDS),
        (replace(HIGH, hold_seconds=3601), Fault.HOLD),
        (replace(HIGH, least_calls=10_001), Fault.CALLS),
        (replace(HIGH, least_calls=-1), Fault.NEGATIVE),
        (replace(HIGH, window=Window.TODAY), Fault.WINDOW),
        (replace(BELOW, warning=None, critical=None), Fault.NO_LIMIT),
        (replace(HIGH, below_promise=True), Fault.NO_PROMISE),
        (replace(BELOW, metric=Metric.ANSWER_RATE), Fault.NO_PROMISE),
        (replace(BELOW, direction=Direction.HIGH), Fault.NOT_TOO_LOW),
        (replace(BELOW, critical=100), Fault.POINTS),
        (replace(BELOW, warning=150, critical=None), Fault.POINTS),
        (replace(BELOW, warning=0), Fault.POINTS),
        (replace(BELOW, warning=None, critical=0), Fault.POINTS),
        (replace(BELOW, warning=-1), Fault.POINTS),
        (replace(BELOW, warning=nan), Fault.NOT_A_NUMBER),
        (replace(BELOW, hysteresis=101), Fault.TOO_LARGE),
        (replace(BELOW, warning=20), Fault.ORDER),
        (replace(BELOW, warning=30), Fault.ORDER),
    ],
)
def test_nonsense_is_told_by_its_name(threshold, fault):
    assert fault_of(threshold) is fault


@pytest.mark.parametrize(
    "threshold",
    [
        HIGH,
        LOW,
        LEVEL_LOW,
        replace(HIGH, hysteresis=5),
        replace(LEVEL_LOW, hysteresis=21),
        replace(LOW, hysteresis=1),
        BELOW,
        replace(BELOW, warning=0.5, critical=HIGHEST_PROMISE),
        replace(BELOW, hysteresis=100),
    ],
)
def test_sense_has_no_fault(threshold):
    assert fault_of(threshold) is None


@settings(deadline=None)
@given(
    st.builds(
        Threshold,
        metric=st.sampled_from(Metric),
        direction=st.sampled_from(Direction),
        warning=st.none() | st.floats() | st.integers(-5, 120),
        critical=st.none() | st.floats() | st.integers(-5, 120),
        window=st.sampled_from(Window),
        hysteresis=st.floats() | st.integers(0, 50),
        hold_seconds=st.floats() | st.integers(0, 50),
    )
)
def test_what_has_no_fault_can_begin_and_end(threshold):
    if fault_of(threshold) is None:
        is_high = threshold.direction is Direction.HIGH
        bad, good = (10**9, 0) if is_high else (0, 100 if unit_of(threshold.metric) is Unit.PERCENT else 10**9)
        assert grades(threshold, bad, bad, good, every_seconds=3600)[1:] in ([WARNING, CALM], [CRITICAL, CALM])


@given(
    st.builds(
        replace,
        st.just(BELOW),
        warning=st.none() | st.floats(-1, 120),
        critical=st.none() | st.integers(-1, 120),
        hysteresis=st.floats(0, 110),
    ),
    st.integers(1, HIGHEST_PROMISE),
)
def test_whatever_is_promised_points_below_it_can_begin_and_end(threshold, promise):
    if fault_of(threshold) is None:
        limits = against(threshold, promise)
        begun, ended = grades(limits, 0, 100)
        assert ended is CALM
        assert (begun is not CALM) == bool(limits_of(limits))
