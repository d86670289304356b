"""What a wall gets to show: as much as any wall may hold, in a steady order, and what is needed to sum up the rest."""

import dataclasses
import json
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.accounts.access import Grant, Rights
from eqboard.boards import fragments
from eqboard.boards.figures import FigureValue
from eqboard.boards.fragments import whole
from eqboard.boards.health import Health
from eqboard.boards.parts.wall import WALL_AGENTS, WALL_CALLERS, WALL_QUEUES, Leeway, More
from eqboard.boards.spec import WALL_KINDS, BoardPart, Figure, MaskedNumbers, StateLimit, Surface, Targets, Theme, Wall
from eqboard.boards.templatetags.board import duration
from eqboard.boards.templatetags.wall import PHRASES, is_long, wall_window
from eqboard.feed.follow import Counts
from eqboard.floor.abandoned import MOST_OF_QUEUE
from eqboard.floor.buckets import Bucket, Span
from eqboard.floor.budget import Budget
from eqboard.floor.history import History
from eqboard.floor.levels import Direction, Grade, Threshold
from eqboard.floor.metrics import Metric, Target, Unit
from eqboard.floor.snapshot import AbandonedCall, AgentState, CameBack, Part, Snapshot, Source
from eqboard.floor.windows import Window
from tests.boards.painting import MIDNIGHT, audience, floor_of, paint
from tests.boards.walls import wall_page
from tests.builders import NOON, agent, ago, caller, moments, queue, snapshot, waiting_call

EVERY_PART = tuple(BoardPart(kind) for kind in WALL_KINDS)


def wall(language="en", **chosen):
    """The audience of a wall with all the parts that one can have."""
    return audience(Surface.TV, language, **{"parts": EVERY_PART} | chosen)


def shown(floor, strip, **chosen):
    """The subjects of one strip, in order."""
    return [fragment.subject for fragment in paint(floor, Health(), wall(**chosen)).strips[strip]]


def page_of(floor, language="en", **chosen):
    return BeautifulSoup(whole(paint(floor, Health(), wall(language, **chosen))), "html.parser")


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


def rendered(template: str, **context) -> str:
    return Template("{% load wall %}" + template).render(Context(context))


# What is sent, and what is left out

BUSY_FLOORS = st.builds(
    snapshot,
    queues=st.lists(
        st.builds(
            lambda extension, name, count, since: queue(
                str(extension), name=name, waiting_count=count, oldest_waiting_at=since
            ),
            st.integers(500, 699),
            st.sampled_from(["Sales", "sales", "Support"]),
            st.none() | st.integers(0, 3),
            st.none() | moments(),
        ),
        max_size=80,
    ),
    waiting=st.lists(
        st.builds(lambda key, since: waiting_call(str(key), entered_at=since), st.integers(0, 99), moments()),
        max_size=40,
    ),
    agents=st.lists(
        st.builds(lambda number, state: agent(number, state=state), st.integers(1, 150), st.sampled_from(AgentState)),
        max_size=120,
    ),
)


@settings(deadline=None, max_examples=30)
@given(BUSY_FLOORS)
def test_what_is_sent_and_what_is_summed_up_is_everything(floor):
    tiles, callers, people = (shown(floor, strip) for strip in ("queues", "waiting", "agents"))
    [more] = shown(floor, "more")
    assert len(tiles) == min(WALL_QUEUES, len(floor.queues))
    assert len(tiles) + more.queue_count == len(floor.queues)
    assert len(callers) == min(WALL_CALLERS, len(floor.waiting))
    assert len(callers) + more.caller_count == len(floor.waiting)
    present = [each for each in floor.agents.values() if each.state is not AgentState.SIGNED_OUT]
    assert len(people) == min(WALL_AGENTS, len(present))
    assert len(people) + more.agent_count == len(present)
    everywhere = sum(each.waiting_count or 0 for each in floor.queues.values())
    assert sum(tile.queue.waiting_count or 0 for tile in tiles) + more.waiting_count == everywhere


