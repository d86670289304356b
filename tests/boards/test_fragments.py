"""What fragments show, and what they never do: a foreign queue, outside text as HTML, a button one may not press."""

import dataclasses
import re
from typing import Any

import pytest
from bs4 import NavigableString
from hypothesis import given
from hypothesis import strategies as st

from eqboard.accounts.access import Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.fragments import dom_id, whole
from eqboard.boards.health import Health
from eqboard.boards.spec import Surface
from eqboard.floor.snapshot import Agent, AgentState, Queue, Snapshot
from tests.boards.htmx import parse
from tests.boards.painting import audience, paint
from tests.builders import (
    HOSTILE_TEXTS,
    agent,
    caller,
    conference,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    waiting_call,
)

HANDS = frozenset({"agent.pause", "agent.resume"})
FRONT = Rights(frozenset({Grant(frozenset({"500", "501"}), HANDS)}))
LOOKS = Rights(frozenset({Grant(frozenset({"500", "501"}), frozenset())}))
WELL = Health()


def page_of(floor: Snapshot, rights: Rights = EVERYTHING, surface: Surface = Surface.DESK, language: str = "en"):
    return parse(whole(paint(floor, WELL, audience(surface, language, rights))))


# Ids


@pytest.mark.parametrize(("key", "name"), [(7, "agent-7"), ("500", "agent-500"), (10**12, "agent-1000000000000")])
def test_an_id_is_kind_and_key(key, name):
    assert dom_id("agent", key) == name


@pytest.mark.parametrize(
    "key", [*HOSTILE_TEXTS, "", "title", "a b", "1.2", "1#x", "1,*", "1\n", "\ud800", "9" * 41, -1, "７", "1é"]
)
def test_a_strange_key_gives_a_plain_id(key):
    assert re.fullmatch(r"call-h[0-9a-f]{16}", dom_id("call", key))


@given(st.lists(st.text(), unique=True, min_size=2, max_size=2))
def test_two_keys_never_share_an_id(keys):
    assert dom_id("call", keys[0]) != dom_id("call", keys[1])


@given(st.text())
def test_every_id_can_stand_in_a_selector(key):
    assert re.fullmatch(r"call-[A-Za-z0-9_-]+", dom_id("call", key))


def test_no_key_takes_the_id_of_a_part_of_the_page():
    """`parked` is a kind, and `parked-title` the heading over it."""
    page = page_of(snapshot(parked=[parked_call("title")]))
    assert [each.name for each in page.select("#parked-title")] == ["h2"]


# Text from outside

EVIL = "EVIL<script>alert(1)</script>\u202e\u200b\x00'\"&<img src=x onerror=alert(1)>"


