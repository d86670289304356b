"""What a wall shows. How much of it fits, the browser decides (wall_plan.js): all screens of a board share a rendering.

So it gets more than most walls have room for, in a steady order, and with each piece what is needed to tell which of
them matter most and to sum up the others. Only what no wall could hold is left out here already.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from eqboard.boards.figures import FigureValue, explain
from eqboard.boards.grading import applying
from eqboard.boards.parts.agents import limit_of
from eqboard.boards.parts.calls import listed
from eqboard.boards.parts.numbers import Trouble, number, numbers, troubles_of
from eqboard.boards.parts.queues import in_order
from eqboard.boards.reckoning import FLOOR
from eqboard.boards.scene import Scene
from eqboard.boards.spec import Figure, StateLimit
from eqboard.floor.budget import Budget, budget
from eqboard.floor.levels import Direction, Grade, Threshold, limits_of
from eqboard.floor.metrics import STATES, Metric, Target, breaches_at
from eqboard.floor.moments import FAR_OFF
from eqboard.floor.snapshot import Agent, AgentState, CameBack, Part, Queue, WaitingCall
from eqboard.floor.windows import Window

WALL_QUEUES = 60
WALL_CALLERS = 30
WALL_AGENTS = 90
RANKS = {Grade.CRITICAL: 0, Grade.WARNING: 1}


@dataclass(frozen=True, slots=True)
class WallFigure:
    """A number of the floor with what it is held against: the limit of its warning; without one, what is promised."""

    shown: FigureValue
    sign: str = ""  # how a good number stands to the limit: ≥ or <
    limit: float | None = None  # in the metric's own unit


@dataclass(frozen=True, slots=True)
class Tile:
    queue: Queue
    figures: tuple[FigureValue, ...]
    trouble: Trouble | None

    @property
    def rank(self) -> int:
        """0 is in most trouble; then those where somebody waits, and last those where nobody does."""
        return _rank(self.queue, self.trouble)


@dataclass(frozen=True, slots=True)
class Caller:
    call: WaitingCall
    breaches_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Person:
    agent: Agent
    level: Grade  # of the time in this state

    @property
    def rank(self) -> int:
        return RANKS.get(self.level, 2)


@dataclass(frozen=True, slots=True)
class States:
    """How many agents are in each state; None where agents were never read. An unknown one only where somebody is."""

    counts: tuple[tuple[AgentState, int | None], ...]


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Who gave up waiting today. `gone_count`: those who have not called again, of the newest `listed_count` where not
    all are listed (None: they are).
    """

    shown: FigureValue
    gone_count: int
    listed_count: int | None = None


@dataclass(frozen=True, slots=True)
class Leeway:
    """The service-level budget of today. With several targets it is that of the queues that have the least left."""

    target: Target
    budget: Budget | None  # None: no call counts yet


@dataclass(frozen=True, slots=True)
class More:
    """What was not even sent."""

    queue_count: int = 0
    waiting_count: int = 0  # callers in these queues
    caller_count: int = 0
    late_count: int = 0  # of these callers
    agent_count: int = 0


def totals(scene: Scene) -> Iterator[tuple[str, WallFigure]]:
    for figure in dict.fromkeys(scene.board.spec.totals):
        yield f"{figure.metric}-{figure.window}", _with_limit(scene, figure)


def _with_limit(scene: Scene, figure: Figure) -> WallFigure:
    shown = number(scene, figure)
    for limits in applying(scene, FLOOR, figure):
        return WallFigure(shown, *_good(limits.threshold))
    return WallFigure(shown) if shown.promise is None else WallFigure(shown, "≥", shown.promise)


def _good(threshold: Threshold) -> tuple[str, float]:
    """The sign and the limit of a number that is well. A grade begins at the limit itself, and what is shown is whole:
    above 79 % is 80 % or more.
    """
    limit, *_ = limits_of(threshold)
    return ("<", limit) if threshold.direction is Direction.HIGH else ("≥", floor(limit) + 1)


def tiles(scene: Scene) -> Iterator[tuple[str, Tile]]:
    """In a steady order, so that each keeps its place for as long as it is shown."""
    troubles = troubles_of(scene.levels)
    sent = set(_by_rank(scene, troubles)[:WALL_QUEUES])
    for queue in in_order(scene):
        if queue.extension in sent:
            figures = numbers(scene, scene.board.spec.figures, queue.extension)
            yield queue.extension, Tile(queue, figures, troubles.get(queue.extension))


