"""An ASGI application that pushes what it is told, in the real server: `pushing_application.py FD`.

What a socket is told: `push 3 1000` is three messages of so many letters, in one go; `send 5` a message by ASGI's own
way; `close`. It says what came of it, and when a line resumes, to stdout. With `late` it lets nobody in, and
with `deaf` it does not listen.
"""

import asyncio
import sys
from typing import Any

import daphne.server  # noqa: F401  # before everything that imports Twisted's reactor

from eqboard.line import EXTENSION, Line, Message
from eqboard.ops import serving
from tests.ops.small_application import live, say

AGES = 3600.0


def text_of(letters: int) -> str:
    return ("board " * (letters // 6 + 1))[:letters]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return await live(receive, send)
    await receive()
    if sys.argv[2:] == ["late"]:
        say("asked")
        await receive()
        say("gone")
        return None
    await send({"type": "websocket.accept"})
    if sys.argv[2:] == ["deaf"]:
        await asyncio.Event().wait()
    line = scope.get("extensions", {}).get(EXTENSION)
    say("a line" if line else "no line")
    if line:
        line.on_resume = lambda: say("resumed")
    while (message := await receive())["type"] != "websocket.disconnect":
        await obey(message["text"].split(), line, send)
    say("gone")
    return None


async def obey(words: list[str], line: Line, send: Any) -> None:
    match words:
        case ["push", count, letters]:
            say(f"pushed {line.push([Message(text_of(int(letters)))] * int(count))}")
        case ["send", letters]:
            await send({"type": "websocket.send", "text": text_of(int(letters))})
        case ["close"]:
            await send({"type": "websocket.close", "code": 4408})


if __name__ == "__main__":
    if sys.argv[2:] == ["unable"]:
        serving.reason_against = lambda: "it was told not to"
    serving.PushProtocol.openHandshakeTimeout = AGES  # of autobahn's patience the tests know nothing, nor of Daphne's
    ages = {"websocket_connect_timeout": AGES}
    serving.WebServer(application, endpoints=[f"fd:fileno={sys.argv[1]}"], verbosity=0, most_body_bytes=0, **ages).run()
