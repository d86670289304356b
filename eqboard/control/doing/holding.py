"""Holding a claim while something is done: "Dana is stealing this" for all others to see."""

import logging
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.control.doing.attempt import Attempt
from eqboard.control.doing.obstacles import Obstacle, Why
from eqboard.feed.claims import Claim, Claims
from eqboard.feed.connection import FeedLost
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

LASTS = timedelta(seconds=10)  # a claim whose process died is over after this
KEEP_EVERY = timedelta(seconds=3)
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
        self._since = self._kept_at = datetime.min.replace(tzinfo=UTC)

    async def take(self) -> Other | None:
        """None: it is ours. Raises FeedLost."""
        now = await self._now()
        self._since = self._kept_at = now
        claim = self._claim(now)
        holder = await books.get().take(claim, now)
        if holder is not None and holder.attempt == self._attempt.order.undoes:
            await books.get().release(holder.slot, holder.attempt)
            holder = await books.get().take(claim, now)
        if holder is not None and self._attempt.action.lasts and _is_ones_own_before(holder, claim):
            self._former, self._slot = holder, f"{NEXT}{self._slot}"
            holder = await books.get().take(replace(claim, slot=self._slot), now)
        return None if holder is None else _other(holder, claim)

    async def go_over(self) -> None:
        """It is seen: what its actor did before is over."""
        if self._former is None:
            return
        former, interim, now = self._former, self._slot, await self._now()
        self._former, self._slot, self._kept_at = None, former.slot, now
        try:
            await books.get().release(former.slot, former.attempt)
            await books.get().take(self._claim(now), now)
            await books.get().release(interim, str(self._attempt.id))
        except FeedLost:
            logger.debug("Redis is away: %s holds no claim any more", self._attempt.id)

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
        )

    async def keep(self, *, at_once: bool = False) -> bool:
        """Called often; asks Redis every few seconds. False: another attempt has it. Without Redis nobody has."""
        now = await self._now()
        if now - self._kept_at < KEEP_EVERY and not at_once:
            return True
        self._kept_at = now
        try:
            return await books.get().keep(self._slot, str(self._attempt.id), now + LASTS)
        except FeedLost:
            return True

    async def let_go(self) -> None:
        try:
            await books.get().release(self._slot, str(self._attempt.id))
        except FeedLost:
            logger.debug("The claim %s ends by itself: Redis is away", self._attempt.id)

    async def _now(self) -> datetime:
        """By the poller's clock."""
        return (await followers.get().newest()).theirs(datetime.now(UTC))


def _is_ones_own_before(holder: Claim, ours: Claim) -> bool:
    """Somebody goes over from what they do to something else: from spying to whispering, or to another agent."""
    return holder.user_id == ours.user_id and not _is_same(holder, ours)


def _is_same(holder: Claim, ours: Claim) -> bool:
    return (holder.user_id, holder.action, holder.subject) == (ours.user_id, ours.action, ours.subject)


def _other(holder: Claim, ours: Claim) -> Other:
    obstacle = Obstacle(Why.CLAIMED, who=holder.who, action=holder.action)
    return Other(obstacle, uuid.UUID(holder.attempt) if _is_same(holder, ours) else None)
