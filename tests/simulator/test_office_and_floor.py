"""What the floor feels of what the office does: agents and queues that come, change and go."""

import pytest

from eqboard.simulator.answers.queues import statistics
from eqboard.simulator.office.entities import AgentState, QueueSettings, state_of
from eqboard.simulator.scenarios import build_world
from eqboard.simulator.switch.parties import Place

from .conftest import AT_ONCE, START, Server, a_world, refusal
from .office import VALID, delete, put, queue_action, token_of, undelete
from .test_invariants import check

# Agents


@pytest.mark.contract("2.29")
async def test_a_new_agent_is_bound_to_nothing_and_takes_calls_once_signed_in(server, world, clock):
    await server.send("POST", "agent", data=VALID["agent"])
    await server.send("POST", "extension", data=VALID["extension"])
    assert (await server.get("call_queue_agent_status", agent=3)).json() == []
    await token_of(server, "agent", user=3, extension="299")
    assert (await queue_action(server, clock, "signIn", agent=3)).status_code == 200
    assert (await server.get("call_queue_agent_status", agent=3)).json() == []
    for agent_id in (1, 2):
        world.go_home(world.directory.agents[agent_id])
    await queue_action(server, clock, "signIn", agent=3, queue="500")
    call = world.place_call("500")
    clock.now += 4
    [row] = (await server.get("call_queue_agent_status", agent=3)).json()
    assert (row["status"], row["extension"], row["call"]["uniqueId"]) == ("onCall", "299", call.unique_id)
    check(world)


async def test_a_new_agent_without_a_last_name_has_no_name_that_ends_in_none(server, world):
    await server.send("POST", "agent", data=VALID["agent"])
    assert world.directory.agents[3].name == "Nils"


async def test_a_deleted_agent_is_signed_out_everywhere(server, world):
    world.place_call("500")
    assert world.directory.agents[1].ringing
    await delete(server, "agent/1")
    assert not world.directory.agents[1].ringing
    assert {row["agent"] for row in (await server.get("call_queue_agent_status")).json()} == {2}
    assert [row["user"] for row in (await server.get("active_agent_sessions")).json()] == [2]
    assert world.directory.agents[2].ringing
    check(world)


async def test_a_call_of_a_deleted_agent_goes_on(server, world, clock):
    call = world.place_call("500", talk_seconds=60)
    clock.now += 5
    await delete(server, "agent/1")
    assert call.place is Place.TALKING
    clock.now += 100
    await server.get("agent/1")
    assert call.place is Place.GONE
    assert world.directory.queues["500"].ledger.completed == 1


@pytest.mark.contract("1.18")
async def test_actions_treat_a_deleted_agent_and_pause_code_as_nonexistent(server, clock):
    await delete(server, "agent/2")
    await delete(server, "pause_code/1")
    assert refusal(await queue_action(server, clock, "pause", agent=2)) == (400, "agent", "nonexistent")
    response = await queue_action(server, clock, "pause", agent=1, pauseCode=1)
    assert refusal(response) == (400, "pauseCode", "nonexistent")


async def test_an_agent_who_comes_back_is_signed_out(server, clock):
    await delete(server, "agent/1")
    await undelete(server, "agent/1")
    rows = (await server.get("call_queue_agent_status", agent=1)).json()
    assert {(row["queue"], row["status"]) for row in rows} == {("500", "signedOut"), ("501", "signedOut")}
    await token_of(server, "agent")
    await queue_action(server, clock, "signIn", agent=1)
    rows = (await server.get("call_queue_agent_status", agent=1)).json()
    assert {(row["queue"], row["status"]) for row in rows} == {("500", "available"), ("501", "available")}


async def test_an_agents_new_name_is_shown_everywhere(server, world):
    await put(server, "agent/1", number="201", firstName="Ann", lastName="Lee")
    assert world.directory.agents[1].name == "Ann Lee"


def test_the_staff_takes_breaks_without_a_code_when_there_is_none():
    world = build_world("lunch", seed=2, started_at=START, agents=8)
    world.directory.pause_codes.clear()
    taken = set()
    for _ in range(100):
        world.tick(300)
        check(world)
        agents = world.directory.agents.values()
        taken |= {row.pause_code for agent in agents for row in agent.memberships.values() if row.paused}
    assert None in taken


async def test_who_is_paused_with_a_deleted_code_stays_so(server, world, clock):
    await queue_action(server, clock, "pause", agent=1, pauseCode=1)
    await delete(server, "pause_code/1")
    rows = (await server.get("call_queue_agent_status", agent=1)).json()
    assert {(row["status"], row["pauseCode"]) for row in rows} == {("paused", 1)}


