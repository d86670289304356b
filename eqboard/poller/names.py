"""Names by id. EQ has no lists: each agent, queue and pause code is asked for once, and again now and then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from eqboard.eq import EQ, EQNotFound
from eqboard.floor.assemble import AgentName, Names
from eqboard.floor.snapshot import Snapshot

MISSING_CODES_IN_A_ROW = 5  # after so many 404 the probing for pause codes ends (contract §2)
HIGHEST_PAUSE_CODE = 500

K = TypeVar("K")


@dataclass(slots=True)
class NameBook:
    """What is known, and when it was asked (seconds on a monotonic clock).

    Names are asked one after the other: beside the rounds, EQ has one more request to answer at a time.
    """

    refresh_seconds: float
    agents: dict[int, AgentName] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    pause_codes: dict[int, str] = field(default_factory=dict)
    _agents_asked_at: dict[int, float] = field(default_factory=dict)
    _queues_asked_at: dict[str, float] = field(default_factory=dict)
    _codes_asked_at: float | None = None

    def names(self) -> Names:
        return Names(dict(self.agents), dict(self.queues), dict(self.pause_codes))

    def recall(self, snapshot: Snapshot) -> None:
        """Take over what an earlier leader knew, so that a hand-over does not blank the names."""
        self.agents |= {each.id: AgentName(each.name, each.number) for each in snapshot.agents.values()}
        self.queues |= {each.extension: each.name for each in snapshot.queues.values()}
        self.pause_codes |= {each.id: each.name for each in snapshot.pause_codes.values()}

    async def refresh(self, eq: EQ, snapshot: Snapshot, now: float) -> None:
        """Ask for every name of the snapshot that is due at `now`. Raises EQError; what was learnt before stays."""
        for queue in self._due(self._queues_asked_at, snapshot.queues, now):
            await self._ask_queue(eq, queue)
            self._queues_asked_at[queue] = now
        if self._codes_asked_at is None or now - self._codes_asked_at >= self.refresh_seconds:
            await self._ask_pause_codes(eq)
            self._codes_asked_at = now
        for agent in self._due(self._agents_asked_at, snapshot.agents, now):
            await self._ask_agent(eq, agent)
            self._agents_asked_at[agent] = now

    def _due(self, asked_at: dict[K, float], keys: Iterable[K], now: float) -> list[K]:
        return [key for key in keys if key not in asked_at or now - asked_at[key] >= self.refresh_seconds]

    async def _ask_queue(self, eq: EQ, extension: str) -> None:
        try:
            queue = await eq.call_queues.get(extension=extension)
        except EQNotFound:
            self.queues.pop(extension, None)
        else:
            self.queues[extension] = queue.name or extension

    async def _ask_agent(self, eq: EQ, agent: int) -> None:
        try:
            found = await eq.agents.get(id=agent)
        except EQNotFound:
            self.agents.pop(agent, None)
            return
        name = " ".join(filter(None, (found.first_name, found.last_name)))
        if name or found.number:
            self.agents[agent] = AgentName(name or f"Agent {found.number}", found.number)

    async def _ask_pause_codes(self, eq: EQ) -> None:
        codes: dict[int, str] = {}
        missing_count = 0
        for code in range(1, HIGHEST_PAUSE_CODE + 1):
            try:
                found = await eq.pause_codes.get(id=code)
            except EQNotFound:
                missing_count += 1
                if missing_count == MISSING_CODES_IN_A_ROW:
                    break
                continue
            missing_count = 0
            if not found.deleted:
                codes[code] = found.name or str(code)
        self.pause_codes = codes