@settings(deadline=None, max_examples=30)
@given(BUSY_FLOORS)
def test_no_queue_is_left_out_for_one_in_less_trouble(floor):
    tiles = shown(floor, "queues", thresholds=(Threshold(Metric.WAITING, Direction.HIGH, warning=2, critical=3),))
    left_out = floor.queues.keys() - {tile.queue.extension for tile in tiles}
    most_left_out = max((floor.queues[key].waiting_count or 0 for key in left_out), default=0)
    if most_left_out:
        assert all(tile.queue.waiting_count for tile in tiles)
    if most_left_out >= 3:
        assert {tile.trouble.grade for tile in tiles} == {Grade.CRITICAL}


def test_of_two_queues_with_callers_the_longer_wait_is_sent():
    queues = [queue(str(510 + n), waiting_count=1, oldest_waiting_at=ago(n)) for n in range(WALL_QUEUES + 1)]
    assert "510" not in [tile.queue.extension for tile in shown(snapshot(queues=queues), "queues", thresholds=())]


def test_equal_queues_are_chosen_alike_by_every_process():
    """Two processes hold the same floor in another order, after other updates."""
    queues = [queue(str(500 + place)) for place in range(WALL_QUEUES + 2)]
    [one, other] = [shown(snapshot(queues=order), "queues") for order in (queues, reversed(queues))]
    assert one == other


def test_a_tile_keeps_its_place_while_its_waits_change():
    queues = [queue("500", name="A"), queue("501", name="B", waiting_count=3, oldest_waiting_at=ago(300))]
    assert [tile.queue.name for tile in shown(snapshot(queues=queues), "queues")] == ["A", "B"]


def test_tiles_stand_as_the_board_has_them():
    queues = [queue("500", name="A"), queue("501", name="B"), queue("502", name="C")]
    tiles = shown(snapshot(queues=queues), "queues", queues=("502", "500", "599"))
    assert [tile.queue.extension for tile in tiles] == ["502", "500"]


def test_a_wall_that_gets_everything_leaves_nothing_out():
    floor = snapshot(queues=[queue()], waiting=[waiting_call()], agents=[agent()])
    assert shown(floor, "more") == [More()]


def test_a_number_that_was_chosen_twice_is_shown_once():
    figures = (Figure(Metric.WAITING), Figure(Metric.PAUSED), Figure(Metric.WAITING))
    assert len(shown(snapshot(queues=[queue()]), "totals", totals=figures)) == 2


def test_the_same_number_over_two_windows_says_on_a_tile_which_is_which():
    level, waiting = Metric.SERVICE_LEVEL, Figure(Metric.WAITING)
    who = audience(Surface.TV, figures=(waiting, Figure(level, Window.LAST_30), Figure(level, Window.TODAY)))
    page = BeautifulSoup(whole(paint(snapshot(queues=[queue()]), Health(), who)), "html.parser")
    [tile] = page.select(".wall-figures")
    names = [name.text for name in tile.select("b + span")]
    assert names == ["Waiting", "Service level 30 min", "Service level today"]


def test_how_much_trouble_a_queue_is_in_is_told_for_the_browser():
    limits = (Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=60, critical=180),)
    waits = {"500": 200, "501": 70, "502": 5, "503": None}
    queues = [
        queue(key, waiting_count=1 if wait else 0, oldest_waiting_at=ago(wait) if wait else None)
        for key, wait in waits.items()
    ]
    page = page_of(snapshot(queues=queues), thresholds=limits)
    tiles = page.select(".wall-tile")
    assert [tile["data-rank"] for tile in tiles] == ["0", "1", "2", "3"]
    assert [tile["data-waiting"] for tile in tiles] == ["1", "1", "1", "0"]
    assert [tile.get("data-level") for tile in tiles] == ["critical", "warning", None, None]


def test_a_level_is_a_colour_a_shape_and_a_word():
    limits = (Threshold(Metric.WAITING, Direction.HIGH, warning=1, critical=2),)
    queues = [queue("500", waiting_count=1), queue("501", waiting_count=2)]
    tiles = page_of(snapshot(queues=queues), thresholds=limits).select(".wall-tile")
    for tile, word in zip(tiles, ("warning", "critical"), strict=True):
        assert tile["data-level"] == word
        assert tile.select_one(".wall-level").text.strip() == word
        assert tile.select_one(".wall-level .alarm")["data-level"] == word
        [number] = tile.select(".wall-figures li[data-level]")
        assert "Waiting" in number.text
        assert number.select_one(".alarm")["data-level"] == word


