"""Both ends of the feed, for tests: somebody who speaks, somebody who follows, and how to wait for something."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from eqboard.feed.follow import Floor
from eqboard.feed.leader import Leadership
from eqboard.feed.messages import Stored, Update
from eqboard.feed.publisher import Counted, Publisher
from eqboard.feed.subscriber import follow
from eqboard.floor.changes import Delta, diff
from eqboard.floor.history import History
from eqboard.floor.snapshot import Snapshot
from tests.builders import NOON, queue, snapshot

PATIENCE_SECONDS = 15.0


def floor_of(*extensions: str) -> Snapshot:
    """A floor that can be told from others by its queues."""
    return snapshot(queues=[queue(each) for each in extensions])


async def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Come back when the condition holds; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@dataclass
class Follower:
    """Everything `follow` yielded, in order."""

    floors: list[Floor] = field(default_factory=list)
    _read_count: int = 0

    async def sees(self, wanted: Callable[[Floor], Any], seconds: float = PATIENCE_SECONDS) -> Floor:
        """The next floor, not looked at yet, that is as wanted."""
        async with asyncio.timeout(seconds):
            while True:
                while self._read_count < len(self.floors):
                    floor = self.floors[self._read_count]
                    self._read_count += 1
                    if wanted(floor):
                        return floor
                await asyncio.sleep(0.01)

    async def sees_floor(self, wanted: Snapshot, seconds: float = PATIENCE_SECONDS) -> Floor:
        return await self.sees(lambda floor: floor.is_connected and floor.snapshot == wanted, seconds)


@asynccontextmanager
async def following(redis_url: str) -> AsyncIterator[Follower]:
    """A follower who listens, from when it has read the floor for the first time."""
    follower = Follower()

    async def listen() -> None:
        async with aclosing(follow(redis_url)) as floors:
            async for floor in floors:
                follower.floors.append(floor)

    task = asyncio.create_task(listen())
    try:
        yield follower
    finally:
        assert not task.done(), "whatever happens to Redis, following never ends by itself"
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Speaker:
    """A leader who publishes what the test wants to be said."""

    def __init__(self, redis_url: str) -> None:
        self.leadership = Leadership(redis_url)
        self.publisher = Publisher(redis_url)
        self.floor = Stored("", 0, NOON, Snapshot())
        self.history = History()
        self._in_redis = History()

    async def lead(self) -> None:
        """Take the lead, from whoever has it, under a new epoch."""
        epoch = await self.leadership.acquire()
        assert epoch is not None
        self.floor = Stored(epoch, 0, NOON, self.floor.snapshot)

    async def says(self, floor: Snapshot, history: History | None = None, *, sent_at: Any = NOON) -> Update:
        """Publish the next update; what was counted stays as it is unless it is given."""
        old, self.floor = self.floor, Stored(self.floor.epoch, self.floor.seq + 1, sent_at, floor)
        self.history = self.history if history is None else history
        spans = self.history.changes_since(self._in_redis)
        told = spans if self.floor.seq > 1 else Delta()
        update = Update(self.floor.epoch, self.floor.seq, sent_at, diff(old.snapshot, floor), spans=told)
        counted = Counted(b"", spans, is_anew=not self._in_redis.spans)
        await self.publisher.publish(update, self.floor, counted)
        self._in_redis = self.history
        return update

    def forgets_redis(self) -> None:
        """What was stored is gone: all of it is stored again with the next update."""
        self._in_redis = History()

    def mumbles(self, floor: Snapshot) -> None:
        """The next update is lost on its way."""
        self.floor = Stored(self.floor.epoch, self.floor.seq + 1, NOON, floor)

    async def close(self) -> None:
        await self.leadership.close()
        await self.publisher.close()


@asynccontextmanager
async def speaking(redis_url: str) -> AsyncIterator[Speaker]:
    speaker = Speaker(redis_url)
    try:
        await speaker.lead()
        yield speaker
    finally:
        await speaker.close()


async def told_on(channel_name: str, redis_url: str, work: Awaitable[Any]) -> int:
    """How many messages come on a channel while the work is done."""
    async with AsyncRedis.from_url(redis_url) as client, client.pubsub() as channel:
        await channel.subscribe(channel_name)
        await work
        await client.publish(channel_name, "end")
        count = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=1)
                if message and message["data"] == b"end":
                    return count
                count += message is not None


@contextmanager
def hung(redis_url: str) -> Iterator[None]:
    """Redis keeps its connections open and does nothing."""
    with Redis.from_url(redis_url) as client:
        process = int(client.info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)
