"""The scenarios: what a demo shows at once, and what may be asked for."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from eqboard.simulator.cast import build_directory
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
    assert build_world(name, seed=1, started_at=START, queues=2, agents=4).now == START


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


@pytest.mark.parametrize("seed", range(5))
def test_the_storm_builds_up_and_drains(seed):
    world, waiting = build_world("monday_storm", seed=seed, started_at=START), []
    for _ in range(150):
        world.tick(60)
        waiting.append(sum(len(queue.waiting) for queue in world.directory.queues.values()))
    beginning, peak, end = mean(waiting[:5]), mean(waiting[20:60]), mean(waiting[90:])
    assert peak > 1.5 * beginning
    assert peak > 5 * end
    assert max(waiting) > 10


@cache
def how_it_goes(name, hours=3, seeds=5):
    """Minute by minute, over a few days of one kind: how many wait, and the shares of the agents' rows by state."""
    waiting, shares = [], Counter()
    for seed in range(seeds):
        world = build_world(name, seed=seed, started_at=START)
        for _ in range(hours * 60):
            world.tick(60)
            waiting.append(sum(len(queue.waiting) for queue in world.directory.queues.values()))
            shares.update(states(world))
    return waiting, {state: shares[state] / shares.total() for state in AgentState}


def test_in_a_storm_many_wait_where_otherwise_few_do():
    steady, storm = how_it_goes("steady")[0], how_it_goes("monday_storm")[0]
    assert max(storm) > 1.3 * max(steady)
    assert mean(storm) > 1.5 * mean(steady)


def test_on_a_quiet_morning_nobody_waits_and_most_agents_do():
    waiting, shares = how_it_goes("quiet_morning")
    assert waiting.count(0) > 0.8 * len(waiting)
    assert max(waiting) <= 5
    assert shares[AgentState.AVAILABLE] > 2 * shares[AgentState.ON_CALL]
    assert shares[AgentState.AVAILABLE] > 1.5 * how_it_goes("steady")[1][AgentState.AVAILABLE]


def test_at_lunch_many_more_are_away_and_callers_notice():
    (steady, usual), (lunch, shares) = how_it_goes("steady"), how_it_goes("lunch")
    assert shares[AgentState.PAUSED] > 1.5 * usual[AgentState.PAUSED]
    assert mean(lunch) > 1.2 * mean(steady)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_at_lunch_lunch_is_the_usual_pause(seed):
    world = build_world("lunch", seed=seed, started_at=START)
    codes = Counter()
    for _ in range(20):
        world.tick(180)
        codes.update(row.pause_code for agent in world.directory.agents.values() for row in agent.memberships.values())
    del codes[None]
    assert codes.most_common(1)[0][0] == 1


@pytest.mark.parametrize(
    ("name", "seed"), [("lunch", 1), ("lunch", 2), ("lunch", 3), ("steady", 1), ("working_day", 1)]
)
def test_nobody_has_lunch_twice_in_a_shift(name, seed):
    world = build_world(name, seed=seed, started_at=datetime(2026, 3, 2, 6, 0, tzinfo=UTC).timestamp())
    lunches, at_lunch = Counter(), set()
    for _ in range(11 * 30):
        world.tick(120)
        at_lunch_now = {
            (agent.id, agent.session_since)
            for agent in world.directory.agents.values()
            if any(row.pause_code == 1 for row in agent.memberships.values())
        }
        lunches.update(at_lunch_now - at_lunch)
        at_lunch = at_lunch_now
    assert len(lunches) >= 10
    assert max(lunches.values()) == 1


def test_nobody_is_on_the_empty_floor():
    world = build_world("empty_floor", seed=1, started_at=START)
    world.tick(36000)
    assert set(states(world)) == {AgentState.SIGNED_OUT}
    assert world.switch.calls == {}


