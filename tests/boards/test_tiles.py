"""A queue's tile: its numbers, their working a press away, the last hour, and what is wrong."""

import dataclasses
from datetime import timedelta

import pytest

from eqboard.boards.fragments import strokes, whole
from eqboard.boards.parts.numbers import Sparkline
from eqboard.boards.spec import Figure, Targets
from eqboard.floor.buckets import Bucket
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric, Target, Variant
from eqboard.floor.snapshot import AgentState, Part
from eqboard.floor.windows import Window
from tests.boards.htmx import parse
from tests.boards.painting import audience
from tests.boards.past import answered, minute, paint, past
from tests.builders import NOON, agent, ago, queue, snapshot

SALES = snapshot(queues=[queue("500", waiting_count=2, oldest_waiting_at=ago(61))])
MORNING = past(minute(q500=answered(7, 2, abandoned=1)))


def tile(floor=SALES, counts=MORNING, language="en", targets=None, **chosen):
    board = audience(language=language, **chosen)
    if targets:
        board = dataclasses.replace(board, board=dataclasses.replace(board.board, targets=targets))
    return parse(whole(paint(floor, board, counts))).find(id="queue-500")


def number(element, metric, window=Window.NOW):
    return element.select_one(f'.number[data-figure="{metric} {window}"]')


# Numbers


def test_a_tile_shows_what_was_chosen_with_its_window():
    found = number(tile(), Metric.SERVICE_LEVEL, Window.TODAY)
    assert found.select_one(".n").text == "70\u202f%"
    assert (found.select_one(".label").text, found.select_one(".window").text) == ("Service level", "today")


def test_where_nothing_was_offered_there_is_no_percentage():
    assert number(tile(counts=past()), Metric.SERVICE_LEVEL, Window.TODAY).select_one(".n").text == "–"


def test_what_is_of_this_moment_names_no_window():
    assert number(tile(), Metric.WAITING).select_one(".window") is None


def test_every_number_is_a_button_and_the_first_is_where_the_tab_key_goes():
    buttons = tile().select("button")
    assert all(each["type"] == "button" for each in buttons)
    assert [each.get("data-figure") for each in buttons if "tabindex" not in each.attrs] == ["waiting now"]
    assert {each["tabindex"] for each in buttons if "tabindex" in each.attrs} == {"-1"}


def test_a_wait_that_goes_on_ticks_and_an_average_does_not():
    figures = (Figure(Metric.ASA, Window.TODAY), Figure(Metric.LONGEST_WAIT))
    counts = past(minute(q500=Bucket(answered_waits={125: 1}, answered_seconds=125.9)))
    shown = tile(counts=counts, figures=figures)
    assert number(shown, Metric.LONGEST_WAIT).time["data-since"] == f"{ago(61).timestamp():.1f}"
    assert number(shown, Metric.ASA, Window.TODAY).select_one(".n").text == "2:05"


def test_what_every_tile_shows_is_not_shown_twice():
    shown = tile(figures=(Figure(Metric.WAITING), Figure(Metric.PAUSED), Figure(Metric.OFFERED, Window.LAST_15)))
    figures = [each["data-figure"] for each in shown.select(".number")]
    assert len(figures) == len(set(figures))
    assert figures[-1] == "offered 15"


@pytest.mark.parametrize(
    ("metric", "parts"),
    [(Metric.WAITING, "calls"), (Metric.AVAILABLE, "agents"), (Metric.SERVICE_LEVEL, "calls agents")],
)
def test_a_number_greys_with_what_it_is_made_of(metric, parts):
    window = Window.TODAY if metric is Metric.SERVICE_LEVEL else Window.NOW
    assert number(tile(), metric, window)["data-part"] == parts


def test_a_count_of_nothing_is_quiet_and_a_share_never_is():
    figures = (Figure(Metric.ABANDONED, Window.TODAY), Figure(Metric.SERVICE_LEVEL, Window.TODAY))
    shown = tile(counts=past(minute(q500=answered(0, 2))), figures=figures)
    assert number(shown, Metric.ABANDONED, Window.TODAY).has_attr("data-none")
    assert number(shown, Metric.SERVICE_LEVEL, Window.TODAY).select_one(".n").text == "0\u202f%"
    assert not number(shown, Metric.SERVICE_LEVEL, Window.TODAY).has_attr("data-none")


# Promise


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Target(), "80/20, short ≤ 5 s removed"),
        (Target(90, 10, Variant.LATE), "90/10, abandons ≤ 10 s removed"),
        (Target(80, 20, Variant.CREDIT), "80/20, abandons ≤ 20 s met"),
        (Target(80, 20, Variant.SHORT_CREDIT, 6), "80/20, short ≤ 6 s met"),
        (Target(80, 20, Variant.SHORT_REMOVED, 0), "80/20, abandons count"),
        (Target(80, 20, Variant.ALL), "80/20, abandons count"),
        (Target(80, 20, Variant.FLOW), "80/20, flow-outs count"),
        (Target(80, 20, Variant.ANSWERED), "80/20, answered only"),
    ],
)
def test_a_service_level_stands_with_its_promise_and_variant(target, text):
    assert tile(targets=Targets(own=(("500", target),))).select_one(".promise").text == text


def test_a_tile_without_a_service_level_promises_nothing():
    assert tile(figures=(Figure(Metric.OFFERED, Window.TODAY),)).select_one(".promise") is None


# The last hour


def test_the_last_hour_is_drawn_with_gaps_where_nobody_watched():
    line = Sparkline((None, 1, 4, None, 2))
    assert (line.path, line.top, line.most) == ("M1 3h.01L2 0M4 2h.01", 4, 4)


