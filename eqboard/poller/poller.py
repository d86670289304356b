"""The heart: one poller leads, others stand by.

Nothing here ends the poller but the one who started it: EQ's failures become marks on the board, Redis' failures make
it stand by until Redis is back, and each is logged once when it begins and once when it ends.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import Any

from eqboard.config import Config
from eqboard.eq import EQ
from eqboard.feed import keys
from eqboard.feed.connection import FeedLost, name_of
from eqboard.feed.leader import ATTEMPT_SECONDS, Leadership, LeadershipLost
from eqboard.feed.publisher import Publisher
from eqboard.feed.reader import Whole
from eqboard.feed.subscriber import nudges
from eqboard.loops import end_if_cancelled
from eqboard.poller.allowance import Allowance
from eqboard.poller.hours import Hours
from eqboard.poller.lamp import Lamp
from eqboard.poller.lead import Lead
from eqboard.poller.memory import Memory

logger = logging.getLogger(__name__)


class Poller:
    """Without `hours` nothing outlives the day."""

    def __init__(
        self, config: Config, eq: EQ, hours: Hours | None = None, *, chance: random.Random | None = None
    ) -> None:
        self._config = config
        self._eq = eq
        self._chance = chance
        self._allowance = Allowance(config.eq_requests_per_minute, config.requests_at_once)
        eq.at_repeat = self._allowance.take
        self._hours = hours
        self._leadership = Leadership(config.redis_url)
        self._publisher = Publisher(config.redis_url)
        self._lamp = Lamp("Redis", logger)
        self._lead_lamp = Lamp("The lead", logger)
        self._work_lamp = Lamp("The work of the lead", logger)
        self._nudge_lamp = Lamp("The hearing of nudges", logger)
        self._in_redis = Whole()  # what was read there last
        self._memory = Memory()

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
            self._lamp.lost(f"no answer ({name_of(error)})")
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
            await self._look()
            await asyncio.sleep(ATTEMPT_SECONDS)
        self._lamp.back()
        if not self._lead_lamp.is_lost:  # else its being back is told, once it is steady
            logger.info("This poller leads")
        return epoch

    async def _lead(self, epoch: str) -> None:
        """Read and publish until the lead or Redis is lost. Raises LeadershipLost, FeedLost."""
        try:
            await self._look()
            if self._in_redis.is_foreign:
                logger.warning("What Redis holds at %s is no floor of this version; it is overwritten", keys.SNAPSHOT)
            end_if_cancelled()
            in_redis = self._in_redis.counts.history
            lead = Lead(
                epoch,
                self._config,
                self._eq,
                self._publisher,
                self._memory.newest,
                in_redis,
                self._allowance,
                chance=self._chance,
            )
            try:
                await until_one_ends(*self._works(epoch, lead))
            finally:
                self._memory.keep(lead.left)
                await lead.close()
        finally:
            with suppress(*FeedLost):
                await self._leadership.release(epoch)

    async def _look(self) -> None:
        """See what Redis holds. Raises FeedLost."""
        self._in_redis = await self._publisher.left(self._in_redis)
        self._memory.see(self._in_redis)

    def _works(self, epoch: str, lead: Lead) -> list[Coroutine[Any, Any, None]]:
        works = [self._renew(epoch), self._hear_nudges(lead), lead.learn_names(), lead.read_lines(), lead.go_round()]
        return [*works, self._hours.keep(lead)] if self._hours else works

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
                end_if_cancelled()  # as the lead ended of the same loss, at the same moment
                await asyncio.sleep(ATTEMPT_SECONDS)  # if Redis itself is gone, the lead ends meanwhile
                self._nudge_lamp.lost(f"Redis refuses ({name_of(error)})")


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
