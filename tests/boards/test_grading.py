"""Where numbers stand against thresholds: per queue, and for the floor where that makes sense."""

from dataclasses import replace
from datetime import timedelta

from eqboard.boards.grading import Limits, applying, grade_of
from eqboard.boards.parts.numbers import Trouble, troubles_of
from eqboard.boards.reckoning import FLOOR
from eqboard.boards.spec import Figure, Targets
from eqboard.floor.levels import Direction, Grade, Level, Threshold
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.windows import Window
from tests.boards.painting import audience
from tests.boards.past import answered, minute, past, scene
from tests.builders import NOON, ago, queue, snapshot

WAITING = Threshold(Metric.WAITING, Direction.HIGH, warning=5, critical=10)
WAIT = Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=60, critical=180)
LEVEL = Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=79, critical=60, window=Window.TODAY)
BELOW = replace(LEVEL, warning=1, critical=20, below_promise=True)
PROMISES = Targets(own=(("501", Target(percent=60)), ("502", Target(percent=95))))


def graded(floor, *thresholds, counts=None, before=None, now=NOON, targets=None):
    who = audience(thresholds=thresholds)
    who = replace(who, board=replace(who.board, targets=targets or Targets()))
    return scene(floor, who, counts, before, now)


def grade(levels, queue, threshold):
    return grade_of(levels, queue, threshold.metric, threshold.window)


def test_each_queue_has_a_level_of_its_own():
    floor = snapshot(queues=[queue("500", waiting_count=6), queue("501", waiting_count=10), queue("502")])
    levels = graded(floor, WAITING).levels
    assert [grade(levels, key, WAITING) for key in ("500", "501", "502")] == ["warning", "critical", ""]


def test_a_queues_own_threshold_comes_before_that_of_all():
    own = Threshold(Metric.WAITING, Direction.HIGH, warning=20, queue="500")
    floor = snapshot(queues=[queue("500", waiting_count=6), queue("501", waiting_count=6)])
    levels = graded(floor, WAITING, own).levels
    assert [grade(levels, key, WAITING) for key in ("500", "501")] == ["", "warning"]


def test_a_wait_grows_into_a_level_while_nothing_else_changes():
    floor = snapshot(queues=[queue("500", waiting_count=1, oldest_waiting_at=ago(59))])
    early = graded(floor, WAIT)
    late = graded(floor, WAIT, before=early.levels, now=NOON + timedelta(seconds=1))
    assert [grade(each.levels, "500", WAIT) for each in (early, late)] == ["", "warning"]


def test_the_floor_as_a_whole_has_levels_of_its_ratios_and_waits():
    counts = past(minute(q500=answered(9, 1), q501=answered(0, 10)))
    floor = snapshot(queues=[queue("500"), queue("501", waiting_count=1, oldest_waiting_at=ago(61))])
    levels = graded(floor, WAIT, LEVEL, counts=counts).levels
    assert grade(levels, FLOOR, LEVEL) == "critical"  # 9 of 20
    assert grade(levels, FLOOR, WAIT) == "warning"


def test_a_limit_for_each_queue_is_none_for_the_callers_of_all():
    floor = snapshot(queues=[queue(str(500 + place), waiting_count=2) for place in range(10)])
    levels = graded(floor, WAITING).levels
    assert {level.grade for level in levels.values()} == {Grade.CALM}
    assert not any(key[0] == FLOOR for key in levels)


def test_a_number_can_be_too_high_and_too_low():
    high = Threshold(Metric.AVAILABLE, Direction.HIGH, warning=9)
    low = Threshold(Metric.AVAILABLE, Direction.LOW, warning=1, critical=0)
    floor = snapshot(queues=[queue("500", available_count=0), queue("501", available_count=9), queue("502")])
    levels = graded(floor, high, low).levels
    assert [grade(levels, key, high) for key in ("500", "501", "502")] == ["critical", "warning", "warning"]


def test_nothing_offered_is_no_alarm():
    assert grade(graded(snapshot(queues=[queue()]), LEVEL).levels, "500", LEVEL) == ""


def test_a_share_of_a_few_calls_is_not_judged():
    threshold = replace(LEVEL, least_calls=20)
    floor = snapshot(queues=[queue("500"), queue("501")])
    counts = past(minute(q500=answered(9, 10), q501=answered(9, 11)))
    levels = graded(floor, threshold, counts=counts).levels
    assert [grade(levels, key, LEVEL) for key in ("500", "501")] == ["", "critical"]


def test_what_is_left_of_too_few_calls_is_calm_again():
    threshold = replace(LEVEL, least_calls=20)
    floor = snapshot(queues=[queue("500")])
    before = graded(floor, threshold, counts=past(minute(q500=answered(9, 11)))).levels
    levels = graded(floor, threshold, counts=past(minute(q500=answered(0, 5))), before=before).levels
    assert grade(levels, "500", LEVEL) == ""


