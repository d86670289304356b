"""Laws that hold in every world, at every moment, for any seed and any step (design.md, law 5)."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from random import Random

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.answers.calls import active_calls
from eqboard.simulator.answers.queues import combined_status, status
from eqboard.simulator.app import build_app
from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration
from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind, Faults, Mode
from eqboard.simulator.office.sessions import Kind
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.scenarios import SCENARIOS
from eqboard.simulator.switch.keys import OTHER_KEYS
from eqboard.simulator.switch.parties import Call, LegStatus, Place
from eqboard.simulator.world import World

from .conftest import KEY, START, Clock, Server
from .visits import check_visits

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
    parked = [party for party in world.switch.lot.calls.values() if isinstance(party, Call)]
    parked += [call for call in calls if call.place is Place.PARKED and not call.space]  # on the way back
    away = [call for call in calls if call.place in (Place.SENT, Place.REACHED)]

    # No call in two places, none lost.
    everywhere = sorted(call.unique_id for call in [*waiting, *talking, *parked, *away])
    assert everywhere == sorted(call.unique_id for call in calls)
    assert len(set(everywhere)) == len(everywhere)
    assert all(call.place is Place.WAITING for call in waiting)
    assert all(call.place in (Place.TALKING, Place.CONFERENCE) and call.agent.call is call for call in talking)
    assert all(call.place is Place.PARKED and bool(call.space) != bool(call.peer) for call in parked)
    assert all(party.space == space for space, party in world.switch.lot.calls.items())
    assert all(call.unique_id == name for name, call in world.switch.calls.items())

    # One telephone; those who pause, wrap up or are away are not rung.
    for agent in agents:
        assert not (agent.call and agent.ringing)
        assert not agent.memberships or agent.session_since is not None
        assert all(row.paused for row in agent.memberships.values() if row.resume_event)
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
        assert not (queue.deleted and (queue.waiting or queue.members))
        assert queue.is_watched or not queue.waiting or queue.settings.leave_empty == "no"
    check_visits(world)
    check_telephones(world)
    check_alarms(world)
    check_indexes(world)


def check_alarms(world):
    """An alert is raised with a value, since a moment that has been; so are its notifications, in their order."""
    for alert in world.directory.alerts.values():
        alarm = alert.alarm
        assert (alarm.raised_at is None) == (alarm.value is None)
        moments = [*alarm.notified_at, world.now]
        assert moments == sorted(moments)
        assert alarm.raised_at is None or alarm.raised_at <= world.now


def check_indexes(world):
    """What a read or an order is answered from is what a walk over everything finds."""
    exchange = world.telephony._exchange
    assert exchange._by_channel == {call.channel: call for call in world.switch.calls.values()}
    for extension, queue in world.directory.queues.items():
        agents = world.directory.live_agents()
        walked = [agent for agent in agents if extension in agent.bound or extension in agent.memberships]
        assert world.directory.agents_of(queue) == walked


def check_telephones(world):
    """Each telephone has one call at most, each call two ends that know each other, and something to come."""
    legs = [leg for line in world.switch.lines.by_extension.values() for leg in line.legs]
    assert len({leg.extension for leg in legs}) == len(legs)
    assert len({leg.channel for leg in legs}) == len(legs)
    for agent in world.directory.agents.values():
        assert (agent.leg in legs) == bool(agent.call or agent.ringing)
        if agent.call:
            assert (agent.leg.status, agent.leg.peer, agent.call.peer) == (LegStatus.UP, agent.call, agent.leg)
        elif agent.ringing:
            assert (agent.leg.status, agent.leg.peer) == (LegStatus.RINGING, agent.ringing)
    for leg in legs:
        is_alone = bool(leg.monitoring or leg.conference or leg.space or leg.next_event)
        assert is_alone if leg.peer is None else is_rung_by_queue(leg) or leg.peer.peer is leg
        assert (leg.answered_at is not None) == (leg.status is LegStatus.UP)
        if leg.peer and not is_rung_by_queue(leg):
            assert bool(leg.next_event) != bool(leg.peer.next_event)
    for call in world.switch.calls.values():
        assert call.peer is None or call.peer in legs
        assert call.next_event or call.place is Place.WAITING or call.peer.next_event
    for room, conference in world.switch.conferences.items():
        assert conference.extension == room
        assert len(conference.members) >= 2
        assert all(member.party.conference is conference for member in conference.members)
        assert conference.call in [member.party for member in conference.members]
    in_rooms = {id(member.party) for room in world.switch.conferences.values() for member in room.members}
    assert {id(party) for party in (*legs, *world.switch.calls.values()) if party.conference} == in_rooms
    check_what_the_api_shows(world, legs)


def is_rung_by_queue(leg):
    return isinstance(leg.peer, Call) and leg.peer.place is Place.WAITING


def check_what_the_api_shows(world, legs):
    """A busy telephone is busy in every row of whoever sits there."""
    for leg in legs:
        [row] = active_calls(world.switch, leg.extension)
        assert row["channel"] == leg.channel
    for agent in world.directory.agents.values():
        busy = bool(world.switch.lines.legs_at(agent.extension)) or bool(agent.call)
        rows = [status(agent, queue) for queue in agent.memberships]
        assert all((row["status"] in ("onCall", "ringing")) == busy for row in rows)
        assert all(row["call"] is None or row["call"]["queue"] in (row["queue"], None) for row in rows)
        if agent.memberships:
            assert bool(combined_status(agent)["call"]) == busy


def check_books(queue, calls):
    books = queue.ledger
    of_queue = [call for call in calls if call.queue == queue.extension]
    here = {place: sum(call.place is place for call in of_queue) for place in Place}
    talking = here[Place.TALKING] + here[Place.CONFERENCE]
    assert len(queue.talking) == talking
    left_unanswered = books.abandoned + books.timed_out + books.left_empty + books.closed + books.stolen
    assert books.offered == books.answered + left_unanswered + here[Place.WAITING]
    left_their_agent = books.completed + books.parked + books.cut_off + books.transferred
    assert books.answered + books.returned_to_agent == left_their_agent + talking
    left_the_lot = books.picked_up + books.retrieved + books.parked_abandoned + books.returned_to_agent + books.rejoined
    assert books.parked + books.parked_again == left_the_lot + here[Place.PARKED]
    sent = books.stolen + books.cut_off + books.transferred + books.retrieved + books.sent_on
    assert sent == books.arrived + books.lost + books.sent_abandoned + books.requeued + here[Place.SENT]
    assert books.arrived == books.finished + books.sent_on + books.parked_again + here[Place.REACHED]
    assert min(books.as_dict().values()) >= 0


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


BY_TRAINER = {
    "sent home": lambda world, agent: world.staff.send_home(agent),
    "brought in": lambda world, agent: world.staff.bring_in(agent),
    "held": lambda world, agent: world.staff.hold(agent, 1),
    "called a lot": lambda world, agent: world.bursts.order(list(agent.bound), 9, within_seconds=30, is_patient=False),
}
ACTIONS = st.tuples(
    st.sampled_from(["signIn", "signOut", "pause", "resume", "exitWrapUp", "hang_up", "home", "work", *BY_TRAINER]),
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


AT_TELEPHONES = replace(
    BUSY,
    busy_share=1.1,
    talk=Duration(60.0),
    park_share=0.1,
    conference_share=0.5,
    renamed_share=0.5,
    pick_up=Duration(6.0),
    stuck_monitor_share=0.3,
)
EXTENSIONS = ["201", "202", "203", "204", "207", "301", "302", "181"]
DESTINATIONS = [*EXTENSIONS, "500", "503", "999", "5550123456", "+1 604 555 0123", "²", "301 "]
KEYS = ["2", "0", "1", "3", "enter", "cancel", "transfer", "dnd", "redial", *sorted(OTHER_KEYS)]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 200))
def test_every_world_keeps_its_laws_whatever_is_done_at_its_telephones(seed, count):
    world, rng = build(seed, AT_TELEPHONES), Random(seed)
    world.tick(300)
    for _ in range(count):
        for order in rng.choices(ORDERS, k=rng.choice([1, 1, 1, 2, 3])):
            with suppress(Refusal):
                order(world, rng)
        check(world)
        world.tick(rng.choice([0.1, 0.5, 1, 2, 5, 20]))
        check(world)
        check_nobody_is_left_out(world)
    world.tick(3600)
    check(world)


def steal(world, rng):
    world.telephony.steal(some_channel(world.switch.calls.values(), rng), rng.choice(DESTINATIONS))


def pick_up(world, rng):
    world.telephony.pick_up(some_channel(world.switch.lot.calls.values(), rng), rng.choice(DESTINATIONS))


def dial(world, rng):
    world.telephony.extension_action(rng.choice(EXTENSIONS), "dial", "", rng.choice(DESTINATIONS))


def act_on_call(world, rng):
    action = rng.choice(["blindTransfer", "park", "hangUp"])
    world.telephony.extension_action(busy_extension(world, rng), action, "", rng.choice(DESTINATIONS))


def record(world, rng):
    world.telephony.recording_action(busy_extension(world, rng), rng.choice(["start", "stop", "cancel"]))


def monitor(world, rng):
    mode = rng.choice(["spy", "bargeIn", "whisper"])
    world.telephony.monitor_action(mode, busy_extension(world, rng), rng.choice(EXTENSIONS))


def press(world, rng):
    extension = rng.choice([busy_extension(world, rng), *EXTENSIONS])
    keys = rng.choices(KEYS, k=3) if rng.random() < 0.5 else ["transfer", *rng.choice(EXTENSIONS), "enter"]
    for key in keys:
        world.telephony.press(None, extension, key)


def caller_hangs_up(world, rng):
    world.hang_up(rng.choice(sorted(world.switch.calls) or ["0.0"]))


def agent_moves(world, rng):
    meddle(world, rng.choice(["signIn", "pause", "resume", "signOut", "home", "work"]), rng.randrange(1, 8), None)


def agent_sits_elsewhere(world, rng):
    agent = world.directory.agents[rng.randrange(1, 8)]
    world.attendance.sign_in(Kind.AGENT, agent.id, rng.choice(EXTENSIONS), force=True)
    world.sign_in(agent, agent.bound.items())


ORDERS = [
    *(steal, pick_up, dial, act_on_call, act_on_call, record, monitor, press),
    *(caller_hangs_up, agent_moves, agent_sits_elsewhere),
]


def busy_extension(world, rng):
    """Where something is going on that an order could be about; an agent's when nothing is."""
    busy = sorted(line.extension for line in world.switch.lines.by_extension.values() if line.legs)
    return rng.choice(busy or ["201"])


