"""Conferences: who is hung up at their telephone, by whom; and who cannot be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.boards.parts.rooms import handle_in_room
from eqboard.control.models import AuditEntry
from eqboard.feed.publisher import Publisher
from eqboard.floor.snapshot import Part
from tests.builders import agent, caller, conference, membership, participant, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.closed_loop import hand_of, patient, running
from tests.control.conftest import last_entry, settled, signed_in, steps
from tests.control.hotline import a_floor, connected, with_agent
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

ANA = caller("207", name="Ana Ruiz", unique_id="2.1", channel="SIP/207-00000001")
GUEST = caller("181", name="Second line 1", unique_id="2.2", channel="SIP/181-00000002")
OUTSIDE = caller("0791234567", name="Carmen", unique_id="2.3", channel="SIP/trunk-00000003")
PRETENDER = caller("207", name="Ana Ruiz?", unique_id="2.4", channel="SIP/trunk-00000004")
EVERYBODY = tuple(participant(each.number, each.name, caller=each) for each in (ANA, GUEST, OUTSIDE, PRETENDER))
ROOM = conference("801", participants=EVERYBODY)
HERE = replace(ROOM, participants=(participant(caller=ANA),))
GONE = "They are not in this conference any more. Nothing was sent."
BACK = replace(GUEST, channel="SIP/181-00000099")
MOVED = {
    "back on another channel": {
        "conferences": [replace(ROOM, participants=(*HERE.participants, participant(caller=BACK)))]
    },
    "in another room": {
        "conferences": [conference("802", participants=(participant(caller=GUEST), *HERE.participants))]
    },
    "with an agent": {"conferences": [HERE], "agents": [with_agent(GUEST)]},
}


def path_of(who, room="801") -> str:
    return f"/conferences/{handle_in_room(who, room)}/hang-up/"


def as_told(*inside, room="801"):
    """A conference as EQ tells it."""
    return {
        "extension": room,
        "participants": [{"channel": each.channel, "uniqueId": each.unique_id} for each in inside],
    }


@pytest.fixture
async def hotline(config, monkeypatch):
    async with connected(monkeypatch) as answers:
        answers.rooms = [as_told(ANA, GUEST, OUTSIDE, PRETENDER)]
        yield answers


@pytest.fixture
async def floor(config, redis_url):
    await publish(redis_url, a_floor(conferences=[ROOM]))


async def nothing_happened(hotline) -> bool:
    return not hotline.asked and not await AuditEntry.objects.aexists()


async def test_a_participant_is_hung_up_on_their_very_channel(cast, floor, hotline):
    client = await signed_in(cast.lead)
    form = BeautifulSoup(
        (await client.get(path_of(GUEST), headers={"HX-Trigger": "conference-801-abc"})).text, "html.parser"
    )
    assert form.h2.get_text(" ", strip=True) == "Hang up Second line 1"
    assert form.form["hx-target"] == "#mark-conference-801-abc"
    answer = await client.post(path_of(GUEST))
    assert (answer.status_code, state(answer)) == (200, "accepted")
    asked = {"extension": "181", "action": "hangUp", "channel": GUEST.channel}
    assert hotline.asked == [("extension_action", asked)]
    entry = await last_entry()
    assert (entry.action, entry.target, entry.target_name) == ("conference.remove", "conference-801", "Second line 1")
    assert entry.queues == ",500,"


@pytest.mark.parametrize("who", [OUTSIDE, PRETENDER], ids=["outside", "a number that is somebody else's"])
async def test_whoever_is_at_no_telephone_of_the_exchange_is_left_alone(cast, floor, hotline, who):
    client = await signed_in(cast.lead)
    for answer in (await client.get(path_of(who)), await client.post(path_of(who))):
        assert (answer.status_code, said(answer)) == (422, "EQ can hang up only telephones of the exchange.")
    assert await nothing_happened(hotline)


async def test_whoever_has_left_meanwhile_is_left_alone(cast, config, redis_url, hotline):
    await publish(redis_url, a_floor(conferences=[HERE]))
    answer = await (await signed_in(cast.lead)).post(path_of(GUEST))
    assert (answer.status_code, said(answer)) == (404, GONE)
    assert await nothing_happened(hotline)


@pytest.mark.parametrize("how", MOVED)
async def test_whoever_is_elsewhere_by_now_is_left_alone_and_that_is_written_down(
    cast, config, redis_url, hotline, how
):
    await publish(redis_url, a_floor(**MOVED[how]))
    client = await signed_in(cast.lead)
    assert said(await client.get(path_of(GUEST))) == GONE
    assert await nothing_happened(hotline)
    answer = await client.post(path_of(GUEST))
    assert state(answer) == "refused"
    assert said(answer) == "Second line 1 is not there any more, so nothing was sent. Look at the board again."
    assert hotline.asked == []
    entry = await last_entry()
    assert (await steps(), entry.details) == (["refused"], {"error": "Gone"})
    assert (entry.action, entry.target_name, entry.queues) == ("conference.remove", "Second line 1", ",500,")


async def test_of_whoever_went_to_another_teams_room_nothing_is_told(cast, config, redis_url, hotline):
    max_there = caller("209", name="Max", unique_id="2.9", channel="SIP/209-00000009")
    theirs = conference("802", participants=(participant(caller=GUEST), participant(caller=max_there)))
    agents = [agent(7), agent(9, name="Max", extension="209", memberships=(membership("502"),))]
    await publish(redis_url, a_floor(agents=agents, conferences=[HERE, theirs]))
    client = await signed_in(cast.lead)
    elsewhere, missing = await client.post(path_of(GUEST)), await client.post(f"/conferences/{48 * 'a'}/hang-up/")
    assert (elsewhere.status_code, elsewhere.text) == (missing.status_code, missing.text)
    assert (elsewhere.status_code, said(elsewhere)) == (404, GONE)
    assert await nothing_happened(hotline)
    assert state(await (await signed_in(cast.supervisor)).post(path_of(GUEST))) == "refused"


@pytest.mark.parametrize(
    "rooms",
    [
        [],
        [as_told(ANA, OUTSIDE)],
        [as_told(ANA), as_told(GUEST, room="802")],
        [as_told(ANA, replace(GUEST, unique_id="3.7"))],
        [as_told(ANA, replace(GUEST, channel="SIP/181-00000099"))],
    ],
    ids=["over", "left", "in another room", "somebody else on the same channel", "back on another channel"],
)
async def test_what_eq_says_right_before_counts_for_more_than_the_board(cast, floor, hotline, rooms):
    hotline.rooms = rooms
    answer = await (await signed_in(cast.lead)).post(path_of(GUEST))
    assert state(answer) == "refused"
    assert said(answer) == "Second line 1 is not there any more, so nothing was sent. Look at the board again."
    assert hotline.asked == []
    assert (await steps(), (await last_entry()).details["error"]) == (["asked", "refused"], "Gone")


async def test_a_switch_that_tells_no_unique_id_in_a_room_is_believed_by_the_channel(cast, floor, hotline):
    hotline.rooms = [as_told(replace(GUEST, unique_id=None))]
    assert state(await (await signed_in(cast.lead)).post(path_of(GUEST))) == "accepted"
    assert len(hotline.asked) == 1


async def test_whoever_leaves_while_eq_is_asked_is_left_alone(cast, redis_url, floor, hotline):
    """EQ's answer may be older than the floor."""

    async def leaves():
        await publish(redis_url, a_floor(conferences=[replace(ROOM, participants=(participant(caller=ANA),))]))

    hotline.meanwhile = leaves
    answer = await (await signed_in(cast.lead)).post(path_of(GUEST))
    assert (state(answer), "so nothing was sent" in said(answer)) == ("refused", True)
    assert hotline.asked == []


