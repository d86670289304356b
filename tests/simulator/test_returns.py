"""Who was parked too long comes back: it rings at the agent who parked them, or else they are in the queue again."""

import pytest

from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.office.extensions import Telephone
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
    numbers,
    refused,
    row,
    status_at,
)
from .test_invariants import check

LOT_SECONDS = 180
SALES = QueueSettings("500", "Sales", agent_timeout=10, agent_retry_time=5)


@pytest.fixture
def world():
    """One agent has parked a caller, and talks with nobody."""
    world = a_world([SALES], [{"500": 1}], parked=Duration(9999.0, Shape.FIXED))
    a_conversation(world, talk_seconds=600)
    act(world, "201", "park")
    return world


@pytest.fixture
def call(world):
    [call] = world.switch.calls.values()
    return call


@pytest.fixture
def ringing(world, call):
    """The agent's telephone rings for the caller since this moment."""
    world.run_to(call.parked_at + LOT_SECONDS)
    return call


def press(world, key):
    world.telephony.press(None, "201", key)
    world.tick(0.01)


def has_rejoined(world, call):
    check(world)
    return call.place is Place.WAITING and (books(world).rejoined, books(world).returned_to_agent) == (1, 0)


@pytest.mark.usefixtures("ringing")
def test_the_agents_telephone_rings_and_the_caller_is_in_no_space_any_more(world):
    assert world.switch.lot.calls == {}
    assert (status_at(world, "201"), row(world, 1)["status"], combined(world, 1)["status"]) == ("ringing",) * 3
    assert (call_at(world, "201")["queue"], row(world, 1)["call"]["queue"]) == ("500", None)  # the lot rings, no queue
    assert books(world).returned_to_agent == 0
    check(world)


def test_the_agent_picks_up_and_talks_on_with_the_caller(world, ringing):
    world.tick(PICK_UP_SECONDS)
    assert (ringing.place, ringing.agent) == (Place.TALKING, world.directory.agents[1])
    assert (row(world, 1)["status"], row(world, 1)["call"]["queue"]) == ("onCall", "500")
    assert (books(world).answered, books(world).returned_to_agent) == (1, 1)
    check(world)
    world.tick(600)
    assert (ringing.place, books(world).completed) == (Place.GONE, 1)


@pytest.mark.usefixtures("ringing")
def test_a_key_picks_up_at_once(world):
    press(world, "enter")
    assert status_at(world, "201") == "up"
    assert books(world).returned_to_agent == 1
    check(world)


@pytest.mark.contract("4.11")
def test_who_sends_the_caller_away_has_them_in_the_queue_and_is_left_alone_for_the_retry_time(world, ringing):
    unique_id = ringing.unique_id
    press(world, "cancel")
    assert has_rejoined(world, ringing)
    assert (ringing.unique_id, status_at(world, "201")) == (unique_id, None)
    world.tick(4.9)
    assert status_at(world, "201") is None
    world.tick(0.1)
    assert (status_at(world, "201"), ringing.ringing) == ("ringing", [world.directory.agents[1]])


@pytest.mark.parametrize("queues", [None, ["500"]])
def test_who_signs_out_of_the_queue_while_it_rings_does_not_get_the_caller(world, ringing, queues):
    world.sign_out(world.directory.agents[1], queues)
    world.tick(PICK_UP_SECONDS)
    assert has_rejoined(world, ringing)
    assert status_at(world, "201") is None


@pytest.mark.contract("4.11")
@pytest.mark.parametrize(("timeout", "seconds"), [(10, 10), (None, 15)])
def test_who_does_not_answer_in_the_queues_agent_timeout_has_the_caller_in_the_queue(timeout, seconds):
    queue = QueueSettings("500", "Sales", agent_timeout=timeout, agent_retry_time=5, auto_answer_acd=True)
    world = a_world([queue], [{"500": 1}], parked=Duration(9999.0, Shape.FIXED), **NO_PICK_UP)
    call = world.place_call("500")
    world.tick(1)
    act(world, "201", "park")
    world.run_to(call.parked_at + LOT_SECONDS + seconds - 0.1)
    assert status_at(world, "201") == "ringing"
    world.tick(0.2)
    assert status_at(world, "201") is None
    assert has_rejoined(world, call)
    assert books(world).rings_no_answer == 0  # it was no ring of the queue's


