"""Daphne's sockets with a line: readers get what they can take, whole and in order; nothing is kept for the others."""

import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor
import pytest
from autobahn.websocket.compress import PerMessageDeflateOffer
from twisted.internet import tcp

from eqboard.line import PIECE_BYTES, Message
from eqboard.live.viewer import Due, Frame, Viewer
from eqboard.ops.pushing import (
    BROWSER_WINDOW_BITS,
    FRAMES_WITHIN_SECONDS,
    MOST_FRAMES,
    MOST_WAITING,
    PINGS_BYTES,
    STOPPED_SECONDS,
    PushLine,
    PushProtocol,
    RateLimit,
    accepted,
    all_of,
    reason_against,
    transport_over,
)
from eqboard.ops.serving import WebServer
from eqboard.ops.showroom import HOST
from tests.frames import frames_in, texts_in
from tests.ops.pushing_application import text_of
from tests.ops.test_serving import HANDSHAKE, PATIENCE_SECONDS, Running, running

HEAD_BYTES = 4  # of a frame so long
PING = b"\x89\x00"
BOARD = Message("x" * 20_000)
WHOLE = Message("y" * 900_000)


class Ends:
    """Both ends of a socket: a line of ours, and somebody who reads when told to."""

    def __init__(self) -> None:
        ours, self._theirs = socket.socketpair()
        for each in (ours, self._theirs):
            each.setblocking(False)
        self.resumed_count = 0
        self.transport = transport_over(ours)
        self.now = 0.0
        self.line = PushLine(self.transport, clock=lambda: self.now)
        self.line.on_resume = self._note
        self.transport.registerProducer(self.line, False)
        self.read = bytearray()

    def _note(self) -> None:
        self.resumed_count += 1

    def reads(self, at_most: int = 1 << 30) -> None:
        """What waits goes on, and all there is then is read."""
        if self.line._buffered_bytes():
            self.transport.doWrite()
        self.read += self._theirs.recv(at_most) if at_most < 1 << 30 else all_of(self._theirs)

    def is_refused_for(self, seconds: float) -> None:
        for _ in range(2):
            assert not self.line.push([BOARD])
            self.now += seconds / 2
        assert not self.line.push([BOARD])

    def reads_on(self) -> list[str]:
        """Until nothing more comes."""
        while True:
            before = len(self.read)
            self.reads()
            if len(self.read) == before and not self.line._buffered_bytes():
                return texts_in(bytes(self.read))

    def stops(self) -> int:
        """Frames come until the line is full: how many were taken."""
        count = 0
        while self.line.push([BOARD]):
            count += 1
        return count

    def close(self) -> None:
        self.transport.socket.close()
        self._theirs.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    with closing(Ends()) as ends:
        yield ends


# A line


def test_what_is_pushed_is_there_at_once(ends) -> None:
    assert ends.line.push([Message("one"), Message("two")])
    ends.reads()
    assert texts_in(bytes(ends.read)) == ["one", "two"]
    assert not ends.resumed_count, "nobody was refused"


def test_whoever_stops_reading_gets_no_more_and_little_is_kept(ends) -> None:
    ends.stops()
    for _ in range(1000):
        assert not ends.line.push([WHOLE])
    assert not ends.line._held
    assert ends.line._buffered_bytes() <= PINGS_BYTES + PIECE_BYTES + HEAD_BYTES


def test_of_a_board_that_does_not_go_out_the_frames_of_all_are_kept_and_none_of_its_own(ends) -> None:
    assert ends.line.push([WHOLE])
    assert ends.line.lagging
    assert all(any(held is piece for piece in WHOLE.plain) for held in ends.line._held)
    assert ends.line._buffered_bytes() <= PINGS_BYTES + PIECE_BYTES + HEAD_BYTES


def test_whoever_has_stopped_holds_no_boards_of_before(ends) -> None:
    """Ten who stop at ten ticks would hold ten boards that nobody else needs."""
    boards = [Message(letter * 500_000) for letter in "abc"]
    assert ends.line.push(boards)
    ends.is_refused_for(STOPPED_SECONDS)
    assert len(ends.line._held) > len(boards[1].plain)
    ends.is_refused_for(1)
    assert len(ends.line._held) < len(boards[0].plain)
    assert ends.reads_on() == [boards[0].text]
    assert ends.resumed_count == 1


