"""Never sooner than the cooldown, never later than the cap, and never before EQ is free (design.md, law 6)."""

from hypothesis import given
from hypothesis import strategies as st

from eqboard.poller.allowance import Allowance
from eqboard.poller.pace import Pace, pace_for

POLL_SECONDS = st.floats(0.2, 60)
FAILURES = st.integers(0, 10**6)
CHANCE = st.floats(0, 1)
AT_ONCE = 14


@given(POLL_SECONDS, st.lists(st.tuples(FAILURES, st.booleans(), CHANCE, st.floats(-60, 4)), min_size=1))
def test_no_order_of_success_failure_and_nudge_leaves_the_bounds(poll_seconds, story) -> None:
    pace = pace_for(poll_seconds)
    for failure_count, is_nudged, chance, free_after_seconds in story:
        delay = pace.delay_seconds(
            failure_count=failure_count, is_nudged=is_nudged, chance=chance, free_after_seconds=free_after_seconds
        )
        assert pace.cooldown_seconds <= delay <= pace.cap_seconds


@given(POLL_SECONDS, FAILURES, st.booleans(), CHANCE, st.floats(0, 600))
def test_eq_is_not_asked_before_it_is_free_and_not_later_for_that(
    poll_seconds, failure_count, is_nudged, chance, free
) -> None:
    pace = pace_for(poll_seconds)
    facts = {"failure_count": failure_count, "is_nudged": is_nudged, "chance": chance}
    assert pace.delay_seconds(**facts, free_after_seconds=free) == max(free, pace.delay_seconds(**facts))


@given(
    POLL_SECONDS,
    st.integers(2 * AT_ONCE + 1, 2000),
    st.lists(st.tuples(st.integers(0, AT_ONCE), FAILURES, st.booleans(), CHANCE), min_size=1, max_size=200),
)
def test_no_order_of_rounds_sends_more_in_a_minute_than_is_allowed(poll_seconds, per_minute, story) -> None:
    """Each round goes out at once, however large it is and whatever came before."""
    pace, now, sent = pace_for(poll_seconds), 0.0, []
    allowance = Allowance(per_minute, AT_ONCE, clock=lambda: now)
    for request_count, failure_count, is_nudged, chance in story:
        for _ in range(request_count):
            allowance.take()
        sent.append((now, request_count))
        now += pace.delay_seconds(
            failure_count=failure_count,
            is_nudged=is_nudged,
            chance=chance,
            free_after_seconds=allowance.free_at - now,
        )
    for begin, _ in sent:
        assert sum(count for at, count in sent if begin <= at < begin + 60) <= per_minute


@given(POLL_SECONDS)
def test_while_all_is_well_rounds_come_as_configured(poll_seconds) -> None:
    assert pace_for(poll_seconds).delay_seconds() == poll_seconds


@given(POLL_SECONDS, st.integers(1, 30), CHANCE)
def test_further_failures_never_make_it_faster(poll_seconds, failure_count, chance) -> None:
    pace = pace_for(poll_seconds)
    delays = [pace.delay_seconds(failure_count=count, chance=chance) for count in (failure_count, failure_count + 1)]
    assert delays == sorted(delays)


@given(POLL_SECONDS, FAILURES, CHANCE)
def test_a_failure_never_makes_it_faster_than_success(poll_seconds, failure_count, chance) -> None:
    assert pace_for(poll_seconds).delay_seconds(failure_count=failure_count, chance=chance) >= poll_seconds


@given(POLL_SECONDS, FAILURES, CHANCE)
def test_a_nudge_is_answered_after_the_cooldown_whatever_failed(poll_seconds, failure_count, chance) -> None:
    pace = pace_for(poll_seconds)
    assert pace.delay_seconds(failure_count=failure_count, is_nudged=True, chance=chance) == pace.cooldown_seconds


def test_failures_double_the_delay_up_to_the_cap() -> None:
    pace = Pace(1.0, cooldown_seconds=0.3, cap_seconds=5.0)
    assert [pace.delay_seconds(failure_count=count, chance=1) for count in range(6)] == [1, 1, 2, 4, 5, 5]


def test_boards_that_failed_together_come_back_apart() -> None:
    pace = Pace(1.0, cooldown_seconds=0.3, cap_seconds=5.0)
    assert [pace.delay_seconds(failure_count=3, chance=chance) for chance in (0, 0.5, 1)] == [2, 3, 4]


@given(POLL_SECONDS, st.integers(20, 10**6))
def test_they_do_so_also_after_a_long_time_and_where_rounds_are_rare(poll_seconds, failure_count) -> None:
    pace = pace_for(poll_seconds)
    soonest, latest = (pace.delay_seconds(failure_count=failure_count, chance=chance) for chance in (0, 1))
    assert latest - soonest >= pace.cap_seconds / 4
