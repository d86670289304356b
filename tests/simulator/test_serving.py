"""The server in front of the application, over real sockets: odd bytes, and connections that end on purpose."""

import json
import re
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from random import Random

import pytest
from daphne.http_protocol import HTTPFactory
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from eqboard.simulator.channel import LINGER_SECONDS, STALLED_SECONDS, SimulatorChannel
from eqboard.simulator.serving import SimulatorServer
from tests.environment import KEY_CANARY
from tests.pretend_server import PretendServer, pretend_server

DEADLINE_SECONDS = 60
API = b"/eq/api/2.0"
KEY = b"?auth_key=" + KEY_CANARY.encode()
POST_TO = API + b"/steal_queued_call" + KEY


@pytest.fixture(scope="module")
def simulator() -> Iterator[PretendServer]:
    with pretend_server("--scenario", "by_hand", "--queues", "2", "--agents", "3", stderr=subprocess.PIPE) as server:
        yield server
        assert server.end() == (0, "", "")  # and not a word in the log about all that follows


def get(path: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    lines = [method + b" " + path + b" " + version, b"Host: eq", b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def post(body: bytes, *headers: bytes) -> bytes:
    return get(POST_TO, *headers, method=b"POST") + body


def connected(server: PretendServer) -> socket.socket:
    where = urllib.parse.urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=DEADLINE_SECONDS)


def tell(server: PretendServer, request: bytes) -> tuple[int, object]:
    """Status and JSON value of the answer to these bytes."""
    with connected(server) as connection:
        connection.sendall(request)
        answer = HTTPResponse(connection, method=request.partition(b" ")[0].decode("latin-1"))
        answer.begin()
        body = answer.read()
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, json.loads(body) if body else None


def assert_refused(said: tuple[int, object]) -> None:
    status, errors = said
    assert 400 <= status < 500
    assert isinstance(errors, list)
    assert errors
    assert all(set(each) == {"parameter", "type", "description"} and each["description"] for each in errors)


# Whatever bytes come

NO_HTTP = {
    "a letter that is no ASCII": get(b"/\xff\xfe"),
    "the same in the query": get(API + b"/parked_calls" + KEY + b"&x=\x90"),
    "a blank in the path": get(b"/a b"),
    "no version": b"GET /\r\n\r\n",
    "another version": get(b"/", version=b"HTTP/1.9"),
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "every byte there is": bytes(range(256)) + b"\r\n\r\n",
    "nothing but ends of lines": b"\r\n\r\n\r\n",
    "lines that end in another way": b"GET / HTTP/1.1\n\n",
    "a line of 20 KB": get(b"/" + b"a" * 20_000),
    "a line without an end": b"GET /" + b"a" * 200_000,
    "600 headers": get(b"/", *(b"X-%d: 1" % place for place in range(600))),
    "a head of 60 KB": get(b"/", *(b"X-%d: " % place + b"a" * 1000 for place in range(60))),
    "a header without a colon": get(b"/", b"nonsense"),
    "a header with a NUL": get(b"/", b"X-Name: a\x00b"),
    "a header with a control character": get(b"/", b"X-Name: a\x0bb"),
    "a header with an odd name": get(b"/", b"X Name: b"),
    "a length that is none": post(b"", b"Content-Length: abc"),
    "a length below nothing": post(b"", b"Content-Length: -5"),
    "a length of 5,000 digits": post(b"", b"Content-Length: " + b"9" * 5000),
    "two lengths": post(b"abcdef", b"Content-Length: 5", b"Content-Length: 6"),
    "a length and chunks": post(b"abcdef", b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    "an encoding that nobody knows": post(b"abc", b"Transfer-Encoding: gzip"),
    "a chunk of no size": post(b"zz\r\nabc\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"),
    "a chunk of 2,000 digits": post(b"F" * 2000 + b"\r\nabc", b"Transfer-Encoding: chunked"),
    "a chunk of 10 digits": post(b"F" * 10 + b"\r\nabc", b"Transfer-Encoding: chunked"),
    "chunks whose lines end in another way": post(b"3\nabc\n0\n\n", b"Transfer-Encoding: chunked"),
    "chunks that end in another way": post(b"3\r\nabc\r\n0\r\nX: 1\n\n", b"Transfer-Encoding: chunked"),
}


@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused_in_json(simulator: PretendServer, request_bytes: bytes) -> None:
    status, errors = tell(simulator, request_bytes)
    assert_refused((status, errors))
    assert status == 400


ODD = {
    "a path to somewhere else": (get(b"/" + API + b"/parked_calls" + KEY), 404),
    "dots": (get(API + b"/../2.0/parked_calls" + KEY), 404),
    "slashes in a name": (get(API + b"/agent/1%2f1" + KEY), 404),
    "NUL and half letters": (get(API + b"/agent/%00%ff" + KEY), 404),
    "8 KB of a name": (get(API + b"/call_queue/" + b"x" * 8192 + KEY), 404),
    "a star": (get(b"*", method=b"OPTIONS"), 404),
    "a method of HTTP": (get(API + b"/parked_calls" + KEY, method=b"TRACE"), 405),
    "a method of nobody": (get(API + b"/parked_calls" + KEY, method=b"M-SEARCH"), 405),
    "a form without its boundary": (post(b"abc", b"Content-Type: multipart/form-data", b"Content-Length: 3"), 400),
    "a type that is none": (post(b"abc", b"Content-Type: \xff;;=", b"Content-Length: 3"), 400),
    "a wish for magic": (post(b"abc", b"Expect: magic", b"Content-Length: 3"), 400),
    "a fine body in chunks": (post(b"3\r\na=b\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"), 400),
}


@pytest.mark.parametrize(("request_bytes", "status"), ODD.values(), ids=ODD)
def test_what_is_odd_is_refused_by_the_application(simulator: PretendServer, request_bytes: bytes, status: int) -> None:
    said = tell(simulator, request_bytes)
    assert_refused(said)
    assert said[0] == status


@pytest.mark.parametrize(
    "header",
    [
        b"Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13",
        b"Upgrade: websocket\r\nSec-WebSocket-Key: \xff",
        b"Daphne-Root-Path: /eq",
        b"Daphne-Root-Path: \xff",
        b'Cookie: ;;=;\xff\xfe="\\',
        b"Accept: \xff;q=x\r\nRange: bytes=9-1",
        b"X-Folded: a\r\n b\r\n\tc",
    ],
)
def test_a_header_that_means_nothing_here_changes_nothing(simulator: PretendServer, header: bytes) -> None:
    assert tell(simulator, get(API + b"/parked_calls" + KEY, header)) == (200, [])


@pytest.mark.parametrize("address", [b"http://eq.example:80", b"HTTPS://eq.example"])
def test_the_whole_address_in_place_of_the_path_is_understood(simulator: PretendServer, address: bytes) -> None:
    assert tell(simulator, get(address + API + b"/license_usage" + KEY))[0] == 200
    assert_refused(tell(simulator, get(address + API + b"/license_usage")))


def test_hundreds_of_broken_requests_are_all_answered_in_json(simulator: PretendServer) -> None:
    rng = Random(1)
    for _ in range(300):
        assert_answered(tell(simulator, broken(rng)))


def assert_answered(said: tuple[int, object]) -> None:
    assert said[0] == 200 or assert_refused(said) is None


def broken(rng: Random) -> bytes:
    """A request with some of its bytes others, or no request at all; to its end in any case."""
    if rng.random() < 0.2:
        return b"?" + rng.randbytes(rng.choice((1, 30, 3000))) + b"\r\n\r\n"
    path = API + rng.choice((b"/parked_calls", b"/agent/1", b"/truth", b"/call_queue_statistics")) + KEY
    request = bytearray(get(path, b"Accept: application/json", b"X-Odd: 1").removesuffix(b"\r\n\r\n"))
    for _ in range(rng.choice((1, 2, 8))):
        request[rng.randrange(len(request))] = rng.randrange(256)
    return bytes(request) + b"\r\n\r\n"


def test_who_sends_on_after_a_refusal_can_read_it_all_the_same(simulator: PretendServer) -> None:
    with connected(simulator) as connection:
        connection.sendall(get(b"/\xff"))
        for _ in range(50):
            connection.sendall(b"x" * 100_000)
        answer = HTTPResponse(connection)
        answer.begin()
        assert (answer.status, len(json.loads(answer.read()))) == (400, 1)
        assert connection.recv(1) == b""


def statuses(connection: socket.socket) -> list[int]:
    """Of all that is answered, until the connection ends."""
    said = bytearray()
    while piece := connection.recv(65536):
        said += piece
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", said)]


PARKED = b"GET %s/parked_calls%s HTTP/1.1\r\nHost: eq\r\n\r\n" % (API, KEY)


def test_after_a_request_in_good_order_a_bad_one_is_refused_on_the_same_connection(simulator: PretendServer) -> None:
    with connected(simulator) as connection:
        connection.sendall(PARKED + b"\xff\xff\r\n\r\n")
        assert statuses(connection) == [200, 400]


def test_after_a_request_that_daphne_refuses_a_good_one_is_answered_on_the_same_connection(
    simulator: PretendServer,
) -> None:
    odd = PARKED.replace(b"Host: eq", b"X-Name: a\x0bb")
    with connected(simulator) as connection:
        connection.sendall(odd + PARKED + get(API + b"/parked_calls" + KEY))
        assert statuses(connection) == [400, 200, 200]


def test_a_body_in_chunks_is_refused_at_once_when_too_much_of_it_has_come(simulator: PretendServer) -> None:
    """The client says nothing of an end, and waits."""
    with connected(simulator) as connection:
        connection.sendall(post(b"", b"Transfer-Encoding: chunked"))
        for _ in range(16):
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        assert statuses(connection) == [400]


def test_a_megabyte_in_chunks_is_heard(simulator: PretendServer) -> None:
    body = b"a=" + b"x" * 999_998
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:300_000], body[300_000:])) + b"0\r\n\r\n"
    _, [error] = tell(simulator, post(chunks, b"Transfer-Encoding: chunked"))  # type: ignore[misc]
    assert error["parameter"] == "channel"


