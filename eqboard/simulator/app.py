"""The pretend EQ server over HTTP: a Starlette app whose routes come from the EQ client's own table of operations."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eqboard.eq.wire import Operation
from eqboard.simulator.accent import Accent
from eqboard.simulator.answering import Dropped, answer_bug, answer_http_exception, answer_refusal, respond
from eqboard.simulator.asked import Asked, Handler
from eqboard.simulator.called import operation_called
from eqboard.simulator.faults import FaultKind, Faults, delay_seconds, refuse_by
from eqboard.simulator.faults.in_force import InForce
from eqboard.simulator.gone import MayBeGone
from eqboard.simulator.handlers import handler_for
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import check_key, parse_fields, read_body, read_query, session_given
from eqboard.simulator.trainer import LEVERS
from eqboard.simulator.trainer.door import Door, refuse_from_elsewhere
from eqboard.simulator.trainer.headers import GuardedAnswers
from eqboard.simulator.trainer.lever import Lever, Stage
from eqboard.simulator.trainer.visitors import Visitors
from eqboard.simulator.world import World

BASE = "/eq/api/2.0"
READS = ("GET", "HEAD")  # which have no body that counts
MAX_SPEED = 1000.0  # at which a large site takes more than half of a core
MAX_EVENTS = 50_000  # that one request makes happen: a second or two of work, two days of an ordinary floor

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
    password: str = "",
    host: str = "",
) -> Starlette:
    """The server of one world.

    `clock` gives UNIX seconds; the world stands at its own moment when the clock shows its first value, now, and runs
    `speed` times as fast. Each request with the key first catches up, exactly. After the clock was put back the world
    goes on from where it is, never backwards. When the clock has jumped so far that more than MAX_EVENTS would happen,
    those happen, and the world goes on from there: it has slept for the rest, as after a night in which the machine
    was asleep. What happens depends on the requests and the clock's readings alone. `sleep` is how a latency fault
    waits, `accent` how the server speaks. `password` lets a browser in to the control page, as the key does; `host` is
    a name by which that page may be asked for, beside localhost and whatever address the machine has.
    LookupError when an operation of the table has no handler, ValueError for an empty key or a speed that cannot be.
    """
    if not key:
        raise ValueError("The simulator needs a key that is not empty.")
    check_speed(speed)
    door = Door(Visitors((key, password)), clock, host)
    server = _Server(world, key, clock, faults or Faults(seed=world.seed), speed, sleep, accent or Accent(), door)
    app = Starlette(
        routes=[
            *server.operations(),
            *(_route(path, method, server.lever(lever)) for (method, path), lever in LEVERS.items()),
            *door.routes(),
        ],
        middleware=[Middleware(GuardedAnswers, api=BASE), Middleware(MayBeGone, api=BASE, is_gone=server.is_gone)],
        exception_handlers={Refusal: answer_refusal, HTTPException: answer_http_exception, Exception: answer_bug},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the key in its Location header
    return app


def check_speed(speed: float) -> None:
    """ValueError, one sentence, for a speed that cannot be."""
    if not 0 < speed <= MAX_SPEED:
        raise ValueError(f"The speed must be a number above 0, {MAX_SPEED:g} at most.")


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
        door: Door,
    ) -> None:
        self._world = world
        self._key = key
        self._clock = clock
        self._faults = faults
        self._speed = speed
        self._sleep = sleep
        self._accent = accent
        self._door = door
        self._clock_began_at = self._clock_read_at = clock()
        self._world_began_at = world.now
        self._stage = Stage(world, faults, clock, speed, began_at=world.now)
        scenario = world.scenario
        faults.expect(scenario.accidents, scenario.accidents_period_seconds, world_began_at=world.now)
        faults.turn_to(self._clock_began_at, world.now)

    def operations(self) -> Iterator[Route]:
        """The routes of the EQ API; those without a name in their path first, which would match anything."""
        routes = self._accent.routes()
        for method, path in sorted(routes, key=lambda route: "{" in route[1]):
            yield _route(BASE + path, method, self._endpoint(routes[method, path]))

    def _endpoint(self, behind: Sequence[Operation]) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of operations that are asked for in the same way, of which the first says what is sent."""
        operation = behind[0]
        handler = handler_for(operation.method, operation.path)

        async def endpoint(request: Request) -> Response:
            asked = self._accent.hear(operation, await self._admit(request))
            hits = self._strike(operation, behind, asked)
            faults = [hit.fault for hit in hits]
            try:
                if any(fault.kind is FaultKind.DROPPED for fault in faults):
                    return Dropped()
                refuse_by(faults, operation.path)
                return self._answer(operation, handler, asked, hits)
            finally:
                # The work is done and its answer comes late: for the client that is the hard case.
                await self._hold_back(request, delay_seconds(faults))

        return endpoint

    def _answer(self, operation: Operation, handler: Handler, asked: Asked, hits: list[InForce]) -> Response:
        """The value or the refusal; a proxy's page or a connection that ends can come in the place of both."""
        faults = [hit.fault for hit in hits]
        try:
            value = handler(self._world, asked)
        except Refusal as refusal:
            return respond(refusal.as_json(), faults, self._world.now, refusal.status)
        for hit in hits:
            value = hit.spoil(value)
        return respond(self._accent.answer(operation, value), faults, self._world.now)

    def _strike(self, operation: Operation, behind: Sequence[Operation], asked: Asked) -> list[InForce]:
        """The faults that hit a request. They are ordered in the contract's words, whatever this server's are."""
        called = operation_called(behind, asked.query, asked.form)
        return self._faults.strike(operation.method, operation.path, called.name if called else "")

    def lever(self, lever: Lever) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one lever; faults do not reach it."""

        async def endpoint(request: Request) -> Response:
            asked = await self._admit(request, self._door)
            return respond(lever(self._stage, asked), (), self._world.now)

        return endpoint

    async def _admit(self, request: Request, door: Door | None = None) -> Asked:
        """Read the request, check the key, catch up with the clock, refresh the session; raises Refusal.

        Without the key nothing happens, unless there is a `door` that knows who asks; to it only those go who give no
        key at all. A key in the query is checked before the body is read.
        """
        query, form = read_query(request), {}
        is_visitor = door is not None and "auth_key" not in query and door.knows(request)
        if not is_visitor and (request.method in READS or query.get("auth_key")):
            check_key(query, {}, self._key)
        if request.method not in READS:
            body = await read_body(request)
            form = {"fault": body} if body.lstrip().startswith("{") else parse_fields(body, "body")
            if is_visitor and "auth_key" not in form:
                refuse_from_elsewhere(request)
            else:
                check_key(query, form, self._key)
        self._catch_up()
        session = session_given(query, form)
        if session is not None:
            self._world.attendance.refresh(*session)
        return Asked(next(iter(request.path_params.values()), ""), query, form)

    def is_gone(self) -> bool:
        """Whether the server drops every request to the EQ API at this moment. Who asks may have no key, so nothing
        moves for it; a scenario's accidents are as they will be found when the world catches up.
        """
        clock = self._read_clock()
        return self._faults.drops_all(clock, max(self._world.now, self._wanted_at(clock)))

    def _catch_up(self) -> None:
        clock = self._read_clock()
        if not self._world.run_to(self._wanted_at(clock), most_events=MAX_EVENTS):
            self._go_on_from(clock)
        self._faults.turn_to(clock, self._world.now)

    def _wanted_at(self, clock: float) -> float:
        return self._world_began_at + (clock - self._clock_began_at) * self._speed

    def _read_clock(self) -> float:
        """It may have been put back since it was read last, as when a machine wakes up or is told the right time."""
        clock = self._clock()
        if clock < self._clock_read_at:
            self._go_on_from(clock)
        if math.isfinite(clock):
            self._clock_read_at = clock
        return clock

    def _go_on_from(self, clock: float) -> None:
        self._clock_began_at, self._world_began_at = clock, self._world.now

    async def _hold_back(self, request: Request, seconds: float) -> None:
        """Wait, but not for a client that has gone."""
        if seconds <= 0:
            return
        waiting = asyncio.ensure_future(self._sleep(seconds))
        leaving = asyncio.ensure_future(_until_gone(request))
        try:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            leaving.cancel()


async def _until_gone(request: Request) -> None:
    is_there = True
    while is_there:
        message = await request.receive()
        is_there = message["type"] != "http.disconnect"


def _route(path: str, method: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, endpoint, methods=[method])
