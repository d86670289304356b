"""The floor in a few numbers; people are counted once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from eqboard.boards.figures import FigureValue
from eqboard.boards.parts.numbers import numbers
from eqboard.boards.scene import Scene
from eqboard.floor.metrics import OF_AGENTS, Metric, Target
from eqboard.floor.snapshot import AgentState, Part, Snapshot


@dataclass(frozen=True, slots=True)
class Totals:
    waiting_count: int | None
    oldest_waiting_at: datetime | None
    present_count: int | None
    available_count: int | None
    on_call_count: int | None
    ringing_count: int | None
    wrap_up_count: int | None
    paused_count: int | None
    unknown_count: int | None
    away_count: int | None
    parked_count: int | None
    conference_count: int | None
    queue_count: int


@dataclass(frozen=True, slots=True)
class FloorNumbers:
    """The chosen numbers of the floor: those of calls, then those of people beside the bar of their states."""

    totals: Totals
    calls: tuple[FigureValue, ...]
    people: tuple[FigureValue, ...]

    @property
    def promise(self) -> Target | None:
        """What all queues promise, where a service level is shown and they promise the same."""
        return next((each.target for each in self.calls if each.metric is Metric.SERVICE_LEVEL), None)


def floor_numbers(scene: Scene) -> Iterator[tuple[None, FloorNumbers]]:
    chosen = numbers(scene, scene.board.spec.totals)
    yield (
        None,
        FloorNumbers(
            totals_of(scene.view),
            calls=tuple(each for each in chosen if each.metric not in OF_AGENTS),
            people=tuple(each for each in chosen if each.metric in OF_AGENTS),
        ),
    )


def away_count(scene: Scene) -> Iterator[tuple[None, int | None]]:
    """How many are signed out, said while they are folded away; None: nobody knows."""
    signed_out = [agent for agent in scene.view.agents.values() if agent.state is AgentState.SIGNED_OUT]
    yield None, _count(scene.view, Part.AGENTS, len(signed_out))


def _count(view: Snapshot, part: Part, number: int) -> int | None:
    """None for what was never read: nobody knows, which is not the same as 0."""
    source = view.sources.get(part)
    return number if source and source.taken_at else None


def totals_of(view: Snapshot) -> Totals:
    states = [agent.state for agent in view.agents.values()]
    entered = [call.entered_at for call in view.waiting.values() if call.entered_at]
    count = partial(_count, view)
    return Totals(
        waiting_count=count(Part.CALLS, len(view.waiting)),
        oldest_waiting_at=min(entered, default=None),
        present_count=count(Part.AGENTS, len(states) - states.count(AgentState.SIGNED_OUT)),
        available_count=count(Part.AGENTS, states.count(AgentState.AVAILABLE)),
        on_call_count=count(Part.AGENTS, states.count(AgentState.ON_CALL)),
        ringing_count=count(Part.AGENTS, states.count(AgentState.RINGING)),
        wrap_up_count=count(Part.AGENTS, states.count(AgentState.WRAP_UP)),
        paused_count=count(Part.AGENTS, states.count(AgentState.PAUSED)),
        unknown_count=count(Part.AGENTS, states.count(AgentState.UNKNOWN)),
        away_count=count(Part.AGENTS, states.count(AgentState.SIGNED_OUT)),
        parked_count=count(Part.PARKED, len(view.parked)),
        conference_count=count(Part.CONFERENCES, len(view.conferences)),
        queue_count=len(view.queues),
    )
