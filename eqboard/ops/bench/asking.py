"""Those who look at a board that asks anew every two seconds: each over a connection of its own, none at the same time
as another.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from eqboard.ops.bench.door import LINE_ERRORS
from eqboard.ops.bench.overheard import message
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address
from eqboard.ops.showroom import HOST

EVERY_SECONDS = 2.0
ANSWER_SECONDS = 30.0


@dataclass(slots=True)
class Asked:
    """What has come of asking. `wire_bytes` are those of answers, with their heads."""

    asked: int = 0
    answered: int = 0
    wrong: int = 0  # answers with another status, and connections that ended
    wire_bytes: int = 0


class Askers:
    """What comes of their asking is counted anew from `begin` on."""

    def __init__(self, address: Address, path: str, status: int) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: {HOST}:{address.port}\r\nCookie: {address.cookie}\r\n"
            "Accept: text/html\r\nHX-Request: true\r\n\r\n"
        ).encode("ascii")
        self._address = address
        self._status = status
        self.count = Asked()

    def begin(self) -> None:
        self.count = Asked()

    async def ask_once(self) -> None:
        """As the first of all. Raises ServerFailed when the answer is not the one that is to be measured."""
        reader, writer = await asyncio.open_connection(HOST, self._address.port)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, _ = await self._ask(reader, writer)
        except (*LINE_ERRORS, TimeoutError) as error:
            raise ServerFailed(f"A board that is asked for anew does not come: {type(error).__name__}.") from None
        finally:
            writer.close()
        if status != self._status:
            raise ServerFailed(f"A board that is asked for anew came with status {status}.")

    async def keep_asking(self, after_seconds: float) -> None:
        """Whose answer is late asks again at its next turn, and not twice."""
        due_at = time.monotonic() + after_seconds
        reader, writer = await asyncio.open_connection(HOST, self._address.port)
        try:
            while True:
                await asyncio.sleep(max(0.0, due_at - time.monotonic()))
                self.count.asked += 1
                status, size = await self._ask(reader, writer)
                self.count.answered += 1
                self.count.wire_bytes += size
                self.count.wrong += status != self._status
                due_at += EVERY_SECONDS * math.ceil((time.monotonic() - due_at) / EVERY_SECONDS)
        except LINE_ERRORS:
            self.count.wrong += 1
        finally:
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, int]:
        """The status, and how many bytes the answer has."""
        writer.write(self._request)
        head, body = await message(reader)
        return int(head.split(b" ", 2)[1]), len(head) + len(body)


@asynccontextmanager
async def askers(address: Address, path: str, status: int, count: int) -> AsyncIterator[Askers]:
    """So many, spread over the two seconds, until the block ends. Raises ServerFailed."""
    them = Askers(address, path, status)
    await them.ask_once()
    asking = [asyncio.create_task(them.keep_asking(EVERY_SECONDS * place / count)) for place in range(count)]
    try:
        yield them
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
