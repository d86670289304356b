"""Which telephone rings: every ring strategy, on candidates laid out by hand."""

from collections import Counter
from random import Random

import pytest

from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.switch.strategies import Candidate, choose, rung_in_round

from .conftest import NO_PICK_UP, a_world

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


def test_a_new_round_begins_for_the_whole_tier_and_for_wrandom_for_everybody():
    assert rung_in_round(RingStrategy.LINEAR, BEN, ALL) == {1, 2, 3}
    assert rung_in_round(RingStrategy.LINEAR, LOW, ALL) == {4}
    assert rung_in_round(RingStrategy.WRANDOM, BEN, ALL) == {1, 2, 3, 4}


def rung_in_turn(strategy, skills, telephones):
    """Whose telephones ring, one after the other, for a caller whom nobody answers."""
    queue = QueueSettings("500", "Sales", ring_strategy=RingStrategy(strategy), agent_timeout=5, agent_retry_time=1)
    world = a_world([queue], [{"500": skill} for skill in skills], **NO_PICK_UP)
    call, rung = world.place_call("500"), []
    for _ in range(telephones):
        rung.append([agent.id for agent in call.ringing])
        world.tick(6)
    return [agent for [agent] in rung]


@pytest.mark.parametrize("strategy", ["leastrecent", "fewestcalls", "linear", "rrmemory", "rrordered"])
def test_round_after_round_rings_everybody_of_the_tier_in_the_same_order(strategy):
    assert rung_in_turn(strategy, [1, 1, 1, 2], 9) == [1, 2, 3] * 3


@pytest.mark.parametrize(("strategy", "skills"), [("random", [1, 1, 1, 2]), ("wrandom", [1, 3, 5])])
def test_chance_too_leaves_nobody_out_of_a_round(strategy, skills):
    rung = rung_in_turn(strategy, skills, 9)
    assert [sorted(rung[place : place + 3]) for place in (0, 3, 6)] == [[1, 2, 3]] * 3
