"""Callers who are sent to a telephone, in a closed loop: they arrive, or are lost, and the board shows each step."""

from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from eqboard.boards.ready import SPECS
from eqboard.boards.spec import MaskedNumbers
from eqboard.control.audit import write_down
from eqboard.control.doing import attempt
from eqboard.control.models import AuditEntry, Step
from eqboard.simulator.scenario import NEVER, Scenario
from eqboard.simulator.switch import transfers
from eqboard.simulator.switch.parties import Place
from tests.boards.shelves import board
from tests.cast import static_files_are_not_collected
from tests.control.closed_loop import hand_of, patient, running
from tests.control.conftest import settled, signed_in, steps
from tests.control.test_refusals import said, state, url_of

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

NAME = "Grace Hopper"
ARRIVES = ["asked", "accepted", "confirmed"]


@pytest.fixture
def config(monkeypatch, redis_url):
    yield from patient(monkeypatch, redis_url)


@pytest.fixture
async def site(request, config, redis_url, monkeypatch):
    """The parameter changes the scenario."""
    monkeypatch.setattr(transfers, "RING_SECONDS", 1.0)
    async with running(config, redis_url, monkeypatch, **getattr(request, "param", {})) as site:
        yield site


def a_caller(site, queue="500"):
    return site.world.place_call(queue, name=NAME, number="5550103")


def a_parked_caller(site):
    """Whom agent 1 answered, and parked."""
    call = a_caller(site)
    site.bring_in(1)
    site.world.tick(1)
    site.world.switch.parking.park(call)
    assert call.place is Place.PARKED
    return call


async def pressed(client, hand, destination="301"):
    return await client.post(hand["hx-get"], {"destination": destination})


async def without_left() -> list[str]:
    """A telephone that is answered at once may have it that nobody saw the caller on their way."""
    return [step for step in await steps() if step != "left"]


async def test_a_stolen_caller_arrives(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    answer = await pressed(client, await hand_of(client, NAME))
    await settled()
    assert await without_left() == ARRIVES
    assert call.place is Place.REACHED
    shown = await client.get(url_of(answer))
    assert (state(shown), said(shown)) == ("confirmed", f"{NAME} has arrived.")
    assert NAME not in (await client.get("/boards/lead/")).text.split('id="waiting"')[1].split("</ul>")[0]


async def test_a_caller_is_stolen_to_an_agent_who_then_has_them(site, cast):
    a_caller(site, "501")
    site.bring_in(1)
    client = await signed_in(cast.lead)
    await pressed(client, await hand_of(client, NAME), "201")
    await settled()
    assert await without_left() == ARRIVES


@pytest.mark.parametrize("site", [{"no_answer_share": 1.0}], indirect=True)
async def test_a_caller_whom_nobody_answers_has_left_and_is_lost(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    answer = await pressed(client, await hand_of(client, NAME))
    await settled()
    assert await steps() == ["asked", "accepted", "left", "lost"]
    assert call.place is Place.GONE
    told = said(await client.get(url_of(answer)))
    assert told.startswith(f"{NAME} is lost")
    assert told.endswith("Call them back: 5550103.")


@pytest.mark.parametrize("site", [{"no_answer_share": 1.0}], indirect=True)
async def test_a_database_that_is_started_anew_while_they_are_on_their_way_hears_of_the_end(site, cast, monkeypatch):
    def write_and_break(doer, action, thing, step, *told, **more):
        write_down(doer, action, thing, step, *told, **more)
        if step == Step.LEFT:
            connection.connection.close()  # as from the other side

    monkeypatch.setattr(attempt, "write_down", write_and_break)
    a_caller(site)
    client = await signed_in(cast.lead)
    await pressed(client, await hand_of(client, NAME))
    await settled()
    assert await steps() == ["asked", "accepted", "left", "lost"]


async def test_a_caller_who_is_answered_before_the_press_stays_where_they_are(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    hand = await hand_of(client, NAME)
    site.bring_in(1)
    site.world.tick(1)
    assert call.place is Place.TALKING
    answer = await pressed(client, hand)  # the board may not know it yet, and EQ does
    assert state(answer) == "refused"
    assert call.place is Place.TALKING
    assert "accepted" not in await steps()


async def test_a_caller_who_hung_up_before_the_press_is_told_to_be_gone(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    hand = await hand_of(client, NAME)
    site.world.hang_up(call.unique_id)
    answer = await pressed(client, hand)
    assert state(answer) == "refused"
    assert "Nothing was sent" in said(answer) or "nothing was sent" in said(answer)


async def test_a_busy_telephone_is_not_sent_to(site, cast):
    call = a_caller(site)
    site.world.telephony.extension_action("301", "dial", "", "0900123456")
    site.world.tick(1)
    client = await signed_in(cast.lead)
    answer = await pressed(client, await hand_of(client, NAME))
    assert said(answer).startswith("Extension 301 is busy")
    assert call.place is Place.WAITING


async def test_an_extension_that_eq_does_not_know_is_not_sent_to(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    answer = await pressed(client, await hand_of(client, NAME), "9999")
    assert said(answer).startswith("EQ knows no extension 9999")
    assert call.place is Place.WAITING


@pytest.mark.parametrize(
    "site", [{"renamed_share": 0.0}, {"renamed_share": 1.0}], ids=["same id", "other id"], indirect=True
)
async def test_a_parked_caller_arrives_also_under_another_unique_id(site, cast):
    """An older switch renames whom it parks and whom it gives back (contract §4)."""
    call = a_parked_caller(site)
    seen_as = call.unique_id
    client = await signed_in(cast.lead)
    await pressed(client, await hand_of(client, NAME, within="li.parked"))
    await settled()
    assert await without_left() == ARRIVES
    assert call.place is Place.REACHED
    assert (call.unique_id == seen_as) is (site.world.scenario.renamed_share == 0)


async def test_a_parked_caller_whom_nobody_answers_is_lost(site, cast, monkeypatch):
    a_parked_caller(site)
    monkeypatch.setattr(Scenario, "draw_pick_up", lambda *_: NEVER)
    client = await signed_in(cast.lead)
    await pressed(client, await hand_of(client, NAME, within="li.parked"))
    await settled()
    assert await steps() == ["asked", "accepted", "left", "lost"]


@pytest.mark.parametrize("site", [{"renamed_share": 1.0}], indirect=True)
async def test_where_a_caller_is_who_was_parked_meanwhile_is_told_under_the_other_unique_id(site, cast):
    call = a_caller(site)
    client = await signed_in(cast.lead)
    hand = await hand_of(client, NAME)
    site.bring_in(1)
    site.world.tick(1)
    site.world.switch.parking.park(call)
    await hand_of(client, NAME, within="li.parked")
    answer = await pressed(client, hand)
    assert said(answer).startswith(f"{NAME} is in another place by now")
    assert call.place is Place.PARKED
    entry = await AuditEntry.objects.alast()
    assert (entry.action, entry.step, entry.target_name) == ("call.steal", "refused", NAME)


async def test_on_a_masked_board_the_hand_works_too(site, cast):
    call = a_caller(site)
    spec = replace(SPECS["lead"], numbers=MaskedNumbers.HIDDEN, hides_names=True)
    masked = await sync_to_async(board)("Masked", cast.front, spec)
    client = await signed_in(cast.lead)
    hand = await hand_of(client, "Unknown caller", ref=str(masked.pk))
    assert call.channel not in (await client.get(f"/boards/{masked.pk}/")).text
    await pressed(client, hand)
    await settled()
    assert await without_left() == ARRIVES
    assert call.place is Place.REACHED
