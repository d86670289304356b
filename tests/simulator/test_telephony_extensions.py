"""What extensions can be made to do: dial, transfer, park, hang up; and what their active calls look like."""

import pytest

from eqboard.simulator.answers.calls import parked_calls
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.switch.parties import Place

from .conftest import NO_PICK_UP, START, a_world
from .telephones import (
    ACCEPTED_SECONDS,
    PICK_UP_SECONDS,
    a_conversation,
    act,
    books,
    call_at,
    calls_at,
    combined,
    dialled,
    refused,
    row,
    status_at,
)

OUTSIDE = "6045550123"


@pytest.fixture
def world():
    return a_world(renamed_share=0.0)


# Active calls


async def test_a_queues_caller_who_rings_at_an_agent_is_an_active_call_there(server, world):
    call = world.place_call("500", name="Ann", number="5550123")
    [shown] = (await server.get("active_calls", extension="201")).json()
    assert shown == {
        "id": "1",
        "uniqueId": call.unique_id,
        "extension": "201",
        "channel": "SIP/201-00000001",
        "callerIdNumber": "5550123",
        "callerIdName": "Ann",
        "connectedNumber": "201",
        "connectedName": "Agent1 Test",
        "otherChannel": "SIP/trunk-00000001",
        "status": "ringing",
        "direction": "inbound",
        "queue": "500",
        "startTime": int(START),
        "answerTime": None,
        "recording": False,
    }


def test_an_answered_call_keeps_its_channel_and_is_recorded_as_the_queue_says(world):
    world.place_call("500")
    ringing = call_at(world, "201")
    world.tick(PICK_UP_SECONDS)
    up = call_at(world, "201")
    assert up == ringing | {"status": "up", "answerTime": int(START) + 3, "recording": True}


def test_every_telephone_of_a_ringall_has_a_channel_of_its_own_and_the_callers_unique_id():
    world = a_world([QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)], [{"500": 1}, {"500": 1}])
    call = world.place_call("500")
    first, second = call_at(world, "201"), call_at(world, "202")
    assert first["channel"] != second["channel"]
    assert {first["uniqueId"], second["uniqueId"]} == {call.unique_id}


async def test_an_idle_extension_has_no_calls(server):
    assert (await server.get("active_calls", extension="301")).json() == []


@pytest.mark.parametrize("name", ["<b>x</b>", "\u202enhoJ", "Bell\x07"])
async def test_names_are_plain_in_active_calls(server, world, name):
    world.place_call("500", name=name)
    [shown] = (await server.get("active_calls", extension="201")).json()
    assert shown["callerIdName"] == name


# Dialling


def test_an_extension_dials_outside_is_answered_and_talks_as_long_as_it_lasts(world):
    act(world, "301", "dial", destination=OUTSIDE)
    dialing = call_at(world, "301")
    assert (dialing["status"], dialing["direction"], dialing["answerTime"]) == ("dialing", "outbound", None)
    assert (dialing["callerIdNumber"], dialing["callerIdName"]) == ("301", "Dana Weiss")
    assert (dialing["connectedNumber"], dialing["connectedName"]) == (OUTSIDE, None)
    world.tick(PICK_UP_SECONDS)
    assert status_at(world, "301") == "up"
    world.tick(300)
    assert calls_at(world, "301") == []
    assert world.switch.calls == {}


@pytest.mark.contract("3.12")
def test_an_extension_dials_another_and_both_show_the_same_call_from_their_own_side(world):
    act(world, "301", "dial", destination="201")
    here, there = call_at(world, "301"), call_at(world, "201")
    assert (here["status"], there["status"]) == ("dialing", "ringing")
    world.tick(PICK_UP_SECONDS)
    here, there = call_at(world, "301"), call_at(world, "201")
    for shown in (here, there):
        assert (shown["status"], shown["direction"], shown["queue"]) == ("up", "internal", None)
        assert (shown["callerIdNumber"], shown["connectedNumber"]) == ("301", "201")
        assert (shown["id"], shown["uniqueId"]) == (here["id"], here["uniqueId"])
    assert (here["otherChannel"], there["otherChannel"]) == (there["channel"], here["channel"])


def test_an_agent_who_is_dialled_is_busy_in_every_queue_without_a_queues_call(world):
    world.pause(world.directory.agents[2], 1)
    dialled(world, "301", "201")
    assert [(row(world, 1, queue)["status"], row(world, 1, queue)["call"]) for queue in ("500", "501")] == [
        ("onCall", None),
        ("onCall", None),
    ]
    shown = combined(world, 1)["call"]
    assert (shown["queue"], shown["callerIdNumber"], shown["callerIdName"]) == (None, "301", "Dana Weiss")
    assert shown["channel"] == call_at(world, "301")["channel"]
    waiting = world.place_call("500")
    assert not waiting.ringing


