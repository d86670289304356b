"""Daphne's websockets, with a line for what many of them are sent at once (performance.md §7).

Daphne frames each message for each socket anew, hands it to Twisted, which writes it in a later turn of the loop, and
keeps what nobody reads. Here the frames are made once and written at once; whoever does not read gets no more.

It looks into Twisted's buffers, and writes to the socket below them. `reason_against` tries whether all this
works as it is meant to; where it does not, boards are sent as Daphne sends everything (live/sending.py).
"""

import logging
import socket
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor: it says which one
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp
from twisted.internet.protocol import Protocol

from eqboard.line import FINAL, TEXT, Message, nobody

logger = logging.getLogger(__name__)

PINGS_BYTES = 1024  # that lie in Twisted's buffer for the rest of a turn of the loop are no reader who has stopped
STOPPED_SECONDS = 10.0  # in which not a byte has gone out: who reads slowly is given the time that a board takes
MOST_MESSAGE_BYTES = 4096  # that a browser may say at once, as it is meant: not as it is packed
MOST_WAITING = 100  # messages that nobody has read yet, as before `connect` has ended; a page says none before that
MOST_FRAMES = 200  # twice what the consumers let a page say: so whoever says more is none
FRAMES_WITHIN_SECONDS = 10.0
# For what browsers say to us, of which we need not keep more than half a kilobyte. It is the least that autobahn knows,
# so that nobody is answered more than they offer.
BROWSER_WINDOW_BITS = 9


