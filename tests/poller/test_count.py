"""The leader's counting, round by round, at moments of our choosing."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from eqboard.feed.follow import Counts
from eqboard.feed.messages import Stored
from eqboard.feed.reader import Whole
from eqboard.floor.buckets import Bucket
from eqboard.floor.flow import Watch
from eqboard.floor.history import History
from eqboard.floor.snapshot import Part, Snapshot
from eqboard.poller import count
from eqboard.poller.count import Counter, Watched, watches
from tests.builders import NOON, caller, queue, snapshot, source, waiting_call
from tests.spans import history, minutes_after, span

MIDNIGHT = NOON.replace(hour=0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def floor(now: datetime, *callers: str) -> Snapshot:
    """What a round read at `now`: these wait."""
    entered_at = now - timedelta(seconds=1)
    lines = {key: caller(f"+34600{key}", unique_id=key, channel=f"SIP/{key}") for key in callers}
    waiting = [waiting_call(key, caller=line, entered_at=entered_at) for key, line in lines.items()]
    return snapshot(sources=[source(part, taken_at=now) for part in Part], queues=[queue()], waiting=waiting)


class Rounds:
    """A leader's rounds, a second after the other unless said otherwise."""

    def __init__(self, before: Whole | None = None, in_redis: History | None = None) -> None:
        self.before = before or Whole()
        in_redis = self.before.counts.history if in_redis is None else in_redis
        self.counter = Counter(self.before, in_redis, lambda now: MIDNIGHT)
        self.floor = self.before.stored.snapshot if self.before.stored else Snapshot()
        self.seq = 0

    def see(self, now: datetime, *callers: str) -> None:
        read = replace(floor(now, *callers), abandoned=self.floor.abandoned)
        self.floor = self.counter.count(self.floor, read, now)
        self.seq += 1

    @property
    def stored(self) -> Stored:
        return Stored("e", self.seq, NOON, self.floor)

    @property
    def left(self) -> Whole:
        return self.counter.left(self.stored)

    def counted(self) -> Bucket:
        return self.counter.history.tally(None, NOON - timedelta(days=9)).bucket


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


def test_who_enters_a_queue_is_counted_into_the_running_minute(rounds) -> None:
    rounds.see(at(0))
    rounds.see(at(1), "1.1")
    rounds.see(at(2), "1.1", "1.2")
    [minute] = rounds.counter.history.spans
    assert (minute.begins_at, minute.minutes) == (NOON, 1)
    assert minute.queues["500"].offered == 2
    assert minute.seen_seconds == 2.0


def test_a_new_minute_has_a_span_of_its_own(rounds) -> None:
    rounds.see(at(58), "1.1")
    rounds.see(at(59), "1.1", "1.2")
    rounds.see(at(60), "1.1", "1.2", "1.3")
    offered = {each.begins_at: each.queues["500"].offered for each in rounds.counter.history.spans}
    assert offered == {NOON: 2, at(60): 1}


def test_who_gives_up_is_on_the_list_of_the_floor(rounds) -> None:
    rounds.see(at(0), "1.1")
    for second in range(1, 9):
        rounds.see(at(second))
    assert [call.queue for call in rounds.floor.abandoned.values()] == ["500"]
    assert rounds.counted().abandoned == 1


def test_what_is_long_ago_grows_coarse_as_rounds_go_on(rounds) -> None:
    for minute in range(0, 200, 5):
        rounds.see(minutes_after(minute), str(minute))
    assert {each.minutes for each in rounds.counter.history.spans} == {1, 15}
    assert rounds.counted().offered == 40


# Clocks


def test_a_clock_that_is_put_back_counts_nothing_twice_and_loses_nothing(rounds) -> None:
    callers = [str(number) for number in range(6)]
    for number, seconds in enumerate((0, 61, 122, 30, 31, 95)):
        rounds.see(at(seconds), *callers[: number + 1])
    assert rounds.counted().offered == 6
    assert [each.queues["500"].offered for each in rounds.counter.history.spans] == [3, 2, 1]


def test_a_clock_that_is_put_back_by_hours_loses_nothing_either(rounds) -> None:
    for minute in range(0, 181, 20):
        rounds.see(minutes_after(minute), str(minute))
    offered = rounds.counted().offered
    rounds.see(minutes_after(3), "180", "more")
    assert rounds.counted().offered == offered + 1


def test_a_clock_that_was_a_year_ahead_leaves_no_year_s_future_behind(rounds) -> None:
    rounds.see(at(86400 * 400), "1.1")
    rounds.see(at(0), "1.1")
    assert [each.begins_at for each in rounds.counter.history.spans] == [NOON]


# From leader to leader


def test_the_next_leader_goes_on_from_where_the_last_one_ended(rounds) -> None:
    rounds.see(at(0), "1.1")
    rounds.see(at(1))
    successor = Rounds(rounds.left)
    for second in range(2, 9):
        successor.see(at(second))
    assert successor.counted().offered == 1
    assert successor.counted().abandoned == 1, "whom the one saw leaving, the other calls lost"


