"""The numbers that a board has chosen, as they are shown, and how each came about. No words: those are the templates'.

All is rounded down to what is shown, so that equal numbers are equal values and nothing is drawn anew for a fraction:
79.6 % is 79 %, never a target of 80 that was met, and only all of them are 100 %; 20.9 s are 20 s, as a timer shows
them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor

from eqboard.boards.spec import Figure, Targets
from eqboard.floor.buckets import Tally
from eqboard.floor.formulas import FATES, Formula, Term, Working, amounts_of, formula_of, reckon, total, value_of
from eqboard.floor.history import History
from eqboard.floor.levels import Grade
from eqboard.floor.metrics import OF_CALLS, OF_THIS_MOMENT, STATES, Metric, Target, Unit, unit_of
from eqboard.floor.snapshot import AgentState, Part, Queue, Snapshot
from eqboard.floor.windows import Window, begin_of, end_of

SAME = 1e-9  # a sum of seconds that should be whole may be this much less
BY_TARGET = frozenset({Metric.SERVICE_LEVEL, Metric.SHORT_ABANDONED})  # each queue by what it promises
OF_FATES = frozenset({Metric.OFFERED, Metric.SERVICE_LEVEL, Metric.ABANDONMENT, Metric.ANSWER_RATE})
"""What says something of all calls, so that one asks what became of the others."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the numbers of a board are computed from."""

    snapshot: Snapshot
    history: History
    targets: Targets
    now: datetime
    day_begins_at: datetime

    def begin_of(self, window: Window) -> datetime:
        return begin_of(window, self.now, self.day_begins_at)

    def tally(self, queues: frozenset[str], window: Window) -> Tally:
        return self.history.tally(queues, self.begin_of(window), end_of(self.now))


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A number as it is shown: whole percent, seconds, or a count. None: nobody knows, or there was nothing to divide.

    A wait that goes on has no number: it began at `since`, and the page counts it up by itself.
    """

    metric: Metric
    window: Window
    value: int | None
    unit: Unit
    since: datetime | None = None
    at_least: bool = False  # it began at `since` or earlier
    target: Target | None = None  # by which it is computed; None: by none, or the queues have different ones
    level: Grade = Grade.CALM
    calls: float | None = field(default=None, compare=False)  # by how many it is divided; what is shown is the same
    promise: int | None = field(default=None, compare=False)  # of a service level, in percent (`promise_of`)

    def reading(self, now: datetime) -> int | None:
        """What `levels.judge` is asked about: the number that one sees at `now`."""
        return self.value if self.since is None else max(0, floor((now - self.since).total_seconds()))


@dataclass(frozen=True, slots=True)
class Share:
    """What queues with the same target have in a number."""

    queues: frozenset[str]
    target: Target | None  # None: it does not matter
    formula: Formula
    amounts: tuple[tuple[Term, float], ...]  # how much each term of the formula is, in its order
    working: Working


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a number came about. `working` is the sum of all shares; None for what is counted at this moment."""

    shown: FigureValue
    queues: frozenset[str]
    shares: tuple[Share, ...]
    working: Working | None
    begin: datetime | None  # of the window; None: it is of this moment
    until: datetime
    watched_since: datetime | None = None  # the first moment of the window of which there are counts
    seen_seconds: float = 0.0  # how much of the window the floor was watched
    taken_at: datetime | None = None  # of a number of this moment: when EQ was asked
    fates: tuple[tuple[Term, float], ...] = ()  # of OF_FATES: the calls offered, and what became of them
    waiting_count: int | None = None  # of OF_FATES: how many of them wait still

    @property
    def is_beyond_all(self) -> bool:
        """Whether a percentage is above 100: some of these calls entered before the window began."""
        return self.shown.unit is Unit.PERCENT and (self.shown.value or 0) > 100


def figure_value(figure: Figure, queues: Collection[str], basis: Basis, level: Grade = Grade.CALM) -> FigureValue:
    """A number of one queue, or of several together: people counted once, ratios weighted by their calls."""
    if figure.metric in OF_THIS_MOMENT:
        return _of_this_moment(figure.metric, queues, basis.snapshot, level)
    return _over_time(figure, _shares(figure, queues, basis), level)


def explain(figure: Figure, queues: Collection[str], basis: Basis) -> Explanation:
    """How `figure_value` of the same arguments came about."""
    chosen = frozenset(queues)
    if figure.metric in OF_THIS_MOMENT:
        shown = _of_this_moment(figure.metric, queues, basis.snapshot, Grade.CALM)
        source = basis.snapshot.sources.get(_part(figure.metric))
        return Explanation(shown, chosen, (), None, None, basis.now, taken_at=source.taken_at if source else None)
    begin = basis.begin_of(figure.window)
    shares = _shares(figure, queues, basis)
    seen = basis.tally(chosen, figure.window)
    has_fates = figure.metric in OF_FATES
    return Explanation(
        shown=_over_time(figure, shares, Grade.CALM),
        queues=chosen,
        shares=shares,
        working=total(share.working for share in shares),
        begin=begin,
        until=basis.now,
        watched_since=_watched_since(chosen, begin, seen, basis.history),
        seen_seconds=seen.seen_seconds,
        fates=tuple(amounts_of((Term.OFFERED, *FATES), seen, Target()).items()) if has_fates else (),
        waiting_count=_of_this_moment(Metric.WAITING, queues, basis.snapshot, Grade.CALM).value if has_fates else None,
    )


