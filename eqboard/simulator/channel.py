"""One connection to the simulator: what it understands, what it refuses by itself, and how long it waits.

A request has two minutes from its first byte to its last, so that a megabyte may come over a line of 9 KB a second.
Between two bytes, between two requests, and for a client that takes nothing of its answers the patience is a minute.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.web.http import HTTPChannel
from zope.interface import implementer  # type: ignore[import-untyped]

from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import MAX_BODY_BYTES, TOO_LARGE

NO_HTTP = "This is no HTTP request, or one with a head of more than 16 KB or 500 headers"
TOO_SLOW = "The request did not come to its end; send it again"
CUT_OFF = "The connection ended before the request did; send it again"
REQUEST_SECONDS = 120  # from the first byte to the last
STALLED_SECONDS = 60
LINGER_SECONDS = 10  # for a client that goes on sending what nobody reads, or has ended its half of the connection
LINES = ("CHUNK_LENGTH", "TRAILER")  # states of Twisted's decoder in which a line comes

Channel: Any = HTTPChannel  # half of it has types


@implementer(IHalfCloseableProtocol)
class SimulatorChannel(Channel):  # type: ignore[misc]
    """What Twisted ends with an empty 400, or with nothing, is refused in JSON.

    After a refusal nothing more is understood, but read it is for a while: a connection that is closed on what has not
    been read takes the answer away from who has not looked yet.

    Who ends their half of the connection is answered what they asked. Whether they listen or have gone altogether,
    nobody can see: an answer that a latency fault holds back for longer than LINGER_SECONDS does not reach them.
    """

    is_refused = False
    is_leaving = False  # what is written goes out, and then it ends
    has_heard_all = False  # the client has ended its half
    _deadline: Any = None
    _last_seen_unsent = (0, 0)

    # What comes

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's names, here and below
        if self.is_refused:
            self.resetTimeout()
            return
        try:
            super().dataReceived(data)
        except ValueError:  # such as a length of thousands of digits
            self.refuse(400, NO_HTTP)
        is_at_rest = not self.paused and not self._busyReceiving
        if is_at_rest and self.line_mode and b"\n" in self._buffer:  # a line has ended, and not as lines end in HTTP
            self.refuse(400, NO_HTTP)
        self._mind_the_time()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        """A body, which may come in chunks whose sizes promise too much; those are not waited for."""
        super().rawDataReceived(data)
        decoder = self._transferDecoder
        if decoder is None or self.is_refused:
            return
        state = getattr(decoder, "state", "")
        to_come = decoder.length if state == "BODY" else 0
        if self.requests[-1].content.tell() + to_come > MAX_BODY_BYTES:
            self.refuse(400, TOO_LARGE)
        elif state in LINES and b"\n" in decoder._buffer:
            self.refuse(400, NO_HTTP)

    def allContentReceived(self) -> None:  # noqa: N802
        if not self.is_refused:  # or the rest of a refused body has come along
            super().allContentReceived()

    def readConnectionLost(self) -> None:  # noqa: N802
        """The client says no more. It comes again when Twisted tries to go on reading."""
        self.has_heard_all = True
        if self.is_refused:
            self.loseConnection()
        self._mind_the_time()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Our half has ended, as it was to."""

    # What goes

    def requestDone(self, request: Any) -> None:  # noqa: N802
        """The next request waits for a client that takes no answers; or there would be no end to what is unsent."""
        self.paused = self._waitingForTransport
        if self.paused:
            self._networkProducer.pauseProducing()
        super().requestDone(request)
        self._mind_the_time()

    def resumeProducing(self) -> None:  # noqa: N802
        super().resumeProducing()
        if self.paused:
            self.paused = False
            self.dataReceived(b"")

    def refuse(self, status: int, description: str) -> None:
        """Answer, and be done with this connection."""
        if self.is_refused:
            return
        self.is_refused = True
        self.clearLineBuffer()
        self.transport.write(_whole_answer(status, description))
        if self.has_heard_all:
            self.loseConnection()
        else:
            self.transport.loseWriteConnection()
            self.setTimeout(LINGER_SECONDS)
            self._set_deadline()

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.refuse(400, NO_HTTP)

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802
        """Twisted's own for all that it cannot read. A test sees to it that this is still its name."""
        self.refuse(400, NO_HTTP)

    # How long it waits

    def _mind_the_time(self) -> None:
        """After whatever came or was done."""
        if self.is_refused or self.is_leaving:
            return
        is_at_work = self._handlingRequest or self.paused
        if self.has_heard_all:
            self._come_to_an_end(is_at_work)
        elif is_at_work or not self._is_in_the_middle():
            self._drop_deadline()
        elif self._deadline is None:
            self._set_deadline()

    def _come_to_an_end(self, is_at_work: bool) -> None:
        self._drop_deadline()
        if is_at_work:
            self.setTimeout(LINGER_SECONDS)
        elif self._is_in_the_middle():
            self.refuse(400, CUT_OFF)
        else:
            self.loseConnection()

    def timeoutConnection(self) -> None:  # noqa: N802
        """Nothing has come for a while; but a client may be busy taking what it was sent, over a thin line."""
        if self._has_sent_more():
            self.setTimeout(self.timeOut)
        elif self.is_refused or self.is_leaving or self.has_heard_all or self.paused:
            self.transport.abortConnection()
        elif self._is_in_the_middle():
            self.refuse(408, TOO_SLOW)
        else:
            self.loseConnection()

    def loseConnection(self) -> None:  # noqa: N802
        """Twisted would wait for ever for a client that never reads."""
        if self.is_leaving:
            return
        self.is_leaving = True
        self._drop_deadline()
        self.setTimeout(STALLED_SECONDS)
        super().loseConnection()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self.is_leaving = True
        self._drop_deadline()
        super().connectionLost(reason)

    def _is_in_the_middle(self) -> bool:
        return bool(self.requests or self._buffer)

    def _has_sent_more(self) -> bool:
        """Since this was asked last. Twisted's buffer, and how far into it everything has gone to the client's side."""
        unsent = (len(self.transport.dataBuffer), self.transport.offset)
        before, self._last_seen_unsent = self._last_seen_unsent, unsent
        return unsent != before

    def _set_deadline(self) -> None:
        self._drop_deadline()
        self._deadline = self.callLater(REQUEST_SECONDS, self._meet_deadline)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _meet_deadline(self) -> None:
        self._deadline = None
        if self.is_refused:
            self.transport.abortConnection()
        else:
            self.refuse(408, TOO_SLOW)


def refusal_body(status: int, description: str) -> bytes:
    """The error array of contract §1."""
    return json.dumps(Refusal(None, "invalid", description, status=status).as_json()).encode()


def _whole_answer(status: int, description: str) -> bytes:
    """Without a Date: the world's time, which the application tells, is not known here."""
    body = refusal_body(status, description)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
