"""The sending end: the leader's updates, and anybody's nudges."""

from dataclasses import dataclass, field
from datetime import datetime

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connect, connected
from eqboard.feed.leader import LeadershipLost
from eqboard.feed.looking import looked_at
from eqboard.feed.messages import Stored, Update, field_of, spans, stored, updates
from eqboard.feed.reader import Whole, read_whole
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta

# What may be of another kind, and so fail, is written first: then nothing is.
PUBLISH = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return -1 end
if ARGV[6] == 'anew' then redis.call('del', KEYS[4], KEYS[5]) end
local next_one = 8
for _ = 1, tonumber(ARGV[7]) do
  redis.call('hset', KEYS[4], ARGV[next_one], ARGV[next_one + 1])
  redis.call('hset', KEYS[5], ARGV[next_one], ARGV[5])
  next_one = next_one + 2
end
for i = next_one, #ARGV do
  redis.call('hdel', KEYS[4], ARGV[i])
  redis.call('hdel', KEYS[5], ARGV[i])
end
redis.call('set', KEYS[3], ARGV[4])
redis.call('set', KEYS[2], ARGV[2])
redis.call('publish', KEYS[6], ARGV[3])
return math.min(redis.call('hlen', KEYS[4]), redis.call('hlen', KEYS[5]))
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is stored beside the floor: what the next leader has to have in mind, and what changed of the spans."""

    watch: bytes = b""
    spans: Delta[datetime, Span] = field(default_factory=Delta)
    is_anew: bool = False  # these are all there are, whatever Redis holds


NOTHING_COUNTED = Counted()


class Publisher:
    """Publishes for whoever leads."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.asyncio.Redis = connect(redis_url)

    async def publish(self, update: Update, floor: Stored, counted: Counted = NOTHING_COUNTED) -> int:
        """Store floor and counts and tell the update, in one step, provided that the update's epoch still leads.

        A leader that slept through its lease must not speak over the next one: the lock is looked at in the same step.
        Returns how many spans Redis holds now. Raises LeadershipLost, FeedLost.
        """
        places = (keys.LEADER, keys.SNAPSHOT, keys.WATCH, keys.SPANS, keys.MARKS, keys.UPDATES)
        count = await self._redis.eval(PUBLISH, len(places), *places, *_words(update, floor, counted))
        if count < 0:
            raise LeadershipLost
        return int(count)

    async def left(self, known: Whole) -> Whole:
        """What the last leader left, `known` being what was read of it before. Raises FeedLost."""
        return await read_whole(self._redis, known.counts)

    async def looked_at(self, now: datetime) -> tuple[str, ...]:
        """The extensions at which somebody looks. Raises FeedLost."""
        return await looked_at(self._redis, now)

    async def close(self) -> None:
        await self._redis.aclose()


def _words(update: Update, floor: Stored, counted: Counted) -> list[str | bytes]:
    """The arguments of the script."""
    put: list[str | bytes] = []
    for begin, span in counted.spans.put.items():
        put += (field_of(begin), spans.encode(span))
    gone = [field_of(begin) for begin in counted.spans.gone]
    how = "anew" if counted.is_anew else ""
    whole = (update.epoch, stored.encode(floor), updates.encode(update), counted.watch, update.mark, how)
    return [*whole, str(len(counted.spans.put)), *put, *gone]


async def send_nudge(redis_url: str) -> None:
    """Ask the leader to read EQ again soon. Raises FeedLost."""
    async with connected(redis_url) as client:
        await client.publish(keys.NUDGES, b"1")