# Clients that end their half of the connection


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (PARKED, [200]),
        (get(API + b"/parked_calls" + KEY), [200]),
        (PARKED * 3, [200] * 3),
        (PARKED + b"GET / HT", [200, 400]),
        (b"GET / HT", [400]),
        (b"GET / HTTP/1.1\r\nHost: eq\r\n", [400]),
        (post(b"abc", b"Content-Length: 9"), [400]),
        (b"\xff\r\n\r\n", [400]),
        (post(b"", b"Content-Length: 9000000"), [400]),
        (b"", []),
        (b"\r\n", []),
    ],
)
def test_who_ends_their_half_is_answered_what_they_asked_and_refused_what_is_cut_off(
    simulator: PretendServer, sent: bytes, expected: list[int]
) -> None:
    with connected(simulator) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert statuses(connection) == expected


# Connections that end on purpose


def control(server: PretendServer, method: str, lever: str, **fields: object) -> object:
    url = f"{server.url}/control/{lever}?auth_key={KEY_CANARY}"
    form = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(urllib.request.Request(url, form, method=method), timeout=DEADLINE_SECONDS) as answer:
        return json.loads(answer.read())


@pytest.fixture
def faulty(simulator: PretendServer) -> Iterator[PretendServer]:
    yield simulator
    control(simulator, "DELETE", "faults")


