"""Steal and pick up: who may, which call it is, where it goes; and what is told when it is not there any more."""

import asyncio
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient
from pydantic import SecretStr

from eqboard.accounts import access
from eqboard.accounts.models import Role, Seat
from eqboard.accounts.seats import keep_session
from eqboard.boards.handles import handle_of
from eqboard.config import get_config
from eqboard.control.doing import holding
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.models import AuditEntry
from eqboard.feed.claims import Claim
from eqboard.floor.snapshot import AgentState, Part
from tests.builders import (
    HOSTILE_TEXTS,
    NOON,
    abandoned_call,
    agent,
    caller,
    conference,
    parked_call,
    participant,
    source,
    waiting_call,
)
from tests.cast import member, publish, static_files_are_not_collected
from tests.control.conftest import begin, last_entry, settled, signed_in, steps
from tests.control.hotline import CARMEN, ONE_PARKED, a_floor, connected, with_agent
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

STEAL = f"/calls/{handle_of('1.1', CARMEN, '500')}/steal/"
PICK_UP = f"/parked/{handle_of('1.2', ONE_PARKED, '71')}/pick-up/"
BOTH = [STEAL, PICK_UP]
TO_210 = {"destination": "210"}
GONE = "This call is not on your board any more. Nothing was sent."


@pytest.fixture
async def hotline(config, monkeypatch):
    async with connected(monkeypatch) as answers:
        yield answers


@pytest.fixture
async def floor(config, redis_url):
    shown = a_floor()
    await publish(redis_url, shown)
    return shown


async def nothing_happened(hotline) -> bool:
    return not hotline.asked and not await AuditEntry.objects.aexists()


async def is_refused(hotline, answer) -> bool:
    """Written down as such, and EQ heard nothing."""
    entry = await last_entry()
    return (state(answer), entry.step, hotline.asked) == ("refused", "refused", [])


# It is done


async def test_a_waiting_caller_is_stolen_to_the_destination(cast, floor, hotline):
    answer = await (await signed_in(cast.lead)).post(STEAL, TO_210)
    assert (answer.status_code, state(answer)) == (200, "accepted")
    assert hotline.asked == [("steal_queued_call", {"channel": CARMEN.channel, "destination": "210"})]
    entry = await AuditEntry.objects.aget(step="asked")
    assert (entry.action, entry.target_name, entry.queues) == ("call.steal", "Carmen", ",500,")
    assert entry.details["order"]["call"] == {
        "key": "1.1",
        "unique_id": "1.1",
        "channel": CARMEN.channel,
        "place": "500",
    }


async def test_a_parked_caller_is_picked_up(cast, floor, hotline):
    answer = await (await signed_in(cast.lead)).post(PICK_UP, {"destination": " 210 "})
    assert (answer.status_code, state(answer)) == (200, "accepted")
    assert hotline.asked == [("pick_up_parked_call", {"channel": ONE_PARKED.channel, "destination": "210"})]
    assert (await last_entry()).queues == ",500,"


async def test_a_call_in_no_known_space_is_picked_up_all_the_same(cast, config, redis_url, hotline):
    await publish(redis_url, a_floor(parked=[parked_call("1.2", caller=ONE_PARKED, space=None)]))
    hotline.parked[0]["space"] = None
    path = f"/parked/{handle_of('1.2', ONE_PARKED, '')}/pick-up/"
    assert state(await (await signed_in(cast.lead)).post(path, TO_210)) == "accepted"


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_a_double_click_acts_once(cast, floor, hotline, path):
    client = await signed_in(cast.lead)
    form = TO_210 | {"press": "5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"}
    first, second = await client.post(path, form), await client.post(path, form)
    assert {state(first), state(second)} == {"accepted"}
    assert len(hotline.asked) == 1


async def test_a_telephone_that_merely_rings_for_them_does_not_stand_in_the_way(cast, config, redis_url, hotline):
    rings = agent(7, state=AgentState.RINGING, caller=CARMEN, call_queue="500")
    await publish(redis_url, a_floor(agents=[rings]))
    assert state(await (await signed_in(cast.lead)).post(STEAL, TO_210)) == "accepted"