async def test_in_another_room_it_is_another_press(cast, floor, hotline):
    assert state(await (await signed_in(cast.lead)).post(path_of(GUEST, "802"))) == "refused"
    assert (await steps(), hotline.asked) == (["refused"], [])


async def test_a_viewer_is_refused_and_that_is_written_down(cast, floor, hotline):
    client = await signed_in(cast.viewer)
    assert (await client.get(path_of(GUEST))).status_code == 403
    answer = await client.post(path_of(GUEST))
    assert (answer.status_code, state(answer), hotline.asked) == (403, "denied", [])
    assert await steps() == ["denied"]


async def test_a_room_in_which_another_team_takes_part_is_not_ones_own(cast, config, redis_url, hotline):
    both = agent(7, memberships=(membership(), membership("502")))
    await publish(redis_url, a_floor(agents=[both], conferences=[ROOM]))
    assert (await (await signed_in(cast.lead)).post(path_of(GUEST))).status_code == 403
    assert (await (await signed_in(cast.supervisor)).post(path_of(GUEST))).status_code == 200


async def test_another_teams_room_is_as_if_it_were_not_there(cast, floor, hotline):
    client = await signed_in(cast.back_lead)
    foreign, missing = await client.post(path_of(GUEST)), await client.post(f"/conferences/{48 * 'a'}/hang-up/")
    assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text)
    assert foreign.status_code == 404
    assert await nothing_happened(hotline)


