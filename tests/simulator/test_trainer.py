"""What a trainer throws at the world: bursts, mass moves, bindings; and how the trainer sees it."""

import pytest

from eqboard.simulator.asked import Asked
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.faults import Faults
from eqboard.simulator.scenarios import SCENARIOS, build_world
from eqboard.simulator.trainer import LEVERS, calls
from eqboard.simulator.trainer.lever import Stage

from .conftest import NO_PICK_UP, Server, a_world, refusal
from .test_invariants import build, check


async def order(server, method, path, **form):
    response = await server.control(method, path, **form)
    assert response.status_code == 200, response.text
    return response.json()


async def the_world(server):
    return await order(server, "GET", "/control/world")


# A burst of calls


async def test_the_callers_of_a_burst_come_within_its_seconds_and_no_others(server, world, clock):
    answer = await order(server, "POST", "/control/burst", queue="500", count="40", seconds="60", patience="endless")
    assert answer == {"expected": 40}
    assert (await the_world(server))["expected"] == 40
    clock.now += 30
    await the_world(server)
    halfway = world.directory.queues["500"].ledger.offered
    assert 0 < halfway < 40
    clock.now += 30
    assert (await the_world(server))["expected"] == 0
    offered = {queue.extension: queue.ledger.offered for queue in world.directory.queues.values()}
    assert offered == {"500": 40, "501": 0}


async def test_a_burst_at_once_is_there_in_the_next_answer_of_eq(server):
    await order(server, "POST", "/control/burst", queue="501", count="5", patience="endless")
    assert len((await server.get("queued_calls")).json()) == 5


async def test_a_burst_on_all_queues_reaches_each_of_them(server, world):
    await order(server, "POST", "/control/burst", queue="all", count="60")
    await the_world(server)
    assert all(queue.ledger.offered > 10 for queue in world.directory.queues.values())


async def test_the_callers_of_a_burst_are_as_patient_as_was_ordered(open_client, clock):
    world = a_world(patience=Duration(60.0, Shape.FIXED), **NO_PICK_UP)
    async with open_client(world) as client:
        server = Server(client)
        await order(server, "POST", "/control/burst", queue="500", count="3", patience="usual")
        await order(server, "POST", "/control/burst", queue="500", count="4", patience="endless")
        clock.now += 61
        await the_world(server)
    assert (world.directory.queues["500"].ledger.abandoned, len(world.directory.queues["500"].waiting)) == (3, 4)


async def test_the_same_burst_on_the_same_seed_is_the_same_story(open_client, clock):
    stories = []
    for _ in range(2):
        world = a_world()
        async with open_client(world) as client:
            await order(Server(client), "POST", "/control/burst", queue="all", count="30", seconds="20")
        world.tick(300)
        stories.append(world.truth())
    assert stories[0] == stories[1]


async def test_a_burst_on_a_queue_that_is_deleted_meanwhile_is_turned_away(server, world, clock):
    await order(server, "POST", "/control/burst", queue="500", count="10", seconds="60")
    world.close_queue(world.directory.queues["500"])
    clock.now += 60
    assert (await the_world(server))["expected"] == 0
    assert not world.switch.calls
    check(world)


async def test_a_burst_for_which_there_is_no_room_brings_nobody(server, world, monkeypatch):
    monkeypatch.setattr(calls, "MOST_CALLS", 10)
    await order(server, "POST", "/control/burst", queue="500", count="6", seconds="60")
    world.place_call("500")
    response = await server.control("POST", "/control/burst", queue="500", count="4")
    assert refusal(response) == (400, "count", "invalid")
    assert "room for 3 more" in response.json()[0]["description"]
    await order(server, "POST", "/control/burst", queue="500", count="3")
    assert world.bursts.expected == 9


# Everybody hangs up


