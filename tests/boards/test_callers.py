"""Callers on the desk: who waits, who gave up, who is parked, who confers."""

import dataclasses
from datetime import timedelta

import pytest

from eqboard.accounts.access import Grant, Rights
from eqboard.boards.fragments import whole
from eqboard.boards.health import Health
from eqboard.boards.parts.calls import MOST_SHOWN, waiting
from eqboard.boards.spec import Targets
from eqboard.floor.abandoned import MOST_OF_QUEUE, newest_of
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import CameBack
from tests.boards.htmx import parse
from tests.boards.painting import audience, paint
from tests.boards.past import answered, minute, past, scene
from tests.boards.past import paint as paint_past
from tests.builders import (
    NOON,
    abandoned_call,
    agent,
    ago,
    caller,
    conference,
    parked_call,
    participant,
    queue,
    snapshot,
    waiting_call,
)

QUEUES = (queue("500"), queue("501", name="Support"))
FRONT = Rights(frozenset({Grant(frozenset({"500"}), frozenset())}))
QUICK = Targets(own=(("501", Target(seconds=10)),))


def gone(key="g1", number="5550100", **changes):
    """Somebody without a name who gave up ten minutes ago."""
    defaults = {"caller": caller(number, name=None), "abandoned_at": ago(600), "wait_seconds": 42.9}
    return abandoned_call(key, **defaults | changes)


def with_gone(floor, *calls):
    return dataclasses.replace(floor, abandoned={each.key: each for each in calls})


def on(ref="supervisor", targets=None, **chosen):
    who = audience(ref=ref, **chosen)
    return who if targets is None else dataclasses.replace(who, board=dataclasses.replace(who.board, targets=targets))


def rows_of(floor, who):
    return [row for _, row in waiting(scene(floor, who))]


def page_of(floor, who=None):
    return parse(whole(paint(floor, Health(), who or on())))


# Who waits


def test_callers_stand_by_the_moment_at_which_their_own_queue_breaks_its_promise():
    calls = [
        waiting_call("1", queue="500", entered_at=ago(15)),  # 20 s are promised: late in 6 s
        waiting_call("2", queue="501", entered_at=ago(8)),  # 10 s: late in 3 s
        waiting_call("3", queue="500", entered_at=ago(40)),  # late already
    ]
    rows = rows_of(snapshot(queues=QUEUES, waiting=calls), on(targets=QUICK))
    assert [row.call.key for row in rows] == ["3", "2", "1"]
    assert [row.promised_seconds for row in rows] == [20, 10, 20]
    assert rows[1].breaches_at == NOON + timedelta(seconds=3)


def test_time_moves_no_row():
    """Late or not, the order that the server tells is the same: only then nothing is sent for the passing of time."""
    calls = [waiting_call(str(place), entered_at=ago(place * 7)) for place in range(6)]
    floor = snapshot(queues=QUEUES, waiting=calls)
    later = [[row.call.key for _, row in waiting(scene(floor, on(), now=NOON + timedelta(seconds=s)))] for s in (0, 30)]
    assert later[0] == later[1]


def test_a_caller_of_whom_nobody_knows_since_when_stands_last_and_has_no_countdown():
    calls = [waiting_call("1", entered_at=None), waiting_call("2", entered_at=ago(5))]
    page = page_of(snapshot(queues=QUEUES, waiting=calls))
    rows = page.select("#waiting > li")
    assert [bool(each.select_one("[data-breach]")) for each in rows] == [True, False]
    assert rows[1].select_one(".due").get_text(strip=True) == "–"


def test_a_wait_is_marked_by_the_threshold_of_its_queue():
    thresholds = (
        Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=60, critical=180),
        Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=30, queue="501"),
    )
    calls = [waiting_call("1", queue="500"), waiting_call("2", queue="501", entered_at=ago(29))]
    page = page_of(snapshot(queues=QUEUES, waiting=calls), on(thresholds=thresholds))
    limits = [(each.get("data-warning"), each.get("data-critical")) for each in page.select("#waiting .waited time")]
    assert limits == [("60", "180"), ("30", None)]


def test_without_a_threshold_a_wait_has_no_limit():
    page = page_of(snapshot(queues=QUEUES, waiting=[waiting_call()]), on(thresholds=()))
    assert not page.select_one("#waiting .waited time").has_attr("data-warning")


