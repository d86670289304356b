"""Pressing keys of telephones: what somebody could see of it, and which keys a telephone has."""

from dataclasses import replace

import pytest

from eqboard.simulator.answers.calls import parked_calls
from eqboard.simulator.office.extensions import Phone, Telephone, phone_at
from eqboard.simulator.switch.keys import DIGITS, OTHER_KEYS, has_key
from eqboard.simulator.switch.parties import Place

from .conftest import AT_ONCE, NO_PICK_UP, a_world, refusal
from .telephones import (
    ACCEPTED_SECONDS,
    PICK_UP_SECONDS,
    a_conversation,
    act,
    books,
    call_at,
    calls_at,
    dialled,
    refused,
    rooms,
    row,
    status_at,
)

OUTSIDE = "6045550123"


def press(world, extension, *keys):
    for key in keys:
        world.telephony.press(None, extension, key)
    world.tick(ACCEPTED_SECONDS)


@pytest.fixture
def unanswered():
    """A world in which no telephone is answered but by its keys."""
    return a_world(**NO_PICK_UP)


# Answering and hanging up


@pytest.mark.parametrize("key", ["enter", "headset", "speaker", "line1"])
def test_a_ringing_telephone_is_answered_by_a_key(unanswered, key):
    call = unanswered.place_call("500")
    press(unanswered, "201", key)
    assert call.place is Place.TALKING
    assert status_at(unanswered, "201") == "up"
    assert books(unanswered).answered == 1


def test_a_call_that_no_queue_gave_is_answered_by_a_key_too(unanswered):
    act(unanswered, "301", "dial", destination="202")
    press(unanswered, "202", "enter")
    assert (status_at(unanswered, "301"), status_at(unanswered, "202")) == ("up", "up")


def test_a_stolen_caller_is_answered_by_a_key(unanswered):
    call = unanswered.place_call("500")
    unanswered.telephony.steal(call.channel, "301")
    unanswered.tick(ACCEPTED_SECONDS)
    press(unanswered, "301", "speaker")
    assert call.place is Place.REACHED


def test_a_monitoring_call_is_answered_by_a_key(unanswered):
    unanswered.telephony.monitor_action("spy", "201", "301")
    press(unanswered, "301", "enter")
    assert status_at(unanswered, "301") == "up"


def test_cancel_hangs_up(world):
    call = a_conversation(world)
    press(world, "201", "cancel")
    assert call.place is Place.GONE


def test_cancel_sends_away_who_rings(unanswered):
    unanswered.place_call("500")
    press(unanswered, "201", "cancel")
    assert calls_at(unanswered, "201") == []
    assert books(unanswered).rings_no_answer == 1


def test_an_answering_key_does_nothing_to_a_conversation_nor_to_an_idle_telephone(world):
    call = a_conversation(world)
    press(world, "201", "enter", "speaker", "headset", "line1")
    press(world, "301", "enter", "speaker", "headset", "line1")
    assert call.place is Place.TALKING
    assert calls_at(world, "301") == []


# Dialling


@pytest.mark.parametrize("last", ["pound", "enter"])
def test_digits_and_a_last_key_dial(world, last):
    press(world, "301", "2", "0", "1")
    assert calls_at(world, "301") == []
    press(world, "301", last)
    assert (status_at(world, "301"), status_at(world, "201")) == ("dialing", "ringing")


def test_keys_pressed_in_one_moment_keep_their_order(world):
    press(world, "301", *OUTSIDE, "pound")
    assert call_at(world, "301")["connectedNumber"] == OUTSIDE


def test_a_star_is_part_of_the_number(world):
    press(world, "301", "star", "9", "7", "pound")
    assert call_at(world, "301")["connectedNumber"] == "*97"


def test_cancel_forgets_what_was_typed(world):
    press(world, "301", "9", "9", "cancel", "2", "0", "1", "enter")
    assert call_at(world, "301")["connectedNumber"] == "201"


