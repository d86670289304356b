"""Stealing queued calls and picking up parked ones: who leaves at once, who arrives, and who is lost on the way."""

import pytest

from eqboard.simulator.answers.calls import parked_calls
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.switch.parties import Place

from .conftest import AT_ONCE, NO_PICK_UP, START, a_world
from .telephones import (
    ACCEPTED_SECONDS,
    PICK_UP_SECONDS,
    a_conversation,
    act,
    books,
    call_at,
    calls_at,
    combined,
    numbers,
    refused,
    row,
    status_at,
)

NOBODY_IN = {"present_share": 0.0}
NEVER_RENAMED = {"renamed_share": 0.0}


@pytest.fixture
def world():
    return a_world(**NEVER_RENAMED)


@pytest.fixture
def waiting():
    """A world in which nobody takes calls, so that callers wait."""
    return a_world(**NOBODY_IN, **NEVER_RENAMED)


def steal(world, call, destination="301"):
    world.telephony.steal(call.channel, destination)


def stolen(world, call, destination="301"):
    steal(world, call, destination)
    world.tick(ACCEPTED_SECONDS)


# Leaving and arriving


@pytest.mark.contract("4.1")
def test_a_stolen_caller_is_accepted_first_leaves_soon_and_arrives_when_the_destination_answers(waiting):
    call = waiting.place_call("500", talk_seconds=60)
    steal(waiting, call)
    assert call.place is Place.WAITING
    waiting.tick(ACCEPTED_SECONDS)
    assert call.place is Place.SENT
    assert waiting.directory.queues["500"].waiting == {}
    assert status_at(waiting, "301") == "ringing"
    waiting.tick(PICK_UP_SECONDS)
    assert call.place is Place.REACHED
    assert status_at(waiting, "301") == "up"
    waiting.tick(60)
    assert call.place is Place.GONE
    assert calls_at(waiting, "301") == []


@pytest.mark.contract("4.1")
def test_a_stolen_caller_leaves_after_one_to_three_milliseconds(waiting):
    call = waiting.place_call("500")
    steal(waiting, call)
    waiting.tick(0.0009)
    assert call.place is Place.WAITING
    waiting.tick(0.0022)
    assert call.place is Place.SENT


@pytest.mark.contract("3.12")
def test_a_stolen_caller_is_the_extensions_call_with_every_field(waiting):
    call = waiting.place_call("500", name="Ann", number="5550123")
    stolen(waiting, call)
    waiting.tick(PICK_UP_SECONDS)
    shown = call_at(waiting, "301")
    assert shown.pop("startTime") == int(START)
    assert shown.pop("answerTime") == int(START) + 3
    assert shown == {
        "id": "1",
        "uniqueId": call.unique_id,
        "extension": "301",
        "channel": "SIP/301-00000001",
        "callerIdNumber": "5550123",
        "callerIdName": "Ann",
        "connectedNumber": "301",
        "connectedName": "Dana Weiss",
        "otherChannel": "SIP/trunk-00000001",
        "status": "up",
        "direction": "inbound",
        "queue": "500",
        "recording": False,
    }


@pytest.mark.contract("4.6")
def test_the_ledger_keeps_the_stolen_apart_and_the_switch_counts_them_as_abandoned(waiting):
    stolen(waiting, waiting.place_call("500"))
    assert (books(waiting).stolen, books(waiting).abandoned) == (1, 0)
    assert numbers(waiting)["callsAbandoned"] == 1


def test_a_telephone_that_rings_for_a_stolen_caller_stops_and_takes_the_next(world):
    first = world.place_call("501")
    second = world.place_call("501")
    assert row(world, 1, "501")["call"]["id"] == str(first.id)
    stolen(world, first)
    assert row(world, 1, "501")["call"]["id"] == str(second.id)


def test_a_caller_stolen_to_the_telephone_that_rings_for_them_arrives_there_before_anybody_else(world):
    first = world.place_call("501")
    world.place_call("501")
    stolen(world, first, "201")
    assert call_at(world, "201")["id"] == str(first.id)
    world.tick(PICK_UP_SECONDS)
    assert first.place is Place.REACHED
    assert books(world, "501").answered == 0


def test_the_patience_of_a_stolen_caller_does_not_end_in_their_new_conversation(waiting):
    call = waiting.place_call("500", patience_seconds=20)
    stolen(waiting, call)
    waiting.tick(100)
    assert call.place is Place.REACHED


# Agents