@pytest.mark.parametrize("attempts", [1, 3])
def test_whoever_gave_up_before_is_told(attempts):
    floor = snapshot(queues=QUEUES, waiting=[waiting_call(caller=caller("5550100"))])
    page = page_of(with_gone(floor, gone(attempts=attempts)))
    assert page.select_one("#waiting .again").text == f"gave up {attempts}×"


def test_attempts_belong_to_the_whole_number_even_if_only_its_end_is_shown():
    """555-0100 and 777-0100 look the same."""
    calls = [waiting_call("1", caller=caller("5550100")), waiting_call("2", caller=caller("7770100"))]
    floor = with_gone(snapshot(queues=QUEUES, waiting=calls), gone())
    page = page_of(floor, on(numbers="last_digits"))
    assert "5550100" not in str(page)
    assert len(page.select("#waiting .again")) == 1


def test_attempts_in_a_queue_that_one_may_not_see_are_not_told():
    floor = with_gone(snapshot(queues=QUEUES, waiting=[waiting_call(caller=caller("5550100"))]), gone(queue="501"))
    assert page_of(floor).select("#waiting .again")
    assert not page_of(floor, on(rights=FRONT)).select("#waiting .again")


def test_callers_without_a_number_are_not_taken_for_each_other():
    floor = snapshot(queues=QUEUES, waiting=[waiting_call(caller=caller(None))])
    assert not page_of(with_gone(floor, gone(number=None))).select("#waiting .again")


# Who gave up


def test_whoever_gave_up_last_stands_first():
    calls = [gone("a", abandoned_at=ago(300)), gone("b", abandoned_at=ago(10)), gone("c", abandoned_at=ago(60))]
    page = page_of(with_gone(snapshot(queues=QUEUES), *calls))
    assert [each.select_one("time")["datetime"] for each in page.select("#abandoned > li")] == [
        ago(seconds).isoformat() for seconds in (10, 60, 300)
    ]


def test_a_row_tells_who_when_where_how_long_and_how_often():
    page = page_of(with_gone(snapshot(queues=QUEUES), gone(attempts=2)))
    row = page.select_one("#abandoned > li")
    assert row.select_one(".position").text == "11:50"
    assert row.select_one(".who").text.strip() == "5550100"
    assert row.select_one(".ticking").text == "waited 0:42"
    assert row.select_one(".what").get_text(" ", strip=True) == "Sales 2 times today"


@pytest.mark.parametrize(
    ("came_back", "at", "words"),
    [
        (CameBack.NO, None, "not back"),
        (CameBack.WAITING, ago(60), "waits again 11:59"),
        (CameBack.ANSWERED, ago(120), "answered since 11:58"),
    ],
)
def test_whether_they_came_back_is_a_word_and_a_shape(came_back, at, words):
    page = page_of(with_gone(snapshot(queues=QUEUES), gone(came_back=came_back, came_back_at=at)))
    told = page.select_one("#abandoned .back")
    assert told.get_text(" ", strip=True) == words
    assert told.select_one(".back-sign")["data-back"] == came_back


def told_of(of_500, of_501, who):
    """What stands over the list when so many gave up in each queue, and the newest of them are kept."""
    calls = [
        gone(f"{queue}-{place}", queue=queue, abandoned_at=ago(place))
        for queue, count in (("500", of_500), ("501", of_501))
        for place in range(count)
    ]
    kept = newest_of(calls)
    buckets = {f"q{queue}": answered(0, 0, count) for queue, count in (("500", of_500), ("501", of_501)) if count}
    page = parse(whole(paint_past(with_gone(snapshot(queues=QUEUES), *kept), who, past(minute(**buckets)))))
    return page.find(id="listed")


def test_a_list_that_does_not_hold_all_says_so():
    line = told_of(MOST_OF_QUEUE + 50, 0, on())
    assert line.text == "The newest 200 of 250"
    assert "hidden" not in line.attrs


def test_a_list_that_holds_all_says_nothing():
    line = told_of(MOST_OF_QUEUE - 1, 0, on())
    assert (line.text, "hidden" in line.attrs) == ("", True)


def test_whoever_sees_one_queue_is_told_how_many_of_its_calls_are_listed():
    assert told_of(250, 150, on(rights=FRONT)).text == "The newest 200 of 250"
    assert told_of(10, 250, on(rights=FRONT)).text == "", "a large queue pushes nobody of another one out"


