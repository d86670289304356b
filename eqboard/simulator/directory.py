"""The directory: who and what exists, by id and by extension."""

from __future__ import annotations

from collections.abc import Iterable

from eqboard.simulator.entities import Agent, PauseCode, Queue, Supervisor

KEY_DIGITS = 15  # longer than any key here, short enough that int() is cheap whatever a client sends


def read_key(text: str) -> int | None:
    """An id out of plain ASCII digits; None for anything else (int() alone would take " 7", "+7" and "٧")."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS else None


class Directory:
    """Everything that has a key. Deleted entities stay, flagged (EQ API text, Deleted Entities)."""

    def __init__(
        self,
        *,
        queues: Iterable[Queue],
        agents: Iterable[Agent],
        pause_codes: Iterable[PauseCode],
        supervisors: Iterable[Supervisor],
    ) -> None:
        self.queues = {queue.extension: queue for queue in queues}
        self.agents = {agent.id: agent for agent in agents}
        self.pause_codes = {code.id: code for code in pause_codes}
        self.supervisors = {supervisor.id: supervisor for supervisor in supervisors}

    def live_queue(self, extension: str) -> Queue | None:
        """The queue with that extension, unless it is deleted or never was."""
        queue = self.queues.get(extension)
        return None if queue is None or queue.deleted else queue

    def live_agent(self, agent_id: int) -> Agent | None:
        """The agent with that user id, unless deleted or never was."""
        agent = self.agents.get(agent_id)
        return None if agent is None or agent.deleted else agent

    def live_pause_code(self, code_id: int) -> PauseCode | None:
        """The pause code with that id, unless deleted or never was."""
        code = self.pause_codes.get(code_id)
        return None if code is None or code.deleted else code

    def live_queues(self) -> list[Queue]:
        """All queues that are not deleted, by extension as they were made."""
        return [queue for queue in self.queues.values() if not queue.deleted]

    def live_agents(self) -> list[Agent]:
        """All agents who are not deleted, by id."""
        return [agent for agent in self.agents.values() if not agent.deleted]
