"""Ring strategies: which of the free agents a queue rings for its next caller. Pure.

Semantics as observed on Asterisk 11 and 22 (contract §4): every strategy but wrandom stays within the best skill
tier that has a free agent; wrandom takes the skill as a weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from random import Random

from eqboard.simulator.office.entities import RingStrategy

Memory = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A free agent as a queue sees them; `order` counts sign-ins, `skill` is a penalty (lower is better)."""

    agent: int
    skill: int
    order: int
    calls_taken: int = 0
    last_call_at: float | None = None


def choose(
    strategy: RingStrategy,
    candidates: Sequence[Candidate],
    *,
    tried: Set[int] = frozenset(),
    last: Memory | None = None,
    rng: Random,
) -> list[Candidate]:
    """The agents to ring now: all of the tier for ringall, else one; none when nobody is free.

    `tried` are agents who let this caller ring out: within the tier the others come first. When all of those who are
    free were tried it begins anew; see `rung_in_round`. `last` is the (order, agent) of the agent rung last in this
    queue.
    """
    if not candidates:
        return []
    if strategy is RingStrategy.WRANDOM:
        return [_weighted(_fresh(candidates, tried), rng)]
    tier = best_tier(candidates)
    if strategy is RingStrategy.RINGALL:
        return tier
    return [_PICKS[strategy](_fresh(tier, tried), last, rng)]


def rung_in_round(strategy: RingStrategy, chosen: Candidate, queue: Iterable[Candidate]) -> set[int]:
    """Whom to forget as tried, of all agents in the queue, when one is chosen who was: the whole tier, for whom a new
    round begins; for wrandom, which knows no tiers, everybody.
    """
    return {each.agent for each in queue if strategy is RingStrategy.WRANDOM or each.skill == chosen.skill}


def best_tier(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those with the lowest penalty."""
    best = min(candidate.skill for candidate in candidates)
    return [candidate for candidate in candidates if candidate.skill == best]


def _fresh(candidates: Sequence[Candidate], tried: Set[int]) -> Sequence[Candidate]:
    return [candidate for candidate in candidates if candidate.agent not in tried] or candidates


def _weighted(candidates: Sequence[Candidate], rng: Random) -> Candidate:
    # Asterisk draws a number below (1 + penalty) x 1000 for each member and rings the lowest.
    return min(candidates, key=lambda candidate: rng.random() * (1 + candidate.skill))


def _least_recent(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    return min(candidates, key=lambda candidate: (candidate.last_call_at or 0.0, candidate.order))


def _fewest_calls(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    return min(candidates, key=lambda candidate: (candidate.calls_taken, candidate.order))


def _random(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    return rng.choice(candidates)


def _linear(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    return min(candidates, key=lambda candidate: candidate.order)


def _round_robin(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    """The next in order of signing in, after the one rung last."""
    turn = last[0] if last else -1
    return min(candidates, key=lambda candidate: (candidate.order <= turn, candidate.order))


def _round_robin_ordered(candidates: Sequence[Candidate], last: Memory | None, rng: Random) -> Candidate:
    """The next in the fixed order of agents, however often they sign out and in again."""
    turn = last[1] if last else -1
    return min(candidates, key=lambda candidate: (candidate.agent <= turn, candidate.agent))


_PICKS: Mapping[RingStrategy, Callable[[Sequence[Candidate], Memory | None, Random], Candidate]] = {
    RingStrategy.LEASTRECENT: _least_recent,
    RingStrategy.FEWESTCALLS: _fewest_calls,
    RingStrategy.RANDOM: _random,
    RingStrategy.LINEAR: _linear,
    RingStrategy.RRMEMORY: _round_robin,
    RingStrategy.RRORDERED: _round_robin_ordered,
}
