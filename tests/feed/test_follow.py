"""Any sequence of updates, with any of them lost, ends after a resync in the poller's state (design.md, law 3)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.feed.follow import KEPT_SAMPLES, Clocks, Counts, Floor, Verdict, advance, judge
from eqboard.feed.messages import Stored, Update, field_of
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta, diff
from eqboard.floor.history import History
from eqboard.floor.snapshot import Snapshot
from tests.builders import NOON, agent, snapshot, snapshots
from tests.spans import growing, history, span

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


# What was counted


@dataclass
class Hashes:
    """What Redis has of the counts; writing and reading as the two scripts do it."""

    spans: dict[str, Span] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def after(self, update: Update, changes: Delta[datetime, Span]) -> "Hashes":
        gone = {field_of(begin) for begin in changes.gone}
        put = {field_of(begin): each for begin, each in changes.put.items()}
        spans = {key: each for key, each in self.spans.items() if key not in gone} | put
        marks = {key: each for key, each in self.marks.items() if key not in gone} | dict.fromkeys(put, update.mark)
        return Hashes(spans, marks)

    def read(self, known: Counts) -> Counts:
        kept = frozenset(key for key, mark in self.marks.items() if known.marks.get(key) == mark)
        news = {key: (mark, self.spans[key]) for key, mark in self.marks.items() if key not in kept}
        return known.resync(kept, news)


@settings(max_examples=60, deadline=None)
@given(growing(), st.data())
def test_counts_end_in_the_poller_s_too_whatever_is_lost(rounds, data) -> None:
    told, hashes, epoch, seq, before = [], Hashes(), 0, 0, History()
    for _, made in rounds:
        if data.draw(st.integers(0, 4), label="who leads") == 0:
            epoch, seq = epoch + 1, 0
        seq += 1
        changes = made.changes_since(before)
        update = Update(str(epoch), seq, NOON, spans=changes if seq > 1 else Delta())
        hashes, before = hashes.after(update, changes), made
        told.append((update, hashes, made))
    floor = Floor(Stored("none yet", 0, NOON, Snapshot()))
    for place, (update, in_redis, made) in enumerate(told):
        if place < len(told) - 1 and data.draw(st.booleans(), label="is lost"):
            continue
        assert floor.held
        if judge(floor.held, update) is Verdict.APPLY:
            floor = floor.advance(update)
        else:
            held = Stored(update.epoch, update.seq, NOON, Snapshot())
            floor = replace(floor, held=held, counts=in_redis.read(floor.counts))
        assert floor.history == made
        assert floor.counts.marks == in_redis.marks


def test_only_what_changed_since_is_read_again() -> None:
    first, second = Update("a", 1, NOON), Update("a", 2, NOON)
    hashes = Hashes().after(first, history(span(0), span(1)).changes_since(History()))
    known = hashes.read(Counts())
    newer = hashes.after(second, history(span(1, "501"), span(2)).changes_since(history(span(1))))
    assert {key for key, mark in newer.marks.items() if known.marks.get(key) != mark} == {
        field_of(each.begins_at) for each in (span(1), span(2))
    }
    assert newer.read(known).history == history(span(0), span(1, "501"), span(2))


def test_a_floor_has_the_history_of_its_counts() -> None:
    assert Floor().history == History()
    assert Floor(counts=Counts(history(span(0)))).history == history(span(0))


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