# The dialog


def field_of(answer):
    return BeautifulSoup(answer.text, "html.parser").select_one("input[name=destination]")


async def test_the_dialog_names_the_call_and_asks_for_the_destination(cast, floor, hotline):
    answer = await (await signed_in(cast.lead)).get(STEAL, headers={"HX-Trigger": "call-habc-steal"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("h2").get_text(" ", strip=True) == "Steal Carmen"
    assert "Sales" in page.text
    assert page.select_one("time[data-since]")
    assert page.form["hx-target"] == "#mark-call-habc"
    assert field_of(answer)["value"] == ""
    assert page.select_one("input[name=remember]")
    assert await nothing_happened(hotline)


async def test_the_dialog_of_a_parked_call_names_its_space(cast, floor, hotline):
    page = BeautifulSoup((await (await signed_in(cast.lead)).get(PICK_UP)).text, "html.parser")
    assert page.select_one("h2").get_text(" ", strip=True) == "Pick up Pablo"
    assert "71" in page.form.p.text
    assert page.form["hx-target"] == "#notices"


@pytest.mark.parametrize("name", ["", "x", "call-1-pause", 'call-a" onx=b-steal', "call-" + 99 * "a" + "-steal"])
async def test_only_a_rows_own_button_says_where_the_mark_is(cast, floor, hotline, name):
    answer = await (await signed_in(cast.lead)).get(STEAL, headers={"HX-Trigger": name})
    assert BeautifulSoup(answer.text, "html.parser").form["hx-target"] == "#notices"


async def test_ones_own_telephone_stands_in_the_dialog(cast, floor, hotline):
    await Seat.objects.acreate(user=cast.lead, extension="210")
    answer = await (await signed_in(cast.lead)).get(STEAL)
    assert field_of(answer)["value"] == "210"
    assert "remember" not in answer.text.replace("remembered", "")


@pytest.mark.parametrize("path", BOTH)
async def test_the_dialog_says_in_whose_name_it_goes_out(cast, floor, hotline, path):
    client = await signed_in(cast.lead)

    async def name_told() -> str:
        return BeautifulSoup((await client.get(path)).text, "html.parser").select_one("#in-whose-name").text

    assert "EQ's own log does not name you" in await name_told()
    seat = await Seat.objects.acreate(user=cast.lead, eq_user=1)
    now = datetime.now(UTC)
    assert await sync_to_async(keep_session)(seat, SecretStr("a-token"), "210", now, "dana", "full")
    assert await name_told() == "It goes out in your name, whoever picks up."


async def test_it_is_told_who_sits_where_of_the_agents_whom_one_sees(cast, floor, hotline):
    answer = await (await signed_in(cast.lead)).get(STEAL)
    seats = BeautifulSoup(answer.text, "html.parser").select("datalist option")
    assert [(each["value"], each.text, each["data-state-word"].strip()) for each in seats] == [
        ("207", "Ana Ruiz", "Available"),
        ("208", "Bea", "Available"),
    ]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
async def test_hostile_names_stay_text(cast, config, redis_url, hotline, text):
    who = replace(CARMEN, name=text, channel=text)
    await publish(redis_url, a_floor(waiting=[waiting_call("1.1", caller=who)], agents=[agent(7, name=text)]))
    path = f"/calls/{handle_of('1.1', who, '500')}/steal/"
    page = BeautifulSoup((await (await signed_in(cast.lead)).get(path)).text, "html.parser")
    assert not page.select("script, img")
    assert page.form["hx-post"] == path


# The destination


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the extension"),
        ("   ", "Type the extension"),
        ("Ana", "nothing else but * and #"),
        ("2 10", "nothing else but * and #"),
        ("+34600", "nothing else but * and #"),
        ("210\n211", "nothing else but * and #"),
        ("٢١٠", "nothing else but * and #"),
        (21 * "1", "at most 20 digits"),
        ("210\0", "nothing else but * and #"),
    ],
)
async def test_what_is_no_extension_is_told_in_the_dialog(cast, floor, hotline, path, typed, sentence):
    answer = await (await signed_in(cast.lead)).post(path, {"destination": typed})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog-notices")
    assert sentence in said(answer)
    assert await nothing_happened(hotline)


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_a_busy_destination_is_not_sent_to(cast, floor, hotline, path):
    hotline.busy.add("210")
    answer = await (await signed_in(cast.lead)).post(path, TO_210)
    assert said(answer).startswith("Extension 210 is busy")
    assert await is_refused(hotline, answer)


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_an_unknown_destination_is_not_sent_to(cast, floor, hotline, path):
    hotline.unknown.add("210")
    answer = await (await signed_in(cast.lead)).post(path, TO_210)
    assert said(answer).startswith("EQ knows no extension 210")
    assert await is_refused(hotline, answer)


