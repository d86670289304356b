"""Agents on the desk: in three forms, with the limits of their states."""

import pytest

from eqboard.boards.fragments import strokes, whole
from eqboard.boards.health import Health
from eqboard.boards.parts.agents import limit_of
from eqboard.boards.spec import AgentsAs, StateLimit
from eqboard.boards.templatetags.board import breach, names, since
from eqboard.floor.snapshot import AgentState, Part
from tests.boards.htmx import parse
from tests.boards.painting import audience, paint
from tests.builders import HOSTILE_TEXTS, NOON, agent, caller, membership, snapshot, source

LONG_PAUSE = StateLimit("paused", warning_seconds=900, critical_seconds=1800)
LUNCH = StateLimit("paused", pause_code=1, warning_seconds=3600)
WRAP_UP = StateLimit("wrap_up", critical_seconds=300)
LIMITS = (LONG_PAUSE, LUNCH, WRAP_UP)


def page_of(*agents, **chosen):
    return parse(whole(paint(snapshot(agents=agents), Health(), audience(limits=LIMITS, **chosen))))


@pytest.mark.parametrize(
    ("one", "limit"),
    [
        (agent(state=AgentState.PAUSED), LONG_PAUSE),
        (agent(state=AgentState.PAUSED, pause_code=2), LONG_PAUSE),
        (agent(state=AgentState.PAUSED, pause_code=1), LUNCH),
        (agent(state=AgentState.WRAP_UP), WRAP_UP),
        (agent(state=AgentState.WRAP_UP, pause_code=1, pause_follows=True), WRAP_UP),
        (agent(state=AgentState.AVAILABLE), None),
    ],
)
@pytest.mark.parametrize("limits", [LIMITS, LIMITS[::-1]])
def test_a_pause_has_the_limit_of_its_code_before_the_one_of_any_pause(one, limit, limits):
    assert limit_of(one, limits) == limit


def test_a_limit_of_one_pause_code_does_not_hold_for_another_pause():
    assert limit_of(agent(state=AgentState.PAUSED, pause_code=2), [LUNCH]) is None
    assert limit_of(agent(state=AgentState.PAUSED), [LUNCH]) is None


def test_a_code_is_no_limit_for_a_state_that_is_no_pause():
    """A pause that follows a call brings its code along."""
    strange = StateLimit("on_call", pause_code=1, warning_seconds=5)
    assert limit_of(agent(state=AgentState.ON_CALL, pause_code=1, pause_follows=True), [strange]) is None


@pytest.mark.parametrize("form", AgentsAs)
def test_the_page_is_told_the_limits_to_count_to(form):
    page = page_of(agent(1, state=AgentState.PAUSED), agent(2, state=AgentState.WRAP_UP), agent(3), agents_as=form)
    told = [(each.get("data-warning"), each.get("data-critical")) for each in page.select("#agents time")]
    assert told == [("900", "1800"), (None, "300"), (None, None)]


@pytest.mark.parametrize("form", AgentsAs)
def test_every_form_shows_state_reason_caller_number_and_queues(form):
    busy = agent(
        7,
        state=AgentState.ON_CALL,
        caller=caller("5550100", name="Grace"),
        call_queue="500",
        call_queue_name="Sales",
        memberships=(membership("500", queue_name="Sales"), membership("501", queue_name="Support")),
    )
    idle = agent(8, name="Bo", state=AgentState.PAUSED, pause_code=1, pause_reason="Lunch")
    page = page_of(busy, idle, agents_as=form)
    shown = page.find(id="agent-7").get_text(" ", strip=True)
    for text in ("Ana Ruiz", "On call", "Grace", "Sales", "Support", "207"):
        assert text in shown
    assert page.select_one("#agent-7 .shape")["data-state"] == "on_call"
    paused = page.find(id="agent-8").get_text(" ", strip=True)
    assert "Paused" in paused
    assert "Lunch" in paused
    assert page.find(id="agent-8-resume") is not None


@pytest.mark.parametrize("form", AgentsAs)
def test_a_lower_bound_is_marked_in_every_form(form):
    page = page_of(agent(1, since_at_least=True), agents_as=form)
    assert page.select_one("#agents time").has_attr("data-at-least")


