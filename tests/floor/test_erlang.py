"""Erlang C against published figures and against the textbook's formula in exact fractions."""

from fractions import Fraction
from math import exp, factorial, inf, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import Bucket, Tally
from eqboard.floor.erlang import (
    MOST_AGENTS,
    Load,
    Outlook,
    agents_needed,
    load_of,
    outlook,
    staffing,
    waiting_probability,
)
from eqboard.floor.metrics import Target
from tests.builders import NOON

TARGET = Target(percent=80, seconds=20)
CLASSIC = Load(offered_per_minute=100 / 30, aht_seconds=180)  # 100 calls in half an hour: 10 erlangs


def exact(erlangs, agents):
    """The textbook's Erlang C, by its sum of factorials, in fractions."""
    traffic = Fraction(erlangs)
    top = traffic**agents / factorial(agents) * agents / (agents - traffic)
    return top / (sum(traffic**each / factorial(each) for each in range(agents)) + top)


# Published figures


@pytest.mark.parametrize(
    ("agents", "waiting", "service_level", "wait_seconds"),
    [
        (11, 0.6821, 0.3896, 122.8),
        (12, 0.4494, 0.6402, 40.4),
        (13, 0.2853, 0.7956, 17.1),
        (14, 0.1741, 0.8884, 7.8),
        (15, 0.1020, 0.9415, 3.7),
    ],
)
def test_a_hundred_calls_of_three_minutes_in_half_an_hour(agents, waiting, service_level, wait_seconds):
    """The usual textbook example (Call Centre Helper's too): 14 agents answer 88.8 % in 20 s, on average in 7.8 s."""
    found = outlook(CLASSIC, TARGET, agents)
    assert waiting_probability(10, agents) == pytest.approx(waiting, abs=1e-4)
    assert found.service_level == pytest.approx(service_level, abs=1e-4)
    assert found.wait_seconds == pytest.approx(wait_seconds, abs=0.05)


def test_the_classic_needs_14_agents_for_80_in_20():
    assert CLASSIC.erlangs == pytest.approx(10)
    assert agents_needed(CLASSIC, TARGET) == 14


def test_one_agent_waits_as_often_as_they_are_busy():
    assert waiting_probability(0.5, 1) == pytest.approx(0.5)
    assert waiting_probability(1, 2) == pytest.approx(1 / 3)


@settings(deadline=None)
@given(st.integers(1, 400).map(lambda each: each / 8), st.integers(1, 60))
def test_it_agrees_with_the_textbook_in_exact_fractions(erlangs, agents):
    if agents > erlangs:
        waiting = float(exact(erlangs, agents))
        load = Load(erlangs / 3, 180)
        assert waiting_probability(erlangs, agents) == pytest.approx(waiting, rel=1e-9)
        found = outlook(load, TARGET, agents)
        assert found.service_level == pytest.approx(1 - waiting * exp(-(agents - erlangs) * 20 / 180), rel=1e-9)


# Edges


def test_as_many_agents_as_erlangs_are_too_few():
    assert outlook(Load(10, 60), TARGET, 10) == Outlook(10, None, None)
    assert outlook(Load(10, 60), TARGET, 10).grows
    assert not outlook(Load(10, 60), TARGET, 11).grows
    assert waiting_probability(10, 10) == 1


@pytest.mark.parametrize("agents", [0, 1])
def test_nobody_answers_nobody(agents):
    assert outlook(CLASSIC, TARGET, agents).grows


def test_a_thousand_agents_overflow_nothing():
    found = outlook(Load(970, 60), TARGET, MOST_AGENTS)
    assert 0 < found.service_level < 1
    assert isfinite(found.wait_seconds)
    assert waiting_probability(0.001, MOST_AGENTS) == 0
    assert waiting_probability(970, MOST_AGENTS) == pytest.approx(float(exact(970, MOST_AGENTS)), rel=1e-9)


def test_more_than_a_thousand_agents_are_not_reckoned_with():
    assert agents_needed(Load(MOST_AGENTS, 60), TARGET) is None
    assert agents_needed(Load(1e300, 60), TARGET) is None


@settings(deadline=None)
@given(st.floats(0.01, 900), st.floats(1, 60), st.integers(1, 99), st.integers(1, 3600))
def test_the_agents_needed_keep_the_target_and_one_fewer_do_not(per_minute, aht_seconds, percent, seconds):
    load, target = Load(per_minute, aht_seconds), Target(percent=percent, seconds=seconds)
    needed = agents_needed(load, target)
    assert 100 * outlook(load, target, needed).service_level >= percent
    fewer = outlook(load, target, needed - 1)
    assert fewer.grows or 100 * fewer.service_level < percent


@settings(deadline=None)
@given(st.floats(0.01, 300), st.integers(1, 400))
def test_one_agent_more_is_never_worse(erlangs, agents):
    one, other = (outlook(Load(erlangs, 60), TARGET, each) for each in (agents, agents + 1))
    assert (other.service_level or 0) >= (one.service_level or 0) - 1e-12
    assert (inf if other.grows else other.wait_seconds) <= (inf if one.grows else one.wait_seconds)
    assert 0 <= waiting_probability(erlangs, agents) <= 1


# From what was observed


def watched(**changes):
    bucket = {"offered": 100, "talk_count": 80, "talk_seconds": 12_000, "wrap_up_seconds": 2_400} | changes
    return Tally(Bucket(**bucket), since=NOON, seen_seconds=1800)


def test_the_load_is_calls_per_watched_minute_and_talk_with_wrap_up():
    assert load_of(watched()) == Load(pytest.approx(100 / 30), 180)


@pytest.mark.parametrize(
    "tally", [Tally(), watched(offered=0), watched(talk_count=0), watched(talk_seconds=0, wrap_up_seconds=0)]
)
def test_without_calls_there_is_no_load(tally):
    assert load_of(tally) is None


def test_without_a_minute_that_was_watched_there_is_no_load():
    assert load_of(Tally(watched().bucket)) is None


# The hint


def test_a_hint_tells_what_one_agent_fewer_would_do():
    found = staffing(CLASSIC, TARGET, 12)
    assert found.needed == 14
    assert (found.now.agents, found.one_fewer.agents) == (12, 11)
    assert found.one_fewer.service_level < found.now.service_level


def test_a_hint_says_when_the_queue_would_grow():
    found = staffing(CLASSIC, TARGET, 11)
    assert not found.now.grows
    assert found.one_fewer.grows


def test_where_nobody_is_there_nobody_can_go():
    assert staffing(CLASSIC, TARGET, 0).one_fewer is None


def test_without_its_inputs_there_is_no_hint():
    assert staffing(None, TARGET, 5) is None
    assert staffing(CLASSIC, TARGET, None) is None
