"""A line to one browser, and the messages that go over it: each is made once and shared by all who get it.

A server that pushes (ops/pushing.py) offers its own line to the application, in `scope["extensions"][EXTENSION]`.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

EXTENSION = "eqboard.push"
PIECE_BYTES = 32 * 1024  # of a message that go at once: more than that nobody keeps for a reader who has stopped
COMPRESSION = 6  # zlib's own usual level
SYNC_TAIL = 4  # bytes at the end of a flushed block, which both ends leave out (RFC 7692, 7.2.1)

FINAL, COMPRESSED, TEXT, CONTINUED = 0x80, 0x40, 0x01, 0x00  # in the first byte of a frame (RFC 6455, 5.2)
LONGER = 126  # in its second: two more tell the length


class Message:
    """A text message as it goes over a websocket. Each form is made when the first one needs it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __len__(self) -> int:
        """In letters."""
        return len(self.text)

    @cached_property
    def plain(self) -> tuple[bytes, ...]:
        return tuple(framed(self.text.encode(), first=TEXT))

    @cached_property
    def deflated(self) -> tuple[bytes, ...]:
        """For a browser with permessage-deflate (RFC 7692). It refers to no message before it, so that it fits into
        every connection.
        """
        deflate = zlib.compressobj(COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(self.text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)
        return tuple(framed(packed[:-SYNC_TAIL], first=TEXT | COMPRESSED))


def framed(payload: bytes, *, first: int) -> Iterator[bytes]:
    """The payload as frames of a server. Between two of them a ping or the end may come, and no other message."""
    pieces = [payload[begin : begin + PIECE_BYTES] for begin in range(0, len(payload), PIECE_BYTES)] or [b""]
    for place, piece in enumerate(pieces, start=1):
        kind = (first if place == 1 else CONTINUED) | (FINAL if place == len(pieces) else 0)
        yield _header(kind, len(piece)) + piece


def _header(kind: int, length: int) -> bytes:
    return bytes((kind, length)) if length < LONGER else bytes((kind, LONGER)) + length.to_bytes(2, "big")


def nobody() -> None:
    """Whom a line tells of going on, until somebody asks to be told."""


class Line(Protocol):
    """`on_resume` is called when a line that lagged can take messages again."""

    on_resume: Callable[[], None]

    @property
    def lagging(self) -> bool:
        """Whether what it was given before is still on its way out: then it takes nothing."""

    def push(self, messages: Sequence[Message]) -> bool:
        """Have them go out in this order. False: it lags, or is closed, and nothing is kept of what it has missed."""

    def miss(self) -> None:
        """There is something for a line that lags, which it does not get: the next that it gets is all anew, so it need
        not keep what nobody has begun to read.
        """
