"""One poller leads: a lock in Redis that expires unless it is renewed."""

import secrets

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connect

LEASE_SECONDS = 3.0  # a leader that dies is replaced within this and one attempt of the next
ATTEMPT_SECONDS = 1.0  # how often a stand-by tries, and a leader renews


class LeadershipLost(Exception):
    """Somebody else leads now."""


# Each is one step in Redis. A lock always has an expiry: what has none is nobody's, and would stay for ever.
ACQUIRE = """
if redis.call('pttl', KEYS[1]) >= 0 then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1
"""
# Renewing and giving up must only touch our own lock.
RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class Leadership:
    """One candidate. The lock holds the epoch of whoever leads: a new one each time, never one seen before."""

    def __init__(self, redis_url: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self._redis: redis.asyncio.Redis = connect(redis_url)
        self._lease_ms = int(lease_seconds * 1000)

    async def acquire(self) -> str | None:
        """Try once to lead: the new epoch, or None when another leads. Raises FeedLost."""
        epoch = secrets.token_hex(8)
        return epoch if await self._redis.eval(ACQUIRE, 1, keys.LEADER, epoch, str(self._lease_ms)) else None

    async def renew(self, epoch: str) -> None:
        """Keep the lock for another lease. Raises LeadershipLost, FeedLost."""
        if not await self._redis.eval(RENEW, 1, keys.LEADER, epoch, str(self._lease_ms)):
            raise LeadershipLost

    async def release(self, epoch: str) -> None:
        """Let the next one lead at once; nothing happens when we do not lead. Raises FeedLost."""
        await self._redis.eval(RELEASE, 1, keys.LEADER, epoch)

    async def close(self) -> None:
        await self._redis.aclose()