async def extension_of(user) -> str:
    await settled()
    return (await Seat.objects.aget(user=user)).extension


async def test_the_first_destination_is_remembered_as_ones_own_when_it_is_said_to_be(cast, floor, hotline, brief):
    client = await signed_in(cast.lead)
    await client.post(STEAL, TO_210 | {"remember": "1"})
    assert await extension_of(cast.lead) == "210"
    assert await AuditEntry.objects.filter(action="seat.extension", target_name="210").aexists()
    await client.post(PICK_UP, {"destination": "211", "remember": "1"})
    assert await extension_of(cast.lead) == "210", "another than one's own changes nothing"


async def test_a_destination_that_is_not_ones_own_is_not_remembered(cast, floor, hotline, brief):
    await (await signed_in(cast.lead)).post(STEAL, TO_210)
    await settled()
    assert not await Seat.objects.aexists()


@pytest.mark.parametrize("destination", ["*97", "299"])
async def test_what_is_no_extension_of_eq_is_not_remembered(cast, floor, hotline, brief, destination):
    hotline.unknown.add("299")
    await (await signed_in(cast.lead)).post(STEAL, {"destination": destination, "remember": "1"})
    await settled()
    assert not await Seat.objects.aexists()


async def test_nothing_is_remembered_of_a_press_that_was_not_allowed(cast, floor, hotline, brief):
    await (await signed_in(cast.viewer)).post(STEAL, TO_210 | {"remember": "1"})
    await settled()
    assert not await Seat.objects.aexists()


async def test_nothing_is_remembered_of_a_press_that_was_refused(cast, floor, hotline, brief, redis_url):
    """Over an old floor, and then by what EQ is asked first: the answer is 200 all the same, as it tells why."""
    client = await signed_in(cast.lead)
    old = {part: replace(each, taken_at=NOON) for part, each in floor.sources.items()}
    await publish(redis_url, replace(floor, sources=old))
    assert state(await client.post(STEAL, TO_210 | {"remember": "1"})) == "refused"
    await publish(redis_url, floor)
    hotline.busy.add("210")
    assert state(await client.post(STEAL, TO_210 | {"remember": "1"})) == "refused"
    await settled()
    assert not await Seat.objects.aexists()


async def test_nor_before_the_reason_is_given_that_a_policy_demands(cast, floor, hotline, brief, monkeypatch):
    monkeypatch.setenv("EQBOARD_REASON_FOR", "call.steal")
    get_config.cache_clear()
    client = await signed_in(cast.lead)
    asked = await client.post(STEAL, TO_210 | {"remember": "1"})
    await settled()
    assert not await Seat.objects.aexists()
    form = BeautifulSoup(asked.text, "html.parser").form
    sent = {each["name"]: each.get("value") or "" for each in form.select("input")}
    await client.post(form["hx-post"], sent | {"reason": "Drill"})
    assert await extension_of(cast.lead) == "210"


# It is not where it was seen