def test_an_agent_who_dials_is_on_a_call_from_the_first_tone(world):
    act(world, "201", "dial", destination=OUTSIDE)
    assert row(world, 1)["status"] == "onCall"
    assert row(world, 1)["statusTime"] == int(world.now)


def test_a_paused_agent_on_a_dialled_call_is_paused_again_afterwards(world):
    world.pause(world.directory.agents[1], 2)
    dialled(world, "301", "201")
    assert (row(world, 1)["status"], row(world, 1)["paused"]) == ("onCall", True)
    act(world, "301", "hangUp")
    assert row(world, 1)["status"] == "paused"


def test_a_number_that_does_not_answer_is_given_up_after_the_ring_time():
    world = a_world(**NO_PICK_UP)
    act(world, "301", "dial", destination=OUTSIDE)
    world.tick(14)
    assert status_at(world, "301") == "dialing"
    world.tick(1)
    assert calls_at(world, "301") == []


@pytest.mark.parametrize("destination", ["999", "500", "not a number", "301", "202"])
def test_a_number_that_leads_nowhere_or_to_somebody_busy_is_a_tone_and_then_nothing(world, destination):
    dialled(world, "201", "202")
    act(world, "301", "dial", destination=destination)
    assert (status_at(world, "301"), call_at(world, "301")["otherChannel"]) == ("dialing", None)
    world.tick(3)
    assert calls_at(world, "301") == []


def test_no_more_is_shown_or_kept_of_a_number_than_a_telephone_takes(world):
    act(world, "301", "dial", destination="9" * 100_000)
    assert call_at(world, "301")["connectedNumber"] == "9" * 80
    world.tick(3)
    world.telephony.press(None, "301", "redial")
    world.tick(ACCEPTED_SECONDS)
    assert call_at(world, "301")["connectedNumber"] == "9" * 80


def test_a_busy_telephone_does_not_dial(world):
    dialled(world, "301", OUTSIDE)
    act(world, "301", "dial", destination="201")
    assert call_at(world, "301")["connectedNumber"] == OUTSIDE
    assert calls_at(world, "201") == []


# Hanging up


def test_hanging_up_ends_the_call_at_both_ends(world):
    dialled(world, "301", "201")
    act(world, "201", "hangUp")
    assert calls_at(world, "201") == calls_at(world, "301") == []
    assert row(world, 1)["status"] == "available"


def test_hanging_up_in_mid_dial_stops_the_ringing(world):
    act(world, "301", "dial", destination="201")
    act(world, "301", "hangUp")
    world.tick(10)
    assert calls_at(world, "201") == calls_at(world, "301") == []


def test_an_agent_who_hangs_up_completes_the_queues_call(world):
    call = a_conversation(world, "501")
    act(world, "201", "hangUp")
    assert call.place is Place.GONE
    assert books(world, "501").completed == 1
    assert row(world, 1, "501")["status"] == "wrapUp"


def test_an_agent_who_hangs_up_while_ringing_sends_the_caller_to_the_next():
    world = a_world(agents=[{"500": 1}, {"500": 1}])
    call = world.place_call("500")
    act(world, "201", "hangUp")
    assert call.place is Place.WAITING
    assert books(world).rings_no_answer == 1
    world.tick(5)
    assert status_at(world, "202") == "ringing"
    assert row(world, 1)["status"] == "available"


def test_a_ringall_goes_on_at_the_others_when_one_hangs_up():
    world = a_world([QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)], [{"500": 1}] * 3)
    call = world.place_call("500")
    act(world, "202", "hangUp")
    assert [status_at(world, extension) for extension in ("201", "202", "203")] == ["ringing", None, "ringing"]
    world.tick(PICK_UP_SECONDS)
    assert call.agent is not None


def test_a_caller_without_retry_leaves_when_the_agent_hangs_up_on_the_ringing():
    world = a_world([QueueSettings("500", "Sales", agent_retry_time=None)], [{"500": 1}])
    call = world.place_call("500")
    act(world, "201", "hangUp")
    assert (call.place, books(world).timed_out) == (Place.GONE, 1)


def test_an_extension_that_hangs_up_on_a_caller_sent_to_it_loses_them(world):
    world.pause(world.directory.agents[1], 1)
    world.pause(world.directory.agents[2], 1)
    call = world.place_call("500")
    world.telephony.steal(call.channel, "301")
    world.tick(ACCEPTED_SECONDS)
    act(world, "301", "hangUp")
    assert (call.place, books(world).lost) == (Place.GONE, 1)