@pytest.mark.parametrize("form", AgentsAs)
def test_each_row_can_take_the_focus_and_only_by_arrows(form):
    page = page_of(agent(1), agents_as=form)
    [grip] = page.select("#agents [data-grip]")
    assert grip["tabindex"] == "-1"
    assert {each["tabindex"] for each in page.select("#agents button")} == {"-1"}


@pytest.mark.parametrize(
    ("seconds", "told"), [(60, "60"), (89.6, "90"), (1_000_000, "1000000"), (0, None), (None, None)]
)
def test_a_limit_is_told_in_whole_seconds_and_none_is_told_as_none(seconds, told):
    assert parse(since(NOON, warning=seconds)).time.get("data-warning") == told


def test_a_breach_is_a_moment_to_count_to_or_a_dash():
    assert parse(breach(NOON)).time["data-breach"] == f"{NOON.timestamp():.1f}"
    assert parse(breach(None)).text == "–"


def test_a_form_that_is_chosen_is_named_on_the_list():
    assert "grid" in page_of(agents_as=AgentsAs.GRID).find(id="agents")["class"]


def test_whoever_is_signed_out_has_no_limit():
    away = page_of(agent(1, state=AgentState.SIGNED_OUT)).select_one("#away time")
    assert not away.has_attr("data-warning")


@pytest.mark.parametrize(
    ("several", "runs", "apart"),
    [
        (("Sales", "Support"), "ltr", []),
        (("מכירות", "תמיכה"), "rtl", []),
        (("Sales", "מכירות", "Support"), "ltr", ["מכירות"]),
        (("מכירות", "Sales"), "rtl", ["Sales"]),
        (("1. מכירות", "תמיכה"), "rtl", []),  # a figure has no direction of its own
        (("24/7", "מכירות"), "rtl", []),
        (("500", "501"), "ltr", []),
        ((), "ltr", []),
    ],
)
def test_a_list_of_names_runs_as_its_first_and_is_cut_at_its_end(several, runs, apart):
    shown = parse(names(several)).select_one(".names")
    assert shown["dir"] == runs
    assert shown.text == ", ".join(several)
    assert [each.text for each in shown.select(".apart")] == apart


@pytest.mark.parametrize(("mark", "name", "runs"), [("\u200f", "Sales", "ltr"), ("\u200e", "מכירות", "rtl")])
def test_a_mark_that_is_not_shown_does_not_turn_a_list(mark, name, runs):
    assert parse(names([mark + name])).select_one(".names")["dir"] == runs


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_name_in_a_list_is_text(name):
    shown = parse(names([name, name])).select_one(".names")
    assert {each.name for each in shown.find_all(True)} <= {"bdi", "span"}
    assert len(shown.select(".outside")) == 2


READ = [source(Part.AGENTS)]


def count_of_the_away(*agents, sources=READ):
    screen = paint(snapshot(agents=agents, sources=sources), Health(), audience())
    return parse(whole(screen)).select_one("#away-box summary #away_count")


@pytest.mark.parametrize(("count", "heard"), [(0, "0 agents"), (1, "1 agent"), (12, "12 agents")])
def test_the_fold_says_how_many_are_signed_out(count, heard):
    shown = count_of_the_away(*(agent(place, state=AgentState.SIGNED_OUT) for place in range(count)), agent(90))
    assert shown.select_one("[aria-hidden]").text == str(count)
    assert shown.select_one(".visually-hidden").text == heard


def test_of_agents_that_were_never_read_nobody_knows_how_many_are_signed_out():
    assert count_of_the_away(sources=[]).text == "–"


def test_how_many_are_signed_out_is_no_news_to_be_read_out():
    shown = count_of_the_away(agent(1, state=AgentState.SIGNED_OUT))
    assert not [each for each in (shown, *shown.parents) if each.has_attr("aria-live") or each.get("role") == "status"]


def test_only_the_count_is_sent_anew_when_somebody_signs_out():
    one, other = agent(1), agent(2)
    left = agent(2, state=AgentState.SIGNED_OUT)
    before, after = (
        paint(snapshot(agents=each, sources=READ), Health(), audience()) for each in ((one, other), (one, left))
    )
    count = after.strips["away_count"][0].html
    assert [each for each in strokes(before, after) if 'id="away_count"' in each] == [count]
