"""The floor as this process knows it: one subscription to Redis, however many look at it (design.md, rule 7)."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

from eqboard.feed.follow import Floor
from eqboard.feed.subscriber import follow

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0  # after an error that nobody expected


class Follower:
    """Follows the floor from the first time somebody asks until `stop`. For one event loop."""

    def __init__(self, redis_url: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._redis_url = redis_url
        self._clock = clock
        self._floor: Floor | None = None  # None until Redis was looked at
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False
        self.since = clock()
        """When Redis was lost or found last."""

    @property
    def is_running(self) -> bool:
        return self._task is not None

    async def newest(self) -> Floor:
        """The floor as it is now. The first one to ask waits until Redis answered, or did not."""
        async with aclosing(self.floors()) as floors:
            return await anext(floors)

    async def floors(self) -> AsyncGenerator[Floor, None]:
        """The newest floor, now and whenever there is news, for ever. Who is slow skips what came in between."""
        self._start()
        told: Floor | None = None
        while True:
            news = self._news
            if self._floor is None or self._floor is told:
                await news.wait()
                continue
            told = self._floor
            yield told

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        """An error that nobody expected is logged once, shown as a lost feed, and tried again."""
        while True:
            try:
                async with aclosing(follow(self._redis_url)) as floors:
                    async for floor in floors:
                        self._tell(floor)
                        self._is_failing = False
            except Exception:
                if not self._is_failing:
                    logger.exception("The floor cannot be followed; trying again until it can")
                self._is_failing = True
                self._tell((self._floor or Floor()).lost())
                await asyncio.sleep(RETRY_SECONDS)

    def _tell(self, floor: Floor) -> None:
        if self._floor is None or floor.is_connected != self._floor.is_connected:
            self.since = self._clock()
        self._floor = floor
        news, self._news = self._news, asyncio.Event()
        news.set()