def test_redial_calls_the_last_number_again_however_it_was_dialled(world):
    press(world, "301", "redial")
    assert calls_at(world, "301") == []
    dialled(world, "301", "202")
    press(world, "301", "cancel")
    press(world, "301", "redial")
    assert call_at(world, "301")["connectedNumber"] == "202"


def test_digits_in_a_conversation_are_tones(world):
    dialled(world, "301", OUTSIDE)
    press(world, "301", "2", "0", "1", "pound")
    press(world, "301", "cancel")
    press(world, "301", "pound")
    assert calls_at(world, "301") == []


def test_no_more_is_typed_than_a_number_can_have(world):
    press(world, "301", *("1" * 100))
    assert len(world.switch.lines.at("301").typed) == 32


# Transfer


def test_transfer_digits_and_a_last_key_transfer(world):
    call = a_conversation(world)
    press(world, "201", "transfer", "3", "0", "1")
    assert call.place is Place.TALKING
    press(world, "201", "transfer")
    assert status_at(world, "301") == "ringing"
    world.tick(PICK_UP_SECONDS)
    assert (call.place, books(world).transferred) == (Place.REACHED, 1)


def test_cancel_takes_a_transfer_back_and_not_the_call(world):
    call = a_conversation(world)
    press(world, "201", "transfer", "3", "0", "cancel")
    assert call.place is Place.TALKING
    press(world, "201", "cancel")
    assert call.place is Place.GONE


def test_a_transfer_begun_for_a_call_that_is_over_does_not_reach_the_next(world):
    call = a_conversation(world)
    press(world, "201", "transfer", "3", "0")
    world.hang_up(call.unique_id)
    press(world, "201", "2", "0", "2", "enter")
    assert call_at(world, "201")["connectedNumber"] == "202"


def test_transfer_does_nothing_while_it_rings(unanswered):
    call = unanswered.place_call("500")
    press(unanswered, "201", "transfer", "3", "0", "1", "pound")
    assert call.place is Place.WAITING
    assert calls_at(unanswered, "301") == []


# Do not disturb


def test_who_is_not_to_be_disturbed_is_offered_no_calls_and_shows_as_available():
    world = a_world(agents=[{"500": 1}])
    press(world, "201", "dnd")
    call = world.place_call("500")
    world.tick(60)
    assert (call.ringing, row(world, 1)["status"]) == ([], "available")
    press(world, "201", "dnd")
    assert call.ringing == [world.directory.agents[1]]


def test_who_is_not_to_be_disturbed_is_busy_for_others_and_may_call_out(world):
    press(world, "202", "dnd")
    act(world, "301", "dial", destination="202")
    assert calls_at(world, "202") == []
    act(world, "202", "dial", destination=OUTSIDE)
    assert status_at(world, "202") == "dialing"


def test_a_call_that_goes_on_is_not_disturbed_by_dnd(world):
    call = a_conversation(world)
    press(world, "201", "dnd")
    assert call.place is Place.TALKING


# In a conference, and without effect


def test_mute_in_a_conference_shows_and_is_taken_back():
    world = a_world(conference_share=1.0, **AT_ONCE)
    world.place_call("500", talk_seconds=1000)
    world.tick(900)
    press(world, "201", "mute")
    [room] = rooms(world)
    assert [(person["callerIdNumber"], person["muted"], person["talking"]) for person in room["participants"]][1] == (
        "201",
        True,
        False,
    )
    press(world, "201", "mute")
    assert not any(person["muted"] for person in rooms(world)[0]["participants"])


@pytest.mark.parametrize(
    "key",
    [*sorted(OTHER_KEYS - {"cancel", "dnd", "transfer"}), "line2", "soft_key1"],
)
def test_keys_without_a_visible_effect_are_accepted_and_leave_a_conversation_as_it_is(world, key):
    a_conversation(world)
    before = call_at(world, "201")
    press(world, "201", key)
    assert call_at(world, "201") == before
    assert parked_calls(world.switch.lot) == []


