"""The telephone: the only file that imports httpx. Limits, timeouts, retries, errors, redaction.

One client lives as long as its process: connections are kept, and a TLS context is built once (performance.md §5).
"""

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, quote_plus

import httpx
from pydantic import SecretStr

from eqboard.eq.dialect import Dialect, load_dialect
from eqboard.eq.errors import EQBroken, EQError, EQUnreachable
from eqboard.eq.operations import (
    ActiveSessions,
    Agents,
    CallQueueAgents,
    CallQueues,
    CallQueueStatistics,
    Conferences,
    ParkedCalls,
    PauseCodes,
    QueuedCalls,
)
from eqboard.eq.wire import Operation, Request, build_request, read_answer

API_PATH = "/eq/api/2.0"
MAX_ANSWER_BYTES = 8 * 1024 * 1024  # 20,000 rows of 400 bytes: 1,000 agents in 20 queues each, all of them on a call
LARGE_ANSWER_BYTES = 256 * 1024  # takes up to 50 ms to read (0.05 to 0.2 s for each MiB), the most on the event loop
SHORTEST_SECRET = 6
NO_ADDRESS = (httpx.InvalidURL, UnicodeError, OverflowError)  # the last two: what a socket says of a host or port
CUT_OFF = "without sending"  # how httpcore begins to say that a connection was closed before the answer was there


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient the client is, and how gentle with the server."""

    connect_seconds: float = 2.0
    read_seconds: float = 4.0  # silence on the line
    total_seconds: float = 8.0  # one read with all its retries
    action_seconds: float = 10.0
    retry_count: int = 1  # further attempts of a read
    retry_after_seconds: float = 0.2  # the middle of the jitter before the first retry; doubles
    concurrent_requests: int = 6


@dataclass(frozen=True, slots=True)
class Server:
    """Where EQ is and how to knock. `url` is the site's address, with or without the API's path."""

    url: str
    key: SecretStr
    limits: Limits = field(default_factory=Limits)

    @property
    def api_url(self) -> str:
        base = self.url.rstrip("/")
        return base if base.endswith(API_PATH) else base + API_PATH


class EQ:
    """An EQ server. Resources hold its operations: `await eq.queued_calls.all()`.

    Reads time out fast and are tried again; actions are sent exactly once, and a lost answer is
    EQUnreachable (or EQBroken) with `outcome_unknown`. ValueError for an address that is no URL.
    """

    def __init__(
        self,
        server: Server,
        *,
        dialect: Dialect | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._limits = server.limits
        self._key = server.key
        self._dialect = dialect or load_dialect()
        self._clock = clock
        self._sleep = sleep
        self._chance = chance or random.Random()
        self._lines = asyncio.Semaphore(server.limits.concurrent_requests)
        self._http = httpx.AsyncClient(
            base_url=usable_url(server.api_url),
            transport=transport,
            # Plain, as a few bytes may be unpacked into gigabytes before anybody has looked at their number.
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "eqboard"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # the API has none, and they would pile up
            trust_env=False,  # a proxy in the environment must not see the key
        )
        self.skew_seconds: float | None = None
        """EQ's clock minus ours, as the Date headers tell it, exact to a second; None: never said."""

        self.queued_calls = QueuedCalls(self)
        self.parked_calls = ParkedCalls(self)
        self.conferences = Conferences(self)
        self.call_queue_statistics = CallQueueStatistics(self)
        self.call_queue_agents = CallQueueAgents(self)
        self.agents = Agents(self)
        self.call_queues = CallQueues(self)
        self.pause_codes = PauseCodes(self)
        self.active_sessions = ActiveSessions(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, operation: Operation, arguments: Mapping[str, object]) -> Any:
        """Carry out one operation; the resources call this."""
        request = build_request(operation, arguments, self._dialect)
        if operation.is_read:
            return await self._read(operation, request)
        return await self._send(operation, request)

    async def _read(self, operation: Operation, request: Request) -> Any:
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._read_with_retries(operation, request)
        except TimeoutError:
            seconds = self._limits.total_seconds
            raise EQUnreachable(operation.name, f"no answer within {seconds:g} s") from None

    async def _read_with_retries(self, operation: Operation, request: Request) -> Any:
        wait_seconds = self._limits.retry_after_seconds
        for _ in range(self._limits.retry_count):
            try:
                return await self._send(operation, request)
            except (EQUnreachable, EQBroken):
                await self._sleep(wait_seconds * self._chance.uniform(0.5, 1.5))
                wait_seconds *= 2
        return await self._send(operation, request)

    async def _send(self, operation: Operation, request: Request) -> Any:
        """Once over the wire. A read is bounded by its caller, an action here."""
        limits = self._limits
        silence_seconds, all_seconds = limits.read_seconds, None
        if not operation.is_read:
            silence_seconds = all_seconds = limits.action_seconds
        async with self._line(operation):
            asked_at = self._clock()
            try:
                async with asyncio.timeout(all_seconds):
                    patience = httpx.Timeout(silence_seconds, connect=limits.connect_seconds)
                    response, body = await self._exchange(request, patience)
            except (httpx.HTTPError, TimeoutError, *NO_ADDRESS) as error:
                raise lost(operation, error) from None
        if response.status_code == 200 and is_packed(response):
            raise EQBroken(
                operation.name, "the answer is packed, and was not to be", outcome_unknown=not operation.is_read
            )
        if body is None:
            raise EQBroken(operation.name, "the answer is too large", outcome_unknown=not operation.is_read)
        self._note_clock(response, asked_at)
        answer = (operation, response.status_code, body, self._dialect, self._without_key)
        if len(body) > LARGE_ANSWER_BYTES:
            return await asyncio.to_thread(read_answer, *answer)
        return read_answer(*answer)

    @asynccontextmanager
    async def _line(self, operation: Operation) -> AsyncIterator[None]:
        """One of the few requests that EQ gets at a time. An action that would wait long is not sent at all: whoever
        pressed would have been told meanwhile that nobody knows.
        """
        try:
            async with asyncio.timeout(None if operation.is_read else self._limits.connect_seconds):
                await self._lines.acquire()
        except TimeoutError:
            raise EQUnreachable(
                operation.name, "EQ has not answered earlier requests, so this one was not sent"
            ) from None
        try:
            yield
        finally:
            self._lines.release()

    async def _exchange(self, request: Request, patience: httpx.Timeout) -> tuple[httpx.Response, bytes | None]:
        query = {"auth_key": self._key.get_secret_value(), **request.query}
        chunks, size = [], 0
        async with self._http.stream(
            request.method, request.path, params=query, data=request.form or None, timeout=patience
        ) as response:
            if is_packed(response):
                return response, b""
            async for chunk in response.aiter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > MAX_ANSWER_BYTES:
                    return response, None
        return response, b"".join(chunks)

    def _without_key(self, text: str) -> str:
        """An error that repeats the key would carry it into logs and the audit. A word too short is no secret."""
        key = self._key.get_secret_value()
        if len(key) < SHORTEST_SECRET:
            return text
        spellings = {key, quote(key, safe=""), quote(key), quote_plus(key)}
        return re.sub("|".join(map(re.escape, spellings)), "***", text, flags=re.IGNORECASE)

    def _note_clock(self, response: httpx.Response, asked_at: datetime) -> None:
        """What we hold stands as long as the newest header agrees with it.

        The header is cut to the second, and was written at some moment between our question and its answer: a slow
        answer says little about the clock.
        """
        try:
            said = parsedate_to_datetime(response.headers["date"])
            at_least = (said - self._clock()).total_seconds()
            at_most = (said - asked_at).total_seconds() + 1.0
        except (LookupError, ValueError, TypeError, ArithmeticError):
            return  # no header, or one that is no time
        if self.skew_seconds is None or not at_least <= self.skew_seconds <= at_most:
            self.skew_seconds = (at_least + at_most) / 2


