"""The simulator's own web server: Daphne, refusing in JSON what it and Twisted below it refuse by themselves, with a
bound to bodies, and with a way for the application to end a connection.

Whatever bytes come, the application answers them or they are refused in JSON with status 4xx. Only a connection on
which no request has begun, or whose client takes nothing of its answers, is closed without a word, after a minute.
"""

from __future__ import annotations

from typing import Any

from eqboard.server import BoundedRequest, BoundedServer
from eqboard.simulator.answering import HANG_UP
from eqboard.simulator.channel import SimulatorChannel, refusal_body
from eqboard.simulator.requests import MAX_BODY_BYTES, TOO_LARGE

JSON = (b"Content-Type", b"application/json")


class SimulatorRequest(BoundedRequest):
    """One byte more than may come is kept of a body whose length nobody told: by it the channel knows, or the
    application where the end of the body has come at the same time.
    """

    uri: bytes
    path: bytes

    def __repr__(self) -> str:
        """Twisted's own shows the URL, and EQ's key is in it; Daphne writes this into its log."""
        return f"<request at {id(self):#x}>"

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        """The head has come: a body that is to be too long is refused now."""
        is_too_long = length is not None and length > self.most_bytes
        super().gotLength(0 if is_too_long else length)
        if is_too_long:
            self.requestHeaders.removeHeader(b"Expect")  # nobody shall be told to go on
            self.channel.refuse(400, TOO_LARGE)

    def process(self) -> Any:
        self.requestHeaders.removeHeader(b"Upgrade")  # there are no websockets here
        self._take_the_origin_form()
        return super().process()

    def _take_the_origin_form(self) -> None:
        """Who believes to speak to a proxy says the whole address; a server has to take that (RFC 9112, 3.2.2)."""
        scheme, found, rest = self.uri.partition(b"://")
        if found and scheme.lower() in (b"http", b"https"):
            self.uri = b"/" + rest.partition(b"/")[2]
            self.path = self.uri.partition(b"?")[0]

    def handle_reply(self, message: dict[str, Any]) -> None:
        """What the application says, with one message more than ASGI has."""
        if message.get("type") != HANG_UP:
            super().handle_reply(message)
        elif self.channel is not None and not self.finished:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._response_started:
            self.channel.loseConnection()
        else:
            self.channel.transport.abortConnection()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """What Daphne refuses by itself, in the shape of every other refusal."""
        self.handle_reply({"type": "http.response.start", "status": status, "headers": [JSON]})
        self.handle_reply({"type": "http.response.body", "body": refusal_body(status, body)})


class SimulatorServer(BoundedServer):
    """It keeps no access log: EQ's key is in every query string."""

    request_class = SimulatorRequest
    channel_class = SimulatorChannel
    most_body_bytes = MAX_BODY_BYTES

    @property
    def port(self) -> int:
        """The one that it listens on, whatever was asked for; there is none before it does."""
        [(_, port)] = self.listening_addresses
        return int(port)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        return super().create_application(protocol, scope | {"extensions": {HANG_UP: {}}})

    def kill_all_applications(self) -> Any:
        """At the end. Daphne takes it that each connection has an application; one whose request has not come to its
        end has none.
        """
        everybody = self.connections
        self.connections = {each: known for each, known in everybody.items() if "application_instance" in known}
        try:
            return super().kill_all_applications()
        finally:
            self.connections = everybody
