"""The exchange at the other end of the telephone, and what was written down."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from asgiref.sync import ThreadSensitiveContext
from django.test import AsyncClient
from pydantic import SecretStr

from eqboard.boards.following import followers
from eqboard.config import Config
from eqboard.control import background
from eqboard.control.catalogue.evidence import Look
from eqboard.control.doing import holding, perform, watching
from eqboard.control.doing.attempt import Attempt
from eqboard.control.models import AuditEntry
from eqboard.eq import EQ, Limits, Server
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.feed.subscriber import read_floor
from eqboard.floor.snapshot import Agent, AgentState, Part, Snapshot
from eqboard.loops import PerLoop
from tests.builders import agent, membership, pause_code, snapshot, source
from tests.cast import publish
from tests.control.pretend import PretendEQ
from tests.control.switchboard import Switchboard, talking
from tests.environment import KEY_CANARY
from tests.feed.following import until

OF_502 = membership("502", queue_name="Complaints")
EVERYWHERE = {"queue": "all"}
"""What the page's own forms send of an action on an agent in all their queues."""


def a_floor(*agents: Agent, **changes: Any) -> Snapshot:
    """Ana at the front desk; Bea, who also serves 502; Max of 502 only; two pause codes."""
    bea = agent(8, name="Bea", memberships=(membership(), OF_502))
    ours = [agent(7), bea, agent(9, name="Max", memberships=(OF_502,))]
    people = {each.id: each for each in (*ours, *agents)}
    defaults = {
        "sources": [source(Part.AGENTS, taken_at=datetime.now(UTC), every_seconds=60)],  # not old while a test goes on
        "agents": people.values(),
        "pause_codes": [pause_code(1, "Lunch"), pause_code(2)],
    }
    return snapshot(**defaults | changes)


PAUSED = agent(7, state=AgentState.PAUSED)
CHANCE = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9A-Za-z]{64}\b")


def without_chance(text: str) -> str:
    """Without the numbers of presses and attempts, and CSRF tokens: any digits may stand in those."""
    return CHANCE.sub("", text)


class Exchange:
    """Answers every request alike, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: httpx.Response | Exception = httpx.Response(200, json=None)
        self.asked: list[dict[str, str]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.was_asked = asyncio.Event()
        self._refused: list[tuple[str, httpx.Response]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(dict(parse_qsl(request.content.decode())))
        self.was_asked.set()
        await self.may_answer.wait()
        if self._refused and self.asked[-1].get("action") == self._refused[0][0]:
            return self._refused.pop(0)[1]
        if isinstance(self.answer, Exception):
            raise self.answer
        return httpx.Response(self.answer.status_code, content=self.answer.content)

    def complain(self, parameter: str | None, kind: str, description: str = "", status: int = 400) -> None:
        self.answer = _complaint(parameter, kind, description, status)

    def refuse_first(self, action: str, *, count: int, parameter: str, kind: str) -> None:
        """So many requests of that action are refused; whatever else comes is answered as before."""
        self._refused = [(action, _complaint(parameter, kind)) for _ in range(count)]


def _complaint(parameter: str | None, kind: str, description: str = "", status: int = 400) -> httpx.Response:
    return httpx.Response(status, json=[{"parameter": parameter, "type": kind, "description": description}])


@pytest.fixture
async def exchange(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Exchange]:
    """The exchange that the telephone reaches."""
    answers = Exchange()
    server = Server("http://eq.test", SecretStr(KEY_CANARY), Limits(action_seconds=5))
    async with EQ(server, transport=httpx.MockTransport(answers)) as telephone:
        monkeypatch.setattr("eqboard.control.exchange.telephones", PerLoop(lambda: telephone))
        yield answers


@pytest.fixture
async def pretend(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PretendEQ]:
    """The pretend EQ server, and `telephone` to it, which the board's own is for this test."""
    server = Server("http://eq.test", SecretStr(KEY_CANARY), Limits(retry_count=0, action_seconds=5))
    answers = PretendEQ()
    async with EQ(server, transport=httpx.MockTransport(answers)) as telephone:
        monkeypatch.setattr("eqboard.control.exchange.telephones", PerLoop(lambda: telephone))
        answers.telephone = telephone
        yield answers


@pytest.fixture
async def switchboard(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Switchboard]:
    """The exchange that the telephone reaches."""
    answers = Switchboard()
    server = Server("http://eq.test", SecretStr(KEY_CANARY), Limits(retry_count=0, action_seconds=5))
    async with EQ(server, transport=httpx.MockTransport(answers)) as telephone:
        monkeypatch.setattr("eqboard.control.exchange.telephones", PerLoop(lambda: telephone))
        yield answers


@pytest.fixture
async def busy(switchboard: Switchboard, redis_url: str) -> Switchboard:
    """Ana is on a call with Carmen."""
    await publish(redis_url, talking())
    return switchboard


@pytest.fixture
async def floor(config: Config, redis_url: str) -> Snapshot:
    """What is published before the test."""
    shown = a_floor()
    await publish(redis_url, shown)
    assert (await read_floor(redis_url)).snapshot == shown
    return shown


@pytest.fixture(autouse=True)
async def no_watch_is_left(db: None) -> AsyncIterator[None]:
    yield
    for task in list(background.works):
        task.cancel()
    await asyncio.gather(*background.works, return_exceptions=True)
    await holding.books.get().close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press is answered with what EQ said, however slow the machine is: without it, it might say *asked*."""
    monkeypatch.setattr(perform, "PENDING_AFTER_SECONDS", 60.0)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    """Watch the floor for a moment only: for tests in which nothing comes."""
    short = config.model_copy(update={"confirm_seconds": 0.2, "poll_seconds": 0.08})
    monkeypatch.setattr(watching, "get_config", lambda: short)


@pytest.fixture
def time_is_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[None]]:
    """Call it: whoever watches gives up after a look at the newest floor, however long that takes."""
    limits: list[asyncio.Timeout] = []
    looked_at: list[Stored | None] = []
    look_of = watching.look_of

    def endless(seconds: float) -> asyncio.Timeout:
        limits.append(asyncio.timeout(None))
        return limits[-1]

    def look(attempt: Attempt, floor: Floor, since: datetime) -> Look:
        looked_at.append(floor.held)
        return look_of(attempt, floor, since)

    async def give_up() -> None:
        newest = (await followers.get().newest()).held
        await until(lambda: any(each is newest for each in looked_at))
        limits[-1].reschedule(asyncio.get_running_loop().time())
        await settled()

    loop = SimpleNamespace(timeout=endless, get_running_loop=asyncio.get_running_loop)
    monkeypatch.setattr(watching, "asyncio", loop)
    monkeypatch.setattr(watching, "look_of", look)
    return give_up


async def settled() -> None:
    """Wait until every attempt is watched to its end."""
    while background.works:
        await asyncio.gather(*background.works)


async def signed_in(user: Any, **options: Any) -> AsyncClient:
    client = AsyncClient(**options)
    await client.aforce_login(user)
    return client


def begin(request: Awaitable[Any]) -> "asyncio.Task[Any]":
    """Make the request while the test goes on: as the server does, with threads of its own."""

    async def serve() -> Any:
        async with ThreadSensitiveContext():
            return await request

    return asyncio.create_task(serve())


async def steps() -> list[str]:
    """What the audit says, step by step."""
    return [entry.step async for entry in AuditEntry.objects.all()]


async def last_entry() -> AuditEntry:
    entry = await AuditEntry.objects.alast()
    assert entry is not None
    return entry
