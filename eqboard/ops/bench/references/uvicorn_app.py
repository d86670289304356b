"""An ordinary ASGI application on uvicorn, without compression: each socket has a slot, and the newest text wins."""

import asyncio
from typing import Any

import uvicorn

from eqboard.ops.bench.references.telling import listener, texts


class Slot:
    def __init__(self) -> None:
        self.text: str | None = None
        self.news = asyncio.Event()

    def put(self, text: str) -> None:
        self.text = text
        self.news.set()

    async def write(self, send: Any) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            text, self.text = self.text, None
            await send({"type": "websocket.send", "text": text})


there: set[Slot] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    slot = Slot()
    there.add(slot)
    writing = asyncio.create_task(slot.write(send))
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        there.discard(slot)
        writing.cancel()


async def tell() -> None:
    async for text in texts():
        for slot in there:
            slot.put(text.decode())


async def main() -> None:
    config = uvicorn.Config(application, lifespan="off", log_level="error", ws_per_message_deflate=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener()]))
    await tell()
    server.should_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main())
