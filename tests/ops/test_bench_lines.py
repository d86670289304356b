"""The benchmark's own ear, visitors, sockets and those who look: what they hear, what they ask, and how they fail."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

import pytest

from eqboard.ops.bench import counting
from eqboard.ops.bench import crowd as crowd_module
from eqboard.ops.bench import onlooker as onlooker_module
from eqboard.ops.bench.beats import numbers_in
from eqboard.ops.bench.counting import Had, Watch
from eqboard.ops.bench.crowd import Crowd, crowd
from eqboard.ops.bench.line import Line
from eqboard.ops.bench.onlooker import onlooker
from eqboard.ops.bench.overheard import Ear, asked, header
from eqboard.ops.bench.page import LIVE_PATH
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address, Socket
from eqboard.ops.bench.visitor import Visitor, mark_of
from eqboard.ops.showroom import free_port

KEY = "bench-canary-key"
WHOLE = '<div id="screen"></div><div id="pulse" data-frame="7" data-seq="70"></div>'


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


@asynccontextmanager
async def answering(*answers: str) -> AsyncIterator[int]:
    """A server that gives these answers to whoever asks, one after the other, and then none."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            while left:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(header(head, b"content-length") or 0))
                writer.write(left.pop(0).encode())

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def an_answer(status: str, body: str = "", *headers: str) -> str:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", body))


# The ear


async def test_the_ear_passes_everything_on_and_keeps_no_query() -> None:
    async with answering(an_answer("200 OK", "[1]"), an_answer("400 Bad", "no")) as port, Ear(port).open() as ear:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(ear.url))
        began_at = time.monotonic()
        writer.write(f"GET /queued_calls?auth_key={KEY} HTTP/1.1\r\n\r\n".encode())
        assert (await reader.readexactly(len(an_answer("200 OK", "[1]")))).endswith(b"\r\n\r\n[1]")
        body = f"auth_key={KEY}"
        writer.write(f"POST /action HTTP/1.1\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
        assert (await reader.readexactly(len(an_answer("400 Bad", "no")))).startswith(b"HTTP/1.1 400 Bad")
        writer.close()
        heard = ear.since(began_at)
    assert [(each.method, each.path, each.is_read) for each in heard] == [
        ("GET", "/queued_calls", True),
        ("POST", "/action", False),
    ]
    assert KEY not in repr(heard)
    assert all(began_at <= each.heard_at <= each.answered_at for each in heard)
    assert ear.since(heard[0].answered_at) == heard[1:]


async def test_a_server_that_says_nothing_ends_the_connection_of_whoever_asks() -> None:
    async with answering() as port, Ear(port).open() as ear:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(ear.url))
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read() == b""
        assert ear.heard == []
        writer.close()


def test_a_head_is_read_whatever_the_case_of_its_names() -> None:
    head = b"GET /a?auth_key=x HTTP/1.1\r\nCONTENT-length:  4 \r\nodd\r\n\r\n"
    assert (header(head, b"content-length"), header(head, b"cookie")) == (b"4", None)
    assert asked(head) == ("GET", "/a")


# The visitor


async def test_a_visitor_who_is_not_let_in_is_a_failure() -> None:
    page, refusal = an_answer("200 OK", "", "Set-Cookie: csrftoken=c; Path=/"), an_answer("200 OK", "wrong")
    async with answering(page, refusal) as port:
        visitor = Visitor(port)
        with pytest.raises(ServerFailed, match=r"^The web server did not let lead in: status 200\.$"):
            await visitor.sign_in("lead", "secret")
        assert visitor.cookie == "csrftoken=c"
        assert "csrftoken" not in repr(visitor)
        await visitor.leave()


async def test_a_web_server_that_is_gone_is_a_failure_and_says_at_what() -> None:
    async with answering() as port:
        with pytest.raises(ServerFailed, match=r"^The web server did not answer GET /sign-in/: \w+\.$"):
            await Visitor(port).ask("GET", "/sign-in/")


async def test_a_page_without_a_board_is_a_failure() -> None:
    async with answering(an_answer("403 Forbidden", "no team")) as port:
        visitor = Visitor(port)
        with pytest.raises(ServerFailed, match="names no socket: status 403"):
            await visitor.board_line()
        await visitor.leave()


