"""The sending end: the leader's updates, and anybody's nudges."""

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connect
from eqboard.feed.leader import LeadershipLost
from eqboard.feed.messages import Stored, Unreadable, Update, stored, updates

PUBLISH = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[2], ARGV[2])
redis.call('publish', KEYS[3], ARGV[3])
return 1
"""


class Publisher:
    """Publishes for whoever leads."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.asyncio.Redis = connect(redis_url)

    async def publish(self, update: Update, floor: Stored) -> None:
        """Store the whole floor and tell the update, in one step, provided that the update's epoch still leads.

        A leader that slept through its lease must not speak over the next one: the lock is looked at in the same step.
        Raises LeadershipLost, FeedLost.
        """
        words = (update.epoch, stored.encode(floor), updates.encode(update))
        if not await self._redis.eval(PUBLISH, 3, keys.LEADER, keys.SNAPSHOT, keys.UPDATES, *words):
            raise LeadershipLost

    async def last_stored(self) -> Stored | None:
        """The floor as the last leader left it; None when there is none. Raises Unreadable, FeedLost."""
        return await _read(self._redis)

    async def close(self) -> None:
        await self._redis.aclose()


async def read_stored(client: redis.asyncio.Redis) -> Stored | None:
    """The stored floor; None when there is none, or something else. Raises FeedLost."""
    try:
        return await _read(client)
    except Unreadable:
        return None


async def _read(client: redis.asyncio.Redis) -> Stored | None:
    """Raises Unreadable, FeedLost."""
    try:
        data = await client.get(keys.SNAPSHOT)
    except redis.ResponseError as error:
        if str(error).startswith("WRONGTYPE"):  # a list, a set …
            raise Unreadable("no string") from None
        raise
    return stored.decode(data) if data else None


async def send_nudge(redis_url: str) -> None:
    """Ask the leader to read EQ again soon. Raises FeedLost."""
    client = connect(redis_url)
    try:
        await client.publish(keys.NUDGES, b"1")
    finally:
        await client.aclose()
