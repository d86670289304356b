"""A websocket's bytes, read as RFC 6455 and RFC 7692 say and as nothing of ours does it."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadFrame:
    is_final: bool
    is_compressed: bool
    kind: int
    payload: bytes

    @property
    def is_control(self) -> bool:
        return self.kind >= 8


def frames_in(read: bytes) -> Iterator[ReadFrame]:
    """Of a server: none is masked, and each is there as a whole."""
    at = 0
    while at < len(read):
        first, length = read[at], read[at + 1]
        assert not first & 0x30, "reserved"
        assert length < 128, "masked"
        at += 2
        for mark, size in ((126, 2), (127, 8)):
            if length == mark:
                length = int.from_bytes(read[at : at + size], "big")
                at += size
                break
        payload = read[at : at + length]
        assert len(payload) == length, "torn"
        at += length
        yield ReadFrame(bool(first & 0x80), bool(first & 0x40), first & 0x0F, payload)


def texts_in(read: bytes) -> list[str]:
    """The messages, in their order; what is no text (a ping, the end) is passed over."""
    texts: list[str] = []
    held: list[ReadFrame] = []
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for frame in frames_in(read):
        if frame.is_control:
            continue
        assert frame.kind == (0 if held else 1), "a message begins, or goes on"
        held.append(frame)
        if frame.is_final:
            body = b"".join(each.payload for each in held)
            texts.append((inflate.decompress(body + b"\0\0\xff\xff") if held[0].is_compressed else body).decode())
            held = []
    assert not held, "the last message is not there as a whole"
    return texts