def test_a_level_outlives_a_moment_in_which_nobody_knows():
    bad = graded(snapshot(queues=[queue(waiting_count=10)]), WAITING)
    blind = graded(snapshot(queues=[queue(waiting_count=None)]), WAITING, before=bad.levels)
    assert grade(blind.levels, "500", WAITING) == "critical"


def test_of_a_queue_that_is_gone_nothing_is_kept():
    bad = graded(snapshot(queues=[queue(waiting_count=10)]), WAITING)
    assert graded(snapshot(), WAITING, before=bad.levels).levels == {}


def test_only_queues_that_are_shown_are_graded():
    floor = snapshot(queues=[queue("500", waiting_count=10), queue("501", waiting_count=10)])
    shown = scene(floor, audience(thresholds=(WAITING,), queues=("501",)))
    assert {key[0] for key in shown.levels} == {"501"}


def test_a_board_without_thresholds_grades_nothing():
    assert graded(snapshot(queues=[queue(waiting_count=99)])).levels == {}


def test_the_worst_number_of_a_queue_is_its_trouble():
    floor = snapshot(queues=[queue("500", waiting_count=6, oldest_waiting_at=ago(200)), queue("501")])
    troubles = troubles_of(graded(floor, WAITING, WAIT).levels)
    assert troubles["500"] == Trouble(Metric.LONGEST_WAIT, Window.NOW, Grade.CRITICAL)
    assert "501" not in troubles


def test_of_two_numbers_as_bad_the_first_that_the_board_names_is_told():
    floor = snapshot(queues=[queue("500", waiting_count=6, oldest_waiting_at=ago(61))])
    assert troubles_of(graded(floor, WAITING, WAIT).levels)["500"].metric is Metric.WAITING


def test_a_number_is_told_its_limits():
    shown = graded(snapshot(queues=[queue(waiting_count=6)]), WAITING, LEVEL)
    assert applying(shown, "500", Figure(Metric.WAITING)) == (
        Limits(WAITING, Level(Grade.WARNING, since=NOON, warning_since=NOON)),
    )
    assert applying(shown, FLOOR, Figure(Metric.WAITING)) == ()
    assert applying(shown, "500", Figure(Metric.ASA, Window.TODAY)) == ()


# Below the promise

THREE = snapshot(queues=[queue("500"), queue("501"), queue("502")])


def test_each_queue_is_held_against_its_own_promise():
    counts = past(minute(q500=answered(79, 21), q501=answered(79, 21), q502=answered(75, 25)))
    levels = graded(THREE, BELOW, counts=counts, targets=PROMISES).levels
    assert [grade(levels, key, BELOW) for key in ("500", "501", "502")] == ["warning", "", "critical"]


def test_all_together_are_held_against_their_promises_by_the_calls_that_count():
    counts = past(minute(q500=answered(60, 40), q501=answered(210, 90)))  # 67 %, of which 65 were promised
    shown = graded(THREE, BELOW, counts=counts, targets=PROMISES)
    assert grade(shown.levels, "500", BELOW) == "critical"
    assert grade(shown.levels, FLOOR, BELOW) == ""
    [limits] = applying(shown, FLOOR, Figure(Metric.SERVICE_LEVEL, Window.TODAY))
    assert (limits.threshold.warning, limits.threshold.critical, limits.promise) == (64, 45, 65)


def test_of_different_promises_without_a_call_there_is_no_limit_and_no_alarm():
    shown = graded(THREE, BELOW, targets=PROMISES)
    assert applying(shown, FLOOR, Figure(Metric.SERVICE_LEVEL, Window.TODAY)) == ()
    assert {level.grade for level in shown.levels.values()} == {Grade.CALM}


def test_a_queue_s_own_limit_may_be_absolute_beside_those_of_the_promise():
    own = replace(LEVEL, queue="501")
    counts = past(minute(q500=answered(82, 18), q501=answered(79, 21), q502=answered(99)))
    levels = graded(THREE, BELOW, own, counts=counts, targets=PROMISES).levels
    assert [grade(levels, key, LEVEL) for key in ("500", "501", "502")] == ["", "warning", ""]


def test_another_promise_is_another_limit_at_once():
    counts = past(minute(q500=answered(79, 21)))
    before = graded(THREE, BELOW, counts=counts).levels
    after = graded(THREE, BELOW, counts=counts, before=before, targets=Targets(Target(percent=70))).levels
    assert [grade(each, "500", BELOW) for each in (before, after)] == ["warning", ""]
