"""The telephone: the only file that imports httpx. Limits, timeouts, retries, errors.

One telephone lives as long as its process: connections are kept, and a TLS context is built once. A context of its own
for each request was measured to cost fifteen times as much.
"""

import asyncio
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import SecretStr

from eqboard.eq.dialect import Dialect
from eqboard.eq.dialect_file import load_dialect
from eqboard.eq.errors import EQBroken, EQError, EQUnreachable
from eqboard.eq.operations import Resources
from eqboard.eq.redaction import LONGEST_SECRET, SHORTEST_SECRET, can_be_sent, excerpt, secrets, sent_secrets
from eqboard.eq.session import Session, UserKind
from eqboard.eq.tls import TLS, is_closed, is_refusal, is_untrusted, tls_fault, why_refused
from eqboard.eq.wire import Arguments, Operation, Request, build_request, read_answer

API_PATH = "/eq/api/2.0"
MAX_ANSWER_BYTES = 8 * 1024 * 1024  # 20,000 rows of 400 bytes: 1,000 agents in 20 queues each, all of them on a call
LARGE_ANSWER_BYTES = 256 * 1024  # takes up to 50 ms to read (0.05 to 0.2 s for each MiB), the most on the event loop
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
    """Where EQ is and how to knock. `url` is the site's address, with or without the API's path.

    ValueError, which repeats neither, for an address that cannot be used or holds a password, and for a key that cannot
    be sent, or not be kept out of logs.
    """

    url: str
    key: SecretStr
    limits: Limits = field(default_factory=Limits)
    tls: TLS = field(default_factory=TLS)

    def __post_init__(self) -> None:
        usable_url(self.url)
        if fault := fault_of_key(self.key.get_secret_value()):
            raise ValueError(f"EQ's key {fault}.")

    @property
    def api_url(self) -> str:
        base = self.url.rstrip("/")
        return base if base.endswith(API_PATH) else base + API_PATH


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, unread: for whoever wants to see what an EQ server really says."""

    status: int
    body: bytes = field(repr=False)  # may repeat the key, and holds callers' numbers
    seconds: float


class Connections:
    """Each is a client of httpx of its own, so that one that is given up can be closed with all that it holds: httpx
    keeps a connection open, and takes it for busy, when whoever asked is cancelled at the wrong moment.
    """

    def __init__(self, connect: Callable[[], httpx.AsyncClient]) -> None:
        self._connect = connect
        self._open: set[httpx.AsyncClient] = set()
        self._kept: deque[httpx.AsyncClient] = deque()
        self._is_closed = False

    @asynccontextmanager
    async def one(self, *, is_fresh: bool) -> AsyncIterator[httpx.AsyncClient]:
        """One that nobody else uses meanwhile. A fresh one is closed in the end; others are kept, unless it ends badly,
        and used in turn, as only one that is used notices that the server has closed it.
        """
        if self._is_closed:
            raise RuntimeError("This telephone has been hung up.")
        connection = self._connect() if is_fresh or not self._kept else self._kept.popleft()
        self._open.add(connection)
        is_kept = False
        try:
            yield connection
            is_kept = not is_fresh and not self._is_closed
        finally:
            if is_kept:
                self._kept.append(connection)
            else:
                self._open.discard(connection)
                await connection.aclose()

    async def close(self) -> None:
        self._is_closed = True
        for connection in tuple(self._open):
            await connection.aclose()


class Progress:
    """What httpcore tells of one request while it is under way: an extension of it, called `trace`."""

    def __init__(self) -> None:
        self.has_begun = False
        """Whether anything of the request may have gone out."""
        self._sockets: list[Any] = []

    async def __call__(self, event: str, about: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._sockets.append(about["return_value"])
        elif event.endswith("send_request_headers.started"):
            self.has_begun = True

    async def cut(self) -> None:
        """Close what was opened: httpcore loses a connection that is given up while its encryption is agreed on."""
        for each in self._sockets:
            await each.aclose()


class EQ(Resources):
    """An EQ server. Resources hold its operations: `await eq.queued_calls.all()`.

    Reads time out fast and are tried again; actions are sent exactly once, and a lost answer is
    EQUnreachable (or EQBroken) with `outcome_unknown`. A value against the API's rules is EQWrongValue, and nothing is
    sent. ValueError for a certificate that cannot be used.
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
        super().__init__(self)
        self._limits = server.limits
        self._key = server.key
        self._dialect = dialect or load_dialect()
        self._clock = clock
        self._sleep = sleep
        self._chance = chance or random.Random()
        self._free_lines = asyncio.Semaphore(server.limits.concurrent_requests)
        self._lists: dict[str, tuple[bytes, Any]] = {}  # by operation, the newest body and what it says
        self._transport = transport
        self._connections = Connections(_connecting(server, transport))
        self.skew_seconds: float | None = None
        """EQ's clock minus ours, as the Date headers tell it, exact to a second; None: never said."""
        self.at_repeat: Callable[[], None] = lambda: None
        """Called when a read is sent once more than it was asked for, for whoever counts requests."""
        secrets.add(server.key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._connections.close()
        if self._transport is not None:
            await self._transport.aclose()

    async def sign_in_supervisor(self, *, user: int, extension: str | None = None, force: bool = False) -> Session:
        """A supervisor's session, kept until `sign_out`. EQConflict says who is in the way; `force` ends theirs."""
        return await Session.begin(self, UserKind.SUPERVISOR, user, extension, force=force)

    async def sign_in_agent(self, *, user: int, extension: str, force: bool = False) -> Session:
        """An agent's session, kept until `sign_out`. Errors as for `sign_in_supervisor`."""
        return await Session.begin(self, UserKind.AGENT, user, extension, force=force)

    @asynccontextmanager
    async def supervisor_session(
        self, *, user: int, extension: str | None = None, force: bool = False
    ) -> AsyncIterator[Session]:
        """A supervisor's session for as long as the block lasts."""
        async with await self.sign_in_supervisor(user=user, extension=extension, force=force) as session:
            yield session

    @asynccontextmanager
    async def agent_session(self, *, user: int, extension: str, force: bool = False) -> AsyncIterator[Session]:
        """An agent's session for as long as the block lasts."""
        async with await self.sign_in_agent(user=user, extension=extension, force=force) as session:
            yield session

    async def call(self, operation: Operation, arguments: Arguments, *, session: Session | None = None) -> Any:
        """Carry out one operation, in the name of a session's user if one is given; the resources call this."""
        try:
            request = build_request(operation, arguments, self._dialect)
            if session is not None:
                request = request.with_query(session.credentials())
            in_path = (arguments[name] for name in operation.path_names)
            with secrets.hidden(*in_path):  # the path goes into httpx's log
                if operation.is_read:
                    return await self._read(operation, arguments, request)
                return await self._ask_and_read(operation, arguments, request, is_fresh=True)
        except EQError as error:
            raise without_past(error) from None

    async def probe(self, operation: Operation, arguments: Arguments) -> Answer:
        """Ask once, and take the answer as it is, whatever its status. Raises EQUnreachable, EQBroken."""
        try:
            return await self._ask(operation, build_request(operation, arguments, self._dialect), is_fresh=False)
        except EQError as error:
            raise without_past(error) from None

    async def _read(self, operation: Operation, arguments: Arguments, request: Request) -> Any:
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._read_with_retries(operation, arguments, request)
        except TimeoutError:
            seconds = self._limits.total_seconds
            raise EQUnreachable(operation.name, f"no answer within {seconds:g} s") from None

    async def _read_with_retries(self, operation: Operation, arguments: Arguments, request: Request) -> Any:
        """The first attempt goes over a connection that was kept; those after a failure over a fresh one, as after a
        restart of the server every kept one is dead.
        """
        wait_seconds = self._limits.retry_after_seconds
        is_fresh = False
        for _ in range(self._limits.retry_count):
            try:
                return await self._ask_and_read(operation, arguments, request, is_fresh=is_fresh)
            except (EQUnreachable, EQBroken):
                await self._sleep(wait_seconds * self._chance.uniform(0.5, 1.5))
                wait_seconds *= 2
                is_fresh = True
                self.at_repeat()
        return await self._ask_and_read(operation, arguments, request, is_fresh=is_fresh)

    async def _ask_and_read(
        self, operation: Operation, arguments: Arguments, request: Request, *, is_fresh: bool
    ) -> Any:
        """What EQ says. A whole list that says what it said the last time is not read again: it is the same value."""
        answer = await self._ask(operation, request, is_fresh=is_fresh)
        is_whole_list = operation.many and operation.is_read and not any(v is not None for v in arguments.values())
        if not is_whole_list or answer.status != 200:
            return await self._understand(operation, arguments, answer)
        known = self._lists.get(operation.name)
        if known is None or known[0] != answer.body:
            known = self._lists[operation.name] = answer.body, await self._understand(operation, arguments, answer)
        return known[1]

    async def _understand(self, operation: Operation, arguments: Arguments, answer: Answer) -> Any:
        sent = sent_secrets(arguments)
        reading = (operation, answer.status, answer.body, self._dialect, lambda text: excerpt(text, secrets, sent))
        if len(answer.body) > LARGE_ANSWER_BYTES:
            return await asyncio.to_thread(read_answer, *reading)
        return read_answer(*reading)

    async def _ask(self, operation: Operation, request: Request, *, is_fresh: bool) -> Answer:
        """Once over the wire. A read is bounded by its caller, an action here."""
        limits = self._limits
        silence_seconds, all_seconds = limits.read_seconds, limits.total_seconds
        if not operation.is_read:
            silence_seconds = all_seconds = limits.action_seconds
        async with self._line(operation):
            asked_at = self._clock()
            progress = Progress()
            try:
                async with asyncio.timeout(all_seconds), self._connections.one(is_fresh=is_fresh) as connection:
                    patience = httpx.Timeout(silence_seconds, connect=limits.connect_seconds)
                    response, body = await self._exchange(connection, request, patience, progress)
            except (httpx.HTTPError, OSError, *NO_ADDRESS) as error:  # TimeoutError and OpenSSL's are OSErrors
                raise lost(operation, error, has_begun=progress.has_begun) from None
        if response.status_code == 200 and is_packed(response):
            raise EQBroken(
                operation.name, "the answer is packed, and was not to be", outcome_unknown=not operation.is_read
            )
        if body is None:
            raise EQBroken(operation.name, "the answer is too large", outcome_unknown=not operation.is_read)
        self._note_clock(response, asked_at)
        return Answer(response.status_code, body, (self._clock() - asked_at).total_seconds())

    @asynccontextmanager
    async def _line(self, operation: Operation) -> AsyncIterator[None]:
        """One of the few requests that EQ gets at a time. An action that would wait long is not sent at all: whoever
        pressed would have been told meanwhile that nobody knows.
        """
        try:
            async with asyncio.timeout(None if operation.is_read else self._limits.connect_seconds):
                await self._free_lines.acquire()
        except TimeoutError:
            raise EQUnreachable(
                operation.name, "EQ has not answered earlier requests, so this one was not sent"
            ) from None
        try:
            yield
        finally:
            self._free_lines.release()

    async def _exchange(
        self, connection: httpx.AsyncClient, request: Request, patience: httpx.Timeout, progress: Progress
    ) -> tuple[httpx.Response, bytes | None]:
        query = {"auth_key": self._key.get_secret_value(), **request.query}
        form = request.form or None
        extensions = {"trace": progress}
        try:
            async with connection.stream(
                request.method, request.path, params=query, data=form, timeout=patience, extensions=extensions
            ) as response:
                return response, await _body(response)
        except BaseException:
            await progress.cut()
            raise

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


async def _body(response: httpx.Response) -> bytes | None:
    """None for one that is too large; nothing of one that is packed."""
    if is_packed(response):
        return b""
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            return None
    return b"".join(chunks)


def without_past(error: EQError) -> EQError:
    """The error without the frames and the errors that led to it: some tools report what their variables hold, which is
    the key, what was sent and what was answered.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class Lent(httpx.AsyncBaseTransport):
    """A transport that is somebody else's to close."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


async def _forget_location(response: httpx.Response) -> None:
    """No redirect is followed, but httpx looks all the same where it leads, and fails over an address that is none."""
    response.headers.pop("location", None)


def _connecting(server: Server, transport: httpx.AsyncBaseTransport | None) -> Callable[[], httpx.AsyncClient]:
    """Reads share connections, and each action has one of its own: a kept one that died meanwhile would leave nobody
    knowing whether an action was heard.
    """
    url = usable_url(server.api_url)
    is_encrypted = httpx.URL(url).scheme == "https"
    context = server.tls.context() if is_encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def connect() -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=url,
            transport=Lent(transport) if transport is not None else None,
            verify=context,
            limits=httpx.Limits(max_connections=1),
            # Plain, as a few bytes may be unpacked into gigabytes before anybody has looked at their number.
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "eqboard"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # the API has none, and they would pile up
            event_hooks={"response": [_forget_location]},
            trust_env=False,  # a proxy in the environment must not see the key
        )

    return connect


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
    url = httpx.URL(text)
    if url.userinfo or url.query or url.fragment:
        raise ValueError("EQ's address must not hold a user, a password or a query.")
    return text


