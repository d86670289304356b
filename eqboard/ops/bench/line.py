"""The line to one page: a server that answers with the page and its files, and then speaks by the page's socket.

It is a real socket, and not one played within the page: what a played one costs would be measured as the page's own.
So small a server is enough for that: it says what it is told to, and hears nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

from eqboard.boards.policy import POLICY
from eqboard.ops.bench.door import LINE_ERRORS, opened
from eqboard.ops.bench.frames import framed, welcome
from eqboard.ops.bench.page import LIVE_PATH, static_file
from eqboard.ops.showroom import HOST

STATIC = "/static/"
CHUNK_BYTES = 65536

Answer = tuple[HTTPStatus, str, bytes]  # with the body's media type


class Line:
    """`page` makes the page anew for whoever loads it; `greeting` is the first that the page hears."""

    def __init__(self, page: Callable[[], str], greeting: Callable[[], str]) -> None:
        self._page = page
        self._greeting = greeting
        self._socket: asyncio.StreamWriter | None = None
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Line"]:
        """Listens at `url` for as long as the block lasts. Raises OSError."""
        async with opened(self._handle) as port:
            self.url = f"http://{HOST}:{port}/"
            yield self

    async def say(self, messages: Iterable[str]) -> None:
        """By the socket of whoever loaded the page last. Raises OSError when nobody has one, or it is gone."""
        if self._socket is None or self._socket.is_closing():
            raise ConnectionError("The page has no socket.")
        for message in messages:
            self._socket.write(framed(message))
        await self._socket.drain()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: an answer, or the socket until it ends. A browser may open some that it never uses."""
        with suppress(*LINE_ERRORS):
            try:
                path, headers = head_of(await reader.readuntil(b"\r\n\r\n"))
                if path == LIVE_PATH:
                    writer.write(welcome(headers.get("sec-websocket-key", "")))
                    self._socket = writer
                    await self.say([self._greeting()])
                    while await reader.read(CHUNK_BYTES):  # what the page acknowledges
                        pass
                else:
                    writer.write(written(self._answer(path)))
                    await writer.drain()
            finally:
                writer.close()

    def _answer(self, path: str) -> Answer:
        if path == "/":
            return HTTPStatus.OK, "text/html; charset=utf-8", self._page().encode()
        file = static_file(path.removeprefix(STATIC)) if path.startswith(STATIC) else None
        if file is None:
            return HTTPStatus.NOT_FOUND, "text/plain", b""
        return HTTPStatus.OK, file[1], file[0].read_bytes()


def head_of(head: bytes) -> tuple[str, dict[str, str]]:
    """The path and the headers of a request, their names in small letters."""
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    path = [*first.split(" "), ""][1].partition("?")[0]
    pairs = (line.partition(":") for line in lines)
    return path, {name.strip().lower(): value.strip() for name, _, value in pairs}


def written(answer: Answer) -> bytes:
    status, media_type, body = answer
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        f"Content-Security-Policy: {POLICY}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
