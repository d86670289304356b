"""Two clients who act on the same thing at the same time: exactly one of them wins."""

import asyncio

import httpx
import pytest

from eqboard.simulator.app import build_app
from eqboard.simulator.switch.parties import Place

from .configured import books, later
from .conftest import KEY, Server, a_world, refusal
from .office import VALID, sign_in
from .telephones import PICK_UP_SECONDS, act, status_at
from .test_invariants import check


@pytest.fixture
def world():
    return a_world(renamed_share=0.0)


@pytest.fixture
async def two(world, clock):
    """Two clients of one server."""
    app = build_app(world, key=KEY, clock=clock)
    clients = [httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") for _ in range(2)]
    yield [Server(client) for client in clients]
    for client in clients:
        await client.aclose()


async def both(first, second):
    """Two requests under way at the same time."""
    return await asyncio.gather(first, second)


def steal(server, call, destination):
    return server.send("POST", "steal_queued_call", channel=call.channel, destination=destination)


def pick_up(server, call, destination):
    return server.send("POST", "pick_up_parked_call", channel=call.channel, destination=destination)


def extension_action(server, extension, action, destination=""):
    return server.send("POST", "extension_action", extension=extension, action=action, destination=destination)


@pytest.fixture
def queued_call(world):
    """A caller who waits while nobody takes calls."""
    for agent in world.directory.agents.values():
        world.pause(agent, None)
    return world.place_call("500", talk_seconds=600)


@pytest.fixture
def conversation(world):
    """A caller who talks with agent 1, at 201."""
    call = world.place_call("500", talk_seconds=600)
    world.tick(PICK_UP_SECONDS)
    return call


@pytest.fixture
def parked_call(world, conversation):
    act(world, "201", "park")
    return conversation


async def after(server, clock, world, seconds=0.01):
    clock.now = world.now
    await later(server, clock, seconds)
    check(world)


def ringing(world, *extensions):
    return [extension for extension in extensions if status_at(world, extension) == "ringing"]


async def test_of_two_who_steal_a_caller_one_gets_them(two, world, clock, queued_call):
    answers = await both(steal(two[0], queued_call, "301"), steal(two[1], queued_call, "202"))
    assert [answer.status_code for answer in answers] == [200, 200]
    await after(two[0], clock, world)
    assert len(ringing(world, "301", "202")) == 1
    assert (await books(two[0]))["stolen"] == 1
    assert refusal(await steal(two[1], queued_call, "202")) == (400, "channel", "nonexistent")


async def test_a_caller_who_hangs_up_while_they_are_stolen_is_abandoned_and_rings_nowhere(
    two, world, clock, queued_call
):
    await both(steal(two[0], queued_call, "301"), two[1].control("DELETE", f"/control/calls/{queued_call.unique_id}"))
    await after(two[0], clock, world)
    assert ringing(world, "301") == []
    found = await books(two[0])
    assert (found["stolen"], found["abandoned"]) == (0, 1)


async def test_a_caller_who_is_answered_while_they_are_stolen_is_redirected_and_the_agent_cut_off(two, world, clock):
    """As on a real switch (contract §4): both said yes, and the caller is at one place."""
    call = world.place_call("500", talk_seconds=600)
    world.tick(PICK_UP_SECONDS - 0.0005)
    clock.now = world.now
    assert (await steal(two[0], call, "301")).status_code == 200
    assert call.place is Place.WAITING
    await later(two[0], clock, 0.0007)
    assert call.place is Place.TALKING
    await after(two[1], clock, world)
    assert (call.place, call.agent) == (Place.SENT, None)
    assert ringing(world, "301", "201") == ["301"]
    found = await books(two[0])
    assert (found["answered"], found["cut_off"], found["stolen"]) == (1, 1, 0)


async def test_of_two_who_pick_up_a_parked_caller_one_gets_them(two, world, clock, parked_call):
    answers = await both(pick_up(two[0], parked_call, "301"), pick_up(two[1], parked_call, "202"))
    assert [answer.status_code for answer in answers] == [200, 200]
    await after(two[0], clock, world)
    assert len(ringing(world, "301", "202")) == 1
    assert (await books(two[0]))["retrieved"] == 1
    assert refusal(await pick_up(two[1], parked_call, "202")) == (400, "channel", "nonexistent")


async def test_a_parked_caller_who_hangs_up_while_they_are_picked_up_rings_nowhere(two, world, clock, parked_call):
    await both(pick_up(two[0], parked_call, "301"), two[1].control("DELETE", f"/control/calls/{parked_call.unique_id}"))
    await after(two[0], clock, world)
    assert ringing(world, "301") == []
    found = await books(two[0])
    assert (found["retrieved"], found["parked_abandoned"]) == (0, 1)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (("park",), {"parked": 1}),
        (("hangUp",), {"completed": 1}),
        (("blindTransfer", "202"), {"transferred": 1}),
    ],
)
async def test_what_is_done_first_with_a_conversation_is_done_and_a_transfer_after_it_is_not(
    two, world, clock, conversation, other, expected
):
    answers = await both(
        extension_action(two[0], "201", *other), extension_action(two[1], "201", "blindTransfer", "301")
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    await after(two[0], clock, world)
    assert ringing(world, "301") == []
    found = await books(two[0])
    outcomes = ("parked", "completed", "transferred", "cut_off")
    assert {name: found[name] for name in outcomes if found[name]} == expected


async def test_of_two_monitors_for_one_extension_each_listens_from_its_own(two, world, clock, conversation):
    await both(
        *(
            server.send("POST", "call_monitor_action", action="spy", targetExtension="201", monitorExtension=extension)
            for server, extension in zip(two, ("301", "202"), strict=True)
        )
    )
    await after(two[0], clock, world, PICK_UP_SECONDS + 0.01)
    assert [status_at(world, extension) for extension in ("301", "202")] == ["up", "up"]


async def test_of_two_who_delete_a_queue_one_finds_it(two, world):
    answers = await both(*(server.send("DELETE", "call_queue/500") for server in two))
    assert sorted(answer.status_code for answer in answers) == [200, 404]


@pytest.mark.parametrize("kind", ["call_queue", "agent", "pause_code", "extension", "supervisor"])
async def test_of_two_who_create_the_same_one_makes_it(two, kind):
    answers = await both(*(server.send("POST", kind, data=VALID[kind]) for server in two))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    [refused] = [answer for answer in answers if answer.status_code == 400]
    assert {error["type"] for error in refused.json()} == {"in_use"}


async def test_of_two_who_sign_the_same_agent_in_one_does(two, world):
    world.go_home(world.directory.agents[1])
    answers = await both(*(sign_in(server, "agent", 1, "201") for server in two))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    [refused] = [answer for answer in answers if answer.status_code == 400]
    assert {error["type"] for error in refused.json()} == {"already_signed_in"}
