"""The scenarios: what a demo shows at once, and what may be asked for."""

from collections import Counter
from statistics import mean

import pytest

from eqboard.simulator.office.entities import AgentState, state_of
from eqboard.simulator.people import HOSTILE_NAMES, staff_name
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.scenarios import SCENARIOS, build_world

from .conftest import START


def states(world):
    return Counter(
        state_of(agent, agent.memberships.get(queue))
        for agent in world.directory.agents.values()
        for queue in agent.bound
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_starts_at_the_moment_asked_for(name):
    assert build_world(name, seed=1, started_at=START).now == START


def test_the_steady_floor_is_alive_from_the_first_moment():
    world = build_world("steady", seed=1, started_at=START)
    assert (len(world.directory.queues), len(world.directory.agents)) == (6, 24)
    assert len(states(world)) >= 4
    assert sum(queue.ledger.answered for queue in world.directory.queues.values()) > 20


def test_the_steady_floor_shows_everything_now_and_then():
    world = build_world("steady", seed=1, started_at=START)
    seen, waiting, parked, conferring, calm = set(), 0, 0, 0, 0
    for _ in range(240):
        world.tick(30)
        seen |= set(states(world))
        waiting_now = sum(len(queue.waiting) for queue in world.directory.queues.values())
        waiting += waiting_now > 0
        calm += waiting_now == 0
        parked += len(world.switch.lot.calls) > 0
        conferring += len(world.switch.conferences) > 0
    assert seen == set(AgentState)
    assert min(waiting, calm, parked, conferring) > 40


def test_the_storm_builds_up_and_drains():
    """On five Mondays taken together: one alone may begin badly."""
    waiting = [0] * 150
    for seed in range(5):
        world = build_world("monday_storm", seed=seed, started_at=START)
        for minute in range(len(waiting)):
            world.tick(60)
            waiting[minute] += sum(len(queue.waiting) for queue in world.directory.queues.values())
    beginning, peak, end = mean(waiting[:5]), mean(waiting[15:45]), mean(waiting[-30:])
    assert peak > 1.5 * beginning
    assert peak > 3 * end


def test_at_lunch_lunch_is_the_usual_pause():
    world = build_world("lunch", seed=1, started_at=START)
    codes = Counter()
    for _ in range(20):
        world.tick(180)
        codes.update(row.pause_code for agent in world.directory.agents.values() for row in agent.memberships.values())
    del codes[None]
    assert codes.most_common(1)[0][0] == 1


def test_nobody_is_on_the_empty_floor():
    world = build_world("empty_floor", seed=1, started_at=START)
    world.tick(36000)
    assert set(states(world)) == {AgentState.SIGNED_OUT}
    assert world.switch.calls == {}


def test_by_hand_nothing_happens_by_itself():
    world = build_world("by_hand", seed=1, started_at=START)
    before = world.truth()["queues"]
    world.tick(36000)
    assert world.truth()["queues"] == before
    assert set(states(world)) == {AgentState.AVAILABLE}


def test_the_large_site_is_large_and_the_counts_may_be_overridden():
    world = build_world("large_site", seed=1, started_at=START, queues=20, agents=300)
    assert (len(world.directory.queues), len(world.directory.agents)) == (20, 300)
    assert world.directory.agents[1].extension == "2001"


def test_no_two_of_agents_supervisors_and_queues_have_the_same_extension():
    for agents in (24, 100, 101, 250, 251, 1000):
        world = build_world("steady", seed=1, started_at=START, queues=200, agents=agents)
        directory = world.directory
        desks = {user.desk for user in (*directory.agents.values(), *directory.supervisors.values())}
        assert len(desks | set(directory.queues)) == agents + 3 + 200
        assert not set(directory.extensions) & set(directory.queues)


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match="by_hand, empty_floor, hostile, large_site, lunch, monday_storm, quiet_morning, steady"
    ):
        build_world("busy", seed=1, started_at=START)


@pytest.mark.parametrize("counts", [{"queues": 0}, {"queues": 201}, {"agents": -1}, {"agents": 5001}])
def test_counts_out_of_range_are_refused(counts):
    with pytest.raises(ValueError, match=f"number of {next(iter(counts))} must be from"):
        build_world("steady", seed=1, started_at=START, **counts)


def test_one_queue_and_no_agents_are_enough():
    world = build_world("steady", seed=1, started_at=START, queues=1, agents=0)
    world.tick(3600)
    assert world.switch.calls == {}


def test_the_staff_is_mixed_and_nobody_shares_a_name_with_a_neighbour():
    names = [staff_name(index) for index in range(60)]
    assert {language for _, _, language in names} == {"en", "es", "he"}
    assert len(set(names[:24])) == 24


@pytest.mark.parametrize(("scenario", "are_there"), [("hostile", True), ("large_site", False)])
def test_some_callers_have_hostile_names_where_they_are_wanted(scenario, are_there):
    world = build_world(scenario, seed=1, started_at=START)
    names = {call.name for call in world.switch.calls.values()}
    assert bool(names & set(HOSTILE_NAMES)) is are_there


def test_the_curve_is_linear_between_points_and_begins_again():
    scenario = Scenario("s", "", curve=((0.0, 1.0), (100.0, 3.0)), curve_period_seconds=200.0)
    assert [scenario.rate_at(moment) for moment in (0, 50, 100, 150, 200, 250)] == [1.0, 2.0, 3.0, 3.0, 1.0, 2.0]
    assert scenario.peak_rate == 3.0
