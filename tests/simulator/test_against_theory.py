"""Long runs against queueing theory: the world makes callers wait as Erlang C and Erlang A say they must.

Tolerances come from the number of calls. Waits of neighbouring callers hang together, the more the busier the queue:
the mean wait of N callers has a relative standard error of about 2 / (sqrt(N) (1 - load per agent)); three are allowed.
"""

from dataclasses import replace
from math import factorial, sqrt

import pytest

from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.ledger.books import QueueLedger
from eqboard.simulator.office.entities import RingStrategy
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.world import World

TALK_SECONDS = 120.0

MARKOV = Scenario(
    "markov",
    "M/M/n: one queue, exponential conversations, telephones answered at once.",
    queues=1,
    supervisors=0,
    talk=Duration(TALK_SECONDS, Shape.EXPONENTIAL),
    patience=None,
    park_share=0.0,
    conference_share=0.0,
    pick_up=Duration(0.0, Shape.FIXED),
    no_answer_share=0.0,
    strategies=(RingStrategy.LEASTRECENT,),
    wrap_ups=(None,),
    queues_per_agent=(1,),
    present_share=1.0,
    break_every=None,
    shift=None,
    queues_have_habits=False,  # nor alerts: half of the time would go into looking at them
)


def erlang_b(agents: int, load: float) -> float:
    """The chance that all are busy when nobody may wait; `load` in Erlang."""
    terms = [load**count / factorial(count) for count in range(agents + 1)]
    return terms[-1] / sum(terms)


def erlang_c(agents: int, load: float) -> float:
    """The chance that a caller has to wait, when everyone waits as long as it takes."""
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


def erlang_a_abandoned(agents: int, load: float, talk_seconds: float, patience_seconds: float) -> float:
    """The share of callers who abandon: M/M/n+M, by summing its birth-death chain."""
    arrivals, served, impatient = load / talk_seconds, 1 / talk_seconds, 1 / patience_seconds
    weight, total, leaving = 1.0, 1.0, 0.0
    for present in range(1, 2000):
        waiting = max(0, present - agents)
        weight *= arrivals / (min(present, agents) * served + waiting * impatient)
        total += weight
        leaving += weight * waiting * impatient
    return leaving / (arrivals * total)


def long_run(agents: int, load: float, calls: int, *, seed: int, patience: Duration | None = None) -> QueueLedger:
    scenario = replace(MARKOV, agents=agents, busy_share=load / agents, patience=patience)
    world = World(scenario, build_directory(scenario), seed=seed, started_at=0.0)
    world.tick(calls * TALK_SECONDS / load)
    return world.directory.queues["500"].ledger


@pytest.mark.parametrize(("agents", "load"), [(1, 0.6), (5, 3.5), (12, 9.6)])
def test_waiting_without_abandonment_is_erlang_c(agents, load):
    calls = 40_000
    ledger = long_run(agents, load, calls, seed=11)
    waits = erlang_c(agents, load)
    asa_seconds = waits * TALK_SECONDS / (agents - load)
    tolerance = 3 * 2 / (sqrt(calls) * (1 - load / agents))

    assert ledger.offered == pytest.approx(calls, abs=4 * sqrt(calls))
    assert ledger.waited / ledger.answered == pytest.approx(waits, rel=tolerance / 2)
    assert ledger.wait_answered_seconds / ledger.answered == pytest.approx(asa_seconds, rel=tolerance)
    assert ledger.talk_seconds / ledger.completed == pytest.approx(TALK_SECONDS, rel=4 / sqrt(calls))


@pytest.mark.parametrize(("agents", "load", "patience_seconds"), [(4, 4.0, 60.0), (10, 12.0, 120.0), (8, 6.0, 240.0)])
def test_abandonment_with_exponential_patience_is_erlang_a(agents, load, patience_seconds):
    calls = 30_000
    ledger = long_run(agents, load, calls, seed=7, patience=Duration(patience_seconds))
    expected = erlang_a_abandoned(agents, load, TALK_SECONDS, patience_seconds)
    # Little's law ties the queue to the abandoning: callers abandon at the rate 1/patience for each second waited.
    waited_seconds = ledger.wait_answered_seconds + ledger.wait_abandoned_seconds
    tolerance = 3 * sqrt(expected * (1 - expected) / (calls / 5))  # neighbours hang together here too

    assert ledger.abandoned / ledger.offered == pytest.approx(expected, abs=tolerance)
    assert waited_seconds / patience_seconds == pytest.approx(ledger.abandoned, rel=8 / sqrt(ledger.abandoned))


def test_erlang_formulas_agree_with_the_printed_tables():
    assert erlang_b(10, 5.0) == pytest.approx(0.0184, abs=5e-5)
    assert erlang_c(10, 8.0) == pytest.approx(0.4092, abs=5e-5)
    assert erlang_a_abandoned(10, 8.0, 120.0, 1e9) == pytest.approx(0.0, abs=1e-6)