def test_a_viewer_who_has_stopped_holds_no_boards_of_before_however_many_ticks_come(ends) -> None:
    boards = tuple(Message(letter * 500_000) for letter in "abc")
    due = Due(clock=lambda: ends.now)
    viewer = Viewer(ends.line, pytest.fail, lambda: Frame(number, boards), due, clock=lambda: ends.now)
    number = 0
    viewer.begin()
    assert len(ends.line._held) > len(boards[1].plain)
    while ends.now < STOPPED_SECONDS + 2:
        number, ends.now = number + 1, ends.now + 1
        assert not viewer.push(Frame(number, (BOARD,)))
    assert len(ends.line._held) < len(boards[0].plain)
    assert ends.reads_on() == [boards[0].text, *(each.text for each in boards)]


def test_whoever_stops_as_they_did_long_ago_has_stopped_only_now(ends) -> None:
    """With as much left of the same board to the byte."""
    boards = [Message(letter * 500_000) for letter in "ab"]
    for _ in range(2):
        assert ends.line.push(boards)
        held = len(ends.line._held)
        assert not ends.line.push([BOARD])
        assert len(ends.line._held) == held
        ends.reads_on()
        ends.now += STOPPED_SECONDS + 1


def test_nothing_is_held_of_a_message_that_has_not_begun(ends) -> None:
    ends.stops()
    ends.line.send([WHOLE])
    assert ends.line._held
    ends.is_refused_for(STOPPED_SECONDS + 1)
    assert not ends.line._held


def test_whoever_reads_slowly_gets_all_of_a_board_and_then_the_newest(ends) -> None:
    """However many ticks come meanwhile: a page that got the beginnings of boards alone would show nothing."""
    tick, whole = Message("tick"), [WHOLE, Message("pulse")]
    assert ends.line.push(whole)
    while not ends.resumed_count:
        ends.now += STOPPED_SECONDS
        assert not ends.line.push([tick])
        ends.reads(at_most=3 * PIECE_BYTES)
    assert ends.line.push([tick])
    assert ends.reads_on() == [WHOLE.text, "pulse", "tick"]


def test_an_error_of_whoever_is_told_to_go_on_is_logged_and_ends_no_socket(ends, caplog) -> None:
    def stumble() -> None:
        raise ZeroDivisionError("a bug of ours")

    taken = ends.stops()
    ends.line.on_resume = stumble
    assert ends.reads_on() == [BOARD.text] * taken
    assert "a bug of ours" in caplog.text
    assert ends.line.push([BOARD])


def test_whoever_reads_on_gets_what_was_begun_and_is_told_of_once(ends) -> None:
    taken = ends.stops()
    assert ends.reads_on() == [BOARD.text] * taken
    assert ends.resumed_count == 1
    assert ends.line.push([WHOLE])
    assert ends.reads_on() == [BOARD.text] * taken + [WHOLE.text]
    assert ends.resumed_count == 1, "this time nobody was refused"


def test_a_ping_never_comes_within_a_frame(ends) -> None:
    ends.line.push([WHOLE])
    while ends.line.lagging:
        ends.transport.write(PING)
        ends.reads()
    assert ends.reads_on() == [WHOLE.text]
    assert any(frame.is_control for frame in frames_in(bytes(ends.read)))


def test_a_ping_that_waits_for_its_turn_is_no_reader_who_has_stopped(ends) -> None:
    ends.transport.write(PING)
    assert ends.line.push([BOARD])
    assert ends.reads_on() == [BOARD.text]
    assert ends.read.startswith(PING), "in their order"
    assert not ends.resumed_count


def test_a_message_sent_while_another_is_on_its_way_comes_after_it(ends) -> None:
    ends.line.push([WHOLE])
    ends.line.send([Message("echo")])
    assert ends.reads_on() == [WHOLE.text, "echo"]


def test_nothing_comes_after_the_end(ends) -> None:
    ends.line.push([WHOLE])
    ends.line.end()
    assert not ends.line.push([BOARD])
    while ends.line.lagging:
        ends.reads()
    with pytest.raises(AssertionError, match="as a whole"):
        texts_in(bytes(ends.read))


