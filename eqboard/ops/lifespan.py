"""The server's part of ASGI's lifespan: the application is told when the server begins, and before it ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
SCOPE = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}


class Lifespan:
    """One run of the application, as long as the server's. One that fails has nothing to say at the end."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def start(self) -> None:
        self._said.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.get_event_loop().create_task(self._run())

    async def stop(self) -> None:
        """Returns when the application has done what it wants to do before the end."""
        self._said.put_nowait({"type": "lifespan.shutdown"})
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            await self._application(SCOPE, self._said.get, _hear)
        except Exception:
            logger.exception("The application's beginning or end has failed")


async def _hear(message: dict[str, Any]) -> None:
    """What it answers changes nothing here: it has begun, or it ends."""
    logger.debug("The application says %s", message["type"])