async def test_everybody_who_waits_in_a_queue_hangs_up_and_who_talks_goes_on(server, world):
    talking = world.place_call("500")
    world.tick(10)
    for queue in ("500", "500", "501"):
        world.place_call(queue)
    waiting_before = len(world.directory.queues["500"].waiting)
    assert await order(server, "DELETE", "/control/calls", queue="500") == {"hung_up": waiting_before}
    assert not world.directory.queues["500"].waiting
    assert talking.agent is not None
    assert world.directory.queues["501"].ledger.abandoned == 0
    check(world)


async def test_the_queue_to_be_emptied_may_stand_in_the_query(bare, server, world):
    for agent in world.directory.agents.values():
        world.go_home(agent)
    world.place_call("501")
    key = {"auth_key": "a-key-for-tests-only"}
    response = await bare.request("DELETE", "/control/calls", params={**key, "queue": "all"})
    assert response.json() == {"hung_up": 1}


# Many agents at once


@pytest.fixture
def crowd():
    """A quiet floor of fifty."""
    return a_world(agents=[{"500": 1} if place % 2 else {"500": 1, "501": 2} for place in range(50)])


@pytest.fixture
async def crowded(open_client, crowd):
    async with open_client(crowd) as client:
        yield Server(client)


def at_work(world):
    return sum(agent.session_since is not None for agent in world.directory.agents.values())


async def test_a_share_of_those_at_work_is_signed_out(crowded, crowd):
    answer = await order(crowded, "POST", "/control/agents", state="signed_out", queue="all", share="0.6")
    assert answer == {"moved": 30, "of": 50}
    assert at_work(crowd) == 20
    again = await order(crowded, "POST", "/control/agents", state="signed_out", queue="all", share="0.5")
    assert again == {"moved": 10, "of": 20}
    check(crowd)


async def test_only_those_of_the_queue_are_moved(crowded, crowd):
    answer = await order(crowded, "POST", "/control/agents", state="signed_out", queue="501")
    assert answer == {"moved": 25, "of": 25}
    assert all(("501" in agent.bound) == (agent.session_since is None) for agent in crowd.directory.agents.values())


async def test_all_are_paused_with_a_code_but_who_is_at_home(crowded, crowd):
    crowd.go_home(crowd.directory.agents[1])
    answer = await order(crowded, "POST", "/control/agents", state="paused", pause_code="2", queue="all", share="1")
    assert answer == {"moved": 49, "of": 49}
    rows = [row for agent in crowd.directory.agents.values() for row in agent.memberships.values()]
    assert {(row.paused, row.pause_code) for row in rows} == {(True, 2)}
    assert crowd.directory.agents[1].session_since is None


async def test_those_away_and_paused_are_brought_back_and_nobody_else_is_counted(crowded, crowd):
    await order(crowded, "POST", "/control/agents", state="signed_out", queue="all", share="0.2")
    crowd.pause(next(agent for agent in crowd.directory.agents.values() if agent.session_since), 1)
    answer = await order(crowded, "POST", "/control/agents", state="available", queue="all")
    assert answer == {"moved": 11, "of": 11}
    assert at_work(crowd) == 50


async def test_who_finds_somebody_at_their_desk_stays_away_and_is_not_counted_as_moved(crowded, crowd):
    await order(crowded, "POST", "/control/agents", state="signed_out", queue="all")
    await crowded.send("POST", "supervisor_session", user="1", extension="201", force="1")
    answer = await order(crowded, "POST", "/control/agents", state="available", queue="all")
    assert answer == {"moved": 49, "of": 50}


async def test_a_share_of_nothing_moves_nobody(crowded):
    answer = await order(crowded, "POST", "/control/agents", state="paused", queue="all", share="0")
    assert answer == {"moved": 0, "of": 50}


@pytest.mark.parametrize("state", ["signed_out", "paused", "available"])
async def test_a_busy_world_keeps_its_laws_when_everybody_is_moved(open_client, clock, state):
    world = build(5)
    world.tick(900)
    clock.now = world.now
    async with open_client(world) as client:
        server = Server(client)
        for share in ("0.5", "1"):
            await order(server, "POST", "/control/agents", state=state, queue="all", share=share)
            check(world)
            clock.now += 300
            await order(server, "POST", "/control/burst", queue="all", count="50", seconds="60")
            check(world)
            await order(server, "DELETE", "/control/calls", queue="all")
            check(world)
    world.tick(3600)
    check(world)