def fault_of_key(key: str) -> str:
    """What is wrong with a key, without its full stop; empty for one that can be used."""
    if not can_be_sent(key):
        return "must be text in UTF-8"
    if not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        return f"must have {SHORTEST_SECRET} to {LONGEST_SECRET} characters; others could not be kept out of logs"
    return ""


def lost(operation: Operation, error: Exception, *, has_begun: bool = False) -> EQError:
    """The plain sentence for a request that got no answer. httpx's own text may hold the URL, and so the key. What has
    not begun to go out certainly did not happen.
    """
    outcome_unknown = not operation.is_read
    fault = tls_fault(error)
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.PoolTimeout) or (
        fault and is_refusal(fault)
    ):
        # Nothing was sent, or not read: even an action certainly did not happen.
        if fault:
            why = why_refused(fault)
            return EQUnreachable(operation.name, why.fault, advice=why.advice, is_untrusted=is_untrusted(fault))
        return EQUnreachable(operation.name, "no connection to EQ", is_cut_off=is_closed(error))
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return EQUnreachable(operation.name, "EQ does not answer in time", outcome_unknown=outcome_unknown)
    if isinstance(error, (httpx.UnsupportedProtocol, *NO_ADDRESS)) and not has_begun:
        return EQUnreachable(operation.name, "EQ's address is not a usable URL")
    is_cut_off = isinstance(error, httpx.RemoteProtocolError) and CUT_OFF in str(error)
    if isinstance(error, (httpx.DecodingError, httpx.ProtocolError, *NO_ADDRESS)) and not is_cut_off:
        return EQBroken(operation.name, "the answer is not HTTP as it should be", outcome_unknown=outcome_unknown)
    return EQUnreachable(
        operation.name, "the connection to EQ was lost", outcome_unknown=outcome_unknown, is_cut_off=True
    )