def test_a_socket_that_is_gone_is_left_to_twisted(ends) -> None:
    ends._theirs.close()
    ends.line.push([BOARD])
    assert ends.line.lagging
    assert ends.transport.doWrite() is not None, "which sees that the connection is lost"
    ends.line.stopProducing()
    assert not ends.line._held


def test_whoever_takes_it_compressed_gets_it_so(ends) -> None:
    ends.line.takes_deflated = True
    assert ends.line.push([BOARD])
    assert ends.reads_on() == [BOARD.text]
    assert len(ends.read) < len(BOARD.text) / 10


# Whether it works here


def test_it_works_here() -> None:
    assert reason_against() == ""


def lost_buffer(monkeypatch) -> None:
    monkeypatch.setattr(PushLine, "is_full", lambda self: bool(self._transport.elsewhere))


def blind(monkeypatch) -> None:
    monkeypatch.setattr(PushLine, "is_full", lambda self: False)


def torn(monkeypatch) -> None:
    honest = tcp.Connection.write
    monkeypatch.setattr(tcp.Connection, "write", lambda self, data: honest(self, data[1:]))


def mute(monkeypatch) -> None:
    monkeypatch.setattr(PushLine, "on_resume", property(lambda self: lambda: None, lambda self, value: None), False)


REASONS = {lost_buffer: "elsewhere", blind: "not noticed", torn: "not what arrives", mute: "nobody is told"}


