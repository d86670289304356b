"""One of those who look at a board: a socket, what its server was heard to say, and what it was told of that."""

import json
import socket
from contextlib import suppress
from dataclasses import dataclass

from eqboard.ops.bench.frames import TEXT, Reader
from eqboard.ops.bench.sockets import (
    ACK_CHARACTERS,
    ACK_SECONDS,
    DEFLATE,
    HOST,
    SPOKEN_SECONDS,
    Address,
    client_frame,
    handshake,
)

NOT_YET = -1  # the number of the newest frame of somebody who has had none


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody looks. `receive_bytes`: how much their system keeps of what they have not read; 0: what it will."""

    deflate: bool = False
    checksums: bool = False
    receive_bytes: int = 0


class Viewer:
    """Who has not knocked yet has a `head` to say. `number` and `seq` are of the newest frame and update."""

    __slots__ = (
        "_acked_at", "_acked_number", "_shown_at", "head", "is_open", "is_stalled", "manner", "number", "reader", "seq",
        "socket", "unacked_bytes", "was_whole",
    )  # fmt: skip

    def __init__(self, address: Address, manner: Manner) -> None:
        self.socket = socket.socket()
        if manner.receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, manner.receive_bytes)
        self.socket.setblocking(False)
        self.socket.connect_ex((HOST, address.port))
        self.manner = manner
        self.reader = Reader(has_checksums=manner.checksums)
        self.head: bytes | None = handshake(address, DEFLATE if manner.deflate else "")  # None: it is said
        self.is_open = self.is_stalled = self.was_whole = False
        self.number = self.seq = NOT_YET
        self._acked_at, self._acked_number, self.unacked_bytes = -ACK_SECONDS, NOT_YET, 0
        self._shown_at = 0.0

    def acknowledge(self, at: float) -> None:
        """The newest frame, as often as the page does."""
        self._shown_at = at
        is_much = self.unacked_bytes > ACK_CHARACTERS and self.number != self._acked_number
        if at - self._acked_at >= ACK_SECONDS or is_much:
            self._say_what_is_seen(at)

    def acknowledge_the_last(self, now: float) -> None:
        """When nothing has followed for so long as nothing does on the page."""
        if self.number != self._acked_number and now - self._shown_at >= SPOKEN_SECONDS:
            self._say_what_is_seen(now)

    def _say_what_is_seen(self, at: float) -> None:
        self._acked_at, self._acked_number, self.unacked_bytes = at, self.number, 0
        self.say(TEXT, json.dumps({"ack": self.number, "at": at}).encode())

    def say(self, kind: int, payload: bytes) -> None:
        """Somebody whose server takes nothing, or has gone, says it in vain; that is seen when they read."""
        with suppress(OSError):
            self.socket.send(client_frame(kind, payload))