def is_packed(response: httpx.Response) -> bool:
    """Though we asked for it plain. Unpacking would come before any limit on its size."""
    return response.headers.get("content-encoding", "identity").lower() not in ("", "identity")


def is_usable_url(text: str) -> bool:
    try:
        url = httpx.URL(text)
        return url.scheme in ("http", "https") and bool(url.host) and " " not in text and (url.port or 0) <= 65535
    except (httpx.InvalidURL, UnicodeError):
        return False


def usable_url(text: str) -> str:
    """The address again. Raises ValueError, which does not repeat it: someone may have put a password there."""
    if not is_usable_url(text):
        raise ValueError("EQ's address is not a usable URL.")
    return text


def lost(operation: Operation, error: Exception) -> EQError:
    """The plain sentence for a request that got no answer. httpx's own text may hold the URL, and so the key."""
    outcome_unknown = not operation.is_read
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.PoolTimeout):
        # Nothing was sent: even an action certainly did not happen.
        return EQUnreachable(operation.name, "no connection to EQ")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return EQUnreachable(operation.name, "EQ does not answer in time", outcome_unknown=outcome_unknown)
    if isinstance(error, (httpx.UnsupportedProtocol, *NO_ADDRESS)):
        return EQUnreachable(operation.name, "EQ's address is not a usable URL")
    is_cut_off = isinstance(error, httpx.RemoteProtocolError) and CUT_OFF in str(error)
    if isinstance(error, httpx.DecodingError | httpx.ProtocolError) and not is_cut_off:
        return EQBroken(operation.name, "the answer is not HTTP as it should be", outcome_unknown=outcome_unknown)
    return EQUnreachable(operation.name, "the connection to EQ was lost", outcome_unknown=outcome_unknown)


SECRET_IN_URL = re.compile(r"(auth_(?:key|supervisor_session|agent_session)=)[^&\s\"'\\]+")
TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


def hide_secrets(record: logging.LogRecord) -> bool:
    """Blot out EQ's key and tokens: httpx logs full URLs at INFO, and the key is in the query string.

    A line that cannot be formatted is left to the handler, which says so; from here it would end its writer.
    """
    with suppress(Exception):
        text = record.getMessage()
        hidden = SECRET_IN_URL.sub(r"\1***", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = SECRET_IN_URL.sub(r"\1***", record.exc_text)
    return True


for _name in TALKATIVE:
    logging.getLogger(_name).addFilter(hide_secrets)
