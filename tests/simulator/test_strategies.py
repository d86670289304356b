"""Which telephone rings: every ring strategy, on candidates laid out by hand."""

from collections import Counter
from random import Random

import pytest

from eqboard.simulator.office.entities import RingStrategy
from eqboard.simulator.switch.strategies import Candidate, choose

ANN = Candidate(agent=1, skill=1, order=3, calls_taken=4, last_call_at=100.0)
BEN = Candidate(agent=2, skill=1, order=1, calls_taken=2, last_call_at=300.0)
CAT = Candidate(agent=3, skill=1, order=2, calls_taken=7, last_call_at=None)
LOW = Candidate(agent=4, skill=5, order=0)
ALL = [ANN, BEN, CAT, LOW]


def chosen(strategy: str, candidates=ALL, **kwargs) -> list[int]:
    kwargs.setdefault("rng", Random(1))
    return [candidate.agent for candidate in choose(RingStrategy(strategy), candidates, **kwargs)]


@pytest.mark.parametrize("strategy", RingStrategy)
def test_nobody_rings_when_nobody_is_free(strategy):
    assert chosen(strategy, []) == []


@pytest.mark.contract("4.13")
def test_ringall_rings_all_of_the_best_skill_tier():
    assert chosen("ringall") == [1, 2, 3]


def test_ringall_rings_a_lower_tier_when_the_best_is_busy():
    assert chosen("ringall", [LOW]) == [4]


def test_leastrecent_rings_who_never_had_a_call():
    assert chosen("leastrecent") == [3]


@pytest.mark.contract("4.13")
def test_leastrecent_rings_whose_last_call_is_longest_ago():
    assert chosen("leastrecent", [ANN, BEN]) == [1]


@pytest.mark.contract("4.13")
def test_fewestcalls_rings_who_took_the_fewest():
    assert chosen("fewestcalls") == [2]


@pytest.mark.contract("4.13")
def test_linear_always_begins_with_the_first_to_sign_in():
    assert chosen("linear") == [2]
    assert chosen("linear", last=(2, 3)) == [2]


@pytest.mark.contract("4.13")
def test_rrmemory_goes_on_after_the_agent_rung_last_in_order_of_signing_in():
    assert chosen("rrmemory", last=(1, 2)) == [3]
    assert chosen("rrmemory", last=(3, 1)) == [2]


@pytest.mark.contract("4.13")
def test_rrordered_goes_on_in_the_order_of_agents_whenever_they_signed_in():
    assert chosen("rrordered", last=(3, 1)) == [2]
    assert chosen("rrordered", last=(2, 3)) == [1]


@pytest.mark.contract("4.13")
def test_random_rings_everyone_of_the_tier_about_as_often():
    rng = Random(4)
    counts = Counter(chosen("random", rng=rng)[0] for _ in range(3000))
    assert set(counts) == {1, 2, 3}
    assert min(counts.values()) > 900


@pytest.mark.contract("4.13")
def test_wrandom_takes_the_skill_as_a_weight_across_tiers():
    rng = Random(4)
    counts = Counter(chosen("wrandom", [ANN, LOW], rng=rng)[0] for _ in range(3000))
    # P(U x 2 < V x 6) = 1 - 1/6
    assert 0.80 < counts[1] / 3000 < 0.87


@pytest.mark.parametrize("strategy", ["leastrecent", "fewestcalls", "linear", "rrmemory", "rrordered", "random"])
def test_one_telephone_rings_at_a_time(strategy):
    assert len(chosen(strategy)) == 1
    assert 4 not in chosen(strategy)


@pytest.mark.parametrize("strategy", ["leastrecent", "fewestcalls", "linear"])
def test_who_let_the_caller_ring_out_comes_after_the_others_of_the_tier(strategy):
    first = chosen(strategy)[0]
    second = chosen(strategy, tried={first})[0]
    assert second != first
    assert second in {1, 2, 3}


def test_when_all_of_the_tier_have_been_tried_the_tier_is_rung_again():
    assert chosen("linear", tried={1, 2, 3}) == [2]
