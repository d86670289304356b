"""What the user that somebody is on EQ may do there by now: whoever was made one that may only monitor, is heard of."""

import asyncio
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async

from eqboard.accounts import seats
from eqboard.accounts.models import Seat
from eqboard.control import exchange
from eqboard.control.seats.signing import type_of
from eqboard.control.seats.voices import BRIEF_SECONDS
from eqboard.eq import EQ, EQError, EQNotFound

AGAIN_AFTER = timedelta(minutes=1)  # when EQ did not tell


async def check_type(user_id: int, now: datetime) -> None:
    """Before somebody acts, once in a while (seats.TYPE_LASTS); most presses ask EQ nothing. As long as EQ does not
    tell, what it told last stands.
    """
    seat = await sync_to_async(seats.claim_check)(user_id, now)
    if seat is None:
        return
    try:
        async with asyncio.timeout(BRIEF_SECONDS):
            await ask_type(seat, exchange.telephones.get())
    except (EQError, TimeoutError):
        await sync_to_async(seats.check_again_at)(seat, now + AGAIN_AFTER)


async def ask_type(seat: Seat, telephone: EQ) -> str:
    """The type, which is kept. Of a user that EQ does not know any more, what it told last. Raises EQError."""
    assert seat.eq_user is not None  # noqa: S101 (whoever is linked)
    try:
        eq_type = type_of(await telephone.supervisors.get(id=seat.eq_user))
    except EQNotFound:
        return seat.eq_type
    await sync_to_async(seats.keep_type)(seat, eq_type)
    return eq_type
