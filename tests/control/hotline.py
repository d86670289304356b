"""An exchange that tells who waits, who is parked and which telephones are busy, and keeps what it is asked to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import SecretStr

from eqboard.control import exchange
from eqboard.eq import EQ, Limits, Server
from eqboard.floor.snapshot import Agent, AgentState, Caller, Part, Snapshot
from eqboard.loops import PerLoop
from tests.builders import agent, caller, membership, parked_call, queue, snapshot, source, waiting_call
from tests.environment import KEY_CANARY

CARMEN = caller(unique_id="1.1", channel="SIP/trunk-0000002a")
ONE_PARKED = caller("+34600333444", unique_id="1.2", channel="SIP/trunk-0000002b", name="Pablo")
OF_502 = membership("502", queue_name="Complaints")


def a_floor(**changes: Any) -> Snapshot:
    """Carmen waits at the front desk, Max's caller in 502; Ana parked Pablo; Bea also serves 502."""
    ours: list[Agent] = [agent(7), agent(8, name="Bea", memberships=(membership(), OF_502))]
    theirs = agent(9, name="Max", memberships=(OF_502,))
    foreign = caller("+34600555666", unique_id="1.9", channel="SIP/trunk-0000002f", name="Stranger")
    defaults: dict[str, Any] = {
        "sources": [source(part, taken_at=datetime.now(UTC), every_seconds=60) for part in Part],
        "queues": [queue("500"), queue("501", name="Support"), queue("502", name="Complaints")],
        "agents": [*ours, theirs],
        "waiting": [
            waiting_call("1.1", caller=CARMEN),
            waiting_call("1.9", caller=foreign, queue="502", queue_name="Complaints"),
        ],
        "parked": [parked_call("1.2", caller=ONE_PARKED)],
    }
    return snapshot(**defaults | changes)


def with_agent(who: Caller, **changes: Any) -> Agent:
    """Ana, talking with them."""
    return agent(7, state=AgentState.ON_CALL, caller=who, call_queue="500", call_queue_name="Sales", **changes)


class Hotline:
    """`busy`: extensions with a call; `unknown`: those that EQ does not have. `meanwhile` is what comes to pass before
    EQ's answer to a read.
    """

    meanwhile: Callable[[], Awaitable[object]] | None = None

    def __init__(self) -> None:
        self.queued: list[dict[str, Any]] = [{"queue": "500", "channel": CARMEN.channel, "uniqueId": "1.1"}]
        self.parked: list[dict[str, Any]] = [{"space": "71", "channel": ONE_PARKED.channel, "uniqueId": "1.2"}]
        self.rooms: list[dict[str, Any]] = []
        self.busy: set[str] = set()
        self.unknown: set[str] = set()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer = httpx.Response(200, json=None)
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.was_asked = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.rpartition("/")[2]
        if request.method == "GET":
            if self.meanwhile is not None:
                await self.meanwhile()
            return self._told(path, request.url.params)
        self.asked.append((path, dict(parse_qsl(request.content.decode()))))
        self.was_asked.set()
        await self.may_answer.wait()
        return httpx.Response(self.answer.status_code, content=self.answer.content)

    def _told(self, path: str, asked: httpx.QueryParams) -> httpx.Response:
        extension = asked.get("extension", path)
        if extension in self.unknown:
            return httpx.Response(404, json=[{"parameter": "extension", "type": "nonexistent", "description": ""}])
        busy = {"extension": extension, "channel": f"SIP/{extension}-1", "uniqueId": "9.9", "status": "up"}
        known: dict[str, Any] = {
            "queued_calls": [each for each in self.queued if each["queue"] == asked.get("queue")],
            "parked_calls": self.parked,
            "active_conferences": self.rooms,
            "active_calls": [busy] if extension in self.busy else [],
        }
        return httpx.Response(200, json=known.get(path, {"extension": extension}))


@asynccontextmanager
async def connected(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hotline]:
    """The one that the board's telephone reaches."""
    answers = Hotline()
    server = Server("http://eq.test", SecretStr(KEY_CANARY), Limits(retry_count=0, action_seconds=5))
    async with EQ(server, transport=httpx.MockTransport(answers)) as telephone:
        monkeypatch.setattr(exchange, "telephones", PerLoop(lambda: telephone))
        yield answers
