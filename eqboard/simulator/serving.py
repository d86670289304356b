"""The simulator's own web server: Daphne, refusing in JSON what it refuses by itself, and with a bound to bodies.

Every refusal is JSON but for those with which Twisted, below Daphne, ends a connection before any of our code sees the
request: an empty 400 for a request line that is no ASCII or no HTTP, for headers that are none, or of more than 16 KB
or 500 in all, and for a length or a chunk that is none; no answer for a single line of more than 16 KB.
A websocket gets a bare 403.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server

from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import MAX_BODY_BYTES, TOO_LARGE

JSON = (b"Content-Type", b"application/json")


class SimulatorRequest(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """Daphne reads every body to its end before the application begins, into a file if it is long. Here what is too
    long is let go as it comes.
    """

    is_answered = False  # before its body has come

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        """The head has come: a body that is to be too long is refused now, and read no further than for politeness: who
        sends it may look for the answer only at its end.
        """
        self.is_answered = length is not None and length > MAX_BODY_BYTES
        super().gotLength(0 if self.is_answered else length)
        if self.is_answered:
            self.requestHeaders.removeHeader(b"Expect")  # nobody shall be told to go on
            self.channel.write(_whole_answer(400, TOO_LARGE))

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """One byte more than may come is kept of a body whose length nobody told: by it the application knows."""
        room = 0 if self.is_answered else MAX_BODY_BYTES + 1 - self.content.tell()
        super().handleContentChunk(data[: max(0, room)])

    def requestReceived(self, *head: bytes) -> None:  # noqa: N802
        """All of it has come."""
        if self.is_answered:
            self.channel.loseConnection()
        else:
            super().requestReceived(*head)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """What Daphne refuses by itself, in the shape of every other refusal."""
        self.handle_reply({"type": "http.response.start", "status": status, "headers": [JSON]})
        self.handle_reply({"type": "http.response.body", "body": _refusal(status, body)})


class SimulatorServer(Server):  # type: ignore[misc]
    """Daphne, telling whether it could listen. It keeps no access log: EQ's key is in every query string."""

    failure = ""

    @property
    def http_factory(self) -> Any:
        """Daphne makes it in the middle of `run`, and has no other place to say what a request is."""
        return self._http_factory

    @http_factory.setter
    def http_factory(self, factory: Any) -> None:
        self._http_factory = factory
        factory.buildProtocol = partial(_build_protocol, factory)

    @property
    def port(self) -> int:
        """The one that it listens on, whatever was asked for; there is none before it does."""
        [(_, port)] = self.listening_addresses
        return int(port)

    def listen_error(self, failure: Any) -> None:
        cause = getattr(failure.value, "socketError", None)
        self.failure = getattr(cause, "strerror", None) or failure.getErrorMessage()
        self.stop()


def _build_protocol(factory: Any, address: Any) -> Any:
    protocol = HTTPFactory.buildProtocol(factory, address)
    protocol.requestFactory = SimulatorRequest
    return protocol


def _refusal(status: int, description: str) -> bytes:
    return json.dumps(Refusal(None, "invalid", description, status=status).as_json()).encode()


def _whole_answer(status: int, description: str) -> bytes:
    body = _refusal(status, description)
    head = f"HTTP/1.1 {status} Bad Request\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
