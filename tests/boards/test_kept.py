"""Pieces of a row that are made once: of equal values in one language, and of nothing else."""

import pytest
from django.template import Context, Template
from django.utils import translation

from eqboard.boards.parts.agents import Hand
from eqboard.boards.templatetags import board

STATE = Template('{% load board %}{% kept "boards/state.html" state=state %}')
HAND = Template('{% load board %}{% kept "boards/agent_hand.html" id=id it=it %}')
PAUSE, SPY = "agent.pause", "monitor.spy"


@pytest.fixture(autouse=True)
def nothing_kept():
    board._kept.cache_clear()


def state(which: str) -> str:
    return STATE.render(Context({"state": which})).strip()


def hand(element_id: str, offered: Hand) -> str:
    return HAND.render(Context({"id": element_id, "it": offered}))


def test_what_is_equal_is_made_once() -> None:
    first = hand("agent-7", Hand(7, (PAUSE,), may_open=True))
    assert hand("agent-7", Hand(7, (PAUSE,), may_open=True)) == first
    assert board._kept.cache_info().misses == 1


@pytest.mark.parametrize(
    ("element_id", "offered"),
    [
        ("away-7", Hand(7, (PAUSE,), may_open=True)),
        ("agent-7", Hand(8, (PAUSE,), may_open=True)),
        ("agent-7", Hand(7, (PAUSE, SPY), may_open=True)),
        ("agent-7", Hand(7, (PAUSE,), may_open=False)),
        ("agent-7", Hand(7, (PAUSE,), may_open=True, is_others_too=True)),
    ],
)
def test_what_differs_in_anything_is_made_anew(element_id, offered) -> None:
    first = hand("agent-7", Hand(7, (PAUSE,), may_open=True))
    assert hand(element_id, offered) != first
    assert board._kept.cache_info().misses == 2


def test_each_language_has_its_own() -> None:
    assert state("paused") == "Paused"
    with translation.override("es"):
        assert state("paused") == "En pausa"
    assert state("paused") == "Paused"


def test_it_is_html_and_what_is_in_it_was_escaped() -> None:
    made = hand('agent-"7"', Hand(7, (PAUSE,), may_open=True))
    assert made.startswith('<span class="hand"><button id="agent-&quot;7&quot;-pause"')


def test_what_is_around_it_is_unknown_to_it() -> None:
    """Else it would be kept for others, whom it is none of."""
    around = Template('{% load board %}{% with state="paused" %}{% kept "boards/state.html" %}{% endwith %}')
    assert around.render(Context()).strip() == "Unknown"