@pytest.mark.contract("4.7")
def test_an_agent_with_a_stolen_caller_is_busy_in_every_queue_and_the_row_they_came_from_has_the_call():
    world = a_world()
    world.pause(world.directory.agents[1], 1)
    world.pause(world.directory.agents[2], 1)
    call = world.place_call("501")
    stolen(world, call, "201")
    assert [row(world, 1, queue)["status"] for queue in ("500", "501")] == ["ringing", "ringing"]
    world.tick(PICK_UP_SECONDS)
    assert [row(world, 1, queue)["status"] for queue in ("500", "501")] == ["onCall", "onCall"]
    assert row(world, 1, "500")["call"] is None
    assert row(world, 1, "501")["call"]["uniqueId"] == call.unique_id
    assert row(world, 1, "500")["statusTime"] == int(world.now)
    assert row(world, 1, "501")["call"]["queue"] is None  # on call, other: the queue gave another agent nothing
    assert combined(world, 1)["call"]["queue"] is None
    assert call_at(world, "201")["queue"] == "501"
    assert numbers(world)["agentsOnCall"] == 1


def test_an_agent_with_a_stolen_caller_is_offered_no_queue_call_until_they_are_free_again():
    world = a_world(agents=[{"500": 1}], queues=[QueueSettings("500", "Sales", wrap_up_time=30)])
    world.pause(world.directory.agents[1], 1)
    call = world.place_call("500", talk_seconds=50)
    stolen(world, call, "201")
    world.tick(PICK_UP_SECONDS)
    world.resume(world.directory.agents[1])
    other = world.place_call("500")
    world.tick(40)
    assert not other.ringing
    world.tick(10)
    assert call.place is Place.GONE
    assert other.ringing  # at once: no wrap-up after a call that no queue gave
    assert row(world, 1)["callsTaken"] == 0


# Lost on the way


@pytest.mark.contract("4.2")
@pytest.mark.parametrize("destination", ["999", "abc", "²01", " 201", "0", "12345", "+", "201;drop", "\u202e301"])
def test_a_caller_stolen_to_a_destination_that_does_not_exist_is_hung_up(waiting, destination):
    call = waiting.place_call("500")
    stolen(waiting, call, destination)
    assert call.place is Place.GONE
    assert (books(waiting).stolen, books(waiting).lost) == (1, 1)
    assert waiting.switch.calls == {}


@pytest.mark.contract("4.2")
def test_a_caller_stolen_to_a_busy_extension_is_hung_up(waiting):
    first, second = waiting.place_call("500"), waiting.place_call("500")
    stolen(waiting, first)
    stolen(waiting, second)
    assert (first.place, second.place) == (Place.SENT, Place.GONE)


def test_a_caller_stolen_to_an_extension_that_may_not_be_disturbed_is_hung_up(waiting):
    waiting.telephony.press(None, "301", "dnd")
    call = waiting.place_call("500")
    stolen(waiting, call)
    assert call.place is Place.GONE


@pytest.mark.contract("4.2")
def test_a_caller_stolen_to_an_extension_that_does_not_answer_is_hung_up_after_the_ring_time():
    world = a_world(**NOBODY_IN, **NO_PICK_UP)
    call = world.place_call("500")
    stolen(world, call)
    world.tick(14)
    assert status_at(world, "301") == "ringing"
    world.tick(1)
    assert call.place is Place.GONE
    assert books(world).lost == 1
    assert calls_at(world, "301") == []


def test_a_caller_who_hangs_up_on_the_way_was_not_lost_by_the_destination(waiting):
    call = waiting.place_call("500")
    stolen(waiting, call)
    assert waiting.hang_up(call.unique_id)
    assert (books(waiting).sent_abandoned, books(waiting).lost) == (1, 0)
    assert calls_at(waiting, "301") == []


def test_a_number_outside_answers_and_no_extension_takes_part(waiting):
    call = waiting.place_call("500", talk_seconds=60)
    stolen(waiting, call, "+1 (604) 555-0123")
    waiting.tick(PICK_UP_SECONDS)
    assert call.place is Place.REACHED
    assert calls_at(waiting, "301") == []
    waiting.tick(60)
    assert books(waiting).finished == 1


def test_a_caller_stolen_to_a_queue_waits_there(waiting):
    call = waiting.place_call("500")
    stolen(waiting, call, "501")
    assert (call.place, call.queue) == (Place.WAITING, "501")
    assert list(waiting.directory.queues["501"].waiting.values()) == [call]
    assert (books(waiting).requeued, books(waiting, "501").offered) == (1, 1)


def test_a_caller_stolen_to_a_full_queue_is_turned_away():
    queues = [QueueSettings("500", "Sales"), QueueSettings("501", "VIP", max_callers=1)]
    world = a_world(queues, [], **NEVER_RENAMED)
    world.place_call("501")
    call = world.place_call("500")
    stolen(world, call, "501")
    assert call.place is Place.GONE
    assert books(world, "501").turned_away == 1


