"""Listening in: who may not, where it is not there, how it may not be asked; and what the strip makes of a floor."""

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.accounts import seats
from eqboard.accounts.access import BARGE_IN, MONITOR_ONLY, SPY, WHISPER
from eqboard.accounts.models import Membership, Role, Seat
from eqboard.control.models import Step
from eqboard.floor.snapshot import AgentState, Part
from tests.builders import HOSTILE_TEXTS, agent, membership, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import a_floor, last_entry, signed_in, steps
from tests.control.test_refusals import nothing_happened, said, state
from tests.control.written import write

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

WAYS = {"spy": SPY, "whisper": WHISPER, "barge-in": BARGE_IN}
TALKS = AgentState.ON_CALL
BUSY = (
    agent(7, state=TALKS),
    agent(8, name="Bea", state=TALKS, memberships=(membership(), membership("502", queue_name="Complaints"))),
    agent(9, name="Max", state=TALKS, memberships=(membership("502"),)),
)


@pytest.fixture
async def busy(config, redis_url):
    """Everybody is on a call."""
    await publish(redis_url, a_floor(*BUSY))


async def seated(user, extension="301"):
    await sync_to_async(seats.choose_extension)(user, extension)
    return await signed_in(user)


# Who may


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("busy")
async def test_a_viewer_is_refused_and_that_is_written_down(cast, exchange, way):
    answer = await (await seated(cast.viewer)).post(f"/agents/7/{way}/")
    assert (answer.status_code, state(answer)) == (403, "denied")
    entry = await last_entry()
    assert (entry.step, entry.action, entry.target, entry.queues) == ("denied", WAYS[way], "agent-7", ",500,")
    assert not exchange.asked


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("busy")
async def test_a_viewer_without_a_telephone_is_refused_and_not_asked_for_one(cast, exchange, way):
    answer = await (await signed_in(cast.viewer)).post(f"/agents/7/{way}/")
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert "HX-Retarget" not in answer
    assert await steps() == ["denied"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("busy")
async def test_each_way_has_a_right_of_its_own(cast, exchange, way):
    """Whoever may listen in the two other ways may not in this one."""
    role = await Role.objects.acreate(name="Others", actions=sorted(MONITOR_ONLY - {WAYS[way]}))
    await Membership.objects.filter(user=cast.lead).aupdate(role=role)
    answer = await (await seated(cast.lead)).post(f"/agents/7/{way}/")
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert not exchange.asked


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("busy")
async def test_an_agent_who_also_serves_another_teams_queue_is_not_ones_own(cast, exchange, way):
    answer = await (await seated(cast.lead)).post(f"/agents/8/{way}/")
    assert answer.status_code == 403
    assert "queues of other teams" in said(answer)
    assert (await last_entry()).step == "denied"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("agent_id", [9, 99])
@pytest.mark.usefixtures("busy")
async def test_another_teams_agent_is_as_if_they_were_not_there(cast, exchange, way, agent_id):
    answer = await (await seated(cast.lead)).post(f"/agents/{agent_id}/{way}/")
    assert answer.status_code == 404
    assert "not on your board" in said(answer)
    assert (await steps(), (await last_entry()).target_name, exchange.asked) == (["denied"], f"#{agent_id}", [])


ADDRESSES = ("/agents/7/spy/", "/agents/7/whisper/", "/agents/7/barge-in/", "/monitoring/stop/")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.usefixtures("busy")
async def test_only_a_post_is_a_press(cast, exchange, address):
    client = await seated(cast.lead)
    assert (await client.get(address)).status_code == 405
    assert (await client.put(address)).status_code == 405
    assert (await client.post("/monitoring/")).status_code == 405
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.usefixtures("busy")
async def test_a_stranger_is_sent_to_the_sign_in(db, exchange, address):
    page = await AsyncClient().post(address, headers={"HX-Request": "true"})
    assert (page.status_code, page["HX-Redirect"]) == (401, "/sign-in/")
    assert (await AsyncClient().get("/monitoring/", headers={"HX-Request": "true"})).status_code == 401
    assert (await AsyncClient().get("/monitoring/")).status_code == 302
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.usefixtures("busy")
async def test_a_press_without_the_pages_own_token_is_none(cast, exchange, address):
    client = await signed_in(cast.lead, enforce_csrf_checks=True)
    assert (await client.post(address, {"extension": "301"})).status_code == 403
    assert await nothing_happened(exchange)


# What cannot be


async def test_an_old_floor_does_not_know_who_talks(cast, config, exchange, redis_url):
    old = source(Part.AGENTS, taken_at=datetime.now(UTC) - timedelta(minutes=5))
    await publish(redis_url, a_floor(*BUSY, sources=[old]))
    answer = await (await seated(cast.lead)).post("/agents/7/spy/")
    assert "could not see the floor, so nothing was sent" in said(answer)
    assert (await steps(), (await last_entry()).details["error"], exchange.asked) == (["refused"], "Blind", [])


async def test_without_redis_nothing_is_sent(cast, busy, exchange, redis_server):
    client = await seated(cast.lead)
    await client.get("/monitoring/")
    redis_server.stop()
    assert state(await client.post("/agents/7/spy/")) == "refused"
    assert state(await client.post("/monitoring/stop/", {"extension": "301"})) == "refused"
    assert not exchange.asked


async def test_an_agent_who_sits_nowhere_cannot_be_heard(cast, config, exchange, redis_url):
    await publish(redis_url, a_floor(agent(7, state=TALKS, extension=None)))
    answer = await (await seated(cast.lead)).post("/agents/7/spy/")
    assert answer.status_code == 422
    assert said(answer).startswith("EQ does not tell at which extension Ana Ruiz is")
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("way", WAYS)
async def test_somebody_who_is_not_on_a_call_is_told_so_before_a_telephone_is_asked_for(cast, floor, exchange, way):
    answer = await (await signed_in(cast.lead)).post(f"/agents/7/{way}/")
    assert said(answer) == "There is no call at Ana Ruiz now, so nothing was sent."
    assert await steps() == ["refused"]
    assert not exchange.asked


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS[:-1], "3" * 21, "-1", "٣٠١"])
@pytest.mark.usefixtures("busy")
async def test_what_is_no_extension_comes_back_in_the_form(cast, exchange, text):
    answer = await (await seated(cast.lead)).post("/agents/7/spy/", {"extension": text})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog-body")
    form = BeautifulSoup(answer.text, "html.parser").form
    assert form.select_one(".outcome .sentence").text
    assert form.select_one("[name=extension]")["value"].strip() == text.replace("\x00", "").strip() or "\x00" in text
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("extension", [None, "", "301", "999", "x" * 500])
@pytest.mark.usefixtures("busy")
async def test_there_is_nothing_to_stop_where_nobody_listens(cast, exchange, extension):
    form = {} if extension is None else {"extension": extension}
    answer = await (await seated(cast.lead)).post("/monitoring/stop/", form)
    assert answer.status_code == 404
    assert await nothing_happened(exchange)