class PushLine:
    """One socket's. It is a pull producer of Twisted's: asked for more whenever all that was written has left."""

    __slots__ = (
        "_clock", "_has_refused", "_held", "_is_over", "_is_waiting", "_rest", "_rest_since", "_send", "_transport",
        "on_resume", "takes_deflated",
    )  # fmt: skip

    def __init__(self, transport: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self.on_resume = nobody
        self.takes_deflated = False
        self._transport = transport
        self._send = transport.socket.send
        self._held: deque[bytes] = deque()  # frames that others have too: they take no room of their own
        self._is_waiting = False  # for Twisted, which has a frame of ours that did not go out
        self._is_over = False
        self._has_refused = False
        self._clock = clock
        self._rest = (0, 0)  # what had not gone out when a message was refused, and how long it has been as much
        self._rest_since = 0.0

    @property
    def lagging(self) -> bool:
        return self._is_waiting or bool(self._held)

    def push(self, messages: Sequence[Message]) -> bool:
        if self._is_waiting or self._held or self._is_over:
            self.miss()
            return False
        self.send(messages)
        return True

    def miss(self) -> None:
        self._has_refused = True
        if self._has_stopped():
            self._drop_what_has_not_begun()

    def send(self, messages: Iterable[Message]) -> None:
        """In their turn, however long that takes."""
        for message in messages:
            for frame in message.deflated if self.takes_deflated else message.plain:
                if self._held or self.is_full():
                    self._held.append(frame)
                else:
                    self._write(frame)

    def _go_on(self) -> None:
        """What is held goes out, as far as it goes."""
        while self._held and not self.is_full():
            self._write(self._held.popleft())

    def end(self) -> None:
        """After the end of a websocket nothing may come."""
        self._is_over = True
        self._held.clear()

    def resumeProducing(self) -> None:  # noqa: N802 (Twisted's)
        self._is_waiting = False
        self._rest = (0, 0)  # all has gone out: as much as this once was, it may be again
        self._go_on()
        if self._has_refused and not self.lagging:
            self._has_refused = False
            try:
                self.on_resume()
            except Exception:  # Twisted would close the socket, and tell nobody
                logger.exception("A viewer who can be sent to again could not be told")

    def stopProducing(self) -> None:  # noqa: N802
        self.end()

    def _has_stopped(self) -> bool:
        now, rest = self._clock(), (len(self._held), self._buffered_bytes() - self._transport.offset)
        if rest != self._rest:
            self._rest, self._rest_since = rest, now
        return now - self._rest_since > STOPPED_SECONDS

    def _drop_what_has_not_begun(self) -> None:
        """Messages that wait for a reader who has stopped are of an earlier tick, whose boards nobody else needs any
        more. The one that has begun has to come to its end.
        """
        rest: deque[bytes] = deque()
        if self._held and not self._held[0][0] & TEXT:
            while self._held and not (rest and rest[-1][0] & FINAL):
                rest.append(self._held.popleft())
        self._held = rest

    def is_full(self) -> bool:
        """Whether more lies in Twisted's buffer than a few pings."""
        return self._buffered_bytes() > PINGS_BYTES

    def _buffered_bytes(self) -> int:
        """In Twisted's buffers, with what has left of the first one, up to its `offset`."""
        transport = self._transport
        count: int = len(transport.dataBuffer) + transport._tempDataLen
        return count

    def _write(self, frame: bytes) -> None:
        """A frame that has begun is Twisted's to finish: so pings and the end never come in the midst of it."""
        try:
            sent = 0 if self._buffered_bytes() else self._send(frame)
        except OSError:  # nothing goes in now, or it is broken: Twisted will find out which
            sent = 0
        if sent < len(frame):
            self._is_waiting = True
            self._transport.write(frame[sent:])


class RateLimit:
    """How many frames come. Between two frames that begin a count anew there may be twice as many as one allows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_at = clock()
        self._count = 0

    def is_too_much(self) -> bool:
        """After one frame more."""
        now = self._clock()
        if now - self._began_at > FRAMES_WITHIN_SECONDS:
            self._began_at, self._count = now, 0
        self._count += 1
        return self._count > MOST_FRAMES


class PushProtocol(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """`line` is there where the socket below is one that can be written to at once: not one of TLS.

    Whatever a browser says, and though it reads nothing, it costs little: autobahn would answer every ping, and Daphne
    keep every message until somebody reads it.
    """

    line: PushLine | None = None
    websocket_extensions: list[tuple[str, Mapping[str, Any]]]  # that the browser offers

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's)
        super().connectionMade()
        self._frames = RateLimit()
        self._is_asking = False  # whether the application has been asked to let it in

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """A browser has to wait for the answer to its handshake (RFC 6455, 4.1); autobahn would keep what it says."""
        if self._is_asking and self.state == self.STATE_CONNECTING:
            self._cut_off("it spoke before it was let in")
        else:
            super().dataReceived(data)

    def onConnect(self, request: Any) -> Any:  # noqa: N802 (autobahn's)
        self._is_asking = True
        self.data = b""  # a body that came with the request: no part of what is said over the websocket
        self.websocket_extensions = [each for each in self.websocket_extensions if is_understood(each)]
        if can_be_pushed_to(self.transport):
            self.line = PushLine(self.transport)
            self.maxMessagePayloadSize = self.maxFramePayloadSize = MOST_MESSAGE_BYTES
            self.transport.setTcpNoDelay(True)  # a frame that follows another does not wait until that was acknowledged
        return super().onConnect(request)

    def onOpen(self) -> None:  # noqa: N802
        if self.line is not None:
            self.line.takes_deflated = self._perMessageCompress is not None
            self.transport.unregisterProducer()  # the HTTP channel's, which has nothing to produce any more
            self.transport.registerProducer(self.line, False)
        super().onOpen()

    def onFrameBegin(self) -> None:  # noqa: N802
        super().onFrameBegin()
        if self._frames.is_too_much():
            self._cut_off("it sent too many frames")

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        """Whoever does not read gets no answer either: it would only wait with all the others."""
        if self.line is None or not self.line.is_full():
            super().onPing(payload)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        super().onMessage(payload, isBinary)
        if self.application_queue.qsize() > MOST_WAITING:
            self._cut_off("it said more than is read")

    def _cut_off(self, reason: str) -> None:
        self.wasNotCleanReason = reason  # for autobahn's log
        self.dropConnection(abort=True)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802
        """Not between the frames of a message that is on its way."""
        if self.line is None or binary or self.state != self.STATE_OPEN:
            super().serverSend(content, binary)
        else:
            self.line.send([Message(content)])

    def sendCloseFrame(self, *args: Any, **options: Any) -> None:  # noqa: N802
        self._end_line()
        super().sendCloseFrame(*args, **options)

    def dropConnection(self, abort: bool = False) -> None:  # noqa: N802
        self._end_line()  # which Twisted knows no more from here on
        super().dropConnection(abort)

    def _end_line(self) -> None:
        if self.line is not None:
            self.line.end()


def can_be_pushed_to(transport: Any) -> bool:
    return isinstance(transport, tcp.Connection) and not transport.TLS


def is_understood(extension: tuple[str, Mapping[str, Any]]) -> bool:
    """Whether it is permessage-deflate, with nothing else than what autobahn knows of it. Other offers are passed over
    (RFC 7692, 5.1); autobahn would refuse the websocket for them.
    """
    name, parameters = extension
    if name != PerMessageDeflateOffer.EXTENSION_NAME:
        return False
    try:
        PerMessageDeflateOffer.parse(parameters)  # type: ignore[no-untyped-call]
    except Exception:  # autobahn has none of its own for it
        return False
    return True


def accepted(offers: Iterable[Any]) -> Any:
    """permessage-deflate, for whoever can hold as much as it takes to read what is compressed once for all."""
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer) and offer.request_max_window_bits in (0, zlib.MAX_WBITS):
            bits = BROWSER_WINDOW_BITS if offer.accept_max_window_bits else 0
            forgets = offer.accept_no_context_takeover
            return PerMessageDeflateOfferAccept(  # type: ignore[no-untyped-call]
                offer,
                request_no_context_takeover=forgets,
                request_max_window_bits=bits,
                no_context_takeover=True,
                max_message_size=MOST_MESSAGE_BYTES,
            )
    return None


# Whether it works here


class _NoReactor:
    """Nobody waits: whoever tries it says by himself when the socket can be written to."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **options: None


def transport_over(ours: socket.socket) -> Any:
    """Twisted's, without the rest of Twisted."""
    nobody: Any = Protocol()
    never: Any = _NoReactor()
    transport = tcp.Connection(ours, nobody, never)
    transport.connected = 1
    return transport


TRIAL = [Message(letter * 3_000_000) for letter in "ab"]  # more than the system keeps for a socket
MOST_TURNS = 10_000  # in which it is read


def reason_against() -> str:
    """Why lines of this module would not work with this Twisted on this system; "" when they do. It is tried."""
    ours, theirs = socket.socketpair()
    try:
        ours.setblocking(False)
        return _try(transport_over(ours), theirs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        ours.close()
        theirs.close()


def _try(transport: Any, theirs: socket.socket) -> str:
    resumed: list[None] = []
    line = PushLine(transport)
    line.on_resume = lambda: resumed.append(None)
    transport.registerProducer(line, False)
    if not line.push(TRIAL) or not line._held or line.push(TRIAL):
        return "a reader who has stopped is not noticed"
    theirs.setblocking(False)
    read = all_of(theirs)
    for _ in range(MOST_TURNS):
        if not line.lagging:
            break
        transport.doWrite()
        read += all_of(theirs)
    if read != b"".join(frame for message in TRIAL for frame in message.plain):
        return "what is written is not what arrives"
    return "" if resumed else "nobody is told when a reader goes on"


def all_of(theirs: socket.socket) -> bytes:
    """What there is to be read now."""
    read = bytearray()
    try:
        while chunk := theirs.recv(1 << 20):
            read += chunk
    except BlockingIOError:
        pass
    return bytes(read)
