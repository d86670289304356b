"""Signing in to EQ as the user that one is there, and out again. The token is kept sealed in the database."""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction

from eqboard.accounts import seats
from eqboard.accounts.models import Seat
from eqboard.accounts.seats import MONITOR_ONLY_TYPE
from eqboard.control.audit import Doer, storable
from eqboard.control.models import Step
from eqboard.control.seat_words import SIGN_IN, SIGN_OUT, SeatFault
from eqboard.control.seats.seat_steps import Told, anote, failure, note, refusal
from eqboard.control.seats.voices import end_briefly, with_newer_token
from eqboard.eq import EQ, EQConflict, EQError, Holder, Session, UserKind
from eqboard.eq.models import Supervisor

LONGEST_USERNAME = 255


@dataclass(frozen=True, slots=True)
class Beginning:
    """One attempt to sign in: who, from which seat, and by which number its steps belong together in the audit log."""

    doer: Doer
    seat: Seat
    telephone: EQ
    asked: dict[str, Any]
    attempt: uuid.UUID = field(default_factory=uuid.uuid4)

    async def write(self, told: Told) -> Told:
        return await anote(self.doer, told, None, self.attempt)


async def sign_in(doer: Doer, telephone: EQ, now: datetime, *, force: bool) -> Told:
    """Begin a session at one's extension; `force` ends another one of one's own. Pressed twice it is begun once."""
    seat = await sync_to_async(seats.seat_of)(doer.user.pk)
    if seat.eq_user is None:
        return await anote(doer, refusal(SIGN_IN, "", SeatFault.NOT_LINKED))
    if seats.token_of(seat) is not None and not force:
        return _signed_in(seat)
    asked = {"extension": seat.extension, "eq_user": seat.eq_user, "force": force}
    try:
        user = await telephone.supervisors.get(id=seat.eq_user)
    except EQError as error:
        return await anote(doer, failure(SIGN_IN, seat.eq_username, error, asked))
    if user.deleted:
        return await anote(doer, refusal(SIGN_IN, seat.eq_username, SeatFault.DELETED))
    return await _begin(Beginning(doer, seat, telephone, asked), user, now)


async def _begin(beginning: Beginning, user: Supervisor, now: datetime) -> Told:
    """It is written down before EQ is asked: a process that dies meanwhile may leave a session there."""
    await beginning.write(Told(SIGN_IN, Step.ASKED, beginning.seat.eq_username, beginning.asked))
    extension, force = beginning.seat.extension or None, beginning.asked["force"]
    try:
        session = await beginning.telephone.sign_in_supervisor(user=user.id, extension=extension, force=force)
    except EQConflict as error:
        return await _conflict(beginning, error)
    except EQError as error:
        return await beginning.write(failure(SIGN_IN, beginning.seat.eq_username, error, beginning.asked))
    return await _keep(beginning, session, user, now)


async def sign_in_again(doer: Doer, telephone: EQ, now: datetime) -> Told:
    """At another extension, or because the session that is kept here is over at EQ. Another one is not thrown out."""
    ended = await sign_out(doer, telephone)
    return await sign_in(doer, telephone, now, force=False) if ended.is_done else ended


def _signed_in(seat: Seat) -> Told:
    """It is so already."""
    return Told(SIGN_IN, Step.DONE, seat.eq_username, {"extension": seat.session_extension})


async def _keep(beginning: Beginning, session: Session, user: Supervisor, now: datetime) -> Told:
    doer, seat = beginning.doer, beginning.seat

    def store() -> Told:
        assert session.token is not None  # noqa: S101 (it has just begun)
        with transaction.atomic():
            is_kept = seats.keep_session(seat, session.token, seat.extension, now, name_of(user), type_of(user))
            done = Told(SIGN_IN, Step.DONE, name_of(user), beginning.asked)
            told = done if is_kept else refusal(SIGN_IN, seat.eq_username, SeatFault.CHANGED)
            return note(doer, told, None, beginning.attempt)

    told = await sync_to_async(store)()
    if not told.is_done:
        await end_briefly(session)  # nobody keeps it
    await session.let_go()
    return told


async def _conflict(beginning: Beginning, error: EQConflict) -> Told:
    """A second press of the same button is in the way of nobody: then one is signed in."""
    seat = beginning.seat
    newer = await with_newer_token(beginning.doer.user.pk, seat.sealed_token)
    if newer is not None:
        return await beginning.write(_signed_in(newer))
    holders = await asyncio.gather(*(_described(beginning.telephone, each) for each in error.holders))
    return await beginning.write(failure(SIGN_IN, seat.eq_username, error, beginning.asked | {"holders": holders}))


async def _described(telephone: EQ, holder: Holder) -> dict[str, Any]:
    since = holder.since and holder.since.isoformat()
    name = await _name(telephone, holder)
    return {"user": holder.user, "kind": str(holder.kind), "extension": holder.extension, "since": since, "name": name}


async def _name(telephone: EQ, holder: Holder) -> str:
    """As EQ's directory has it; else the number that EQ knows them by."""
    resource = telephone.supervisors if holder.kind == UserKind.SUPERVISOR else telephone.agents
    try:
        user = await resource.get(id=holder.user)
    except EQError:
        return str(holder.user)
    return storable(" ".join(filter(None, (user.first_name, user.last_name))) or str(holder.user))


async def sign_out(doer: Doer, telephone: EQ) -> Told:
    """End the session. When EQ does not answer it is kept, so that it can be ended later."""
    seat = await sync_to_async(seats.seat_of)(doer.user.pk)
    ended = await _end_session(doer, seat, telephone)
    if ended is None or ended.is_done:
        await sync_to_async(seats.forget_session)(seat)
    return ended or Told(SIGN_OUT, Step.DONE, seat.eq_username)


async def leave(doer: Doer, telephone: EQ, whose: int | None = None, why: str = "") -> None:
    """End the session, and keep nothing of it whatever EQ says; one that could not be ended times out there.

    `whose`, by the user's id; None: the doer's own. `why`: where it is not they who ask for it.
    """
    seat = await sync_to_async(seats.seat_of)(whose or doer.user.pk)
    try:
        await _end_session(doer, seat, telephone, {"why": why} if why else {})
    finally:
        await sync_to_async(seats.forget_session)(seat)


async def _end_session(doer: Doer, seat: Seat, telephone: EQ, details: dict[str, Any] | None = None) -> Told | None:
    """None when there is none."""
    token = seats.token_of(seat)
    if token is None or seat.eq_user is None:
        return None
    session = Session(telephone, UserKind.SUPERVISOR, seat.eq_user, seat.session_extension or None, token)
    error = await end_briefly(session)
    await session.let_go()
    if error is None:
        return await anote(doer, Told(SIGN_OUT, Step.DONE, seat.eq_username, details or {}), seat.user_id)
    return await anote(doer, failure(SIGN_OUT, seat.eq_username, error, details), seat.user_id)


def name_of(user: Supervisor) -> str:
    return storable(user.username or str(user.id))[:LONGEST_USERNAME]


def type_of(user: Supervisor) -> str:
    """Whatever is no type that we know may do all that the person's team allows, as EQ itself will say."""
    return MONITOR_ONLY_TYPE if user.type == MONITOR_ONLY_TYPE else "full"
