"""What a server says over a websocket (RFC 6455, RFC 7692). As it comes in, only a message's two ends are kept.

Thousands of sockets are read by one process, so it does no more with a message than it must.
"""

import hashlib
import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import lru_cache

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3

FINAL, DEFLATED, RESERVED = 0x80, 0x40, 0x30  # in the first byte of a frame
CONTINUED, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
BEGIN_BYTES = 256
END_BYTES = 2048  # the pulse is the last element of a frame, and shorter than that
SYNC_TAIL = b"\x00\x00\xff\xff"  # which the sender leaves out (RFC 7692, 7.2.1)


class Corrupt(Exception):
    """What came is no websocket's; the message is one sentence."""


@dataclass(slots=True)
class Message:
    """`wire_bytes` counts the headers, too. `checksum` is of the whole text, where checksums are made, else 0;
    `text_bytes` are its bytes, as they are read.
    """

    kind: int
    begin: bytes
    end: bytes
    wire_bytes: int
    checksum: int = 0
    text_bytes: int = 0


class Reader:
    """The frames of one socket. `has_checksums`: at the price of reading every byte."""

    __slots__ = (
        "_begin", "_checksum", "_control", "_end", "_first", "_has_checksums", "_head", "_is_inside", "_kind", "_left",
        "_payload", "_wire_bytes",
    )  # fmt: skip

    def __init__(self, *, has_checksums: bool = False) -> None:
        self._has_checksums = has_checksums
        self._head = b""  # the beginning of a header whose rest has not come yet
        self._is_inside = False  # a frame whose payload has not come to its end
        self._left = 0  # bytes of that payload
        self._first = 0  # first byte of the frame
        self._control = b""
        self._forget()

    def _forget(self) -> None:
        """The message is over."""
        self._kind = CONTINUED  # none has begun
        self._begin = self._end = b""
        self._payload: bytearray | None = None  # of a compressed one
        self._checksum = self._wire_bytes = 0

    def feed(self, data: bytes | bytearray, count: int) -> list[Message]:
        """The messages that end with the first `count` bytes of it. Raises Corrupt."""
        if self._head:
            data = self._head + data[:count]
            count, self._head = len(data), b""
        messages: list[Message] = []
        place = 0
        while place < count or (self._is_inside and not self._left):
            if not self._is_inside:
                begin = self._open(data, place, count)
                if not begin:
                    self._head = bytes(data[place:count])
                    break
                place = begin
            until = min(place + self._left, count)
            self._take(data, place, until)
            self._left -= until - place
            place = until
            if not self._left:
                self._is_inside = False
                self._close(messages)
        return messages

    def _open(self, data: bytes | bytearray, place: int, count: int) -> int:
        """Where the payload begins; 0 when the header is not whole yet. A server masks nothing."""
        if count - place < 2:
            return 0
        first, length = data[place], data[place + 1]
        more = {126: 2, 127: 8}.get(length, 0)
        if count - place < 2 + more:
            return 0
        if more:
            length = int.from_bytes(data[place + 2 : place + 2 + more], "big")
        elif length > 127:
            raise Corrupt("A server's frame is masked.")
        self._check(first)
        self._first, self._left, self._is_inside = first, length, True
        if not first & 0x08:
            self._wire_bytes += 2 + more + length
        return place + 2 + more

    def _check(self, first: int) -> None:
        kind = first & 0x0F
        if first & RESERVED or kind not in (CONTINUED, TEXT, CLOSE, PING, PONG):
            raise Corrupt(f"There is no frame that begins with 0x{first:02x}.")
        if kind == TEXT:
            if self._kind:
                raise Corrupt("A message begins before the one before it has ended.")
            self._kind = TEXT
            self._payload = bytearray() if first & DEFLATED else None
        elif first & DEFLATED or (kind == CONTINUED and not self._kind):
            raise Corrupt("A frame goes on with a message that has not begun.")

    def _take(self, data: bytes | bytearray, begin: int, end: int) -> None:
        if self._first & 0x08:
            self._control += data[begin:end]
        elif self._payload is not None:
            self._payload += data[begin:end]
        else:
            self._keep_ends(data, begin, end)

    def _keep_ends(self, data: bytes | bytearray, begin: int, end: int) -> None:
        if len(self._begin) < BEGIN_BYTES:
            self._begin += data[begin : min(end, begin + BEGIN_BYTES)]
        if end - begin >= END_BYTES:
            self._end = bytes(data[end - END_BYTES : end])
        else:
            self._end = (self._end + data[begin:end])[-END_BYTES:]
        if self._has_checksums:
            self._checksum = zlib.crc32(memoryview(data)[begin:end], self._checksum)

    def _close(self, messages: list[Message]) -> None:
        if self._first & 0x08:
            messages.append(Message(self._first & 0x0F, self._control, b"", 0))
            self._control = b""
        elif self._first & FINAL:
            if self._payload is not None:
                messages.append(replace(inflated(bytes(self._payload)), wire_bytes=self._wire_bytes))
            else:
                size = self._wire_bytes
                messages.append(Message(TEXT, self._begin, self._end, size, self._checksum, text_bytes=size))
            self._forget()


@lru_cache(maxsize=64)
def inflated(payload: bytes) -> Message:
    """A message that was compressed by itself; once for all who get it. Raises Corrupt."""
    try:
        text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload + SYNC_TAIL)
    except zlib.error as error:
        raise Corrupt(f"A compressed message cannot be read: {error}.") from None
    return Message(TEXT, text[:BEGIN_BYTES], text[-END_BYTES:], 0, zlib.crc32(text), text_bytes=len(text))


def welcome(key: str) -> bytes:
    """What a server says to whoever knocks with that key; RFC 6455, section 4.2.2."""
    accepted = b64encode(hashlib.sha1((key + MAGIC).encode(), usedforsecurity=False).digest()).decode()
    head = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return "\r\n".join((*head, f"Sec-WebSocket-Accept: {accepted}", "", "")).encode()


def framed(message: str) -> bytes:
    """As a server writes a text, which is never masked; RFC 6455, section 5.2."""
    text = message.encode()
    if len(text) < 126:
        return struct.pack("!BB", FINAL | TEXT, len(text)) + text
    if len(text) < 65536:
        return struct.pack("!BBH", FINAL | TEXT, 126, len(text)) + text
    return struct.pack("!BBQ", FINAL | TEXT, 127, len(text)) + text
