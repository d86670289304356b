"""The numbers of a scene. What counts over time is computed once for all audiences: it depends on nobody's rights."""

import threading
from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime

from eqboard.boards.figures import FigureValue, figure_value
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure
from eqboard.floor.history import History
from eqboard.floor.levels import Grade
from eqboard.floor.metrics import OF_THIS_MOMENT, STATES, Metric, Unit
from eqboard.floor.snapshot import AgentState, Part
from eqboard.floor.windows import Window

PEOPLE = {metric: frozenset({state}) for metric, state in STATES.items()} | {
    Metric.PRESENT: frozenset(AgentState) - {AgentState.SIGNED_OUT}
}
FLOOR = ""  # in place of an extension: all queues that the board shows, together


class Reckoned:
    """What was computed already of the newest history at the newest moment; of another one nothing is kept."""

    def __init__(self, history: History | None = None, now: datetime | None = None) -> None:
        self.history = history
        self.now = now
        self.values: dict[Hashable, FigureValue] = {}

    def is_of(self, scene: Scene) -> bool:
        """The very history, not an equal one: to compare hours of counts would cost more than it saves."""
        return self.history is scene.history and self.now == scene.now


class Reckoning(threading.local):
    """Each thread has its own: drafts are painted beside the boards, and may still be of a floor that is over there."""

    def __init__(self) -> None:
        self._newest = Reckoned()

    def number(self, scene: Scene, figure: Figure, queue: str, level: Grade = Grade.CALM) -> FigureValue:
        """A number of one queue, or of the FLOOR."""
        if queue == FLOOR and figure.metric in PEOPLE:
            return FigureValue(figure.metric, Window.NOW, _people(scene, figure.metric), Unit.COUNT, level=level)
        if figure.metric in OF_THIS_MOMENT:
            return _value(scene, figure, queue, level)
        newest = self._newest
        if not newest.is_of(scene):
            newest = self._newest = Reckoned(scene.history, scene.now)
        targets = scene.board.targets
        of = (scene.queues, targets) if queue == FLOOR else (queue, targets.of(queue))
        key = (figure.metric, figure.window, of)
        known = newest.values.get(key)
        if known is None:
            known = newest.values[key] = _value(scene, figure, queue, Grade.CALM)
        return replace(known, level=level) if level else known


def _people(scene: Scene, metric: Metric) -> int | None:
    """All whom the board shows, each in the state in which their card is: numbers and cards agree, even where one queue
    is shown, of which EQ counts another state. None while agents were never read.
    """
    source = scene.view.sources.get(Part.AGENTS)
    if source is None or source.taken_at is None:
        return None
    return sum(agent.state in PEOPLE[metric] for agent in scene.view.agents.values())


def _value(scene: Scene, figure: Figure, queue: str, level: Grade) -> FigureValue:
    return figure_value(figure, scene.queues if queue == FLOOR else (queue,), scene.basis, level)


reckoning = Reckoning()
