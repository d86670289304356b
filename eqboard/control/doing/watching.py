"""After EQ accepted: the floor is watched until it shows the effect, or until time is up."""

import asyncio
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.control.audit import AlreadyDone
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS
from eqboard.control.catalogue.evidence import NO_NEWS, Evidence, Look, Stage
from eqboard.control.catalogue.listening import REVOKED, SWITCHED, UNATTENDED
from eqboard.control.doing.attempt import Attempt
from eqboard.control.doing.cases import GIVE_UP_AFTER, OUT_OF_SIGHT
from eqboard.control.doing.freshness import is_current
from eqboard.control.doing.holding import Hold
from eqboard.control.doing.nudger import nudgers
from eqboard.control.doing.revoking import Entitlement
from eqboard.control.doing.strangers import seen_without_strangers
from eqboard.control.doing.vigil import Vigil
from eqboard.control.models import Step
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.looking import look_at
from eqboard.floor.snapshot import Part
from eqboard.loops import end_if_cancelled

LOOKING_LASTS = timedelta(seconds=10)
LOOK_EVERY = timedelta(seconds=3)


class Looking:
    """Has the poller read what goes on at some extensions, as long as `go_on` is called."""

    def __init__(self, extensions: tuple[str, ...]) -> None:
        self._extensions = extensions
        self._asked_at = datetime.min.replace(tzinfo=UTC)

    async def go_on(self, now: datetime) -> None:
        """`now` by the poller's clock. Without Redis nothing is read anyway."""
        if not self._extensions or now - self._asked_at < LOOK_EVERY:
            return
        self._asked_at = now
        try:
            await look_at(get_config().redis_url, self._extensions, now + LOOKING_LASTS)
        except FeedLost:
            self._asked_at = datetime.min.replace(tzinfo=UTC)


async def watch(attempt: Attempt, hold: Hold, accepted_at: datetime) -> None:
    """Write down what becomes of it. The claim lasts as long."""
    action = attempt.action
    if action.look is None:
        return await hold.let_go()
    vigil, looking = Vigil(action.has_journey), Looking(action.looks_at(attempt.order))
    try:
        async with hold.kept():
            async with nudgers.get().at_work():
                step = await _follow(attempt, vigil, looking, accepted_at)
            await attempt.note(step, **await _told(attempt, vigil))
            if action.lasts and step is Step.CONFIRMED:
                await hold.go_over()
                await attend(attempt, hold, looking, datetime.now(UTC))
    finally:
        await hold.let_go()
    return None


async def _follow(attempt: Attempt, vigil: Vigil, looking: Looking, accepted_at: datetime) -> Step:
    is_extended = False
    try:
        async with asyncio.timeout(get_config().watch_seconds) as limit, aclosing(followers.get().floors()) as floors:
            async for floor in floors:
                now = floor.theirs(datetime.now(UTC))
                await looking.go_on(now)
                end_if_cancelled()
                had_left = vigil.has_left
                step = vigil.see(look_of(attempt, floor, accepted_at), _read_at(attempt, floor, accepted_at))
                if vigil.has_left and not had_left:
                    await attempt.note(Step.LEFT)
                    await sync_to_async(close_old_connections)()  # one that breaks meanwhile would be used again
                if step is not None:
                    return step
                if vigil.is_on_its_way and not is_extended:
                    is_extended = True
                    limit.reschedule(asyncio.get_running_loop().time() + LONGEST_RINGING_SECONDS)
    except TimeoutError:
        pass
    return vigil.at_last()


async def _told(attempt: Attempt, vigil: Vigil) -> dict[str, Any]:
    """What was seen, without the name of an agent whom the actor may not see."""
    floor = await followers.get().newest()
    return seen_without_strangers(vigil.seen, attempt.actor.rights, floor.snapshot)


def look_of(attempt: Attempt, floor: Floor, since: datetime) -> Look:
    """What the floor says now, of what was read after a moment of our clock; nothing while it cannot be heard."""
    look = attempt.action.look
    if look is None or not floor.is_connected:
        return NO_NEWS
    return look(attempt.order, Evidence(floor.snapshot, floor.theirs(since)))


def _read_at(attempt: Attempt, floor: Floor, since: datetime) -> datetime:
    """When that was read. A floor is told again also when only a claim has changed."""
    return attempt.action.read_at(attempt.order, Evidence(floor.snapshot, floor.theirs(since)))


async def attend(
    attempt: Attempt, hold: Hold, looking: Looking, began_at: datetime, doubted_at: datetime | None = None
) -> None:
    """What lasts, as a listening, is attended until it is seen no more, or its actor goes over to something else, or
    may not do it any more.

    `doubted_at`: when it was found, after a crash, so that only what is read since tells whether it goes on; where
    nothing does for long enough, it is left to settling.py. One of which a live floor tells nothing any more, as of an
    extension that is gone, is given up.
    """
    until: datetime | None = None  # since when it is not seen
    told_at, entitlement = datetime.now(UTC), Entitlement(attempt)
    async with aclosing(followers.get().floors()) as floors:
        async for floor in floors:
            now = datetime.now(UTC)
            await looking.go_on(floor.theirs(now))
            end_if_cancelled()
            if not hold.is_ours:
                return await _end(attempt, began_at, now, SWITCHED)
            if await entitlement.is_over(floor, now):
                return await _end(attempt, began_at, now, REVOKED)
            look = look_of(attempt, floor, until or doubted_at or began_at)
            is_gone = look.stage is Stage.UNCHANGED
            if is_gone and until is not None and not hold.is_giving_way(floor):  # two readings agree
                await hold.renew()
                how = SWITCHED if not hold.is_ours else UNATTENDED if doubted_at else "hung_up"
                return await _end(attempt, began_at, until, how)
            if look.stage is not Stage.NO_NEWS or not is_current(floor, (Part.AGENTS,), now):
                told_at = now
            elif now - told_at > GIVE_UP_AFTER:
                return await _end(attempt, began_at, now, UNATTENDED, **OUT_OF_SIGHT)
            if look.stage is not Stage.NO_NEWS:
                until = (until or now) if look.stage is Stage.UNCHANGED else None
                doubted_at = doubted_at if until else None
            elif doubted_at and now - doubted_at > timedelta(seconds=get_config().watch_seconds):
                return None
    return None


async def _end(attempt: Attempt, began_at: datetime, ended_at: datetime, how: str, **seen: str) -> None:
    """How long it lasted is not told where nobody saw its end. Nothing, if another process was faster."""
    seconds = max(0, round((ended_at - began_at).total_seconds()))
    with suppress(AlreadyDone):
        await attempt.note(Step.ENDED, how=how, **seen, **({} if how == UNATTENDED else {"seconds": seconds}))