# Callers


def test_whom_one_can_still_answer_in_time_comes_first_the_next_to_breach_before_the_others():
    waits = {"a": 5, "b": 18, "c": 40, "d": 300}
    calls = [waiting_call(key, entered_at=ago(wait)) for key, wait in waits.items()]
    callers = shown(snapshot(queues=[queue()], waiting=calls), "waiting")
    assert [each.call.entered_at for each in callers] == [ago(18), ago(5), ago(300), ago(40)]
    assert [each.is_late for each in callers] == [False, False, True, True]


@pytest.mark.parametrize(("wait", "is_late"), [(20, False), (20.9, False), (21, True)])
def test_an_answer_is_late_when_the_timer_shows_more_than_was_promised(wait, is_late):
    [each] = shown(snapshot(queues=[queue()], waiting=[waiting_call(entered_at=ago(wait))]), "waiting")
    assert each.is_late is is_late


def test_callers_whose_time_is_not_known_stand_after_those_who_can_be_in_time():
    calls = [
        waiting_call("a", entered_at=None),
        waiting_call("b", entered_at=ago(5)),
        waiting_call("c", entered_at=ago(99)),
    ]
    callers = shown(snapshot(queues=[queue()], waiting=calls), "waiting")
    assert [each.call.entered_at for each in callers] == [ago(5), None, ago(99)]


def test_a_caller_has_a_countdown_until_they_are_late():
    calls = [waiting_call("a", entered_at=ago(5)), waiting_call("b", entered_at=ago(50))]
    in_time, late = page_of(snapshot(queues=[queue()], waiting=calls)).select(".wall-caller")
    assert float(in_time.select_one("time[data-until]")["data-until"]) == (NOON + timedelta(seconds=16)).timestamp()
    assert not late.select("[data-until]")
    assert "late" in words_of(late)
    assert float(late.select_one("time[data-since]")["data-since"]) == ago(50).timestamp()


def test_numbers_of_callers_are_masked_before_they_are_shown():
    call = waiting_call(caller=caller("+34600111222", name=None))
    page = page_of(snapshot(queues=[queue()], waiting=[call]), numbers=MaskedNumbers.LAST_DIGITS)
    assert "60011" not in str(page)
    assert "222" in page.select_one(".wall-who").text


def test_a_wall_shows_only_what_its_team_may_see():
    floor = snapshot(
        queues=[queue("500"), queue("502", name="SECRET", waiting_count=1)],
        waiting=[waiting_call("a", queue="502", queue_name="SECRET", caller=caller(name="SECRET"))],
    )
    rights = Rights(frozenset({Grant(frozenset({"500"}), frozenset())}))
    assert "SECRET" not in whole(paint(floor, Health(), wall(rights=rights)))


# Agents


def test_agents_are_counted_by_state_each_of_them_once():
    states = [AgentState.AVAILABLE, AgentState.ON_CALL, AgentState.ON_CALL, AgentState.SIGNED_OUT, AgentState.UNKNOWN]
    floor = snapshot(queues=[queue()], agents=[agent(place, state=state) for place, state in enumerate(states)])
    [counted] = shown(floor, "states")
    assert dict(counted.counts) == {
        AgentState.AVAILABLE: 1,
        AgentState.ON_CALL: 2,
        AgentState.RINGING: 0,
        AgentState.WRAP_UP: 0,
        AgentState.PAUSED: 0,
        AgentState.UNKNOWN: 1,
    }


def test_agents_that_were_never_read_are_not_none_at_all():
    floor = snapshot(sources=[Source(Part.AGENTS, 1.0)])
    [counted] = shown(floor, "states")
    assert {count for _, count in counted.counts} == {None}
    assert "–" in page_of(floor).select_one("#states").text


@pytest.mark.parametrize(
    ("seconds", "level"), [(59, Grade.CALM), (60, Grade.WARNING), (119, Grade.WARNING), (120, Grade.CRITICAL)]
)
def test_agents_are_marked_from_the_limit_of_their_state_on(seconds, level):
    limits = (StateLimit("paused", warning_seconds=60, critical_seconds=120),)
    floor = snapshot(queues=[queue()], agents=[agent(1, state=AgentState.PAUSED, state_since=ago(seconds))])
    assert [person.level for person in shown(floor, "agents", limits=limits)] == [level]


