"""The benchmark's viewers: that what comes over their sockets is read, and what they had is counted rightly."""

import os
import re
import socket
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import pytest

from eqboard.config import ROOT
from eqboard.line import Message as Shared
from eqboard.ops import open_files
from eqboard.ops.bench import limits
from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.crowd import Crowd
from eqboard.ops.bench.frames import CLOSE, PING, TEXT, Corrupt, Message, Reader, framed, welcome
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.sockets import ACK_CHARACTERS, ACK_SECONDS, SPOKEN_SECONDS, Address
from eqboard.ops.bench.viewers import Viewers

# What comes over a socket


def a_frame(payload: bytes, first: int = 0x81) -> bytes:
    """Of any kind."""
    if len(payload) < 126:
        return bytes((first, len(payload))) + payload
    return bytes((first, 126)) + struct.pack("!H", len(payload)) + payload


def kept(message: Message) -> tuple[int, bytes, bytes]:
    return message.kind, message.begin, message.end


LONG = "é" * 3000 + "!"
SAID = framed("first") + a_frame(b"?", 0x80 | PING) + framed(LONG) + framed("x" * 70_000) + framed("")


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000, len(SAID)])
def test_messages_are_the_same_in_whatever_pieces_they_come(piece: int) -> None:
    reader = Reader(has_checksums=True)
    messages = [
        message
        for place in range(0, len(SAID), piece)
        for message in reader.feed(SAID[place : place + piece], len(SAID[place : place + piece]))
    ]
    assert [each.kind for each in messages] == [TEXT, PING, TEXT, TEXT, TEXT]
    first, ping, long, longer, empty = messages
    assert (first.begin, first.end, ping.begin) == (b"first", b"first", b"?")
    assert (long.begin[:2], long.end[-3:]) == ("é".encode(), "é!".encode())
    assert long.checksum == zlib.crc32(LONG.encode())
    assert [each.wire_bytes for each in (first, long, longer, empty)] == [7, 6001 + 4, 70_000 + 10, 2]


def test_a_message_in_several_frames_is_one_and_a_ping_may_come_between_them() -> None:
    data = a_frame(b"<div ", TEXT) + a_frame(b"", 0x80 | PING) + a_frame(b'id="', 0x00) + a_frame(b'x">', 0x80)
    messages = Reader().feed(data, len(data))
    assert [kept(each) for each in messages] == [(PING, b"", b""), (TEXT, b'<div id="x">', b'<div id="x">')]
    assert messages[1].wire_bytes == len(data) - 2


def test_what_the_server_compresses_once_for_all_is_read() -> None:
    text = "".join(f"<li>{number}</li>" for number in range(20_000))
    data = b"".join(Shared(text).deflated)
    [message] = Reader().feed(data, len(data))
    assert (message.begin, message.end[-5:]) == (text.encode()[:256], b"</li>")
    assert (message.wire_bytes, message.text_bytes, message.checksum) == (
        len(data),
        len(text),
        zlib.crc32(text.encode()),
    )


@pytest.mark.parametrize(
    "data",
    [
        a_frame(b"x", 0x83),
        a_frame(b"x", 0xA1),
        a_frame(b"x", 0x80),
        a_frame(b"x", 0x01) + a_frame(b"y"),
        a_frame(b"x", 0x01) + a_frame(b"y", 0xC0),
        a_frame(b"not deflate", 0xC1),
        b"\x81\x81abcdx",
    ],
    ids=["unknown", "reserved", "goes on with none", "in another", "compressed later", "not deflate", "masked"],
)
def test_what_is_no_websockets_is_corrupt(data: bytes) -> None:
    with pytest.raises(Corrupt):
        Reader().feed(data, len(data))


# Those who look


