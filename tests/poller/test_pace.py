"""Never sooner than the cooldown, never later than the cap (design.md, law 6)."""

from hypothesis import given
from hypothesis import strategies as st

from eqboard.poller.pace import Pace, pace_for

POLL_SECONDS = st.floats(0.2, 60)
FAILURES = st.integers(0, 10**6)
CHANCE = st.floats(0, 1)


@given(POLL_SECONDS, st.lists(st.tuples(FAILURES, st.booleans(), CHANCE), min_size=1))
def test_no_order_of_success_failure_and_nudge_leaves_the_bounds(poll_seconds, story) -> None:
    pace = pace_for(poll_seconds)
    for failure_count, is_nudged, chance in story:
        delay = pace.delay_seconds(failure_count=failure_count, is_nudged=is_nudged, chance=chance)
        assert pace.cooldown_seconds <= delay <= pace.cap_seconds


@given(POLL_SECONDS)
def test_while_all_is_well_rounds_come_as_configured(poll_seconds) -> None:
    assert pace_for(poll_seconds).delay_seconds() == poll_seconds


@given(POLL_SECONDS, st.integers(1, 30), CHANCE)
def test_further_failures_never_make_it_faster(poll_seconds, failure_count, chance) -> None:
    pace = pace_for(poll_seconds)
    delays = [pace.delay_seconds(failure_count=count, chance=chance) for count in (failure_count, failure_count + 1)]
    assert delays == sorted(delays)


@given(POLL_SECONDS, FAILURES, CHANCE)
def test_a_nudge_is_answered_after_the_cooldown_whatever_failed(poll_seconds, failure_count, chance) -> None:
    pace = pace_for(poll_seconds)
    assert pace.delay_seconds(failure_count=failure_count, is_nudged=True, chance=chance) == pace.cooldown_seconds


def test_failures_double_the_delay_up_to_the_cap() -> None:
    pace = Pace(1.0, cooldown_seconds=0.3, cap_seconds=5.0)
    assert [pace.delay_seconds(failure_count=count) for count in range(6)] == [1, 1, 2, 4, 5, 5]


def test_boards_that_failed_together_come_back_apart() -> None:
    pace = Pace(1.0, cooldown_seconds=0.3, cap_seconds=5.0)
    assert pace.delay_seconds(failure_count=2, chance=0) == 1.5
    assert pace.delay_seconds(failure_count=2, chance=1) == 2.5