DETERRENTS = {
    "on DND": lambda world: press(world, "dnd"),
    "paused": lambda world: world.pause(world.directory.agents[1], 1),
    "at home": lambda world: world.go_home(world.directory.agents[1]),
    "on the telephone": lambda world: act(world, "201", "dial", destination="6045550123"),
    "without a telephone": lambda world: unplug(world, "201"),
}


def unplug(world, extension):
    known = world.directory.extensions[extension]
    world.directory.extensions[extension] = type(known)(extension, known.name, telephone=Telephone.NONE)


@pytest.mark.parametrize("deter", DETERRENTS.values(), ids=DETERRENTS)
def test_it_does_not_ring_at_who_could_not_take_a_call(world, call, deter):
    world.run_to(call.parked_at + LOT_SECONDS - 2)
    deter(world)
    world.run_to(call.parked_at + LOT_SECONDS)
    assert status_at(world, "201") != "ringing"
    assert has_rejoined(world, call)


def test_it_does_not_ring_at_who_let_another_caller_ring_out_a_moment_ago(world, call):
    world.run_to(call.parked_at + LOT_SECONDS - 2)
    other = world.place_call("500", patience_seconds=1)
    press(world, "cancel")
    world.run_to(call.parked_at + LOT_SECONDS)
    assert other.place is Place.GONE
    assert status_at(world, "201") is None
    assert has_rejoined(world, call)


def test_who_goes_home_while_it_rings_does_not_get_the_caller(world, ringing):
    world.go_home(world.directory.agents[1])
    check(world)
    world.tick(PICK_UP_SECONDS)
    assert calls_at(world, "201") == []
    assert has_rejoined(world, ringing)


def test_a_caller_who_hangs_up_while_it_rings_was_parked_to_the_end(world, ringing):
    world.hang_up(ringing.unique_id)
    assert (status_at(world, "201"), row(world, 1)["status"]) == (None, "available")
    assert (books(world).parked_abandoned, world.switch.calls) == (1, {})
    check(world)


@pytest.mark.usefixtures("ringing")
def test_no_queue_rings_a_telephone_where_a_caller_comes_back_until_it_is_free(world):
    other = world.place_call("500")
    assert other.ringing == []
    press(world, "enter")
    press(world, "cancel")
    assert other.ringing == [world.directory.agents[1]]
    check(world)


def test_a_caller_on_the_way_back_is_in_neither_list_and_cannot_be_stolen_or_picked_up(world, ringing):
    assert refused(world.telephony.steal, ringing.channel, "301") == (400, "channel", "nonexistent")
    assert refused(world.telephony.pick_up, ringing.channel, "301") == (400, "channel", "nonexistent")
    world.tick(ACCEPTED_SECONDS)
    assert status_at(world, "201") == "ringing"


# How long an agent talks, on average


def test_the_average_talk_time_is_of_conversations_that_are_over():
    world = a_world([SALES], [{"500": 1}, {"500": 1}, {"500": 1}])
    for talk_seconds in (40, 80, 900):
        world.place_call("500", talk_seconds=talk_seconds)
    world.tick(PICK_UP_SECONDS)
    assert numbers(world)["averageTalkTime"] == 0
    world.tick(40)
    assert (numbers(world)["callsAnswered"], numbers(world)["averageTalkTime"]) == (3, 40)
    world.tick(40)
    assert numbers(world)["averageTalkTime"] == 60
    world.tick(900)
    assert numbers(world)["averageTalkTime"] == 340


def test_a_conversation_that_goes_on_after_parking_counts_once_when_it_is_over(world, call):
    """It lasts 600 s, of which 0.0 to 0.8 s were before the parking; another one lasted 50 s."""
    before = numbers(world)["averageTalkTime"]
    assert before == 0
    a_conversation(world, talk_seconds=50)
    world.tick(50)
    assert numbers(world)["averageTalkTime"] == 25  # the parked conversation may be over
    world.run_to(call.parked_at + LOT_SECONDS + PICK_UP_SECONDS)
    assert call.place is Place.TALKING
    assert numbers(world)["averageTalkTime"] == 50
    world.tick(600)
    assert numbers(world)["averageTalkTime"] == (50 + 600) // 2


def test_those_in_a_conference_still_talk():
    world = a_world([SALES], [{"500": 1}], conference_share=1.0)
    world.place_call("500", talk_seconds=100)
    world.run_to(START + PICK_UP_SECONDS + 90)
    assert len(world.switch.conferences) == 1
    assert numbers(world)["averageTalkTime"] == 0
    world.tick(11)
    assert numbers(world)["averageTalkTime"] == 100
