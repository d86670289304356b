"""What can still be missed today, and how many agents are needed: what a team lead plans by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from eqboard.boards.figures import FigureValue
from eqboard.boards.parts.numbers import number
from eqboard.boards.parts.queues import in_order
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.budget import Budget, budget
from eqboard.floor.erlang import Load, Staffing, load_of, staffing
from eqboard.floor.formulas import reckon
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import Queue
from eqboard.floor.windows import Window

ESTIMATED_FROM = Window.LAST_30  # in fewer minutes chance prevails (erlang.load_of)
LEAST_MINUTES = 10  # watched of them: the calls of a minute or two, scaled up, are no estimate


@dataclass(frozen=True, slots=True)
class BudgetRow:
    extension: str
    name: str
    service_level: FigureValue
    target: Target
    budget: Budget | None  # None: no call counts yet


@dataclass(frozen=True, slots=True)
class StaffingRow:
    """An estimate with its inputs. Without one of them `staffing` is None, and `is_present_known` tells which."""

    extension: str
    name: str
    target: Target
    offered: int  # calls in ESTIMATED_FROM
    minutes: int  # watched of it
    aht_seconds: int | None
    present: int | None  # who take calls: signed in and not paused
    staffing: Staffing | None

    @property
    def is_early(self) -> bool:
        return self.minutes < LEAST_MINUTES

    @property
    def one_fewer_percent(self) -> int | None:
        """The service level after one more pause, rounded down; None: the queue would grow, or nobody is there."""
        outlook = self.staffing.one_fewer if self.staffing else None
        return None if outlook is None or outlook.service_level is None else int(100 * outlook.service_level)

    @property
    def now_percent(self) -> int | None:
        """The same of those who are there now."""
        level = self.staffing.now.service_level if self.staffing else None
        return None if level is None else int(100 * level)

    @property
    def missing(self) -> int:
        """How many agents are too few; 0: enough are there."""
        if self.staffing is None or self.staffing.needed is None or self.present is None:
            return 0
        return max(0, self.staffing.needed - self.present)


def budgets(scene: Scene) -> Iterator[tuple[str, BudgetRow]]:
    figure = Figure(Metric.SERVICE_LEVEL, Window.TODAY)
    for queue in in_order(scene):
        target = scene.board.targets.of(queue.extension)
        working = reckon(figure.metric, scene.tally(figure.window, queue.extension), target)
        shown = number(scene, figure, queue.extension)
        yield queue.extension, BudgetRow(queue.extension, queue.name, shown, target, budget(working, target))


def staffings(scene: Scene) -> Iterator[tuple[str, StaffingRow]]:
    for queue in in_order(scene):
        yield queue.extension, _staffing_row(scene, queue)


def _staffing_row(scene: Scene, queue: Queue) -> StaffingRow:
    target = scene.board.targets.of(queue.extension)
    tally = scene.tally(ESTIMATED_FROM, queue.extension)
    minutes = min(30, round(tally.seen_seconds / 60))
    load = load_of(tally) if minutes >= LEAST_MINUTES else None
    aht_seconds = reckon(Metric.AHT, tally, target).value
    present = _taking_calls(queue)
    return StaffingRow(
        extension=queue.extension,
        name=queue.name,
        target=target,
        offered=tally.bucket.offered,
        minutes=minutes,
        aht_seconds=int(aht_seconds) if aht_seconds else None,
        present=present,
        staffing=_staffing(_rounded(load), target, present) if load else None,
    )


def _rounded(load: Load) -> Load:
    """So coarse that an estimate does not change with every second that was watched; never nothing at all."""
    return Load(max(0.01, round(load.offered_per_minute, 2)), max(1.0, round(load.aht_seconds)))


_staffing = lru_cache(maxsize=1024)(staffing)


def _taking_calls(queue: Queue) -> int | None:
    if queue.present_count is None or queue.paused_count is None:
        return None
    return max(0, queue.present_count - queue.paused_count)
