"""A poller, a board's feed and claims behind Sentinels, when another Redis becomes the master: all come back."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from eqboard.feed import keys
from eqboard.feed.claims import Claims
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.publisher import send_nudge
from eqboard.feed.subscriber import nudges, read_floor
from eqboard.floor.snapshot import AgentState
from tests import sentinels
from tests.builders import claim
from tests.feed.following import following, until
from tests.poller.pretend import Exchange, polling
from tests.sentinels import PASSWORD, SENTINEL_PASSWORD, Watch

PATIENCE_SECONDS = 60.0
T = TypeVar("T")


@pytest.fixture
def watch():
    with sentinels.watch() as watched:
        yield watched


@pytest.fixture
async def held(watch) -> AsyncIterator[Claims]:
    held = Claims(watch.url())
    yield held
    await held.close()


async def in_time(ask: Callable[[], Awaitable[T]]) -> T:
    """Its answer, as soon as Redis is back."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await ask()
            except FeedLost:
                await asyncio.sleep(0.05)


def dies(watch: Watch) -> None:
    watch.first.kill()
    watch.await_second()


def hangs(watch: Watch) -> None:
    watch.first.send_signal(signal.SIGSTOP)
    watch.await_second()


def is_told_to_go(watch: Watch) -> None:
    watch.promote_second()
    watch.await_demotion()


@pytest.mark.parametrize("happens", [dies, hangs, is_told_to_go], ids=lambda each: each.__name__)
async def test_when_the_master_is_another_one_lead_feed_claims_and_nudges_come_back(
    watch, held, caplog, happens
) -> None:
    caplog.set_level(logging.DEBUG)
    exchange, url = Exchange(), watch.url()
    until_then = datetime.now(UTC) + timedelta(hours=1)
    before, after = claim(until=until_then), claim(slot="agent:8", subject="agent:8", until=until_then)
    async with following(url) as follower, polling(url, exchange, poll_seconds=0.2):
        await held.take(before, datetime.now(UTC))
        old = await follower.sees(lambda floor: floor.held and floor.snapshot.agents and floor.claims)
        await until(lambda: watch.second.ask("HEXISTS", keys.CLAIMS, before.slot))

        await asyncio.to_thread(happens, watch)
        exchange.answers["call_queue_agent_status"][0]["status"] = "paused"

        def is_new(floor: Floor) -> bool:
            is_paused = bool(floor.held) and floor.snapshot.agents[7].state is AgentState.PAUSED
            return is_paused and floor.is_connected and floor.held.epoch != old.held.epoch

        new = await follower.sees(is_new, PATIENCE_SECONDS)
        assert set(new.claims) == {before.slot}, "a claim outlives its Redis"
        assert await in_time(lambda: held.take(after, datetime.now(UTC))) is None
        await follower.sees(lambda floor: set(floor.claims) == {before.slot, after.slot}, PATIENCE_SECONDS)
        assert (await in_time(lambda: read_floor(url))).is_connected

        async with aclosing(nudges(url)) as heard:
            hearing = asyncio.create_task(anext(heard))
            while not hearing.done():
                await in_time(lambda: send_nudge(url))
                await asyncio.sleep(0.05)
            await hearing
    for secret in (PASSWORD, SENTINEL_PASSWORD):
        assert secret not in caplog.text
