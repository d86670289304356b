"""Reads and orders are answered from indexes, which are what a walk over everything would find."""

from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.answers.queues import queue_rows
from eqboard.simulator.orders import read_queued_call
from eqboard.simulator.refusals import Refusal

from .conftest import a_world
from .office import VALID, delete, undelete
from .test_invariants import build, check_indexes, meddle


def agents_in(world, queue):
    return [row["agent"] for row in queue_rows(world.directory, world.directory.queues[queue])]


def test_a_queue_shows_whoever_is_bound_or_signed_in_to_it_by_id():
    world = a_world(agents=[{"500": 1}, {}, {"500": 2, "501": 1}])
    assert agents_in(world, "500") == [1, 3]
    stranger = world.directory.agents[2]
    world.report_for_work(stranger)
    world.sign_in(stranger, [("500", 3)])
    assert agents_in(world, "500") == [1, 2, 3]
    world.sign_out(stranger)
    assert agents_in(world, "500") == [1, 3]


def test_binding_and_unbinding_change_what_a_queue_shows():
    world = a_world(agents=[{"500": 1}, {}])
    first, second = world.directory.agents.values()
    world.directory.bind(second, "500", 4)
    world.directory.bind(second, "500", 2)
    assert agents_in(world, "500") == [1, 2]
    assert second.bound == {"500": 2}
    world.directory.unbind(first, "500")
    assert agents_in(world, "500") == [1, 2]  # who is signed in stays so
    world.sign_out(first)
    assert agents_in(world, "500") == [2]
    check_indexes(world)


async def test_who_is_deleted_is_not_shown_until_undeleted(server, world):
    await delete(server, "agent/2")
    assert agents_in(world, "500") == [1]
    await undelete(server, "agent/2")
    assert agents_in(world, "500") == [1, 2]


async def test_a_queue_that_comes_back_has_its_agents_again(server, world):
    await delete(server, "call_queue/500")
    await undelete(server, "call_queue/500")
    assert agents_in(world, "500") == [1, 2]


async def test_a_new_queue_and_a_new_agent_have_nobody(server, world):
    await server.send("POST", "call_queue", data=VALID["call_queue"])
    number = (await server.send("POST", "agent", data=VALID["agent"])).json()
    assert agents_in(world, "555") == []
    world.directory.bind(world.directory.agents[number], "555", 1)
    assert agents_in(world, "555") == [number]


def test_a_caller_is_found_by_the_channel_until_they_are_gone(world):
    exchange = world.telephony._exchange
    call = world.place_call("500")
    assert read_queued_call(exchange, call.channel) is call
    exchange.rename(call)
    assert read_queued_call(exchange, call.channel) is call
    world.hang_up(call.unique_id)
    assert exchange.call_with(call.channel) is None
    check_indexes(world)


def test_a_caller_who_was_turned_away_is_not_found():
    world = a_world(agents=[])
    world.close_queue(world.directory.queues["500"])
    call = world.place_call("500")
    assert world.telephony._exchange.call_with(call.channel) is None


CHANGES = st.tuples(
    st.sampled_from(
        ["bind", "unbind", "dismiss", "undelete", "close", "open", "rename", "signIn", "signOut", "home", "work"]
    ),
    st.integers(1, 7),
    st.sampled_from(["500", "501", "502", "503"]),
    st.floats(0, 120),
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.lists(CHANGES, max_size=30))
def test_the_indexes_are_what_a_walk_finds_whatever_is_changed(seed, changes):
    world = build(seed)
    world.tick(600)
    for change, agent, queue, seconds in changes:
        make(world, change, agent, queue)
        check_indexes(world)
        world.tick(seconds)
        check_indexes(world)


def make(world, change, agent_id, extension):
    agent, queue = world.directory.agents[agent_id], world.directory.queues[extension]
    calls = list(world.switch.calls.values())
    match change:
        case "bind":
            world.directory.bind(agent, extension, 1 + agent_id % 5)
        case "unbind" if extension in agent.bound:
            world.directory.unbind(agent, extension)
        case "dismiss":
            world.dismiss(agent)
        case "undelete":
            agent.deleted = False
        case "close":
            world.close_queue(queue)
        case "open":
            queue.deleted = False
        case "rename" if calls:
            world.telephony._exchange.rename(calls[agent_id % len(calls)])
        case "signIn" | "signOut" | "home" | "work":
            meddle_lawfully(world, change, agent_id, extension)


def meddle_lawfully(world, change, agent_id, extension):
    """Nobody who is deleted comes to work."""
    if not world.directory.agents[agent_id].deleted:
        try:
            meddle(world, change, agent_id, extension)
        except Refusal:
            return
