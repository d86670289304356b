"""A simulated floor, watched as a poller does: the simulator's own answers, as JSON, through EQ's reading.

All in one process, and time is the world's. EQ's lists are not of the same instant: they are answered one after the
other, in any order.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from eqboard.eq import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, read_answer
from eqboard.floor.assemble import Answers, Names, Taken, assemble
from eqboard.floor.buckets import NOTHING, Bucket, Span, add
from eqboard.floor.counting import counted
from eqboard.floor.flow import Event, Watch, observe, with_possible_waits
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND
from eqboard.floor.snapshot import Part, Snapshot, Trouble
from eqboard.simulator.answering import respond
from eqboard.simulator.asked import Asked
from eqboard.simulator.handlers import handler_for
from eqboard.simulator.world import World

DIALECT = load_dialect()
OPERATION_OF = {part: OPERATIONS[read.operation] for part, read in {**EVERY_ROUND, **EVERY_FEW_ROUNDS}.items()}
QUICK = tuple(EVERY_ROUND)
SLOW_EVERY_ROUNDS = 5
BETWEEN_ANSWERS_SECONDS = 0.02

Outage = Callable[[float, Part, random.Random], Trouble | None]
"""Why a part cannot be read so many seconds after the beginning; None: it can."""

Habit = Callable[[Part, dict[str, Any]], dict[str, Any]]
"""What another EQ would say in place of a row."""


@dataclass
class Watched:
    """A world, and what a poller makes of it."""

    world: World
    poll_seconds: float = 1.0
    seed: int = 1
    outage: Outage | None = None
    habit: Habit | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)
    watch: Watch = field(default_factory=Watch)
    spans: dict[int, Span] = field(default_factory=dict)  # by minute
    events: list[Event] = field(default_factory=list)
    callers_read_at: list[float] = field(default_factory=list)  # UNIX seconds
    round_number: int = 0

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._began_at = self.world.now
        self._due_at = self.world.now
        slow_seconds = self.poll_seconds * SLOW_EVERY_ROUNDS
        self._every_seconds = {part: self.poll_seconds if part in QUICK else slow_seconds for part in Part}

    def go_on(self, seconds: float) -> None:
        for _ in range(round(seconds / self.poll_seconds)):
            self.go_round()

    def go_round(self, *, is_at_once: bool = False) -> None:
        """Read EQ, and count what happened. At once: all its lists are of the same instant, for once."""
        self.world.run_to(self._due_at)
        self._due_at += self.poll_seconds
        before, self.snapshot = self.snapshot, self._read(0.0 if is_at_once else BETWEEN_ANSWERS_SECONDS)
        self.snapshot = with_possible_waits(self.watch, before, self.snapshot)
        self.watch, events = observe(self.watch, before, self.snapshot)
        self.events += events
        minute = int(self.world.now // 60)
        span = self.spans.get(minute) or Span(datetime.fromtimestamp(minute * 60, UTC))
        self.spans[minute] = counted(span, events, before, self.snapshot)
        self.round_number += 1

    def hand_over(self) -> None:
        """Another leader goes on, from what was stored."""
        for kind, name in ((Snapshot, "snapshot"), (Watch, "watch")):
            adapter: TypeAdapter[Any] = TypeAdapter(kind)
            stored = adapter.dump_json(getattr(self, name), exclude_defaults=True)
            setattr(self, name, adapter.validate_json(stored))

    def _read(self, between_seconds: float) -> Snapshot:
        began_at = datetime.fromtimestamp(self.world.now, UTC)
        parts = list(QUICK if self.round_number % SLOW_EVERY_ROUNDS else Part)
        self._rng.shuffle(parts)
        answers = {}
        for part in parts:
            self.world.tick(between_seconds)
            answers[part.value] = self._answer(part)
        taken = Taken(datetime.fromtimestamp(self.world.now, UTC))
        heard = Answers(**answers, asked_at=dict.fromkeys(parts, began_at))
        return assemble(heard, self._names(), self.snapshot, taken, self._every_seconds)

    def _answer(self, part: Part) -> Rows[Any] | Trouble:
        trouble = self.outage and self.outage(self.world.now - self._began_at, part, self._rng)
        if trouble:
            return trouble
        if part is Part.CALLS:
            self.callers_read_at.append(self.world.now)
        operation = OPERATION_OF[part]
        value: Any = handler_for(operation.method, operation.path)(self.world, Asked())
        if self.habit:
            value = [self.habit(part, row) for row in value]
        body = bytes(respond(value, (), self.world.now).body)
        return read_answer(operation, 200, body, DIALECT)

    def _names(self) -> Names:
        queues = self.world.directory.live_queues()
        return Names(max_waits={each.extension: limit for each in queues if (limit := each.settings.max_wait_time)})

    # What was observed

    def bucket(self, queue: str | None = None) -> Bucket:
        """Everything that was counted of a queue, or of all."""
        total = NOTHING
        for span in self.spans.values():
            for key, bucket in span.queues.items():
                if queue in (None, key):
                    total = add(total, bucket)
        return total
