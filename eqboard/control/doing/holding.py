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
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import digest
from eqboard.control.doing.attempt import Attempt
from eqboard.feed import slots
from eqboard.feed.claims import Claim, Claims
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

LASTS = timedelta(seconds=10)  # a claim whose process died is over after this
KEEP_SECONDS = 3.0

books = PerLoop(lambda: Claims(get_config().redis_url))


@dataclass(frozen=True, slots=True)
class Other:
    """Who was faster. `same`: the one who presses now did the same before; their attempt goes on."""

    obstacle: Obstacle
    same: uuid.UUID | None


class Hold:
    """One attempt's claim, and that of the telephone which it makes ring: of two that ring at once one would fail, and
    of two callers who are sent there the second would be lost.

    Who goes over from what lasts to the next thing, as from spying to whispering, holds both until the next is seen: it
    may be refused, or not happen, and then the first goes on.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._slot = attempt.target.slot
        self._former: Claim | None = None
        self._since = datetime.min.replace(tzinfo=UTC)
        self._is_next_seen = False  # what the former one did is over, though Redis may not know it yet
        self._telephone = ""  # the slot of the telephone that rings, where that is another one
        self._changing = asyncio.Lock()  # what keeps the claim meanwhile knows which slot it is
        self._rival: Claim | None = None  # who has it, though it was ours

    @property
    def is_ours(self) -> bool:
        """As it was found when it was kept last."""
        return self._rival is None

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
            self._former, self._slot = holder, slots.following(self._slot)
            holder = await books.get().take(replace(claim, slot=self._slot), now)
        if holder is not None:
            return self._in_the_way(holder, claim)
        try:
            return await self._take_telephone(now)
        except BaseException:
            await self.let_go()
            raise

    def _in_the_way(self, holder: Claim, claim: Claim) -> Other:
        """What lasts is held by its telephone, which may be about to ring for somebody else."""
        if self._attempt.action.lasts and not _lasts(holder):
            return _is_busy(slots.rung(claim.slot))
        return _other(holder, claim)

    async def _take_telephone(self, now: datetime) -> Other | None:
        """None: it is ours, or none rings, or it is held already by what lasts."""
        floor, attempt = await followers.get().newest(), self._attempt
        extension = attempt.action.rings(attempt.order, floor.snapshot)
        slot = slots.ringing(extension or "")
        if extension is None or slot == attempt.target.slot:
            return None
        self._telephone = slot
        if await books.get().take(self._telephone_claim(now), now) is None:
            return None
        await self.let_go()
        return _is_busy(extension)

    async def go_over(self) -> None:
        """It is seen: what its actor did before is over."""
        self._is_next_seen = True
        await self.renew()

    async def _go_over(self, former: Claim, now: datetime) -> None:
        """Only Redis's answer makes it so: until then the former one keeps its slot, and this one its own."""
        claim = replace(self._claim(now), slot=former.slot)
        await books.get().go_over(former, self._slot, claim, now)
        self._former, self._slot = None, former.slot

    def is_giving_way(self, floor: Floor) -> bool:
        """Whether its actor is about to go over to something else: whatever is seen meanwhile may be that."""
        return slots.following(self._slot) in floor.claims

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

    def _telephone_claim(self, now: datetime) -> Claim:
        """It marks nobody's row."""
        return replace(self._claim(now), slot=self._telephone, subject=self._telephone)

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
        """Keep it, and go over if that is due. Without Redis nobody has it."""
        now = await self._now()
        try:
            async with self._changing:
                await self._renew(now)
        except FeedLost:
            logger.debug("Redis is away: the claim %s is not kept", self._attempt.id)

    async def lost_to(self) -> Obstacle | None:
        """Who has it, where Redis forgot it and somebody else took it since. None: it is ours, as far as is known."""
        await self.renew()
        return _other(self._rival, self._claim(await self._now())).obstacle if self._rival else None

    async def _renew(self, now: datetime) -> None:
        if self._former is not None and self._is_next_seen:
            await self._go_over(self._former, now)
        self._rival = await _keep_or_take(self._claim(now), now)
        if self._telephone:
            await _keep_or_take(self._telephone_claim(now), now)

    async def let_go(self) -> None:
        try:
            for slot in filter(None, (self._slot, self._telephone)):
                await books.get().release(slot, str(self._attempt.id))
        except FeedLost:
            logger.debug("The claim %s ends by itself: Redis is away", self._attempt.id)

    async def _now(self) -> datetime:
        """By the poller's clock."""
        return (await followers.get().newest()).theirs(datetime.now(UTC))


async def _keep_or_take(claim: Claim, now: datetime) -> Claim | None:
    """None: it is ours. One that Redis has lost is taken anew; else who has it."""
    if await books.get().keep(claim.slot, claim.attempt, claim.until):
        return None
    holder = await books.get().take(claim, now)
    return holder if holder is not None and holder.attempt != claim.attempt else None


def _is_ones_own_before(holder: Claim, ours: Claim) -> bool:
    """Somebody goes over from what they do to something else: from spying to whispering, or to another agent."""
    is_one = holder.user_id == ours.user_id and not _is_same(holder, ours)
    return is_one and _lasts(holder)


def _lasts(claim: Claim) -> bool:
    """An action of another version is none that could be gone over from."""
    return claim.action in CATALOGUE and CATALOGUE[claim.action].lasts


def _is_busy(extension: str | None) -> Other:
    return Other(Obstacle(Why.BUSY, where=extension or ""), None)


def _is_same(holder: Claim, ours: Claim) -> bool:
    return (holder.user_id, holder.subject, holder.order) == (ours.user_id, ours.subject, ours.order)


def _other(holder: Claim, ours: Claim) -> Other:
    who = "" if holder.user_id == ours.user_id else holder.who  # one's own last press is not somebody else's
    obstacle = Obstacle(Why.CLAIMED, who=who, action=holder.action)
    return Other(obstacle, uuid.UUID(holder.attempt) if _is_same(holder, ours) else None)
