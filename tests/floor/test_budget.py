"""How many more calls can be missed, or how many in time bring the target back: exactly."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import Bucket, Tally, add
from eqboard.floor.budget import Budget, budget
from eqboard.floor.formulas import UNKNOWN, Working, reckon
from eqboard.floor.metrics import Metric, Target, Variant
from tests.builders import NOON

TARGET = Target(percent=80, seconds=20, short_seconds=5)
WAITS = st.dictionaries(st.integers(0, 60), st.integers(0, 300), max_size=5)
BUCKETS = st.builds(Bucket, answered_waits=WAITS, abandoned_waits=WAITS, flowed_waits=WAITS)
TARGETS = st.builds(Target, percent=st.integers(1, 99), seconds=st.integers(5, 40), variant=st.sampled_from(Variant))


@pytest.mark.parametrize(
    ("in_time", "counted", "expected"),
    [
        (9, 10, Budget(1, 0)),  # 9 of 11 are 81 %
        (8, 10, Budget(0, 0)),  # met exactly
        (7, 10, Budget(0, 5)),  # 12 of 15
        (0, 1, Budget(0, 4)),
        (1, 1, Budget(0, 0)),  # 1 of 2 would be 50 %
        (100, 100, Budget(25, 0)),
    ],
)
def test_some_budgets_for_80_percent(in_time, counted, expected):
    assert budget(Working(in_time, counted), TARGET) == expected


def test_99_percent_forgive_one_in_a_hundred():
    target = replace(TARGET, percent=99)
    assert budget(Working(99, 99), target) == Budget(1, 0)
    assert budget(Working(98, 98), target) == Budget(0, 0)
    assert budget(Working(98, 99), target) == Budget(0, 1)
    assert budget(Working(0, 1), target) == Budget(0, 99)


@pytest.mark.parametrize("working", [UNKNOWN, Working(0, 0)])
def test_nothing_offered_has_no_budget(working):
    assert budget(working, TARGET) is None


def test_it_says_whether_the_target_is_met():
    assert Budget(0, 0).is_met
    assert not Budget(0, 1).is_met


def level(bucket, target):
    return reckon(Metric.SERVICE_LEVEL, Tally(bucket, since=NOON), target)


def is_met(working, target):
    return 100 * working.numerator >= target.percent * working.denominator


def late(count, target):
    return Bucket(answered_waits={target.seconds + 1: count})


@settings(deadline=None)
@given(BUCKETS, TARGETS)
def test_so_many_may_be_missed_and_not_one_more(bucket, target):
    found = budget(level(bucket, target), target)
    if found and found.is_met:
        assert is_met(level(add(bucket, late(found.can_miss, target)), target), target)
        assert not is_met(level(add(bucket, late(found.can_miss + 1, target)), target), target)


@settings(deadline=None)
@given(BUCKETS, TARGETS)
def test_so_many_in_time_bring_it_back_and_not_one_fewer(bucket, target):
    found = budget(level(bucket, target), target)
    if found and not found.is_met:
        assert found.can_miss == 0
        for count in (found.needed - 1, found.needed):
            after = level(add(bucket, Bucket(answered_waits={0: count})), target)
            assert is_met(after, target) is (count == found.needed)


@settings(deadline=None)
@given(BUCKETS, TARGETS.filter(lambda target: target.variant is not Variant.ANSWERED))
def test_who_gives_up_late_is_missed_as_well(bucket, target):
    working = level(bucket, target)
    after = level(add(bucket, Bucket(abandoned_waits={target.seconds + 1: 1})), target)
    if working != UNKNOWN:
        assert after == Working(working.numerator, working.denominator + 1)