def test_agents_over_their_limit_are_sent_before_the_others():
    there = [agent(place, name=f"Ana {place:03}", state=AgentState.PAUSED) for place in range(WALL_AGENTS + 1)]
    last = there[-1]
    there[-1] = agent(last.id, name="Zoe", state=AgentState.PAUSED, state_since=ago(9999))
    people = shown(snapshot(queues=[queue()], agents=there), "agents", limits=(StateLimit("paused", None, 600, None),))
    assert people[-1].agent.name == "Zoe"
    assert len(people) == WALL_AGENTS


# Numbers


def served(in_time: int, late: int, gave_up: int = 0, key: str = "500") -> Span:
    answered = {5: in_time, 99: late}
    bucket = Bucket(offered=in_time + late + gave_up, answered_waits=answered, abandoned_waits={60: gave_up})
    return Span(ago(600).replace(second=0), 1, {key: bucket}, seen_seconds=60)


def painted(history: History, queues=("500",), floor: Snapshot | None = None, **chosen):
    floor = floor or snapshot(queues=[queue(key) for key in queues])
    return fragments.paint(floor_of(floor, counts=Counts(history)), Health(), wall(**chosen), MIDNIGHT)


def test_the_budget_says_how_many_may_still_be_missed():
    screen = painted(History((served(90, 10),)))
    [leeway] = [each.subject for each in screen.strips["budget"]]
    assert leeway == Leeway(Target(), Budget(can_miss=12, needed=0))
    assert (
        words_of(BeautifulSoup(whole(screen), "html.parser").select_one("#budget")) == "May be missed 12 ≥ 80 % today"
    )


def test_the_budget_says_how_many_in_time_bring_the_target_back():
    screen = painted(History((served(70, 30),)))
    budget = BeautifulSoup(whole(screen), "html.parser").select_one("#budget")
    assert budget["data-level"] == "warning"
    assert words_of(budget) == "Needed in time 50 warning ≥ 80 %"


def test_without_calls_there_is_no_budget():
    budget = page_of(snapshot(queues=[queue()])).select_one("#budget")
    assert words_of(budget) == "May be missed – ≥ 80 % today"
    assert "data-level" not in budget.attrs


def test_where_queues_promise_different_things_the_tightest_budget_is_shown():
    history = History(
        (Span(ago(600).replace(second=0), 1, {**served(90, 10).queues, **served(9, 1, key="501").queues}),)
    )
    targets = Targets(Target(), (("501", Target(percent=90)),))
    chosen = wall()
    chosen = dataclasses.replace(chosen, board=dataclasses.replace(chosen.board, targets=targets))
    floor = snapshot(queues=[queue("500"), queue("501")])
    screen = fragments.paint(floor_of(floor, counts=Counts(history)), Health(), chosen, MIDNIGHT)
    assert [each.subject for each in screen.strips["budget"]] == [Leeway(Target(percent=90), Budget(0, 0))]


def test_abandoned_calls_are_summed_up_with_those_who_have_not_called_again():
    gone = {
        str(place): AbandonedCall(str(place), "500", "Sales", caller(), ago(60), 30.0, came_back=came_back)
        for place, came_back in enumerate((CameBack.NO, CameBack.NO, CameBack.ANSWERED, CameBack.WAITING))
    }
    floor = Snapshot(queues={"500": queue()}, abandoned=gone)
    page = BeautifulSoup(whole(painted(History((served(1, 0, gave_up=4),)), floor=floor)), "html.parser")
    assert words_of(page.select_one("#abandoned")) == "Abandoned 4 2 not back today"
    assert page.select_one("#abandoned")["data-gave-up"] == "4"


def test_of_more_abandoned_calls_than_are_listed_it_says_of_how_many_it_is_known_who_came_back():
    gone = {
        str(place): AbandonedCall(str(place), "500", "Sales", caller(), ago(60), 30.0) for place in range(MOST_OF_QUEUE)
    }
    floor = Snapshot(queues={"500": queue()}, abandoned=gone)
    page = BeautifulSoup(whole(painted(History((served(1, 0, gave_up=350),)), floor=floor)), "html.parser")
    assert words_of(page.select_one("#abandoned")) == "Abandoned 350 200 of the newest 200 not back today"


