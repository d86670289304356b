"""Extensions whose telephone EQ does not tell: one of an undetectable type works, one that is not there does not."""

from dataclasses import replace

import pytest

from eqboard.simulator.office.extensions import Extension, Telephone
from eqboard.simulator.office.sessions import Kind
from eqboard.simulator.switch.parties import Mode, Place

from .conftest import Server, a_world, refusal
from .office import put
from .telephones import ACCEPTED_SECONDS, PICK_UP_SECONDS, a_conversation, act, books, calls_at, refused, status_at
from .test_invariants import check

FAX, SOCKET = "392", "393"


@pytest.fixture
def world():
    """Sales with one agent; a fax, and a socket in the wall."""
    world = a_world(agents=[{"500": 1}])
    world.directory.add_extension(Extension(FAX, "Fax", telephone=Telephone.UNDETECTABLE))
    world.directory.add_extension(Extension(SOCKET, "Meeting room", telephone=Telephone.NONE))
    return world


def sit_at(world, extension):
    agent = world.directory.agents[1]
    world.attendance.sign_in(Kind.AGENT, 1, extension, force=True)
    world.sign_in(agent, [("500", 1)])
    return agent


@pytest.mark.parametrize("extension", [FAX, SOCKET])
async def test_eq_knows_neither_telephone(open_client, world, extension):
    async with open_client(world) as client:
        server = Server(client)
        assert refusal(await server.get("phone", extension=extension)) == (404, "phone", "nonexistent")
        shown = (await server.get(f"extension/{extension}")).json()
        assert "telephone" not in shown
        await put(server, f"extension/{extension}", **shown)
        assert refusal(await server.get("phone", extension=extension)) == (404, "phone", "nonexistent")
    assert world.switch.lines.is_registered(extension) is (extension == FAX)
    assert refused(world.telephony.press, None, extension, "1") == (400, "phone", "nonexistent")


@pytest.mark.parametrize(("extension", "place", "lost"), [(FAX, Place.REACHED, 0), (SOCKET, Place.GONE, 1)])
def test_a_stolen_caller_reaches_a_fax_and_is_lost_at_a_socket(world, extension, place, lost):
    world.pause(world.directory.agents[1], 1)
    call = world.place_call("500")
    world.telephony.steal(call.channel, extension)
    world.tick(ACCEPTED_SECONDS)
    world.tick(PICK_UP_SECONDS)
    assert (call.place, books(world).lost) == (place, lost)
    check(world)


@pytest.mark.parametrize(("extension", "place"), [(FAX, Place.REACHED), (SOCKET, Place.GONE)])
def test_so_is_one_who_is_transferred(world, extension, place):
    call = a_conversation(world, talk_seconds=600)
    act(world, "201", "blindTransfer", destination=extension)
    world.tick(PICK_UP_SECONDS)
    assert (call.place, bool(calls_at(world, extension))) == (place, extension == FAX)
    check(world)


def test_a_fax_can_dial_and_a_socket_cannot(world):
    for extension in (FAX, SOCKET):
        act(world, extension, "dial", destination="301")
    assert (status_at(world, FAX), status_at(world, SOCKET), status_at(world, "301")) == ("dialing", None, "ringing")


def test_nobody_listens_in_from_a_socket(world):
    for extension in (FAX, SOCKET):
        world.telephony.monitor_action(Mode.SPY, "201", extension)
    world.tick(ACCEPTED_SECONDS)
    assert (status_at(world, FAX), status_at(world, SOCKET)) == ("ringing", None)


def test_queues_ring_an_agent_at_an_undetectable_telephone_and_none_at_a_socket(world):
    agent = sit_at(world, SOCKET)
    call = world.place_call("500")
    assert call.ringing == []
    sit_at(world, FAX)
    assert call.ringing == [agent]
    world.tick(PICK_UP_SECONDS)
    assert call.place is Place.TALKING
    check(world)


@pytest.mark.parametrize(("extension", "joins"), [(FAX, True), (SOCKET, False)])
def test_strict_counts_an_undetectable_telephone_in_and_a_socket_out(world, extension, joins):
    sit_at(world, extension)
    queue = world.directory.queues["500"]
    world.change_queue(queue, replace(queue.settings, join_empty="strict"))
    assert (world.place_call("500").place is Place.WAITING) is joins


@pytest.mark.parametrize(("extension", "problems"), [(FAX, []), (SOCKET, ["phoneNonexistent"])])
async def test_the_check_of_the_configuration_finds_who_sits_where_nothing_is_registered(
    open_client, world, extension, problems
):
    sit_at(world, extension)
    async with open_client(world) as client:
        told = (await Server(client).get("configuration_check")).json()["problems"]
    found = [problem["type"] for problem in told if problem["entity"] == "agent"]
    assert found == problems
