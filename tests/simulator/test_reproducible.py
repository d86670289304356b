"""The same scenario, seed and clock are the same day to the call, however often it is looked at, in any process."""

import os
import subprocess
import sys
from random import Random

import pytest

from eqboard.config import ROOT
from eqboard.simulator.scenarios import build_world

from .conftest import START, Server

DAY = 86400.0
LOOKS = (
    *(("call_queue_statistics", {}), ("call_queue_agent_status", {}), ("call_queue_agent_status", {"combined": 1})),
    *(("call_queue_agent_status", {"queue": "500"}), ("call_queue_agent_status", {"agent": 3}), ("queued_calls", {})),
    *(("parked_calls", {}), ("active_conferences", {}), ("active_calls", {"extension": "201"})),
    *(("active_agent_sessions", {}), ("active_supervisor_sessions", {}), ("call_recordings", {"call": 7})),
    *(("phone", {"extension": "201"}), ("extension/201", {}), ("agent/1", {}), ("call_queue/500", {})),
    *(
        ("pause_code/1", {}),
        ("license_usage", {}),
        ("configuration_check", {}),
        ("call_queue_agent_status", {"agent": 999}),
    ),
)


def day_of(world):
    """Everything that has happened, and everybody on the line."""
    calls = [(call.unique_id, call.channel, call.number, call.name, call.place) for call in world.switch.calls.values()]
    return world.truth(), [visit.as_dict() for visit in world.ledger.visits()], calls


@pytest.mark.parametrize(("scenario", "seconds"), [("steady", DAY / 4), ("working_day", DAY), ("hostile", DAY / 4)])
async def test_a_day_is_the_same_however_often_it_is_looked_at(scenario, seconds, open_client, clock):
    alone = build_world(scenario, seed=11, started_at=START)
    alone.tick(seconds)
    watched, chance = build_world(scenario, seed=11, started_at=START), Random(1)
    async with open_client(watched) as client:
        server = Server(client)
        while clock.now < START + seconds:
            clock.now = min(START + seconds, clock.now + chance.choice([0.3, 7.0, 45.0, 600.0, 5000.0]))
            path, query = chance.choice(LOOKS)
            assert (await server.get(path, **query)).status_code in (200, 404)
            await server.control("GET", "/truth")
    assert day_of(watched) == day_of(alone)


async def test_a_quick_clock_shows_the_same_day(open_client, clock):
    """Six hours at 60 seconds a second are 6 minutes."""
    slow, quick = (build_world("steady", seed=11, started_at=START) for _ in range(2))
    slow.tick(DAY / 4)
    async with open_client(quick, speed=60.0) as client:
        for _ in range(6 * 60):
            clock.now += 1.0
            await Server(client).get("call_queue_statistics")
    assert day_of(quick) == day_of(slow)


DAY_IN_A_PROCESS = """
from eqboard.simulator.scenarios import build_world

for scenario in ("steady", "hostile", "monday_storm"):
    world = build_world(scenario, seed=11, started_at=1_700_000_000.0)
    world.tick(15_000.0)
    print(world.truth())
    print([visit.as_dict() for visit in world.ledger.visits()][-300:])
    print([(call.unique_id, ascii(call.name), call.place.value) for call in world.switch.calls.values()])
"""


def test_no_accident_of_a_process_reaches_a_day():
    """Python shuffles sets of texts anew in each process."""
    first, second = (told_by_a_process(hash_seed) for hash_seed in ("1", "2"))
    assert first == second
    assert first.count("'answered'") > 100


def told_by_a_process(hash_seed: str) -> str:
    return subprocess.run(
        (sys.executable, "-c", DAY_IN_A_PROCESS),
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