def test_a_number_stands_with_its_promise_or_its_limit():
    figures = (Figure(Metric.SERVICE_LEVEL, Window.TODAY), Figure(Metric.LONGEST_WAIT), Figure(Metric.PAUSED))
    limits = (Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=60),)
    screen = painted(History((served(83, 17),)), totals=figures, thresholds=limits)
    numbers = BeautifulSoup(whole(screen), "html.parser").select("#totals > li")
    assert [words_of(each) for each in numbers] == [
        "Service level 83 % ≥ 80 % today",
        "Longest 0:00 < 1:00",
        "Paused 0",
    ]


BELOW = Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=1, critical=20, window=Window.TODAY, below_promise=True)
ABSOLUTE = dataclasses.replace(BELOW, warning=70, critical=50, below_promise=False)
NINETY = Targets(own=(("501", Target(percent=90)),))


@pytest.mark.parametrize(
    ("limits", "targets", "note"),
    [
        ((BELOW,), Targets(), "≥ 80 %"),
        ((BELOW,), Targets(Target(percent=90)), "≥ 90 %"),
        ((BELOW,), NINETY, "≥ 82 %"),
        ((dataclasses.replace(BELOW, warning=5),), Targets(), "≥ 76 %"),
        ((dataclasses.replace(BELOW, warning=None),), Targets(), "≥ 61 %"),
        ((ABSOLUTE,), NINETY, "≥ 71 %"),
        ((), NINETY, "≥ 82 %"),
    ],
)
def test_a_service_level_stands_with_the_limit_that_it_is_held_against(limits, targets, note):
    who = wall(totals=(Figure(Metric.SERVICE_LEVEL, Window.TODAY),), thresholds=limits)
    who = dataclasses.replace(who, board=dataclasses.replace(who.board, targets=targets))
    calls = served(75, 0).queues | served(24, 1, key="501").queues
    counts = Counts(History((Span(ago(600).replace(second=0), 1, calls),)))
    floor = snapshot(queues=[queue("500"), queue("501")])
    screen = fragments.paint(floor_of(floor, counts=counts), Health(), who, MIDNIGHT)
    number = BeautifulSoup(whole(screen), "html.parser").select_one("#totals > li")
    assert words_of(number) == f"Service level 99 % {note} today"


def test_a_limit_of_single_queues_is_no_limit_of_all_together():
    limits = (Threshold(Metric.WAITING, Direction.HIGH, warning=5),)
    page = page_of(snapshot(queues=[queue()]), totals=(Figure(Metric.WAITING),), thresholds=limits)
    assert words_of(page.select_one("#totals > li")) == "Waiting 0"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7, "0:07"), (133, "2:13"), (3849, "1:04:09"), (-3, "0:00")]
)
def test_durations_are_written_as_every_timer_writes_them(seconds, text):
    assert duration(seconds) == text


def value(number, unit=Unit.COUNT, metric=Metric.OFFERED, window=Window.TODAY):
    return FigureValue(metric, window, number, unit)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (value(None), "–"),
        (value(0), "0"),
        (value(1234), "1234"),
        (value(1_000_000), "1000000"),
        (value(100, Unit.PERCENT), "100%"),
        (value(65, Unit.SECONDS), "1:05"),
    ],
)
def test_how_a_number_is_written(shown, text):
    assert BeautifulSoup(rendered("{{ shown|wall_value }}", shown=shown), "html.parser").text == text


@pytest.mark.parametrize(("limit", "text"), [(2.5, "> 2.5"), (60.0, "> 60"), (1_000_000.0, "> 1000000")])
def test_a_limit_is_written_without_needless_digits(limit, text):
    tag = rendered("{% wall_limit sign limit unit %}", sign=">", limit=limit, unit=Unit.COUNT)
    assert BeautifulSoup(tag, "html.parser").text == text


def test_numbers_too_long_for_their_place_are_told_apart():
    assert not is_long(value(9999))
    assert is_long(value(10_000))
    assert not is_long(value(3599, Unit.SECONDS))
    assert is_long(value(3600, Unit.SECONDS))
    assert not is_long(value(None))


