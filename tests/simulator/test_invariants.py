"""Laws that hold in every world, at every moment, for any seed and any step (design.md, law 5)."""

import asyncio
from contextlib import suppress
from dataclasses import asdict, replace

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.app import build_app
from eqboard.simulator.durations import Duration
from eqboard.simulator.entities import Place
from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind, Faults
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.scenarios import SCENARIOS, build_directory
from eqboard.simulator.world import World

from .conftest import KEY, START, Clock, Server

BUSY = replace(
    SCENARIOS["steady"],
    queues=4,
    agents=7,
    busy_share=1.4,
    park_share=0.3,
    conference_share=0.2,
    parked=Duration(200.0),
    no_answer_share=0.2,
    break_every=Duration(600.0),
    shift=Duration(2000.0),
    away=Duration(300.0),
    wrap_ups=(20, None, 0, 45),
)


def build(seed, scenario=BUSY):
    return World(scenario, build_directory(scenario), seed=seed, started_at=START)


def check(world):
    calls = list(world.switch.calls.values())
    queues = world.directory.queues.values()
    agents = world.directory.agents.values()
    waiting = [call for queue in queues for call in queue.waiting.values()]
    talking = [agent.call for agent in agents if agent.call]
    parked = list(world.switch.lot.calls.values())

    # No call in two places, none lost.
    everywhere = sorted(call.id for call in [*waiting, *talking, *parked])
    assert everywhere == sorted(call.id for call in calls)
    assert len(set(everywhere)) == len(everywhere)
    assert all(call.place is Place.WAITING for call in waiting)
    assert all(call.place in (Place.TALKING, Place.CONFERENCE) and call.agent.call is call for call in talking)
    assert all(call.place is Place.PARKED and call.space == space for space, call in world.switch.lot.calls.items())
    assert all(call.unique_id == name for name, call in world.switch.calls.items())
    assert all(call.conference.extension == room for room, call in world.switch.conferences.items())

    # One telephone; those who pause, wrap up or are away are not rung.
    for agent in agents:
        assert not (agent.call and agent.ringing)
        assert not agent.memberships or agent.session_since is not None
        if agent.ringing:
            row = agent.memberships[agent.ringing.queue]
            assert not row.paused
            assert row.wrap_up_until is None
            assert agent in agent.ringing.ringing
    for call in waiting:
        assert all(agent.ringing is call for agent in call.ringing)

    for queue in queues:
        check_books(queue, calls)
        entered = [call.entered_at for call in queue.waiting.values()]
        assert entered == sorted(entered)
        assert all(queue.extension in agent.memberships for agent in queue.members.values())


def check_books(queue, calls):
    books = queue.ledger
    of_queue = [call for call in calls if call.queue == queue.extension]
    here = {place: sum(call.place is place for call in of_queue) for place in Place}
    talking = here[Place.TALKING] + here[Place.CONFERENCE]
    assert books.offered == books.answered + books.abandoned + books.timed_out + here[Place.WAITING]
    assert books.answered + books.returned_to_agent == books.completed + books.parked + talking
    left_the_lot = books.picked_up + books.parked_abandoned + books.returned_to_agent + books.rejoined
    assert books.parked == left_the_lot + here[Place.PARKED]
    assert min(asdict(books).values()) >= 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.lists(st.floats(0, 400), min_size=1, max_size=15))
def test_every_world_keeps_its_laws_at_any_step(seed, steps):
    world = build(seed)
    before = world.now
    for step in steps:
        world.tick(step)
        assert world.now == before + step
        before = world.now
        check(world)


ACTIONS = st.tuples(
    st.sampled_from(["signIn", "signOut", "pause", "resume", "exitWrapUp", "hang_up", "home", "work"]),
    st.integers(1, 8),
    st.sampled_from([None, "500", "501", "502", "503"]),
    st.floats(0, 60),
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), actions=st.lists(ACTIONS, max_size=25))
def test_every_world_keeps_its_laws_whatever_people_do_to_it(seed, actions):
    world = build(seed)
    world.tick(900)
    for action, agent_id, queue, seconds in actions:
        meddle(world, action, agent_id, queue)
        check(world)
        world.tick(seconds)
        check(world)


FAULTS = st.lists(
    st.builds(
        Fault,
        st.sampled_from(FaultKind),
        st.sampled_from(["", "/call_queue_agent_action", "/queued_calls"]),
        st.floats(0, 1),
        st.floats(-86400, 86400),
    ),
    max_size=4,
)
REQUESTS = st.tuples(
    st.sampled_from(["queued_calls", "call_queue_agent_status", "pause", "resume"]), st.floats(-90, 90)
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), ordered=FAULTS, story=st.lists(REQUESTS, min_size=1, max_size=10))
def test_no_fault_of_the_server_and_no_jump_of_its_clock_reaches_the_world(seed, ordered, story):
    world, clock, faults = build(seed), Clock(), Faults()
    for fault in ordered:
        faults.add(fault)
    app = build_app(world, key=KEY, clock=clock, faults=faults, sleep=no_time)

    async def tell():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
            server = Server(client)
            for request, seconds in story:
                before = world.now
                clock.now += seconds
                with suppress(ConnectionDropped):
                    await ask(server, request)
                assert world.now >= before
                check(world)

    asyncio.run(tell())


async def no_time(seconds):
    """How a latency waits here."""


async def ask(server, request):
    if request in ("pause", "resume"):
        await server.act(action=request, options='{"agent": 1}')
    else:
        await server.get(request)


def meddle(world, action, agent_id, queue):
    agent = world.directory.agents.get(agent_id)
    if action == "hang_up":
        unique_ids = list(world.switch.calls)
        world.hang_up(unique_ids[agent_id % len(unique_ids)] if unique_ids else "0.0")
    elif action in ("home", "work"):
        if agent:
            (world.go_home if action == "home" else world.report_for_work)(agent)
    else:
        with suppress(Refusal):
            world.agent_action(action, {"agent": agent_id, "queue": queue})


@pytest.mark.parametrize("scenario", ["steady", "monday_storm", "lunch"])
def test_a_long_day_keeps_the_laws(scenario):
    world = build(3, SCENARIOS[scenario])
    for _ in range(8 * 12):
        world.tick(300)
        check(world)


def test_an_hour_at_once_is_the_same_as_an_hour_in_quarter_seconds():
    coarse, fine = build(5), build(5)
    coarse.tick(3600.0)
    for _ in range(14400):
        fine.tick(0.25)
    assert coarse.truth() == fine.truth()
    assert list(coarse.switch.calls) == list(fine.switch.calls)


def test_another_seed_is_another_day():
    first, second = build(1), build(2)
    first.tick(3600)
    second.tick(3600)
    assert first.truth() != second.truth()


def test_no_free_agent_sits_beside_a_caller_who_may_be_offered():
    world = build(8, replace(BUSY, strategies=BUSY.strategies, no_answer_share=0.0))
    for _ in range(600):
        world.tick(7.3)
        for queue in world.directory.queues.values():
            stuck = [call for call in queue.waiting.values() if not call.ringing and call.retry_at <= world.now]
            free = [
                agent
                for agent in queue.members.values()
                if not agent.is_busy
                and agent.not_before <= world.now
                and not agent.memberships[queue.extension].paused
                and agent.memberships[queue.extension].wrap_up_until is None
            ]
            assert not (stuck and free)