def test_that_the_list_is_full_of_another_teams_calls_is_not_told():
    """Somebody of theirs gave up whom the list cannot name, as EQ told nothing of them."""
    theirs = [gone(f"501-{place}", queue="501", abandoned_at=ago(place)) for place in range(MOST_OF_QUEUE)]
    floor = with_gone(snapshot(queues=QUEUES), gone("mine"), *theirs)
    minutes = past(minute(q500=answered(0, 0, 2), q501=answered(0, 0, MOST_OF_QUEUE + 50)))
    for who in (on(rights=FRONT), on(queues=("500",))):
        assert parse(whole(paint_past(floor, who, minutes))).find(id="listed").text == ""
    everybody = parse(whole(paint_past(floor, on(queues=("501",)), minutes)))
    assert everybody.find(id="listed").text == "The newest 200 of 250"


def test_a_queue_that_gives_up_its_oldest_for_others_says_so():
    queues = [queue(str(500 + place)) for place in range(15)]
    calls = [
        gone(f"{each.extension}-{place}", queue=each.extension, abandoned_at=ago(place))
        for each in queues
        for place in range(MOST_OF_QUEUE)
    ]
    floor = with_gone(snapshot(queues=queues), *newest_of(calls))
    minutes = past(minute(q500=answered(0, 0, MOST_OF_QUEUE)))
    page = parse(whole(paint_past(floor, on(queues=("500",)), minutes)))
    assert page.find(id="listed").text in ("The newest 133 of 200", "The newest 134 of 200")


def test_who_sees_many_queues_reads_through_the_newest_of_all():
    assert told_of(150, 150, on()).text == "The newest 200 of 300"
    calls = [gone(f"1.{place}", abandoned_at=ago(place)) for place in range(MOST_SHOWN + 1)]
    page = page_of(with_gone(snapshot(queues=QUEUES), *calls))
    assert len(page.select("#abandoned > li")) == MOST_SHOWN


def test_those_who_gave_up_in_a_queue_of_others_are_not_listed():
    calls = [gone("mine"), gone("theirs", queue="501", queue_name="Support", number="5550199")]
    page = page_of(with_gone(snapshot(queues=QUEUES), *calls), on(rights=FRONT))
    assert len(page.select("#abandoned > li")) == 1
    assert "5550199" not in str(page)


@pytest.mark.parametrize(("cut", "count"), [({"rights": FRONT}, 1), ({"queues": ("500",)}, 1), ({}, 3)])
@pytest.mark.parametrize("numbers", ["shown", "hidden"])
def test_how_often_somebody_gave_up_is_told_of_the_queues_that_are_seen(cut, count, numbers):
    calls = [gone("mine"), gone("theirs", queue="501", queue_name="Support", attempts=2)]
    floor = with_gone(snapshot(queues=QUEUES, waiting=[waiting_call(caller=caller("5550100"))]), *calls)
    [row] = rows_of(floor, on(numbers=numbers, **cut))
    assert row.gave_up_count == count


def test_a_board_lists_those_who_gave_up_in_the_queues_that_it_has_chosen():
    calls = [gone("mine"), gone("theirs", queue="501", queue_name="Support", number="5550199")]
    page = page_of(with_gone(snapshot(queues=QUEUES), *calls), on(queues=("500",)))
    assert len(page.select("#abandoned > li")) == 1


def test_nobody_who_gave_up_is_a_sentence():
    assert (
        page_of(snapshot(queues=QUEUES)).select_one("#abandoned + .empty").text == "Nobody has given up waiting today."
    )


# Parked calls and conferences


def test_the_parked_call_that_goes_back_first_stands_first():
    returns = {"1": ago(-90), "2": ago(-5), "3": None}
    calls = [parked_call(key, returns_at=at) for key, at in returns.items()]
    page = page_of(snapshot(parked=calls))
    rows = page.select("#parked > li")
    assert [bool(each.select_one("[data-until]")) for each in rows] == [True, True, False]
    assert float(rows[0].select_one("[data-until]")["data-until"]) == ago(-5).timestamp()


def test_each_who_confers_is_told_with_voice_and_time():
    people = (
        participant("201", "Ana", talking=True),
        participant("202", "Bo", muted=True, talking=True),
        participant("203", "Cy", joined_at=None),
    )
    floor = snapshot(agents=[agent(extension="201")], queues=QUEUES, conferences=[conference(participants=people)])
    page = page_of(floor, on(rights=FRONT))
    told = [each.get_text(" ", strip=True) for each in page.select(".participant")]
    assert told == ["Ana talking", "Bo muted", "Cy listening"]
    assert [bool(each.find("time")) for each in page.select(".participant")] == [True, True, False]