# The strip


async def told(client, *attempts):
    return (await client.get("/monitoring/", {"attempt": list(attempts)})).json()


@pytest.mark.usefixtures("busy")
async def test_whoever_does_not_listen_is_told_nothing(cast, exchange):
    shown = await told(await seated(cast.lead))
    assert (shown["attempts"], shown["ears"], shown["news"]) == ([], "", "")
    assert abs(shown["now"] - datetime.now(UTC).timestamp()) < 60


@pytest.mark.parametrize("named", ["", "x", "../..", str(uuid.UUID(int=7)), "0" * 5000])
@pytest.mark.usefixtures("busy")
async def test_of_an_attempt_that_there_is_not_nothing_is_told(cast, exchange, named):
    shown = await told(await seated(cast.lead), named)
    assert (shown["attempts"], shown["news"]) == ([], "")


@pytest.mark.usefixtures("busy")
@pytest.mark.usefixtures("busy")
async def test_nobody_listens_from_somebody_elses_telephone(cast, exchange):
    """It would ring there, and whoever picks up would hear a customer."""
    await sync_to_async(seats.choose_extension)(cast.viewer, "302")
    answer = await (await seated(cast.lead)).post("/agents/7/spy/", {"extension": "302"})
    assert (answer.status_code, said(answer)) == (
        422,
        "302 is somebody else's telephone, so nothing was sent. Listen from your own.",
    )
    assert not exchange.asked


