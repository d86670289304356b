"""Everybody hears at once who is at what, with and without a poller."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from eqboard.feed import keys, subscriber
from eqboard.feed.claims import Claims
from tests.builders import claim
from tests.feed.following import floor_of, following, speaking

SLOT = claim().slot


@pytest.fixture
async def claims(redis_url):
    claims = Claims(redis_url)
    yield claims
    await claims.close()


def now() -> datetime:
    """To the millisecond, as claims are."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def for_a_while(slot: str = SLOT, seconds: float = 600, **changes):
    return claim(slot, since=now(), until=now() + timedelta(seconds=seconds), **changes)


async def test_a_claim_is_heard_of_without_a_poller(redis_url, claims) -> None:
    async with following(redis_url) as follower:
        await follower.sees(lambda floor: floor.is_connected)
        mine = for_a_while()
        await claims.take(mine, now())
        floor = await follower.sees(lambda floor: floor.claims)
        assert (floor.claims, floor.held) == ({SLOT: mine}, None)
        await claims.release(SLOT, mine.attempt)
        await follower.sees(lambda floor: not floor.claims)


async def test_who_comes_late_knows_the_claims(redis_url, claims) -> None:
    await claims.take(for_a_while(), now())
    async with following(redis_url) as follower:
        assert set((await follower.sees(lambda floor: True)).claims) == {SLOT}


async def test_a_claim_goes_with_another_s_coming(redis_url, claims) -> None:
    mine = for_a_while()
    await claims.take(mine, now())
    theirs = for_a_while(who="Avi", attempt="b1f7f6ab-5d5e-4b8f-8f53-6e1a4a3c2d10")
    async with following(redis_url) as follower:
        await follower.sees(lambda floor: floor.claims.get(SLOT) == mine)
        await claims.release(SLOT, mine.attempt)
        await claims.take(theirs, now())
        await follower.sees(lambda floor: floor.claims.get(SLOT) == theirs)


async def test_claims_stay_over_updates_and_a_whole_reading(redis_url, claims) -> None:
    mine = for_a_while()
    await claims.take(mine, now())
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), sent_at=now())
        await follower.sees_floor(floor_of("500"))
        await speaker.says(floor_of("501"), sent_at=now())
        assert (await follower.sees_floor(floor_of("501"))).claims == {SLOT: mine}
        speaker.mumbles(floor_of("502"))
        await speaker.says(floor_of("503"), sent_at=now())
        assert (await follower.sees_floor(floor_of("503"))).claims == {SLOT: mine}


async def test_news_of_nothing_tells_nothing(redis_url, claims) -> None:
    mine = for_a_while()
    await claims.take(mine, now())
    async with following(redis_url) as follower, Redis.from_url(redis_url) as client:
        await follower.sees(lambda floor: floor.claims)
        await client.publish(keys.CLAIM_NEWS, "1")
        await claims.keep(SLOT, mine.attempt, mine.until + timedelta(seconds=60))
        await claims.take(for_a_while("agent:7"), now())
        floor = await follower.sees(lambda floor: len(floor.claims) == 2)
        assert len(follower.floors) == 2, "one with each claim that came"
        assert floor.claims[SLOT].until == mine.until + timedelta(seconds=60), "which was known in silence"


async def test_what_is_over_leaves_with_the_next_floor(redis_url, claims) -> None:
    """By the poller's clock, which is a day ahead here."""
    tomorrow = now() + timedelta(days=1)
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), sent_at=tomorrow)
        await claims.take(replace(for_a_while("agent:1"), until=tomorrow + timedelta(seconds=600)), tomorrow)
        await claims.take(replace(for_a_while("agent:2"), until=tomorrow + timedelta(seconds=900)), tomorrow)
        await follower.sees(lambda floor: set(floor.claims) == {"agent:1", "agent:2"})
        await speaker.says(floor_of("501"), sent_at=tomorrow + timedelta(seconds=700))
        assert set((await follower.sees_floor(floor_of("501"))).claims) == {"agent:2"}


async def test_by_a_poller_s_clock_that_is_behind_a_claim_is_not_over_yet(redis_url, claims) -> None:
    """Who has not heard the poller yet takes it for over, and sees it as soon as the poller is heard."""
    yesterday = now() - timedelta(days=1)
    await claims.take(replace(for_a_while(), until=yesterday + timedelta(seconds=600)), yesterday)
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        assert not (await follower.sees(lambda floor: floor.is_connected)).claims
        await speaker.says(floor_of("500"), sent_at=yesterday)
        await speaker.says(floor_of("501"), sent_at=yesterday)
        assert set((await follower.sees_floor(floor_of("501"))).claims) == {SLOT}


async def test_without_redis_claims_stay_until_they_are_over(redis_server, redis_url, claims, monkeypatch) -> None:
    monkeypatch.setattr(subscriber, "BACK_OFF_SECONDS", (0.01,))
    ahead = 0.0

    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + timedelta(seconds=ahead)

    monkeypatch.setattr(subscriber, "datetime", Clock)
    await claims.take(for_a_while("agent:1"), now())
    await claims.take(for_a_while("agent:2", seconds=3600), now())
    async with following(redis_url) as follower:
        await follower.sees(lambda floor: len(floor.claims) == 2)
        redis_server.stop()
        lost = await follower.sees(lambda floor: not floor.is_connected)
        assert set(lost.claims) == {"agent:1", "agent:2"}
        ahead = 700.0
        await follower.sees(lambda floor: not floor.is_connected and set(floor.claims) == {"agent:2"})
        redis_server.start()
        assert not (await follower.sees(lambda floor: floor.is_connected)).claims, (
            "as Redis has it, which came back empty"
        )


async def test_a_claim_that_cannot_be_read_is_left_out(redis_url, claims) -> None:
    async with following(redis_url) as follower, Redis.from_url(redis_url) as client:
        await follower.sees(lambda floor: floor.is_connected)
        await client.hset(keys.CLAIMS, "agent:9", b"9999999999999 {}")
        await claims.take(for_a_while(), now())
        assert set((await follower.sees(lambda floor: floor.claims)).claims) == {SLOT}


async def test_claims_of_another_kind_cost_nobody_the_floor(redis_url) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.set(keys.CLAIMS, "no hash")
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        assert not (await follower.sees_floor(floor_of("500"))).claims
        assert all(floor.is_connected for floor in follower.floors)
