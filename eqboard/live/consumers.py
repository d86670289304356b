"""A board's websocket: who is it, what may they see, and a place at the hub."""

import asyncio
import json
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.line import EXTENSION, Line
from eqboard.live.admission import admission_of, renewed_admission_of
from eqboard.live.doorkeeper import Guest, doorkeepers
from eqboard.live.hub import Hub
from eqboard.live.sending import SendLine
from eqboard.live.viewer import Viewer
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

NOT_ALLOWED = 4401  # the page loads itself anew, and meets the sign-in or what it may see now
TOO_SLOW = 4408  # the page's socket comes back by itself (Daphne refuses to send 1011 to 1013)
FAILED = 4500  # our own fault; the page's socket comes back too
ECHO_SECONDS = 1.0  # no browser asks for the time more often than this
MAX_MESSAGE_CHARACTERS = 1000
MAX_MESSAGES = 100  # a page says something every ten seconds, and more often while a large board comes
MESSAGES_WITHIN_SECONDS = 10.0


hubs = PerLoop(lambda: Hub(get_config(), followers.get()))


class Chatter:
    """How much a browser talks. What nobody reads in time piles up in the server: `waiting_count` tells how much, for
    servers that set no bound by themselves as ours does (ops/pushing.py).
    """

    def __init__(
        self, waiting_count: Callable[[], int] = lambda: 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._waiting_count = waiting_count
        self._clock = clock
        self._heard_at: deque[float] = deque(maxlen=MAX_MESSAGES)

    def is_too_much(self) -> bool:
        """After one message more. A flood leaves us no time to read so many: then those that wait give it away."""
        self._heard_at.append(self._clock())
        is_fast = self._heard_at[-1] - self._heard_at[0] < MESSAGES_WITHIN_SECONDS
        return self._waiting_count() > MAX_MESSAGES or (len(self._heard_at) == MAX_MESSAGES and is_fast)


def waiting_in(receive: Any) -> Callable[[], int]:
    """How many messages the server holds for us: Daphne's `receive` is the `get` of a queue. Elsewhere nobody knows."""
    waiting_count: Callable[[], int] = getattr(getattr(receive, "__self__", None), "qsize", lambda: 0)
    return waiting_count


class Seldom:
    """Says of what may be done once in so many seconds whether it is due; asking so is doing it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last_at = -math.inf

    def is_due(self) -> bool:
        now = self._clock()
        if now - self._last_at < self._seconds:
            return False
        self._last_at = now
        return True


class NoSuchSocket(AsyncWebsocketConsumer):
    """For an address nobody answers: a refusal instead of a traceback."""

    async def connect(self) -> None:
        await self.close()


class BoardConsumer(AsyncWebsocketConsumer):
    viewer: Viewer | None = None
    writer: asyncio.Task[None] | None = None
    guest: Guest | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.chatter = Chatter(waiting_in(receive))
        self.echoes = Seldom(ECHO_SECONDS)
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.leave()  # also after an error in a handler, or when the server cancels us

    async def connect(self) -> None:
        if not is_same_origin(self.scope):
            await self.close()
            return
        await self.accept()
        try:
            visitor, audience = await admission_of(self.scope)
        except DatabaseError as error:
            logger.warning("A socket was sent away: the database does not answer (%s)", type(error).__name__)
            await self.close(code=FAILED)
            return
        if audience is None:
            await self.close(code=NOT_ALLOWED)
            return
        self.audience = audience
        guest = self.guest = Guest(visitor, self.check_again)
        doorkeepers.get().admit(guest)
        self.hub = hubs.get()
        await self.hub.start()
        line = self.line()
        viewer = await self.hub.join(audience, partial(Viewer, line, self.drop))
        if self.guest is not guest:  # sent away meanwhile
            self.hub.leave(audience, viewer)
            return
        self.viewer = viewer
        viewer.begin()

    def line(self) -> Line:
        """The server's own (ops/pushing.py), or else one over its `send`."""
        offered: Line | None = self.scope.get("extensions", {}).get(EXTENSION)
        if offered is not None:
            return offered
        line = SendLine(self.send_text)
        self.writer = asyncio.create_task(self.write(line))
        return line

    async def write(self, line: SendLine) -> None:
        try:
            await line.write()
        except TimeoutError:
            await self.close(code=TOO_SLOW)
        except OSError:
            pass  # the socket is closed; its end is on its way to us
        except Exception:
            logger.exception("A viewer could not be written to")
            await self.close(code=FAILED)

    async def send_text(self, text: str) -> None:
        # Straight to the server: Channels' own send() costs a quarter more per frame (performance.md §2.4).
        await self.base_send({"type": "websocket.send", "text": text})

    def drop(self) -> None:
        self.dropping = asyncio.create_task(self.close(code=TOO_SLOW))  # held, as the loop holds no task by itself

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is None:
            return  # sent away already
        if self.chatter.is_too_much():
            await self.send_away(TOO_SLOW)
            return
        message = message_in(text_data)
        number = message.get("ack")
        if type(number) is not int:
            return
        self.viewer.on_ack(number)
        await self.echo(message.get("at"))

    async def echo(self, at: object) -> None:
        """Give the browser its own time back with ours: a line that is late must not make numbers look young."""
        if type(at) in (int, float) and self.echoes.is_due():
            await self.send_text(json.dumps({"at": at, "now": self.hub.now().timestamp()}))

    async def check_again(self) -> None:
        """Whether rights and board are still the same. Raises DatabaseError: without a database nobody knows."""
        try:
            _visitor, audience = await renewed_admission_of(self.scope)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("The rights of a viewer cannot be read")
            await self.send_away(FAILED)
        else:
            if audience != self.audience:
                await self.send_away(NOT_ALLOWED)

    async def send_away(self, code: int) -> None:
        """Not one frame more."""
        await self.leave()
        await self.close(code=code)

    async def dispatch(self, message: Any) -> None:
        """Without Channels' look after the thread's database connections, a change of threads for each message: whoever
        asks the database here has Channels do it, which looks by itself.
        """
        await getattr(self, get_handler_name(message))(message)

    async def disconnect(self, code: int) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Give up the place at the hub; once is enough."""
        guest, self.guest = self.guest, None
        if guest is not None:
            doorkeepers.get().dismiss(guest)
        viewer, self.viewer = self.viewer, None
        if viewer is not None:
            viewer.end()
            self.hub.leave(self.audience, viewer)
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)


def is_same_origin(scope: Any) -> bool:
    """Whether a page of this very site asks, by host and port: another one on the host has the same cookies."""
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    is_same = bool(origin.partition("://")[2].lower() == host.lower())
    if not is_same:
        logger.warning(
            "A socket was refused: its page is from %r, and asks %r. A proxy must pass Host on", origin, host
        )
    return is_same


def message_in(text: str | None) -> dict[str, object]:
    """What the browser says: `{"ack": 17, "at": 12.5}`, a frame's number and its own seconds. {} for anything else."""
    if text is None or len(text) > MAX_MESSAGE_CHARACTERS:
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
