"""One subscription for everybody in a process, whatever happens to Redis."""

import asyncio
import logging
from contextlib import aclosing

import pytest
from redis.asyncio import Redis

from eqboard.feed import follower as module
from eqboard.feed import keys
from eqboard.feed.follow import Floor
from eqboard.feed.follower import Follower
from tests.feed.following import floor_of, speaking, until


@pytest.fixture
async def follower(redis_url):
    follower = Follower(redis_url)
    yield follower
    await follower.stop()


async def subscribers(redis_url) -> int:
    async with Redis.from_url(redis_url) as client:
        return (await client.pubsub_numsub(keys.UPDATES))[0][1]


async def test_nobody_asks_redis_before_somebody_asks_the_follower(follower, redis_url) -> None:
    assert not follower.is_running
    assert await subscribers(redis_url) == 0


async def test_the_first_look_waits_until_redis_has_answered(follower, redis_url) -> None:
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        assert await follower.newest() == Floor(speaker.floor, is_connected=True)


async def test_without_redis_the_first_look_says_so(follower, redis_server) -> None:
    redis_server.stop()
    assert await follower.newest() == Floor()


async def test_many_who_look_share_one_subscription(follower, redis_url) -> None:
    floors = await asyncio.gather(*(follower.newest() for _ in range(20)))
    assert await subscribers(redis_url) == 1
    assert all(floor is floors[0] for floor in floors)


async def test_each_of_many_hears_the_news(follower, redis_url) -> None:
    async def wait_for(queue: str) -> Floor:
        async with aclosing(follower.floors()) as floors:
            return await anext(floor async for floor in floors if queue in floor.snapshot.queues)

    waiting = [asyncio.create_task(wait_for("501")) for _ in range(3)]
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await speaker.says(floor_of("500", "501"))
        async with asyncio.timeout(10):
            heard = await asyncio.gather(*waiting)
    assert heard[0] is heard[1] is heard[2]


async def test_who_is_slow_skips_what_came_in_between(follower, redis_url) -> None:
    async with aclosing(follower.floors()) as floors, speaking(redis_url) as speaker:
        await anext(floors)
        for number in range(5):
            await speaker.says(floor_of(str(500 + number)))
        await until(lambda: follower._floor.held and follower._floor.held.seq == 5)
        assert (await anext(floors)).held.seq == 5


async def test_it_tells_since_when_redis_is_lost_and_found(follower, redis_server) -> None:
    await follower.newest()
    found_at = follower.since
    redis_server.stop()
    await until(lambda: not follower._floor.is_connected)
    lost_at = follower.since
    assert lost_at > found_at
    redis_server.start()
    await until(lambda: follower._floor.is_connected)
    assert follower.since > lost_at


async def test_a_feed_that_cannot_even_be_opened_is_tried_again_and_logged_once(
    follower, redis_url, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    honest, tries = module.follow, []

    def follow(url):
        tries.append(url)
        if len(tries) < 4:
            raise ValueError("a bug of ours")
        return honest(url)

    monkeypatch.setattr(module, "follow", follow)
    assert await follower.newest() == Floor()
    await until(lambda: follower._floor.is_connected)
    assert len(tries) == 4
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1


async def test_stopping_leaves_nothing_and_looking_again_starts_again(follower, redis_url) -> None:
    before = asyncio.all_tasks()
    await follower.newest()
    await follower.stop()
    assert asyncio.all_tasks() == before
    assert (await follower.newest()).is_connected
