"""Small questions to a server that has just been started: does it answer yet? None of them raises for "not yet"."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

PROBE_SECONDS = 5.0  # a server that takes longer over one question is not ready yet
LONGEST_ANSWER_BYTES = 64 * 1024

Connecting = Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def answers_ping(socket: Path) -> bool:
    """Whether a Redis answers on the unix socket. Its protocol takes a plain line, so this needs no client."""
    try:
        answer = await _ask(asyncio.open_unix_connection(str(socket)), b"PING\r\n", at_most_bytes=7)
    except (OSError, TimeoutError):
        return False
    return answer.startswith(b"+PONG")


async def accepts(host: str, port: int) -> bool:
    """Whether something listens on the TCP port."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def http_get(host: str, port: int, path: str) -> tuple[int, bytes] | None:
    """Status and body of a page, or None when there is no proper answer.

    HTTP/1.0, as its answers end with the connection and never come in chunks.
    """
    request = f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode("ascii")
    try:
        answer = await _ask(asyncio.open_connection(host, port), request, at_most_bytes=LONGEST_ANSWER_BYTES)
    except (OSError, TimeoutError):
        return None
    return parse_answer(answer)


def parse_answer(answer: bytes) -> tuple[int, bytes] | None:
    """The whole of an HTTP answer → (status, body); None when it is not one."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    words = head.split(maxsplit=2)
    if not blank or len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return None
    return int(words[1]), body


async def _ask(connecting: Connecting, question: bytes, *, at_most_bytes: int) -> bytes:
    """Everything a server says to one question, until it hangs up or has said enough. Raises OSError, TimeoutError."""
    async with asyncio.timeout(PROBE_SECONDS):
        reader, writer = await connecting
        try:
            writer.write(question)
            return await _read(reader, at_most_bytes)
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader, at_most_bytes: int) -> bytes:
    said = b""
    while len(said) < at_most_bytes and (more := await reader.read(at_most_bytes - len(said))):
        said += more
    return said
