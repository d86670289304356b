"""Has EQ read at once when an effect is awaited, and twice a second while any is, however many."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from eqboard.config import get_config
from eqboard.control.background import outlive_the_request
from eqboard.feed.connection import FeedLost
from eqboard.feed.publisher import send_nudge
from eqboard.loops import PerLoop, end_if_cancelled

logger = logging.getLogger(__name__)

NUDGE_SECONDS = 0.5  # while an effect is awaited EQ is read so often, however rarely otherwise


class Nudger:
    """The first reading may come before the switch has acted (contract §4), so one is not enough."""

    def __init__(self) -> None:
        self._waiting_count = 0
        self._nobody_waits = asyncio.Event()
        self._is_nudging = False
        self._is_lost = False

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        await self._nudge()
        self._waiting_count += 1
        self._nobody_waits.clear()
        if not self._is_nudging:
            self._is_nudging = True
            outlive_the_request(self._go_on())
        try:
            yield
        finally:
            self._waiting_count -= 1
            if not self._waiting_count:
                self._nobody_waits.set()

    async def _go_on(self) -> None:
        """Until nobody waits any more."""
        try:
            while self._waiting_count:
                with suppress(TimeoutError):
                    async with asyncio.timeout(NUDGE_SECONDS):
                        await self._nobody_waits.wait()
                if self._waiting_count:
                    await self._nudge()
                end_if_cancelled()
        finally:
            self._is_nudging = False

    async def _nudge(self) -> None:
        try:
            await send_nudge(get_config().redis_url)
        except FeedLost:
            if not self._is_lost:
                logger.warning("The poller could not be nudged: Redis is away")
            self._is_lost = True
        else:
            self._is_lost = False


nudgers = PerLoop(Nudger)