# Queues


async def test_a_new_queue_takes_calls_and_shows_in_statistics(server, world, clock):
    await server.send("POST", "call_queue", data=VALID["call_queue"])
    assert [row["queue"] for row in (await server.get("call_queue_statistics")).json()] == ["500", "501", "555"]
    await queue_action(server, clock, "signIn", agent=2, queue="555")
    world.place_call("555", talk_seconds=30)
    clock.now += 4
    statistics = (await server.get("call_queue_statistics", queue="555")).json()
    assert (statistics["agents"], statistics["agentsOnCall"], statistics["callsAnswered"]) == (1, 1, 1)
    assert world.truth()["queues"]["555"]["offered"] == 1
    check(world)


@pytest.fixture
def long_line():
    """Two callers wait in Sales, a third is talked with, and nobody picks up any more."""
    world = a_world([QueueSettings("500", "Sales", max_wait_time=900)], [{"500": 1}], **AT_ONCE)
    for _ in range(3):
        world.place_call("500", talk_seconds=60)
    world.tick(1)
    return world


async def test_the_callers_of_a_deleted_queue_leave_and_those_who_talk_go_on(open_client, long_line):
    async with open_client(long_line) as client:
        await delete(Server(client), "call_queue/500")
    queue = long_line.directory.queues["500"]
    assert (queue.waiting, queue.members) == ({}, {})
    assert [call.place for call in long_line.switch.calls.values()] == [Place.TALKING]
    assert (queue.ledger.offered, queue.ledger.answered, queue.ledger.closed) == (3, 1, 2)
    assert queue.ledger.abandoned == 0
    assert statistics(queue, long_line.now)["callsAbandoned"] == 2  # which is the switch's word for it
    check(long_line)
    long_line.tick(2000)
    assert queue.ledger.completed == 1
    check(long_line)


@pytest.mark.contract("1.18")
async def test_a_deleted_queue_is_nowhere_to_be_seen(server, world):
    await delete(server, "call_queue/500")
    assert [row["queue"] for row in (await server.get("call_queue_statistics")).json()] == ["501"]
    assert {row["queue"] for row in (await server.get("call_queue_agent_status")).json()} == {"501"}
    assert (await server.get("call_queue_agent_status", agent=2)).json() == []
    for path in ("call_queue_statistics", "call_queue_agent_status", "queued_calls"):
        assert refusal(await server.get(path, queue=500)) == (404, "queue", "nonexistent")
    assert state_of(world.directory.agents[1], world.directory.agents[1].memberships["501"]) is AgentState.AVAILABLE


async def test_a_ringing_agent_of_a_deleted_queue_takes_the_next_of_another(server, world):
    world.place_call("500")
    waiting = world.place_call("501")
    assert world.directory.agents[1].ringing.queue == "500"
    await delete(server, "call_queue/500")
    assert world.directory.agents[1].ringing is waiting
    check(world)


async def test_a_caller_who_was_parked_from_a_deleted_queue_is_turned_away_there(open_client):
    world = a_world(park_share=1.0, renamed_share=0.0, **AT_ONCE)
    world.switch.lot.timeout_seconds = 60.0
    call = world.place_call("500", talk_seconds=100)
    while call.place is not Place.PARKED:
        world.tick(1)
    async with open_client(world) as client:
        await delete(Server(client), "call_queue/500")
    world.tick(300)
    assert call.place is Place.GONE
    check(world)


async def test_nobody_gets_into_a_deleted_queue(world, server):
    await delete(server, "call_queue/500")
    world.place_call("500")
    assert world.switch.calls == {}
    assert world.directory.queues["500"].ledger.turned_away == 1


async def test_a_queue_that_comes_back_is_empty_and_takes_calls_again(server, world, clock):
    await delete(server, "call_queue/500")
    await undelete(server, "call_queue/500")
    assert (await server.get("call_queue_statistics", queue=500)).json()["agents"] == 0
    await queue_action(server, clock, "signIn", agent=1, queue="500")
    call = world.place_call("500")
    clock.now += 4
    await server.get("queued_calls")
    assert call.place is Place.TALKING


async def test_a_queues_new_settings_hold_from_the_next_event_on(server, world, clock):
    await put(server, "call_queue/501", name="Support", type=0, wrapUpTime=45, maxCallers=1)
    world.place_call("501", talk_seconds=10)
    world.place_call("501")
    assert world.directory.queues["501"].ledger.turned_away == 1
    clock.now += 14
    [row] = (await server.get("call_queue_agent_status", agent=1, queue=501)).json()
    assert (row["status"], row["wrapUpEndTime"]) == ("wrapUp", START + 13 + 45)
