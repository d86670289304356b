"""Queues: a tile or a row for each."""

from collections.abc import Iterator
from dataclasses import dataclass

from eqboard.boards.figures import FigureValue
from eqboard.boards.parts.numbers import Sparkline, Trouble, number, numbers, sparkline, troubles_of
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.metrics import OF_CALLS, STATES, Metric, Target
from eqboard.floor.snapshot import Queue

ALWAYS = OF_CALLS | STATES.keys()  # on every tile, chosen or not


@dataclass(frozen=True, slots=True)
class Tile:
    """A queue with its numbers: what every tile shows, then what the board has chosen besides."""

    extension: str
    name: str
    waiting: FigureValue
    longest: FigureValue
    states: tuple[FigureValue, ...]
    present_count: int | None
    figures: tuple[FigureValue, ...] = ()
    spark: Sparkline | None = None
    promise: Target | None = None  # None: no service level is shown
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A queue in the table."""

    extension: str
    name: str
    numbers: tuple[FigureValue, ...]
    trouble: Trouble | None = None

    @property
    def is_trouble_apart(self) -> bool:
        """Whether none of the columns shows what is wrong."""
        return self.trouble is not None and all(each.level != self.trouble.grade for each in self.numbers)


@dataclass(frozen=True, slots=True)
class Sum:
    """All queues of the table together: ratios are weighted, people counted once."""

    queue_count: int
    numbers: tuple[FigureValue, ...]


def in_order(scene: Scene) -> list[Queue]:
    """As the board says, else by name."""
    chosen = scene.board.spec.queues
    if chosen is not None:
        return [scene.view.queues[key] for key in chosen if key in scene.view.queues]
    return sorted(scene.view.queues.values(), key=lambda each: (each.name.casefold(), each.extension))


def tiles(scene: Scene) -> Iterator[tuple[str, Tile]]:
    chosen = [figure for figure in scene.board.spec.figures if figure.metric not in ALWAYS]
    has_promise = any(figure.metric is Metric.SERVICE_LEVEL for figure in chosen)
    troubles = troubles_of(scene.levels)
    for queue in in_order(scene):
        key = queue.extension
        yield (
            key,
            Tile(
                extension=key,
                name=queue.name,
                waiting=number(scene, Figure(Metric.WAITING), key),
                longest=number(scene, Figure(Metric.LONGEST_WAIT), key),
                states=numbers(scene, (Figure(metric) for metric in STATES), key),
                present_count=queue.present_count,
                figures=numbers(scene, chosen, key),
                spark=sparkline(scene, key),
                promise=scene.board.targets.of(key) if has_promise else None,
                trouble=troubles.get(key),
            ),
        )


def rows(scene: Scene) -> Iterator[tuple[str, Row]]:
    troubles = troubles_of(scene.levels)
    for queue in in_order(scene):
        key = queue.extension
        yield key, Row(key, queue.name, numbers(scene, scene.board.spec.figures, key), troubles.get(key))


def sum_row(scene: Scene) -> Iterator[tuple[None, Sum]]:
    yield None, Sum(len(scene.queues), numbers(scene, scene.board.spec.figures))
