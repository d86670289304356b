"""Signing users in to EQ and out, and who is signed in. `session.py` keeps such a session; this is the bare API."""

from pydantic import SecretStr

from eqboard.eq.models import UserSession
from eqboard.eq.models.rules import Boolean, Key, Token, UserId
from eqboard.eq.operations.base import Resource, operation
from eqboard.eq.wire import Rows


class SupervisorSessions(Resource):
    @operation("POST", "/supervisor_session")
    async def create(self, *, user: UserId, extension: Key | None = None, force: Boolean | None = None) -> SecretStr:
        """Sign a supervisor in, at an extension or at none; returns the session's token.

        `force` ends another session of theirs. EQInvalid: already_signed_in (without a parameter), extension in_use or
        nonexistent.
        """

    @operation("DELETE", "/supervisor_session/{token}")
    async def delete(self, *, token: Token) -> None:
        """Sign the supervisor out. EQRefused: token nonexistent, when the session is not valid any more."""


class AgentSessions(Resource):
    @operation("POST", "/agent_session")
    async def create(self, *, user: UserId, extension: Key, force: Boolean | None = None) -> SecretStr:
        """Sign an agent in to EQ, not to queues, at an extension; returns the session's token.

        `force` ends another session of theirs. EQInvalid: already_signed_in (without a parameter), extension blank,
        in_use or nonexistent.
        """

    @operation("DELETE", "/agent_session/{token}")
    async def delete(self, *, token: Token) -> None:
        """Sign the agent out. EQRefused: token nonexistent, when the session is not valid any more."""


class ActiveSessions(Resource):
    @operation("GET", "/active_agent_sessions")
    async def agents(self) -> Rows[UserSession]:
        """The agents who are signed in to EQ, and at which extension."""

    @operation("GET", "/active_supervisor_sessions")
    async def supervisors(self) -> Rows[UserSession]:
        """The supervisors who are signed in to EQ."""
