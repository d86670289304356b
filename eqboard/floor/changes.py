"""What is different between two snapshots: pure. `apply(old, diff(old, new)) == new` (design.md, law 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from eqboard.floor.snapshot import (
    AbandonedCall,
    Agent,
    Conference,
    Line,
    ParkedCall,
    Part,
    PauseCode,
    Queue,
    Snapshot,
    Source,
    WaitingCall,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Delta(Generic[K, V]):
    """`put`: entities that are new or other than before; `gone`: keys of those that left."""

    put: Mapping[K, V] = field(default_factory=dict)
    gone: tuple[K, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.gone)


@dataclass(frozen=True, slots=True)
class Changes:
    """One delta for each mapping of Snapshot, under the same name."""

    sources: Delta[Part, Source] = field(default_factory=Delta)
    queues: Delta[str, Queue] = field(default_factory=Delta)
    agents: Delta[int, Agent] = field(default_factory=Delta)
    waiting: Delta[str, WaitingCall] = field(default_factory=Delta)
    parked: Delta[str, ParkedCall] = field(default_factory=Delta)
    abandoned: Delta[str, AbandonedCall] = field(default_factory=Delta)
    conferences: Delta[str, Conference] = field(default_factory=Delta)
    pause_codes: Delta[int, PauseCode] = field(default_factory=Delta)
    lines: Delta[str, Line] = field(default_factory=Delta)

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)


KINDS = tuple(each.name for each in fields(Changes))


def diff(old: Snapshot, new: Snapshot) -> Changes:
    """What has to be told to somebody who knows `old`."""
    return Changes(**{kind: _delta(getattr(old, kind), getattr(new, kind)) for kind in KINDS})


def _delta(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Delta[Any, Any]:
    if old is new:
        return Delta()
    put = {key: value for key, value in new.items() if key not in old or old[key] != value}
    return Delta(put, tuple(key for key in old if key not in new))


def apply(old: Snapshot, changes: Changes) -> Snapshot:
    """The snapshot after the changes. Entities that did not change are the same objects as before."""
    return Snapshot(**{kind: _applied(getattr(old, kind), getattr(changes, kind)) for kind in KINDS})


def _applied(old: Mapping[Any, Any], delta: Delta[Any, Any]) -> Mapping[Any, Any]:
    if not delta:
        return old
    gone = set(delta.gone)
    return {key: value for key, value in old.items() if key not in gone} | dict(delta.put)
