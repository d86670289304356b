"""One leads, whoever else would like to."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from eqboard.feed import keys, leader
from eqboard.feed.connection import FeedLost
from eqboard.feed.leader import Leadership, LeadershipLost
from eqboard.feed.reader import Whole
from tests.feed.following import floor_of, speaking, until


@pytest.fixture
async def candidate(redis_url: str) -> AsyncIterator[Callable[[], Leadership]]:
    made: list[Leadership] = []

    def make() -> Leadership:
        made.append(Leadership(redis_url))
        return made[-1]

    yield make
    for each in made:
        await each.close()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def test_of_two_candidates_one_leads(candidate, client) -> None:
    epochs = await asyncio.gather(candidate().acquire(), candidate().acquire())
    assert sum(epoch is not None for epoch in epochs) == 1
    assert await client.exists(keys.LEADER)


async def test_nobody_leads_before_somebody_does(client, redis_url) -> None:
    assert not await client.exists(keys.LEADER)


async def test_each_lead_has_an_epoch_of_its_own(candidate) -> None:
    leadership = candidate()
    seen = set()
    for _ in range(5):
        epoch = await leadership.acquire()
        assert epoch is not None
        seen.add(epoch)
        await leadership.release(epoch)
    assert len(seen) == 5


async def test_who_gives_up_is_followed_at_once(candidate) -> None:
    first, second = candidate(), candidate()
    epoch = await first.acquire()
    assert await second.acquire() is None
    await first.release(epoch)
    assert await second.acquire()


async def test_who_dies_is_followed_when_the_lease_is_over(candidate, monkeypatch) -> None:
    monkeypatch.setattr(leader, "LEASE_SECONDS", 0.6)  # the poller's own test waits for the real lease
    assert await candidate().acquire()
    second = candidate()
    async with asyncio.timeout(10):
        while await second.acquire() is None:
            await asyncio.sleep(0.1)


def test_who_dies_is_followed_within_five_seconds() -> None:
    """Its last renewal, a lease later at the most, and the next attempt of the other."""
    assert leader.LEASE_SECONDS + leader.ATTEMPT_SECONDS < 5


async def test_who_renews_keeps_the_lead(candidate, client) -> None:
    leadership = candidate()
    epoch = await leadership.acquire()
    await client.pexpire(keys.LEADER, 50)
    await leadership.renew(epoch)
    assert await client.pttl(keys.LEADER) > 1000


async def test_a_lease_that_ran_out_cannot_be_renewed(candidate, client) -> None:
    leadership = candidate()
    epoch = await leadership.acquire()
    await client.delete(keys.LEADER)
    with pytest.raises(LeadershipLost):
        await leadership.renew(epoch)
    assert not await client.exists(keys.LEADER)


async def test_nobody_renews_or_gives_up_another_s_lead(candidate, client) -> None:
    first, second = candidate(), candidate()
    epoch = await first.acquire()
    with pytest.raises(LeadershipLost):
        await second.renew("somebody else's epoch")
    await second.release("somebody else's epoch")
    assert await client.get(keys.LEADER) == epoch.encode()


async def test_who_slept_through_the_lease_cannot_speak_over_the_next(redis_url, candidate, client) -> None:
    async with speaking(redis_url) as sleeper:
        await sleeper.says(floor_of("500"))
        before = await client.get(keys.SNAPSHOT)
        await client.delete(keys.LEADER)
        with pytest.raises(LeadershipLost):
            await sleeper.says(floor_of("501"))
        assert await candidate().acquire()
        with pytest.raises(LeadershipLost):
            await sleeper.says(floor_of("502"))
        assert await client.get(keys.SNAPSHOT) == before


async def test_a_renewal_at_the_moment_of_publishing_does_not_hold_it_up(redis_url) -> None:
    async with speaking(redis_url) as speaker:
        said: list[int] = []

        async def renew_all_the_time() -> None:
            while len(said) < 30:
                await speaker.leadership.renew(speaker.floor.epoch)

        renewing = [asyncio.create_task(renew_all_the_time()) for _ in range(3)]
        for number in range(30):
            await speaker.says(floor_of(str(number)))
            said.append(number)
        await asyncio.gather(*renewing)
        assert (await speaker.publisher.left(Whole())).stored == speaker.floor


async def test_without_redis_nobody_leads(redis_server, redis_url, candidate) -> None:
    leadership = candidate()
    redis_server.stop()
    with pytest.raises(FeedLost):
        await leadership.acquire()
    redis_server.start()
    assert await leadership.acquire()


async def test_what_is_no_lock_keeps_nobody_from_leading(candidate, client) -> None:
    await client.lpush(keys.LEADER, "a list")
    first = candidate()
    await first.release(await first.acquire())
    await client.set(keys.LEADER, "a word that never expires")
    epoch = await candidate().acquire()
    assert await client.get(keys.LEADER) == epoch.encode()


async def test_a_lock_that_expires_by_itself_is_free(candidate, client) -> None:
    assert await candidate().acquire()
    await client.pexpire(keys.LEADER, 1)
    free = candidate()
    taken: list[str] = []

    async def take() -> None:
        while not taken:
            if epoch := await free.acquire():
                taken.append(epoch)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(take())
    await until(lambda: taken)
    await task
