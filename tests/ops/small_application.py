"""An ASGI application whose requests are slow in every way, in the real server: `small_application.py FD`, and how long
the end may take (ENDING_SECONDS, LAST_SECONDS). What it says of itself goes to stdout, line by line.
"""

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor
from asgiref.sync import async_to_sync, sync_to_async

from eqboard.loops import endings
from eqboard.ops import serving

BIG_BYTES = 32 * 1024 * 1024  # more than systems keep of a connection for a reader who is slow
MOST_BODY_BYTES = 1000
ASK_SECONDS = 0.02


def say(word: str) -> None:
    print(word, flush=True)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    kind = scope["type"]
    if kind == "lifespan":
        await live(receive, send)
    elif kind == "websocket":
        await hold(receive, send)
    else:
        await answer(scope, send, receive)


async def live(receive: Any, send: Any) -> None:
    for word in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{word}"
        say(word)
        await send({"type": f"lifespan.{word}.complete"})


async def hold(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        say("heard")


async def answer(scope: dict[str, Any], send: Any, receive: Any) -> None:
    path, asked = scope["path"], scope["query_string"].decode()
    say(f"begun {scope['root_path']}{path}")
    if path == "/until":
        await until_there(Path(asked))
    elif path == "/counts":
        say(f"{await come_bytes(receive)} bytes")
    elif path in ENDLESS:
        await ENDLESS[path]()
    body = b"x" * BIG_BYTES if path == "/big" else b"here"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    say(f"answered {path}")


async def come_bytes(receive: Any) -> int:
    count, more_body = 0, True
    while more_body:
        message = await receive()
        count, more_body = count + len(message["body"]), message["more_body"]
    return count


async def until_there(file: Path) -> None:
    while not file.exists():  # noqa: ASYNC240 (another process makes it)
        await asyncio.sleep(ASK_SECONDS)


async def wait() -> None:
    await asyncio.Event().wait()


async def refuse_to_end() -> None:
    while True:
        try:
            await wait()
        except asyncio.CancelledError:
            say("not now")


async def wait_in_a_thread() -> None:
    """As synchronous middleware does: its thread waits for the event loop."""
    await sync_to_async(async_to_sync(wait), thread_sensitive=False)()


async def sleep_in_a_thread() -> None:
    """As a database does that is locked for good."""
    await sync_to_async(threading.Event().wait, thread_sensitive=False)()


async def wait_for_the_end() -> None:
    """As several presses do that take turns: they look whether more is to be begun."""
    await endings.get().wait()


ENDLESS = {
    "/waits": wait,
    "/refuses": refuse_to_end,
    "/waits-in-a-thread": wait_in_a_thread,
    "/sleeps-in-a-thread": sleep_in_a_thread,
    "/until-the-end": wait_for_the_end,
}


if __name__ == "__main__":
    file, serving.ENDING_SECONDS, serving.LAST_SECONDS = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    serving.WebServer(application, endpoints=[f"fd:fileno={file}"], verbosity=0, most_body_bytes=MOST_BODY_BYTES).run()
