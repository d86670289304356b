"""How many requests EQ gets, at most, from whoever reads it for the boards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from eqboard.floor.snapshot import REST_SHARE


class Allowance:
    """So many requests in any minute, and no more.

    Each takes its share of a minute. EQ may be asked again while no more than `at_once` are ahead of their time; that
    many may then go out together. Twice as many of a minute's requests are kept back for it.
    """

    def __init__(
        self,
        per_minute: int,
        at_once: int = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` tells seconds and never goes back. ValueError when nothing would be left."""
        if per_minute <= 2 * at_once:
            raise ValueError("What goes out at once would be more than a minute allows.")
        self._each_seconds = 60.0 / (per_minute - 2 * at_once)
        self._ahead_seconds = at_once * self._each_seconds
        self._clock = clock
        self._sleep = sleep
        self._taken_until = clock()
        self._waiting = asyncio.Lock()

    @property
    def free_at(self) -> float:
        """From when on EQ may be asked again, by the clock."""
        return self._taken_until - self._ahead_seconds

    def take(self) -> None:
        """A request goes out. It is not held back here, but what comes after it is."""
        self._taken_until = max(self._taken_until, self._clock()) + self._each_seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """For a request that can wait, as a round cannot: one begins at a time, and EQ has a rest after its answer."""
        async with self._waiting:
            while (wait_seconds := self.free_at - self._clock()) > 0:
                await self._sleep(wait_seconds)
            self.take()
        began = self._clock()
        try:
            yield
        except Exception:  # an error is an answer, too; and a silence that was too long needs its rest most of all
            await self._rest(began)
            raise
        await self._rest(began)

    async def _rest(self, began: float) -> None:
        await self._sleep(REST_SHARE * (self._clock() - began))
