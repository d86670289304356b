"""Somebody who looks every second, at rows written by hand, and what they conclude."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from eqboard.floor.flow import Event, EventKind, Watch, observe, with_possible_waits
from eqboard.floor.snapshot import Line, LineCall
from tests.builders import NOON
from tests.floor.conftest import Floor, unix

FATES = (
    EventKind.ANSWERED,
    EventKind.ABANDONED,
    EventKind.FLOWED_OUT,
    EventKind.STOLEN,
    EventKind.UNRESOLVED,
)
OF_WAITS = (EventKind.OFFERED, *FATES)
SETTLED_SECONDS = 8  # within which every fate is decided, if both lists are read every second

Row = dict[str, Any]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def caller(id: str = "1.1", queue: str = "500", entered: float = 0, **more: Any) -> Row:
    return {"uniqueId": id, "channel": f"SIP/{id}", "queue": queue, "enterTime": unix(after(entered)), **more}


def call(id: str = "1.1", queue: str | None = "500", **more: Any) -> Row:
    return {"uniqueId": id, "channel": f"SIP/{id}", "queue": queue, **more}


def agent(status: str = "available", at: Row | None = None, *, id: int = 7, queue: str = "500", **more: Any) -> Row:
    return {"agent": id, "queue": queue, "status": status, "call": at, **more}


@dataclass
class Watcher:
    """Looks every second. What is not said of a round is as in the round before."""

    floor: Floor = field(default_factory=Floor)
    watch: Watch = field(default_factory=Watch)
    calls: Any = field(default_factory=list)
    agents: Any = field(default_factory=lambda: [agent()])
    events: list[Event] = field(default_factory=list)
    told: tuple[Event, ...] = ()  # all of the newest round

    def see(self, seconds: float = 1.0, *, calls: Any = None, agents: Any = None, **parts: Any) -> list[Event]:
        """What the round brought, but for the time that passed."""
        self.calls = self.calls if calls is None else calls
        self.agents = self.agents if agents is None else agents
        before = self.floor.snapshot
        floor = self.floor.round(calls=self.calls, agents=self.agents, after_seconds=seconds, **parts)
        floor = self.floor.snapshot = with_possible_waits(self.watch, before, floor)
        self.watch, events = observe(self.watch, before, floor)
        self.told = events
        new = [event for event in events if event.kind is not EventKind.HANDLED]
        self.events += new
        return new

    def hear(self, *calls: LineCall, at: str = "301", asked: datetime | None = None) -> None:
        """What goes on at an extension, as EQ told just now, or when it was asked then."""
        told = Line(at, calls, asked_at=asked or self.floor.now)
        self.floor.snapshot = replace(self.floor.snapshot, lines={at: told})

    def hand_over(self) -> None:
        """Another leader goes on, from the stored watch."""
        kind = TypeAdapter(Watch)
        self.watch = kind.validate_json(kind.dump_json(self.watch, exclude_defaults=True))

    def wait(self, rounds: int = SETTLED_SECONDS) -> list[Event]:
        """Nothing changes for a while."""
        return [event for _ in range(rounds) for event in self.see()]

    def of(self, kind: EventKind) -> list[Event]:
        return [event for event in self.events if event.kind is kind]

    @property
    def fates(self) -> list[str]:
        return [event.kind.value for event in self.events if event.kind in OF_WAITS]


def looked_once() -> Watcher:
    """Has looked once at noon, when nobody waited and agent 7 was free."""
    watcher = Watcher()
    watcher.see()
    return watcher
