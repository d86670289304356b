"""A probe says yes or no, and never raises."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from eqboard.ops import probes
from eqboard.ops.probes import accepts, answers_ping, http_get, parse_answer

HOST = "127.0.0.1"


@asynccontextmanager
async def server(answer: Callable[[bytes], bytes | None]) -> AsyncIterator[int]:
    """A TCP server that answers the first thing it hears, or keeps silent for None; gives its port."""
    ended: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(end := asyncio.Event())
        said = answer(await reader.read(1000))
        if said is None:
            await reader.read()  # silent until the other side hangs up
        else:
            writer.write(said)
        writer.close()
        await writer.wait_closed()
        end.set()

    running = await asyncio.start_server(serve, HOST, 0)
    async with running:
        yield running.sockets[0].getsockname()[1]
    for end in ended:
        await end.wait()


async def test_redis_answers_a_ping(redis_url: str) -> None:
    assert await answers_ping(Path(unquote(urlsplit(redis_url).path)))


async def test_a_socket_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert not await answers_ping(tmp_path / "redis.sock")


async def test_a_file_that_is_no_socket_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "redis.sock").touch()
    assert not await answers_ping(tmp_path / "redis.sock")


async def test_a_server_that_listens_is_accepted() -> None:
    async with server(lambda heard: b"") as port:
        assert await accepts(HOST, port)


async def test_a_port_that_nobody_listens_on_is_not() -> None:
    async with server(lambda heard: b"") as port:
        pass
    assert not await accepts(HOST, port)


async def test_a_page_is_read_to_its_end() -> None:
    heard = []

    def answer(request: bytes) -> bytes:
        heard.append(request)
        return b'HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n\r\n{"alive": true}'

    async with server(answer) as port:
        assert await http_get(HOST, port, "/healthz") == (503, b'{"alive": true}')
    assert heard[0].startswith(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize("asking", [lambda port: http_get(HOST, port, "/"), lambda port: http_get(HOST, 1, "/")])
async def test_silence_and_refusal_are_no_page(
    asking: Callable[[int], Awaitable[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PROBE_SECONDS", 0.05)
    async with server(lambda heard: None) as port:
        assert await asking(port) is None


@pytest.mark.parametrize(
    "answer", [b"", b"+PONG\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 fine\r\n\r\n", b"\r\n\r\nbody"]
)
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    assert parse_answer(answer) is None
