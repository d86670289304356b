"""Names by id. EQ has no lists: each agent, queue and pause code is asked for once, and again now and then."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from eqboard.eq import EQ, EQNotFound
from eqboard.floor.assemble import AgentName, Names
from eqboard.floor.snapshot import Snapshot

MISSING_CODES_IN_A_ROW = 5  # after so many 404 the probing for pause codes ends (contract §2)
HIGHEST_PAUSE_CODE = 500
MOST_GONE = 500  # agents, and queues, whose names are kept though nobody tells of them now: the newest
RETRY_SECONDS = 30.0  # until a name that EQ did not tell is asked again; the others have their turn meanwhile

K = TypeVar("K")


@dataclass(slots=True)
class NameBook:
    """What is known, and when it is due to be asked again (seconds on a monotonic clock).

    Names are asked one after the other: beside the rounds, EQ has one more request to answer at a time.
    """

    refresh_seconds: float
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    """Within which EQ is asked for one."""
    agents: dict[int, AgentName] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    pause_codes: dict[int, str] = field(default_factory=dict)
    max_waits: dict[str, int] = field(default_factory=dict)  # seconds, of the queues that send callers away
    usual: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # not asked of EQ: the leader's hours tell
    _agents_due_at: dict[int, float] = field(default_factory=dict)
    _queues_due_at: dict[str, float] = field(default_factory=dict)
    _codes_due_at: dict[str, float] = field(default_factory=dict)

    def names(self) -> Names:
        return Names(
            dict(self.agents), dict(self.queues), dict(self.pause_codes), dict(self.max_waits), dict(self.usual)
        )

    def recall(self, snapshot: Snapshot) -> None:
        """Take over what an earlier leader knew, so that a hand-over does not blank the names."""
        self.agents |= {each.id: AgentName(each.name, each.number) for each in snapshot.agents.values()}
        self.queues |= {each.extension: each.name for each in snapshot.queues.values()}
        told = ((each.extension, each.max_wait_seconds) for each in snapshot.queues.values())
        self.max_waits |= {queue: seconds for queue, seconds in told if seconds}
        self.pause_codes |= {each.id: each.name for each in snapshot.pause_codes.values()}

    async def refresh(self, eq: EQ, snapshot: Snapshot, now: float) -> None:
        """Ask for every name of the snapshot that is due at `now`.

        Raises EQError at the first that EQ does not tell; what was learnt before stays, and the next time begins with
        the others.
        """
        self._forget(snapshot)
        await self._ask_due(self._queues_due_at, snapshot.queues, now, lambda queue: self._ask_queue(eq, queue))
        await self._ask_due(self._codes_due_at, ("all",), now, lambda _: self._ask_pause_codes(eq))
        await self._ask_due(self._agents_due_at, snapshot.agents, now, lambda agent: self._ask_agent(eq, agent))

    def _forget(self, snapshot: Snapshot) -> None:
        """Who is gone for a while has their name when they are back; but ids come and go for years."""
        _keep_newest(self.agents, snapshot.agents)
        _keep_newest(self.queues, snapshot.queues)
        for queue in self.max_waits.keys() - self.queues.keys() - snapshot.queues.keys():
            del self.max_waits[queue]

    async def _ask_due(
        self, due_at: dict[K, float], keys: Iterable[K], now: float, ask: Callable[[K], Awaitable[None]]
    ) -> None:
        wanted = list(keys)
        for key in due_at.keys() - wanted:
            del due_at[key]  # who comes back, may have got another name meanwhile
        for key in wanted:
            if due_at.get(key, now) <= now:
                due_at[key] = now + min(RETRY_SECONDS, self.refresh_seconds)
                await ask(key)
                due_at[key] = now + self.refresh_seconds

    async def _ask_queue(self, eq: EQ, extension: str) -> None:
        try:
            async with self.turn():
                queue = await eq.call_queues.get(extension=extension)
        except EQNotFound:
            self.queues.pop(extension, None)
            self.max_waits.pop(extension, None)
            return
        self.queues[extension] = queue.name or extension
        self.max_waits.pop(extension, None)
        if queue.max_wait_time and queue.max_wait_time > 0:  # contract §3: none, or more than zero
            self.max_waits[extension] = queue.max_wait_time

    async def _ask_agent(self, eq: EQ, agent: int) -> None:
        try:
            async with self.turn():
                found = await eq.agents.get(id=agent)
        except EQNotFound:
            self.agents.pop(agent, None)
            return
        name = " ".join(filter(None, (found.first_name, found.last_name)))
        if name or found.number:
            self.agents[agent] = AgentName(name or str(found.number), found.number)

    async def _ask_pause_codes(self, eq: EQ) -> None:
        codes: dict[int, str] = {}
        missing_count = 0
        for code in range(1, HIGHEST_PAUSE_CODE + 1):
            try:
                async with self.turn():
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


def _keep_newest(names: dict[K, Any], present: Collection[K]) -> None:
    """Whoever is present goes to the end of the book, so that those stand first who have been gone for longest."""
    gone = [key for key in names if key not in present]
    for key in gone[: max(0, len(gone) - MOST_GONE)]:
        del names[key]
    for key in [key for key in names if key in present]:
        names[key] = names.pop(key)
