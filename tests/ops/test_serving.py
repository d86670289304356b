"""The web server ends when it is told to: what is under way comes to its end, and nothing holds it for ever."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor
import pytest

from eqboard.config import ROOT
from eqboard.ops import serving
from eqboard.ops.pushing import PushProtocol
from eqboard.ops.showroom import HOST, listen
from tests.ops.small_application import BIG_BYTES, MOST_BODY_BYTES

PATIENCE_SECONDS = 120
AGES = 3600.0  # what ends in spite of them was not cut off
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: board\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://board\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
RESTART = b"\x88\x02" + (1012).to_bytes(2, "big")  # RFC 6455, 5.2: the final frame of a close, two bytes long, unmasked
ENDLESS = ("/waits", "/refuses", "/waits-in-a-thread", "/sleeps-in-a-thread")


USUAL_QUEUE = 128  # of who waits to be let in, as `listen` here asks for it


def longest_queue() -> int:
    """That the system allows; where it does not tell, as long as it may be."""
    with suppress(OSError):
        return int(Path("/proc/sys/net/core/somaxconn").read_text())
    return USUAL_QUEUE


class Running:
    """The server with the small application, at `port`."""

    def __init__(self, process: subprocess.Popen[str], port: int, lines: ExitStack) -> None:
        self.process = process
        self.port = port
        self.lines = lines  # closed at the end of the test

    def hears(self, line: str) -> None:
        """Reads what it says up to that line."""
        assert self.process.stdout is not None
        assert line in iter(lambda: self.process.stdout.readline().rstrip() or "nothing more", "nothing more")

    def next_of(self, *lines: str) -> str:
        """Reads what it says up to the first of those lines."""
        assert self.process.stdout is not None
        return next(line for each in self.process.stdout if (line := each.rstrip()) in lines)

    def rest(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.read().split("\n")[:-1]

    def ask(self, path: str) -> HTTPConnection:
        """A request under way."""
        connection = self.lines.enter_context(closing(HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)))
        connection.request("GET", path)
        self.hears(f"begun {path.partition('?')[0]}")
        return connection

    def tell(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def server(ending_seconds: float = AGES, last_seconds: float = AGES) -> Iterator[Running]:
    with running("tests.ops.small_application", str(ending_seconds), str(last_seconds)) as small:
        yield small


@contextmanager
def running(application: str, *words: str) -> Iterator[Running]:
    with listen(0) as listener:
        file, port = listener.fileno(), listener.getsockname()[1]
        command = (sys.executable, "-m", application, str(file), *words)
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=(file,), stdout=subprocess.PIPE, text=True)
    # Our own hold of the listener is let go: when the server does so too, nobody can connect any more.
    with process, ExitStack() as lines:
        try:
            running = Running(process, port, lines)
            running.hears("startup")
            yield running
        finally:
            process.kill()


def until_refused(port: int) -> None:
    """The kernel says no: nobody listens."""
    while True:
        try:
            socket.create_connection((HOST, port), PATIENCE_SECONDS).close()
        except ConnectionResetError:
            continue  # it had been let in, and was not taken
        except ConnectionRefusedError:
            return


def socket_to(running: Running) -> socket.socket:
    line = socket.create_connection((HOST, running.port), PATIENCE_SECONDS)
    line.sendall(HANDSHAKE)
    read_until(line, b"\r\n\r\n")
    return line


def read_until(line: socket.socket, wanted: bytes) -> bytes:
    said = b""
    while wanted not in said:
        more = line.recv(4096)
        assert more, f"The line ended after {said!r}."
        said += more
    return said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_after_nobody_is_let_in_any_more(tmp_path: Path, number) -> None:
    file = tmp_path / "now"
    with server() as running:
        request = running.ask(f"/until?{file}")
        running.tell(number)
        until_refused(running.port)
        file.touch()
        answer = request.getresponse()
        assert (answer.status, answer.read()) == (200, b"here")
        assert running.end() == 0
        assert running.rest() == ["answered /until", "shutdown"]  # the application is told last of all


def test_what_is_under_way_is_told_at_once_that_nothing_more_is_to_be_begun() -> None:
    """And not only when the application is: that is last of all."""
    with server() as running:
        request = running.ask("/until-the-end")
        running.tell()
        assert request.getresponse().read() == b"here"
        assert running.end() == 0
        assert running.rest() == ["answered /until-the-end", "shutdown"]


def test_a_long_answer_comes_whole_to_a_slow_reader() -> None:
    with server() as running:
        request = running.ask("/big")
        running.hears("answered /big")  # as far as the application can tell
        running.tell()
        until_refused(running.port)
        assert len(request.getresponse().read()) == BIG_BYTES
        assert running.end() == 0


def test_a_connection_that_is_kept_for_later_does_not_hold_it() -> None:
    with server() as running:
        idle = running.ask("/")
        assert idle.getresponse().read() == b"here"
        running.tell()
        assert running.end() == 0


def test_half_a_request_does_not_hold_it() -> None:
    with server() as running, socket.create_connection((HOST, running.port)) as line:
        line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
        running.ask("/").getresponse().read()  # by now it has been taken
        running.tell()
        assert running.end() == 0


def test_sockets_are_told_to_come_back_and_hold_nothing() -> None:
    with server() as running, socket_to(running) as first, socket_to(running) as second:
        running.tell()
        for line in (first, second):
            read_until(line, RESTART)  # and never say goodbye themselves
        assert running.end() == 0


@pytest.mark.parametrize("path", ENDLESS)
def test_what_never_ends_is_cut_off(path: str) -> None:
    with server(ending_seconds=0.2, last_seconds=2.0) as running, socket_to(running):
        running.ask(path)
        running.tell()
        assert running.end() == 0


def test_a_thread_that_waits_for_the_loop_is_set_free_without_the_last_means() -> None:
    with server(ending_seconds=0.2) as running, socket_to(running):
        running.ask("/waits-in-a-thread")
        running.tell()
        assert running.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_again_it_ends_at_once(number: signal.Signals) -> None:
    with server() as running:
        running.ask("/waits")
        running.tell()
        until_refused(running.port)
        running.tell(number)
        assert running.end() == -number


CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize("headers", [{}, CHUNKED], ids=["by its length", "in chunks"])
@pytest.mark.parametrize(("sent", "come"), [(MOST_BODY_BYTES, MOST_BODY_BYTES), (BIG_BYTES, MOST_BODY_BYTES + 1)])
def test_of_a_body_no_more_is_kept_than_tells_that_it_is_too_long(headers, sent, come) -> None:
    with server() as running, closing(HTTPConnection(HOST, running.port, timeout=PATIENCE_SECONDS)) as connection:
        body = iter([b"x" * sent]) if headers else b"x" * sent
        connection.request("POST", "/counts", body, headers, encode_chunked=bool(headers))
        running.hears(f"{come} bytes")
        assert connection.getresponse().read() == b"here"


def test_nobody_who_asks_says_where_the_application_lies() -> None:
    """Daphne takes it from a header, and stumbles where it is not ASCII."""
    with server() as running:
        for said in (b"/eq", b"\xff"):
            header = b"Daphne-Root-Path: " + said + b"\r\n\r\n"
            with socket.create_connection((HOST, running.port), PATIENCE_SECONDS) as line:
                line.sendall(b"GET / HTTP/1.1\r\nHost: board\r\n" + header)
                assert read_until(line, b"here").startswith(b"HTTP/1.1 200")
            running.hears("begun /")
            with socket.create_connection((HOST, running.port), PATIENCE_SECONDS) as line:
                line.sendall(HANDSHAKE[:-2] + header)
                assert read_until(line, b"\r\n\r\n").startswith(b"HTTP/1.1 101")


def test_of_many_at_the_door_a_few_are_let_in_at_a_time() -> None:
    """However many Twisted would let in, which has seen a crowd before."""
    port = SimpleNamespace(numberAccepts=500)
    taken: list[int] = []
    for _ in range(3):
        serving.let_in(port, lambda: taken.append(port.numberAccepts))
        port.numberAccepts += 20
    assert taken == [serving.LET_IN] * 3


def test_no_websocket_is_ended_for_its_age() -> None:
    """Daphne would end each after a day with a code by which htmx does not come back; all of a site that came together,
    together.
    """
    ancient = PushProtocol()
    ancient.server = serving.WebServer(None, endpoints=["tcp:0"], most_body_bytes=0)
    ancient.state = PushProtocol.STATE_OPEN
    ancient.socket_opened = ancient.last_ping = 0.0
    ancient.serverClose = ancient._sendAutoPing = pytest.fail
    ancient.check_timeouts()


@pytest.mark.skipif(longest_queue() <= USUAL_QUEUE, reason="this system keeps no longer queue than Twisted asks for")
def test_all_who_come_at_once_wait_at_the_door_and_are_let_in() -> None:
    """As all screens of a site do, when the server is busy after it has started anew."""
    with server() as running, ExitStack() as crowd:
        running.tell(signal.SIGSTOP)
        count = min(3 * USUAL_QUEUE, longest_queue())
        lines = [socket.create_connection((HOST, running.port), PATIENCE_SECONDS) for _ in range(count)]
        for line in lines:
            crowd.enter_context(line)
            line.sendall(HANDSHAKE)
        running.tell(signal.SIGCONT)
        for line in lines:
            assert b" 101 " in read_until(line, b"\r\n\r\n")


@pytest.mark.parametrize("module", ["eqboard.ops.serving", "eqboard.ops.pushing", "eqboard.server"])
def test_twisted_runs_on_asyncio_whatever_is_imported_first(module: str) -> None:
    told = f"import {module}; from twisted.internet import reactor; print(type(reactor).__name__)"
    command = (sys.executable, "-W", "error::UserWarning", "-c", told)
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() == "AsyncioSelectorReactor"


def test_a_form_that_twisted_would_not_read_comes_to_the_application() -> None:
    with server() as running, closing(HTTPConnection(HOST, running.port, timeout=PATIENCE_SECONDS)) as connection:
        headers = {"Content-Type": "multipart/form-data; boundary=xx"}
        connection.request("POST", "/counts", b"--xx\r\nContent-Disp", headers)
        running.hears("18 bytes")
        assert connection.getresponse().status == 200
