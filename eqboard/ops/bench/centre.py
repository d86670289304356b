"""A call centre of some size in which a little changes each second, published in the poller's place."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from eqboard.feed.messages import Stored, Update
from eqboard.floor.changes import diff
from eqboard.floor.snapshot import Agent, Part, Queue, Snapshot, Source
from eqboard.ops.bench.floors import Floors, on_call
from eqboard.ops.bench.place import Poller
from eqboard.ops.bench.servers import Server

AGENTS, QUEUES = 200, 20
CHANGED_AGENTS, CHANGED_QUEUES = 4, 5  # in a second: each agent about once a minute, each queue every four seconds
FIRST_QUEUE = 500


@dataclass(slots=True)
class Centre(Floors):
    agents: int = AGENTS
    queues: int = QUEUES
    every_seconds: float = 1.0

    def next(self, now: datetime) -> tuple[Update, Stored]:
        self.seq += 1
        newest = self._snapshot(now)
        changes, self.held = diff(self.held, newest), newest
        return Update(self.epoch, self.seq, now, changes), Stored(self.epoch, self.seq, now, newest)

    def _snapshot(self, now: datetime) -> Snapshot:
        return Snapshot(
            queues={each.extension: each for each in map(self._queue, range(self.queues))},
            agents={each.id: each for each in map(self._agent, range(1, self.agents + 1))},
            sources={
                part: Source(part, self.every_seconds, now) for part in (Part.AGENTS, Part.CALLS, Part.STATISTICS)
            },
        )

    def _queue(self, place: int) -> Queue:
        waiting_count = (self.seq * CHANGED_QUEUES - place) // self.queues % 10
        present_count = len(range(place, self.agents, self.queues))
        extension, name = _name_of(place)
        return Queue(extension, name, waiting_count=waiting_count, present_count=present_count)

    def _agent(self, number: int) -> Agent:
        """Whose caller is another one whenever it is their turn."""
        call_count = (self.seq * CHANGED_AGENTS - number) // self.agents
        return on_call(number, *_name_of(number % self.queues), call_count)


def _name_of(place: int) -> tuple[str, str]:
    """A queue's extension and name."""
    return str(FIRST_QUEUE + place), f"Support {place + 1}"


def move_in(poller: Poller) -> None:
    """From the next floor on it is such a call centre."""
    before = poller.floors
    poller.floors = Centre(epoch=before.epoch, seq=before.seq, held=before.held)


@asynccontextmanager
async def ticking(server: Server, every_seconds: float = 1.0) -> AsyncIterator[None]:
    """A floor every so many seconds until the block ends; whatever a telling raises is raised then."""
    telling = asyncio.create_task(_tell_on(server, every_seconds))
    try:
        yield
    finally:
        if not telling.done():
            telling.cancel()
        [ended] = await asyncio.gather(telling, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended


async def _tell_on(server: Server, every_seconds: float) -> None:
    due_at = time.monotonic()
    while True:
        await server.tell()
        due_at += every_seconds
        await asyncio.sleep(max(0.0, due_at - time.monotonic()))
