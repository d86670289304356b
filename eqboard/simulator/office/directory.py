"""The directory: who and what exists, by id and by extension."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TypeVar

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.alerts import Alert
from eqboard.simulator.office.entities import Agent, PauseCode, Queue, Supervisor
from eqboard.simulator.office.extensions import Extension, usual_extension
from eqboard.simulator.office.names import Names

E = TypeVar("E", Agent, PauseCode, Queue, Supervisor)

KEY_DIGITS = 19  # as many as 64 bits hold, and few enough that int() is cheap whatever a client sends


def read_key(text: str) -> int | None:
    """An id out of plain ASCII digits; None for anything else (int() alone would take " 7", "+7" and "٧")."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS else None


class Directory:
    """Everything that has a key. Deleted users, queues and pause codes stay, flagged (EQ API text, Deleted Entities);
    extensions and alerts are really removed.
    """

    def __init__(
        self,
        *,
        queues: Iterable[Queue],
        agents: Iterable[Agent],
        pause_codes: Iterable[PauseCode],
        supervisors: Iterable[Supervisor],
        extensions: Iterable[Extension] = (),
        email_queues: Iterable[int] = (1, 2),
        alerts: Iterable[AlertAttributes] = (),
    ) -> None:
        """`extensions` besides those where the users sit, which are made for them. E-mail queues are known by their
        ids alone: the EQ API has no more of them than that alerts may name one. `alerts` are for the whole system.
        """
        self.queues = {queue.extension: queue for queue in queues}
        self.agents = {agent.id: agent for agent in agents}
        self._bound: dict[str, dict[int, Agent]] = {}  # by the queue's extension, whether or not there is such a queue
        self.pause_codes = {code.id: code for code in pause_codes}
        self.supervisors = {supervisor.id: supervisor for supervisor in supervisors}
        self.extensions: dict[str, Extension] = {}
        self.email_queues = frozenset(email_queues)
        self.alerts: dict[int, Alert] = {}
        self._alert_ids = count(1)
        self.agent_names: Names[int] = Names("An agent", "number", "email_address")
        self.supervisor_names: Names[int] = Names("A supervisor", "username", "email_address")
        self.queue_names: Names[str] = Names("A call queue", "name")
        self.pause_code_names: Names[int] = Names("A pause code", "name")
        self.extension_names: Names[str] = Names("An extension", "extension", "name")
        self.alert_names: Names[int] = Names("An alert", "name")  # each user's by themselves
        self._note_names()
        for agent in self.agents.values():
            for queue in agent.bound:
                self._bound.setdefault(queue, {})[agent.id] = agent
        for extension in extensions:
            self.add_extension(extension)
        for attributes in alerts:
            self.add_alert(None, attributes)
        self._furnish()

    def add_extension(self, extension: Extension) -> None:
        """One more, or another in the place of one with the same number."""
        self.extensions[extension.extension] = extension
        self.extension_names.note(extension.extension, extension)

    def remove_extension(self, extension: Extension) -> None:
        """It is really gone."""
        del self.extensions[extension.extension]
        self.extension_names.forget(extension.extension)

    def bind(self, agent: Agent, queue: str, skill: int) -> None:
        """From now on the agent belongs to the queue, with a usual skill of 1 to 5."""
        agent.bound = {**agent.bound, queue: skill}
        self._bound.setdefault(queue, {})[agent.id] = agent

    def unbind(self, agent: Agent, queue: str) -> None:
        """The agent does not belong to the queue any more. KeyError for one who did not."""
        del self._bound[queue][agent.id]
        agent.bound = {name: skill for name, skill in agent.bound.items() if name != queue}

    def agents_of(self, queue: Queue) -> list[Agent]:
        """Who is bound or signed in to the queue, by id, the deleted not among them."""
        agents = self._bound.get(queue.extension, {}) | queue.members
        return [agent for _, agent in sorted(agents.items()) if not agent.deleted]

    def add_alert(self, user: int | None, attributes: AlertAttributes) -> Alert:
        """One more, for a supervisor or, with None, for the whole system."""
        alert = Alert(next(self._alert_ids), user, attributes)
        self.alerts[alert.id] = alert
        self.alert_names.note(alert.id, attributes, owner=user)
        return alert

    def live_queue(self, extension: str) -> Queue | None:
        """The queue with that extension, unless it is deleted or never was."""
        return _unless_deleted(self.queues.get(extension))

    def live_agent(self, agent_id: int) -> Agent | None:
        """The agent with that user id, unless deleted or never was."""
        return _unless_deleted(self.agents.get(agent_id))

    def live_supervisor(self, supervisor_id: int) -> Supervisor | None:
        """The supervisor with that user id, unless deleted or never was."""
        return _unless_deleted(self.supervisors.get(supervisor_id))

    def live_pause_code(self, code_id: int) -> PauseCode | None:
        """The pause code with that id, unless deleted or never was."""
        return _unless_deleted(self.pause_codes.get(code_id))

    def live_queues(self) -> list[Queue]:
        """All queues that are not deleted, by extension as they were made."""
        return [queue for queue in self.queues.values() if not queue.deleted]

    def live_agents(self) -> list[Agent]:
        """All agents who are not deleted, by id."""
        return [agent for agent in self.agents.values() if not agent.deleted]

    def live_supervisors(self) -> list[Supervisor]:
        """All supervisors who are not deleted, by id."""
        return [supervisor for supervisor in self.supervisors.values() if not supervisor.deleted]

    def live_pause_codes(self) -> list[PauseCode]:
        """All pause codes that are not deleted, by id."""
        return [code for code in self.pause_codes.values() if not code.deleted]

    def _note_names(self) -> None:
        for agent in self.agents.values():
            self.agent_names.note(agent.id, agent)
        for supervisor in self.supervisors.values():
            self.supervisor_names.note(supervisor.id, supervisor)
        for queue in self.queues.values():
            self.queue_names.note(queue.extension, queue.settings)
        for code in self.pause_codes.values():
            self.pause_code_names.note(code.id, code)

    def _furnish(self) -> None:
        """A user extension at every desk. Names of extensions are unique, those of people are not."""
        names = {extension.name for extension in self.extensions.values()}
        users: list[Agent | Supervisor] = [*self.agents.values(), *self.supervisors.values()]
        for user in users:
            if user.desk and user.desk not in self.extensions:
                name = user.name if user.name not in names else f"{user.name} {user.desk}"
                names.add(name)
                self.add_extension(usual_extension(user.desk, name, user.email_address))


def next_id(known: Iterable[int]) -> int:
    """The id after the highest; ids of what is deleted are not given again."""
    return max(known, default=0) + 1


def _unless_deleted(entity: E | None) -> E | None:
    return None if entity is None or entity.deleted else entity
