"""What can be done to an agent from their row: two buttons at most, the rest in the panel; and who is at them now."""

import pytest

from eqboard.accounts.access import (
    EXIT_WRAP_UP,
    LEAD,
    MONITOR_ONLY,
    PAUSE_AGENT,
    RESUME_AGENT,
    SEEING,
    SIGN_IN_AGENT,
    SPY,
    Grant,
    Rights,
)
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.fragments import paint, whole
from eqboard.boards.health import Health
from eqboard.boards.spec import AgentsAs, Surface
from eqboard.floor.snapshot import AgentState
from tests.boards.htmx import parse
from tests.boards.painting import MIDNIGHT, audience, floor_of
from tests.builders import HOSTILE_TEXTS, agent, claim, membership, queue, snapshot

OF_500 = frozenset({"500"})
SHARED = (membership("500"), membership("502"))
HALF = (membership("500", state=AgentState.PAUSED, paused=True), membership("500"))


def rights(actions, queues=OF_500, agents=None):
    return Rights(frozenset({Grant(queues, frozenset(actions), agents)}))


FRONT = rights(LEAD)


def page_of(one, who=FRONT, claims=(), **chosen):
    floor = floor_of(snapshot(agents=[one], queues=[queue()]), claims={each.slot: each for each in claims})
    return parse(whole(paint(floor, Health(), audience(rights=who, **chosen), MIDNIGHT)))


def row_of(one, who=FRONT, **chosen):
    kind = "away" if one.state is AgentState.SIGNED_OUT else "agent"
    return page_of(one, who, **chosen).find(id=f"{kind}-{one.id}")


def buttons(row):
    """The words on them, those that cannot be pressed now in brackets."""
    found = row.select(".hand button:not([data-panel])")
    return [f"({each.text})" if each.get("aria-disabled") else each.text for each in found]


def mains(row):
    return [each.text for each in row.select(".hand .main")]


@pytest.mark.parametrize(
    ("one", "offered", "main"),
    [
        (agent(7), ["Pause", "(Listen)"], "Pause"),
        (agent(7, state=AgentState.ON_CALL), ["Pause", "Listen"], "Listen"),
        (agent(7, state=AgentState.RINGING), ["Pause", "(Listen)"], "Pause"),
        (agent(7, state=AgentState.WRAP_UP), ["Pause", "Exit wrap-up"], "Exit wrap-up"),
        (agent(7, state=AgentState.WRAP_UP, pause_follows=True), ["Resume", "Exit wrap-up"], "Exit wrap-up"),
        (agent(7, state=AgentState.PAUSED), ["Resume", "(Listen)"], "Resume"),
        (agent(7, partly_paused=True, memberships=HALF), ["Resume", "Pause"], "Resume"),
        (agent(7, state=AgentState.ON_CALL, partly_paused=True, memberships=HALF), ["Resume", "Listen"], "Listen"),
        (agent(7, state=AgentState.UNKNOWN), ["Pause", "(Listen)"], "Pause"),
        (agent(7, state=AgentState.SIGNED_OUT), ["Sign in"], "Sign in"),
    ],
)
@pytest.mark.parametrize("form", AgentsAs)
def test_a_lead_has_the_two_that_make_most_sense_now_and_the_rest_in_the_panel(one, offered, main, form):
    row = row_of(one, agents_as=form)
    assert buttons(row) == offered
    assert mains(row) == [main]
    assert [each["data-panel"] for each in row.select("button.opens")] == ["/agents/7/"]


@pytest.mark.parametrize("state", AgentState)
def test_whoever_only_monitors_has_nothing_but_to_listen(state):
    row = row_of(agent(7, state=state), rights(MONITOR_ONLY))
    expected = {AgentState.ON_CALL: ["Listen"], AgentState.SIGNED_OUT: []}.get(state, ["(Listen)"])
    assert buttons(row) == expected


@pytest.mark.parametrize("state", AgentState)
def test_whoever_only_looks_has_no_button_at_all(state):
    assert row_of(agent(7, state=state), rights(SEEING)).select("button:not(.face)") == []


