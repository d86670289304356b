"""Where the numbers of a board stand against its thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass

from eqboard.boards.reckoning import FLOOR, reckoning
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.levels import (
    Direction,
    Grade,
    Level,
    Levels,
    Threshold,
    against,
    judge,
    limits_of,
    threshold_for,
    worst,
)
from eqboard.floor.metrics import Metric, Unit, unit_of
from eqboard.floor.windows import Window

CALM = Level()
DIRECTIONS = tuple(Direction)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one number is held against, and where it stands."""

    threshold: Threshold  # in the metric's own unit
    level: Level
    promise: int | None = None  # in percent, from which the limits are counted; None: they are as the board says


def grade(scene: Scene, before: Levels) -> Levels:
    """Where each number with a threshold stands now; of queues that are gone nothing is kept."""
    return {key: _level(scene, key[0], threshold, before.get(key, CALM)) for key, threshold in _thresholds(scene)}


def grade_of(levels: Levels, queue: str, metric: Metric, window: Window) -> Grade:
    """The level of a number, in whichever direction it is worse."""
    found = [levels.get((queue, metric, window, direction)) for direction in DIRECTIONS]
    return worst(level.grade for level in found if level)


def applying(scene: Scene, queue: str, figure: Figure) -> tuple[Limits, ...]:
    """The limits of one number, for too high and for too low; where nobody knows a promise there is none below it."""
    found = (
        threshold_for(scene.thresholds, queue, figure.metric, figure.window, direction) for direction in DIRECTIONS
    )
    limits = (_limits(scene, queue, threshold) for threshold in found if threshold and _applies(threshold, queue))
    return tuple(each for each in limits if limits_of(each.threshold))


def _limits(scene: Scene, queue: str, threshold: Threshold) -> Limits:
    level = scene.levels.get((queue, threshold.metric, threshold.window, threshold.direction), CALM)
    if not threshold.below_promise:
        return Limits(threshold, level)
    promise = reckoning.number(scene, Figure(threshold.metric, threshold.window), queue).promise
    return Limits(against(threshold, promise), level, promise)


def _thresholds(scene: Scene) -> Iterator[tuple[tuple[str, Metric, Window, Direction], Threshold]]:
    graded = dict.fromkeys(key[1:] for key in scene.thresholds)
    for queue in (FLOOR, *sorted(scene.queues)):
        for metric, window, direction in graded:
            threshold = threshold_for(scene.thresholds, queue, metric, window, direction)
            if threshold and _applies(threshold, queue):
                yield (queue, metric, window, direction), threshold


def _applies(threshold: Threshold, queue: str) -> bool:
    """A limit for each queue says nothing of a count over all of them: ten queues with two callers are no flood."""
    return queue != FLOOR or unit_of(threshold.metric) is not Unit.COUNT


def _level(scene: Scene, queue: str, threshold: Threshold, before: Level) -> Level:
    number = reckoning.number(scene, Figure(threshold.metric, threshold.window), queue)
    if number.calls is not None and number.calls < threshold.least_calls:
        return CALM if before.grade is Grade.CALM else Level(since=scene.now)
    return judge(against(threshold, number.promise), number.reading(scene.now), before, scene.now)
