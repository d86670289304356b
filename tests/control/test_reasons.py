"""A policy may demand a reason: it is asked for in a dialog, nothing is lost meanwhile, and it is kept."""

import pytest
from bs4 import BeautifulSoup

from eqboard.config import Config, ConfigError, get_config
from eqboard.control.models import AuditEntry
from tests.cast import configured, static_files_are_not_collected
from tests.control.conftest import signed_in, steps
from tests.control.test_refusals import state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]


@pytest.fixture
def config(monkeypatch, redis_url):
    """Pausing needs a reason here."""
    yield from configured(monkeypatch, redis_url=redis_url, reason_for="agent.pause, monitor.spy")


async def test_the_reason_is_asked_for_and_what_was_filled_in_goes_along(cast, floor, exchange):
    client = await signed_in(cast.lead)
    answer = await client.post("/agents/7/pause/", {"pause_code": "2"}, headers={"HX-Target": "mark-agent-7"})
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


@pytest.mark.parametrize("reason", ["   ", "\u200b", "\0\u202e"], ids=["blanks", "of no width", "controls"])
async def test_what_nobody_can_see_is_no_reason(cast, floor, exchange, reason):
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", {"reason": reason})
    assert answer["HX-Retarget"] == "#dialog-body"
    assert not exchange.asked


async def test_what_is_not_named_needs_none(cast, floor, exchange):
    answer = await (await signed_in(cast.lead)).post("/agents/7/resume/")
    assert state(answer) == "accepted"


async def test_nobody_is_asked_why_who_may_not_do_it(cast, floor, exchange):
    answer = await (await signed_in(cast.viewer)).post("/agents/7/pause/")
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert await steps() == ["denied"]


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
