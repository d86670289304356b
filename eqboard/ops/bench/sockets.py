"""A board's websocket without a browser: it reads what comes, and acknowledges it as the page does."""

import asyncio
import json
import os
import struct
import time
from base64 import b64encode
from dataclasses import dataclass

from eqboard.ops.bench.beats import numbers_in
from eqboard.ops.bench.frames import CLOSE, CONTINUED, FINAL, PING, PONG, TEXT

HOST = "127.0.0.1"  # not from elsewhere: the processes that need it start sooner for it
ACK_SECONDS = 10.0  # as the page (static/eqboard/line.js)
ACK_CHARACTERS = 500_000  # that have come unacknowledged; the page counts letters, and so do we, in UTF-8
SPOKEN_SECONDS = 1.8  # without a frame, after which the page acknowledges the last one
CONNECT_SECONDS = 60.0  # many come at once
MOST_BYTES = 16 * 1024 * 1024
MASKED = 0x80  # in the second byte of a frame
DEFLATE = "permessage-deflate; client_max_window_bits"  # as browsers offer it


@dataclass(frozen=True, slots=True)
class Address:
    """Where a board's socket is, and the cookies of whoever looks at it."""

    port: int
    path: str
    cookie: str

    def __repr__(self) -> str:
        return f"<address {self.path}>"


class Socket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._acked_at = 0.0

    @classmethod
    async def open(cls, address: Address) -> "Socket":
        """Raises OSError when the server does not want it."""
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(HOST, address.port, limit=MOST_BYTES)
            writer.write(handshake(address))
            head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            writer.close()
            raise ConnectionRefusedError("The server refused a board's socket.")
        return cls(reader, writer)

    async def read(self) -> bytes:
        """The next message of a board. Echoes are no such, and pings are answered. Raises OSError when it is over."""
        pieces: list[bytes] = []
        while True:
            first, payload = await self._frame()
            kind = first & 0x0F
            if kind == CLOSE:
                raise ConnectionResetError("The server closed a board's socket.")
            if kind == PING:
                self._send(PONG, payload)
            if kind not in (TEXT, CONTINUED):
                continue
            pieces.append(payload)
            if first & FINAL:
                message, pieces = b"".join(pieces), []
                if not message.startswith(b"{"):
                    self._acknowledge(message)
                    return message

    def close(self) -> None:
        self._writer.close()

    def _acknowledge(self, shown: bytes) -> None:
        numbers = numbers_in(shown)
        now = time.monotonic()
        if numbers is None or now - self._acked_at < ACK_SECONDS:
            return
        self._acked_at = now
        self._send(TEXT, json.dumps({"ack": numbers[0], "at": now}).encode())

    async def _frame(self) -> tuple[int, bytes]:
        """The first byte of a server's frame, and its payload, which is not masked."""
        try:
            first, length = await self._reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
            return first, await self._reader.readexactly(length)
        except asyncio.IncompleteReadError:
            raise ConnectionResetError("A board's socket has ended.") from None

    def _send(self, kind: int, payload: bytes) -> None:
        self._writer.write(client_frame(kind, payload))


def client_frame(kind: int, payload: bytes) -> bytes:
    """What we say is short, and masked, as every client's has to be."""
    mask = os.urandom(4)
    masked = bytes(each ^ mask[place % 4] for place, each in enumerate(payload))
    return bytes([FINAL | kind, MASKED | len(payload)]) + mask + masked


def handshake(address: Address, extensions: str = "") -> bytes:
    lines = [
        f"GET {address.path} HTTP/1.1",
        f"Host: {HOST}:{address.port}",
        f"Origin: http://{HOST}:{address.port}",
        f"Cookie: {address.cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if extensions:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    return "\r\n".join((*lines, "", "")).encode("ascii")
