"""Somebody else who looks at the board while buttons are pressed: when does it stand on their screen?"""

import asyncio
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from eqboard.ops.bench.beats import numbers_in
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address, Socket

SEEN_SECONDS = 30.0
KEPT_FRAMES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame: its number, its messages, and when the last of them had come, of the monotonic clock."""

    number: int
    text: bytes
    at: float


class Onlooker:
    def __init__(self) -> None:
        self._frames: deque[Seen] = deque(maxlen=KEPT_FRAMES)
        self._news = asyncio.Event()

    async def sees(self, pattern: bytes, since: float) -> Seen:
        """The first frame after that moment that has it. Raises ServerFailed when none comes in time."""
        return await self.first(lambda frame: re.search(pattern, frame.text) is not None, since)

    async def first(self, is_it: Callable[[Seen], bool], since: float) -> Seen:
        """The first frame after that moment of which that is true. Raises ServerFailed when none comes in time."""
        try:
            async with asyncio.timeout(SEEN_SECONDS):
                while True:
                    self._news.clear()
                    for frame in self.since(since):
                        if is_it(frame):
                            return frame
                    await self._news.wait()
        except TimeoutError:
            raise ServerFailed(f"What was waited for was not seen within {SEEN_SECONDS:g} s.") from None

    def since(self, moment: float) -> list[Seen]:
        """The frames that came after that moment, as far as they are kept."""
        return [frame for frame in self._frames if frame.at >= moment]

    async def look(self, socket: Socket) -> None:
        """Raises OSError when the socket ends."""
        messages: list[bytes] = []
        while True:
            messages.append(await socket.read())
            numbers = numbers_in(messages[-1])
            if numbers is not None:
                self._frames.append(Seen(numbers[0], b"".join(messages), time.monotonic()))
                self._news.set()
                messages = []


@asynccontextmanager
async def onlooker(address: Address) -> AsyncIterator[Onlooker]:
    """One who has the whole board, until the block ends. Raises OSError, ServerFailed."""
    socket = await Socket.open(address)
    there = Onlooker()
    looking = asyncio.create_task(there.look(socket))
    try:
        await there.sees(b'id="screen"', 0.0)
        yield there
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        socket.close()


@asynccontextmanager
async def onlookers(address: Address, count: int) -> AsyncIterator[list[Onlooker]]:
    """So many, all of whom have the whole board, until the block ends. Raises OSError, ServerFailed."""
    async with AsyncExitStack() as there:
        yield [await there.enter_async_context(onlooker(address)) for _ in range(count)]