HEARD = (
    "An agent is signed in at 209, and whoever picks up there would hear the call, so nothing was sent. "
    "Listen from your own telephone; if it is this one, ask an administrator to confirm it."
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("own", ["", "209", "301"])
@pytest.mark.usefixtures("busy")
async def test_nobody_listens_from_an_agents_telephone_which_is_only_said_to_be_ones_own(cast, exchange, way, own):
    answer = await (await seated(cast.lead, own)).post(f"/agents/7/{way}/", {"extension": "209"})
    assert (answer.status_code, said(answer)) == (422, HEARD)
    assert (await sync_to_async(seats.seat_of)(cast.lead.pk)).extension == own
    assert await nothing_happened(exchange)


@pytest.mark.usefixtures("busy")
async def test_nor_from_the_one_that_is_remembered(cast, exchange):
    answer = await (await seated(cast.lead, "209")).post("/agents/7/spy/")
    assert (answer.status_code, said(answer)) == (422, HEARD)
    assert await nothing_happened(exchange)


async def test_who_sits_there_in_truth_listens_from_there(cast, exchange, redis_url):
    """A lead who is an agent too, of another team."""
    await publish(redis_url, a_floor(*BUSY))
    client = await seated(cast.lead, "209")
    await Seat.objects.filter(user=cast.lead).aupdate(is_confirmed=True)
    exchange.answer = httpx.Response(200, json=[])
    assert state(await client.post("/agents/7/spy/")) == "accepted"


async def test_who_may_dial_at_an_agents_telephone_may_listen_from_it(cast, exchange, redis_url):
    await publish(redis_url, a_floor(*BUSY, agent(6, name="Flo")))
    exchange.answer = httpx.Response(200, json=[])
    answer = await (await seated(cast.lead)).post("/agents/7/spy/", {"extension": "206"})
    assert state(answer) == "accepted"


async def test_from_the_telephone_of_an_agent_who_has_signed_out_it_only_rings(cast, exchange, redis_url):
    away = agent(9, name="Max", state=AgentState.SIGNED_OUT, memberships=())
    await publish(redis_url, a_floor(*BUSY, away))
    exchange.answer = httpx.Response(200, json=[])
    assert state(await (await seated(cast.lead, "209")).post("/agents/7/spy/")) == "accepted"


@pytest.mark.usefixtures("busy")
async def test_who_may_not_listen_is_told_that_and_not_who_sits_where(cast, exchange):
    answer = await (await seated(cast.viewer, "209")).post("/agents/7/spy/")
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert await steps() == ["denied"]


async def test_what_is_no_listening_is_not_told_in_the_strip(cast, exchange):
    attempt = await sync_to_async(write)(cast.lead, Step.ASKED, action="call.steal", at=datetime.now(UTC))
    assert (await told(await seated(cast.lead), str(attempt)))["attempts"] == []


async def test_nobody_is_told_of_somebody_elses_attempt(cast, exchange):
    attempt = await sync_to_async(write)(cast.supervisor, Step.ASKED, action=SPY, at=datetime.now(UTC))
    assert (await told(await seated(cast.lead), str(attempt)))["attempts"] == []
    assert (await told(await signed_in(cast.supervisor), str(attempt)))["attempts"] == [str(attempt)]


@pytest.mark.parametrize(
    ("written", "sentence", "goes_on"),
    [
        ((Step.ASKED,), "Asking EQ…", True),
        ((Step.ASKED, Step.ACCEPTED), "Calling your telephone…", True),
        ((Step.ASKED, Step.ACCEPTED, Step.CONFIRMED), "eqboard has lost sight of your listening to Dina Sol", True),
        (
            ((Step.ENDED, {"seconds": 133, "how": "hung_up"}),),
            "The listening to Dina Sol is over; it lasted 2:13.",
            False,
        ),
        (((Step.ENDED, {"how": "unattended"}),), "The listening to Dina Sol is over.", False),
        (((Step.ENDED, {"seconds": 9, "how": "switched"}),), "", False),
        (((Step.NOT_SEEN, {"seen": "unanswered"}),), "Your telephone rang, and nobody picked it up.", False),
        (((Step.NOT_SEEN, {"seen": "unchanged"}),), "EQ accepted, but your telephone does not ring", False),
        (((Step.REFUSED, {"error": "Busy", "where": "301"}),), "Extension 301 is busy", False),
    ],
)
@pytest.mark.usefixtures("busy")
async def test_what_became_of_an_attempt_is_told_until_it_is_over(cast, exchange, written, sentence, goes_on):
    attempt = await sync_to_async(write)(cast.lead, *written, action=SPY, at=datetime.now(UTC))
    shown = await told(await seated(cast.lead), str(attempt))
    assert shown["attempts"] == ([str(attempt)] if goes_on else [])
    piece, other = (shown["ears"], shown["news"]) if goes_on else (shown["news"], shown["ears"])
    assert BeautifulSoup(piece, "html.parser").text.strip().startswith(sentence)
    assert other == ""


@pytest.mark.usefixtures("busy")
async def test_that_one_has_stopped_is_told_by_the_listening_that_is_over(cast, exchange):
    attempt = await sync_to_async(write)(cast.lead, Step.ASKED, Step.CONFIRMED, action="monitor.stop")
    shown = await told(await seated(cast.lead), str(attempt))
    assert (shown["attempts"], shown["ears"], shown["news"]) == ([], "", "")


async def test_a_page_names_few_attempts(cast, busy, exchange):
    many = [await sync_to_async(write)(cast.lead, Step.ASKED, action=SPY, at=datetime.now(UTC)) for _ in range(12)]
    assert len((await told(await seated(cast.lead), *map(str, many)))["attempts"]) == 8


async def test_every_page_of_somebody_signed_in_has_the_place_for_it(cast, busy):
    client = await signed_in(cast.lead)
    for address in ("/", "/boards/", "/seat/", "/audit/", "/targets/", "/password/"):
        page = BeautifulSoup((await client.get(address)).text, "html.parser")
        assert page.find(id="monitoring").has_attr("hidden"), address
        assert page.select("script[src*=monitoring]"), address


@pytest.mark.parametrize("address", ["/sign-in/", "/tv/"])
async def test_no_page_of_a_stranger_and_no_wall_has_one(db, busy, address):
    page = BeautifulSoup((await AsyncClient().get(address)).text, "html.parser")
    assert page.find(id="monitoring") is None


async def test_a_wall_that_somebody_opened_has_none(cast, busy):
    page = BeautifulSoup((await (await signed_in(cast.lead)).get("/tv/")).text, "html.parser")
    assert page.select_one("#wall")
    assert page.find(id="monitoring") is None