def test_keys_of_an_extension_that_is_gone_meanwhile_do_nothing(world):
    world.telephony.press(None, "301", "dnd")
    del world.directory.extensions["301"]
    world.tick(ACCEPTED_SECONDS)
    assert "301" not in world.switch.lines.by_extension


# Which telephone, which key

ANY_PHONE = Phone("301", "Aastra", "6757i", "10.20.0.2", 5060, "Aastra 6757i")


@pytest.mark.parametrize(("model", "lines", "soft_keys"), [("6757i", 9, 12), ("SPA504G", 4, 4), ("what is this", 2, 4)])
def test_a_model_has_so_many_lines_and_soft_keys(model, lines, soft_keys):
    phone = replace(ANY_PHONE, model=model)
    assert [number for number in range(1, 100) if has_key(phone, f"line{number}")] == list(range(1, lines + 1))
    assert sum(has_key(phone, f"soft_key{number}") for number in range(1, 100)) == soft_keys


def test_every_telephone_has_the_other_keys_of_the_text():
    for key in (
        *("up", "down", "left", "right", "enter", "cancel", "volume_up", "volume_down", "headset", "speaker", "mute"),
        *("menu", "messages", "applications", "directory", "dnd", "conference", "transfer", "redial", "hold"),
        *("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "star", "pound"),
    ):
        assert has_key(ANY_PHONE, key)
    assert len(OTHER_KEYS | DIGITS) == 32


@pytest.mark.parametrize(
    "key", ["line0", "line", "line01", "line10", "soft_key13", "line1 ", "LINE1", "10", "²", "٣", "*", "#", "star\n"]
)
def test_other_keys_are_not_valid(key):
    assert not has_key(ANY_PHONE, key)


@pytest.mark.contract("3.7")
async def test_a_whole_phone_object_as_read_names_the_telephone(server, world, clock):
    phone = (await server.get("phone", extension="301")).json()
    assert (await server.send("POST", "phone_command", phone=phone, key="2")).json() is None
    clock.now += 1
    await server.get("parked_calls")
    assert world.switch.lines.at("301").typed == "2"


async def test_the_phone_counts_when_an_extension_is_given_too(server, world, clock):
    await server.send("POST", "phone_command", phone={"extension": "301"}, extension="nonsense", key="2")
    clock.now += 1
    await server.get("parked_calls")
    assert world.switch.lines.at("301").typed == "2"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"key": "2"}, (400, "phone", "blank")),
        ({"key": "2", "phone": "", "extension": " "}, (400, "phone", "blank")),
        ({"key": "2", "phone": "{"}, (400, "phone", "invalid")),
        ({"key": "2", "phone": "[]"}, (400, "phone", "invalid")),
        ({"key": "2", "phone": "{}"}, (400, "phone", "invalid")),
        ({"key": "2", "phone": {"extension": True}}, (400, "phone", "invalid")),
        ({"key": "2", "phone": {"extension": ["301"]}}, (400, "phone", "invalid")),
        ({"key": "2", "phone": {"extension": ""}}, (400, "phone", "invalid")),
        ({"key": "2", "phone": {"extension": "999"}}, (400, "phone", "nonexistent")),
        ({"key": "2", "extension": "999"}, (400, "extension", "nonexistent")),
        ({"extension": "301"}, (400, "key", "blank")),
        ({"extension": "301", "key": "any"}, (400, "key", "invalid")),
        ({"extension": "301", "key": "line99"}, (400, "key", "invalid")),
    ],
)
async def test_a_wrong_phone_command_is_refused_and_named(server, form, expected):
    assert refusal(await server.send("POST", "phone_command", **form)) == expected


def test_an_extension_without_a_telephone_has_no_keys(world):
    extensions = world.directory.extensions
    extensions["301"] = replace(extensions["301"], telephone=Telephone.NONE)
    assert phone_at(extensions["301"]) is None
    assert refused(world.telephony.press, None, "301", "1") == (400, "phone", "nonexistent")
    assert refused(world.telephony.press, {"extension": 301}, "", "1") == (400, "phone", "nonexistent")