def test_few_callers_are_not_drawn_as_a_mountain():
    assert Sparkline((0, 1)).top == 4


def test_the_usual_range_lies_behind_once_it_is_known():
    assert Sparkline((0, 1), 2, 6).band == (0, 4)
    assert Sparkline((0, 1)).band is None


def test_a_usual_range_is_told_in_words_too():
    floor = snapshot(queues=[queue("500", usual_low=1, usual_high=3)])
    counts = past(minute(q500=Bucket(waiting_peaks={7: 1})), *(minute(ago) for ago in range(2, 6)))
    words = tile(floor, counts).select_one(".spark .visually-hidden").text
    assert words == "In the last hour at most 7 waited. Usual at this hour: 1 to 3."
    assert tile(floor, counts).select_one(".spark rect.usual")["height"] == "2"


@pytest.mark.parametrize(("minutes", "is_drawn"), [(0, False), (4, False), (5, True)])
def test_of_a_few_minutes_there_is_no_line(minutes, is_drawn):
    counts = past(*(minute(ago) for ago in range(1, minutes + 1)))
    assert (tile(counts=counts).select_one(".spark svg") is not None) is is_drawn


# Trouble


def test_a_tile_is_as_bad_as_its_worst_number_and_says_which():
    shown = tile(counts=past())
    assert shown["data-level"] == "warning"
    assert shown.select_one(".trouble").text.strip() == "Longest wait: warning"
    assert shown.select_one(".trouble")["data-figure"] == "longest_wait now"


def test_a_level_is_a_shape_a_word_and_a_colour():
    wait = number(tile(), Metric.LONGEST_WAIT)
    assert wait["data-level"] == "warning"
    assert wait.select_one(".grade .alarm")["data-level"] == "warning"
    assert wait.select_one(".grade").text == "warning"


def test_a_trouble_with_a_number_that_is_not_on_the_tile_is_named_all_the_same():
    threshold = Threshold(Metric.ABANDONMENT, Direction.HIGH, critical=10, window=Window.TODAY)
    shown = tile(figures=(), thresholds=(threshold,))
    assert shown["data-level"] == "critical"
    assert shown.select_one(".trouble")["data-figure"] == "abandonment today"


def test_a_calm_tile_has_no_mark():
    shown = tile(snapshot(queues=[queue()]), past())
    assert not shown.has_attr("data-level")
    assert shown.select(".alarm") == []


def test_a_queue_without_agents_says_so():
    shown = tile(snapshot(queues=[queue("500", present_count=0)]))
    assert shown.select_one(".nobody").text == "Nobody is signed in"


# What is drawn anew


def changed(before, after, board):
    first = paint(before[0], board, before[1])
    second = paint(after[0], board, after[1], first, sent_at=NOON + timedelta(seconds=1))
    return [parse(stroke).find()["id"] for stroke in strokes(first, second)]


def test_a_number_that_shows_the_same_is_not_drawn_again():
    """One call more in time: 70 % all the same, and what a tile does not show changes nothing."""
    first = (SALES, past(minute(q500=answered(700, 299))))
    second = (SALES, past(minute(q500=answered(701, 299))))
    board = audience(figures=(Figure(Metric.SERVICE_LEVEL, Window.TODAY),), totals=())
    assert changed(first, second, board) == []


def test_a_changed_agent_is_one_stroke():
    calm = snapshot(queues=[queue()], agents=[agent(7), agent(8)])
    busy = dataclasses.replace(calm, agents={**calm.agents, 7: agent(7, state_since=ago(1))})
    assert changed((calm, past()), (busy, past()), audience()) == ["agent-7"]


def test_what_only_eq_counts_draws_no_tile_anew():
    other = snapshot(queues=[queue("500", waiting_count=2, oldest_waiting_at=ago(61), max_wait_seconds=300)])
    assert changed((SALES, past()), (other, past()), audience()) == []


# The floor


def totals(floor, counts=MORNING, **chosen):
    return parse(whole(paint(floor, audience(**chosen), counts))).find(id="totals")


def test_the_totals_are_what_was_chosen_with_the_bar_of_states():
    people = [agent(1), agent(2, state=AgentState.PAUSED), agent(3, state=AgentState.SIGNED_OUT)]
    shown = totals(snapshot(queues=[queue()], agents=people), totals=(Figure(Metric.OFFERED, Window.TODAY),))
    assert [each["data-figure"] for each in shown.select(".number")] == ["offered today"]
    assert [each["width"] for each in shown.select("rect")] == ["1", "0", "0", "0", "1"]


def test_a_service_level_of_the_floor_is_weighted():
    counts = past(minute(q500=answered(1), q501=answered(0, 9)))
    shown = totals(snapshot(queues=[queue("500"), queue("501")]), counts)
    assert number(shown, Metric.SERVICE_LEVEL, Window.TODAY).select_one(".n").text == "10\u202f%"


def test_people_of_the_floor_are_counted_once():
    floor = snapshot(queues=[queue("500"), queue("501")], agents=[agent(1)])
    assert number(totals(floor), Metric.AVAILABLE).select_one(".n").text == "1"


def test_what_was_never_read_is_not_zero():
    floor = snapshot(queues=[queue("500"), queue("501")], sources=[])
    assert number(totals(floor), Metric.AVAILABLE).select_one(".n").text == "–"
    assert Part.AGENTS not in floor.sources


@pytest.mark.parametrize(("language", "written"), [("en", "70\u202f%"), ("es", "70\u202f%"), ("he", "70%")])
def test_a_number_reads_from_left_to_right_in_every_language(language, written):
    found = number(tile(language=language), Metric.SERVICE_LEVEL, Window.TODAY).select_one(".n > bdi.amount")
    assert found.text == written
