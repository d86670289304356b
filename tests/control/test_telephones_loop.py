"""The hands on a telephone in a closed loop: the panel, EQ, the poller, and what became of it."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag

from eqboard.control.doing import vigil
from eqboard.control.models import AuditEntry
from eqboard.simulator.scenario import NEVER, Scenario
from eqboard.simulator.switch import transfers
from eqboard.simulator.switch.parties import Place
from tests.cast import static_files_are_not_collected
from tests.control.closed_loop import running
from tests.control.conftest import last_entry, settled, signed_in, steps
from tests.control.test_refusals import said, url_of

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

NAME = "Grace Hopper"
PATIENCE_SECONDS = 20.0
HAPPENED = ["asked", "accepted", "confirmed"]


@pytest.fixture
async def site(request, config, redis_url, monkeypatch):
    """Agent 1 talks with Grace Hopper. The parameter changes the scenario."""
    monkeypatch.setattr(vigil, "NOWHERE_FOR", timedelta(seconds=0.5))
    async with running(config, redis_url, monkeypatch, **getattr(request, "param", {})) as site:
        site.world.place_call("500", name=NAME, number="5550103")
        site.bring_in(1)
        site.world.tick(1)
        yield site


def extension_of(site, agent_id: int = 1) -> str:
    return site.world.directory.live_agent(agent_id).extension


def caller(site):
    return next(iter(site.world.switch.calls.values()))


async def shown(client, is_so: Callable[[BeautifulSoup], object], path: str = "/agents/1/") -> Tag:
    """The panel, renewed until it is so."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await client.get(path)
        page = BeautifulSoup(answer.text, "html.parser")
        if answer.status_code == 200 and is_so(page):
            return page
        assert time.monotonic() < give_up_at, answer.text
        await asyncio.sleep(0.02)


def hand(name: str) -> Callable[[BeautifulSoup], Tag | None]:
    """The button of the call with those words, where it can be pressed."""
    return lambda page: next(
        (each for each in page.select(".talk button:not([aria-disabled])") if each.text.strip() == name), None
    )


async def press(client, name: str, **form: str):
    button = hand(name)(await shown(client, hand(name)))
    return await client.post(button.get("hx-post") or button["hx-get"], form)


async def test_a_call_is_hung_up(site, cast):
    client = await signed_in(cast.lead)
    await press(client, "Hang up…")
    await settled()
    assert await steps() == HAPPENED
    assert not site.world.switch.calls
    await shown(client, lambda page: "No call." in page.text)


async def test_a_call_is_parked(site, cast):
    client = await signed_in(cast.lead)
    await press(client, "Park")
    await settled()
    assert await steps() == HAPPENED
    assert caller(site).place is Place.PARKED


async def test_a_call_is_transferred(site, cast):
    client = await signed_in(cast.lead)
    await press(client, "Transfer…", destination="301")
    await settled()
    assert [each for each in await steps() if each != "left"] == HAPPENED
    assert site.world.switch.lines.legs_at("301")
    assert caller(site).place is Place.REACHED


async def outcome_of_transfer(cast, destination) -> str:
    """What the mark says at last. A telephone that is answered at once may have it that nobody saw the call leave."""
    client = await signed_in(cast.lead)
    answer = await press(client, "Transfer…", destination=destination)
    await settled()
    return said(await client.get(url_of(answer)))


async def test_a_transfer_that_hangs_the_caller_up_is_no_success(site, cast):
    """As to a wrong number: "Success" all the same, and the telephone has the call no more (contract §4)."""
    told = await outcome_of_transfer(cast, "99999")
    assert not site.world.switch.calls
    assert await steps() == ["asked", "accepted", "left", "not_seen"]
    assert told.endswith("EQ does not tell whether it arrived; ask there.")


async def test_a_transfer_that_nobody_answers_is_told_as_lost(site, cast, monkeypatch):
    monkeypatch.setattr(transfers, "RING_SECONDS", 1.0)
    monkeypatch.setattr(Scenario, "draw_pick_up", lambda *_: NEVER)
    told = await outcome_of_transfer(cast, "301")
    assert not site.world.switch.calls
    assert await steps() == ["asked", "accepted", "left", "lost"]
    assert told.startswith(f"{NAME} is lost")


