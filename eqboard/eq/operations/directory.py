"""Users, queues, pause codes and alerts: by id or extension, as EQ has no lists of them (contract §2).

EQ replaces an entity as a whole: `replace` writes just what it is given, and whatever is left out gets EQ's default.
`update` is the safe way to change something: it reads, applies the change, and writes everything back. EQ cannot tell
of two who update the same entity at the same moment; the later one wins.
"""

from eqboard.eq.models import Agent, CallQueue, PauseCode, Supervisor
from eqboard.eq.models.attributes import (
    AgentAttributes,
    AlertAttributes,
    CallQueueAttributes,
    NewAgent,
    NewAlert,
    NewCallQueue,
    NewSupervisor,
    PauseCodeAttributes,
    SupervisorAttributes,
)
from eqboard.eq.models.rules import AlertId, Key, PauseCodeId, UserId
from eqboard.eq.operations.base import Resource, operation, read_for_update

UNDELETE = {"undelete": "1"}


class Supervisors(Resource):
    @operation("GET", "/supervisor/{id}")
    async def get(self, *, id: UserId) -> Supervisor:
        """One supervisor by user id, deleted ones too. EQNotFound when there never was one."""

    @operation("POST", "/supervisor")
    async def create(self, *, data: NewSupervisor) -> int:
        """Create a supervisor; returns the new user id. EQInvalid: username or emailAddress in_use."""

    @operation("PUT", "/supervisor/{id}")
    async def replace(self, *, id: UserId, data: SupervisorAttributes) -> None:
        """Write all attributes of a supervisor; a password left out stays. A deleted one raises EQNotFound.

        EQInvalid: username or emailAddress in_use.
        """

    @operation("DELETE", "/supervisor/{id}")
    async def delete(self, *, id: UserId) -> None:
        """Flag a supervisor as deleted; `undelete` brings them back."""

    @operation("PUT", "/supervisor/{id}", in_query=UNDELETE)
    async def undelete(self, *, id: UserId) -> None:
        """Bring a deleted supervisor back."""

    async def update(self, *, id: int, **changes: object) -> None:
        """Change some attributes of a supervisor and keep all others; errors as for `get` and `replace`."""
        data = await read_for_update(
            "supervisors.update", SupervisorAttributes, changes, lambda: self.get(id=id), id=id
        )
        await self.replace(id=id, data=data)


class Agents(Resource):
    @operation("GET", "/agent/{id}")
    async def get(self, *, id: UserId) -> Agent:
        """One agent by user id, deleted ones too. EQNotFound when there never was one."""

    @operation("POST", "/agent")
    async def create(self, *, data: NewAgent) -> int:
        """Create an agent; returns the new user id. EQInvalid: number or emailAddress in_use."""

    @operation("PUT", "/agent/{id}")
    async def replace(self, *, id: UserId, data: AgentAttributes) -> None:
        """Write all attributes of an agent; a password left out stays. A deleted one raises EQNotFound.

        EQInvalid: number or emailAddress in_use.
        """

    @operation("DELETE", "/agent/{id}")
    async def delete(self, *, id: UserId) -> None:
        """Flag an agent as deleted; `undelete` brings them back."""

    @operation("PUT", "/agent/{id}", in_query=UNDELETE)
    async def undelete(self, *, id: UserId) -> None:
        """Bring a deleted agent back."""

    async def update(self, *, id: int, **changes: object) -> None:
        """Change some attributes of an agent and keep all others; errors as for `get` and `replace`."""
        data = await read_for_update("agents.update", AgentAttributes, changes, lambda: self.get(id=id), id=id)
        await self.replace(id=id, data=data)


class CallQueues(Resource):
    @operation("GET", "/call_queue/{extension}")
    async def get(self, *, extension: Key) -> CallQueue:
        """One call queue by extension, deleted ones too. EQNotFound when there never was one."""

    @operation("POST", "/call_queue")
    async def create(self, *, data: NewCallQueue) -> str:
        """Create a call queue; returns its extension. EQInvalid: extension or name in_use."""

    @operation("PUT", "/call_queue/{extension}")
    async def replace(self, *, extension: Key, data: CallQueueAttributes) -> None:
        """Write all attributes of a call queue. A deleted one raises EQNotFound. EQInvalid: name in_use."""

    @operation("DELETE", "/call_queue/{extension}")
    async def delete(self, *, extension: Key) -> None:
        """Remove a call queue from the switch and flag it as deleted; `undelete` brings it back."""

    @operation("PUT", "/call_queue/{extension}", in_query=UNDELETE)
    async def undelete(self, *, extension: Key) -> None:
        """Bring a deleted call queue back."""

    async def update(self, *, extension: str, **changes: object) -> None:
        """Change some attributes of a call queue and keep all others; errors as for `get` and `replace`."""
        data = await read_for_update(
            "call_queues.update",
            CallQueueAttributes,
            changes,
            lambda: self.get(extension=extension),
            extension=extension,
        )
        await self.replace(extension=extension, data=data)


class PauseCodes(Resource):
    @operation("GET", "/pause_code/{id}")
    async def get(self, *, id: PauseCodeId) -> PauseCode:
        """One pause code by id, deleted ones too. EQNotFound when there never was one."""

    @operation("POST", "/pause_code")
    async def create(self, *, data: PauseCodeAttributes) -> int:
        """Create a pause code; returns its id. EQInvalid: name in_use."""

    @operation("PUT", "/pause_code/{id}")
    async def replace(self, *, id: PauseCodeId, data: PauseCodeAttributes) -> None:
        """Write all attributes of a pause code. A deleted one raises EQNotFound. EQInvalid: name in_use."""

    @operation("DELETE", "/pause_code/{id}")
    async def delete(self, *, id: PauseCodeId) -> None:
        """Flag a pause code as deleted; `undelete` brings it back."""

    @operation("PUT", "/pause_code/{id}", in_query=UNDELETE)
    async def undelete(self, *, id: PauseCodeId) -> None:
        """Bring a deleted pause code back."""

    async def update(self, *, id: int, **changes: object) -> None:
        """Change some attributes of a pause code and keep all others; errors as for `get` and `replace`."""
        data = await read_for_update("pause_codes.update", PauseCodeAttributes, changes, lambda: self.get(id=id), id=id)
        await self.replace(id=id, data=data)


class Alerts(Resource):
    """EQ has no way to read an alert back (contract §2), so there is no `update`: `replace` needs all of it."""

    @operation("POST", "/alert")
    async def create(self, *, data: NewAlert) -> int:
        """Create an alert for one supervisor or for the whole system; returns its id. EQInvalid: name in_use."""

    @operation("PUT", "/alert/{id}")
    async def replace(self, *, id: AlertId, data: AlertAttributes) -> None:
        """Write all attributes of an alert but its user. EQNotFound when there is none; EQInvalid: name in_use."""

    @operation("DELETE", "/alert/{id}")
    async def delete(self, *, id: AlertId) -> None:
        """Delete an alert for good. EQNotFound when there is none."""