# The staff's own plans

SHIFTS = {
    "present_share": 1.0,
    "shift": Duration(3600.0, Shape.FIXED),
    "away": Duration(600.0, Shape.FIXED),
    "break_every": Duration(600.0, Shape.FIXED),
}


@pytest.fixture
def shifts():
    """Breaks of about ten minutes after ten minutes' work; nobody's shift ends in the first minutes."""
    return a_world(agents=[{"500": 1}] * 20, **SHIFTS)


def is_paused(agent):
    return any(row.paused for row in agent.memberships.values())


def test_whom_a_trainer_sends_home_stays_there_until_the_next_planned_arrival(shifts):
    for agent in shifts.directory.agents.values():
        shifts.staff.send_home(agent)
    shifts.tick(599)
    assert at_work(shifts) == 0  # nobody is away for less than ten minutes, and no break ends in a return
    back = set()
    for _ in range(62):
        shifts.tick(60)
        back |= {agent.id for agent in shifts.directory.agents.values() if agent.session_since is not None}
    assert len(back) == 20


def test_whom_a_trainer_pauses_no_break_of_their_own_brings_back():
    world = a_world(agents=[{"500": 1}] * 20, **SHIFTS | {"shift": None})
    for agent in world.directory.agents.values():
        world.staff.hold(agent, 1)
    world.tick(4 * 3600)
    assert {row.pause_code for agent in world.directory.agents.values() for row in agent.memberships.values()} == {1}


def test_who_was_on_a_break_when_sent_home_is_not_resumed_by_its_end():
    world = a_world(agents=[{"500": 1}] * 20, **SHIFTS | {"shift": None})
    world.tick(660)
    on_break = [agent for agent in world.directory.agents.values() if is_paused(agent)]
    assert on_break
    for agent in on_break:
        world.staff.send_home(agent)
        world.staff.hold(agent, 2)
    world.tick(4 * 3600)
    assert all(is_paused(agent) for agent in on_break)


def test_whom_a_trainer_brings_back_takes_breaks_again():
    world = a_world(agents=[{"500": 1}] * 4, **SHIFTS | {"shift": None})
    for agent in world.directory.agents.values():
        world.staff.send_home(agent)
        world.staff.bring_in(agent)
    world.tick(599)
    assert not any(is_paused(agent) for agent in world.directory.agents.values())
    world.tick(2)
    assert all(is_paused(agent) for agent in world.directory.agents.values())


# Bindings


async def test_who_is_bound_to_a_queue_is_signed_in_to_it_the_next_time(server, world):
    await order(server, "POST", "/control/bindings", agent="2", queue="501", skill="4")
    assert "501" not in world.directory.agents[2].memberships
    await order(server, "POST", "/control/agents/2", state="signed_out")
    await order(server, "POST", "/control/agents/2", state="available")
    assert world.directory.agents[2].memberships["501"].skill == 4


async def test_a_second_binding_is_another_skill_and_none_given_is_the_usual_one(server, world):
    await order(server, "POST", "/control/bindings", agent="1", queue="500", skill="5")
    assert world.directory.agents[1].bound["500"] == 5
    await order(server, "POST", "/control/bindings", agent="1", queue="500")
    assert world.directory.agents[1].bound["500"] == 3


async def test_who_is_unbound_stays_signed_in_until_they_leave(server, world):
    await order(server, "DELETE", "/control/bindings", agent="1", queue="501")
    assert "501" in world.directory.agents[1].memberships
    world.go_home(world.directory.agents[1])
    world.report_for_work(world.directory.agents[1])
    assert list(world.directory.agents[1].memberships) == ["500"]


