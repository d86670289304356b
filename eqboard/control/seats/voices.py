"""In whose name EQ is asked: with the session of whoever acts, so that EQ's own log names them, or by the key alone.

A session is kept in the database between two actions, and every web process uses the same one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pydantic import SecretStr

from eqboard.accounts.models import Seat
from eqboard.accounts.seats import replace_token, seat_of, token_of
from eqboard.config import get_config
from eqboard.eq import EQ, EQConflict, EQError, Session, UserKind
from eqboard.eq.operations import Resources
from eqboard.eq.wire import Arguments, Operation

logger = logging.getLogger(__name__)

LOOKS_FOR_NEWER = 3  # at the token that is stored, when another process seems to have signed the same person in anew
BETWEEN_LOOKS_SECONDS = 0.2  # more than lies between EQ's answer and that other process' having stored it
BRIEF_SECONDS = 2.0  # nobody waits longer than that for what can also be done without EQ


class NoVoice(Exception):
    """The person is not signed in to EQ, and may not act without (EQBOARD_ACT_WITHOUT_EQ_USER)."""


@asynccontextmanager
async def voice_of(seat: Seat, telephone: EQ) -> AsyncIterator[Resources]:
    """How the person of that seat speaks to EQ. Raises NoVoice.

    What is asked may raise EQConflict: then another session is in the way of theirs, and nothing was done.
    """
    token = token_of(seat)
    if token is None:
        if not get_config().act_without_eq_user:
            raise NoVoice
        yield telephone
        return
    voice = Voice(telephone, seat, token)
    try:
        yield voice
    finally:
        await voice.close()


async def in_whose_name(user: User) -> int | None:
    """The id of the EQ user as whom the person would act now; None when it would be by eqboard's key alone."""
    return eq_user_of(await sync_to_async(seat_of)(user.pk))


def eq_user_of(seat: Seat) -> int | None:
    """As whom one acts from there; None: by eqboard's key alone."""
    return None if token_of(seat) is None else seat.eq_user


async def end_briefly(session: Session) -> EQError | TimeoutError | None:
    """Sign out, asking once; what came in between is returned."""
    try:
        async with asyncio.timeout(BRIEF_SECONDS):
            await session.sign_out()
    except (EQError, TimeoutError) as error:
        return error
    return None


class Voice(Resources):
    """The operations of an EQ server in one person's name, for one action. A token that EQ renews is stored at once."""

    def __init__(self, telephone: EQ, seat: Seat, token: SecretStr) -> None:
        super().__init__(self)
        self._telephone = telephone
        self._seat = seat
        self._held = seat.sealed_token  # the token as it stands in the database, as far as is known here
        self._is_stored = True
        self._session = self._resume(token)

    async def call(self, operation: Operation, arguments: Arguments) -> Any:
        """As Session's. A conflict with oneself is none: when another process has signed the same person in anew, what
        it was given is used. What was refused for a conflict was not done, so it may be sent again.
        """
        try:
            return await self._session.call(operation, arguments)
        except EQConflict:
            newer = await self._newer_token()
            if newer is None:
                raise
        await self._session.let_go()
        self._session = self._resume(newer)
        return await self._session.call(operation, arguments)

    async def close(self) -> None:
        """Go on as if nothing had been: the session stays. One that could not be stored is nobody's, and is ended."""
        if self._is_stored:
            return await self._session.let_go()
        if await end_briefly(self._session) is not None:
            logger.warning("A session on EQ that nobody needs any more could not be ended there; it will time out")
        return await self._session.let_go()

    def _resume(self, token: SecretStr) -> Session:
        assert self._seat.eq_user is not None  # noqa: S101 (token_of has seen to it)
        extension = self._seat.session_extension or None
        return Session(self._telephone, UserKind.SUPERVISOR, self._seat.eq_user, extension, token, self._store)

    async def _store(self, token: SecretStr) -> None:
        sealed = await sync_to_async(replace_token)(self._seat.pk, self._held, token)
        self._held, self._is_stored = sealed or self._held, sealed is not None

    async def _newer_token(self) -> SecretStr | None:
        seat = await with_newer_token(self._seat.user_id, self._held)
        if seat is None or seat.eq_user != self._seat.eq_user:
            return None
        self._seat, self._held, self._is_stored = seat, seat.sealed_token, True
        return token_of(seat)


async def with_newer_token(user_id: int, held: str) -> Seat | None:
    """The person's seat once another request, here or elsewhere, has stored a token in the place of `held`, which is
    sealed; it may be about to. None when nobody does.
    """
    for look in range(LOOKS_FOR_NEWER):
        if look:
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
        seat = await sync_to_async(seat_of)(user_id)
        if token_of(seat) is not None and seat.sealed_token != held:
            return seat
    return None
