"""Numbers on a real Redis: whatever is restarted, nothing is lost but one poll, and nothing is counted twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from redis.asyncio import Redis

from eqboard.eq import EQ
from eqboard.feed import keys
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.messages import field_of, spans
from eqboard.feed.publisher import Publisher
from eqboard.floor.buckets import Bucket, Span
from eqboard.floor.flow import reading
from eqboard.poller import poller
from eqboard.poller.poller import Poller
from tests.feed.following import Follower, following, until
from tests.poller.pretend import Exchange, config_for, polling

EVERY = datetime(1970, 1, 1, tzinfo=UTC)


def counted(floor: Floor) -> Bucket:
    return floor.history.tally(None, EVERY).bucket


class Callers:
    """Who waits in the exchange: more and more, until they are told to go."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._numbers = count(1)
        self.came_count = 0

    def come(self, people: int = 1) -> None:
        for number in (next(self._numbers) for _ in range(people)):
            handles = {"uniqueId": f"1.{number}", "channel": f"SIP/{number}", "callerIdNumber": f"+3460000{number:04}"}
            self._exchange.answers["queued_calls"].append({"queue": "500", **handles})
            self.came_count += 1

    def leave(self) -> None:
        self._exchange.answers["queued_calls"] = []

    async def are_gone(self, follower: Follower) -> None:
        """Then nobody can count them again who has forgotten them."""
        self.leave()
        await follower.sees(lambda floor: not floor.snapshot.waiting)

    async def are_counted(self, follower: Follower) -> Floor:
        """The floor that counts all who came; it must not count anybody twice."""
        floor = await follower.sees(lambda floor: counted(floor).offered >= self.came_count)
        assert counted(floor).offered == self.came_count
        return floor


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def callers(exchange: Exchange) -> Callers:
    return Callers(exchange)


@pytest.fixture(autouse=True)
def leads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "ATTEMPT_SECONDS", 0.1)


async def end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def one_more(redis_url: str, eq: EQ) -> AsyncIterator["asyncio.Task[None]"]:
    """A poller that may be ended before it is time."""
    task = asyncio.create_task(Poller(config_for(redis_url), eq).run())
    try:
        yield task
    finally:
        await end(task)


async def test_calls_are_counted_and_told_to_every_follower(redis_url, exchange, callers) -> None:
    async with polling(redis_url, exchange), following(redis_url) as follower:
        for people in (1, 3, 2):
            callers.come(people)
            await callers.are_counted(follower)
        async with following(redis_url) as latecomer:
            await callers.are_counted(latecomer)
        assert follower.floors[-1].history.tally(None, EVERY).seen_seconds > 0


async def test_who_gives_up_is_counted_and_on_the_list(redis_url, exchange, callers, monkeypatch) -> None:
    monkeypatch.setattr(reading, "BLIND_ROUNDS", 10_000)  # of a round that comes late, too
    async with polling(redis_url, exchange), following(redis_url) as follower:
        callers.come()
        await callers.are_counted(follower)
        callers.leave()
        floor = await follower.sees(lambda floor: counted(floor).abandoned)
        assert [call.caller.number for call in floor.snapshot.abandoned.values()] == ["+34600000001"]


async def test_a_restart_of_the_poller_counts_everybody_once(redis_url, exchange, callers) -> None:
    async with following(redis_url) as follower, exchange.telephone() as eq:
        for _ in range(4):
            async with one_more(redis_url, eq):
                callers.come()
                await callers.are_counted(follower)
            callers.come()  # while nobody reads


async def test_two_pollers_that_take_turns_count_everybody_once(redis_url, exchange, callers) -> None:
    async with following(redis_url) as follower, exchange.telephone() as eq, one_more(redis_url, eq) as first:
        await callers.are_counted(follower)
        for _ in range(3):
            async with one_more(redis_url, eq) as second:
                callers.come(2)
                await end(first)
                callers.come()
                floor = await callers.are_counted(follower)
                first = asyncio.create_task(Poller(config_for(redis_url), eq).run())
                await end(second)
                callers.come()
                await follower.sees(lambda now, then=floor: now.held.epoch != then.held.epoch)
                await callers.are_counted(follower)
        await end(first)


async def test_who_left_before_a_hand_over_has_one_fate(redis_url, exchange, callers) -> None:
    async with following(redis_url) as follower, exchange.telephone() as eq:
        async with one_more(redis_url, eq):
            callers.come()
            await callers.are_counted(follower)
            callers.leave()
            await follower.sees(lambda floor: not floor.snapshot.waiting)
        async with one_more(redis_url, eq):
            floor = await follower.sees(lambda floor: counted(floor).abandoned + counted(floor).unresolved_count)
            told = floor.held.seq
            floor = await follower.sees(lambda floor: floor.held.seq > told + 10)
            bucket = counted(floor)
            assert (bucket.offered, bucket.abandoned + bucket.unresolved_count) == (1, 1)


