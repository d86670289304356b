"""Holding a claim while something is done: "Dana is stealing this" for all others to see."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import digest
from eqboard.control.doing.attempt import Attempt
from eqboard.feed.claims import Claim, Claims
from eqboard.feed.connection import FeedLost
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

LASTS = timedelta(seconds=10)  # a claim whose process died is over after this
KEEP_SECONDS = 3.0
NEXT = "next:"  # begins the slot of what takes the place of something that lasts

books = PerLoop(lambda: Claims(get_config().redis_url))


@dataclass(frozen=True, slots=True)
class Other:
    """Who was faster. `same`: the one who presses now did the same before; their attempt goes on."""

    obstacle: Obstacle
    same: uuid.UUID | None


class Hold:
    """One attempt's claim. Who goes over from what lasts to the next thing, as from spying to whispering, holds both
    until the next is seen: it may be refused, or not happen, and then the first goes on.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._slot = attempt.target.slot
        self._former: Claim | None = None
        self._since = datetime.min.replace(tzinfo=UTC)
        self._destination = ""  # the slot of the telephone to which a caller is sent
        self._changing = asyncio.Lock()  # what keeps the claim meanwhile knows which slot it is
        self.is_ours = True

    async def take(self) -> Other | None:
        """None: it is ours. Raises FeedLost."""
        now = await self._now()
        self._since = now
        claim = self._claim(now)
        holder = await books.get().take(claim, now)
        if holder is not None and holder.attempt == self._attempt.order.undoes:
            await books.get().release(holder.slot, holder.attempt)
            holder = await books.get().take(claim, now)
        if holder is not None and self._attempt.action.lasts and _is_ones_own_before(holder, claim):
            self._former, self._slot = holder, f"{NEXT}{self._slot}"
            holder = await books.get().take(replace(claim, slot=self._slot), now)
        if holder is not None:
            return _other(holder, claim)
        return await self._take_destination(claim, now)

    async def _take_destination(self, claim: Claim, now: datetime) -> Other | None:
        """Of two callers who are sent to one telephone at once the second would be lost: nobody is free for them."""
        order = self._attempt.order
        if not self._attempt.action.has_journey or not order.destination:
            return None
        slot = f"to:{order.destination}"
        holder = await books.get().take(replace(claim, slot=slot, subject=slot), now)
        if holder is None:
            self._destination = slot
            return None
        await self.let_go()
        return Other(Obstacle(Why.BUSY, where=order.destination), None)

    async def go_over(self) -> None:
        """It is seen: what its actor did before is over."""
        now = await self._now()
        async with self._changing:
            if self._former is None:
                return
            former, interim = self._former, self._slot
            self._former, self._slot = None, former.slot
            try:
                self.is_ours = await books.get().go_over(former, interim, self._claim(now), now)
            except FeedLost:
                logger.debug("Redis is away: %s holds no claim any more", self._attempt.id)

    async def resume(self, began_at: datetime) -> bool:
        """Whether the claim of what began then, by our clock, and goes on already is ours now. Raises FeedLost."""
        floor, now = await followers.get().newest(), await self._now()
        self._since = floor.theirs(began_at)
        return await books.get().take(self._claim(now), now) is None

    def _claim(self, now: datetime) -> Claim:
        attempt = self._attempt
        return Claim(
            slot=self._slot,
            subject=attempt.target.subject,
            action=attempt.order.action,
            user_id=attempt.actor.user.pk,
            who=attempt.actor.name,
            attempt=str(attempt.id),
            since=self._since,
            until=now + LASTS,
            order=digest(attempt.order),
        )

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """As long as this lasts, the claim does. `is_ours` tells whether it still is."""
        is_over = asyncio.Event()
        task = asyncio.create_task(self._keep_until(is_over))
        try:
            yield
        finally:
            is_over.set()  # and not cancelled: what it asks of Redis is heard to its end
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_until(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(KEEP_SECONDS):
                    await is_over.wait()
                    return
            await self.renew()

    async def renew(self) -> None:
        """A claim that Redis has lost is taken anew; only one that another attempt has is not ours any more. Without
        Redis nobody has it.
        """
        now = await self._now()
        try:
            async with self._changing:
                await self._renew(now)
        except FeedLost:
            logger.debug("Redis is away: the claim %s is not kept", self._attempt.id)

    async def _renew(self, now: datetime) -> None:
        book, attempt = books.get(), str(self._attempt.id)
        if self._destination:
            await book.keep(self._destination, attempt, now + LASTS)
        if not await book.keep(self._slot, attempt, now + LASTS):
            holder = await book.take(self._claim(now), now)
            self.is_ours = holder is None or holder.attempt == attempt

    async def let_go(self) -> None:
        try:
            for slot in filter(None, (self._slot, self._destination)):
                await books.get().release(slot, str(self._attempt.id))
        except FeedLost:
            logger.debug("The claim %s ends by itself: Redis is away", self._attempt.id)

    async def _now(self) -> datetime:
        """By the poller's clock."""
        return (await followers.get().newest()).theirs(datetime.now(UTC))


def _is_ones_own_before(holder: Claim, ours: Claim) -> bool:
    """Somebody goes over from what they do to something else: from spying to whispering, or to another agent."""
    return holder.user_id == ours.user_id and not _is_same(holder, ours)


def _is_same(holder: Claim, ours: Claim) -> bool:
    return (holder.user_id, holder.subject, holder.order) == (ours.user_id, ours.subject, ours.order)


def _other(holder: Claim, ours: Claim) -> Other:
    who = "" if holder.user_id == ours.user_id else holder.who  # one's own last press is not somebody else's
    obstacle = Obstacle(Why.CLAIMED, who=who, action=holder.action)
    return Other(obstacle, uuid.UUID(holder.attempt) if _is_same(holder, ours) else None)