def test_a_working_day_goes_by_the_clock_of_its_time_zone():
    zone = ZoneInfo("Asia/Jerusalem")
    night = datetime(2026, 3, 2, 3, 0, tzinfo=zone).timestamp()
    world = build_world("working_day", seed=1, started_at=night, zone=zone)
    at_work, at_lunch, calls = {}, {}, {}
    for hour in range(3, 51):
        rows = [list(agent.memberships.values()) for agent in world.directory.agents.values() if agent.memberships]
        at_work[hour % 24], at_lunch[hour % 24] = len(rows), sum(row[0].pause_code == 1 for row in rows)
        before = world.truth()["totals"]["offered"]
        world.tick(3600)
        calls[hour % 24] = world.truth()["totals"]["offered"] - before
    for hour in (20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6):
        assert (at_work[hour], calls[hour]) == (0, 0)
    assert at_work[10] == at_work[15] == len(world.directory.agents)
    assert 0 < at_work[8] < at_work[9] < at_work[10] > at_work[17] > at_work[19] > 0
    assert at_lunch[13] >= 2
    assert at_lunch[10] == at_lunch[16] == 0
    assert min(calls[10], calls[11], calls[15]) > 2 * max(calls[7], calls[18], calls[19])


def test_the_same_moment_is_another_hour_of_the_working_day_elsewhere():
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC).timestamp()
    here = build_world("working_day", seed=1, started_at=noon)
    elsewhere = build_world("working_day", seed=1, started_at=noon, zone=ZoneInfo("America/Los_Angeles"))
    assert set(states(elsewhere)) == {AgentState.SIGNED_OUT}
    assert AgentState.SIGNED_OUT not in states(here)


def test_by_hand_nothing_happens_by_itself():
    world = build_world("by_hand", seed=1, started_at=START)
    before = world.truth()["queues"]
    world.tick(36000)
    assert world.truth()["queues"] == before
    assert set(states(world)) == {AgentState.AVAILABLE}


@pytest.mark.parametrize(("seed", "looks"), [(1, 7), (2, 1)])
def test_at_a_large_site_about_five_hundred_wait_at_every_moment(seed, looks):
    world = build_world("large_site", seed=seed, started_at=START)
    assert (len(world.directory.queues), len(world.directory.agents)) == (100, 1000)
    waiting = []
    for look in range(looks):
        world.run_to(START + 600 * look)
        waiting.append(sum(len(queue.waiting) for queue in world.directory.queues.values()))
    assert min(waiting) > 330
    assert max(waiting) < 680
    assert 400 < mean(waiting) < 610


def test_the_large_site_is_large_and_the_counts_may_be_overridden():
    world = build_world("large_site", seed=1, started_at=START, queues=20, agents=300)
    assert (len(world.directory.queues), len(world.directory.agents)) == (20, 300)
    assert world.directory.agents[1].extension == "2001"


def test_no_two_of_agents_supervisors_and_queues_have_the_same_extension():
    for agents in (24, 100, 101, 250, 251, 1000):
        directory = build_directory(replace(SCENARIOS["steady"], queues=200, agents=agents))
        desks = {user.desk for user in (*directory.agents.values(), *directory.supervisors.values())}
        assert len(desks | set(directory.queues)) == agents + 3 + 200
        assert not set(directory.extensions) & set(directory.queues)


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    known = "by_hand, empty_floor, hostile, large_site, lunch, monday_storm, outage, quiet_morning, steady, working_day"
    with pytest.raises(ValueError, match=known):
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


@pytest.mark.parametrize(("scenario", "are_there"), [("hostile", True), ("steady", False)])
def test_some_callers_have_hostile_names_where_they_are_wanted(scenario, are_there):
    world = build_world(scenario, seed=1, started_at=START)
    names = {call.name for call in world.switch.calls.values()}
    assert bool(names & set(HOSTILE_NAMES)) is are_there


def test_the_curve_is_linear_between_points_and_begins_again():
    scenario = Scenario("s", "", curve=((0.0, 1.0), (100.0, 3.0)), curve_period_seconds=200.0)
    assert [scenario.rate_at(moment) for moment in (0, 50, 100, 150, 200, 250)] == [1.0, 2.0, 3.0, 3.0, 1.0, 2.0]
    assert scenario.peak_rate == 3.0