def test_a_mark_tells_how_far_it_is_and_where_to_ask_again() -> None:
    assert mark_of('<span class="outcome" data-state="asked" hx-get="/actions/1/" hx-trigger="x">') == (
        "asked",
        "/actions/1/",
    )
    assert mark_of('<span class="outcome" data-state="confirmed">') == ("confirmed", "")
    assert mark_of("<h1>404</h1>") == ("", "")


# Sockets and those who look


@asynccontextmanager
async def board_of(greeting: str) -> AsyncIterator[tuple[Line, Address]]:
    async with Line(lambda: "page", lambda: greeting).open() as line:
        yield line, Address(port_of(line.url), LIVE_PATH, "sessionid=s3cret")


@pytest.mark.parametrize("length", [0, 125, 126, 70_000])
async def test_a_message_of_every_length_is_read(length: int) -> None:
    async with board_of("x" * length) as (_, address):
        there = await Socket.open(address)
        assert await there.read() == b"x" * length
        there.close()


async def test_an_echo_is_no_message() -> None:
    async with board_of('{"at": 0, "now": 1}') as (line, address):
        there = await Socket.open(address)
        await line.say([WHOLE])
        assert numbers_in(await there.read()) == (7, 70)
        there.close()


async def test_a_socket_that_is_refused_is_an_error_and_repeats_no_cookie() -> None:
    async with answering(an_answer("403 Forbidden")) as port:
        address = Address(port, LIVE_PATH, "sessionid=s3cret")
        with pytest.raises(ConnectionRefusedError, match="refused"):
            await Socket.open(address)
    assert "s3cret" not in repr(address)


async def test_an_onlooker_tells_in_which_frame_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    async with board_of(WHOLE) as (line, address), onlooker(address) as looking:
        began_at = time.monotonic()
        await line.say(['<li id="agent-1" data-state="paused">', '<div id="pulse" data-frame="8" data-seq="71"></div>'])
        assert (await looking.sees(rb'id="agent-1"[^>]*data-state="paused"', began_at)).number == 8
        monkeypatch.setattr(onlooker_module, "SEEN_SECONDS", 0.0)
        with pytest.raises(ServerFailed, match="not seen within 0 s"):
            await looking.sees(rb'data-state="ringing"', began_at)


async def test_a_crowd_tells_when_the_last_of_them_had_a_frame() -> None:
    async with board_of(WHOLE) as (_, address), crowd(address, 1) as others:
        busy = others.busy()
        assert busy is not None
        assert busy() >= 0.0
        assert await others.until(71, seconds=0.0) == Had(0, 0.0)


async def test_a_crowd_that_loses_one_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_module, "FRAME_SECONDS", 0.0)
    async with board_of(WHOLE) as (_, address), crowd(address, 1) as others:
        with pytest.raises(ServerFailed, match="Only 0 of 1 viewers got a frame"):
            await others.had(8)


async def test_a_crowd_that_is_sent_away_is_a_failure() -> None:
    address = Address(free_port(), LIVE_PATH, "")
    with pytest.raises(ServerFailed, match="Only 0 of 2 viewers got in"):
        async with crowd(address, 2):
            pytest.fail("nobody is there")


async def test_nobody_is_no_process() -> None:
    async with crowd(Address(1, LIVE_PATH, ""), 0) as others:
        assert (await others.had(8), others.busy()) == (None, None)
        assert isinstance(others, Crowd)


def test_of_each_frame_it_is_known_how_many_have_had_it_and_when_the_last_had() -> None:
    watch = Watch()
    for before, number, at in ((1, 2, 3.0), (1, 2, 2.0), (2, 3, 4.0)):
        watch.note(before, number, at)
    assert watch.had == {2: Had(2, 3.0), 3: Had(1, 4.0)}


def test_who_got_the_whole_board_instead_has_what_it_skipped() -> None:
    watch = Watch()
    watch.note(1, 3, 5.0)
    assert watch.had == {2: Had(1, 5.0), 3: Had(1, 5.0)}


def test_old_frames_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEPT_FRAMES", 2)
    watch = Watch()
    watch.note(0, 4, 1.0)
    assert set(watch.had) == {3, 4}
