"""Entities by id, and who is signed in. EQ has no lists of them (contract §2)."""

from eqboard.eq.models import Agent, CallQueue, PauseCode, UserSession
from eqboard.eq.operations.base import Resource, operation
from eqboard.eq.wire import Rows


class Agents(Resource):
    @operation("GET", "/agent/{id}")
    async def get(self, *, id: int) -> Agent:
        """One agent by user id, deleted ones too. EQNotFound when there never was one."""


class CallQueues(Resource):
    @operation("GET", "/call_queue/{extension}")
    async def get(self, *, extension: str) -> CallQueue:
        """One call queue by extension, deleted ones too. EQNotFound when there never was one."""


class PauseCodes(Resource):
    @operation("GET", "/pause_code/{id}")
    async def get(self, *, id: int) -> PauseCode:
        """One pause code by id, deleted ones too. EQNotFound when there never was one."""


class ActiveSessions(Resource):
    @operation("GET", "/active_agent_sessions")
    async def agents(self) -> Rows[UserSession]:
        """The agents who are signed in to EQ, and at which extension."""

    @operation("GET", "/active_supervisor_sessions")
    async def supervisors(self) -> Rows[UserSession]:
        """The supervisors who are signed in to EQ."""