def some_channel(parties, rng):
    return rng.choice(sorted(party.channel for party in parties) or ["SIP/nobody-1"])


FAULTS = st.lists(
    st.builds(
        Fault,
        st.sampled_from(FaultKind),
        st.sampled_from(["", "/call_queue_agent_action", "/queued_calls"]),
        st.floats(0, 1),
        st.floats(-86400, 86400),
        st.sampled_from(["", "GET", "POST"]),
        st.sampled_from(["", "call_queue_agents.pause"]),
    ),
    max_size=4,
)
REQUESTS = st.tuples(
    st.sampled_from(["queued_calls", "call_queue_agent_status", "pause", "resume", *Mode]), st.floats(-90, 90)
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
    if request in list(Mode):
        await server.control("POST", "/control/eq", mode=request, for_seconds="60")
    elif request in ("pause", "resume"):
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
    elif action in BY_TRAINER:
        if agent:
            BY_TRAINER[action](world, agent)
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
        check_nobody_is_left_out(world)


def check_nobody_is_left_out(world):
    for queue in world.directory.queues.values():
        stuck = [call for call in queue.waiting.values() if not call.ringing and call.retry_at <= world.now]
        free = [
            agent
            for agent in queue.members.values()
            if not agent.is_busy
            and not agent.is_on_dnd
            and world.switch.lines.is_registered(agent.extension)
            and agent.not_before <= world.now
            and not agent.memberships[queue.extension].paused
            and agent.memberships[queue.extension].wrap_up_until is None
        ]
        assert not (stuck and free)
