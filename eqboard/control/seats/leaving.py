"""Whoever may not use eqboard any more is signed out of EQ, too, where eqboard has signed them in."""

from asgiref.sync import sync_to_async

from eqboard.accounts.models import Seat
from eqboard.control import exchange
from eqboard.control.audit import Doer
from eqboard.control.seat_words import DEACTIVATED
from eqboard.control.seats.signing import leave


async def sign_out_the_deactivated() -> None:
    """One round. Nothing of a session is kept, whatever EQ says; one that could not be ended times out there."""
    for seat in await sync_to_async(_left_behind)():
        await leave(Doer(seat.user, None), exchange.telephones.get(), why=DEACTIVATED)


def _left_behind() -> list[Seat]:
    seats = Seat.objects.filter(user__is_active=False).exclude(sealed_token="")
    return list(seats.select_related("user"))
