"""EQ is asked the same for one viewer and for many: an exchange, a poller, Redis, the hub and its sockets."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from channels.testing import WebsocketCommunicator
from pydantic import SecretStr

from eqboard.eq import EQ, Server
from eqboard.eq.client import API_PATH
from eqboard.poller.poller import Poller
from eqboard.simulator.app import build_app
from tests.feed.following import until
from tests.live.test_consumers import application, dial, frame_from  # noqa: F401  # fixtures, and how to listen
from tests.simulator.conftest import KEY, START, a_world

MANY = 25
ROUNDS = 8
POLL_SECONDS = 0.2
LISTS = {
    "/call_queue_statistics",
    "/call_queue_agent_status",
    "/queued_calls",
    "/parked_calls",
    "/active_conferences",
    "/active_agent_sessions",
}

Dial = Callable[..., Awaitable[WebsocketCommunicator]]


class Switchboard:
    """The simulator, whose time stands still; it writes down what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._transport = httpx.ASGITransport(build_app(a_world(), key=KEY, clock=lambda: START))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.removeprefix(API_PATH))
        return await self._transport.handle_async_request(request)

    async def rounds(self) -> tuple[Counter[str], float]:
        """What is asked in some rounds, and how often each may have been, as often as EQ is to be read."""
        begin, began = len(self.asked), time.monotonic()
        await until(lambda: self.asked[begin:].count("/queued_calls") >= ROUNDS)
        return Counter(self.asked[begin:]), (time.monotonic() - began) / POLL_SECONDS + 1


@pytest.fixture
async def switchboard(config) -> AsyncIterator[Switchboard]:
    """With a poller that reads it, and knows every name already."""
    switchboard = Switchboard()
    quick = config.model_copy(
        update={"poll_seconds": POLL_SECONDS, "slow_every_rounds": 1, "eq_requests_per_minute": 60_000}
    )
    async with EQ(Server("http://eq", SecretStr(KEY)), transport=httpx.MockTransport(switchboard)) as eq:
        polling = asyncio.create_task(Poller(quick, eq).run())
        await until(lambda: {"/agent/1", "/agent/2", "/pause_code/7"} <= set(switchboard.asked))
        yield switchboard
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


async def test_eq_is_asked_the_same_for_one_viewer_and_for_many(switchboard, dial: Dial, cast) -> None:  # noqa: F811
    for viewer_count in (1, MANY):
        for _ in range(viewer_count):
            await frame_from(await dial(cast.lead))
        asked, rounds = await switchboard.rounds()
        assert set(asked) == LISTS, "nothing is asked for a viewer"
        assert max(asked.values()) <= rounds, "and nothing more often"
