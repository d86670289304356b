"""`manage.py simulate`: the pretend EQ server, served by Daphne.

Every refusal is JSON but for those with which Twisted, below Daphne, ends a connection before any of our code sees the
request: an empty 400 for a request line that is no ASCII or no HTTP, for headers that are none, or of more than 16 KB
or 500 in all, and for a length or a chunk that is none; no answer for a single line of more than 16 KB.
A websocket gets a bare 403.
"""

import json
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import get_config
from eqboard.eq import load_dialect
from eqboard.simulator.accent import Accent
from eqboard.simulator.app import build_app
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import MAX_BODY_BYTES, TOO_LARGE
from eqboard.simulator.scenarios import SCENARIOS, build_world

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


class Command(BaseCommand):
    help = "Serve the pretend EQ server: the whole EQ API with made-up calls, until Ctrl-C."
    requires_system_checks = ()  # it touches neither the database nor the pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, default=8088, help="Port to listen on; 0 for any free one (default: %(default)s)"
        )
        parser.add_argument("--seed", type=int, default=1, help="Same seed, same calls (default: %(default)s)")
        parser.add_argument("--key", default="", help="EQ key to ask for; better in EQBOARD_EQ_KEY, as ps shows this")
        parser.add_argument("--scenario", default="steady", help=f"{', '.join(SCENARIOS)} (default: %(default)s)")
        parser.add_argument("--queues", type=int, help="How many queues; the scenario's number if not given")
        parser.add_argument("--agents", type=int, help="How many agents; the scenario's number if not given")
        parser.add_argument(
            "--speed", type=float, default=1.0, help="Seconds that pass per second, 1000 at most (default: 1)"
        )

        parser.add_argument("--dialect", type=Path, help="Speak as this TOML file says; see eqboard/eq/dialect.toml")
        parser.add_argument("--numbers-as-texts", action="store_true", help="Answer every number as a text")

    def handle(self, **options: Any) -> None:
        key = options["key"] or get_config().eq_key.get_secret_value()
        if not key:
            raise CommandError("The simulator needs a key: set EQBOARD_EQ_KEY to 6 letters or more, or give --key.")
        if not 0 <= options["port"] <= 65535:
            raise CommandError(f"--port must be a whole number from 0 to 65535, not {options['port']}.")
        try:
            app = _make_app(key, options)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self._serve(app, options["host"], options["port"])

    def _serve(self, app: Any, host: str, port: int) -> None:
        endpoints = build_endpoint_description_strings(host=host, port=port)
        server = SimulatorServer(app, endpoints=endpoints, verbosity=0)
        server.ready_callable = lambda: self.stdout.write(f"The simulator listens at {_address(host, server.port)}")
        server.run()
        if server.failure:
            raise CommandError(f"The simulator cannot listen on {host} port {port}: {server.failure}.")


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


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _make_app(key: str, options: dict[str, Any]) -> Any:
    """The world and its door. Raises ValueError with one sentence for a scenario, number or speed that cannot be."""
    world = build_world(
        options["scenario"],
        seed=options["seed"],
        started_at=time.time(),
        queues=options["queues"],
        agents=options["agents"],
    )
    accent = Accent(load_dialect(options["dialect"]), options["numbers_as_texts"])
    return build_app(world, key=key, clock=time.time, speed=options["speed"], accent=accent)
