"""One tick of a board, from EQ's bytes to the frame that its viewers get, beside rendering everything anew; and several
boards in a tick, beside one.

Each round is a second of a storm in a pretend call centre; every stage works on what the one before it made, as in
production, and is measured by itself.
"""

import gc
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.audience import Audience
from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, packed, paint, strokes, whole
from eqboard.boards.health import Health
from eqboard.boards.ready import ready_board
from eqboard.eq.dialect_file import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, read_answer
from eqboard.feed.follow import Floor, advance
from eqboard.feed.messages import Stored, Update, updates
from eqboard.floor.assemble import AgentName, Answers, Names, Taken, assemble
from eqboard.floor.changes import diff
from eqboard.floor.counting import counted
from eqboard.floor.flow import Watch, observe
from eqboard.floor.history import History
from eqboard.floor.reads import EVERY_ROUND
from eqboard.floor.snapshot import Part, Snapshot
from eqboard.ops.bench.measure import Figure, compare
from eqboard.ops.bench.overlapping import ONE, Overlapping
from eqboard.simulator.asked import Asked
from eqboard.simulator.handlers import handler_for
from eqboard.simulator.scenarios import build_world
from eqboard.simulator.world import World

SITES = {"20 queues, 200 agents": (20, 200), "200 queues, 2,000 agents": (200, 2000)}
BOARDS = ("floor", "supervisor", "tv")
REFERENCE = "render everything: the floor's board"
WARM_ROUNDS = 5  # before the first that counts: names and the first hour's figures settle
EVERY_SECONDS = dict.fromkeys(Part, 1.0)

T = TypeVar("T")


def ticks(rounds: int, *, most_sites: int | None = None) -> list[Figure]:
    """The figures for each size of site, or for so many, the smallest first; a round is a second of its time."""
    sites = list(SITES.items())[:most_sites]
    return [figure for name, (queues, agents) in sites for figure in _site(name, queues, agents, rounds)]


def _site(name: str, queues: int, agents: int, rounds: int) -> list[Figure]:
    site = Site(build_world("monday_storm", seed=1, started_at=time.time(), queues=queues, agents=agents))
    boards = Overlapping()
    for _ in range(WARM_ROUNDS):
        site.go_round()
        boards.go_round(site.floor)
    gc.collect()
    gc.freeze()
    measured, several = [], []
    for _ in range(rounds):
        measured.append(site.go_round())
        several.append(boards.go_round(site.floor))
    gc.unfreeze()
    figures = compare(f"tick, {name}", REFERENCE, _by_name([each.seconds for each in measured]))
    return [
        *(replace(each, viewer_kilobytes=_per_minute(each.variant, measured)) for each in figures),
        *compare(f"boards of a tick, {name}", ONE, _by_name(several)),
    ]