async def test_a_stranger_is_led_to_the_sign_in(db, floor, hotline):
    pressed = await AsyncClient().post(path_of(GUEST), headers={"HX-Request": "true"})
    assert (pressed.status_code, pressed["HX-Redirect"]) == (401, "/sign-in/")
    assert await nothing_happened(hotline)


async def test_an_old_list_hangs_nobody_up(cast, config, redis_url, hotline):
    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    await publish(redis_url, a_floor(conferences=[ROOM], sources=[source(each, taken_at=long_ago) for each in Part]))
    client = await signed_in(cast.lead)
    assert "cannot see the floor" in said(await client.get(path_of(GUEST)))
    assert await nothing_happened(hotline)
    assert "could not see the floor, so nothing was sent" in said(await client.post(path_of(GUEST)))
    assert (await steps(), (await last_entry()).details["error"], hotline.asked) == (["refused"], "Blind", [])


# With the pretend server


@pytest.fixture
def patient_config(monkeypatch, redis_url):
    yield from patient(monkeypatch, redis_url)


@pytest.fixture
async def site(patient_config, redis_url, monkeypatch):
    """A caller, their agent and a guest are in a conference."""
    async with running(patient_config, redis_url, monkeypatch, guests=(("181", "Second line 1"),)) as site:
        call = site.world.place_call("500", name="Grace Hopper", number="5550103")
        site.bring_in(1)
        site.world.tick(1)
        site.world.switch.rooms.open(call)
        yield site


async def button_of_guest(client):
    return await hand_of(client, "Second line", ref="floor", within="li.conference .participant:has(button)")


async def test_a_guest_is_out_of_the_conference_in_a_closed_loop(cast, site):
    client = await signed_in(cast.lead)
    await client.post((await button_of_guest(client))["hx-get"])
    await settled()
    assert await steps() == ["asked", "accepted", "confirmed"]
    shown = await client.get(f"/actions/{(await last_entry()).attempt}/")
    assert (state(shown), "is out of the conference" in said(shown)) == ("confirmed", True)


def guest_of(site):
    [room] = site.world.switch.conferences.values()
    return next(each.party for each in room.members if getattr(each.party, "extension", "") == "181")


def still(monkeypatch) -> None:
    """From now on the board hears nothing of what changes at EQ; what it shows is not old yet."""

    async def say_nothing(*_args):
        return 0

    monkeypatch.setattr(Publisher, "publish", say_nothing)


async def test_a_guest_who_left_when_the_board_did_not_know_yet_is_left_alone(cast, site, monkeypatch):
    client = await signed_in(cast.lead)
    button = await button_of_guest(client)
    still(monkeypatch)
    site.world.switch.rooms.leave(guest_of(site))
    answer = await client.post(button["hx-get"])
    assert said(answer) == "Second line 1 is not there any more, so nothing was sent. Look at the board again."
    assert await steps() == ["asked", "refused"]


async def test_somebody_else_on_the_guests_channel_is_left_alone(cast, site, monkeypatch):
    client = await signed_in(cast.lead)
    button = await button_of_guest(client)
    still(monkeypatch)
    guest = guest_of(site)
    guest.unique_id = "9.99"
    answer = await client.post(button["hx-get"])
    assert "is not there any more, so nothing was sent" in said(answer)
    assert await steps() == ["asked", "refused"]
    assert guest_of(site) is guest
