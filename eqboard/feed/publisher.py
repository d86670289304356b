"""The sending end: the leader's updates, and anybody's nudges."""

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connect
from eqboard.feed.leader import LeadershipLost
from eqboard.feed.messages import Stored, Unreadable, Update, stored, updates


class Publisher:
    """Publishes for whoever leads."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.asyncio.Redis = connect(redis_url)

    async def publish(self, update: Update, floor: Stored) -> None:
        """Store the whole floor and tell the update, in one step, provided that the update's epoch still leads.

        A leader that slept through its lease must not speak over the next one: the lock is watched.
        Raises LeadershipLost, FeedLost.
        """
        told, whole = updates.encode(update), stored.encode(floor)
        while not await self._published(update.epoch, told, whole):
            pass  # the lock was renewed at this very moment: once more

    async def _published(self, epoch: str, told: bytes, whole: bytes) -> bool:
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(keys.LEADER)
            if await pipe.get(keys.LEADER) != epoch.encode():
                raise LeadershipLost
            pipe.multi()  # type: ignore[no-untyped-call] # redis-py's own annotation is missing
            pipe.set(keys.SNAPSHOT, whole)
            pipe.publish(keys.UPDATES, told)
            try:
                await pipe.execute()
            except redis.asyncio.WatchError:
                return False
        return True

    async def last_stored(self) -> Stored | None:
        """The floor as the last leader left it; None when there is none, or one of another version. Raises FeedLost."""
        return await read_stored(self._redis)

    async def close(self) -> None:
        await self._redis.aclose()


async def read_stored(client: redis.asyncio.Redis) -> Stored | None:
    """The stored floor, or None. Raises FeedLost."""
    data = await client.get(keys.SNAPSHOT)
    try:
        return stored.decode(data) if data else None
    except Unreadable:
        return None


async def send_nudge(redis_url: str) -> None:
    """Ask the leader to read EQ again soon. Raises FeedLost."""
    client = connect(redis_url)
    try:
        await client.publish(keys.NUDGES, b"1")
    finally:
        await client.aclose()
