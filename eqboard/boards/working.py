"""The working of one number: what it means, how it came about, and over which time."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from eqboard.boards.figures import Explanation, explain
from eqboard.boards.fragments import dom_id
from eqboard.boards.grading import Limits, applying
from eqboard.boards.labels import DEFINITIONS
from eqboard.boards.names import METRICS, WINDOWS
from eqboard.boards.parts.numbers import number
from eqboard.boards.reckoning import FLOOR
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.formulas import value_of
from eqboard.floor.metrics import OF_AGENTS, OF_THIS_MOMENT, Metric, Target, Unit, unit_of
from eqboard.floor.snapshot import ExchangeCounts, Queue
from eqboard.floor.windows import Window

WHOLE = 0.999  # a share of polls above is all of them, to what a clock can tell


@dataclass(frozen=True, slots=True)
class Opened:
    """A number that was opened. `queue` is None for all that the board shows."""

    figure: Figure
    queue: Queue | None
    explanation: Explanation
    promises: tuple[tuple[Target, tuple[str, ...]], ...]  # each with the names of the queues that promise it
    limits: tuple[Limits, ...]
    pbx: ExchangeCounts | None  # of one queue only: EQ's counts are not added up

    @property
    def name(self) -> str:
        return str(METRICS[self.figure.metric].full)

    @property
    def over(self) -> str:
        """Over which time it counts; of what is of this moment, nothing."""
        return "" if self.figure.metric in OF_THIS_MOMENT else str(WINDOWS[self.figure.window].full)

    @property
    def definition(self) -> str:
        return str(DEFINITIONS[self.figure.metric])

    @property
    def exact_percent(self) -> float | None:
        """A percentage before it was rounded down for the board; None: it is none, or it was whole."""
        working = self.explanation.working
        if working is None or unit_of(self.figure.metric) is not Unit.PERCENT:
            return None
        value = value_of(self.figure.metric, working)
        return None if value is None or value.is_integer() else value

    @property
    def covered_percent(self) -> float | None:
        """The share of polls since the floor was first watched in this window, 0 to 100."""
        told = self.explanation
        if told.watched_since is None or told.begin is None:
            return None
        seconds = (told.until - max(told.begin, told.watched_since)).total_seconds()
        share = told.seen_seconds / seconds if seconds > 0 else 0.0
        return 100.0 if share > WHOLE else 100 * share

    @property
    def is_late(self) -> bool:
        """Whether nobody watched when the window began: what happened before is not among the counts."""
        told = self.explanation
        return told.begin is not None and (told.watched_since is None or told.watched_since > told.begin)


def figure_of(metric: str, window: str) -> Figure | None:
    """The figure that an address names; None when there is no such."""
    try:
        figure = Figure(Metric(metric), Window(window))
    except ValueError:
        return None
    is_sound = figure.metric not in OF_THIS_MOMENT or figure.window is Window.NOW
    return figure if is_sound else None


def queue_of(key: str, queues: Collection[str]) -> str | None:
    """The extension that an address names, as the ids of elements do (`dom_id`); FLOOR for "". None: not to be seen."""
    if not key:
        return FLOOR
    named = f"queue-{key}"
    return next((extension for extension in sorted(queues) if dom_id("queue", extension) == named), None)


def opened(scene: Scene, queue: str, figure: Figure) -> Opened:
    """The working of a number of the scene; `queue` is one of its extensions, or FLOOR."""
    view = scene.view
    queues = scene.queues if queue == FLOOR else frozenset({queue})
    told = explain(figure, queues, scene.basis)
    shown = number(scene, figure, queue)  # the very number that was pressed
    return Opened(
        figure=figure,
        queue=None if queue == FLOOR else view.queues[queue],
        explanation=replace(told, shown=shown),
        promises=() if figure.metric in OF_AGENTS else _promises(scene, queues),
        limits=applying(scene, queue, figure),
        pbx=None if queue == FLOOR else view.queues[queue].pbx,
    )


def _promises(scene: Scene, queues: Collection[str]) -> tuple[tuple[Target, tuple[str, ...]], ...]:
    names: dict[Target, list[str]] = {}
    for queue in sorted((scene.view.queues[key] for key in queues), key=lambda each: (each.name, each.extension)):
        names.setdefault(scene.board.targets.of(queue.extension), []).append(queue.name)
    return tuple((target, tuple(found)) for target, found in names.items())