def test_a_watch_of_another_moment_than_the_floor_is_not_gone_on_with(rounds) -> None:
    rounds.see(at(0), "1.1")
    rounds.see(at(1))
    older = replace(rounds.left, stored=replace(rounds.stored, seq=99))
    successor = Rounds(older)
    for second in range(2, 9):
        successor.see(at(second))
    assert successor.counted().abandoned == 0


@pytest.mark.parametrize("watch", [b"", b"{}", b"of another version", b"\xff"])
def test_a_watch_that_cannot_be_read_costs_what_was_open_and_no_count(rounds, watch) -> None:
    rounds.see(at(0), "1.1")
    successor = Rounds(replace(rounds.left, watch=watch))
    successor.see(at(1), "1.1", "1.2")
    assert successor.counted().offered == 2


def test_a_watch_survives_the_wire(rounds) -> None:
    rounds.see(at(0), "1.1", "1.2")
    rounds.see(at(1), "1.2")
    stored = rounds.counter.to_store(rounds.stored)
    watched = watches.decode(stored.watch)
    assert (watched.epoch, watched.seq) == ("e", 2)
    assert watched != Watched("e", 2, NOON, Watch())
    assert watches.decode(watches.encode(watched)) == watched


# What is stored


def test_each_round_stores_only_what_it_changed(rounds) -> None:
    rounds.see(at(59), "1.1")
    first = rounds.counter.to_store(rounds.stored)
    assert first.is_anew
    assert list(first.spans.put) == [NOON]
    rounds.counter.note_stored(1)
    rounds.see(at(60), "1.1")
    second = rounds.counter.to_store(rounds.stored)
    assert not second.is_anew
    assert list(second.spans.put) == [at(60)]
    rounds.counter.note_stored(2)
    assert not rounds.counter.to_store(rounds.stored).spans


def test_a_redis_that_holds_it_already_is_told_the_news_alone() -> None:
    known = history(span(-1))
    rounds = Rounds(Whole(counts=Counts(known)))
    rounds.see(at(0))
    stored = rounds.counter.to_store(rounds.stored)
    assert not stored.is_anew
    assert list(stored.spans.put) == [NOON]


def test_an_empty_redis_is_told_everything() -> None:
    rounds = Rounds(Whole(counts=Counts(history(span(-2), span(-1)))), in_redis=History())
    rounds.see(at(0))
    stored = rounds.counter.to_store(rounds.stored)
    assert stored.is_anew
    assert list(stored.spans.put) == [minutes_after(-2), minutes_after(-1), NOON]


def test_a_redis_that_dropped_something_is_told_everything_again(rounds) -> None:
    rounds.see(at(0))
    rounds.see(at(60))
    rounds.counter.note_stored(1)
    stored = rounds.counter.to_store(rounds.stored)
    assert stored.is_anew
    assert len(stored.spans.put) == 2
    rounds.counter.note_stored(2)
    assert not rounds.counter.to_store(rounds.stored).spans


# Failures


@pytest.mark.parametrize("name", ["observe", "counted", "with_events"])
def test_a_failure_costs_numbers_and_never_the_board(rounds, name, monkeypatch, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    rounds.see(at(0), "1.1")
    with monkeypatch.context() as broken:

        def fail(*args: object) -> None:
            raise ZeroDivisionError("a bug of ours")

        broken.setattr(count, name, fail)
        for second in (1, 2, 3):
            rounds.see(at(second), "1.1", "1.2")
            assert set(rounds.floor.waiting) == {"1.1", "1.2"}
    assert rounds.counted().offered == 1
    rounds.see(at(4), "1.1", "1.2", "1.3")
    assert rounds.counted().offered == 2
    assert caplog.text.count("The counting of calls is lost: unexpected ZeroDivisionError") == 1
    assert caplog.text.count("ZeroDivisionError: a bug of ours") == 1


def test_a_failure_keeps_the_list_of_those_who_gave_up(rounds, monkeypatch) -> None:
    rounds.see(at(0), "1.1")
    for second in range(1, 9):
        rounds.see(at(second))
    known = rounds.floor.abandoned
    monkeypatch.setattr(count, "observe", lambda *args: 1 / 0)
    rounds.see(at(9))
    assert rounds.floor.abandoned == known
    assert len(known) == 1


def test_what_cannot_be_made_sense_of_once_keeps_nobody_from_being_counted_for_ever(rounds, monkeypatch) -> None:
    honest = count.observe

    def stumbles(watch: Watch, *floors: Snapshot):
        if watch.departed:
            raise ZeroDivisionError
        return honest(watch, *floors)

    monkeypatch.setattr(count, "observe", stumbles)
    rounds.see(at(0), "1.1")
    rounds.see(at(1))
    rounds.see(at(2))
    rounds.see(at(3), "1.2")
    assert rounds.counted().offered == 2
