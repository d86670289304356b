"""A connection to Redis that is needed for a moment, on a real one."""

import asyncio
import contextlib

import pytest
from redis.asyncio import Redis

from eqboard.feed import connection
from eqboard.feed.connection import connected


@pytest.fixture
def made(monkeypatch):
    """The clients that are made."""
    clients = []
    connect = connection.connect
    monkeypatch.setattr(connection, "connect", lambda url: clients.append(connect(url)) or clients[-1])
    return clients


def is_connected(client: Redis) -> bool:
    pool = client.connection_pool
    return any(each.is_connected for each in (*pool._available_connections, *pool._in_use_connections))


async def ask(redis_url: str) -> None:
    async with connected(redis_url) as client:
        await client.ping()


async def test_it_is_closed_when_it_is_not_needed_any_more(redis_url, made) -> None:
    async with connected(redis_url) as client:
        await client.ping()
        assert is_connected(client)
    assert made == [client]
    assert not is_connected(client)


async def test_it_is_closed_by_a_task_that_is_told_to_end_just_while_it_closes(redis_url) -> None:
    async def end_and_close() -> None:
        pool.disconnect = disconnect
        asyncio.current_task().cancel()
        await disconnect()

    async with connected(redis_url) as client:
        await client.ping()
        pool = client.connection_pool
        disconnect, pool.disconnect = pool.disconnect, end_and_close
        with pytest.raises(asyncio.CancelledError):
            await connection._close(client)
        assert not is_connected(client)


@pytest.mark.parametrize("steps", range(12))
async def test_whenever_a_task_is_told_to_end_nothing_stays_open(redis_url, made, steps) -> None:
    task = asyncio.create_task(ask(redis_url))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert not any(map(is_connected, made))


async def test_where_redis_has_gone_closing_raises_nothing(redis_url, redis_server) -> None:
    async with connected(redis_url) as client:
        await client.ping()
        redis_server.kill()
    assert not is_connected(client)
