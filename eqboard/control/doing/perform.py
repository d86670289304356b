"""The one place where something is done: check, claim, write down, ask EQ once, write down, watch the floor.

An action is never repeated by the machine. Whoever clicked gets no shortcut: what happened is read from the floor.
"""

import asyncio
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections

from eqboard.accounts.access import may_ever
from eqboard.accounts.models import Seat
from eqboard.accounts.seats import seat_of
from eqboard.boards.following import followers
from eqboard.control import exchange
from eqboard.control.audit import AlreadyDone
from eqboard.control.audit.answers import answer_of, step_of
from eqboard.control.background import outlive_the_request
from eqboard.control.catalogue.action import PartlyDone
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import as_data
from eqboard.control.doing.attempt import Attempt
from eqboard.control.doing.before import before_of
from eqboard.control.doing.freshness import is_current
from eqboard.control.doing.holding import Hold
from eqboard.control.doing.strangers import without_strangers
from eqboard.control.doing.watching import watch
from eqboard.control.models import Step
from eqboard.control.seats.voices import NoVoice, eq_user_of, voice_of
from eqboard.eq import EQ, EQError, EQNotFound
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Snapshot

logger = logging.getLogger(__name__)

WRITE_AGAIN_AFTER_SECONDS = (0.2, 1.0, 3.0)  # each time the database has waited for its lock before (settings.py)
PENDING_AFTER_SECONDS = 0.1  # the one who pressed sees that something is under way within this


async def perform(attempt: Attempt, *, is_answer_awaited: bool = False) -> uuid.UUID:
    """Do it, if the actor may and it can be. Returns the attempt whose entries tell what became of it: this one, or the
    one before if the same was pressed twice. `is_answer_awaited`: not before EQ has answered, however long it takes.
    """
    if await attempt.is_begun():  # or what has changed since, perhaps by it, would be told as its end
        return attempt.id
    seen = await followers.get().newest()
    floor, obstacle = seen.snapshot, _obstacle(attempt, seen)
    if not attempt.is_allowed() and not _touches_nothing(attempt, obstacle):
        return await _over(attempt, Step.DENIED)
    if obstacle is not None:
        return await _over(attempt, Step.REFUSED, without_strangers(obstacle, attempt.actor.rights, floor))
    hold = Hold(attempt)
    try:
        other = await hold.take()
    except FeedLost:
        return await _over(attempt, Step.REFUSED, Obstacle(Why.NO_FEED))
    if other is not None:
        return other.same or await _over(attempt, Step.REFUSED, other.obstacle)
    return await _begin(attempt, hold, floor, None if is_answer_awaited else PENDING_AFTER_SECONDS)


def _obstacle(attempt: Attempt, floor: Floor) -> Obstacle | None:
    """What an old floor says is not heard: somebody else may be there by now."""
    if not is_current(floor, attempt.action.parts, datetime.now(UTC)):
        return Obstacle(Why.BLIND)
    obstacle = attempt.action.obstacle(attempt.order, floor.snapshot)
    return obstacle or (Obstacle(Why.NO_REASON) if attempt.needs_reason else None)


def _touches_nothing(attempt: Attempt, obstacle: Obstacle | None) -> bool:
    """Whoever has signed out of all queues is in nobody's team: that they have is what one is told, who may do it to
    anybody at all.
    """
    is_signed_out = obstacle is not None and obstacle.why is Why.SIGNED_OUT and not attempt.target.queues
    return is_signed_out and may_ever(attempt.actor.rights, attempt.action.right)


async def _begin(attempt: Attempt, hold: Hold, floor: Snapshot, wait_seconds: float | None) -> uuid.UUID:
    telephone, order = exchange.telephones.get(), attempt.order
    try:
        seat = await sync_to_async(seat_of)(attempt.actor.user.pk)  # once: EQ is asked in the name that is written down
        details = {"order": as_data(order), "eq_user": eq_user_of(seat), **before_of(order, floor)}
        await attempt.note(Step.ASKED, **details, **attempt.relations)
    except BaseException as error:
        await hold.let_go()
        if isinstance(error, AlreadyDone):
            return attempt.id
        raise
    # A quick answer is told at once; a slow one is pending meanwhile, and written down even if the browser goes away.
    work = outlive_the_request(_carry_out(attempt, hold, telephone, seat), asks_eq=True)
    await asyncio.wait({work}, timeout=wait_seconds)
    return attempt.id


