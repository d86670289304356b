"""The floor: bytes made once and written to every socket, by asyncio's own loop. Nobody sends for less in Python."""

import asyncio

from eqboard.ops.bench.frames import framed, welcome
from eqboard.ops.bench.references.telling import listener, texts

there: set[asyncio.Transport] = set()


class Socket(asyncio.Protocol):
    """Says yes to whatever comes first, and hears nothing after that."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.transport = transport
        self.has_answered = False

    def data_received(self, data: bytes) -> None:
        if not self.has_answered:
            self.has_answered = True
            self.transport.write(welcome(""))
            there.add(self.transport)

    def connection_lost(self, reason: Exception | None) -> None:
        there.discard(self.transport)


async def serve() -> None:
    await asyncio.get_running_loop().create_server(Socket, sock=listener())
    async for text in texts():
        frame = framed(text.decode())
        for transport in there:
            transport.write(frame)


if __name__ == "__main__":
    asyncio.run(serve())