def test_a_caller_stolen_to_a_deleted_queue_is_hung_up(waiting):
    waiting.directory.queues["501"].deleted = True
    call = waiting.place_call("500")
    stolen(waiting, call, "501")
    assert (call.place, books(waiting).lost) == (Place.GONE, 1)


def test_an_agent_whose_caller_is_stolen_back_into_the_queue_wraps_up_and_does_not_get_them_again():
    world = a_world(agents=[{"501": 1}])
    call = a_conversation(world, "501")
    stolen(world, call, "501")
    assert call.place is Place.WAITING
    assert row(world, 1, "501")["status"] == "wrapUp"


# Too late, too early, twice


@pytest.mark.contract("4.3")
def test_a_caller_who_talks_with_an_agent_already_is_redirected_all_the_same_and_the_agent_is_cut_off(world):
    call = a_conversation(world)
    stolen(world, call)
    assert call.place is Place.SENT
    assert row(world, 1)["status"] == "available"
    assert (books(world).cut_off, books(world).stolen, books(world).completed) == (1, 0, 0)
    assert numbers(world)["callsAbandoned"] == 0
    world.tick(PICK_UP_SECONDS)
    assert call_at(world, "301")["otherChannel"] == call.channel


def test_an_agent_who_is_cut_off_wraps_up_as_after_any_call_of_the_queue(world):
    call = a_conversation(world, "501")
    stolen(world, call)
    assert row(world, 1, "501")["status"] == "wrapUp"


def test_a_caller_who_was_cut_off_talks_on_as_long_as_they_would_have():
    world = a_world(**AT_ONCE)
    call = world.place_call("500", talk_seconds=100)
    world.tick(40)
    stolen(world, call)
    world.tick(58)
    assert call.place is Place.REACHED
    world.tick(2)
    assert call.place is Place.GONE
    assert books(world).talk_seconds == pytest.approx(40.002, abs=0.0011)


def test_a_caller_in_a_conference_is_redirected_out_of_it_and_the_room_closes():
    world = a_world(conference_share=1.0, **AT_ONCE)
    call = world.place_call("500", talk_seconds=100)
    world.tick(90)
    assert call.place is Place.CONFERENCE
    stolen(world, call)
    assert call.place is Place.REACHED
    assert world.switch.conferences == {}
    assert books(world).cut_off == 1


@pytest.mark.contract("2.30")
def test_of_two_who_steal_the_same_caller_the_first_gets_them(waiting):
    call = waiting.place_call("500")
    for _ in range(20):
        other = waiting.place_call("500")
        steal(waiting, other, "301")
        steal(waiting, other, "201")
        waiting.tick(ACCEPTED_SECONDS)
        assert (status_at(waiting, "301"), status_at(waiting, "201")) == ("ringing", None)
        waiting.hang_up(other.unique_id)
    assert call.place is Place.WAITING


def test_a_steal_of_a_caller_who_is_gone_from_the_queue_is_refused(waiting):
    call = waiting.place_call("500")
    stolen(waiting, call)
    assert refused(waiting.telephony.steal, call.channel, "201") == (400, "channel", "nonexistent")
    waiting.tick(PICK_UP_SECONDS)
    assert refused(waiting.telephony.steal, call.channel, "201") == (400, "channel", "nonexistent")
    waiting.hang_up(call.unique_id)
    assert refused(waiting.telephony.steal, call.channel, "201") == (400, "channel", "nonexistent")


def test_a_steal_of_a_caller_who_hangs_up_meanwhile_does_nothing(waiting):
    call = waiting.place_call("500")
    steal(waiting, call)
    waiting.hang_up(call.unique_id)
    waiting.tick(ACCEPTED_SECONDS)
    assert calls_at(waiting, "301") == []
    assert (books(waiting).stolen, books(waiting).abandoned) == (0, 1)


def test_a_steal_of_a_caller_who_is_parked_meanwhile_does_nothing(world):
    call = a_conversation(world)
    world.telephony.extension_action("201", "park", "", "")
    steal(world, call)
    world.tick(2 * ACCEPTED_SECONDS)
    assert call.place is Place.PARKED


