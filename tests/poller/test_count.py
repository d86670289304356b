"""The leader's counting, round by round, at moments of our choosing."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from eqboard.feed.follow import Counts
from eqboard.feed.messages import Stored
from eqboard.feed.reader import Whole
from eqboard.floor import abandoned
from eqboard.floor.buckets import Bucket
from eqboard.floor.flow import Watch
from eqboard.floor.history import History
from eqboard.floor.snapshot import Part, Snapshot
from eqboard.floor.windows import end_of
from eqboard.poller import count
from eqboard.poller.count import Counter, Watched, watches
from tests.builders import NOON, caller, queue, snapshot, source, waiting_call
from tests.spans import history, minutes_after, span

MIDNIGHT = NOON.replace(hour=0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def floor(now: datetime, *callers: str, number: str | None = None) -> Snapshot:
    """What a round read at `now`: these wait, each with a number of their own unless it is said."""
    entered_at = now - timedelta(seconds=1)
    lines = {key: caller(number or f"+34600{key}", unique_id=key, channel=f"SIP/{key}") for key in callers}
    waiting = [waiting_call(key, caller=line, entered_at=entered_at) for key, line in lines.items()]
    return snapshot(sources=[source(part, taken_at=now) for part in Part], queues=[queue()], waiting=waiting)


class Rounds:
    """A leader's rounds, a second after the other unless said otherwise."""

    def __init__(
        self,
        before: Whole | None = None,
        in_redis: History | None = None,
        day_begins_at: Callable[[datetime], datetime] = lambda now: MIDNIGHT,
    ) -> None:
        self.before = before or Whole()
        in_redis = self.before.counts.history if in_redis is None else in_redis
        self.counter = Counter(self.before, in_redis, day_begins_at)
        self.floor = self.before.stored.snapshot if self.before.stored else Snapshot()
        self.seq = 0

    def see(self, now: datetime, *callers: str, number: str | None = None) -> None:
        read = replace(floor(now, *callers, number=number), abandoned=self.floor.abandoned)
        self.floor = self.counter.count(self.floor, read, now)
        self.seq += 1

    def gives_up(self, seconds: float, key: str, *, number: str | None = None) -> None:
        """Somebody comes then, leaves a second later, and it becomes clear that they gave up."""
        self.see(at(seconds), key, number=number)
        for later in range(1, 9):
            self.see(at(seconds + later))

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


def test_what_a_clock_that_was_put_back_counted_waits_for_its_time(rounds, caplog) -> None:
    for minute in range(4):
        rounds.see(minutes_after(minute), str(minute))
    for second in range(90):
        rounds.see(at(second), "3")
    told = [record.message for record in caplog.records if "put back" in record.message]
    assert told == [
        "The clock was put back. What was counted from 2026-03-02 12:01 UTC on (3 min) lies ahead:"
        " it counts when its time comes"
    ]
    history = rounds.counter.history
    offered = [history.tally(None, NOON, end_of(minutes_after(minute))).bucket.offered for minute in range(4)]
    assert offered == [1, 2, 3, 4], "nobody twice"


def test_what_would_belong_to_another_day_is_dropped_and_the_log_says_so(caplog) -> None:
    rounds = Rounds(day_begins_at=lambda now: now.replace(hour=0, minute=0))
    midnight = MIDNIGHT + timedelta(days=1)
    rounds.see(midnight + timedelta(minutes=5), "1.1")
    rounds.see(midnight - timedelta(hours=2), "1.1", "1.2")
    assert rounds.counted().offered == 1
    assert caplog.messages == [
        "The clock was put back. What was counted from 2026-03-03 00:05 UTC on (1 min) lies ahead,"
        " and would belong to another day: it is dropped"
    ]


def test_a_clock_that_is_put_back_a_little_around_midnight_loses_nothing_and_is_no_news(caplog) -> None:
    rounds = Rounds(day_begins_at=lambda now: now.replace(hour=0, minute=0))
    midnight = MIDNIGHT + timedelta(days=1)
    rounds.see(midnight, "1.1")
    rounds.see(midnight - timedelta(seconds=3), "1.1", "1.2")
    assert rounds.counted().offered == 2
    assert caplog.messages == []


# From leader to leader


def test_the_next_leader_goes_on_from_where_the_last_one_ended(rounds) -> None:
    rounds.see(at(0), "1.1")
    rounds.see(at(1))
    successor = Rounds(rounds.left)
    for second in range(2, 9):
        successor.see(at(second))
    assert successor.counted().offered == 1
    assert successor.counted().abandoned == 1, "whom the one saw leaving, the other calls lost"


def test_the_next_leader_knows_how_often_somebody_gave_up_who_is_listed_no_more(monkeypatch) -> None:
    monkeypatch.setattr(abandoned, "MOST_OF_QUEUE", 2)
    rounds = Rounds()
    for place, key in enumerate(("1.1", "1.2", "1.3")):
        rounds.gives_up(20 * place, key)
    assert len(rounds.floor.abandoned) == 2
    successor = Rounds(rounds.left)
    successor.gives_up(60, "1.4", number="+346001.1")
    assert [call.attempts for call in successor.floor.abandoned.values()] == [1, 2]


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
