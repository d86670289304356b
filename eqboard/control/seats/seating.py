"""One's own seat: the extension, and the user that one is on EQ.

EQ is asked no password of a supervisor: its API has none. So whoever is whom is said by EQ's own directory, or by an
administrator.
"""

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import transaction

from eqboard.accounts import seats
from eqboard.accounts.models import Seat
from eqboard.accounts.seats import MONITOR_ONLY_TYPE, TakenError
from eqboard.control.audit import Doer
from eqboard.control.models import Step
from eqboard.control.seat_words import CHOOSE_EXTENSION, LINK, UNLINK, SeatFault
from eqboard.control.seats.checking import ask_type
from eqboard.control.seats.seat_steps import Told, anote, failure, note, refusal
from eqboard.control.seats.signing import leave, name_of, type_of
from eqboard.eq import EQ, EQError, EQNotFound
from eqboard.eq.models import Supervisor


async def choose_extension(doer: Doer, telephone: EQ, extension: str) -> Told:
    """Remember it, unless EQ says that there is none; EQ may be away. "" is none."""
    is_known = await _has_extension(telephone, extension) if extension else True
    if is_known is False:
        return await anote(doer, refusal(CHOOSE_EXTENSION, extension, SeatFault.NO_EXTENSION))
    return await sync_to_async(_store_extension)(doer, extension, is_checked=is_known is True)


async def _has_extension(telephone: EQ, extension: str) -> bool | None:
    """None when EQ does not tell."""
    try:
        await telephone.extensions.get(extension=extension)
    except EQNotFound:
        return False
    except EQError:
        return None
    return True


def _store_extension(doer: Doer, extension: str, *, is_checked: bool) -> Told:
    with transaction.atomic():
        old = seats.seat_of(doer.user.pk).extension
        told = Told(CHOOSE_EXTENSION, Step.DONE, extension, {"old": old, "is_checked": is_checked})
        if old == extension:
            return told
        try:
            seats.choose_extension(doer.user, extension)
        except TakenError:
            told = refusal(CHOOSE_EXTENSION, extension, SeatFault.OCCUPIED)
        return note(doer, told)


async def link(doer: Doer, telephone: EQ, eq_user: int) -> Told:
    """Be this user on EQ from now on, if EQ knows them by one's own name or e-mail address."""
    try:
        found = await telephone.supervisors.get(id=eq_user)
    except EQNotFound:
        return await anote(doer, refusal(LINK, str(eq_user), SeatFault.NO_USER))
    except EQError as error:
        return await anote(doer, failure(LINK, str(eq_user), error))
    return await sync_to_async(_store_link)(doer, eq_user, found)


def _store_link(doer: Doer, eq_user: int, found: Supervisor) -> Told:
    fault = _why_not(doer, eq_user, found)
    if fault is not None:
        return note(doer, refusal(LINK, str(eq_user), fault))
    try:
        with transaction.atomic():
            seats.link(doer.user, eq_user, name_of(found), type_of(found))
            return note(doer, Told(LINK, Step.DONE, name_of(found), {"eq_user": eq_user}))
    except TakenError:
        return note(doer, refusal(LINK, str(eq_user), SeatFault.TAKEN))


def _why_not(doer: Doer, eq_user: int, found: Supervisor) -> SeatFault | None:
    """Nothing is told of a user who is somebody else."""
    if not seats.is_themselves(doer.user, found.username, found.email_address):
        return SeatFault.NOT_YOU
    if found.deleted:
        return SeatFault.DELETED
    return None if seats.seat_of(doer.user.pk).eq_user in (None, eq_user) else SeatFault.LINKED


def may_unlink(user: User, seat: Seat) -> bool:
    """Whoever may only monitor on EQ stays linked, lest they get more rights here by it."""
    return seat.eq_type != MONITOR_ONLY_TYPE or user.is_superuser


async def unlink(doer: Doer, telephone: EQ) -> Told:
    """Be nobody on EQ. It is asked first what one may there by now, unless nothing hangs on it."""
    seat = await sync_to_async(seats.seat_of)(doer.user.pk)
    if may_unlink(doer.user, seat) and not doer.user.is_superuser and seat.eq_user is not None:
        try:
            seat.eq_type = await ask_type(seat, telephone)
        except EQError as error:
            return await anote(doer, failure(UNLINK, seat.eq_username, error))
    if not may_unlink(doer.user, seat):
        return await anote(doer, refusal(UNLINK, seat.eq_username, SeatFault.KEPT))
    await leave(doer, telephone)

    def store() -> Told:
        with transaction.atomic():
            seats.unlink(doer.user)
            return note(doer, Told(UNLINK, Step.DONE, seat.eq_username, {"eq_user": seat.eq_user}))

    return await sync_to_async(store)()
