"""What can still be missed today, and how many agents are needed."""

import pytest

from eqboard.boards.fragments import strokes, whole
from eqboard.boards.parts.planning import budgets, staffings
from eqboard.boards.spec import BoardPart, Kind
from eqboard.floor.buckets import Bucket
from tests.boards.htmx import parse
from tests.boards.painting import audience
from tests.boards.past import answered, minute, paint, past, scene
from tests.builders import queue, snapshot

SALES = snapshot(queues=[queue("500", present_count=6, paused_count=1)])
BOARD = audience(parts=(BoardPart(Kind.BUDGET), BoardPart(Kind.STAFFING)))


def busy(offered=5, **changes):
    """Half an hour in which so many calls a minute came, each of three minutes and 20 s of wrap-up."""
    bucket = Bucket(
        offered=offered,
        answered_waits={5: offered},
        talk_count=offered,
        talk_seconds=offered * 180.0,
        wrap_up_seconds=offered * 20.0,
    )
    return past(*(minute(each, q500=bucket, **changes) for each in range(1, 30)))


def quiet_but_for(bucket):
    """Half an hour in which all that happened fell into one minute."""
    return past(*(minute(each, q500=bucket if each == 9 else Bucket()) for each in range(1, 30)))


def line(name, counts, floor=SALES):
    page = parse(whole(paint(floor, BOARD, counts)))
    return " ".join(page.select_one(f"#{name} li .plan-lines > span").text.split())


@pytest.mark.parametrize(
    ("bucket", "sentence"),
    [
        (Bucket(), "No call was answered or given up yet."),
        (answered(10), "2 more can be missed"),
        (answered(9, 1), "1 more can be missed"),
        (answered(8, 2), "No more can be missed"),
        (answered(8, 4), "8 in time bring 80 % back"),
        (answered(79, 20), "1 in time brings 80 % back"),
    ],
)
def test_a_budget_in_words(bucket, sentence):
    assert line("budget", past(minute(q500=bucket))) == sentence


def test_a_budget_stands_with_its_service_level_and_promise():
    row = parse(whole(paint(SALES, BOARD, past(minute(q500=answered(8, 2)))))).select_one("#budget li")
    assert row.select_one(".number .n").text == "80\u202f%"
    assert row.select_one(".promise").text.startswith("80/20")


def test_each_queue_has_a_budget():
    floor = snapshot(queues=[queue("500"), queue("501")])
    counts = past(minute(q500=answered(10), q501=answered(0, 1)))
    found = {key: row.budget for key, row in budgets(scene(floor, BOARD, counts))}
    assert (found["500"].can_miss, found["501"].needed) == (2, 4)


def test_staffing_counts_those_who_take_calls():
    [(_, row)] = staffings(scene(SALES, BOARD, busy()))
    assert row.present == 5  # of six, one is paused
    assert row.staffing.now.agents == 5


def test_staffing_tells_needed_present_and_inputs():
    page = parse(whole(paint(SALES, BOARD, busy(offered=1))))
    row = page.select_one("#staffing li")
    assert row.select_one(".plan-count").text == "6 needed, 5 there"
    assert row.select_one(".promise").text == "29 calls in 29 min, AHT 3:20, 80/20"
    assert page.select_one("#staffing-title .estimate").text == "Estimate"


def test_too_few_who_cannot_keep_up_are_told():
    assert line("staffing", busy(offered=5)) == "16 too few; the queue grows"


def test_what_one_more_pause_would_do_is_told_where_enough_are_there():
    floor = snapshot(queues=[queue("500", present_count=8, paused_count=0)])
    assert line("staffing", busy(offered=1), floor).startswith("One more pause: ")
    alone = snapshot(queues=[queue("500", present_count=1, paused_count=0)])
    few = quiet_but_for(Bucket(offered=1, talk_count=1, talk_seconds=20.0))
    assert line("staffing", few, alone) in ("One more pause: the queue would grow", "1 too few")


@pytest.mark.parametrize(
    ("floor", "counts", "sentence"),
    [
        (SALES, past(), "Too little was watched yet: an estimate needs 10 minutes."),
        (
            SALES,
            past(minute(q500=Bucket(offered=9, talk_count=9, talk_seconds=900.0))),
            "Too little was watched yet: an estimate needs 10 minutes.",
        ),
        (SALES, quiet_but_for(Bucket()), "No call was offered in the last 30 minutes."),
        (
            SALES,
            quiet_but_for(Bucket(offered=1)),
            "No call has ended in the last 30 minutes: nobody knows how long one takes.",
        ),
        (snapshot(queues=[queue("500", present_count=None)]), busy(), "EQ has not told who is there."),
    ],
)
def test_without_an_input_there_is_no_estimate_but_a_reason(floor, counts, sentence):
    page = parse(whole(paint(floor, BOARD, counts)))
    assert line("staffing", counts, floor) == sentence
    assert page.select_one("#staffing .plan-count").text == "–"
    assert page.select_one("#staffing .promise") is None


def test_a_second_more_that_was_watched_changes_no_estimate():
    """What is shown is made of inputs that were rounded first."""
    before = paint(SALES, BOARD, busy())
    after = paint(SALES, BOARD, busy(seen_seconds=59.97), before)
    assert strokes(before, after) == []


def test_without_queues_there_is_nothing_to_plan():
    assert parse(whole(paint(snapshot(), BOARD, past()))).select("#budget li, #staffing li") == []