@pytest.mark.parametrize(("change", "word"), REASONS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_a_twisted_that_works_otherwise_is_found_out(monkeypatch, change, word) -> None:
    change(monkeypatch)
    assert word in reason_against()


# Who gets it compressed

OFFERS = {
    "Chrome": (PerMessageDeflateOffer(accept_max_window_bits=True), True),
    "Firefox": (PerMessageDeflateOffer(), True),
    "one that forgets": (PerMessageDeflateOffer(request_no_context_takeover=True), True),
    "one that holds little": (PerMessageDeflateOffer(request_max_window_bits=10), False),
    "one that says how much it holds": (PerMessageDeflateOffer(request_max_window_bits=15), True),
}


@pytest.mark.parametrize("who", OFFERS)
def test_whoever_can_hold_as_much_as_it_takes_gets_it_compressed(who) -> None:
    offer, is_taken = OFFERS[who]
    assert (accepted([offer]) is not None) is is_taken


# How much a browser says


@pytest.mark.parametrize(
    ("pause_seconds", "is_too_much"),
    [(0.0, True), (FRAMES_WITHIN_SECONDS / MOST_FRAMES / 1.5, True), (FRAMES_WITHIN_SECONDS / MOST_FRAMES, False)],
)
def test_frames_may_come_so_often_and_no_more_often(pause_seconds, is_too_much) -> None:
    now = 0.0
    tally = RateLimit(clock=lambda: now)
    seen = []
    for _ in range(3 * MOST_FRAMES):
        now += pause_seconds
        seen.append(tally.is_too_much())
    assert not any(seen[:MOST_FRAMES])
    assert any(seen) is is_too_much


def test_the_first_offer_that_can_be_taken_is() -> None:
    small, usual = OFFERS["one that holds little"][0], OFFERS["Firefox"][0]
    assert accepted([small, usual]).offer is usual
    assert accepted([]) is None


# The real server


pushing_server = partial(running, "tests.ops.pushing_application")


def said(first: int, payload: bytes = b"") -> bytes:
    """A frame of a browser; masked with nothing, which is a mask too."""
    return bytes((first, 0x80 | len(payload))) + bytes(4) + payload


class Browser:
    """A socket of the running server."""

    def __init__(self, server: Running, *headers: bytes, body: bytes = b"") -> None:
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
        self.socket.sendall(HANDSHAKE[:-2] + b"".join(each + b"\r\n" for each in headers) + b"\r\n" + body)
        self.read = b""
        server.lines.enter_context(self.socket)
        while b"\r\n\r\n" not in self.read:
            self.read += self.socket.recv(1)
        self.answer, self.read = self.read, b""

    def says(self, text: str) -> None:
        self.socket.sendall(said(0x81, text.encode()))

    def hears(self, *texts: str) -> None:
        """Reads until so many messages are there, and nothing else."""
        while True:
            try:
                if len(texts_in(self.read)) >= len(texts):
                    break
            except (AssertionError, IndexError):
                pass  # not as a whole yet
            chunk = self.socket.recv(1 << 20)
            assert chunk, "the server has closed it"
            self.read += chunk
        assert texts_in(self.read) == list(texts)
        self.controls = [frame.kind for frame in frames_in(self.read) if frame.is_control]
        self.read = b""

    def is_cut_off(self) -> bool:
        """At once, and without the end that a websocket has."""
        try:
            return self.socket.recv(1 << 20) == b""
        except ConnectionResetError:
            return True

    def reads_nothing_until_full(self) -> int:
        """How many were taken meanwhile."""
        taken = 0
        while True:
            self.says(f"push 1 {len(WHOLE)}")
            if self.server.next_of("pushed True", "pushed False") == "pushed False":
                return taken
            taken += 1


DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
SMALL = b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9"


def test_everybody_gets_the_same_in_the_form_they_can_read() -> None:
    with pushing_server() as server:
        for headers, is_compressed in (((), False), ((DEFLATE,), True), ((SMALL,), False)):
            browser = Browser(server, *headers)
            assert (b"permessage-deflate" in browser.answer) is is_compressed
            browser.says("push 2 40000")
            browser.hears(text_of(40_000), text_of(40_000))
            browser.says("send 30")
            browser.hears(text_of(30))


def test_what_a_browser_says_compressed_is_understood() -> None:
    with pushing_server() as server:
        browser = Browser(server, DEFLATE)
        for letters in (7, 8):
            deflate = zlib.compressobj(wbits=-BROWSER_WINDOW_BITS)
            packed = deflate.compress(b"send %d" % letters + b" " * 2000) + deflate.flush(zlib.Z_SYNC_FLUSH)
            browser.socket.sendall(said(0xC1, packed[:-4]))
            browser.hears(text_of(letters))


def test_whoever_stops_is_refused_and_told_of_when_they_go_on() -> None:
    with pushing_server() as server:
        browser = Browser(server)
        taken = browser.reads_nothing_until_full()
        browser.says("send 7")
        browser.hears(*[text_of(len(WHOLE))] * taken, text_of(7))
        server.hears("resumed")
        browser.says("push 1 9")
        browser.hears(text_of(9))


def test_whoever_never_reads_can_be_sent_away() -> None:
    with pushing_server() as server:
        browser = Browser(server)
        browser.reads_nothing_until_full()
        browser.says("close")
        server.hears("gone")


@pytest.mark.parametrize("is_packed", [False, True])
def test_whoever_says_more_than_a_page_says_is_sent_away(is_packed) -> None:
    with pushing_server() as server:
        browser = Browser(server, DEFLATE)
        said = b"send 1" + b" " * 1_000_000
        if is_packed:
            deflate = zlib.compressobj(wbits=-BROWSER_WINDOW_BITS)
            said = (deflate.compress(said) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]
        browser.socket.sendall(
            bytes((0xC1 if is_packed else 0x81, 0xFF)) + len(said).to_bytes(8, "big") + bytes(4) + said
        )
        server.hears("gone")


PONG = 10


def test_whoever_reads_is_answered_their_pings_and_whoever_does_not_is_not() -> None:
    """The answers would pile up in the server."""
    with pushing_server() as server:
        browser = Browser(server)
        taken = browser.reads_nothing_until_full()
        browser.socket.sendall(said(0x89, b"x" * 125) * 50)
        browser.says("send 7")
        assert not browser.reads_nothing_until_full(), "by now all that was said has come"
        browser.hears(*[text_of(len(WHOLE))] * taken, text_of(7))
        assert PONG not in browser.controls
        server.hears("resumed")
        browser.socket.sendall(said(0x89, b"there?"))
        browser.says("send 8")
        browser.hears(text_of(8))
        assert browser.controls == [PONG]


FLOODS = {
    "pings": said(0x89) * MOST_FRAMES,
    "pongs": said(0x8A) * MOST_FRAMES,
    "a message that never ends": said(0x01) + said(0x00) * (MOST_FRAMES - 1),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_frames_is_cut_off(flood) -> None:
    with pushing_server() as server:
        browser = Browser(server)
        server.hears("a line")
        browser.socket.sendall(FLOODS[flood])
        browser.socket.sendall(said(0x00 if "ends" in flood else 0x8A))
        while not browser.is_cut_off():
            pass
        server.hears("gone")


def test_as_many_frames_as_a_page_may_say_are_no_flood() -> None:
    with pushing_server() as server:
        browser = Browser(server)
        browser.socket.sendall(said(0x8A) * (MOST_FRAMES - 1))
        browser.says("send 5")
        browser.hears(text_of(5))


def test_what_nobody_reads_is_kept_up_to_a_bound() -> None:
    with pushing_server("deaf") as server:
        modest, talker = Browser(server), Browser(server)
        for _ in range(MOST_WAITING):
            modest.says("send 1")
        modest.socket.sendall(said(0x89))
        assert modest.socket.recv(2)[0] & 0x0F == PONG, "it is still there"
        for _ in range(MOST_WAITING + 1):
            talker.says("send 1")
        assert talker.is_cut_off()


def test_whoever_speaks_before_they_are_let_in_is_cut_off() -> None:
    """All of it would be kept until then."""
    with pushing_server("late") as server, socket.create_connection((HOST, server.port), PATIENCE_SECONDS) as early:
        early.sendall(HANDSHAKE)
        server.hears("asked")
        early.sendall(said(0x81, b"send 1"))
        server.hears("gone")


def test_a_body_that_comes_with_the_handshake_is_no_message() -> None:
    with pushing_server() as server:
        body = said(0x81, b"send 9")
        browser = Browser(server, b"Content-Length: %d" % len(body), body=body)
        browser.says("send 7")
        browser.hears(text_of(7))


OFFERED = {
    "client_max_window_bits": "client_max_window_bits=9",
    "client_max_window_bits=15": "client_max_window_bits=9",
    "client_max_window_bits=9": "client_max_window_bits=9",
    "client_max_window_bits=8": None,
    "server_max_window_bits=8": None,
    "server_max_window_bits=10": None,
    "server_max_window_bits=15": "server_max_window_bits=15",
    "server_no_context_takeover": "server_no_context_takeover",
    "window_bits_of_tomorrow=3": None,
    "client_max_window_bits; client_max_window_bits": None,
    "server_max_window_bits=8, permessage-deflate": "client_no_context_takeover",
    "server_max_window_bits=10, x-webkit-deflate-frame, permessage-bzip2; x=y, permessage-deflate": "permessage",
}


def test_no_offer_is_a_reason_to_refuse_anybody() -> None:
    with pushing_server() as server:
        for offer, answer in OFFERED.items():
            browser = Browser(server, b"Sec-WebSocket-Extensions: permessage-deflate; " + offer.encode())
            assert browser.answer.startswith(b"HTTP/1.1 101"), offer
            assert (b"permessage-deflate" in browser.answer) is (answer is not None), offer
            assert (answer or "101").encode() in browser.answer, offer
            browser.says("push 1 40000")
            browser.hears(text_of(40_000))


def test_where_it_does_not_work_there_is_no_line_and_no_compression() -> None:
    with pushing_server("unable") as server:
        browser = Browser(server, DEFLATE)
        server.hears("no line")
        assert b"permessage-deflate" not in browser.answer
        browser.says("send 70000")
        browser.hears(text_of(70_000))


# Many sockets


@pytest.mark.parametrize(("connections", "looks"), [(0, 12), (200, 12), (201, 6), (1000, 2), (2000, 1), (100_000, 1)])
def test_the_more_connections_there_are_the_more_seldom_all_are_looked_through(connections, looks) -> None:
    server = WebServer(None, endpoints=["tcp:0"], most_body_bytes=0)
    server.connections = {number: {} for number in range(connections)}
    assert [server._take_turn("timeouts") for _ in range(12)].count(True) == looks


def test_nobody_is_pinged(monkeypatch) -> None:
    """However long a page has been there; it says by itself that it is."""
    protocol = PushProtocol()
    protocol.server = WebServer(None, endpoints=["tcp:0"], most_body_bytes=0)
    protocol.state, protocol.socket_opened, protocol.last_ping = protocol.STATE_OPEN, time.time(), 0.0
    monkeypatch.setattr(protocol, "_sendAutoPing", lambda: pytest.fail("It was pinged."))
    protocol.check_timeouts()