ANA_IN_ROOM = participant(caller=caller("207", name="Ana Ruiz", unique_id="2.1", channel="SIP/207-00000001"))
MOVED = {
    "answered": (
        {"waiting": [], "agents": [with_agent(CARMEN)]},
        "Carmen is with Ana Ruiz by now, so nothing was sent.",
    ),
    "answered while the list still has them": (
        {"agents": [with_agent(CARMEN)]},
        "Carmen is with Ana Ruiz by now, so nothing was sent.",
    ),
    "another queue": (
        {"waiting": [waiting_call("1.1", caller=CARMEN, queue="501", queue_name="Support")]},
        "Carmen is in another place by now (Support), so nothing was sent.",
    ),
    "another channel": (
        {"waiting": [waiting_call("1.1", caller=replace(CARMEN, channel="SIP/trunk-00000099"))]},
        "Carmen is in another place by now (Sales), so nothing was sent.",
    ),
    "parked under another unique id": (
        {"waiting": [], "parked": [parked_call("7.7", caller=replace(CARMEN, unique_id="7.7"))]},
        "Carmen is in another place by now (71), so nothing was sent.",
    ),
    "in a conference": (
        {"waiting": [], "conferences": [conference(participants=(participant(caller=CARMEN), ANA_IN_ROOM))]},
        "Carmen is not there any more, so nothing was sent. Look at the board again.",
    ),
    "gave up": (
        {"waiting": [], "abandoned": [abandoned_call("w1", caller=CARMEN)]},
        "Carmen is not there any more, so nothing was sent. Look at the board again.",
    ),
}


@pytest.mark.parametrize("how", MOVED)
async def test_a_caller_who_moved_before_the_press_is_left_alone_and_it_is_told_where_they_are(
    cast, config, redis_url, hotline, how
):
    changes, sentence = MOVED[how]
    await publish(redis_url, a_floor(**changes))
    client = await signed_in(cast.lead)
    shown = await client.get(STEAL)
    assert (shown.status_code, said(shown)) == (422, sentence)
    assert await nothing_happened(hotline)
    answer = await client.post(STEAL, TO_210)
    assert said(answer) == sentence
    assert await is_refused(hotline, answer)
    entry = await last_entry()
    assert (entry.action, entry.target_name) == ("call.steal", "Carmen")


async def test_a_parked_caller_who_went_back_into_the_queue_is_not_picked_up(cast, config, redis_url, hotline):
    back = waiting_call("1.2", caller=ONE_PARKED)
    await publish(redis_url, a_floor(parked=[], waiting=[back]))
    answer = await (await signed_in(cast.lead)).post(PICK_UP, TO_210)
    assert said(answer) == "Pablo is in another place by now (Sales), so nothing was sent."
    assert await is_refused(hotline, answer)


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_a_call_that_is_gone_is_told_to_be(cast, config, redis_url, hotline, path):
    await publish(redis_url, a_floor(waiting=[], parked=[]))
    client = await signed_in(cast.lead)
    for answer in (await client.get(path), await client.post(path, TO_210)):
        assert (answer.status_code, said(answer)) == (404, GONE)
    assert await nothing_happened(hotline)


async def test_of_what_went_to_another_team_nothing_is_told(cast, config, redis_url, hotline):
    theirs = waiting_call("1.1", caller=CARMEN, queue="502", queue_name="Complaints")
    await publish(redis_url, a_floor(waiting=[theirs]))
    answer = await (await signed_in(cast.lead)).post(STEAL, TO_210)
    assert (answer.status_code, said(answer)) == (404, GONE)
    assert await nothing_happened(hotline)


@pytest.mark.parametrize(("path", "list_name"), [(STEAL, "queued"), (PICK_UP, "parked")], ids=["steal", "pick up"])
async def test_a_caller_who_left_after_the_last_reading_is_left_alone(cast, floor, hotline, path, list_name):
    setattr(hotline, list_name, [])
    answer = await (await signed_in(cast.lead)).post(path, TO_210)
    assert "is not there any more, so nothing was sent" in said(answer)
    assert hotline.asked == []
    assert await steps() == ["asked", "refused"]


async def test_another_caller_on_the_same_channel_is_not_the_one(cast, floor, hotline):
    """A channel's name may come again; the unique id does not."""
    other = replace(CARMEN, unique_id="8.8")
    assert handle_of("8.8", other, "500") not in STEAL