@pytest.mark.parametrize(
    ("metric", "window", "text"),
    [
        (Metric.ASA, Window.LAST_15, "15 min"),
        (Metric.ASA, Window.NOW, "5 min"),
        (Metric.ASA, Window.TODAY, "today"),
        (Metric.WAITING, Window.NOW, ""),
    ],
)
def test_a_number_says_over_which_time_it_is_counted(metric, window, text):
    with translation.override("en"):
        assert wall_window(value(1, metric=metric, window=window)) == text


@pytest.mark.parametrize("metric", Metric)
def test_every_number_has_a_name(metric):
    page = page_of(snapshot(queues=[queue()]), totals=(Figure(metric),), figures=(Figure(metric),))
    assert words_of(page.select_one("#totals .wall-label"))
    assert words_of(page.select_one(".wall-figures b + span"))


# Words


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("name", PHRASES)
def test_what_does_not_fit_is_said_in_every_plural_form(language, name):
    with translation.override(language):
        tag = BeautifulSoup("<i " + rendered("{% wall_phrases %}") + "></i>", "html.parser").i
        forms = json.loads(tag["data-phrases"])[name]
        assert {"one", "two", "many", "other"} <= forms.keys()
        assert "{n}" in forms["other"]
        assert not any("%(" in form for form in forms.values())
        assert forms["other"] == PHRASES[name](5).replace("%(n)s", "{n}")


LONG = ("n" * 50, "ש" * 50, "Ñandú y compañía: atención a clientes de Ultramar", "o" * 51, "x" * 500)


@pytest.mark.parametrize("name", LONG)
def test_names_are_whole_up_to_fifty_letters_and_visibly_cut_beyond(name):
    call = waiting_call(caller=caller(name=name), queue_name=name)
    page = page_of(snapshot(queues=[queue(name=name)], agents=[agent(name=name)], waiting=[call]))
    for place in (".wall-name", ".wall-who", ".wall-caller .wall-what", ".wall-person .wall-who"):
        text = page.select_one(place).text.strip()
        assert text == name if len(name) <= 50 else text == name[:49] + "…"


def test_no_element_of_a_wall_can_be_pressed_and_none_has_a_style_of_its_own():
    floor = snapshot(queues=[queue()], waiting=[waiting_call()], agents=[agent()])
    page = page_of(floor)
    assert not page.select("a, button, form, input, summary, [hx-get], [hx-post], [tabindex], [title], [style]")


@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_a_wall_of_nothing_says_so(language):
    page = page_of(snapshot(), language)
    assert [words_of(each) != "" for each in page.select(".empty")] == [True, True]
    assert not re.search(r"\b(None|False)\b", page.text)


def test_a_wall_has_only_the_parts_that_it_was_given():
    page = page_of(snapshot(queues=[queue()]), parts=(BoardPart(WALL_KINDS[1]),))
    assert [each["data-kind"] for each in page.select("[data-kind]")] == ["tiles"]
    assert not page.select("#states")


@pytest.mark.parametrize("theme", Theme)
def test_a_wall_is_dark_unless_its_board_is_light(theme):
    chosen = wall(theme=theme)
    floor = floor_of(snapshot())
    page = BeautifulSoup(wall_page(paint(snapshot(), Health(), chosen), floor), "html.parser")
    assert page.html["data-theme"] == ("light" if theme is Theme.LIGHT else "dark")


def test_times_are_written_in_the_boards_zone():
    lost = Health(feed_lost_since=NOON)
    chosen = wall(time_zone="Asia/Tokyo")
    assert "21:00:00" in whole(paint(snapshot(), lost, chosen))


@pytest.mark.parametrize(
    "change",
    [
        {"theme": Theme.LIGHT},
        {"time_zone": "Asia/Tokyo"},
        {"wall": Wall(85, 8)},
    ],
)
def test_what_a_page_shows_around_the_board_has_another_word_when_it_changes(change):
    assert wall(**change).frame != wall().frame == wall().frame
    assert dataclasses.replace(wall(), language="es").frame != wall().frame


def test_what_comes_by_the_socket_needs_no_other_page():
    assert wall(queues=("500",), parts=(), totals=()).frame == wall().frame
