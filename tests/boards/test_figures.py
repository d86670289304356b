"""The numbers of a board as they are shown, and how each came about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.boards.figures import Basis, Explanation, FigureValue, explain, figure_value
from eqboard.boards.spec import Figure, Targets
from eqboard.boards.templatetags.board import quantity
from eqboard.floor.buckets import Bucket, Span, idle_key
from eqboard.floor.formulas import Term, Working
from eqboard.floor.history import History
from eqboard.floor.levels import Grade
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Target, Unit, Variant
from eqboard.floor.snapshot import AgentState, ExchangeCounts, Part
from eqboard.floor.windows import Window
from tests.builders import NOON, agent, ago, membership, queue, snapshot, source

MORNING = ago(4 * 3600)
LEVEL = Figure(Metric.SERVICE_LEVEL, Window.TODAY)
FLOOR = snapshot(queues=[queue("500"), queue("501"), queue("502")])
STRICT = Target(percent=90, seconds=10, variant=Variant.ALL)
USUAL = Target(percent=80, seconds=20, variant=Variant.ALL)
BOTH = ("500", "501")


def history(*, minutes_ago=1, seen_seconds=60.0, idle=None, **buckets):
    """One minute of queues: `history(q500=Bucket(offered=1))`."""
    queues = {key.removeprefix("q"): bucket for key, bucket in buckets.items()}
    begin = NOON - timedelta(minutes=minutes_ago)
    return History().with_span(Span(begin, queues=queues, idle_seconds=idle or {}, seen_seconds=seen_seconds))


def basis(floor, past, targets, now):
    return Basis(floor, past or History(), targets or Targets(USUAL), now, MORNING)


def shown(figure, queues, *, floor=FLOOR, past=None, targets=None, now=NOON, level=Grade.CALM):
    return figure_value(figure, queues, basis(floor, past, targets, now), level)


def told(figure, queues, *, floor=FLOOR, past=None, targets=None, now=NOON):
    return explain(figure, queues, basis(floor, past, targets, now))


def answered(in_time, late=0):
    return Bucket(offered=in_time + late, answered_waits={5: in_time, 100: late})


# Over time


def test_a_figure_tells_its_number_unit_target_and_level():
    value = shown(LEVEL, ["500"], past=history(q500=answered(4, 1)), level=Grade.WARNING)
    assert value == FigureValue(Metric.SERVICE_LEVEL, Window.TODAY, 80, Unit.PERCENT, target=USUAL, level=Grade.WARNING)


@pytest.mark.parametrize(
    ("in_time", "late", "percent"), [(796, 204, 79), (999, 1, 99), (1, 0, 100), (8, 2, 80), (29, 71, 29), (0, 3, 0)]
)
def test_a_percentage_is_never_rounded_up(in_time, late, percent):
    assert shown(LEVEL, ["500"], past=history(q500=answered(in_time, late))).value == percent


@pytest.mark.parametrize("window", Window)
def test_a_window_ends_now_whatever_a_clock_that_was_put_back_left_ahead(window):
    figure = Figure(Metric.OFFERED, window)
    past = history(minutes_ago=0, q500=Bucket(offered=1)).with_span(Span(ago(-60), queues={"500": Bucket(offered=2)}))
    assert shown(figure, ["500"], past=past).value == 1
    assert told(figure, ["500"], past=past, now=ago(-60)).shown.value == 3


def test_seconds_are_whole_and_rounded_down_like_a_timer():
    bucket = Bucket(answered_waits={20: 1}, answered_seconds=20.9)
    assert shown(Figure(Metric.ASA, Window.TODAY), ["500"], past=history(q500=bucket)).value == 20


def test_a_mean_that_is_whole_is_not_one_less_for_the_computer_s_fractions():
    bucket = Bucket(answered_waits={0: 3}, answered_seconds=0.1 + 0.2 + 2.7)
    assert shown(Figure(Metric.ASA, Window.TODAY), ["500"], past=history(q500=bucket)).value == 1


def test_numbers_that_look_the_same_are_equal_values():
    one = shown(LEVEL, ["500"], past=history(q500=answered(801, 199)))
    assert one == shown(LEVEL, ["500"], past=history(q500=answered(809, 191)))


def test_nothing_offered_is_no_number_and_what_nobody_watched_neither():
    assert shown(LEVEL, ["500"], past=history()).value is None
    assert shown(Figure(Metric.OFFERED, Window.TODAY), ["500"], past=history()).value == 0
    assert shown(Figure(Metric.OFFERED, Window.TODAY), ["500"]).value is None


def test_only_what_is_in_the_window_counts():
    past = history(minutes_ago=20, q500=answered(5))
    assert shown(Figure(Metric.OFFERED, Window.LAST_15), ["500"], past=past).value is None
    assert shown(Figure(Metric.OFFERED, Window.LAST_30), ["500"], past=past).value == 5
    assert (
        shown(Figure(Metric.OFFERED, Window.TODAY), ["500"], past=history(minutes_ago=241, q500=answered(5))).value
        is None
    )


def test_what_happens_in_the_minute_that_begins_now_counts():
    assert shown(Figure(Metric.OFFERED), ["500"], past=history(minutes_ago=0, q500=answered(5))).value == 5


# Several queues over time


def test_a_total_weighs_each_queue_by_its_calls():
    past = history(q500=answered(1, 0), q501=answered(0, 99))
    assert shown(LEVEL, BOTH, past=past).value == 1


def test_a_total_measures_each_queue_by_its_own_target():
    targets = Targets(USUAL, own=(("501", STRICT),))
    waits = Bucket(answered_waits={15: 10})
    value = shown(LEVEL, BOTH, past=history(q500=waits, q501=waits), targets=targets)
    assert (value.value, value.target) == (50, None)
    assert shown(LEVEL, ["501"], past=history(q501=waits), targets=targets).target == STRICT


def promised(queues, *, past=None, **percents):
    """What is promised of queues together, where some promise a percentage of their own: `promised([...], q501=90)`."""
    own = tuple((key.removeprefix("q"), replace(USUAL, percent=percent)) for key, percent in percents.items())
    return shown(LEVEL, queues, past=past, targets=Targets(USUAL, own)).promise


def test_a_service_level_knows_what_is_promised_of_it_and_nothing_else_does():
    assert promised(["500"], q501=90) == 80
    assert promised(["501"], q501=90) == 90
    assert shown(Figure(Metric.ANSWER_RATE, Window.TODAY), ["500"]).promise is None


def test_of_several_queues_each_promise_weighs_as_much_as_its_calls():
    assert promised(BOTH, past=history(q500=answered(10), q501=answered(20, 10)), q501=60) == 65
    assert promised(BOTH, past=history(q500=answered(10), q501=answered(10)), q501=81) == 80  # 80.5, rounded down
    assert promised(BOTH, past=history(q501=answered(1)), q501=60) == 60


def test_queues_that_all_just_keep_their_promises_are_together_just_at_theirs():
    past = history(q500=answered(8, 2), q501=answered(63, 27))
    targets = Targets(USUAL, (("501", replace(USUAL, percent=70)),))
    together = shown(LEVEL, BOTH, past=past, targets=targets)
    assert (together.value, together.promise) == (71, 71)


def test_the_same_promise_is_that_of_all_even_while_nothing_was_offered():
    assert promised(BOTH) == 80
    assert promised(BOTH, q500=90) is None
    assert promised([]) is None


def test_a_number_that_no_target_has_a_part_in_tells_none():
    assert shown(Figure(Metric.ASA, Window.TODAY), ["500"], past=history(q500=answered(1))).target is None


def test_a_total_of_occupancy_counts_idle_people_once():
    past = history(
        q500=Bucket(handle_seconds=60), q501=Bucket(handle_seconds=0), idle={idle_key(BOTH): 60.0, "502": 1000.0}
    )
    assert shown(Figure(Metric.OCCUPANCY, Window.TODAY), BOTH, past=past).value == 50


def test_a_total_of_longest_waits_is_the_longest():
    past = history(q500=Bucket(offered=1, longest_seconds=70), q501=Bucket(offered=1, longest_seconds=90))
    assert shown(Figure(Metric.LONGEST_WAITED, Window.TODAY), BOTH, past=past).value == 90


# Of this moment


@pytest.mark.parametrize(
    ("metric", "field"),
    [
        (Metric.WAITING, "waiting_count"),
        (Metric.PRESENT, "present_count"),
        (Metric.AVAILABLE, "available_count"),
        (Metric.ON_CALL, "on_call_count"),
        (Metric.RINGING, "ringing_count"),
        (Metric.WRAP_UP, "wrap_up_count"),
        (Metric.PAUSED, "paused_count"),
    ],
)
def test_a_queue_s_numbers_are_those_of_its_tile(metric, field):
    floor = snapshot(queues=[queue("500", **{field: 7})])
    assert shown(Figure(metric), ["500"], floor=floor) == FigureValue(metric, Window.NOW, 7, Unit.COUNT)
    floor = snapshot(queues=[queue("500", **{field: None})])
    assert shown(Figure(metric), ["500"], floor=floor).value is None


def test_people_of_several_queues_are_counted_once():
    both = (membership("500"), membership("501"))
    floor = snapshot(
        queues=[queue("500"), queue("501"), queue("502")],
        agents=[
            agent(1, memberships=both),
            agent(2, memberships=both, state=AgentState.PAUSED),
            agent(3, memberships=both, state=AgentState.SIGNED_OUT),
            agent(4, memberships=(membership("502"),)),
        ],
    )
    found = {metric: shown(Figure(metric), BOTH, floor=floor).value for metric in Metric if metric in OF_THIS_MOMENT}
    assert (found[Metric.PRESENT], found[Metric.AVAILABLE], found[Metric.PAUSED]) == (2, 1, 1)
    assert (found[Metric.ON_CALL], found[Metric.RINGING], found[Metric.WRAP_UP]) == (0, 0, 0)


def test_callers_of_several_queues_are_summed():
    floor = snapshot(
        queues=[queue("500", waiting_count=2), queue("501", waiting_count=3), queue("502", waiting_count=9)]
    )
    assert shown(Figure(Metric.WAITING), BOTH, floor=floor).value == 5


def test_people_and_callers_that_were_never_read_are_unknown():
    floor = snapshot(
        queues=[queue("500", waiting_count=None), queue("501")], sources=[source(Part.AGENTS, taken_at=None)]
    )
    assert shown(Figure(Metric.AVAILABLE), BOTH, floor=floor).value is None
    assert shown(Figure(Metric.WAITING), BOTH, floor=floor).value is None
    assert shown(Figure(Metric.AVAILABLE), BOTH, floor=replace(floor, sources={})).value is None


@pytest.mark.parametrize("queues", [[], ["999"], ["998", "999"]])
@pytest.mark.parametrize("metric", Metric)
def test_of_queues_that_are_all_gone_nothing_is_known(metric, queues):
    value = shown(Figure(metric), queues)
    assert (value.value, value.since) == (None, None)


def test_a_queue_that_is_gone_counts_for_nothing_beside_others():
    floor = snapshot(queues=[queue("500", waiting_count=2)])
    assert shown(Figure(Metric.WAITING), ["500", "999"], floor=floor).value == 2


def test_a_wait_that_goes_on_is_told_by_its_beginning_so_that_it_is_the_same_value_every_second():
    floor = snapshot(
        queues=[
            queue("500", waiting_count=1, oldest_waiting_at=ago(20)),
            queue("501", waiting_count=1, oldest_waiting_at=ago(50)),
        ]
    )
    value = shown(Figure(Metric.LONGEST_WAIT), BOTH, floor=floor)
    assert value == FigureValue(Metric.LONGEST_WAIT, Window.NOW, None, Unit.SECONDS, since=ago(50))
    assert value == shown(Figure(Metric.LONGEST_WAIT), BOTH, floor=floor, now=NOON + timedelta(seconds=9))


def test_a_wait_that_began_before_we_looked_is_told_as_a_lower_bound():
    floor = snapshot(queues=[queue("500", waiting_count=1, oldest_waiting_at=ago(20), oldest_at_least=True)])
    value = shown(Figure(Metric.LONGEST_WAIT), ["500"], floor=floor)
    assert value.at_least
    assert "data-at-least" in quantity(value)


def test_nobody_waiting_is_a_wait_of_0_and_an_unknown_beginning_is_no_number():
    def longest(**changes):
        return shown(Figure(Metric.LONGEST_WAIT), ["500"], floor=snapshot(queues=[queue("500", **changes)]))

    assert longest(waiting_count=0).value == 0
    assert longest(waiting_count=1).value is None
    assert longest(waiting_count=None).value is None


def test_what_is_judged_is_the_number_one_sees():
    waits = FigureValue(Metric.LONGEST_WAIT, Window.NOW, None, Unit.SECONDS, since=ago(59.9))
    assert waits.reading(NOON) == 59
    assert waits.reading(ago(100)) == 0
    assert replace(waits, since=None).reading(NOON) is None
    assert FigureValue(Metric.WAITING, Window.NOW, 4, Unit.COUNT).reading(NOON) == 4


# The working


def test_a_service_level_is_explained_by_its_terms_window_and_coverage():
    bucket = Bucket(offered=12, answered_waits={5: 8, 30: 2}, abandoned_waits={2: 1, 60: 1})
    target = replace(USUAL, variant=Variant.SHORT_REMOVED)
    found = told(LEVEL, ["500"], past=history(q500=bucket, seen_seconds=54.0), targets=Targets(target))
    [share] = found.shares
    assert dict(share.amounts) == {Term.IN_TIME: 8, Term.ANSWERED: 10, Term.ABANDONED: 2, Term.SHORT: 1}
    assert [share.formula.above, share.formula.below, share.formula.less] == [
        (Term.IN_TIME,),
        (Term.ANSWERED, Term.ABANDONED),
        (Term.SHORT,),
    ]
    assert found.working == share.working == Working(8, 11)
    assert found.shown.value == 72
    assert (found.begin, found.until, found.watched_since) == (MORNING, NOON, ago(54))
    assert found.seen_seconds == 54


def test_queues_with_different_targets_are_explained_one_by_one_and_add_up():
    targets = Targets(USUAL, own=(("501", STRICT),))
    past = history(q500=answered(3, 1), q501=answered(5, 1), q502=answered(1, 0))
    found = told(LEVEL, ["500", "501", "502"], past=past, targets=targets)
    assert {share.target: (share.queues, share.working) for share in found.shares} == {
        USUAL: (frozenset({"500", "502"}), Working(4, 5)),
        STRICT: (frozenset({"501"}), Working(5, 6)),
    }
    assert found.working == Working(9, 11)


def test_a_count_is_explained_without_a_denominator():
    found = told(Figure(Metric.OFFERED, Window.TODAY), BOTH, past=history(q500=answered(3), q501=answered(4)))
    assert found.working == Working(7)
    assert [share.amounts for share in found.shares] == [((Term.OFFERED, 7),)]


def test_what_eq_counts_stands_beside_and_is_not_mixed_in():
    pbx = ExchangeCounts(answered_count=99, abandoned_count=5)
    floor = snapshot(queues=[queue("500", pbx=pbx), queue("501")])
    found = told(LEVEL, BOTH, floor=floor, past=history(q500=answered(1)))
    assert found.working == Working(1, 1)


def test_a_number_of_this_moment_is_explained_by_when_it_was_read():
    floor = snapshot(queues=[queue("500", waiting_count=3)], sources=[source(Part.CALLS, taken_at=ago(2))])
    found = told(Figure(Metric.WAITING), ["500"], floor=floor)
    assert (found.shown.value, found.taken_at, found.working, found.shares) == (3, ago(2), None, ())
    assert (found.begin, found.watched_since) == (None, None)
    assert told(Figure(Metric.AVAILABLE), ["500"], floor=floor).taken_at is None


def test_a_window_that_nobody_watched_is_explained_as_that():
    found = told(LEVEL, ["500"])
    assert (found.shown.value, found.seen_seconds, found.watched_since) == (None, 0.0, None)


def test_a_rate_above_100_says_that_calls_entered_before():
    past = history(q500=Bucket(offered=1, answered_waits={90: 2}))
    assert told(Figure(Metric.ANSWER_RATE, Window.TODAY), ["500"], past=past).is_beyond_all
    assert not told(Figure(Metric.ASA, Window.TODAY), ["500"], past=past).is_beyond_all
    assert not told(LEVEL, ["500"]).is_beyond_all


# Laws

WAITS = st.dictionaries(st.integers(0, 60), st.integers(1, 30), max_size=4)
BUCKETS = st.builds(
    Bucket,
    offered=st.integers(0, 90),
    answered_waits=WAITS,
    abandoned_waits=WAITS,
    flowed_waits=WAITS,
    answered_seconds=st.floats(0, 9999),
    talk_count=st.integers(0, 9),
    talk_seconds=st.floats(0, 9999),
    handle_seconds=st.floats(0, 9999),
)


@settings(deadline=None)
@given(BUCKETS, BUCKETS, st.sampled_from(Metric), st.sampled_from(Window), st.sampled_from(Variant))
def test_what_is_explained_is_what_is_shown(one, other, metric, window, variant):
    targets = Targets(USUAL, own=(("501", replace(STRICT, variant=variant)),))
    past = history(q500=one, q501=other)
    found = told(Figure(metric, window), BOTH, past=past, targets=targets)
    assert isinstance(found, Explanation)
    assert found.shown == shown(Figure(metric, window), BOTH, past=past, targets=targets)
    if found.working and found.working.value is not None:
        scale = 100 if found.shown.unit is Unit.PERCENT else 1
        assert 0 <= found.working.value * scale - found.shown.value < 1 + 1e-6


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 99))
def test_a_target_that_is_shown_as_met_is_met(in_time, late, percent):
    value = shown(LEVEL, ["500"], past=history(q500=answered(in_time, late))).value
    if value is not None:
        assert (value >= percent) is (100 * in_time >= percent * (in_time + late))
