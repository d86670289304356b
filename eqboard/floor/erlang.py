"""A staffing hint by Erlang C: agents needed for a target, and what one fewer would do. Pure; an estimate.

The model: calls come at random and independently, handling times scatter as they do by chance, all agents take all
calls, and nobody gives up. So it errs towards too many agents where many give up, and towards too few where calls come
in waves or some agents take only some of the calls. Show the inputs (`Load`) with whatever is shown of it.
"""

from dataclasses import dataclass
from math import exp

from eqboard.floor.buckets import Tally
from eqboard.floor.formulas import reckon
from eqboard.floor.metrics import Metric, Target

MOST_AGENTS = 1000  # more are not reckoned with


@dataclass(frozen=True, slots=True)
class Load:
    """What has to be handled."""

    offered_per_minute: float  # more than 0
    aht_seconds: float  # talk and wrap-up of one call; more than 0

    @property
    def erlangs(self) -> float:
        """The traffic: how many agents would be busy all the time if nobody ever waited."""
        return self.offered_per_minute / 60 * self.aht_seconds


@dataclass(frozen=True, slots=True)
class Outlook:
    """What so many agents would achieve in the long run. None for both: the queue would grow without end."""

    agents: int
    service_level: float | None  # 0 to 1: the share of calls answered within the target's seconds
    wait_seconds: float | None  # the mean over all calls, of which many do not wait at all

    @property
    def grows(self) -> bool:
        return self.wait_seconds is None


@dataclass(frozen=True, slots=True)
class Staffing:
    """What the model says of the agents who are there."""

    needed: int | None  # agents for the target; None: more than MOST_AGENTS
    now: Outlook
    one_fewer: Outlook | None  # None: there is nobody to lose


def load_of(tally: Tally) -> Load | None:
    """The load as it was observed, per minute that was watched; None where calls, handling times or minutes are
    missing. Some thirty minutes make a usable one: in fewer, chance prevails.
    """
    aht_seconds = reckon(Metric.AHT, tally, Target()).value  # whatever the target
    if not tally.bucket.offered or not aht_seconds or tally.seen_seconds <= 0:
        return None
    return Load(tally.bucket.offered * 60 / tally.seen_seconds, aht_seconds)


def staffing(load: Load | None, target: Target, agents: int | None) -> Staffing | None:
    """What the model says of so many agents who take calls (signed in, and not paused). None without both inputs."""
    if load is None or agents is None:
        return None
    return Staffing(
        needed=agents_needed(load, target),
        now=outlook(load, target, agents),
        one_fewer=outlook(load, target, agents - 1) if agents > 0 else None,
    )


def outlook(load: Load, target: Target, agents: int) -> Outlook:
    """What so many agents would achieve."""
    if agents <= load.erlangs:
        return Outlook(agents, None, None)
    return _outlook(load, target, agents, waiting_probability(load.erlangs, agents))


def agents_needed(load: Load, target: Target) -> int | None:
    """The fewest agents who keep the target; None: more than MOST_AGENTS."""
    blocked = 1.0
    for agents in range(1, MOST_AGENTS + 1):
        blocked = _next_blocking(blocked, load.erlangs, agents)
        if agents > load.erlangs:
            service_level = _outlook(load, target, agents, _waiting(load.erlangs, agents, blocked)).service_level
            if service_level is not None and 100 * service_level >= target.percent:
                return agents
    return None


def waiting_probability(erlangs: float, agents: int) -> float:
    """The share of calls that find nobody free (Erlang C); 1 where the queue would grow."""
    return 1.0 if agents <= erlangs else _waiting(erlangs, agents, _blocking(erlangs, agents))


def _outlook(load: Load, target: Target, agents: int, waiting: float) -> Outlook:
    """`waiting`: the share of calls that find nobody free."""
    spare = agents - load.erlangs
    late = waiting * exp(-spare * target.seconds / load.aht_seconds)
    return Outlook(agents, 1 - late, waiting * load.aht_seconds / spare)


def _waiting(erlangs: float, agents: int, blocked: float) -> float:
    """Erlang C from Erlang B."""
    return agents * blocked / (agents - erlangs * (1 - blocked))


def _blocking(erlangs: float, agents: int) -> float:
    """Erlang B by its recurrence: each step stays between 0 and 1, so that no factorial overflows."""
    blocked = 1.0
    for each in range(1, agents + 1):
        blocked = _next_blocking(blocked, erlangs, each)
    return blocked


def _next_blocking(blocked: float, erlangs: float, agents: int) -> float:
    """Erlang B with one agent more than before."""
    return erlangs * blocked / (agents + erlangs * blocked)
