"""Redis behind Sentinels: the master is found, and found again."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest
from redis.exceptions import AuthenticationError

from eqboard.feed.connection import FeedLost, connect, connected
from tests import sentinels
from tests.e2e.stack import free_port
from tests.feed.following import floor_of, following, speaking
from tests.sentinels import MASTER, Watch

WRITE = "return redis.call('incr', 'written')"


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    with sentinels.watch() as watched:
        yield watched


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of one that lets everybody in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def port_of(url: str) -> int:
    async with connected(url) as client:
        return int((await client.config_get("port"))["port"])


async def test_the_master_is_found(watch) -> None:
    assert await port_of(watch.url()) == watch.first.port


async def test_of_several_sentinels_one_that_answers_is_enough(watch, silent) -> None:
    assert await port_of(watch.url(free_port(), silent)) == watch.first.port


async def test_the_feed_goes_through_them(watch) -> None:
    async with following(watch.url()) as follower, speaking(watch.url()) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))


async def test_without_a_sentinel_redis_is_lost(watch) -> None:
    with pytest.raises(FeedLost):
        await port_of(watch.url().replace(f":{watch.sentinel.port}/", f":{free_port()}/"))


async def test_a_master_that_they_do_not_know_is_lost(watch) -> None:
    with pytest.raises(FeedLost, match="know no master of that name"):
        await port_of(watch.url(name="another"))


@pytest.mark.parametrize("wrong", [{"sentinel_password": "wrong"}, {"user": ":wrong@"}], ids=["theirs", "the master's"])
async def test_a_wrong_password_is_told_as_such(watch, wrong) -> None:
    with pytest.raises(AuthenticationError):
        await port_of(watch.url(**wrong))


async def test_many_who_connect_at_once_do_not_disturb_each_other(watch) -> None:
    client = connect(watch.url())
    try:
        assert all(await asyncio.gather(*(client.ping() for _ in range(20))))
    finally:
        await client.aclose()


@pytest.mark.parametrize("steps", range(0, 60, 5))
async def test_whenever_a_task_is_told_to_end_nothing_stays_open(watch, silent, steps) -> None:
    """What stayed would be told by Python, and so fail the test."""
    task = asyncio.create_task(port_of(watch.url(silent)))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_kept_connection_to_what_is_no_master_any_more_is_given_up(watch) -> None:
    """The Sentinels close it, but for one that came to know too late."""
    client = connect(watch.url())
    try:
        await client.eval(WRITE, 0)
        watch.second.ask("REPLICAOF", "NO", "ONE")
        watch.sentinel.ask("SENTINEL", "REMOVE", MASTER)
        watch.first.ask("REPLICAOF", "127.0.0.1", watch.second.port)
        watch.observe(watch.second)
        with pytest.raises(FeedLost):
            await client.eval(WRITE, 0)
        assert await client.eval(WRITE, 0)
        assert int((await client.config_get("port"))["port"]) == watch.second.port
    finally:
        await client.aclose()
        watch.sentinel.ask("SENTINEL", "REMOVE", MASTER)
        watch.first.ask("REPLICAOF", "NO", "ONE")
        watch.second.ask("REPLICAOF", "127.0.0.1", watch.first.port)
        watch.observe(watch.first)
