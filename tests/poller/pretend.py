"""A pretend EQ in the test's own process, and pollers that read it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from eqboard.config import Config
from eqboard.eq import EQ, Limits, Server
from eqboard.eq.client import API_PATH
from eqboard.poller.allowance import Allowance
from eqboard.poller.poller import Poller
from tests.environment import KEY_CANARY

POLL_SECONDS = 0.1  # less than a real site may set, to be done sooner
PLENTY = 1_000_000  # requests a minute, which no test comes near
BRISK = Limits(read_seconds=5, total_seconds=8, retry_after_seconds=0.01)

Fault = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


def a_site() -> dict[str, Any]:
    """One queue, one agent, one pause code."""
    return {
        "call_queue_statistics": [{"queue": "500", "calls": 0, "agents": 1}],
        "call_queue_agent_status": [{"agent": 7, "queue": "500", "status": "available"}],
        "queued_calls": [],
        "parked_calls": [],
        "active_conferences": [],
        "active_agent_sessions": [{"user": 7, "extension": "207"}],
        "call_queue/500": {"extension": "500", "name": "Sales"},
        "agent/7": {"id": 7, "firstName": "Ana", "lastName": "Ruiz", "number": "7"},
        "pause_code/1": {"id": 1, "name": "Lunch"},
    }


@dataclass
class Exchange:
    """Answers by path; whatever has no answer is a 404. A fault answers in place of everything."""

    answers: dict[str, Any] = field(default_factory=a_site)
    fault: Fault | None = None
    faults: dict[str, Fault] = field(default_factory=dict)  # of one path alone
    asked: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(API_PATH + "/")
        self.asked.append(path)
        self.asked_at.append(asyncio.get_running_loop().time())
        fault = self.fault or self.faults.get(path)
        if fault is not None:
            response = fault(request)
            return response if isinstance(response, httpx.Response) else await response
        if path not in self.answers:
            return httpx.Response(404, json=[{"parameter": "id", "type": "nonexistent"}])
        return httpx.Response(200, content=json.dumps(self.answers[path]))

    def count(self, path: str) -> int:
        return self.asked.count(path)

    def telephone(self, limits: Limits = BRISK, **given: Any) -> EQ:
        server = Server("http://eq.test", SecretStr(KEY_CANARY), limits)
        return EQ(server, transport=httpx.MockTransport(self.answer), chance=random.Random(1), **given)


def plenty() -> Allowance:
    """As good as no bound."""
    return Allowance(PLENTY)


def says(status: int, text: str | bytes = "") -> Fault:
    return lambda request: httpx.Response(status, content=text)


def fails_with(error: Exception) -> Fault:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    return fail


def config_for(redis_url: str, **changes: Any) -> Config:
    faster = {"poll_seconds": POLL_SECONDS, "slow_every_rounds": 2, "eq_requests_per_minute": PLENTY}
    return Config(redis_url=redis_url).model_copy(update=faster | changes)


@asynccontextmanager
async def polling(redis_url: str, exchange: Exchange, **changes: Any) -> AsyncIterator[asyncio.Task[None]]:
    """A poller at work, told to end at the end."""
    async with exchange.telephone() as eq:
        task = asyncio.create_task(Poller(config_for(redis_url, **changes), eq).run())
        try:
            yield task
            assert task.cancelled() or not task.done(), "a poller never ends by itself"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, 10)
        assert not [each for each in asyncio.all_tasks() if "Lead" in repr(each)]
