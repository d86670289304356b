"""What the strip of somebody who listens makes of a floor: pure."""

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from eqboard.accounts.access import BARGE_IN, MONITOR_ONLY, SPY, WHISPER, Grant, Rights
from eqboard.control.catalogue.order import CallRef
from eqboard.control.monitors.ears import Hearing, call_from, ears_of
from eqboard.floor.snapshot import AgentState, LineState
from tests.boards.painting import floor_of
from tests.builders import HOSTILE_TEXTS, NOON, agent, ago, claim, line, line_call, snapshot

TALKS = AgentState.ON_CALL

LISTENS = claim("rings:301", subject="agent:7", action=SPY, user_id=1)
LEADS = Rights(frozenset({Grant(frozenset({"500"}), MONITOR_ONLY)}))
CALL = line_call(
    "9.1", channel="SIP/301-1", caller_number="301", connected_number="207", answered_at=ago(-5), direction="internal"
)


def floor_with(*calls, asked_at=NOON, claims=(LISTENS,), one=None):
    lines = [line("301", calls=calls, asked_at=asked_at)]
    shown = snapshot(agents=[one or agent(7, state=TALKS)], lines=lines)
    return floor_of(shown, claims={each.slot: each for each in claims})


def ear(floor, user_id=1, rights=LEADS):
    [one] = ears_of(floor, user_id, rights)
    return one


@pytest.mark.parametrize(
    ("calls", "asked_at", "hearing", "since"),
    [
        ((), NOON, Hearing.CALLING, None),
        (
            (
                line_call(
                    "9.1", channel="SIP/301-1", state=LineState.RINGING, caller_number="301", connected_number="207"
                ),
            ),
            NOON,
            Hearing.RINGING,
            None,
        ),
        ((CALL,), NOON, Hearing.LISTENING, ago(-5)),
        ((CALL,), ago(1), Hearing.CALLING, None),
        ((CALL,), None, Hearing.CALLING, None),
        ((line_call("9.1", caller_number="301", connected_number="208"),), NOON, Hearing.CALLING, None),
        ((line_call("9.1", caller_number="302", connected_number="207"),), NOON, Hearing.CALLING, None),
    ],
    ids=["nothing", "rings", "up", "read before", "never read", "to another", "from another"],
)
def test_a_call_from_ones_telephone_to_theirs_tells_how_far_it_is(calls, asked_at, hearing, since):
    one = ear(floor_with(*calls, asked_at=asked_at))
    assert (one.hearing, one.since) == (hearing, since)


def test_whoever_went_over_to_another_way_listens_so_since_then():
    later = claim("rings:301", subject="agent:7", action=WHISPER, since=ago(-60), until=ago(-90))
    assert ear(floor_with(CALL, asked_at=ago(-61), claims=[later])).since == ago(-60)


def test_a_line_that_nobody_reads_is_one_that_is_being_called():
    floor = floor_of(snapshot(agents=[agent(7)]), claims={LISTENS.slot: LISTENS})
    assert ear(floor).hearing is Hearing.CALLING


def test_nobody_else_has_it():
    assert ears_of(floor_with(CALL), 2, LEADS) == []


def test_of_an_agent_who_has_left_the_floor_there_is_no_strip():
    assert ears_of(floor_with(CALL, one=agent(8)), 1, LEADS) == []


def test_other_claims_of_ones_own_are_no_listening():
    assert ears_of(floor_with(claims=[claim("agent:7"), claim("stop:301"), claim("next:rings:301")]), 1, LEADS) == []


def test_who_else_listens_there_is_named_once():
    others = [
        claim("rings:302", subject="agent:7", action=SPY, user_id=2, who="Avi"),
        claim("rings:303", subject="agent:7", action=WHISPER, user_id=2, who="Avi"),
        claim("rings:304", subject="agent:8", action=SPY, user_id=3, who="Bo"),
        claim("rings:305", subject="agent:7", action=SPY, user_id=1, who="Dana"),
    ]
    first, _second = ears_of(floor_with(CALL, claims=[LISTENS, *others]), 1, LEADS)
    assert first.others == ("Avi",)


@pytest.mark.parametrize(
    ("slot", "user_id", "expected"),
    [("stop:301", 1, "monitor.stop"), ("next:rings:301", 1, WHISPER), ("next:rings:301", 2, ""), ("stop:302", 1, "")],
)
def test_what_is_on_its_way_is_known(slot, user_id, expected):
    action = "monitor.stop" if slot.startswith("stop") else WHISPER
    coming = claim(slot, subject="agent:7", action=action, user_id=user_id)
    assert ear(floor_with(CALL, claims=[LISTENS, coming])).next_action == expected


def test_only_the_ways_that_one_may_are_there():
    only_spy = Rights(frozenset({Grant(frozenset({"500"}), frozenset({SPY}))}))
    assert ear(floor_with(CALL), rights=only_spy).ways == (SPY,)
    assert ear(floor_with(CALL)).ways == (SPY, WHISPER, BARGE_IN)
    assert ear(floor_with(CALL), rights=Rights()).ways == ()  # and it can be stopped all the same


def test_the_call_of_ones_own_listening_is_found_for_a_change():
    assert call_from(floor_with(CALL), 1, "301") == CallRef("9.1", "9.1", "SIP/301-1", "301", CALL.other_channel)
    assert call_from(floor_with(CALL), 2, "301") is None
    assert call_from(floor_with(CALL), 1, "302") is None
    assert call_from(floor_with(), 1, "301") is None
    nameless = line_call("9.1", channel=None, caller_number="301", connected_number="207")
    assert call_from(floor_with(nameless), 1, "301") is None


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_name_in_the_strip_is_text(name):
    one = ear(floor_with(CALL, one=agent(7, name=name, state=TALKS)))
    page = BeautifulSoup(render_to_string("control/listening_ears.html", {"ears": [one]}), "html.parser")
    assert not page.find_all(["script", "img"])
    assert all(set(each.attrs) <= ATTRIBUTES for each in page.select("button"))


ATTRIBUTES = {
    *("id", "type", "class", "data-ear-post", "data-extension", "aria-pressed", "aria-label"),
    *("aria-disabled", "title"),
}