async def test_without_a_channel_nothing_can_be_sent(cast, config, redis_url, hotline):
    silent = replace(CARMEN, channel=None)
    await publish(redis_url, a_floor(waiting=[waiting_call("1.1", caller=silent)]))
    answer = await (await signed_in(cast.lead)).post(f"/calls/{handle_of('1.1', silent, '500')}/steal/", TO_210)
    assert (answer.status_code, "channel" in said(answer)) == (422, True)
    assert await nothing_happened(hotline)


async def test_a_caller_who_talks_with_an_agent_by_the_time_eq_has_answered_is_left_to_them(
    cast, floor, hotline, redis_url
):
    """Of EQ's two answers one may be older than the floor."""
    told: list[bool] = []

    async def ana_picks_up() -> None:
        if not told:
            told.append(True)
            await publish(redis_url, a_floor(waiting=[], agents=[with_agent(CARMEN)]))

    client = await signed_in(cast.lead)
    hotline.meanwhile = ana_picks_up
    answer = await client.post(STEAL, TO_210)
    assert (state(answer), hotline.asked) == ("refused", [])
    assert "Ana Ruiz" in said(answer)
    assert await steps() == ["asked", "refused"]


async def test_a_claim_that_redis_forgot_and_somebody_else_took_is_theirs(cast, floor, hotline):
    taken = []

    async def others_take_it() -> None:
        if not taken:
            now = datetime.now(UTC)
            ours = (await holding.books.get().all(now))["call:1.1"]
            taken.append(replace(ours, who="Theo", user_id=ours.user_id + 1, attempt=str(uuid.uuid4())))
            await holding.books.get().release(ours.slot, ours.attempt)
            await holding.books.get().take(taken[0], now)

    client = await signed_in(cast.lead)
    hotline.meanwhile = others_take_it
    answer = await client.post(STEAL, TO_210)
    assert (state(answer), hotline.asked) == ("refused", [])
    assert said(answer) == "Theo is stealing Carmen just now, so nothing was sent."


# Two people


async def test_of_two_at_the_same_moment_one_acts_and_the_other_is_told_who(cast, floor, hotline):
    hotline.may_answer.clear()
    first, second = await signed_in(cast.lead), await signed_in(cast.supervisor)
    pressing = begin(first.post(STEAL, TO_210))
    await hotline.was_asked.wait()
    answer = await second.post(STEAL, {"destination": "211"})
    assert (state(answer), said(answer)) == ("refused", "lead is stealing Carmen just now, so nothing was sent.")
    hotline.may_answer.set()
    assert state(await pressing) == "accepted"
    assert len(hotline.asked) == 1


async def test_the_same_person_in_two_tabs_gets_the_mark_of_the_first_press(cast, floor, hotline):
    hotline.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(client.post(PICK_UP, TO_210 | {"press": "5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"}))
    await hotline.was_asked.wait()
    again = await client.post(PICK_UP, TO_210)
    first = attempt_id(uuid.UUID("5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"), cast.lead.pk)
    assert (state(again), str(first) in again.text) == ("asked", True)
    hotline.may_answer.set()
    await pressing
    assert len(hotline.asked) == 1


async def test_the_claim_is_over_when_nothing_was_sent(cast, floor, hotline):
    hotline.busy.add("210")
    client = await signed_in(cast.lead)
    await client.post(STEAL, TO_210)
    hotline.busy.clear()
    assert state(await client.post(STEAL, TO_210)) == "accepted"


async def test_the_page_of_everybody_else_says_who_is_at_it(cast, floor, hotline, redis_url):
    now = datetime.now(UTC)
    held = Claim("call:1.1", "call:1.1", "call.steal", 1, "Dana & <b>", "a" * 8, now, now + timedelta(minutes=5))
    await holding.books.get().take(held, now)
    page = await shown_with(await signed_in(cast.viewer), ".row.call .claim")
    assert [each.text for each in page.select(".row.call .claim")] == ["Dana & <b> is stealing this call"]
    theirs = await (await signed_in(cast.back_lead)).get("/")
    assert "Dana" not in theirs.text


