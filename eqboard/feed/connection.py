"""Connections to Redis, and what counts as having lost it."""

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
