"""The pretend EQ server over HTTP: a Starlette app whose routes come from the EQ client's own table of operations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from email.utils import formatdate

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from eqboard.eq.wire import Operation
from eqboard.simulator.accent import Accent
from eqboard.simulator.asked import Asked, Handler
from eqboard.simulator.faults import (
    Fault,
    FaultKind,
    Faults,
    clock_shift_seconds,
    delay_seconds,
    refuse_by,
    spoil,
)
from eqboard.simulator.handlers import handler_for
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import check_key, parse_fields, read_body, read_query, session_given
from eqboard.simulator.trainer import LEVERS
from eqboard.simulator.world import World

BASE = "/eq/api/2.0"
MAX_SPEED = 1000.0  # a large site takes a second of work for an hour and a half of its time
MAX_EVENTS = 50_000  # that one request makes happen: a second of work, two days of an ordinary floor
HTML_PAGE = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"

Sleep = Callable[[float], Awaitable[None]]


def build_app(
    world: World,
    *,
    key: str,
    clock: Callable[[], float],
    faults: Faults | None = None,
    speed: float = 1.0,
    sleep: Sleep = asyncio.sleep,
    accent: Accent | None = None,
) -> Starlette:
    """The server of one world.

    `clock` gives UNIX seconds; the world stands at its own moment when the clock shows its first value, now, and runs
    `speed` times as fast. Each request with the key first catches up, exactly; a clock that goes backwards moves
    nothing. When the clock has jumped so far that more than MAX_EVENTS would happen, those happen, and the world goes
    on from there: it has slept for the rest, as after a night in which the machine was asleep. What happens depends on
    the requests and the clock's readings alone. `sleep` is how a latency fault waits, `accent` how the server speaks.
    LookupError when an operation of the table has no handler, ValueError for an empty key or a speed that cannot be.
    """
    if not key:
        raise ValueError("The simulator needs a key that is not empty.")
    if not 0 < speed <= MAX_SPEED:
        raise ValueError(f"The speed must be a number above 0, {MAX_SPEED:g} at most.")
    server = _Server(world, key, clock, faults or Faults(), speed, sleep, accent or Accent())
    app = Starlette(
        routes=[
            *server.operations(),
            *(_route(path, method, server.lever(work)) for (method, path), work in LEVERS.items()),
        ],
        exception_handlers={Refusal: _answer_refusal, HTTPException: _answer_http_exception},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the key in its Location header
    return app


class _Server:
    """What the endpoints share."""

    def __init__(
        self,
        world: World,
        key: str,
        clock: Callable[[], float],
        faults: Faults,
        speed: float,
        sleep: Sleep,
        accent: Accent,
    ) -> None:
        self._world = world
        self._key = key
        self._clock = clock
        self._faults = faults
        self._speed = speed
        self._sleep = sleep
        self._accent = accent
        self._clock_began_at = clock()
        self._world_began_at = world.now

    def operations(self) -> Iterator[Route]:
        """The routes of the EQ API; those without a name in their path first, which would match anything."""
        routes = self._accent.routes()
        for method, path in sorted(routes, key=lambda route: "{" in route[1]):
            operation = routes[method, path]
            handler = handler_for(operation.method, operation.path)
            yield _route(BASE + path, method, self._endpoint(operation, handler))

    def _endpoint(self, operation: Operation, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one EQ operation."""
        path = operation.path  # faults are ordered by the contract's path, however this server calls it

        async def endpoint(request: Request) -> Response:
            asked = self._accent.hear(operation, await self._admit(request))
            struck = self._faults.strike(path)
            try:
                refuse_by(struck, path)
                value = spoil(handler(self._world, asked), struck)
                return self._respond(self._accent.answer(operation, value), struck)
            finally:
                # The work is done and its answer comes late: for the client that is the hard case.
                await self._hold_back(delay_seconds(struck))

        return endpoint

    def lever(self, work: Callable[[World, Faults, Asked], object]) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one control; faults do not reach it."""

        async def endpoint(request: Request) -> Response:
            asked = await self._admit(request)
            return self._respond(work(self._world, self._faults, asked), ())

        return endpoint

    async def _admit(self, request: Request) -> Asked:
        """Read the request, check the key, catch up with the clock, refresh the session; raises Refusal.

        Without the key nothing happens. A key in the query is checked before the body is read.
        """
        query, form = read_query(request), {}
        if request.method == "GET" or query.get("auth_key"):
            check_key(query, {}, self._key)
        if request.method != "GET":
            body = await read_body(request)
            form = {"fault": body} if body.lstrip().startswith("{") else parse_fields(body, "body")
            check_key(query, form, self._key)
        self._catch_up()
        session = session_given(query, form)
        if session is not None:
            self._world.attendance.refresh(*session)
        return Asked(next(iter(request.path_params.values()), ""), query, form)

    def _catch_up(self) -> None:
        clock = self._clock()
        wanted = self._world_began_at + (clock - self._clock_began_at) * self._speed
        if not self._world.run_to(wanted, most_events=MAX_EVENTS):
            self._clock_began_at, self._world_began_at = clock, self._world.now

    async def _hold_back(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    def _respond(self, value: object, struck: Iterable[Fault]) -> Response:
        struck = tuple(struck)
        headers = {"Date": formatdate(self._world.now + clock_shift_seconds(struck), usegmt=True)}
        kinds = {fault.kind for fault in struck}
        if FaultKind.HTML in kinds:
            return Response(HTML_PAGE, headers=headers, media_type="text/html")
        text = json.dumps(value, ensure_ascii=False)
        if FaultKind.TRUNCATED in kinds:
            text = text[: len(text) // 2]
        # A caller's name may hold bytes that are no UTF-8, and they pass through (contract §4).
        return Response(text.encode("utf-8", "surrogateescape"), headers=headers, media_type="application/json")


def _route(path: str, method: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, endpoint, methods=[method])


async def _answer_refusal(request: Request, refusal: Exception) -> Response:
    """The error array of contract §1."""
    if not isinstance(refusal, Refusal):
        raise refusal
    return _json(refusal.as_json(), refusal.status)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Unknown paths and wrong methods, in the same shape as every other refusal. 405 is HTTP's; the text has none."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = "nonexistent" if status == 404 else "invalid"
    description = "There is no such path" if status == 404 else "The method is not supported here"
    response = _json(Refusal(None, kind, description).as_json(), status)
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return response


def _methods_at(request: Request) -> set[str]:
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in routes for method in route.methods}


def _json(value: object, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, media_type="application/json")
