"""A policy may demand a reason: it is asked for in a dialog, nothing is lost meanwhile, and it is kept."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from eqboard.accounts.rights import arights_of
from eqboard.config import Config, ConfigError, get_config
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.action import nothing
from eqboard.control.catalogue.order import Stand
from eqboard.control.doing.attempt import Actor, Attempt, Target
from eqboard.control.doing.perform import perform
from eqboard.control.models import AuditEntry
from eqboard.control.words import sentence
from eqboard.floor.snapshot import Part
from tests.builders import source
from tests.cast import configured, publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, a_floor, signed_in, steps
from tests.control.test_actions import an_order
from tests.control.test_refusals import state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]


@pytest.fixture
def config(monkeypatch, redis_url):
    """Pausing needs a reason here."""
    yield from configured(monkeypatch, redis_url=redis_url, reason_for="agent.pause, monitor.spy")


async def test_the_reason_is_asked_for_and_what_was_filled_in_goes_along(cast, floor, exchange):
    client = await signed_in(cast.lead)
    answer = await client.post(
        "/agents/7/pause/", EVERYWHERE | {"pause_code": "2"}, headers={"HX-Target": "mark-agent-7"}
    )
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#dialog-body", "innerHTML")
    form = BeautifulSoup(answer.text, "html.parser").form
    assert (form["hx-post"], form["hx-target"]) == ("/agents/7/pause/", "#mark-agent-7")
    sent = {each["name"]: each.get("value") for each in form.select("input")}
    assert sent["pause_code"] == "2"
    assert sent["reason"] is None
    assert not exchange.asked
    assert not await AuditEntry.objects.aexists()
    answer = await client.post("/agents/7/pause/", {**sent, "reason": " Called to the front desk "})
    assert state(answer) == "accepted"
    assert exchange.asked == [{"action": "pause", "options": '{"agent":7,"pauseCode":2}'}]
    assert {entry.reason async for entry in AuditEntry.objects.all()} == {"Called to the front desk"}


UNSEEN = ["   ", "\u200b", "\0\u202e", "\u3164", "\u2800", "\u115f\u1160\uffa0", "\u200d", "\ufe0f", "…", "-", "🙂"]


@pytest.mark.parametrize("reason", UNSEEN, ids=ascii)
async def test_what_nobody_can_see_or_has_no_letter_is_no_reason(cast, floor, exchange, reason):
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | {"reason": reason})
    assert answer["HX-Retarget"] == "#dialog-body"
    assert not exchange.asked


async def test_what_is_not_named_needs_none(cast, floor, exchange):
    answer = await (await signed_in(cast.lead)).post("/agents/7/sign-out/", EVERYWHERE)
    assert state(answer) == "accepted"


async def test_nobody_is_asked_why_who_may_not_do_it(cast, floor, exchange):
    answer = await (await signed_in(cast.viewer)).post("/agents/7/pause/", EVERYWHERE)
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert await steps() == ["denied"]


def needs(monkeypatch, *actions: str) -> None:
    """From now on each of these needs a reason."""
    monkeypatch.setenv("EQBOARD_REASON_FOR", ",".join(actions))
    get_config.cache_clear()


@pytest.mark.parametrize("action", sorted(each for each in CATALOGUE if CATALOGUE[each].right))
async def test_without_one_nothing_is_sent_whoever_asks_for_it(cast, redis_url, exchange, monkeypatch, action):
    """Views ask for it earlier: this is what they cannot forget."""
    needs(monkeypatch, CATALOGUE[action].right)
    await publish(
        redis_url, a_floor(sources=[source(each, taken_at=datetime.now(UTC), every_seconds=60) for each in Part])
    )
    action_without_obstacle = replace(CATALOGUE[action], obstacle=nothing)
    monkeypatch.setitem(CATALOGUE, action, action_without_obstacle)
    actor = Actor(cast.admin, await arights_of(cast.admin), None)
    order = replace(an_order(action), stood=(Stand("500"),))
    target = Target("agent-7", "Ana Ruiz", ("500",), "agent:7", "agent:7", 7)
    for reason, told in (("", [("refused", "NoReason")]), ("Drill", [("asked", None)])):
        attempt = Attempt(uuid.uuid4(), actor, order, target, reason)
        await perform(attempt)
        entries = AuditEntry.objects.filter(attempt=attempt.id)
        assert [(each.step, each.details.get("error")) async for each in entries][:1] == told
        assert exchange.was_asked.is_set() is bool(reason)


async def test_a_press_without_one_is_told_what_is_missing(cast, floor, exchange):
    entry = AuditEntry(action="agent.pause", step="refused", details={"error": "NoReason"}, target_name="Ana Ruiz")
    assert "Here this needs a reason, so nothing was sent for " in sentence(entry)


UNDO_REASONS = [
    (("agent.pause", "agent.resume"), "Front desk", "Front desk"),
    (("agent.resume",), "", "undo"),
    ((), "", ""),
]


@pytest.mark.parametrize(("policy", "given", "kept"), UNDO_REASONS)
async def test_an_undo_carries_the_reason_of_what_it_undoes(cast, floor, exchange, monkeypatch, policy, given, kept):
    """It belongs to that press, of seconds before; where that needed none, it says what it is."""
    needs(monkeypatch, *policy)
    client = await signed_in(cast.lead)
    done = await client.post("/agents/7/pause/", EVERYWHERE | {"reason": given})
    undo = BeautifulSoup(done.text, "html.parser").select_one("button.undo")["hx-post"]
    assert state(await client.post(undo)) == "accepted"
    assert {each.reason async for each in AuditEntry.objects.filter(action="agent.undo_pause")} == {kept}


async def test_so_it_does_for_several(cast, floor, exchange, monkeypatch):
    needs(monkeypatch, "agent.resume")
    client = await signed_in(cast.lead)
    done = await client.post("/agents/together/pause/", EVERYWHERE | {"agent": [7]})
    button = BeautifulSoup(done.text, "html.parser").select_one("button.undo")
    await client.post(button["hx-post"], {"agent": [7]})
    undone = [each async for each in AuditEntry.objects.filter(action="agent.undo_pause")]
    assert [(each.step, each.reason) for each in undone] == [("asked", "undo"), ("accepted", "undo")]


def test_a_policy_that_names_no_action_is_told_with_those_that_there_are(monkeypatch):
    monkeypatch.setenv("EQBOARD_REASON_FOR", "agent.pause,target.change")
    get_config.cache_clear()
    with pytest.raises(
        ConfigError, match=r"EQBOARD_REASON_FOR is wrong: names something that is no action; these are: agent\.pause, "
    ):
        get_config()
    monkeypatch.undo()
    get_config.cache_clear()
    assert isinstance(get_config(), Config)
