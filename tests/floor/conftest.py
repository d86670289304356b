"""Rounds by hand: EQ's rows as dicts, read as the telephone reads them, put together at a moment of our choosing."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from eqboard.eq import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, read_answer
from eqboard.floor.assemble import Answers, LineAnswer, Names, Taken, assemble, lines_of
from eqboard.floor.snapshot import Line, Part, Snapshot, Trouble
from tests.builders import NOON

OPERATION_OF = {
    "statistics": "call_queue_statistics.all",
    "agents": "call_queue_agents.all",
    "calls": "queued_calls.all",
    "parked": "parked_calls.all",
    "conferences": "conferences.all",
    "sessions": "active_sessions.agents",
    "lines": "active_calls.all",
}
EVERY_SECONDS = dict.fromkeys(Part, 1.0)
DIALECT = load_dialect()


def unix(moment: datetime) -> int:
    return int(moment.timestamp())


def answer(part: str, rows: Any) -> Any:
    """Rows as EQ would send them; a Trouble or a Rows as it is."""
    if not isinstance(rows, list):
        return rows
    if not rows:
        return Rows(())
    return read_answer(OPERATIONS[OPERATION_OF[part]], 200, json.dumps(rows).encode(), DIALECT)


@dataclass
class Floor:
    """The floor after each round; a second passes between two."""

    names: Names = field(default_factory=Names)
    skew_seconds: float = 0.0
    now: datetime = NOON - timedelta(seconds=1)
    snapshot: Snapshot = field(default_factory=Snapshot)

    def round(self, *, after_seconds: float = 1.0, took_seconds: float = 0.0, **parts: Any) -> Snapshot:
        self.now += timedelta(seconds=after_seconds)
        asked_at = dict.fromkeys(map(Part, parts), self.now - timedelta(seconds=took_seconds))
        answers = Answers(**{part: answer(part, rows) for part, rows in parts.items()}, asked_at=asked_at)
        taken = Taken(self.now, self.skew_seconds)
        self.snapshot = assemble(answers, self.names, self.snapshot, taken, EVERY_SECONDS)
        return self.snapshot

    def line(self, *rows: dict[str, Any], trouble: Trouble | None = None, after_seconds: float = 1.0) -> Line:
        """Extension 207 after it was asked for, and answered these rows, or failed."""
        self.now += timedelta(seconds=after_seconds)
        calls = trouble or answer("lines", [{"extension": "207", **row} for row in rows])
        taken = Taken(self.now, self.skew_seconds)
        lines = lines_of({"207": LineAnswer(self.now, calls)}, ["207"], self.snapshot.lines, taken)
        self.snapshot = replace(self.snapshot, lines=lines)
        return self.snapshot.lines["207"]

    def agent(self, *rows: dict[str, Any], **options: Any) -> Any:
        """Agent 7 after a round that answered these rows."""
        return self.round(agents=[{"agent": 7, "queue": "500", **row} for row in rows], **options).agents[7]

    def call(self, *rows: dict[str, Any], **options: Any) -> Any:
        """The first caller after a round that answered these rows."""
        calls = self.round(calls=[{"queue": "500", "uniqueId": "1.1", **row} for row in rows], **options).waiting
        return next(iter(calls.values()))


@pytest.fixture
def floor():
    return Floor()