async def test_a_binding_to_a_deleted_queue_can_be_undone(server, world):
    world.close_queue(world.directory.queues["501"])
    await order(server, "DELETE", "/control/bindings", agent="1", queue="501")
    assert list(world.directory.agents[1].bound) == ["500"]


async def test_the_agents_are_listed_with_what_they_are_bound_to(server, world):
    world.pause(world.directory.agents[2], None)
    assert await order(server, "GET", "/control/agents") == [
        {"id": 1, "number": "201", "name": "Agent1 Test", "state": "available", "bound": {"500": 1, "501": 2}},
        {"id": 2, "number": "202", "name": "Agent2 Test", "state": "paused", "bound": {"500": 2}},
    ]


# The world as a trainer sees it


async def test_the_view_tells_queues_totals_and_who_waits_longest(server, world, clock):
    world.pause(world.directory.agents[2], None)
    first = world.place_call("501", name="Ann", number="5551234")
    world.tick(2)
    world.place_call("501", name="Ben", number="5551235")
    clock.now += 3
    view = await the_world(server)
    sales, support = view["queues"]
    assert (sales["extension"], sales["name"], sales["waiting"], sales["longest_wait_seconds"]) == (
        "500",
        "Sales",
        0,
        0,
    )
    assert (support["strategy"], support["offered"]) == ("leastrecent", 2)
    assert (sales["agents"]["paused"], support["agents"]["paused"]) == (1, 0)
    assert view["totals"]["agents"]["paused"] == 1
    assert [caller["name"] for caller in view["longest_waiting"]] == ["Ben"]  # Ann talks by now
    assert first.agent is not None
    assert view["longest_waiting"][0]["wait_seconds"] == pytest.approx(world.now - 1_700_000_002.0)
    assert view["scenario"] == {"name": "by_hand", "about": SCENARIOS["by_hand"].about}
    assert (view["seed"], view["speed"], view["now"], view["clock"]) == (1, 1.0, world.now, clock.now)
    assert view["time_zone"] == "UTC"
    assert (view["uptime_seconds"], view["warm_seconds"]) == (3.0, 0.0)


async def test_the_view_tells_for_how_long_a_world_had_run_when_it_was_first_shown(open_client, clock):
    world = build_world("outage", seed=1, started_at=clock.now)
    async with open_client(world) as client:
        clock.now += 60
        view = await the_world(Server(client))
    assert (view["uptime_seconds"], view["warm_seconds"]) == (60.0, 1800.0)


async def test_who_is_bound_and_not_there_counts_as_signed_out_in_each_queue(server, world):
    world.go_home(world.directory.agents[1])
    view = await the_world(server)
    assert [queue["agents"]["signed_out"] for queue in view["queues"]] == [1, 1]
    assert view["totals"]["agents"] == {
        "signed_out": 1, "available": 1, "ringing": 0, "on_call": 0, "wrap_up": 0, "paused": 0,
    }  # fmt: skip


async def test_of_many_callers_the_ten_who_wait_longest_are_shown(server, world):
    for agent in world.directory.agents.values():
        world.go_home(agent)
    for place in range(30):
        world.place_call("500" if place % 2 else "501", name=str(place))
        world.tick(1)
    view = await the_world(server)
    assert [caller["name"] for caller in view["longest_waiting"]] == [str(place) for place in range(10)]
    assert view["totals"]["waiting"] == 30


def test_looking_changes_nothing():
    looked_at, alone = build_world("steady", seed=4, started_at=0.0), build_world("steady", seed=4, started_at=0.0)
    stage = Stage(looked_at, Faults(), clock=lambda: 0.0, speed=1.0, began_at=0.0)
    looks = [lever for (method, _), lever in LEVERS.items() if method == "GET"]
    for look in looks:
        looked_at.tick(60)
        look(stage, Asked())
    looked_at.tick(600)
    alone.tick(60 * len(looks) + 600)
    assert looked_at.truth() == alone.truth()