def _by_rank(scene: Scene, troubles: Mapping[str, Trouble]) -> list[str]:
    """Extensions, those in trouble first; of equals the longest wait, then by name."""
    ranked = sorted(
        scene.view.queues.values(),
        key=lambda queue: (
            _rank(queue, troubles.get(queue.extension)),
            queue.oldest_waiting_at or FAR_OFF,
            queue.name.casefold(),
            queue.extension,
        ),
    )
    return [queue.extension for queue in ranked]


def _rank(queue: Queue, trouble: Trouble | None) -> int:
    if trouble:
        return RANKS[trouble.grade]
    return 2 if queue.waiting_count else 3


def waiting(scene: Scene) -> Iterator[tuple[str, Caller]]:
    """Whom one can still answer in time, the next to breach first; then the others, the latest first."""
    for caller in _callers(scene)[:WALL_CALLERS]:
        yield caller.call.key, caller


def _callers(scene: Scene) -> list[Caller]:
    callers = [_caller(scene, call) for call in scene.view.waiting.values()]
    return sorted(callers, key=lambda each: (each.is_late, each.breaches_at or FAR_OFF, each.call.key))


def _caller(scene: Scene, call: WaitingCall) -> Caller:
    target = scene.board.targets.of(call.queue)
    breach = breaches_at(call.entered_at, target) if call.entered_at else None
    return Caller(call, breach, is_late=breach is not None and breach <= scene.now)


def states(scene: Scene) -> Iterator[tuple[None, States]]:
    """Everybody once, in the state in which their card shows them."""
    source = scene.view.sources.get(Part.AGENTS)
    counted = Counter(agent.state for agent in scene.view.agents.values())
    is_read = source is not None and source.taken_at is not None
    shown = (*STATES.values(), *([AgentState.UNKNOWN] if counted[AgentState.UNKNOWN] else []))
    yield None, States(tuple((state, counted[state] if is_read else None) for state in shown))


def people(scene: Scene) -> Iterator[tuple[int, Person]]:
    """By name: those who are signed in."""
    there = _people(scene)
    sent = {each.agent.id for each in sorted(there, key=lambda each: each.rank)[:WALL_AGENTS]}
    for person in there:
        if person.agent.id in sent:
            yield person.agent.id, person


def _people(scene: Scene) -> list[Person]:
    there = [agent for agent in scene.view.agents.values() if agent.state is not AgentState.SIGNED_OUT]
    limits = scene.board.spec.limits
    return [
        Person(agent, _over(limit_of(agent, limits), agent.state_since, scene.now))
        for agent in sorted(there, key=lambda each: (each.name.casefold(), each.id))
    ]


def _over(limit: StateLimit | None, since: datetime | None, now: datetime) -> Grade:
    if limit is None or since is None:
        return Grade.CALM
    passed = now - since
    for grade, seconds in ((Grade.CRITICAL, limit.critical_seconds), (Grade.WARNING, limit.warning_seconds)):
        if seconds is not None and passed >= timedelta(seconds=seconds):
            return grade
    return Grade.CALM


def abandoned(scene: Scene) -> Iterator[tuple[None, GaveUp]]:
    gone = sum(call.came_back is CameBack.NO for call in scene.view.abandoned.values())
    yield None, GaveUp(number(scene, Figure(Metric.ABANDONED, Window.TODAY)), gone, listed(scene).newest_count)


def leeway(scene: Scene) -> Iterator[tuple[None, Leeway]]:
    """Of today: all queues together, or those with the tightest budget where they do not promise the same."""
    working = explain(Figure(Metric.SERVICE_LEVEL, Window.TODAY), scene.queues, scene.basis)
    found = [Leeway(share.target, budget(share.working, share.target)) for share in working.shares if share.target]
    yield None, min(found, key=_left, default=Leeway(scene.board.targets.usual, None))


def _left(leeway: Leeway) -> float:
    """How many calls may still be missed; negative, where some are needed; nothing is known of queues without calls."""
    return float("inf") if leeway.budget is None else leeway.budget.can_miss - leeway.budget.needed


def more(scene: Scene) -> Iterator[tuple[None, More]]:
    unsent = _by_rank(scene, troubles_of(scene.levels))[WALL_QUEUES:]
    callers = _callers(scene)[WALL_CALLERS:]
    present = sum(agent.state is not AgentState.SIGNED_OUT for agent in scene.view.agents.values())
    yield (
        None,
        More(
            queue_count=len(unsent),
            waiting_count=sum(scene.view.queues[key].waiting_count or 0 for key in unsent),
            caller_count=len(callers),
            late_count=sum(caller.is_late for caller in callers),
            agent_count=max(0, present - WALL_AGENTS),
        ),
    )
