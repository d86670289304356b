"""The pretend EQ server behind the board's telephone, with a clock that the test moves. It can be started anew."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx

from eqboard.eq import EQ
from eqboard.simulator.app import build_app
from eqboard.simulator.scenarios import build_world
from tests.environment import KEY_CANARY

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOKEN = re.compile("[0-9a-f]{64}")


class PretendEQ:
    """No supervisor is signed in. `asked` is each request: verb, path, and the token that it carried.

    `told` makes an answer or an error in the place of EQ's for requests of that verb and path; None leaves it to EQ.
    `meanwhile` is what comes before EQ's answer to them.
    """

    telephone: EQ

    def __init__(self) -> None:
        self.now = NOW
        self.asked: list[tuple[str, str, str | None]] = []
        self.told: dict[tuple[str, str], Callable[[], httpx.Response | Exception | None]] = {}
        self.meanwhile: dict[tuple[str, str], Callable[[], Awaitable[object]]] = {}
        self.tokens: set[str] = set()
        self.restart()

    def restart(self) -> None:
        """Every session is forgotten."""
        self.world = build_world("steady", seed=7, started_at=self.now.timestamp(), queues=2, agents=4)
        for supervisor in self.world.directory.supervisors.values():
            self.world.attendance.go_home(supervisor)
        app = build_app(self.world, key=KEY_CANARY, clock=lambda: self.now.timestamp())
        self._transport = httpx.ASGITransport(app=app)

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = TOKEN.sub("…", request.url.path.removeprefix("/eq/api/2.0"))
        self.asked.append((request.method, path, request.url.params.get("auth_supervisor_session")))
        if (request.method, path) in self.meanwhile:
            await self.meanwhile[request.method, path]()
        told = self.told.get((request.method, path), lambda: None)()
        if isinstance(told, Exception):
            raise told
        if told is not None:
            return told
        answer = await self._transport.handle_async_request(request)
        await answer.aread()
        self.tokens |= set(TOKEN.findall(answer.text))
        return answer

    @property
    def paths(self) -> list[str]:
        return [path for _verb, path, _token in self.asked]

    def asked_of(self, path: str) -> list[str]:
        """The verbs of the requests for that path."""
        return [verb for verb, each, _token in self.asked if each == path]


async def who_is_in(telephone: EQ) -> list[tuple[int, str | None]]:
    """EQ's own list of the supervisors who are signed in, and where."""
    return [(each.user, each.extension) for each in await telephone.active_sessions.supervisors()]
