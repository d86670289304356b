"""At which extensions somebody looks: only there does the leader ask EQ what goes on (`Snapshot.lines`)."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import cache

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connected

logger = logging.getLogger(__name__)

MOST_LINES = 60
LONGEST_EXTENSION = 40  # characters

# Each is one step in Redis. What is of another kind is nobody's.
LOOK_AT = """
if redis.call('type', KEYS[1]).ok ~= 'zset' then redis.call('del', KEYS[1]) end
local news = 0
for i = 3, #ARGV do
  local known = redis.call('zscore', KEYS[1], ARGV[i])
  if not known then news = news + 1 end
  if not known or tonumber(known) < tonumber(ARGV[1]) then redis.call('zadd', KEYS[1], ARGV[1], ARGV[i]) end
end
if news > 0 then redis.call('publish', KEYS[2], '1') end
return redis.call('zremrangebyrank', KEYS[1], 0, -1 - tonumber(ARGV[2]))
"""
LOOKED_AT = """
if redis.call('type', KEYS[1]).ok ~= 'zset' then return {} end
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
return redis.call('zrevrange', KEYS[1], 0, tonumber(ARGV[2]) - 1)
"""


async def look_at(redis_url: str, extensions: Iterable[str], until: datetime) -> None:
    """Somebody looks at these extensions until then, on the poller's clock (`Floor.theirs`); the poller is nudged when
    one is new.

    What is no extension (blank, over 40 characters, or with such as are not printed) is left out. Of more than
    MOST_LINES those stay that are looked at longest from now on. Raises FeedLost.
    """
    wanted = sorted({each for each in extensions if _may_be_extension(each)})
    if not wanted:
        return
    async with connected(redis_url) as client:
        ends_at, kept = until.timestamp(), wanted[:MOST_LINES]
        surplus = await client.eval(LOOK_AT, 2, keys.LOOKS, keys.NUDGES, ends_at, MOST_LINES, *kept)
    if surplus or len(wanted) > MOST_LINES:
        _tell_of_surplus()


async def looked_at(client: redis.asyncio.Redis, now: datetime) -> tuple[str, ...]:
    """The extensions that somebody looks at, at most MOST_LINES; the rest is forgotten. Raises FeedLost."""
    found: list[bytes] = await client.eval(LOOKED_AT, 1, keys.LOOKS, now.timestamp(), MOST_LINES)
    return tuple(sorted(each.decode(errors="replace") for each in found))


def _may_be_extension(text: str) -> bool:
    return text.strip() != "" and text.isprintable() and len(text) <= LONGEST_EXTENSION


@cache
def _tell_of_surplus() -> None:
    """Once in the life of a process."""
    logger.warning("More than %s extensions are looked at; only those looked at last are read", MOST_LINES)
