"""What a board counts: the definitions of metrics.md, with its own worked example."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import Bucket, Tally
from eqboard.floor.formulas import (
    FORMULAS,
    UNKNOWN,
    Term,
    Working,
    amounts_of,
    formula_of,
    reckon,
    short_abandons,
    total,
    value_of,
)
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Target, Unit, Variant, breaches_at, unit_of
from tests.builders import NOON, ago

TARGET = Target(percent=80, seconds=20, short_seconds=5)
EXAMPLE = Bucket(
    offered=1100,
    answered_waits={3: 500, 20: 360, 21: 140},  # A = 1000, A_T = 860
    abandoned_waits={5: 10, 20: 10, 60: 40},  # B = 60, B_s = 10, B_T = 20
    flowed_waits={30: 15},
)
WINDOWED = [metric for metric in Metric if metric not in OF_THIS_MOMENT]
RATIOS = [metric for metric in WINDOWED if metric is Metric.SERVICE_LEVEL or FORMULAS[metric].below]


def tally(bucket=EXAMPLE, **changes):
    return Tally(**{"bucket": bucket, "since": ago(900), "until": NOON, "seen_seconds": 900} | changes)


def value(metric, counted, target=TARGET):
    return value_of(metric, reckon(metric, counted, target))


# Service level


@pytest.mark.parametrize(
    ("variant", "percent", "denominator"),
    [
        (Variant.ALL, 81.1, 1060),
        (Variant.CREDIT, 83.0, 1060),
        (Variant.LATE, 82.7, 1040),
        (Variant.SHORT_CREDIT, 82.1, 1060),
        (Variant.SHORT_REMOVED, 81.9, 1050),
        (Variant.FLOW, 80.0, 1075),
        (Variant.ANSWERED, 86.0, 1000),
    ],
)
def test_the_worked_example_in_every_variant(variant, percent, denominator):
    working = reckon(Metric.SERVICE_LEVEL, tally(), replace(TARGET, variant=variant))
    assert working.denominator == denominator
    assert round(value_of(Metric.SERVICE_LEVEL, working), 1) == percent


def test_another_target_holds_for_the_past_too():
    assert reckon(Metric.SERVICE_LEVEL, tally(), Target(seconds=3, variant=Variant.ANSWERED)) == Working(500, 1000)
    assert reckon(Metric.SERVICE_LEVEL, tally(), Target(seconds=19, variant=Variant.ANSWERED)) == Working(500, 1000)


@pytest.mark.parametrize(("waited", "in_time"), [(0, True), (20, True), (20.4, True), (20.999, True), (21, False)])
def test_a_wait_counts_in_whole_seconds_and_the_limit_itself_is_within(waited, in_time):
    counted = tally(Bucket(answered_waits={int(waited): 1}))
    assert reckon(Metric.SERVICE_LEVEL, counted, TARGET).numerator == in_time


def test_a_call_is_late_from_the_moment_its_timer_shows_more_than_the_target():
    assert breaches_at(ago(21), TARGET) == NOON


def test_the_short_limit_itself_is_short_and_a_limit_of_0_is_none():
    counted = tally(Bucket(abandoned_waits={0: 2, 5: 3, 6: 4}))
    assert short_abandons(counted, TARGET) == 5
    assert short_abandons(counted, replace(TARGET, short_seconds=0)) == 0


def test_whoever_was_stolen_or_got_lost_counts_neither_for_nor_against():
    bucket = Bucket(answered_waits={1: 1}, stolen_count=5, unresolved_count=7)
    for variant in Variant:
        assert value(Metric.SERVICE_LEVEL, tally(bucket), replace(TARGET, variant=variant)) == 100


def test_only_early_abandons_leave_nothing_to_divide_where_they_are_removed():
    bucket = Bucket(offered=3, abandoned_waits={2: 3})
    assert value(Metric.SERVICE_LEVEL, tally(bucket), replace(TARGET, variant=Variant.LATE)) is None
    assert value(Metric.SERVICE_LEVEL, tally(bucket), replace(TARGET, variant=Variant.CREDIT)) == 100


# The others


def test_averages_divide_by_the_calls_whose_seconds_they_sum():
    bucket = Bucket(
        offered=5,
        answered_waits={10: 1, 20: 1},
        abandoned_waits={60: 2},
        answered_seconds=30,
        abandoned_seconds=120,
        longest_seconds=75.5,
    )
    counted = tally(bucket)
    assert value(Metric.ASA, counted) == 15
    assert value(Metric.AVERAGE_WAIT, counted) == 37.5
    assert value(Metric.TIME_TO_ABANDON, counted) == 60
    assert value(Metric.LONGEST_WAITED, counted) == 75.5


def test_handling_time_divides_by_the_calls_that_ended_not_by_those_that_were_answered():
    bucket = Bucket(answered_waits={1: 10}, talk_count=2, talk_seconds=300, wrap_up_seconds=60)
    assert reckon(Metric.AHT, tally(bucket), TARGET) == Working(360, 2)


def test_occupancy_leaves_pauses_out():
    assert value(Metric.OCCUPANCY, tally(Bucket(handle_seconds=850), idle_seconds=150)) == 85


def test_rates_are_of_the_calls_offered():
    assert reckon(Metric.ABANDONMENT, tally(), TARGET) == Working(60, 1100)
    assert reckon(Metric.ANSWER_RATE, tally(), TARGET) == Working(1000, 1100)


def test_a_rate_may_be_more_than_all_when_calls_entered_before_the_window():
    assert value(Metric.ANSWER_RATE, tally(Bucket(offered=1, answered_waits={40: 2}))) == 200


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        (Metric.OFFERED, 1100),
        (Metric.ANSWERED, 1000),
        (Metric.ABANDONED, 60),
        (Metric.SHORT_ABANDONED, 10),
        (Metric.FLOWED_OUT, 15),
    ],
)
def test_counts_have_no_denominator(metric, count):
    assert reckon(metric, tally(), TARGET) == Working(count)


@pytest.mark.parametrize("metric", RATIOS)
def test_a_ratio_of_nothing_is_none(metric):
    for variant in Variant:
        assert value(metric, tally(Bucket()), replace(TARGET, variant=variant)) is None


def test_nobody_who_waited_is_no_longest_wait_and_an_answer_at_once_is_one_of_0():
    assert value(Metric.LONGEST_WAITED, tally(Bucket())) is None
    assert value(Metric.LONGEST_WAITED, tally(Bucket(offered=1, answered_waits={0: 1}))) == 0


@pytest.mark.parametrize("metric", WINDOWED)
def test_what_nobody_watched_is_unknown(metric):
    assert reckon(metric, Tally(), TARGET) == UNKNOWN
    assert value(metric, Tally()) is None


def test_a_watched_hour_without_calls_counts_0():
    assert value(Metric.OFFERED, tally(Bucket())) == 0


@pytest.mark.parametrize("metric", sorted(OF_THIS_MOMENT))
def test_what_is_of_this_moment_is_not_reckoned(metric):
    with pytest.raises(KeyError):
        reckon(metric, tally(), TARGET)


# Units


def test_every_metric_has_one_unit():
    assert unit_of(Metric.WAITING) is Unit.COUNT
    assert unit_of(Metric.LONGEST_WAIT) is Unit.SECONDS
    assert unit_of(Metric.OCCUPANCY) is Unit.PERCENT


@settings(deadline=None)
@given(st.integers(0, 100))
def test_a_whole_percentage_is_exact(percent):
    assert value_of(Metric.SERVICE_LEVEL, Working(percent, 100)) == percent


# Totals


def test_a_total_is_the_sum_of_numerators_over_the_sum_of_denominators():
    assert total([Working(1, 1), Working(1, 99)]) == Working(2, 100)


def test_a_total_of_counts_is_a_count():
    assert total([Working(1), Working(2)]) == Working(3)


def test_an_unwatched_queue_adds_nothing_to_a_total():
    assert total([Working(3), UNKNOWN]) == Working(3)
    assert total([Working(3, 4), UNKNOWN]) == Working(3, 4)
    assert total([UNKNOWN, UNKNOWN]) == total([]) == UNKNOWN


# Laws

WAITS = st.dictionaries(st.integers(0, 40), st.integers(0, 50), max_size=6)
BUCKETS = st.builds(Bucket, offered=st.integers(0, 99), answered_waits=WAITS, abandoned_waits=WAITS, flowed_waits=WAITS)
TARGETS = st.integers(1, 40).flatmap(
    lambda seconds: st.builds(
        Target,
        percent=st.integers(1, 99),
        seconds=st.just(seconds),
        variant=st.sampled_from(Variant),
        short_seconds=st.integers(0, seconds),
    )
)


@settings(deadline=None)
@given(BUCKETS, TARGETS)
def test_a_service_level_lies_between_0_and_100(bucket, target):
    working = reckon(Metric.SERVICE_LEVEL, tally(bucket), target)
    assert 0 <= working.numerator <= working.denominator


@settings(deadline=None)
@given(BUCKETS, TARGETS)
def test_short_abandons_are_among_the_early_ones_and_those_among_all(bucket, target):
    amounts = amounts_of((Term.SHORT, Term.ABANDONED_IN_TIME, Term.ABANDONED), tally(bucket), target)
    assert amounts[Term.SHORT] <= amounts[Term.ABANDONED_IN_TIME] <= amounts[Term.ABANDONED]


@settings(deadline=None)
@given(BUCKETS, TARGETS, st.sampled_from(WINDOWED))
def test_a_working_is_what_its_formula_says_of_its_terms(bucket, target, metric):
    formula = formula_of(metric, target.variant)
    amounts = amounts_of(formula.terms, tally(bucket), target)
    working = reckon(metric, tally(bucket), target)
    if working != UNKNOWN:
        assert working.numerator == sum(amounts[term] for term in formula.above)
