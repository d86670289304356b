"""Somebody at a browser, as far as a web server can tell: one connection, cookies, a sign-in, presses of buttons."""

import asyncio
import html
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from eqboard.ops.bench.door import LINE_ERRORS
from eqboard.ops.bench.overheard import message
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address
from eqboard.ops.showroom import HOST

LOOKER = "supervisor"
ANSWER_SECONDS = 30.0
FORM = "application/x-www-form-urlencoded"
SENTENCE = re.compile(r'class="sentence">([^<]*)<')
LINE_OF_BOARD = re.compile(r'ws-connect="([^"]+)"')
MARK = re.compile(r'class="outcome" data-state="(\w+)"(?: hx-get="([^"]+)")?')


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and when it was asked for and had come, both of the monotonic clock."""

    status: int
    body: str
    sent_at: float
    answered_at: float

    @property
    def seconds(self) -> float:
        return self.answered_at - self.sent_at


@dataclass(slots=True)
class Visitor:
    """Whose requests go to the web server at that port of this machine. `leave` ends it."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def cookie(self) -> str:
        """The header that tells who it is."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def sign_in(self, username: str, password: str) -> None:
        """Raises ServerFailed when the sign-in page lets nobody in."""
        await self.ask("GET", "/sign-in/")
        reply = await self.ask("POST", "/sign-in/", {"username": username, "password": password})
        if reply.status != 302:
            raise ServerFailed(f"The web server did not let {username} in: status {reply.status}.")

    async def press(self, path: str, form: Mapping[str, str] | None = None) -> Reply:
        """As htmx sends a form: with the press' number, the CSRF token in a header. Raises ServerFailed."""
        return await self.ask("POST", path, {"press": str(uuid.uuid4()), **(form or {})})

    async def board_line(self) -> str:
        """Where the socket of the usual board is, for this visitor. Raises ServerFailed."""
        page = await self.ask("GET", "/")
        found = LINE_OF_BOARD.search(page.body)
        if found is None:
            raise ServerFailed(f"The page of the board names no socket: status {page.status}.")
        return html.unescape(found[1])

    async def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Reply:
        """Raises ServerFailed when there is no answer in time."""
        body = urlencode(form or {}).encode()
        request = self._head(method, path, len(body)) + body
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await self._connected()
                sent_at = time.monotonic()
                writer.write(request)
                head, answer = await message(reader)
        except (*LINE_ERRORS, TimeoutError) as error:
            await self.leave()
            raise ServerFailed(f"The web server did not answer {method} {path}: {type(error).__name__}.") from None
        answered_at = time.monotonic()
        self._take_cookies(head)
        return Reply(int(head.split(b" ", 2)[1]), answer.decode(), sent_at, answered_at)

    async def leave(self) -> None:
        if self._line is not None:
            self._line[1].close()
        self._line = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._line is None or self._line[0].at_eof():
            await self.leave()
            self._line = await asyncio.open_connection(HOST, self.port)
        return self._line

    def _head(self, method: str, path: str, length: int) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}", f"Cookie: {self.cookie}"]
        if method == "POST":
            token = self.cookies.get("csrftoken", "")
            lines += [f"Content-Type: {FORM}", f"Content-Length: {length}", f"X-CSRFToken: {token}"]
            lines += ["HX-Request: true", f"Origin: {self.origin}"]
        return "\r\n".join((*lines, "", "")).encode("ascii")

    def _take_cookies(self, head: bytes) -> None:
        for line in head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self.cookies |= {each.key: each.value for each in SimpleCookie(value.strip()).values()}


async def looker_at(port: int, password: str, cookies: dict[str, str] | None = None) -> Address:
    """Where the usual board of somebody who looks at boards is, at that web server. With cookies they are signed in
    already; empty ones are filled. Raises ServerFailed.
    """
    visitor = Visitor(port, cookies={} if cookies is None else cookies)
    try:
        if not visitor.cookies:
            await visitor.sign_in(LOOKER, password)
        return Address(port, await visitor.board_line(), visitor.cookie)
    finally:
        await visitor.leave()


def mark_of(mark: str) -> tuple[str, str]:
    """How far an action has come, as its mark says, and where to ask again; both "" for what is no mark."""
    found = MARK.search(mark)
    return (found[1], found[2] or "") if found else ("", "")


def sentence_of(reply: Reply) -> str:
    """What a mark says in words; the status of what is no mark."""
    found = SENTENCE.search(reply.body)
    return html.unescape(found[1]) if found else f"status {reply.status}"