def test_a_call_that_ended_meanwhile_is_not_hung_up_in_place_of_the_next(world):
    dialled(world, "301", OUTSIDE)
    world.telephony.extension_action("301", "hangUp", "", "")
    world.telephony.extension_action("301", "hangUp", "", "")
    world.telephony.extension_action("301", "dial", "", "201")
    world.tick(ACCEPTED_SECONDS)
    assert status_at(world, "301") == "dialing"


# Blind transfer


def test_an_agent_transfers_their_caller_and_is_free(world):
    call = a_conversation(world)
    act(world, "201", "blindTransfer", destination="301")
    assert status_at(world, "301") == "ringing"
    assert row(world, 1)["status"] == "available"
    world.tick(PICK_UP_SECONDS)
    assert (call.place, books(world).transferred, books(world).arrived) == (Place.REACHED, 1, 1)


def test_an_agent_transfers_their_caller_to_another_agent_for_whom_it_is_no_call_of_the_queues(world):
    call = a_conversation(world)
    act(world, "201", "blindTransfer", destination="202")
    world.tick(PICK_UP_SECONDS)
    assert row(world, 2)["call"]["uniqueId"] == call.unique_id
    assert row(world, 2)["callsTaken"] == 0
    assert books(world).answered == 1


@pytest.mark.parametrize("destination", ["999", "202", "nobody"])
def test_a_transfer_to_nowhere_or_somebody_busy_costs_the_caller(world, destination):
    call = a_conversation(world)
    dialled(world, "301", "202")
    act(world, "201", "blindTransfer", destination=destination)
    assert (call.place, books(world).lost) == (Place.GONE, 1)


def test_a_transfer_that_is_not_answered_costs_the_caller():
    world = a_world(**NO_PICK_UP)
    call = world.place_call("500")
    world.telephony.press(None, "201", "enter")
    world.tick(ACCEPTED_SECONDS)
    assert call.place is Place.TALKING
    act(world, "201", "blindTransfer", destination="301")
    world.tick(15)
    assert (call.place, books(world).lost) == (Place.GONE, 1)


def test_a_transfer_to_a_queue_lets_the_caller_wait_there(world):
    call = a_conversation(world)
    act(world, "201", "blindTransfer", destination="501")
    assert (call.place, call.queue) == (Place.WAITING, "501")
    assert call.agent is None
    assert status_at(world, "201") == "ringing"  # agent 1 is free, and of that queue


def test_whom_an_extension_dialled_outside_is_transferred_to_another(world):
    dialled(world, "301", OUTSIDE)
    channel = call_at(world, "301")["otherChannel"]
    act(world, "301", "blindTransfer", destination="202")
    assert calls_at(world, "301") == []
    world.tick(PICK_UP_SECONDS)
    shown = call_at(world, "202")
    assert (shown["otherChannel"], shown["direction"], shown["callerIdNumber"]) == (channel, "inbound", OUTSIDE)
    assert shown["queue"] is None


def test_an_extension_is_transferred_to_another_and_is_the_caller_there(world):
    dialled(world, "301", "201")
    act(world, "301", "blindTransfer", destination="202")
    assert calls_at(world, "301") == []
    assert (status_at(world, "201"), status_at(world, "202")) == ("up", "ringing")
    world.tick(PICK_UP_SECONDS)
    shown = call_at(world, "202")
    assert (shown["callerIdNumber"], shown["connectedNumber"], shown["status"]) == ("201", "202", "up")


def test_an_extension_that_is_transferred_to_nowhere_is_hung_up(world):
    dialled(world, "301", "201")
    act(world, "301", "blindTransfer", destination="999")
    assert calls_at(world, "201") == []


def test_an_extension_that_is_transferred_outside_talks_there(world):
    dialled(world, "301", "201")
    act(world, "301", "blindTransfer", destination=OUTSIDE)
    world.tick(PICK_UP_SECONDS)
    shown = call_at(world, "201")
    assert (shown["direction"], shown["connectedNumber"], shown["status"]) == ("outbound", OUTSIDE, "up")


def test_a_transfer_of_a_call_that_still_rings_does_nothing(world):
    call = world.place_call("500")
    act(world, "201", "blindTransfer", destination="301")
    assert call.place is Place.WAITING
    assert calls_at(world, "301") == []


def test_a_transfer_back_to_the_same_telephone_rings_there(world):
    call = a_conversation(world)
    world.place_call("501")
    act(world, "201", "blindTransfer", destination="201")
    assert call_at(world, "201")["id"] == str(call.id)


# Parking


@pytest.mark.contract("3.11")
def test_an_agent_parks_their_caller_in_the_lowest_free_space(world):
    call = a_conversation(world)
    act(world, "201", "park")
    [shown] = parked_calls(world.switch.lot)
    assert (shown["space"], shown["parkedBy"], shown["channel"]) == ("71", "201", call.channel)
    assert row(world, 1)["status"] == "available"
    assert books(world).parked == 1