async def shown_with(client: AsyncClient, selector: str) -> BeautifulSoup:
    """The board, once it shows that."""
    async with asyncio.timeout(10):
        while True:
            page = BeautifulSoup((await client.get("/")).text, "html.parser")
            if page.select_one(selector):
                return page


# Who may


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_a_viewer_is_refused_and_that_is_written_down(cast, floor, hotline, path):
    client = await signed_in(cast.viewer)
    assert (await client.get(path)).status_code == 403
    assert await nothing_happened(hotline)
    answer = await client.post(path, TO_210)
    assert (answer.status_code, state(answer), hotline.asked) == (403, "denied", [])
    assert await steps() == ["denied"]


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
async def test_another_teams_call_is_as_if_it_were_not_there(cast, floor, hotline, path):
    client = await signed_in(cast.back_lead)
    foreign = await client.post(path, TO_210)
    missing = await client.post(re.sub("[a-p]{48}", 48 * "a", path), TO_210)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert (await client.get(path)).status_code == 404
    assert await nothing_happened(hotline)


async def test_what_an_agent_parked_who_also_serves_another_team_is_not_ones_own(cast, config, redis_url, hotline):
    await publish(redis_url, a_floor(parked=[parked_call("1.2", caller=ONE_PARKED, parked_by="208")]))
    client = await signed_in(cast.lead)
    assert (await client.post(PICK_UP, TO_210)).status_code == 403
    assert (await (await signed_in(cast.supervisor)).post(PICK_UP, TO_210)).status_code == 200