def _watched_since(queues: frozenset[str], begin: datetime, seen: Tally, history: History) -> datetime | None:
    """When the watch began, if it did within the window: of its first minute the end was watched."""
    if seen.since is None or seen.since <= begin:
        return seen.since
    end = seen.since + timedelta(minutes=1)
    return max(seen.since, end - timedelta(seconds=history.tally(queues, seen.since, end).seen_seconds))


# Over time


def _shares(figure: Figure, queues: Iterable[str], basis: Basis) -> tuple[Share, ...]:
    return tuple(
        _share(figure.metric, group, basis.tally(group, figure.window), target)
        for target, group in _by_target(figure.metric, queues, basis.targets)
    )


def _by_target(metric: Metric, queues: Iterable[str], targets: Targets) -> list[tuple[Target | None, frozenset[str]]]:
    if metric not in BY_TARGET:
        return [(None, frozenset(queues))]
    groups: dict[Target, set[str]] = {}
    for queue in sorted(queues):
        groups.setdefault(targets.of(queue), set()).add(queue)
    return [(target, frozenset(group)) for target, group in groups.items()]


def _share(metric: Metric, queues: frozenset[str], tally: Tally, target: Target | None) -> Share:
    by = target or Target()
    formula = formula_of(metric, by.variant)
    amounts = tuple(amounts_of(formula.terms, tally, by).items())
    return Share(queues, target, formula, amounts, reckon(metric, tally, by))


def _over_time(figure: Figure, shares: tuple[Share, ...], level: Grade) -> FigureValue:
    working = total(share.working for share in shares)
    value = value_of(figure.metric, working)
    return FigureValue(
        metric=figure.metric,
        window=figure.window,
        value=None if value is None else floor(value + SAME),
        unit=unit_of(figure.metric),
        target=shares[0].target if len(shares) == 1 else None,
        level=level,
        calls=None if figure.metric is Metric.OCCUPANCY else working.denominator,
        promise=promise_of(shares) if figure.metric is Metric.SERVICE_LEVEL else None,
    )


def promise_of(shares: Iterable[Share]) -> int | None:
    """What is promised of queues together, in percent: each promise weighs as much as the calls that count in it. So
    queues that all just keep theirs are together just at it. Rounded down as the number is. None: they promise
    different percentages, and no call counts yet.
    """
    promised = [(share.target.percent, share.working.denominator or 0) for share in shares if share.target]
    if len(percents := {percent for percent, _calls in promised}) == 1:
        return percents.pop()
    calls = sum(calls for _percent, calls in promised)
    return floor(sum(percent * calls for percent, calls in promised) / calls + SAME) if calls else None


# Of this moment


def _of_this_moment(metric: Metric, queues: Iterable[str], snapshot: Snapshot, level: Grade) -> FigureValue:
    """Queues that are not there any more count for nothing; if none is there, nobody knows."""
    known = [queue for key in sorted(set(queues)) if (queue := snapshot.queues.get(key))]
    count = _count(metric, known, snapshot)
    since, at_least = None, False
    if metric is Metric.LONGEST_WAIT:
        oldest = ((queue.oldest_waiting_at, queue.oldest_at_least) for queue in known if queue.oldest_waiting_at)
        since, at_least = min(oldest, default=(None, False))
        count = 0 if count == 0 else None
    return FigureValue(metric, Window.NOW, count, unit_of(metric), since=since, at_least=at_least, level=level)


def _count(metric: Metric, queues: list[Queue], snapshot: Snapshot) -> int | None:
    """None where the list that it is counted from was never read."""
    if metric in OF_CALLS:
        return _sum(queue.waiting_count for queue in queues)
    if len(queues) == 1:
        count: int | None = getattr(queues[0], f"{metric}_count")
        return count
    source = snapshot.sources.get(_part(metric))
    if not queues or source is None or source.taken_at is None:
        return None
    return _people(metric, {queue.extension for queue in queues}, snapshot)


def _sum(counts: Iterable[int | None]) -> int | None:
    told = list(counts)
    known = [count for count in told if count is not None]
    return sum(known) if told and len(known) == len(told) else None


def _people(metric: Metric, queues: set[str], snapshot: Snapshot) -> int:
    """Each person who serves any of the queues once, in the state in which their card shows them."""
    states = [
        agent.state
        for agent in snapshot.agents.values()
        if any(membership.queue in queues for membership in agent.memberships)
    ]
    if metric is Metric.PRESENT:
        return len(states) - states.count(AgentState.SIGNED_OUT)
    return states.count(STATES[metric])


def _part(metric: Metric) -> Part:
    return Part.CALLS if metric in OF_CALLS else Part.AGENTS