async def test_a_caller_who_hangs_up_instead_of_being_transferred_is_told_as_lost(site, cast, monkeypatch):
    """EQ says "Success", and nothing comes of it; then they have had enough."""
    monkeypatch.setattr(transfers.Transfers, "send", lambda self, party, _: self.end(party))
    told = await outcome_of_transfer(cast, "301")
    assert (await steps())[-1] == "lost"
    assert told.startswith(f"{NAME} is lost")


async def test_a_call_that_is_sent_into_a_queue_is_seen_there(site, cast):
    told = await outcome_of_transfer(cast, "501")
    assert (await steps())[-1] == "confirmed"
    assert told.endswith("has handed the call on: the caller waits in the queue.")
    assert caller(site).place is Place.WAITING


async def test_a_transfer_to_a_telephone_that_is_busy_is_not_sent(site, cast):
    site.world.telephony.extension_action("301", "dial", "", "302")
    site.world.tick(0.1)
    client = await signed_in(cast.lead)
    answer = await press(client, "Transfer…", destination="301")
    assert "Extension 301 is busy" in said(answer)
    assert caller(site).place is Place.TALKING


async def test_the_telephone_dials(site, cast):
    site.world.hang_up(caller(site).unique_id)
    client = await signed_in(cast.lead)
    form = (await shown(client, lambda page: page.select(".side-dial"))).select_one(".side-dial")
    await client.post(form["hx-post"], {"destination": "301"})
    await settled()
    assert await steps() == HAPPENED
    await shown(client, lambda page: "301" in page.select_one(".talks").text if page.select_one(".talks") else None)


async def test_a_recording_is_kept_begun_again_and_thrown_away(site, cast):
    """The queue records its calls by itself."""
    client = await signed_in(cast.lead)
    await press(client, "Stop recording")
    await settled()
    listed = hand("Recordings")(await shown(client, hand("Recordings")))
    assert "/var/spool/asterisk/monitor/" in (await client.get(listed["hx-get"])).text
    await press(client, "Record")
    await settled()
    await press(client, "Discard recording…")
    await settled()
    assert await steps() == 3 * HAPPENED
    assert (await client.get(listed["hx-get"])).text.count("<code") == 1


async def test_a_caller_who_was_parked_meanwhile_is_not_hung_up(site, cast):
    client = await signed_in(cast.lead)
    button = hand("Hang up…")(await shown(client, hand("Hang up…")))
    site.world.switch.parking.park(caller(site))
    answer = await client.post(button["hx-get"])
    assert "so nothing was sent" in said(answer)
    assert (await last_entry()).step == "refused"
    assert caller(site).place is Place.PARKED


@pytest.mark.parametrize("site", [{"renamed_share": 1.0}], indirect=True)
async def test_a_parked_call_is_known_by_its_channel_where_the_switch_gives_it_a_new_id(site, cast):
    client = await signed_in(cast.lead)
    before = caller(site).unique_id
    await press(client, "Park")
    await settled()
    assert await steps() == HAPPENED
    assert caller(site).unique_id != before


async def test_a_key_is_pressed_at_the_telephone(site, cast):
    client = await signed_in(cast.admin)
    path = f"/extensions/{extension_of(site)}/keys/"
    assert 'data-key="hold"' in (await client.get(path)).text
    await client.post(f"{path}cancel/")
    await settled()
    assert await steps() == ["asked", "accepted"]
    await shown(client, lambda page: "No call." in page.text)


async def test_a_telephone_that_eq_cannot_tell_has_no_picture(site, cast):
    client = await signed_in(cast.admin)
    assert "No telephone is registered here" in (await client.get("/extensions/391/keys/")).text


async def test_an_extension_that_eq_does_not_know_says_so(site, cast):
    client = await signed_in(cast.admin)
    await shown(client, lambda page: "EQ knows no such extension." in page.text, "/extensions/99999/")
    answer = await client.post("/extensions/99999/dial/", {"destination": "301"})
    assert "EQ knows no extension 99999, so nothing was sent." in said(answer)


async def test_what_was_done_at_a_telephone_stands_in_the_audit_log_with_the_call(site, cast):
    client = await signed_in(cast.lead)
    await press(client, "Hang up…")
    await settled()
    order = (await AuditEntry.objects.afirst()).details["order"]
    assert order["call"]["place"] == extension_of(site)
