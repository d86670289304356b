"""The library `websockets` with its `broadcast`, without compression."""

import asyncio

from websockets.asyncio.server import ServerConnection, broadcast, serve

from eqboard.ops.bench.references.telling import listener, texts

there: set[ServerConnection] = set()


async def look(connection: ServerConnection) -> None:
    there.add(connection)
    try:
        await connection.wait_closed()
    finally:
        there.discard(connection)


async def main() -> None:
    async with serve(look, sock=listener(), compression=None):
        async for text in texts():
            broadcast(there, text.decode())


if __name__ == "__main__":
    asyncio.run(main())
