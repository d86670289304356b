"""The heart: one poller leads, others stand by.

Nothing here ends the poller but the one who started it: EQ's failures become marks on the board, Redis' failures make
it stand by until Redis is back, and each is logged once when it begins and once when it ends.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import Any

from eqboard.config import Config
from eqboard.eq import EQ
from eqboard.feed import keys
from eqboard.feed.connection import FeedLost
from eqboard.feed.leader import ATTEMPT_SECONDS, Leadership, LeadershipLost
from eqboard.feed.messages import Stored, Unreadable
from eqboard.feed.publisher import Publisher
from eqboard.feed.subscriber import nudges
from eqboard.loops import end_if_cancelled
from eqboard.poller.lamp import Lamp
from eqboard.poller.lead import Lead

logger = logging.getLogger(__name__)


class Poller:
    def __init__(self, config: Config, eq: EQ) -> None:
        self._config = config
        self._eq = eq
        self._leadership = Leadership(config.redis_url)
        self._publisher = Publisher(config.redis_url)
        self._lamp = Lamp("Redis", logger)
        self._lead_lamp = Lamp("The lead", logger)
        self._work_lamp = Lamp("The work of the lead", logger)
        self._nudge_lamp = Lamp("The hearing of nudges", logger)
        self._floor: Stored | None = None  # as it was last seen, for a Redis that comes back empty

    async def run(self) -> None:
        """Stand by, lead, and stand by again, until cancelled."""
        try:
            while True:
                end_if_cancelled()
                await self._one_turn()
        finally:
            await self._hang_up()

    async def _hang_up(self) -> None:
        with suppress(*FeedLost):
            await self._leadership.close()
        with suppress(*FeedLost):
            await self._publisher.close()

    async def _one_turn(self) -> None:
        try:
            await self._lead(await self._stand_by())
        except FeedLost as error:
            self._lamp.lost(f"no answer ({type(error).__name__})")
            await self._hang_up()  # every kept connection is dead too, and would be lost once more when used
            await asyncio.sleep(ATTEMPT_SECONDS)
        except LeadershipLost:
            self._lead_lamp.lost("another poller has it, or Redis has dropped it")
            await asyncio.sleep(ATTEMPT_SECONDS)  # each lead begins with reading everything: not more often than that
        except Exception as error:
            self._work_lamp.lost(f"unexpected {type(error).__name__}", error)
            await asyncio.sleep(ATTEMPT_SECONDS)

    async def _stand_by(self) -> str:
        """Wait for the lead. Returns the epoch. Raises FeedLost."""
        is_waiting = False
        while (epoch := await self._leadership.acquire()) is None:
            end_if_cancelled()
            self._lamp.back()
            if not is_waiting:
                logger.info("Another poller leads; standing by")
            is_waiting = True
            with suppress(Unreadable):
                self._floor = await self._publisher.last_stored() or self._floor
            await asyncio.sleep(ATTEMPT_SECONDS)
        self._lamp.back()
        if not self._lead_lamp.is_lost:  # else its being back is told, once it is steady
            logger.info("This poller leads")
        return epoch

    async def _lead(self, epoch: str) -> None:
        """Read and publish until the lead or Redis is lost. Raises LeadershipLost, FeedLost."""
        try:
            before = await self._last_floor()
            end_if_cancelled()
            lead = Lead(epoch, self._config, self._eq, self._publisher, before)
            try:
                await until_one_ends(self._renew(epoch), self._hear_nudges(lead), lead.learn_names(), lead.go_round())
            finally:
                self._floor = lead.floor
                await lead.close()
        finally:
            with suppress(*FeedLost):
                await self._leadership.release(epoch)

    async def _last_floor(self) -> Stored | None:
        try:
            return await self._publisher.last_stored() or self._floor
        except Unreadable:
            logger.warning("What Redis holds at %s is no floor of this version; it is overwritten", keys.SNAPSHOT)
            return self._floor

    async def _renew(self, epoch: str) -> None:
        while True:
            await self._leadership.renew(epoch)
            for lamp in (self._lamp, self._lead_lamp, self._work_lamp):
                lamp.back()
            end_if_cancelled()
            await asyncio.sleep(ATTEMPT_SECONDS)

    async def _hear_nudges(self, lead: Lead) -> None:
        """Nudges bring the next round forward. Without them it comes all the same, so their loss ends no lead."""
        while True:
            try:
                async with aclosing(nudges(self._config.redis_url)) as heard:
                    async for _ in heard:
                        self._nudge_lamp.back()
                        lead.nudged.set()
            except FeedLost as error:
                await asyncio.sleep(ATTEMPT_SECONDS)  # if Redis itself is gone, the lead ends meanwhile
                self._nudge_lamp.lost(f"Redis refuses ({type(error).__name__})")


async def until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Run them side by side until the first ends, and raise what it raised; none is left behind.

    Not a TaskGroup: on Python 3.11 that one takes a task's failure for our own cancellation, and the other way round.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