def _by_name(rounds: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    return {name: [each[name] for each in rounds] for name in rounds[0]}


@dataclass(slots=True)
class Tick:
    """What one tick took, stage by stage in seconds of processor time, and the sizes of the frames that came of it."""

    seconds: dict[str, float] = field(default_factory=dict)
    frame_bytes: dict[str, int] = field(default_factory=dict)

    def stage(self, name: str, work: Callable[[], T]) -> T:
        began_at = time.process_time()
        made = work()
        self.seconds[name] = max(time.process_time() - began_at, 1e-9)
        return made


def _per_minute(stage: str, measured: list[Tick]) -> float | None:
    """Kilobytes that a viewer gets in a minute of a tick a second."""
    sizes = [each.frame_bytes[stage] for each in measured if stage in each.frame_bytes]
    return 60 * sum(sizes) / len(sizes) / 1000 if sizes else None


class Site:
    """A call centre, the poller that reads it, and a web process with a viewer of each ready board."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._names = names_of(world)
        self._dialect = load_dialect()
        self._watch, self._history = Watch(), History()
        self._stored = Stored("epoch", 0, self.now(), Snapshot())
        self._floor = Floor(self._stored, is_connected=True)
        self._screens = {ref: Screen(audience_of(ref)) for ref in BOARDS}

    @property
    def floor(self) -> Floor:
        """As a web process holds it now."""
        return self._floor

    def go_round(self) -> Tick:
        tick = self.follow()
        for ref in BOARDS:
            self._show(tick, ref)
        tick.stage(REFERENCE, lambda: whole(paint(self._floor, Health(), audience_of("floor"), day_of(self._floor))))
        return tick

    def follow(self) -> Tick:
        """The next second, as far as to what a web process holds."""
        self._world.tick(1.0)
        tick, now, bodies = Tick(), self.now(), self._bodies()
        rows = tick.stage("parse", lambda: self._read(bodies))
        floor = tick.stage("assemble", lambda: self._assembled(rows, now))
        history = tick.stage("flow", lambda: self._counted(floor, now))
        message = tick.stage("diff and encode", lambda: self._encoded(floor, history, now))
        self._floor = tick.stage("decode and apply", lambda: self._followed(message))
        return tick

    def _show(self, tick: Tick, ref: str) -> None:
        stage, shown = f"render what changed: {ref}", self._screens[ref]
        screen = tick.stage(stage, lambda: paint(self._floor, Health(), shown.audience, day_of(self._floor), shown))
        messages = tick.stage(f"frame: {ref}", lambda: packed(strokes(shown, screen)))
        tick.frame_bytes[f"frame: {ref}"] = sum(len(message.encode()) for message in messages)
        self._screens[ref] = screen

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._world.now, UTC)

    def _bodies(self) -> Mapping[Part, bytes]:
        """EQ's answers to the questions of every round."""
        return {part: _answer(self._world, part) for part in EVERY_ROUND}

    def _read(self, bodies: Mapping[Part, bytes]) -> Mapping[Part, Rows[Any]]:
        return {
            part: read_answer(OPERATIONS[EVERY_ROUND[part].operation], 200, body, self._dialect)
            for part, body in bodies.items()
        }

    def _assembled(self, rows: Mapping[Part, Rows[Any]], now: datetime) -> Snapshot:
        heard: dict[str, Any] = {part.value: each for part, each in rows.items()}
        answers = Answers(**heard, asked_at=dict.fromkeys(rows, now))
        return assemble(answers, self._names, self._stored.snapshot, Taken(now), EVERY_SECONDS)

    def _counted(self, floor: Snapshot, now: datetime) -> History:
        self._watch, events = observe(self._watch, self._stored.snapshot, floor)
        span = counted(self._history.at(now), events, self._stored.snapshot, floor)
        return self._history.with_span(span).compacted(now)

    def _encoded(self, floor: Snapshot, history: History, now: datetime) -> bytes:
        seq = self._stored.seq + 1
        changes, spans = diff(self._stored.snapshot, floor), history.changes_since(self._history)
        self._stored, self._history = Stored("epoch", seq, now, floor), history
        return updates.encode(Update("epoch", seq, now, changes, spans=spans))

    def _followed(self, message: bytes) -> Floor:
        update = updates.decode(message)
        held = self._floor.held
        assert held is not None  # noqa: S101 (a site begins with a floor)
        return replace(self._floor, held=advance(held, update), counts=self._floor.counts.advance(update))


def audience_of(ref: str) -> Audience:
    return Audience("en", EVERYTHING, ready_board(ref, "en"))


def names_of(world: World) -> Names:
    directory = world.directory
    return Names(
        agents={
            each.id: AgentName(f"{each.first_name} {each.last_name}", each.number) for each in directory.agents.values()
        },
        queues={each.extension: each.settings.name for each in directory.queues.values()},
    )


def _answer(world: World, part: Part) -> bytes:
    path = OPERATIONS[EVERY_ROUND[part].operation].path
    return json.dumps(handler_for("GET", path)(world, Asked()), ensure_ascii=False).encode()