def heard(server: PretendServer, request: bytes) -> tuple[bytes, bool]:
    """All bytes that come until the connection ends, and whether it was reset."""
    said = bytearray()
    with connected(server) as connection:
        connection.sendall(request)
        try:
            while piece := connection.recv(65536):
                said += piece
        except ConnectionResetError:
            return bytes(said), True
    return bytes(said), False


STATISTICS = b"GET %s/call_queue_statistics%s HTTP/1.1\r\nHost: eq\r\n\r\n" % (API, KEY)


def test_a_dropped_connection_is_reset_without_a_byte(faulty: PretendServer) -> None:
    control(faulty, "POST", "faults", kind="dropped", operation="call_queue_statistics.all")
    assert heard(faulty, STATISTICS) == (b"", True)
    assert tell(faulty, get(API + b"/parked_calls" + KEY)) == (200, [])


def test_an_answer_that_breaks_off_ends_after_half_of_what_it_promised(faulty: PretendServer) -> None:
    _, whole = tell(faulty, STATISTICS)
    control(faulty, "POST", "faults", kind="broken_off", operation="call_queue_statistics.all")
    said, _ = heard(faulty, STATISTICS)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert length == len(json.dumps(whole))
    assert len(body) == length // 2


def test_a_server_that_is_gone_drops_actions_too_and_comes_back(faulty: PretendServer) -> None:
    control(faulty, "POST", "eq", mode="gone")
    assert heard(faulty, post(b"a=b", b"Content-Length: 3")) == (b"", True)
    control(faulty, "POST", "eq", mode="fine")
    assert tell(faulty, post(b"a=b", b"Content-Length: 3"))[0] == 400


