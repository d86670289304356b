"""A reference's own end: it says where it listens, and hears what to send."""

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator

from eqboard.ops.bench.sockets import HOST

BACKLOG = 1024


def listener() -> socket.socket:
    """Of which the port is told at once."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # said, as asyncio lets only those send at once who say it
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, 0))
    listening.listen(BACKLOG)
    print(listening.getsockname()[1], flush=True)
    return listening


async def texts() -> AsyncIterator[bytes]:
    """What is to be sent to everybody, until there is no more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        try:
            (length,) = struct.unpack("!I", await reader.readexactly(4))
            yield await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return