@pytest.mark.parametrize(
    ("channel", "destination", "expected"),
    [
        ("", "301", (400, "channel", "blank")),
        ("  ", "301", (400, "channel", "blank")),
        ("SIP/trunk-00000099", "301", (400, "channel", "nonexistent")),
        ("SIP/trunk-00000001", "", (400, "destination", "blank")),
        ("SIP/trunk-00000001", "\t", (400, "destination", "blank")),
        ("sip/TRUNK-00000001", "301", (400, "channel", "nonexistent")),
    ],
)
def test_a_wrong_steal_is_refused_and_named(waiting, channel, destination, expected):
    call = waiting.place_call("500")
    assert refused(waiting.telephony.steal, channel, destination) == expected
    waiting.tick(5)
    assert call.place is Place.WAITING


def test_ringall_rings_no_more_for_a_stolen_caller():
    world = a_world([QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)], [{"500": 1}] * 3)
    call = world.place_call("500")
    assert [status_at(world, extension) for extension in ("201", "202", "203")] == ["ringing"] * 3
    stolen(world, call)
    assert [status_at(world, extension) for extension in ("201", "202", "203")] == [None] * 3


# Picking up


def parked(world, **caller):
    call = a_conversation(world, **caller)
    act(world, "201", "park")
    assert call.place is Place.PARKED
    return call


@pytest.mark.contract("4.1")
def test_a_parked_caller_who_is_picked_up_rings_at_the_destination_and_arrives(world):
    call = parked(world)
    world.telephony.pick_up(call.channel, "301")
    world.tick(ACCEPTED_SECONDS)
    assert world.switch.lot.calls == {}
    assert status_at(world, "301") == "ringing"
    world.tick(PICK_UP_SECONDS)
    assert call.place is Place.REACHED
    assert (books(world).retrieved, books(world).arrived, books(world).picked_up) == (1, 1, 0)


@pytest.mark.parametrize("destination", ["999", "201"])
def test_a_parked_caller_who_is_picked_up_to_nowhere_or_somebody_busy_is_hung_up(world, destination):
    call = parked(world)
    world.place_call("501")  # rings at 201
    world.telephony.pick_up(call.channel, destination)
    world.tick(ACCEPTED_SECONDS)
    assert call.place is Place.GONE
    assert books(world).lost == 1


@pytest.mark.contract("4.5")
def test_the_unique_id_may_change_on_park_and_on_pick_up_and_the_channel_stays():
    world = a_world(renamed_share=1.0)
    call = a_conversation(world)
    names = [call.unique_id]
    act(world, "201", "park")
    names.append(call.unique_id)
    world.telephony.pick_up(call.channel, "301")
    world.tick(ACCEPTED_SECONDS)
    names.append(call.unique_id)
    assert len(set(names)) == 3
    assert world.switch.calls == {call.unique_id: call}
    assert call_at(world, "301")["otherChannel"] == call.channel
    assert call_at(world, "301")["uniqueId"] == call.unique_id


def test_a_caller_picked_up_twice_goes_to_the_first(world):
    call = parked(world)
    world.telephony.pick_up(call.channel, "301")
    world.telephony.pick_up(call.channel, "202")
    world.tick(2 * ACCEPTED_SECONDS)
    assert (status_at(world, "301"), status_at(world, "202")) == ("ringing", None)


def test_a_parked_caller_whose_time_is_over_meanwhile_is_not_picked_up():
    world = a_world(**NEVER_RENAMED, parked=Duration(9999.0, Shape.FIXED))
    call = parked(world)
    world.run_to(call.parked_at + 179.9995)
    world.telephony.pick_up(call.channel, "301")
    world.tick(1)
    assert calls_at(world, "301") == []
    assert status_at(world, "201") == "ringing"
    world.tick(PICK_UP_SECONDS)
    assert call.place is Place.TALKING


def test_a_caller_parked_again_by_whom_they_were_sent_to_says_who_parked_them(world):
    call = parked(world)
    world.telephony.pick_up(call.channel, "301")
    world.tick(ACCEPTED_SECONDS + PICK_UP_SECONDS)
    act(world, "301", "park")
    [shown] = parked_calls(world.switch.lot)
    assert (shown["parkedBy"], shown["space"], shown["channel"]) == ("301", "71", call.channel)
    world.tick(180)
    assert (books(world).parked_again, books(world).rejoined) == (1, 1)  # a supervisor is no agent to go back to


@pytest.mark.parametrize(
    ("channel", "destination", "expected"),
    [
        ("", "301", (400, "channel", "blank")),
        ("SIP/trunk-00000001", "301", (400, "channel", "nonexistent")),
        ("SIP/trunk-00000002", "", (400, "destination", "blank")),
    ],
)
def test_a_wrong_pick_up_is_refused_and_named(world, channel, destination, expected):
    a_conversation(world)
    a_conversation(world)
    act(world, "202", "park")
    assert refused(world.telephony.pick_up, channel, destination) == expected
