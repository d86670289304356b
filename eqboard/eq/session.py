"""A user's session on EQ: sign in, keep alive by use, sign in again, sign out.

Every request that carries the token refreshes the session, and wakes one that timed out (EQ API text, User Session).
One that EQ does not know any more, after a restart of EQ say, is signed in anew once, and never with force: whoever
ended it on purpose by signing in elsewhere is not thrown out again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pydantic import SecretStr

from eqboard.eq.errors import Complaint, EQComplained, EQConflict, EQError, EQInvalid, EQNotFound, EQSignedOut, Holder
from eqboard.eq.models import UserSession
from eqboard.eq.operations import Resources
from eqboard.eq.redaction import excerpt, secrets
from eqboard.eq.wire import Arguments, Operation

if TYPE_CHECKING:
    from eqboard.eq.client import EQ

CONFLICTS = ("already_signed_in", "in_use")


class UserKind(StrEnum):
    """Whose session: the word stands in the API's names too."""

    SUPERVISOR = "supervisor"
    AGENT = "agent"


class Session(Resources):
    """The operations of an EQ server, each in the user's name: EQ's own history says who it was.

    `token` is what has to be kept for going on later: `Session(eq, kind, user, extension, token)`. `keep` is told the
    one that takes its place, before anything is sent with it.
    """

    def __init__(
        self,
        eq: "EQ",
        kind: UserKind,
        user: int,
        extension: str | None,
        token: SecretStr,
        keep: Callable[[SecretStr], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(self)
        self.kind = kind
        self.user = user
        self.extension = extension
        self.token: SecretStr | None = token
        self._eq = eq
        self._keep = keep
        self._renewal: asyncio.Task[None] | None = None
        self._ending: SecretStr | None = None
        secrets.add(token)

    @classmethod
    async def begin(cls, eq: "EQ", kind: UserKind, user: int, extension: str | None, *, force: bool = False) -> Self:
        """Sign in. Raises EQConflict when another session is in the way, which `force` ends if it is the user's own."""
        return cls(eq, kind, user, extension, await _sign_in(eq, kind, user, extension, force=force))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.sign_out()
        except EQError:
            if error is None:
                raise

    def __repr__(self) -> str:
        return f"<Session of {self.kind} {self.user}>"

    def credentials(self) -> dict[str, str]:
        """The part of a query that says whose session it is. Raises EQSignedOut after `sign_out`."""
        if self.token is None:
            raise EQSignedOut(f"{self.kind}_sessions", "this session has been signed out")
        return {f"auth_{self.kind}_session": self.token.get_secret_value()}

    async def call(self, operation: Operation, arguments: Arguments) -> Any:
        """Carry out one operation in the user's name. EQ refuses the whole of a request whose session is not valid, so
        even an action may then be sent again. Raises EQConflict when another session is in the way.
        """
        token = self.token
        try:
            return await self._ask(operation, arguments)
        except EQSignedOut as error:
            if token is None or _is_about(error, "auth_key"):
                raise
        await self._sign_in_again(instead_of=token)
        return await self._ask(operation, arguments)

    async def _ask(self, operation: Operation, arguments: Arguments) -> Any:
        try:
            return await self._eq.call(operation, arguments, session=self)
        except EQSignedOut as error:
            if not _is_conflict(error):
                raise
            raise await _conflict(self._eq, error, self.kind, self.user, self.extension) from None

    async def sign_out(self) -> None:
        """End the session: nothing is sent in it any more. One that EQ does not know any more has ended already.

        When EQ could not be asked, it may be called again.
        """
        await self._settled()  # what it brings is to be ended, not to come afterwards
        ending, self.token = self.token or self._ending, None
        if ending is None:
            return
        self._ending = ending
        await self._end(ending)
        if self._ending is ending:  # else somebody else who signed out at the same time has heard it before
            self._ending = None
            secrets.forget(ending)

    async def let_go(self) -> None:
        """Leave the session as it is, for whoever has kept its token: nothing is sent in it from here any more."""
        await self._settled()
        held, self.token, self._ending = self.token or self._ending, None, None
        if held is not None:
            secrets.forget(held)

    async def _settled(self) -> None:
        if self._renewal is not None:
            await asyncio.wait({self._renewal})

    async def _end(self, token: SecretStr) -> None:
        sessions = self._eq.supervisor_sessions if self.kind is UserKind.SUPERVISOR else self._eq.agent_sessions
        try:
            await sessions.delete(token=token)
        except EQComplained as error:
            if not isinstance(error, EQNotFound | EQInvalid) and not _is_about(error, "token"):
                raise

    async def _sign_in_again(self, instead_of: SecretStr) -> None:
        """Once, however many requests found out at the same time. It goes on when they are given up: a session whose
        token nobody has heard would be in its own user's way.
        """
        if self.token is not instead_of:
            return
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(instead_of))
        await asyncio.shield(self._renewal)

    async def _renew(self, old: SecretStr) -> None:
        self.token = await _sign_in(self._eq, self.kind, self.user, self.extension)
        secrets.add(self.token)
        secrets.forget(old)
        if self._keep is not None:
            await self._keep(self.token)


async def _sign_in(eq: "EQ", kind: UserKind, user: int, extension: str | None, *, force: bool = False) -> SecretStr:
    try:
        if kind is UserKind.SUPERVISOR:
            return await eq.supervisor_sessions.create(user=user, extension=extension, force=force)
        return await eq.agent_sessions.create(user=user, extension=extension or "", force=force)
    except EQComplained as error:
        if not _is_conflict(error):
            raise
        raise await _conflict(eq, error, kind, user, extension) from None


async def _conflict(eq: "EQ", error: EQComplained, kind: UserKind, user: int, extension: str | None) -> EQConflict:
    return EQConflict(error.operation, error.complaints, await _holders(eq, error.complaints, kind, user, extension))


async def _holders(
    eq: "EQ", complaints: tuple[Complaint, ...], kind: UserKind, user: int, extension: str | None
) -> tuple[Holder, ...]:
    """Whose sessions are in the way; none where EQ does not tell. The refusal says what is wrong all the same."""
    lists = {UserKind.SUPERVISOR: eq.active_sessions.supervisors(), UserKind.AGENT: eq.active_sessions.agents()}
    found = await asyncio.gather(*map(_unless_refused, lists.values()))
    everyone = [
        Holder(each_kind, session.user, session.extension, session.sign_in_time)
        for each_kind, sessions in zip(lists, found, strict=True)
        for session in sessions
    ]
    types = {complaint.type for complaint in complaints}
    return tuple(
        replace(holder, extension=holder.extension and excerpt(holder.extension, secrets))
        for holder in everyone
        if ("already_signed_in" in types and (holder.kind, holder.user) == (kind, user))
        or ("in_use" in types and extension is not None and holder.extension == extension)
    )


async def _unless_refused(asked: Awaitable[Sequence[UserSession]]) -> Sequence[UserSession]:
    try:
        return await asked
    except EQError:
        return ()


def _is_conflict(error: EQComplained) -> bool:
    return any(complaint.type in CONFLICTS for complaint in error.complaints)


def _is_about(error: EQComplained, parameter: str) -> bool:
    return any(complaint.parameter == parameter for complaint in error.complaints)