async def test_without_a_team_no_call_is_there(cast, floor, hotline):
    assert (await (await signed_in(cast.outsider)).post(STEAL, TO_210)).status_code == 404


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
@pytest.mark.parametrize("verb", ["get", "post"])
async def test_a_stranger_is_led_to_the_sign_in(db, floor, hotline, path, verb):
    answer = await getattr(AsyncClient(), verb)(path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    pressed = await getattr(AsyncClient(), verb)(path, headers={"HX-Request": "true"})
    assert (pressed.status_code, pressed["HX-Redirect"]) == (401, "/sign-in/")
    assert await nothing_happened(hotline)


@pytest.mark.parametrize("path", BOTH, ids=["steal", "pick up"])
@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
async def test_other_verbs_are_refused(cast, floor, hotline, path, verb):
    assert (await getattr(await signed_in(cast.lead), verb)(path)).status_code == 405


async def test_without_the_token_of_the_page_nothing_is_done(cast, floor, hotline):
    client = await signed_in(cast.lead, enforce_csrf_checks=True)
    assert (await client.post(STEAL, TO_210)).status_code == 403
    assert await nothing_happened(hotline)


# Who may not see who calls


@pytest.fixture
async def discreet_lead(cast):
    """May steal and pick up at the front desk, and not see numbers."""

    def create():
        user = member("shy", cast.front, "lead")
        role = Role.objects.create(name="Shy lead", actions=sorted(access.LEAD - {access.SEE_NUMBERS}))
        user.team_memberships.update(role=role)
        return user

    return await sync_to_async(create)()


async def test_whoever_may_not_see_numbers_is_told_none(discreet_lead, config, redis_url, hotline):
    nameless = replace(CARMEN, name=None)
    await publish(redis_url, a_floor(waiting=[waiting_call("1.1", caller=nameless)]))
    client = await signed_in(discreet_lead)
    page = await client.get("/")
    [hand] = BeautifulSoup(page.text, "html.parser").select(".row.call button[data-hand]")
    form = await client.get(hand["hx-get"], headers={"HX-Trigger": hand["id"]})
    answer = await client.post(hand["hx-get"], TO_210 | {"press": "5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"})
    assert state(answer) == "accepted"
    hotline.busy.add("210")
    refused = await client.post(PICK_UP, TO_210)
    polled = await client.get("/actions/5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42/")
    for told in (page, form, answer, refused, polled):
        assert "600111222" not in told.text
        assert "600333444" not in told.text
        assert CARMEN.channel not in told.text
    assert f'hx-target="#mark-{hand["id"].removesuffix("-steal")}"' in form.text
    assert (await last_entry()).target_name == "Pablo"


async def test_where_they_moved_is_told_without_their_number(discreet_lead, config, redis_url, hotline):
    nameless = replace(CARMEN, name=None)
    path = f"/calls/{handle_of('1.1', nameless, '500')}/steal/"
    await publish(redis_url, a_floor(waiting=[], agents=[with_agent(nameless)]))
    client = await signed_in(discreet_lead)
    for answer in (await client.get(path), await client.post(path, TO_210)):
        assert "is with Ana Ruiz by now" in said(answer)
        assert "600111222" not in answer.text


# When it cannot be known


@pytest.mark.parametrize(
    ("path", "part"),
    [(STEAL, Part.CALLS), (STEAL, Part.AGENTS), (PICK_UP, Part.PARKED)],
    ids=["calls", "agents", "parked"],
)
async def test_an_old_list_sends_nobody_anywhere(cast, config, redis_url, hotline, path, part):
    now = datetime.now(UTC)
    old = [source(each, taken_at=now - timedelta(seconds=600 * (each is part)), every_seconds=60) for each in Part]
    await publish(redis_url, a_floor(sources=old))
    client = await signed_in(cast.lead)
    form = await client.get(path)
    assert (form.status_code, "cannot see the floor" in said(form)) == (422, True)
    assert await nothing_happened(hotline)
    assert "could not see the floor, so nothing was sent" in said(await client.post(path, TO_210))
    assert (await steps(), (await last_entry()).details["error"], hotline.asked) == (["refused"], "Blind", [])


@pytest.mark.parametrize("path", [STEAL, PICK_UP], ids=["steal", "pick up"])
async def test_of_a_call_that_is_not_on_an_old_list_nothing_is_said(cast, config, redis_url, hotline, path):
    old = datetime.now(UTC) - timedelta(minutes=10)
    await publish(redis_url, a_floor(waiting=[], parked=[], sources=[source(each, taken_at=old) for each in Part]))
    answer = await (await signed_in(cast.lead)).post(path, TO_210)
    assert (answer.status_code, "cannot see the floor" in said(answer)) == (422, True)
    assert await nothing_happened(hotline)


async def test_without_redis_nothing_is_sent(cast, floor, hotline, redis_server):
    client = await signed_in(cast.lead)
    redis_server.stop()
    answer = await client.post(STEAL, TO_210)
    assert "nothing was" in said(answer)
    assert hotline.asked == []


async def test_an_eq_that_does_not_say_whether_they_still_wait_is_not_asked_to_act(cast, floor, hotline, monkeypatch):
    monkeypatch.setattr(hotline, "_told", lambda *_: httpx.Response(500))
    answer = await (await signed_in(cast.lead)).post(STEAL, TO_210)
    assert "could not be asked what has to be known first" in said(answer)
    assert (await steps(), hotline.asked) == (["asked", "refused"], [])


@pytest.mark.parametrize(
    ("status", "step", "sentence"),
    [
        (401, "refused", "does not accept eqboard's key"),
        (500, "unknown", "nobody knows whether it happened"),
        (404, "refused", "has no such action"),
    ],
)
async def test_what_eq_says_is_told(cast, floor, hotline, status, step, sentence):
    hotline.answer = httpx.Response(status)
    answer = await (await signed_in(cast.lead)).post(STEAL, TO_210)
    assert (state(answer), sentence in said(answer)) == (step, True)
    assert await steps() == ["asked", step]
    assert len(hotline.asked) == 1


async def test_the_vendors_own_error_is_a_sentence(cast, floor, hotline):
    hotline.answer = httpx.Response(400, json=[{"parameter": "channel", "type": "nonexistent", "description": ""}])
    answer = await (await signed_in(cast.lead)).post(STEAL, TO_210)
    assert said(answer) == "EQ refused: the call is not there any more. Nothing happened."