def test_a_client_that_does_not_wait_for_a_late_answer_leaves_no_trace(faulty: PretendServer) -> None:
    control(faulty, "POST", "faults", kind="latency", seconds=30, operation="call_queue_statistics.all")
    with connected(faulty) as connection:
        connection.sendall(STATISTICS)
    assert tell(faulty, get(API + b"/parked_calls" + KEY)) == (200, [])


def test_who_ends_their_half_gets_a_late_answer_too(faulty: PretendServer) -> None:
    control(faulty, "POST", "faults", kind="latency", seconds=0.2, operation="call_queue_statistics.all")
    with connected(faulty) as connection:
        connection.sendall(STATISTICS * 2)
        connection.shutdown(socket.SHUT_WR)
        assert statuses(connection) == [200, 200]


def test_a_server_that_is_gone_is_so_without_the_key_and_for_what_there_is_not(faulty: PretendServer) -> None:
    requests = [
        get(API + path) for path in (b"/parked_calls", b"/parked_calls?auth_key=wrong", b"/nothing" + KEY, b"/")
    ]
    assert [tell(faulty, request)[0] for request in requests] == [401, 401, 404, 404]
    control(faulty, "POST", "eq", mode="gone")
    assert [heard(faulty, request) for request in requests] == [(b"", True)] * 4
    assert tell(faulty, get(b"/control/world"))[0] == 401


def test_a_server_ends_in_good_order_with_a_request_half_told_and_one_half_answered() -> None:
    with pretend_server("--queues", "1", "--agents", "1", stderr=subprocess.PIPE) as server:
        control(server, "POST", "faults", kind="latency", seconds=30, operation="call_queue_statistics.all")
        with connected(server) as silent, connected(server) as half, connected(server) as late:
            half.sendall(b"GET / HTTP/1.1\r\nHost: eq\r\n")
            late.sendall(STATISTICS)
            assert tell(server, get(API + b"/license_usage" + KEY))[0] == 200
            assert server.end() == (0, "", "")
            assert [each.recv(1) for each in (silent, half)] == [b"", b""]


# One connection by itself, with a clock moved by hand


