"""Connections to Redis, and what counts as having lost it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import redis
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

FeedLost = (redis.RedisError, OSError)
"""What Redis raises when it is away, loading, out of memory, or not Redis at all. `except FeedLost:` waits and tries
again."""

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0


def is_usable(url: str) -> bool:
    """Whether redis-py can make a connection of it. Nothing is connected."""
    try:
        connect(url).connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except Exception:  # redis-py hands every option of the URL on, and each fails in its own way
        return False
    return True


def connect(url: str) -> redis.asyncio.Redis:
    """A client for one event loop; it connects when first used and again after every loss."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),  # whoever calls knows better whether and when to try again
    )


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """A client that is closed with the block, also where its task is told to end just then. Closing raises nothing."""
    client = connect(url)
    try:
        yield client
    finally:
        with suppress(*FeedLost):
            await _close(client)


async def _close(client: redis.asyncio.Redis) -> None:
    """redis-py disconnects in tasks of its own: cancelled before they began, they leave the connection open."""
    try:
        await client.aclose()
    except asyncio.CancelledError:
        await client.aclose()
        raise
