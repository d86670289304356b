"""Connections to Redis, wherever it is, and what counts as having lost it. The one door: nobody else opens any."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    MasterNotFoundError,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff

from eqboard.feed.address import STRANGE, AddressError, Watched, read

FeedLost = (redis.RedisError, OSError)
"""What Redis raises when it is away, loading, out of memory, or not Redis at all. `except FeedLost:` waits and tries
again."""

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
BAD_FILE = (
    "names a file for TLS that this user cannot read, that is no PEM, or whose key is not that of the certificate, "
    "or ciphers or a version of TLS that are not known"
)


def fault_of(url: str) -> str:
    """Why no connection can be made of it, as the end of a sentence; blank where one can. Nothing is connected."""
    try:
        connection = connect(url).connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except AddressError as error:
        return str(error)
    except Exception:  # redis-py hands every option of the URL on, and each fails in its own way
        return STRANGE
    try:
        if tls := getattr(connection, "ssl_context", None):
            tls.get()
    except (OSError, ValueError, TypeError):
        return BAD_FILE
    return ""


def connect(url: str) -> redis.asyncio.Redis:
    """A client for one event loop; it connects when first used and again after every loss: among Sentinels, to the
    server that is the master then.
    """
    address = read(url)
    if isinstance(address, Watched):
        options = {**_patience(), **address.options}
        kind = MasterTLSConnection if address.is_tls else MasterConnection
        pool = SentinelConnectionPool(  # type: ignore[no-untyped-call]
            address.name, Sentinels(address), connection_class=kind, **options
        )
        return redis.asyncio.Redis.from_pool(pool)
    return redis.asyncio.Redis.from_url(address.url, **_patience())


def name_of(error: BaseException) -> str:
    """What a line in the log calls it: never by its message, which may repeat an address. Where it is TLS that failed,
    that is told.
    """
    cause = error.__cause__ or error.__context__
    return type(cause if isinstance(cause, ssl.SSLError) else error).__name__


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """A client that is closed with the block, also where its task is told to end just then. Closing raises nothing."""
    async with _closing(connect(url)) as client:
        yield client


@asynccontextmanager
async def _closing(client: redis.asyncio.Redis) -> AsyncIterator[redis.asyncio.Redis]:
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


def _patience() -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),  # whoever calls knows better whether and when to try again
    }


class Sentinels:
    """What redis-py's pool asks where the master is.

    All are asked at once, and the first that knows is believed: one whose machine is off, as the last master's may be,
    holds nobody up. No connection to them is kept.
    """

    def __init__(self, address: Watched) -> None:
        self._address = address

    async def discover_master(self, name: str) -> tuple[str, int]:
        """Host and port. Raises FeedLost."""
        asked = [asyncio.create_task(self._ask(*place, name)) for place in self._address.sentinels]
        failure: Exception = MasterNotFoundError("The Sentinels know no master of that name")
        try:
            for answer in asyncio.as_completed(asked):
                try:
                    if found := await answer:
                        return found
                except FeedLost as error:
                    failure = error
        finally:
            for each in asked:
                each.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        raise failure

    async def _ask(self, host: str, port: int, name: str) -> tuple[str, int] | None:
        options = {**_patience(), **self._address.sentinel_options}
        async with _closing(redis.asyncio.Redis(host=host, port=port, **options)) as sentinel:
            found = await sentinel.execute_command(  # type: ignore[no-untyped-call]
                "SENTINEL GET-MASTER-ADDR-BY-NAME", name
            )
        return (found[0].decode(), found[1]) if found else None


class MasterConnection(SentinelManagedConnection):
    """To the server that the Sentinels call the master. When that says that it is none, the connection is closed: the
    next one asks them again. redis-py does so for commands; an older Redis says it of a script in other words.
    """

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)
        except redis.ResponseError as error:
            if "READONLY" not in str(error):
                raise
            await self.disconnect()
            raise redis.ConnectionError("The server is not the master any more") from None


class MasterTLSConnection(MasterConnection, SentinelManagedSSLConnection):
    pass