@pytest.mark.parametrize(
    ("right", "state", "word"),
    [
        (PAUSE_AGENT, AgentState.AVAILABLE, "Pause"),
        (RESUME_AGENT, AgentState.PAUSED, "Resume"),
        (EXIT_WRAP_UP, AgentState.WRAP_UP, "Exit wrap-up"),
        (SPY, AgentState.ON_CALL, "Listen"),
        (SIGN_IN_AGENT, AgentState.SIGNED_OUT, "Sign in"),
    ],
)
def test_each_button_has_a_right_of_its_own(right, state, word):
    one = agent(7, state=state)
    assert buttons(row_of(one, rights([right]))) == [word]
    assert buttons(row_of(one, rights(LEAD - {right}))) != [word]
    assert word not in buttons(row_of(one, rights(LEAD - {right})))


def test_a_button_that_makes_no_sense_now_says_why():
    [listen] = row_of(agent(7)).select("[id$=-listen]")
    assert listen["title"] == "Not on a call: there is nothing to listen to"
    [listen] = row_of(agent(7, state=AgentState.ON_CALL)).select("[id$=-listen]")
    assert not listen.has_attr("title")


def test_of_somebody_who_also_serves_another_team_the_panel_has_what_one_may():
    row = row_of(agent(7, memberships=SHARED))
    assert buttons(row) == []
    assert row.select_one(".others-too").text == "other teams too"
    assert row.select("button.opens")


def test_whom_a_team_does_not_name_has_no_button_and_no_panel():
    row = row_of(agent(7), rights(LEAD, agents=frozenset({8})))
    assert row.select("button") == []
    assert row.select_one(".others-too")


@pytest.mark.parametrize(("named", "offered"), [(None, ["Sign in"]), ({7}, ["Sign in"]), ({8}, [])])
def test_somebody_signed_out_can_be_signed_in_by_the_team_that_names_them(named, offered):
    agents = None if named is None else frozenset(named)
    assert buttons(row_of(agent(7, state=AgentState.SIGNED_OUT), rights([SIGN_IN_AGENT], agents=agents))) == offered


def test_what_becomes_of_signing_in_is_told_beside_the_board():
    """Who is signed out stands in a part that is folded as a rule."""
    assert row_of(agent(7, state=AgentState.SIGNED_OUT)).select(".mark") == []


def test_every_button_names_the_agent():
    row = row_of(agent(7, state=AgentState.ON_CALL))
    for each in row.select(".hand button"):
        assert each["aria-labelledby"] == f"{each['id']} agent-7-who"


# Who is at them


LISTENS = claim("rings:210", subject="agent:7", action=SPY, who="Avi")


@pytest.mark.parametrize("form", AgentsAs)
def test_who_listens_is_seen_on_the_row(form):
    row = row_of(agent(7, state=AgentState.ON_CALL), claims=[LISTENS], agents_as=form)
    assert {each.text for each in row.select(".claims .claim")} == {"Avi is listening"}
    assert row_of(agent(8), claims=[LISTENS], agents_as=form).select(".claims") == []


def test_who_signs_somebody_in_is_seen_on_the_row_of_those_who_are_away():
    signs_in = claim("agent:7", action=SIGN_IN_AGENT)
    row = row_of(agent(7, state=AgentState.SIGNED_OUT), claims=[signs_in])
    assert row.select_one(".claims").text.strip() == "Dana is signing them in"


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
@pytest.mark.parametrize("form", AgentsAs)
def test_a_hostile_name_of_somebody_who_listens_is_text(name, form):
    hostile = claim("rings:210", subject="agent:7", action=SPY, who=name)
    row = row_of(agent(7, state=AgentState.ON_CALL), claims=[hostile], agents_as=form)
    assert {each.name for each in row.select_one(".claims").find_all(True)} <= {"bdi", "span"}
    assert not row.find_all(["script", "img"])


def test_a_wall_tells_of_nobody_who_listens():
    page = page_of(agent(7, state=AgentState.ON_CALL), EVERYTHING, [LISTENS], surface=Surface.TV)
    assert "Avi" not in str(page)
