"""Messages as they go over a websocket: once for all who get them."""

import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.line import PIECE_BYTES, Message
from tests.frames import frames_in, texts_in

LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 1_000_000]


@pytest.mark.parametrize("length", LENGTHS)
def test_any_length_arrives(length: int) -> None:
    message = Message("é" * (length // 2) + "x" * (length % 2))
    assert texts_in(b"".join(message.plain)) == [message.text]
    assert texts_in(b"".join(message.deflated)) == [message.text]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), max_size=5))
def test_messages_arrive_one_after_the_other_whatever_they_say(texts: list[str]) -> None:
    messages = [Message(text) for text in texts]
    for form in ("plain", "deflated"):
        assert texts_in(b"".join(piece for message in messages for piece in getattr(message, form))) == texts


def test_what_is_compressed_for_one_connection_fits_into_every_other() -> None:
    """A browser keeps what it has read: nothing in a message may mean that."""
    board = Message("the same words " * 1000)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for message in (Message("other"), board):
        body = b"".join(frame.payload for frame in frames_in(b"".join(message.deflated)))
        assert inflate.decompress(body + b"\0\0\xff\xff").decode() == message.text


def test_a_long_message_goes_in_frames_between_which_a_ping_may_come() -> None:
    message = Message("x" * (2 * PIECE_BYTES + 1))
    for form in (message.plain, Message(hard_to_compress()).deflated):
        frames = [frame for piece in form for frame in frames_in(piece)]
        assert len(frames) == len(form) > 2, "each piece is a frame of its own"
        assert [frame.is_final for frame in frames] == [False] * (len(frames) - 1) + [True]
        assert [frame.kind for frame in frames] == [1] + [0] * (len(frames) - 1)
        assert not any(frame.is_compressed for frame in frames[1:]), "RFC 7692: only the first frame says it"


def hard_to_compress() -> str:
    return "".join(sha256(str(number).encode()).hexdigest() for number in range(4000))


def test_a_message_is_made_once() -> None:
    message = Message("board")
    assert message.plain is message.plain
    assert message.deflated is message.deflated
