"""A door of this machine at which connections are taken one by one, and none is left behind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from eqboard.ops.showroom import HOST

LINE_ERRORS = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
"""What a connection fails with that the other side has left, or that talks too much."""

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def opened(handle: Handle) -> AsyncIterator[int]:
    """`handle` has each connection to itself. Yields the port; whatever is still handled ends with the block. Raises
    OSError.
    """
    handling: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer))
        handling.add(task)
        task.add_done_callback(handling.discard)

    server = await asyncio.start_server(accept, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
