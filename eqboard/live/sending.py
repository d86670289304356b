"""A line over any ASGI server's `send`, for servers that offer none of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from eqboard.line import Message, nobody

GIVE_UP_SECONDS = 30.0  # a server that waits for its reader waits no longer than we do


class SendLine:
    """Messages wait in one slot while those before them leave. Whoever comes to a full one finds it emptied: what it
    held is outdated, and the whole board has to follow.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self.on_resume: Callable[[], None] = nobody
        self._send = send
        self._slot: Sequence[Message] | None = None
        self._has_refused = False
        self._wake = asyncio.Event()

    @property
    def lagging(self) -> bool:
        return self._slot is not None or self._has_refused

    def push(self, messages: Sequence[Message]) -> bool:
        if self.lagging:
            self.miss()
            return False
        self._slot = messages
        self._wake.set()
        return True

    def miss(self) -> None:
        self._slot, self._has_refused = None, True

    async def write(self) -> None:
        """Send what comes, until cancelled. Raises TimeoutError when the reader has stopped, and what `send` raises."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            messages, self._slot = self._slot, None
            async with asyncio.timeout(GIVE_UP_SECONDS):
                for message in messages or ():
                    await self._send(message.text)
            if self._has_refused:
                self._has_refused = False
                self.on_resume()