def corrupted(value: Any) -> Any:
    """The entity with EVIL in place of every text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: corrupted(getattr(value, each.name)) for each in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(corrupted(each) for each in value)
    return EVIL if type(value) is str else value


def evil_floor() -> Snapshot:
    evil_caller = corrupted(caller())
    busy = agent(
        7,
        state=AgentState.ON_CALL,
        partly_paused=True,
        pause_reason=EVIL,
        caller=caller(),
        call_queue="500",
        call_queue_name=EVIL,
        memberships=(membership(),),
    )
    idle, away = agent(8, state=AgentState.PAUSED, pause_reason=EVIL), agent(9, state=AgentState.SIGNED_OUT)
    number_only = dataclasses.replace(evil_caller, name=None)
    return snapshot(
        queues=[corrupted(queue())],
        agents=[corrupted(each) for each in (busy, idle, away)],
        waiting=[
            corrupted(waiting_call(ringing_at=("Ana", "Berta"))),
            dataclasses.replace(corrupted(waiting_call()), key="2", caller=number_only),
        ],
        parked=[corrupted(parked_call()), dataclasses.replace(corrupted(parked_call()), key="2", parked_by_name=None)],
        conferences=[
            corrupted(conference(participants=(participant(), participant(caller=caller(name=None), talking=True)))),
        ],
    )


@pytest.mark.contract("4.14", "4.16")
@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("surface", Surface)
def test_outside_text_is_escaped_made_visible_and_isolated_wherever_it_shows(surface, language):
    page = page_of(evil_floor(), surface=surface, language=language)
    assert not page.select("script, img, style, iframe")
    shown = [each for each in page.find_all(string=True) if "EVIL" in each]
    assert shown
    for text in shown:
        assert text.parent.name == "bdi", f"{text!r} is not isolated"
        whole_text = "EVIL<script>alert(1)</script>���'\"&<img src=x onerror=alert(1)>"
        assert text == whole_text if surface is Surface.DESK else text == whole_text[:49] + "…"  # a wall has less room
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        assert "EVIL" not in str(element.attrs)


@pytest.mark.parametrize(
    ("strip", "least"),
    # names, numbers, extensions, reasons, queues: what each row of evil_floor() cannot do without
    [("queues", 1), ("waiting", 7), ("agents", 8), ("away", 1), ("parked", 4), ("conferences", 3)],
)
def test_every_strip_shows_its_outside_text(strip, least):
    container = page_of(evil_floor()).find(id=strip)
    assert len([each for each in container.find_all(string=True) if "EVIL" in each]) >= least


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_callers_name_shows_as_it_was_written(text):
    page = page_of(snapshot(waiting=[waiting_call(caller=caller(name=text))]))
    shown = page.select_one("#waiting .who bdi").text
    assert len(shown) == len(text) or not text.strip()
    assert not any(letter in str(page) for letter in "\u202e\u202c\x00\x07")


# Foreign queues


def mixed_floor() -> Snapshot:
    """Everything about 502 says SECRET."""
    both = (membership("500"), membership("502", queue_name="SECRET queue"))
    return snapshot(
        queues=[queue("500", waiting_count=1), queue("502", name="SECRET queue", waiting_count=9)],
        agents=[
            agent(1),
            agent(2, name="SECRET agent", memberships=(both[1],)),
            agent(
                3,
                name="Shared",
                state=AgentState.ON_CALL,
                memberships=both,
                caller=caller("SECRET number", name="SECRET caller"),
                call_queue="502",
                call_queue_name="SECRET queue",
            ),
            agent(4, name="SECRET home", memberships=()),
        ],
        waiting=[waiting_call("1"), waiting_call("2", queue="502", queue_name="SECRET", caller=caller(name="SECRET"))],
        parked=[parked_call(parked_by="202", caller=caller(name="SECRET"))],
        conferences=[conference(name="SECRET room", participants=(participant("202"),))],
    )


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("rights", [FRONT, LOOKS])
def test_a_forbidden_queue_its_agents_and_its_callers_never_leave_the_server(surface, rights):
    page = page_of(mixed_floor(), rights, surface)
    assert "SECRET" not in str(page)
    assert "502" not in {each.get_text() for each in page.find_all("bdi")}
    assert page.find(id="queue-502") is None


def test_whoever_may_see_every_queue_sees_it():
    assert "SECRET queue" in page_of(mixed_floor()).text


def test_the_totals_of_a_team_count_only_what_it_sees():
    page = page_of(mixed_floor(), FRONT, Surface.TV)
    numbers = [each.text.strip() for each in page.select("#totals .wall-number")]
    assert numbers[3] == "1"  # available


# Buttons


def buttons(one: Agent, rights: Rights, surface: Surface = Surface.DESK) -> list[str]:
    page = page_of(snapshot(agents=[one]), rights, surface)
    return [each.get("hx-get") or each["hx-post"] for each in page.select("button[data-hand]:not([data-panel])")]


PAUSED_HERE = membership("500", state=AgentState.PAUSED, paused=True)


@pytest.mark.parametrize(
    ("one", "offered"),
    [
        (agent(7), ["pause"]),
        (agent(7, state=AgentState.ON_CALL), ["pause"]),
        (agent(7, state=AgentState.UNKNOWN), ["pause"]),
        (agent(7, state=AgentState.PAUSED), ["resume"]),
        (agent(7, state=AgentState.SIGNED_OUT), []),
        (agent(7, state=AgentState.ON_CALL, pause_follows=True), ["resume"]),
        (agent(7, partly_paused=True, memberships=(membership("501"), PAUSED_HERE)), ["resume", "pause"]),
    ],
)
def test_a_lead_is_offered_what_makes_sense_now(one, offered):
    assert buttons(one, FRONT) == [f"/agents/7/{action}/" for action in offered]


@pytest.mark.parametrize(
    "one", [agent(7, state=AgentState.PAUSED), agent(7, state=AgentState.WRAP_UP, pause_follows=True)]
)
def test_what_acts_at_once_says_that_it_means_all_their_queues(one):
    """So does the key p, and the palette: they press these buttons."""
    pressed = page_of(snapshot(agents=[one]), FRONT, Surface.DESK).select("[hx-post*='/resume/'], [hx-post*='wrap']")
    assert pressed
    assert {each["hx-vals"] for each in pressed} == {'{"queue": "all"}'}


@pytest.mark.parametrize("state", AgentState)
def test_a_viewer_is_offered_nothing(state):
    assert buttons(agent(7, state=state), LOOKS) == []


@pytest.mark.parametrize("state", AgentState)
def test_nobody_is_offered_anything_on_the_wall(state):
    assert buttons(agent(7, state=state), EVERYTHING, Surface.TV) == []


@pytest.mark.parametrize("state", [AgentState.AVAILABLE, AgentState.PAUSED])
def test_an_agent_who_also_serves_another_teams_queue_has_no_button(state):
    """The action would touch that queue too, though it is not to be seen here."""
    shared = agent(7, state=state, memberships=(membership("500", state=state), membership("502", state=state)))
    assert buttons(shared, FRONT) == []
    assert buttons(shared, EVERYTHING)


def test_another_teams_queue_that_they_are_not_signed_in_to_does_not_matter():
    one = agent(7, memberships=(membership("500"), membership("502", state=AgentState.SIGNED_OUT)))
    assert buttons(one, FRONT) == ["/agents/7/pause/"]


def test_an_agent_in_no_queue_is_acted_on_only_by_those_of_every_queue():
    assert "/agents/7/pause/" in buttons(agent(7, memberships=()), EVERYTHING)


# What is not known


def unknown_queue() -> Queue:
    return Queue("500", "Sales")


@pytest.mark.parametrize(("surface", "count"), [(Surface.DESK, 9), (Surface.TV, 3)])
def test_a_number_that_is_not_known_shows_as_a_dash_and_never_as_zero(surface, count):
    tile = page_of(snapshot(queues=[unknown_queue()]), surface=surface).find(id="queue-500")
    texts = [each.strip() for each in tile.find_all(string=True) if isinstance(each, NavigableString)]
    assert texts.count("–") == count
    assert "0" not in texts


def test_zero_shows_as_zero():
    tile = page_of(snapshot(queues=[queue("500", waiting_count=0)])).find(id="queue-500")
    assert tile.select_one(".tile-waiting .n").text == "0"


def test_a_caller_without_name_place_or_time_is_shown_all_the_same():
    page = page_of(snapshot(waiting=[waiting_call(caller=caller(None, name=None), position=None, entered_at=None)]))
    row = page.select_one("#waiting li")
    assert row.select_one(".position").text == "–"
    assert row.select_one(".who").text.strip() == "Unknown caller"
    assert row.select_one(".ticking").text == "–"


def test_a_duration_that_is_only_a_lower_bound_says_so():
    floor = snapshot(agents=[agent(1, since_at_least=True), agent(2)])
    times = page_of(floor).select("#agents time")
    assert [each.has_attr("data-at-least") for each in times] == [True, False]
