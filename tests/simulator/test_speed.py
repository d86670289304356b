"""A server whose clock is quick. What is too quick for it is slept through, as is a night of the machine."""

import pytest

from eqboard.simulator.scenarios import build_world

from .conftest import START, Server


@pytest.mark.parametrize(
    ("scenario", "speed", "seconds"), [("steady", 1000.0, 60), ("monday_storm", 1000.0, 30), ("large_site", 60.0, 5)]
)
async def test_a_server_that_is_asked_every_second_keeps_up(scenario, speed, seconds, open_client, clock):
    world = build_world(scenario, seed=1, started_at=START)
    async with open_client(world, speed=speed) as client:
        for second in range(1, seconds + 1):
            clock.now += 1.0
            await Server(client).get("call_queue_statistics")
            assert world.now == START + second * speed