async def test_redis_that_comes_back_empty_has_all_of_it_again(redis_server, redis_url, exchange, callers) -> None:
    async with polling(redis_url, exchange), following(redis_url) as follower:
        callers.come(3)
        await callers.are_counted(follower)
        await callers.are_gone(follower)
        redis_server.kill()
        callers.come(2)
        await follower.sees(lambda floor: not floor.is_connected)
        redis_server.start()
        await callers.are_counted(follower)
        async with following(redis_url) as latecomer:
            await callers.are_counted(latecomer)


async def test_redis_that_comes_back_with_what_is_old_is_not_believed(redis_url, exchange, callers) -> None:
    names = (keys.SNAPSHOT, keys.SPANS, keys.MARKS, keys.WATCH)
    async with (
        polling(redis_url, exchange),
        following(redis_url) as follower,
        Redis.from_url(redis_url) as client,
    ):
        callers.come(2)
        await callers.are_counted(follower)
        old = {name: await client.dump(name) for name in names}
        callers.come(3)
        await callers.are_counted(follower)
        await callers.are_gone(follower)
        async with client.pipeline(transaction=True) as step:
            step.flushall()
            for name, data in old.items():
                step.restore(name, 0, data)
            await step.execute()
        callers.come()
        await callers.are_counted(follower)
        async with following(redis_url) as latecomer:
            await callers.are_counted(latecomer)


async def count_earlier(client: Redis, bucket: Bucket) -> None:
    """What another leader counted an hour ago."""
    begins_at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
    place = field_of(begins_at)
    await client.hset(keys.SPANS, place, spans.encode(Span(begins_at, 1, {"500": bucket}, {}, 60.0)))
    await client.hset(keys.MARKS, place, "another:1")


async def test_counts_that_redis_drops_are_stored_again(redis_url, exchange, callers) -> None:
    async with Redis.from_url(redis_url) as client, following(redis_url) as follower:
        await count_earlier(client, Bucket(offered=5))
        callers.came_count = 5
        async with polling(redis_url, exchange):
            callers.come(2)
            first = await callers.are_counted(follower)
            for name in (keys.SPANS, keys.MARKS):
                await client.delete(name)
                callers.come()
                told = (await callers.are_counted(follower)).held.seq
                await follower.sees(lambda floor, told=told: floor.held.seq > told + 1)
                async with following(redis_url) as latecomer:
                    await callers.are_counted(latecomer)
            assert follower.floors[-1].held.epoch == first.held.epoch


@pytest.mark.parametrize("is_stored", [True, False], ids=("though it was stored", "before it was stored"))
async def test_a_word_to_redis_that_is_lost_is_counted_once(
    redis_url, exchange, callers, monkeypatch, is_stored
) -> None:
    publish, losses = Publisher.publish, []

    async def lossy(publisher, update, floor, told):
        if update.spans and losses and losses.pop():
            if is_stored:
                await publish(publisher, update, floor, told)
            raise FeedLost[0]("lost on the way")
        return await publish(publisher, update, floor, told)

    monkeypatch.setattr(Publisher, "publish", lossy)
    async with polling(redis_url, exchange), following(redis_url) as follower:
        for _ in range(3):
            callers.come(2)
            losses.append(True)
            await callers.are_counted(follower)
            await until(lambda: not losses)
            callers.come()
            await callers.are_counted(follower)


async def test_who_follows_sees_what_is_stored_whatever_it_missed(redis_url, exchange, callers) -> None:
    """The web server is restarted, and its line to Redis is cut, while the numbers go on."""
    async with polling(redis_url, exchange), following(redis_url) as follower, Redis.from_url(redis_url) as client:
        for _ in range(5):
            callers.come()
            await client.client_kill_filter(_type="pubsub")
            await callers.are_counted(follower)
            async with following(redis_url) as latecomer:
                await callers.are_counted(latecomer)


async def test_a_floor_of_the_version_before_there_were_counts_is_gone_on_with(redis_url, exchange, callers) -> None:
    async with following(redis_url) as follower, exchange.telephone() as eq:
        async with one_more(redis_url, eq):
            callers.come(2)
            await callers.are_counted(follower)
        async with Redis.from_url(redis_url) as client:
            await client.delete(keys.SPANS, keys.MARKS, keys.WATCH)
        callers.come()
        async with one_more(redis_url, eq):
            await follower.sees(lambda floor: counted(floor).offered == 1)


async def test_keys_of_another_kind_cost_no_lead(redis_url, exchange, callers) -> None:
    async with Redis.from_url(redis_url) as client, following(redis_url) as follower:
        for key in (keys.SPANS, keys.MARKS, keys.WATCH):
            await client.lpush(key, "a list")
        async with polling(redis_url, exchange):
            callers.come()
            await callers.are_counted(follower)
