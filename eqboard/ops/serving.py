"""The web server: Daphne, with a beginning and an end.

Told to end (SIGTERM, SIGINT), it takes no more connections, sends the boards' sockets to the next process, and lets
what is under way come to its end, for ENDING_SECONDS at most. What is left then is cancelled. The process ends with 0,
LAST_SECONDS later at the latest, whatever its threads do; at once when it is told again.

Daphne by itself stops as soon as the first of its applications was cancelled. A thread that waits for the event loop
then waits for ever, and Python, which waits for its threads, never ends.
"""

import asyncio
import logging
import math
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor: it says which one
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from eqboard.line import EXTENSION
from eqboard.loops import endings
from eqboard.ops.lifespan import Lifespan
from eqboard.ops.pushing import PushProtocol, accepted, reason_against
from eqboard.server import BoundedRequest, BoundedServer

logger = logging.getLogger(__name__)

# For EQ to answer one request that was just sent; of several agents nobody more is asked for. An action may take longer
# all the same: there are reads before it, which are tried again, and EQBOARD_EQ_TIMEOUT_SECONDS is of one silence. Then
# it is cut off, and a process that goes on settles it by what the floor shows (control/doing/settling.py).
ENDING_SECONDS = 6.0
LETTING_GO_SECONDS = 1.0  # for what was cancelled to tidy up
LAST_SECONDS = 9.0  # less than the ten that those who stop services are patient at the least
LOOK_EVERY_SECONDS = 0.05
# How long a thread that computes keeps the loop waiting each time the loop has let go of Python's lock, as it does for
# every socket that it writes to: with Python's own five milliseconds a board of a thousand viewers waits for seconds.
SWITCH_SECONDS = 0.0005
NEVER = math.inf  # Daphne pings anybody: pages say what they have shown, and who does not is let go (live/viewer.py)
NO_LIMIT = -1  # to how long a websocket lasts: Daphne would send every wall away after a day, all that came together
LOOKED_THROUGH = 200  # connections at each of Daphne's looks, on the average
MOST_WAITED = 10  # looks: connections that are over are let go by one
# Who come at once and wait to be let in; the system takes its own bound if that is less. Of Twisted's fifty most of two
# thousand would be turned away, for a second each time.
MOST_AT_THE_DOOR = 4096
LET_IN = 8  # of them, in each turn of the loop
SERVICE_RESTART = 1012  # IANA's registry of close codes: come back, after a while of your own (static/eqboard/line.js)


class PageRequest(BoundedRequest):
    """Of a body that is too long one byte more than may come is kept: by it the application knows and refuses."""

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length and min(length, self.most_bytes + 1))


class WebServer(BoundedServer):
    """Speaks ASGI's lifespan with the application, too."""

    request_class = PageRequest
    application: Any

    def __init__(self, *args: Any, most_body_bytes: int, **options: Any) -> None:
        super().__init__(*args, ping_interval=NEVER, websocket_timeout=NO_LIMIT, **options)
        self.most_body_bytes = most_body_bytes
        self._waited: Counter[str] = Counter()
        self._reason_against = "Daphne has not asked"

    @property
    def ws_factory(self) -> Any:
        """Daphne makes this one, too, in the middle of `run`."""
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: Any) -> None:
        self._ws_factory = factory
        self._reason_against = reason_against()
        if not self._reason_against:
            factory.protocol = PushProtocol
            factory.setProtocolOptions(perMessageCompressionAccept=accepted)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        line = getattr(protocol, "line", None)
        if line is not None:
            scope.setdefault("extensions", {})[EXTENSION] = line
        return super().create_application(protocol, scope)

    def application_checker(self) -> None:
        """Daphne looks through all connections once a second, for applications that have ended."""
        if self._take_turn("applications"):
            super().application_checker()
        else:
            reactor.callLater(1, self.application_checker)  # type: ignore[arg-type]  # so Twisted has it

    def timeout_checker(self) -> None:
        """And every two seconds for those that take too long to become a websocket."""
        if self._take_turn("timeouts"):
            super().timeout_checker()
        else:
            reactor.callLater(2, self.timeout_checker)  # type: ignore[arg-type]

    def _take_turn(self, look: str) -> bool:
        """Count one turn more; True when this look has waited long enough. The more connections there are the longer:
        so looking takes the same share of the time, however many there are.
        """
        self._waited[look] += 1
        if self._waited[look] < min(len(self.connections) / LOOKED_THROUGH, MOST_WAITED):
            return False
        self._waited[look] = 0
        return True

    def run(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._ports: list[Any] = []
        self._lifespan = Lifespan(self.application)
        reactor.callWhenRunning(self._lifespan.start)
        super().run()

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        port.socket.listen(MOST_AT_THE_DOOR)
        port.doRead = partial(let_in, port, port.doRead)
        if self._reason_against:
            logger.warning(
                "Boards are sent to viewer after viewer, as lines do not work here: %s", self._reason_against
            )
        else:
            logger.info("Boards are made once for all their viewers, and pushed over lines")
        super().listen_success(port)

    def kill_all_applications(self) -> Deferred[None]:
        """Daphne calls this when it is told to stop, and goes on when the answer is there."""
        return Deferred.fromFuture(asyncio.ensure_future(self._end()))

    async def _end(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        end_in(LAST_SECONDS)
        endings.get().set()
        for port in self._ports:
            port.stopListening()
        await asyncio.wait({asyncio.create_task(self._come_to_an_end())}, timeout=ENDING_SECONDS)
        await cancel_all_others()

    async def _come_to_an_end(self) -> None:
        await self._until_quiet()
        await self._lifespan.stop()
        await self._until_quiet()  # somebody may have come meanwhile, over a connection that was open

    async def _until_quiet(self) -> None:
        while self._is_busy():  # noqa: ASYNC110 (Twisted has no event for it)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _is_busy(self) -> bool:
        """Also while somebody who reads slowly has not taken all of an answer."""
        under_way = [each for each, known in self.connections.items() if is_under_way(known)]
        for each in under_way:
            if isinstance(each, WebSocketProtocol):
                send_away(each)
            else:
                let_be_the_last(each)
        return bool(under_way or reactor.getWriters())  # type: ignore[misc]  # so Twisted has it


def let_in(port: Any, accept: Callable[[], object]) -> None:
    """A few of those at the door. Twisted lets in the more the more there are: to make so many welcome takes a turn of
    the loop in which no board gets anything, and a frame needs several turns.
    """
    port.numberAccepts = LET_IN
    accept()


def is_under_way(known: dict[str, Any]) -> bool:
    """Of a connection as Daphne knows it: one whose request has not come yet has no application."""
    application = known.get("application_instance")
    return application is not None and not application.done()


def send_away(socket: WebSocketProtocol) -> None:
    """Once is enough. Whoever does not answer is cut off after a second, by autobahn; a socket that is being opened is
    sent away when it is.
    """
    if socket.state == socket.STATE_OPEN:
        socket.sendCloseFrame(code=SERVICE_RESTART)  # its public way refuses the codes of servers


def let_be_the_last(request: WebRequest) -> None:
    """Its connection is not kept for another; one whose answer has just been given has none any more."""
    if getattr(request, "channel", None) is not None:
        request.channel.persistent = False


async def cancel_all_others() -> None:
    """As `asyncio.run` does at its end: a thread that waits for one of them goes on, too."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=LETTING_GO_SECONDS)


def end_in(seconds: float) -> None:
    """Python waits for its threads at the end, and some may be waiting for a database."""
    last = threading.Timer(seconds, os._exit, (0,))
    last.daemon = True
    last.start()