async def test_a_queue_that_is_deleted_is_seen_no_more(server, world):
    world.close_queue(world.directory.queues["500"])
    view = await the_world(server)
    assert [queue["extension"] for queue in view["queues"]] == ["501"]


async def test_an_empty_server_has_an_empty_view_and_no_burst(open_client):
    world = a_world(agents=[])
    for queue in world.directory.queues.values():
        world.close_queue(queue)
    async with open_client(world) as client:
        server = Server(client)
        view = await the_world(server)
        assert (view["queues"], view["totals"]["waiting"]) == ([], 0)
        response = await server.control("POST", "/control/burst", queue="all", count="1")
        assert refusal(response) == (400, "queue", "nonexistent")


# Refusals


@pytest.mark.parametrize(
    ("method", "path", "form", "expected"),
    [
        ("POST", "/control/burst", {"count": "5"}, (400, "queue", "blank")),
        ("POST", "/control/burst", {"queue": "999", "count": "5"}, (404, "queue", "nonexistent")),
        ("POST", "/control/burst", {"queue": "500"}, (400, "count", "blank")),
        *(
            ("POST", "/control/burst", {"queue": "500", "count": count}, (400, "count", "invalid"))
            for count in ("0", "501", "-1", "5.5", "many", "٥", "9" * 5000)
        ),
        *(
            ("POST", "/control/burst", {"queue": "500", "count": "5", "seconds": it}, (400, "seconds", "invalid"))
            for it in ("601", "-1", "soon")
        ),
        ("POST", "/control/burst", {"queue": "500", "count": "5", "patience": "some"}, (400, "patience", "invalid")),
        ("DELETE", "/control/calls", {}, (400, "queue", "blank")),
        ("DELETE", "/control/calls", {"queue": "999"}, (404, "queue", "nonexistent")),
        ("POST", "/control/agents", {"queue": "all"}, (400, "state", "blank")),
        ("POST", "/control/agents", {"queue": "all", "state": "asleep"}, (400, "state", "invalid")),
        ("POST", "/control/agents", {"state": "paused"}, (400, "queue", "blank")),
        ("POST", "/control/agents", {"state": "paused", "queue": "999"}, (404, "queue", "nonexistent")),
        (
            "POST",
            "/control/agents",
            {"state": "paused", "queue": "all", "pause_code": "9"},
            (400, "pause_code", "nonexistent"),
        ),
        *(
            ("POST", "/control/agents", {"state": "paused", "queue": "all", "share": it}, (400, "share", "invalid"))
            for it in ("1.1", "-0.1", "nan", "inf", "half", "1_0", "١", " 1", "1e0")
        ),
        ("POST", "/control/bindings", {"queue": "500"}, (400, "agent", "blank")),
        ("POST", "/control/bindings", {"agent": "9", "queue": "500"}, (404, "agent", "nonexistent")),
        ("POST", "/control/bindings", {"agent": "1"}, (400, "queue", "blank")),
        ("POST", "/control/bindings", {"agent": "1", "queue": "999"}, (404, "queue", "nonexistent")),
        *(
            ("POST", "/control/bindings", {"agent": "1", "queue": "500", "skill": it}, (400, "skill", "invalid"))
            for it in ("0", "6", "x")
        ),
        ("DELETE", "/control/bindings", {"agent": "2", "queue": "501"}, (404, "queue", "nonexistent")),
    ],
)
async def test_a_wrong_order_is_refused_named_and_changes_nothing(server, world, method, path, form, expected):
    world.place_call("500")
    before = await the_world(server)
    assert refusal(await server.control(method, path, **form)) == expected
    assert await the_world(server) == before


async def test_a_scenario_without_patience_has_none_in_a_burst_either(server, world, clock):
    assert world.scenario.patience is None
    for agent in world.directory.agents.values():
        world.go_home(agent)
    await order(server, "POST", "/control/burst", queue="500", count="3", patience="usual")
    clock.now += 86400
    assert (await the_world(server))["totals"]["waiting"] == 3
