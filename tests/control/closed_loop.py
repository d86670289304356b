"""The whole loop in one process: a simulated exchange, a real poller, Redis, the board's pages and its buttons."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from django.test import AsyncClient
from pydantic import SecretStr

from eqboard.config import Config
from eqboard.control import exchange
from eqboard.eq import EQ, Server
from eqboard.feed.subscriber import follow
from eqboard.loops import PerLoop
from eqboard.poller.poller import Poller
from eqboard.simulator.app import build_app
from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.scenarios import scenario_called
from eqboard.simulator.world import World
from tests.cast import configured

POLL_SECONDS = 0.1
KEY = "a-key-of-theirs"
LIKE_BY_HAND: dict[str, Any] = {"present_share": 0.0, "pick_up": Duration(0.3, Shape.FIXED), "renamed_share": 0.0}


@dataclass(frozen=True)
class Site:
    """A world in which nobody is at work until a test brings them in; telephones are answered after 0.3 s."""

    world: World
    redis_url: str

    def bring_in(self, agent_id: int, queue: str = "500") -> None:
        """The agent is at work in this queue alone."""
        agent = self.world.directory.live_agent(agent_id)
        assert agent is not None
        for other in agent.bound.keys() - {queue}:
            self.world.directory.unbind(agent, other)
        self.world.report_for_work(agent)


def patient(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[Config]:
    """The settings, by which a floor that is read so often is not old at once on a machine that is busy."""
    yield from configured(monkeypatch, redis_url=redis_url, stale_after_seconds=60)


@asynccontextmanager
async def running(
    config: Config, redis_url: str, monkeypatch: pytest.MonkeyPatch, **changes: Any
) -> AsyncIterator[Site]:
    """`changes` of the scenario."""
    now = datetime.now(UTC).timestamp()
    scenario = replace(scenario_called("by_hand"), **LIKE_BY_HAND | changes)
    world = World(scenario, build_directory(scenario), seed=1, started_at=now)
    app = build_app(world, key=KEY, clock=lambda: datetime.now(UTC).timestamp())
    quick = config.model_copy(update={"poll_seconds": POLL_SECONDS, "eq_requests_per_minute": 60_000})
    async with EQ(Server("http://eq", SecretStr(KEY)), transport=httpx.ASGITransport(app)) as telephone:
        monkeypatch.setattr(exchange, "telephones", PerLoop(lambda: telephone))
        polling = asyncio.create_task(Poller(quick, telephone).run())
        try:
            await _is_read(redis_url)
            yield Site(world, redis_url)
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


async def _is_read(redis_url: str) -> None:
    async with asyncio.timeout(10):
        async for floor in follow(redis_url):
            if floor.snapshot.queues:
                return


async def hand_of(client: AsyncClient, name: str, ref: str = "lead", within: str = "li.row") -> Tag:
    """The button on the row of that caller, once it stands on the board."""
    async with asyncio.timeout(10):
        while True:
            page = BeautifulSoup((await client.get(f"/boards/{ref}/")).text, "html.parser")
            for row in page.select(within):
                hand = row.select_one("button[data-hand]")
                if name in row.text and hand:
                    return hand
            await asyncio.sleep(0)
