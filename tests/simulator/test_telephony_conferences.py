"""Conferences and who leaves them."""

import pytest

from eqboard.simulator.switch.parties import Place

from .conftest import AT_ONCE, a_world
from .telephones import (
    a_conversation,
    act,
    books,
    call_at,
    calls_at,
    dialled,
    rooms,
    row,
    status_at,
)


@pytest.fixture
def world():
    """A caller, agent 1 and a guest are in conference for at least a hundred seconds more."""
    world = a_world(conference_share=1.0, **AT_ONCE)
    world.place_call("501", name="Ann", talk_seconds=1000)
    world.tick(850)
    assert len(world.switch.conferences) == 1
    return world


def people(world):
    [room] = rooms(world)
    return [person["callerIdNumber"] for person in room["participants"]]


def guest_of(world):
    return people(world)[2]


def the_call(world):
    [call] = world.switch.calls.values()
    return call


@pytest.mark.contract("3.15")
def test_everybody_in_a_conference_is_in_it_with_the_channel_of_their_active_call(world):
    [room] = rooms(world)
    channels = [person["channel"] for person in room["participants"]]
    assert channels == [
        the_call(world).channel,
        call_at(world, "201")["channel"],
        call_at(world, guest_of(world))["channel"],
    ]
    assert call_at(world, "201")["otherChannel"] == the_call(world).channel


def test_the_guests_telephone_is_busy_with_the_room(world):
    shown = call_at(world, guest_of(world))
    assert (shown["status"], shown["direction"], shown["connectedNumber"]) == (
        "up",
        "internal",
        rooms(world)[0]["extension"],
    )


def test_a_guest_who_is_hung_up_leaves_and_the_others_go_on(world):
    guest = guest_of(world)
    act(world, guest, "hangUp")
    assert calls_at(world, guest) == []
    assert len(people(world)) == 2
    assert row(world, 1, "501")["status"] == "onCall"


def test_an_agent_who_is_hung_up_leaves_the_caller_with_the_guest(world):
    call = the_call(world)
    act(world, "201", "hangUp")
    assert row(world, 1, "501")["status"] == "wrapUp"
    assert people(world) == [call.number, guest_of_two(world)]
    assert (call.place, books(world, "501").transferred, books(world, "501").arrived) == (Place.REACHED, 1, 1)
    world.tick(200)
    assert rooms(world) == []
    assert (call.place, books(world, "501").finished) == (Place.GONE, 1)


def guest_of_two(world):
    return people(world)[1]


@pytest.mark.parametrize("order", [("guest", "agent"), ("agent", "guest")])
def test_a_conference_ends_when_fewer_than_two_remain(world, order):
    call, who = the_call(world), {"agent": "201", "guest": guest_of(world)}
    for one in order:
        act(world, who[one], "hangUp")
    assert rooms(world) == []
    assert call.place is Place.GONE
    assert calls_at(world, who["guest"]) == []


def test_a_conference_ends_with_its_caller(world):
    guest = guest_of(world)
    world.hang_up(the_call(world).unique_id)
    assert rooms(world) == []
    assert calls_at(world, guest) == calls_at(world, "201") == []
    assert books(world, "501").completed == 1


@pytest.mark.parametrize("who", [1, 2])
@pytest.mark.parametrize("action", ["park", "blindTransfer"])
def test_nobody_is_parked_or_transferred_out_of_a_conference(world, who, action):
    before = people(world)
    act(world, before[who], action, destination="301")
    assert people(world) == before
    assert calls_at(world, "301") == []


def test_a_guest_who_is_on_another_call_is_not_called_in():
    world = a_world(conference_share=1.0, guests=(("181", "Second line"),), **AT_ONCE)
    dialled(world, "301", "181")
    a_conversation(world, talk_seconds=1000)
    world.tick(290)
    assert rooms(world) == []
    assert row(world, 1)["status"] == "onCall"


def test_one_guest_is_not_in_two_conferences():
    world = a_world(agents=[{"500": 1}] * 3, conference_share=1.0, guests=(("181", "Second line"),), **AT_ONCE)
    for _ in range(3):
        world.place_call("500", talk_seconds=1000)
    world.tick(900)
    assert len(rooms(world)) == 1
    assert status_at(world, "181") == "up"
