"""The numbers of queues and of the floor as a board shows them, and what is wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eqboard.boards.figures import FigureValue
from eqboard.boards.grading import grade_of
from eqboard.boards.reckoning import FLOOR, reckoning
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.levels import GRAVITY, Grade, Levels
from eqboard.floor.metrics import OF_AGENTS, OF_CALLS, Metric
from eqboard.floor.snapshot import Part
from eqboard.floor.windows import Window

MINUTES = 60  # of a sparkline
LEAST_MINUTES = 5  # that somebody watched: fewer are drawn as a speck


@dataclass(frozen=True, slots=True)
class Trouble:
    """The number of a queue that is worst."""

    metric: Metric
    window: Window
    grade: Grade


@dataclass(frozen=True, slots=True)
class Sparkline:
    """How many waited at most in each minute of the last hour, the running one last; None where nobody watched."""

    peaks: tuple[int | None, ...]
    usual_low: int | None = None
    usual_high: int | None = None

    @property
    def most(self) -> int:
        return max((peak for peak in self.peaks if peak is not None), default=0)

    @property
    def watched_minutes(self) -> int:
        """In how many minutes of the hour somebody watched."""
        return sum(peak is not None for peak in self.peaks)

    @property
    def width(self) -> int:
        return len(self.peaks) - 1

    @property
    def top(self) -> int:
        """The number at the upper edge: a few callers are not drawn as a mountain."""
        return max(self.most, self.usual_high or 0, 4)

    @property
    def band(self) -> tuple[int, int] | None:
        """Where the usual range begins, from above, and how high it is."""
        if self.usual_low is None or self.usual_high is None:
            return None
        return self.top - self.usual_high, self.usual_high - self.usual_low

    @property
    def path(self) -> str:
        """Lines through the minutes in a row; one minute alone is a dot."""
        steps = []
        is_drawing = False
        for minute, peak in enumerate(self.peaks):
            if peak is not None:
                steps.append(f"{'L' if is_drawing else 'M'}{minute} {self.top - peak}{'' if is_drawing else 'h.01'}")
            is_drawing = peak is not None
        return "".join(steps)


def number(scene: Scene, figure: Figure, queue: str = FLOOR) -> FigureValue:
    """A number of one queue, or of all that the board shows."""
    return reckoning.number(scene, figure, queue, grade_of(scene.levels, queue, figure.metric, figure.window))


def numbers(scene: Scene, figures: Iterable[Figure], queue: str = FLOOR) -> tuple[FigureValue, ...]:
    return tuple(number(scene, figure, queue) for figure in figures)


def sparkline(scene: Scene, queue: str) -> Sparkline | None:
    """None while so little was watched that nothing can be seen in it."""
    known = scene.view.queues[queue]
    line = Sparkline(scene.history.peaks(queue, scene.now, MINUTES), known.usual_low, known.usual_high)
    return line if line.watched_minutes >= LEAST_MINUTES else None


def troubles_of(levels: Levels) -> Mapping[str, Trouble]:
    """The worst number of each queue (and of the floor) that has one; of equals the first that the board graded."""
    worst: dict[str, Trouble] = {}
    for (queue, metric, window, _direction), level in levels.items():
        known = worst.get(queue)
        if GRAVITY.index(level.grade) > (GRAVITY.index(known.grade) if known else 0):
            worst[queue] = Trouble(metric, window, level.grade)
    return worst


def parts_behind(metric: Metric) -> tuple[Part, ...]:
    """What has to be read from EQ for it: when that is old, so is the number."""
    if metric in OF_CALLS:
        return (Part.CALLS,)
    return (Part.AGENTS,) if metric in OF_AGENTS else (Part.CALLS, Part.AGENTS)