def test_whom_an_extension_dialled_is_parked_and_comes_back_to_it_in_the_end(world):
    dialled(world, "301", OUTSIDE)
    act(world, "301", "park")
    [shown] = parked_calls(world.switch.lot)
    assert (shown["parkedBy"], shown["callerIdNumber"]) == ("301", OUTSIDE)
    world.tick(180)
    assert parked_calls(world.switch.lot) == []
    assert (status_at(world, "301"), call_at(world, "301")["callerIdNumber"]) == ("ringing", OUTSIDE)


def test_an_extension_that_is_parked_stays_on_the_line_and_may_be_picked_up(world):
    dialled(world, "301", "201")
    act(world, "301", "park")
    shown = call_at(world, "201")
    assert (shown["status"], shown["connectedNumber"], shown["connectedName"]) == ("up", "71", "Parked")
    [parked] = parked_calls(world.switch.lot)
    assert (parked["channel"], parked["callerIdNumber"]) == (shown["channel"], "201")
    world.telephony.pick_up(parked["channel"], "202")
    world.tick(ACCEPTED_SECONDS + PICK_UP_SECONDS)
    assert (call_at(world, "202")["callerIdNumber"], call_at(world, "201")["connectedNumber"]) == ("201", "202")


def test_an_extension_that_is_parked_may_hang_up(world):
    dialled(world, "301", "201")
    act(world, "301", "park")
    act(world, "201", "hangUp")
    assert parked_calls(world.switch.lot) == []
    assert calls_at(world, "201") == []


def test_parking_with_a_full_lot_is_accepted_and_does_nothing():
    world = a_world(agents=[{"500": 1}] * 9, renamed_share=0.0, parked=Duration(9999.0, Shape.FIXED))
    for _ in range(9):
        a_conversation(world)
    for extension in range(201, 210):
        act(world, str(extension), "park")
    assert len(world.switch.lot.calls) == 8
    assert status_at(world, "209") == "up"
    world.tick(300)
    assert books(world).completed == 1  # who could not be parked talked to the end


def test_a_dialled_call_stays_when_the_lot_is_full():
    world = a_world(agents=[{"500": 1}] * 8, renamed_share=0.0)
    for _ in range(8):
        a_conversation(world)
    dialled(world, "301", OUTSIDE)
    for extension in ("201", "202", "203", "204", "205", "206", "207", "208", "301"):
        act(world, extension, "park")
    assert status_at(world, "301") == "up"


# Channels


def test_an_action_may_name_the_extensions_own_channel(world):
    call = a_conversation(world)
    act(world, "201", "hangUp", channel=call_at(world, "201")["channel"])
    assert call.place is Place.GONE


@pytest.mark.parametrize("action", ["hangUp", "park", "blindTransfer"])
def test_the_callers_channel_is_not_the_extensions(world, action):
    call = a_conversation(world)
    channel = call.channel
    assert refused(world.telephony.extension_action, "201", action, channel, "301") == (400, "channel", "nonexistent")
    channel = call_at(world, "201")["channel"]
    assert refused(world.telephony.extension_action, "202", action, channel, "301") == (400, "channel", "nonexistent")
    world.tick(5)
    assert call.place is Place.TALKING


def test_the_channel_has_no_effect_for_dial_nor_the_destination_for_the_others(world):
    act(world, "301", "dial", channel="nonsense", destination=OUTSIDE)
    assert status_at(world, "301") == "dialing"
    act(world, "301", "hangUp", destination="nonsense")
    assert calls_at(world, "301") == []


@pytest.mark.parametrize(
    ("extension", "action", "destination", "expected"),
    [
        ("", "dial", "201", (400, "extension", "blank")),
        ("999", "dial", "201", (400, "extension", "nonexistent")),
        ("500", "dial", "201", (400, "extension", "nonexistent")),
        ("²01", "dial", "201", (400, "extension", "nonexistent")),
        ("201", "", "201", (400, "action", "blank")),
        ("201", "explode", "201", (400, "action", "invalid")),
        ("201", "DIAL", "201", (400, "action", "invalid")),
        ("201", "dial", "", (400, "destination", "blank")),
        ("202", "blindTransfer", "", (400, "channel", "nonexistent")),
        ("202", "hangUp", "", (400, "channel", "nonexistent")),
        ("202", "park", "", (400, "channel", "nonexistent")),
        ("201", "blindTransfer", " ", (400, "destination", "blank")),
    ],
)
def test_a_wrong_extension_action_is_refused_and_named(world, extension, action, destination, expected):
    a_conversation(world)
    assert refused(world.telephony.extension_action, extension, action, "", destination) == expected
