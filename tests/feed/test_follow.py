"""Any sequence of updates, with any of them lost, ends after a resync in the poller's state (design.md, law 3)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.feed.follow import KEPT_SAMPLES, Clocks, Floor, Verdict, advance, judge
from eqboard.feed.messages import Stored, Update
from eqboard.floor.changes import diff
from eqboard.floor.snapshot import Snapshot
from tests.builders import NOON, agent, snapshot, snapshots

HELD = Stored("a", 5, NOON, snapshot(agents=[agent(7)]))


@pytest.mark.parametrize(
    ("epoch", "seq", "verdict"),
    [
        ("a", 6, Verdict.APPLY),
        ("a", 5, Verdict.IGNORE),
        ("a", 1, Verdict.IGNORE),
        ("a", 7, Verdict.RESYNC),
        ("b", 1, Verdict.RESYNC),
        ("b", 6, Verdict.RESYNC),
        ("b", 5, Verdict.RESYNC),
    ],
)
def test_only_the_very_next_update_of_the_same_leader_is_applied(epoch, seq, verdict) -> None:
    assert judge(HELD, Update(epoch, seq, NOON)) is verdict


def test_a_floor_nobody_knows_is_empty() -> None:
    assert Floor().snapshot == Snapshot()
    assert not Floor().is_connected


def test_a_lost_floor_keeps_its_last_truth() -> None:
    lost = Floor(HELD, is_connected=True).lost()
    assert lost.held is HELD
    assert not lost.is_connected


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Update, Stored]]:
    """What leaders, one after the other, published: each update with the whole floor stored beside it."""
    floor = Stored("0", 0, NOON, Snapshot())
    history: list[tuple[Update, Stored]] = []
    for place, snap in enumerate(draw(st.lists(snapshots(max_size=2), min_size=1, max_size=8))):
        if draw(st.integers(0, 3)) == 0:
            floor = Stored(str(place + 1), 0, NOON, floor.snapshot)
        asking = draw(st.sampled_from((None, NOON)))
        new = Stored(floor.epoch, floor.seq + 1, NOON, snap, asking)
        history.append((Update(new.epoch, new.seq, NOON, diff(floor.snapshot, snap), asking), new))
        floor = new
    return history


@settings(max_examples=30)
@given(st.data(), histories())
def test_lost_doubled_and_disordered_updates_end_in_the_poller_s_state(data, history) -> None:
    last = len(history) - 1
    joined_at = data.draw(st.integers(0, last), label="joined at")
    held = history[joined_at][1]
    stored_at = joined_at
    for place in data.draw(st.lists(st.integers(0, last), max_size=16), label="what arrives"):
        stored_at = data.draw(st.integers(max(stored_at, place), last), label="how far the store is by then")
        held = followed(held, history[place][0], history[stored_at][1])
        assert held in [each for _, each in history], "what is shown was true at some moment, never a mixture"
    held = followed(held, history[last][0], history[last][1])
    assert held == history[last][1]


def followed(held: Stored, update: Update, in_redis: Stored) -> Stored:
    match judge(held, update):
        case Verdict.IGNORE:
            return held
        case Verdict.APPLY:
            return advance(held, update)
        case Verdict.RESYNC:
            return in_redis


@settings(max_examples=15)
@given(snapshots(), snapshots())
def test_advancing_gives_the_stored_floor_itself(old, new) -> None:
    before = Stored("a", 1, NOON, old)
    update = Update("a", 2, NOON, diff(old, new), NOON)
    assert advance(before, update) == replace(before, seq=2, snapshot=new, asking_since=NOON)


# The poller's clock and ours


def heard(clocks: Clocks, *ahead: float) -> float:
    """What is believed after updates whose stamp was so many seconds ahead of when they were heard."""
    return [clocks.ahead_seconds(NOON + timedelta(seconds=each), NOON) for each in ahead][-1]


@pytest.mark.parametrize(
    ("ahead", "believed"),
    [
        ([-0.01], 0.0),
        ([0.9], 0.0),
        ([60.0], 60.0),
        ([-60.0], -60.0),
        ([-0.01, -3.0, -4.0], 0.0),  # updates that were late, by clocks that agree
        ([60.0, 57.0, 55.0], 60.0),
        ([-3.0, -0.2], 0.0),
        ([60.0, 60.4, 59.8], 60.0),  # small differences move nothing
        ([0.0, 60.0], 60.0),  # the poller's clock was set forward
    ],
)
def test_the_update_that_came_quickest_tells_the_clocks_apart(ahead, believed) -> None:
    assert heard(Clocks(), *ahead) == believed


def test_a_clock_that_was_set_back_is_believed_after_some_updates() -> None:
    clocks = Clocks()
    heard(clocks, 60.0)
    assert heard(clocks, *[0.0] * (KEPT_SAMPLES - 1)) == 60.0
    assert heard(clocks, 0.0) == 0.0


def test_what_was_believed_outlives_a_reconnect() -> None:
    assert heard(Clocks(60.0), 59.5) == 60.0