class Wire(StringTransport):
    """One that knows half a farewell, as TCP does, and how much of what was written has gone."""

    is_half_closed = False
    dataBuffer = b""  # noqa: N815  # Twisted's names
    offset = 0

    def loseWriteConnection(self) -> None:  # noqa: N802  # Twisted's name
        self.is_half_closed = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channel(clock: Clock) -> Iterator[SimulatorChannel]:
    async def app(scope: object, receive: object, send: object) -> None:
        """Never says a word."""

    server = SimulatorServer(app, endpoints=["tcp:0"])
    server.connections = {}
    server.http_factory = HTTPFactory(server)
    channel = server.http_factory.buildProtocol(None)
    channel.callLater = clock.callLater
    channel.makeConnection(Wire())
    yield channel
    channel.connectionLost(Failure(ConnectionDone()))


def said_by(channel: SimulatorChannel) -> bytes:
    return bytes(channel.transport.value())


@pytest.mark.parametrize("begun", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: eq\r\n", post(b"abc", b"Content-Length: 9")])
def test_a_request_that_does_not_come_to_its_end_is_told_so_after_a_minute(
    channel: SimulatorChannel, clock: Clock, begun: bytes
) -> None:
    channel.dataReceived(begun)
    clock.advance(59)
    assert said_by(channel) == b""
    clock.advance(1)
    assert said_by(channel).startswith(b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\n")
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in said_by(channel)
    assert channel.transport.is_half_closed
    clock.advance(LINGER_SECONDS)
    assert channel.transport.disconnected


def test_a_connection_on_which_nobody_asks_is_closed_without_a_word(channel: SimulatorChannel, clock: Clock) -> None:
    clock.advance(60)
    assert (said_by(channel), channel.transport.disconnecting) == (b"", True)


def test_who_is_refused_is_heard_no_more_and_let_go_when_nothing_comes(channel: SimulatorChannel, clock: Clock) -> None:
    channel.dataReceived(b"\xff\r\n\r\n")
    refused = said_by(channel)
    for _ in range(5):
        clock.advance(LINGER_SECONDS - 1)
        channel.dataReceived(STATISTICS)
    assert said_by(channel) == refused
    assert not channel.transport.disconnected
    clock.advance(LINGER_SECONDS)
    assert channel.transport.disconnected


@pytest.mark.parametrize(
    ("begun", "drip"),
    [
        (b"GET /", b"a"),
        (b"GET / HTTP/1.1\r\nX: ", b"a\r\nX: "),
        (post(b"", b"Content-Length: 900"), b"a"),
        (post(b"", b"Transfer-Encoding: chunked"), b"1\r\na\r\n"),
    ],
)
def test_a_request_that_drips_has_two_minutes_from_its_first_byte_to_its_last(
    channel: SimulatorChannel, clock: Clock, begun: bytes, drip: bytes
) -> None:
    clock.advance(50)
    channel.dataReceived(begun)
    for _ in range(11):
        clock.advance(10)
        channel.dataReceived(drip)
    assert said_by(channel) == b""
    clock.advance(10)
    assert said_by(channel).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    for _ in range(13):
        assert not channel.transport.disconnected
        clock.advance(LINGER_SECONDS - 1)
        channel.dataReceived(drip)
    clock.advance(LINGER_SECONDS - 1)
    assert channel.transport.disconnected


@pytest.fixture
def answered(channel: SimulatorChannel) -> Callable[..., None]:
    """A request comes, and is answered."""

    def answer(*headers: bytes) -> None:
        lines = b"".join(header + b"\r\n" for header in (b"Host: eq", *headers))
        channel.dataReceived(b"GET / HTTP/1.1\r\n" + lines + b"\r\n")
        channel.requests[0].basic_error(404, b"", "Nothing")

    return answer


async def test_each_request_on_a_connection_has_its_own_two_minutes(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None]
) -> None:
    for _ in range(5):
        channel.dataReceived(b"\r\n")
        clock.advance(50)
        answered()
    assert said_by(channel).count(b"HTTP/1.1 404") == 5
    channel.dataReceived(b"GET")
    clock.advance(59)
    channel.dataReceived(b" ")
    clock.advance(59)
    channel.dataReceived(b"/")
    assert b"408" not in said_by(channel)
    clock.advance(2)
    assert b"408" in said_by(channel)


@pytest.mark.parametrize("header", [b"Connection: close", b"Accept: */*"])
async def test_a_client_that_takes_nothing_of_its_answer_is_let_go(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None], header: bytes
) -> None:
    answered(header)
    channel.transport.dataBuffer, channel.transport.offset = b"x" * 1000, 300
    for _ in range(4):
        clock.advance(STALLED_SECONDS)
    assert channel.transport.disconnected
    assert b"408" not in said_by(channel)