async def _over(attempt: Attempt, step: Step, obstacle: Obstacle | None = None) -> uuid.UUID:
    await attempt.turn_away(step, obstacle)
    return attempt.id


async def _carry_out(attempt: Attempt, hold: Hold, telephone: EQ, seat: Seat) -> None:
    """Ask EQ once, write down what it said; then watch, without anybody waiting for it."""
    try:
        async with hold.kept():  # EQ may take longer than a claim lasts, and so may a busy database
            is_accepted = await _is_in_order(attempt, hold, telephone) and await _ask(attempt, telephone, seat)
            accepted_at = datetime.now(UTC)
            if is_accepted:
                await _write_answer(attempt, Step.ACCEPTED)
    except BaseException:
        await hold.let_go()
        raise
    if not is_accepted:
        return await hold.let_go()
    outlive_the_request(watch(attempt, hold, accepted_at))
    return None


async def _write_answer(attempt: Attempt, step: Step, **details: Any) -> None:
    """What EQ said, however busy the database is: it is tried again for a while. What cannot be written down even then
    is logged, and nothing hangs on it: the floor is watched all the same, and settling.py finds what is unanswered.
    """
    for wait_seconds in (*WRITE_AGAIN_AFTER_SECONDS, None):
        try:
            return await attempt.note(step, **details)
        except AlreadyDone:
            return logger.debug("The attempt %s is %s already", attempt.id, step)
        except DatabaseError as error:
            if wait_seconds is None:
                return logger.exception("EQ's answer cannot be written down: the attempt %s is %s", attempt.id, step)
            logger.warning("EQ's answer cannot be written down yet: %s", error)
        await sync_to_async(close_old_connections)()  # one that is broken would be used again
        await asyncio.sleep(wait_seconds)
    return None


async def _is_in_order(attempt: Attempt, hold: Hold, telephone: EQ) -> bool:
    """What EQ is asked first, by reads, and then the floor once more. Without an answer nothing is sent."""
    try:
        obstacle = await attempt.action.question(telephone, attempt.order) or await _second_look(attempt, hold)
    except EQError as error:
        await _write_answer(attempt, Step.REFUSED, **answer_of(error) | Obstacle(Why.NOT_CHECKED).as_data())
        return False
    if obstacle is not None:
        await _write_answer(attempt, Step.REFUSED, **obstacle.as_data())
    return obstacle is None


async def _second_look(attempt: Attempt, hold: Hold) -> Obstacle | None:
    """EQ's answers may have taken seconds, and one of them may be as old: by now an agent may talk with the caller, or
    somebody else may have claimed what Redis forgot.
    """
    seen = await followers.get().newest()
    obstacle = _obstacle(attempt, seen)
    if obstacle is not None:
        return without_strangers(obstacle, attempt.actor.rights, seen.snapshot)
    return await hold.lost_to()


async def _ask(attempt: Attempt, telephone: EQ, seat: Seat) -> bool:
    """Whether EQ accepted. Anything else is written down here."""
    try:
        async with voice_of(seat, telephone) as voice:
            await attempt.action.ask(voice, attempt.order)
    except NoVoice:
        await _write_answer(attempt, Step.REFUSED, **Obstacle(Why.NO_VOICE).as_data())
    except PartlyDone as error:
        await _write_answer(attempt, Step.UNKNOWN, **answer_of(error.error), is_partly=True)
    except EQError as error:
        if isinstance(error, EQNotFound):
            logger.warning("EQ knows no path for %s; name the one that it has in EQBOARD_EQ_DIALECT", error.operation)
        await _write_answer(attempt, step_of(error), **answer_of(error), **_to_be_settled(attempt, step_of(error)))
    except Exception as error:  # a fault of ours: EQ may have heard us all the same
        logger.exception("An action failed in a way that nobody expected")
        await _write_answer(attempt, Step.UNKNOWN, error=type(error).__name__)
    else:
        return True
    return False


def _to_be_settled(attempt: Attempt, step: Step) -> dict[str, bool]:
    """Of what nobody knows the floor may still tell (settling.py)."""
    return {"is_open": True} if step is Step.UNKNOWN and attempt.action.look is not None else {}
