"""Between eqboard and the pretend EQ server: an ear that notes when each request has come, and when it was answered.

It keeps no query and no body, as EQ's key is in them.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from eqboard.ops.bench.door import LINE_ERRORS, opened
from eqboard.ops.showroom import HOST

READ = "GET"


@dataclass(frozen=True, slots=True)
class Heard:
    """A request to EQ: when the whole of it had come, and when the whole answer had; both of the monotonic clock."""

    method: str
    path: str
    heard_at: float
    answered_at: float

    @property
    def is_read(self) -> bool:
        return self.method == READ


class Ear:
    """Passes on what it hears to the server at that port of this machine. Every request gets a connection of its own
    there: one that was kept could be closed just when it is needed.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard: list[Heard] = []
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Ear"]:
        """Listens at `url` for as long as the block lasts. Raises OSError."""
        async with opened(self._handle) as port:
            self.url = f"http://{HOST}:{port}"
            yield self

    def since(self, moment: float) -> list[Heard]:
        """What came after that moment and is answered, in the order in which it came."""
        return sorted((each for each in self.heard if each.heard_at >= moment), key=lambda each: each.heard_at)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; whichever side ends it, the other hears of that by its end."""
        try:
            while True:
                head, body = await message(reader)
                heard_at = time.monotonic()
                answer = await self._answer(head + body)
                self.heard.append(Heard(*asked(head), heard_at, time.monotonic()))
                writer.write(answer)
                await writer.drain()
        except LINE_ERRORS:
            pass
        finally:
            writer.close()

    async def _answer(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        try:
            writer.write(request)
            head, body = await message(reader)
            return head + body
        finally:
            writer.close()


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next request or answer: its head with the blank line, and its body, whose length the head tells. Raises
    LINE_ERRORS when there is none.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    return head, await reader.readexactly(int(header(head, b"content-length") or 0))


def header(head: bytes, name: bytes) -> bytes | None:
    """The value of the first header of that name, in lower case; None where it has none."""
    for line in head.split(b"\r\n")[1:]:
        given, colon, value = line.partition(b":")
        if colon and given.strip().lower() == name:
            return value.strip()
    return None


def asked(head: bytes) -> tuple[str, str]:
    """Method and path of a request's head, without its query."""
    method, target, *_ = head.split(b" ", 2)
    return method.decode("ascii", "replace"), target.partition(b"?")[0].decode("ascii", "replace")
