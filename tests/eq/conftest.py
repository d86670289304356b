"""A telephone whose other end is a function, and whose time never passes by itself."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, Dialect, Limits, Server

KEY = "canary-&-key/9f2c+ü"
URL = "http://eq.example"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

Answer = Callable[[httpx.Request], Any]


class Exchange:
    """Plays EQ: answers each request with the next of `answers`, the last one for ever. Remembers all it saw."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        if hasattr(answer, "__await__"):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slept():
    """How long the client wanted to sleep, each time."""
    return []


@pytest.fixture
async def dial(clock, slept):
    """Make a telephone to an exchange, a handler or a transport; it is hung up at the end."""
    opened: list[EQ] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def dial(other_end: Any, key: str = KEY, dialect: Dialect | None = None, **limits: Any) -> EQ:
        transport = other_end if isinstance(other_end, httpx.AsyncBaseTransport) else httpx.MockTransport(other_end)
        server = Server(URL, SecretStr(key), replace(Limits(), **limits))
        eq = EQ(server, dialect=dialect, transport=transport, clock=clock, sleep=sleep, chance=random.Random(1))
        opened.append(eq)
        return eq

    yield dial
    for eq in opened:
        await eq.close()