@pytest.mark.parametrize("header", [b"Connection: close", b"Accept: */*"])
async def test_a_client_that_takes_its_answer_slowly_is_waited_for(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None], header: bytes
) -> None:
    answered(header)
    for offset in range(1, 1000, 100):
        channel.transport.dataBuffer, channel.transport.offset = b"x" * 1000, offset
        clock.advance(STALLED_SECONDS)
    assert not channel.transport.disconnected


async def test_the_next_request_waits_until_the_answers_before_it_have_gone(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None]
) -> None:
    """Or a client that asks and never reads would fill our memory."""
    channel.pauseProducing()  # as the transport does it when more than 64 KB are unsent
    answered()
    channel.dataReceived(PARKED * 2)
    assert channel.requests == []
    assert channel.transport.producerState == "paused"
    channel.resumeProducing()
    assert len(channel.requests) == 1
    assert channel.transport.producerState == "producing"
    assert said_by(channel).count(b"HTTP/1.1") == 1
    clock.advance(600)  # it is at work: there is no hurry
    assert not channel.transport.disconnected


async def test_a_client_that_asks_on_and_never_reads_is_let_go(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None]
) -> None:
    channel.pauseProducing()
    answered()
    channel.dataReceived(PARKED * 2)
    clock.advance(STALLED_SECONDS)
    assert channel.transport.disconnected


async def test_who_has_ended_their_half_does_not_hold_a_late_answer_for_ever(
    channel: SimulatorChannel, clock: Clock
) -> None:
    channel.dataReceived(PARKED)
    channel.readConnectionLost()
    clock.advance(LINGER_SECONDS - 1)
    channel.readConnectionLost()  # as when Twisted tries to read again
    assert not channel.transport.disconnected
    clock.advance(LINGER_SECONDS)
    assert channel.transport.disconnected


async def test_a_connection_that_is_lost_leaves_nothing_to_be_done(
    channel: SimulatorChannel, clock: Clock, answered: Callable[..., None]
) -> None:
    answered()
    channel.dataReceived(b"GET / HT")
    channel.connectionLost(Failure(ConnectionDone()))
    assert clock.getDelayedCalls() == []


def test_what_daphne_may_log_of_a_request_has_no_key_in_it(channel: SimulatorChannel) -> None:
    channel.dataReceived(b"GET / HTTP/1.1\r\n")
    [request] = channel.requests
    request.uri = API + b"/parked_calls" + KEY
    assert KEY_CANARY not in f"{request!r} {request}"


def test_twisted_still_calls_its_own_refusal_by_the_name_that_we_override() -> None:
    """Or it would send an empty 400 again; all of test_what_is_no_http_is_refused_in_json would tell it too."""
    assert callable(HTTPChannel.__dict__["_respondToBadRequestAndDisconnect"])
    assert "_respondToBadRequestAndDisconnect" in SimulatorChannel.__dict__


def test_twisted_still_has_what_we_look_at(channel: SimulatorChannel) -> None:
    """How far its sending is, and where a body in chunks stands."""
    assert (FileDescriptor.dataBuffer, FileDescriptor.offset) == (b"", 0)
    channel.dataReceived(post(b"9\r\nabc", b"Transfer-Encoding: chunked"))
    decoder = channel._transferDecoder
    assert (decoder.state, decoder.length, bytes(decoder._buffer)) == ("BODY", 6, b"")
    assert not channel._handlingRequest
    assert not channel._waitingForTransport
    assert not channel._busyReceiving