class Server:
    """Says what it is told to, to one viewer after the other, and keeps what they say."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.sockets: list[socket.socket] = []
        self._thread = Thread(target=self._greet, daemon=True)
        self._thread.start()

    @property
    def address(self) -> Address:
        return Address(self.listening.getsockname()[1], "/", "")

    def _greet(self) -> None:
        with suppress(OSError):
            while True:
                there, _ = self.listening.accept()
                while b"\r\n\r\n" not in there.recv(65536):
                    pass
                self.sockets.append(there)
                there.sendall(welcome(""))

    def say(self, *messages: str, to: int = 0) -> None:
        self.sockets[to].sendall(b"".join(map(framed, messages)))

    def close(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self._thread.join()
        for each in self.sockets:
            each.close()


@contextmanager
def looking(count: int = 1, **manner: Any) -> Iterator[tuple[Server, Viewers]]:
    server = Server()
    told, says = os.pipe()
    with open(told, "rb", buffering=0) as commands:
        viewers = Viewers(server.address, commands)
        try:
            assert len(viewers.join(count, 10, 10.0, boards=False, **manner)["arrived_after"]) == count  # type: ignore[index]
            yield server, viewers
        finally:
            for each in viewers._everybody:
                each.socket.close()
            os.close(says)
            server.close()


def changes(number: int, seq: int, body: str = "") -> str:
    return f'{body}<div id="pulse" data-x="" data-frame="{number}" data-seq="{seq}"></div>'


def whole(number: int, seq: int) -> str:
    return changes(number, seq, '<main id="screen"></main>')


def after(viewers: Viewers, messages: int) -> Tally:
    """What they have counted once so many messages have come."""
    for _ in range(1000):
        if viewers._books.tally.messages >= messages:
            break
        viewers.pump(0.05)
    return viewers._books.tally


def counted(*messages: str) -> tuple[int, int, int, int, int]:
    with looking() as (server, viewers):
        server.say(*messages)
        tally = after(viewers, len(messages))
        return tally.frames, tally.wholes, tally.skipped, tally.lost, tally.repeated


def test_frames_that_come_in_their_order_are_all_there() -> None:
    assert counted(whole(5, 1), changes(6, 2), changes(7, 3)) == (3, 1, 0, 0, 0)


def test_a_gap_before_a_whole_board_was_skipped_and_any_other_is_lost() -> None:
    assert counted(whole(5, 1), whole(8, 4), changes(9, 5)) == (3, 2, 2, 0, 0)
    assert counted(whole(5, 1), changes(8, 4), changes(9, 5)) == (3, 1, 0, 2, 0)


def test_what_comes_twice_or_too_late_is_repeated() -> None:
    assert counted(whole(5, 1), changes(7, 3), changes(7, 3), changes(6, 2)) == (4, 1, 0, 1, 2)


def test_a_frame_in_several_messages_is_one() -> None:
    assert counted('<main id="screen"></main>', changes(5, 1), "<p>", changes(6, 2)) == (2, 1, 0, 0, 0)


def test_another_text_than_to_the_others_is_corrupt() -> None:
    with looking(2, checksums=True) as (server, viewers):
        for to, body in enumerate(("<p>one</p>", "<p>two</p>")):
            server.say(whole(5, 1), changes(6, 2, body), changes(7, 3, "<p>same</p>"), to=to)
        assert after(viewers, 6).corrupt == 1


def test_a_socket_that_the_server_ends_is_counted() -> None:
    with looking() as (server, viewers):
        server.sockets[0].sendall(a_frame(b"", 0x80 | CLOSE))
        for _ in range(100):
            viewers.pump(0.05)
            if viewers._books.tally.ended:
                break
        assert viewers._books.tally.ended == 1


def acks_in(server: Server) -> list[int]:
    """Every message of a viewer is short, and masked."""
    data, found = server.sockets[0].recv(65536), []
    while data:
        mask, payload, length = data[2:6], data[6:], data[1] & 0x7F
        said = bytes(each ^ mask[place % 4] for place, each in enumerate(payload[:length]))
        found += [int(number) for number in re.findall(rb'"ack": (\d+)', said)]
        data = payload[length:]
    return found


def test_frames_are_acknowledged_at_once_and_then_as_seldom_as_by_the_page() -> None:
    with looking() as (server, viewers):
        server.say(whole(5, 1), changes(6, 2), changes(7, 3))
        after(viewers, 3)
        assert acks_in(server) == [5]


def test_much_is_acknowledged_sooner_as_the_page_does() -> None:
    with looking() as (server, viewers):
        server.say(whole(5, 1), changes(6, 2, "x" * ACK_CHARACTERS), changes(7, 3))
        after(viewers, 3)
        assert acks_in(server) == [5, 6]


def test_the_last_of_many_is_acknowledged_when_nothing_follows() -> None:
    with looking() as (server, viewers):
        server.say(whole(5, 1), changes(6, 2), changes(7, 3))
        after(viewers, 3)
        viewer = viewers._everybody[0]
        viewer.acknowledge_the_last(viewer._shown_at + SPOKEN_SECONDS / 2)
        assert acks_in(server) == [5]
        for _ in range(2):
            viewer.acknowledge_the_last(viewer._shown_at + SPOKEN_SECONDS)
        assert acks_in(server) == [7]


def test_the_page_acknowledges_as_often_as_is_measured() -> None:
    page = (ROOT / "static" / "eqboard" / "line.js").read_text()
    assert f"const ACK_SECONDS = {ACK_SECONDS:g};" in page
    assert f"const ACK_CHARACTERS = {ACK_CHARACTERS};" in page
    assert f"const SPOKEN_MS = {1000 * SPOKEN_SECONDS:g};" in page


def test_who_has_stopped_is_back_with_the_newest_board() -> None:
    with looking(2) as (server, viewers):
        for to in (0, 1):
            server.say(whole(5, 1), to=to)
        after(viewers, 2)
        viewers.stall(1)
        server.say(changes(6, 2), to=1)
        after(viewers, 3)
        assert viewers.until(2, 0.0) == {"count": 1, "last_at": viewers._books.seqs.had[2].last_at}  # of one who reads
        server.say(whole(6, 2), to=0)
        told: Any = viewers.resume(10.0)
        assert (len(told["seconds"]), told["ended"]) == (1, 0)


def test_who_was_sent_away_meanwhile_comes_back_with_a_new_socket() -> None:
    with looking(2) as (server, viewers):
        for to in (0, 1):
            server.say(whole(5, 1), to=to)
        after(viewers, 2)
        viewers.stall(1)
        server.say(changes(6, 2), to=1)
        after(viewers, 3)
        server.sockets[0].close()
        told: Any = viewers.resume(0.5)
        assert (told["seconds"], told["ended"]) == ([], 1)
        assert [each.is_open for each in viewers._everybody] == [True, True]
        assert len(server.sockets) == 3


# How many there may be


@pytest.fixture
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "most_files", lambda: 1024)


def test_more_viewers_than_open_files_are_too_many_and_the_sentence_says_what_to_raise(few_files: None) -> None:
    assert limits.too_many(824) == ""
    assert limits.too_many(2000) == (
        "2,000 viewers need 2,200 open files in one process, and 1,024 are allowed (ulimit -n)"
    )


async def test_who_does_not_fit_is_skipped_before_anybody_comes(few_files: None) -> None:
    with pytest.raises(Skipped, match="ulimit -n"):
        await Crowd(None, 500).join(500)


def test_as_many_files_as_the_system_allows_are_open_to_all() -> None:
    open_files.raise_limit()
    assert open_files.most_files() >= 256
