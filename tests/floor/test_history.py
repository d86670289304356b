"""What happened today: every way of adding it up gives the same, and nothing is lost on the way to the coarse past."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import NOTHING, Bucket, Span, Tally, add, queues_of_key
from eqboard.floor.history import BY_THE_MINUTE, KEPT, History
from eqboard.floor.sums import Sums, minute_of, together
from tests.builders import NOON, QUEUE_KEYS
from tests.spans import answered, buckets, growing, history, minutes_after, span

EVERY = datetime(1970, 1, 1, tzinfo=UTC)


def plainly(spans: Iterable[Span], queues: frozenset[str] | None, begin: datetime, until: datetime | None) -> Tally:
    """What a tally is, without a thought for how long it takes."""
    chosen = [each for each in spans if begin <= each.begins_at and (until is None or each.begins_at < until)]
    if not chosen:
        return Tally()
    bucket, idle_seconds = NOTHING, 0.0
    for each in chosen:
        for queue, own in each.queues.items():
            if queues is None or queue in queues:
                bucket = add(bucket, own)
        for key, seconds in each.idle_seconds.items():
            if queues is None or queues & queues_of_key(key):
                idle_seconds += seconds
    seen_seconds = sum(each.seen_seconds for each in chosen)
    return Tally(bucket, idle_seconds, chosen[0].begins_at, max(each.ends_at for each in chosen), seen_seconds)


# Adding up


@given(st.lists(buckets(), max_size=5))
def test_many_buckets_together_are_the_same_as_one_after_the_other(several) -> None:
    one_by_one = NOTHING
    for each in several:
        one_by_one = add(one_by_one, each)
    assert together(several) == one_by_one


@settings(max_examples=60, deadline=None)
@given(growing(), st.data())
def test_a_tally_is_the_sum_over_the_spans_whatever_was_asked_before(rounds, data) -> None:
    choices = st.sampled_from(
        (None, frozenset[str](), *(frozenset({key}) for key in QUEUE_KEYS), frozenset(QUEUE_KEYS))
    )
    for now, made in rounds:
        queues = data.draw(choices)
        begin = now.replace(second=0) - timedelta(minutes=data.draw(st.sampled_from((0, 4, 14, 59, 61, 300, 1500))))
        until = data.draw(st.sampled_from((None, begin + timedelta(minutes=20), now + timedelta(minutes=1))))
        assert made.tally(queues, begin, until) == plainly(made.spans, queues, begin, until)
    for _, made in rounds:  # an older value still answers for itself, though it shares sums with the newer ones
        assert made.tally(None, EVERY) == plainly(made.spans, None, EVERY, None)


def test_of_nothing_there_is_nothing() -> None:
    assert History().tally(None, EVERY) == Tally()
    assert history(span(0)).tally(None, minutes_after(1)) == Tally()
    assert history(span(0)).tally(None, EVERY, NOON) == Tally()


def test_a_span_counts_in_a_window_when_it_begins_in_it() -> None:
    made = history(span(0), span(1), span(2))
    assert made.tally(None, minutes_after(1)).bucket.offered == 2
    assert made.tally(None, minutes_after(0.5)).bucket.offered == 2
    assert made.tally(None, minutes_after(1), minutes_after(2)).bucket.offered == 1


def test_a_tally_tells_since_when_and_how_much_was_watched() -> None:
    tally = history(span(0), span(7, seen_seconds=30.5)).tally(frozenset({"500"}), minutes_after(-60))
    assert (tally.since, tally.until, tally.seen_seconds) == (NOON, minutes_after(8), 90.5)


def test_a_queue_without_calls_was_watched_all_the_same() -> None:
    tally = history(span(0)).tally(frozenset({"501"}), NOON)
    assert (tally.bucket, tally.seen_seconds) == (NOTHING, 60.0)


def test_people_in_several_queues_are_counted_once() -> None:
    idle = {"500 501": 30.0, "501": 10.0, "502": 5.0}
    made = history(span(0, idle_seconds=idle), span(1, idle_seconds=idle))
    assert made.tally(frozenset({"500"}), NOON).idle_seconds == 60.0
    assert made.tally(frozenset({"501"}), NOON).idle_seconds == 80.0
    assert made.tally(frozenset({"500", "501"}), NOON).idle_seconds == 80.0
    assert made.tally(None, NOON).idle_seconds == 90.0


def test_a_minute_that_is_counted_on_replaces_itself() -> None:
    made = history(span(0), span(1, bucket=answered(5)), span(1, bucket=answered(5, 7)))
    assert made.tally(None, NOON).bucket.offered == 3
    assert len(made.spans) == 2


def test_a_history_may_be_made_of_spans_at_once() -> None:
    made = History((span(0), span(1)))
    assert made == history(span(0), span(1))
    assert made.tally(None, NOON).bucket.offered == 2


# From fine to coarse


def test_after_two_hours_minutes_become_quarters_of_an_hour() -> None:
    made = history(*(span(minute) for minute in range(20)))
    assert made.compacted(minutes_after(134)) == made
    coarse = made.compacted(minutes_after(135))
    assert [(each.begins_at, each.minutes) for each in coarse.spans[:2]] == [(NOON, 15), (minutes_after(15), 1)]
    assert coarse.spans[0].queues == {"500": answered(*[5] * 15)}
    assert coarse.spans[0].seen_seconds == 900.0
    assert coarse.tally(None, NOON).bucket == made.tally(None, NOON).bucket


def test_what_is_older_than_the_longest_day_is_dropped() -> None:
    made = history(span(0), span(60)).compacted(minutes_after(180))
    assert len(made.compacted(NOON + KEPT + timedelta(minutes=14)).spans) == 2
    assert [each.begins_at for each in made.compacted(NOON + KEPT + timedelta(minutes=15)).spans] == [minutes_after(60)]
    assert made.compacted(NOON + 3 * KEPT) == History()


def test_the_longest_day_is_kept_whole() -> None:
    assert timedelta(hours=25) < KEPT, "clocks are put back an hour"


def test_what_a_wrong_clock_left_far_ahead_is_dropped() -> None:
    ahead = span(60 * 24 * 400)
    assert history(ahead, span(0)).compacted(NOON) == history(span(0))


@settings(max_examples=60, deadline=None)
@given(growing())
def test_growing_coarse_loses_and_doubles_nothing(rounds) -> None:
    _, made = rounds[-1]
    for hours in (1, 2, 3, 9, 20, 27):
        now = NOON + timedelta(hours=hours)
        kept = [each for each in made.spans if now - KEPT < each.ends_at <= now + KEPT]
        coarse = made.compacted(now)
        assert coarse.tally(None, EVERY).bucket == plainly(kept, None, EVERY, None).bucket
        assert coarse.tally(None, EVERY).seen_seconds == sum(each.seen_seconds for each in kept)


@settings(max_examples=60, deadline=None)
@given(growing())
def test_spans_are_in_order_never_overlap_and_are_fine_for_two_hours(rounds) -> None:
    for now, made in rounds:
        for one, next_one in zip(made.spans, made.spans[1:], strict=False):
            assert one.ends_at <= next_one.begins_at
        assert all(
            each.minutes == 15 or each.ends_at > now - BY_THE_MINUTE - timedelta(minutes=15) for each in made.spans
        )
        assert all(int(each.begins_at.timestamp()) % (60 * each.minutes) == 0 for each in made.spans)


# Where a moment belongs


def test_a_moment_belongs_to_its_minute() -> None:
    assert History().at(minutes_after(3.99)) == Span(minutes_after(3))
    assert history(span(3), span(4)).at(minutes_after(3.5)) == span(3)


def test_a_clock_that_went_far_back_counts_into_the_quarter_that_is_there() -> None:
    made = history(*(span(minute) for minute in range(15))).compacted(minutes_after(140))
    assert made.at(minutes_after(7)).minutes == 15


def test_what_a_clock_that_was_put_back_left_is_ahead() -> None:
    made = history(span(0), span(1), span(3))
    assert made.ahead_of(minutes_after(0.5)) == (span(1), span(3))
    assert made.ahead_of(minutes_after(3)) == ()
    assert History().ahead_of(NOON) == ()


def test_windows_without_spans_are_not_remembered() -> None:
    """A poller that is gone leaves ever more of them to a web process that goes on."""
    sums = Sums([span(0)])
    first = minute_of(NOON)
    for minute in range(first + 1, first + 600):
        assert sums.tally(None, minute, minute + 15) == Tally()
        assert sums.peaks("500", minute, minute + 60) == (None,) * 60
    assert sums.peaks("500", first, first + 2) == (0, None)
    assert len(sums._tallies) == 0
    assert len(sums._peaks) == 1


# Telling others


@settings(max_examples=60, deadline=None)
@given(growing(), st.data())
def test_whoever_is_told_the_changes_has_the_same(rounds, data) -> None:
    _, old = data.draw(st.sampled_from(rounds))
    _, new = data.draw(st.sampled_from(rounds))
    changes = new.changes_since(old)
    told = old.with_changes(changes)
    assert told == new
    assert told.tally(None, EVERY) == new.tally(None, EVERY)
    assert not new.changes_since(told)


def test_a_round_tells_of_the_running_minute_alone() -> None:
    before = history(*(span(minute) for minute in range(30)))
    after = before.with_span(span(29, bucket=answered(1, 2)))
    changes = after.changes_since(before)
    assert list(changes.put) == [minutes_after(29)]
    assert not changes.gone


def test_no_change_leaves_the_very_same_value() -> None:
    made = history(span(0))
    assert made.with_changes(made.changes_since(made)) is made
    assert made.compacted(NOON) is made


# For a sparkline


def waited(most: int) -> Bucket:
    return Bucket(waiting_peaks={most: 1})


def test_the_peaks_of_the_last_minutes_end_with_the_running_one() -> None:
    made = history(span(0, bucket=waited(2)), span(1, bucket=waited(4)), span(2, bucket=waited(1)))
    assert made.peaks("500", minutes_after(2.5), 3) == (2, 4, 1)
    assert made.with_span(span(2, bucket=waited(6))).peaks("500", minutes_after(2.5), 3) == (2, 4, 6)


def test_a_minute_that_nobody_watched_has_no_peak_and_a_quiet_one_has_zero() -> None:
    made = history(span(0, bucket=waited(2)), span(1, seen_seconds=0.0), span(2, "501"))
    assert made.peaks("500", minutes_after(3), 5) == (None, 2, None, 0, None)


def test_there_is_a_peak_for_each_minute_of_an_hour() -> None:
    assert History().peaks("500", NOON) == (None,) * 60
    assert history(span(0)).peaks("500", minutes_after(30))[29] == 0


def test_of_a_quarter_of_an_hour_no_single_minute_is_known() -> None:
    made = history(*(span(minute) for minute in range(15))).compacted(minutes_after(140))
    assert made.peaks("500", minutes_after(10), 20) == (None,) * 20


@settings(max_examples=40, deadline=None)
@given(growing())
def test_peaks_are_those_of_the_minutes_whatever_the_clock_does(rounds) -> None:
    for now, made in rounds:
        by_minute = {each.begins_at: each for each in made.spans if each.minutes == 1 and each.seen_seconds}
        minutes = [now.replace(second=0) - timedelta(minutes=each) for each in range(89, -1, -1)]
        expected = tuple(
            max(by_minute[each].queues.get("500", NOTHING).waiting_peaks, default=0) if each in by_minute else None
            for each in minutes
        )
        assert made.peaks("500", now, 90) == expected


# All queues of a stretch


def test_a_stretch_holds_all_queues_of_its_spans() -> None:
    made = history(span(0, "500"), span(1, "501"), span(59, "500"), span(60, "502"))
    hour = made.over(NOON, minutes_after(60))
    assert hour == Span(NOON, 60, {"500": answered(5, 5), "501": answered(5)}, {}, 180.0)
    assert made.over(minutes_after(61), minutes_after(90)) is None
    assert made.over(minutes_after(60), minutes_after(61)) == span(60, "502")


@pytest.mark.parametrize("minutes", [0, 1, 61])
def test_the_running_minute_is_a_part_of_its_stretch(minutes) -> None:
    made = history(span(0), span(minutes, bucket=answered(9)))
    stretch = made.over(NOON, minutes_after(62))
    assert stretch.queues["500"] == (answered(9) if minutes == 0 else answered(5, 9))
