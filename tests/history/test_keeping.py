"""Hours in the database: each once, none lost, none for ever."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from eqboard.floor.buckets import Bucket
from eqboard.floor.history import History
from eqboard.history import keeping
from eqboard.history.hours import WEEKS, same_hours
from eqboard.history.keeping import buckets, keep_hours, usual_ranges
from eqboard.history.models import QueueHour
from tests.builders import HOSTILE_TEXTS, NOON
from tests.spans import answered, history, minutes_after, span

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Madrid")
AFTER = minutes_after(61)
QUEUES = ("500", "501")


def kept() -> dict[tuple[str, datetime], Bucket]:
    return {(row.queue, row.begins_at): buckets.validate_python(row.bucket) for row in QueueHour.objects.all()}


def an_hour(bucket: Bucket | None = None, begin: float = 0, queue: str = "500") -> History:
    return history(*(span(begin + minute, queue, bucket) for minute in range(60)))


def test_an_hour_that_is_over_is_written_with_all_its_queues() -> None:
    keep_hours(history(span(0), span(59), span(30, "501"), span(60)), (), AFTER, ZONE)
    assert kept() == {("500", NOON): answered(5, 5), ("501", NOON): answered(5)}
    assert {row.seen_seconds for row in QueueHour.objects.all()} == {180.0}


def test_half_an_hour_of_summer_time_is_counted_once() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    begin = datetime(2026, 10, 3, 15, tzinfo=UTC)  # 01:30; half an hour later it is 02:30, and then 03:00
    minutes = history(*(span(begins_at=begin + timedelta(minutes=minute)) for minute in range(90)))
    keep_hours(minutes, (), begin + timedelta(hours=2), zone)
    told = {row.begins_at: row.seen_seconds / 60 for row in QueueHour.objects.all()}
    assert told == {
        begin - timedelta(minutes=30): 30,
        begin + timedelta(minutes=30): 30,
        begin + timedelta(hours=1): 30,
    }


def test_an_hour_of_a_clock_that_was_put_back_is_written_when_it_is_over() -> None:
    keep_hours(history(span(0)), (), AFTER, ZONE)
    keep_hours(history(span(0)), (), minutes_after(10), ZONE)
    assert not kept()
    keep_hours(history(span(0), span(11)), (), AFTER, ZONE)
    assert kept() == {("500", NOON): answered(5, 5)}


def test_an_hour_that_runs_is_not_written() -> None:
    keep_hours(history(span(0)), ("500",), minutes_after(59), ZONE)
    assert not kept()


def test_a_queue_that_nobody_called_is_written_too() -> None:
    keep_hours(history(span(0)), ("500", "502"), AFTER, ZONE)
    assert kept() == {("500", NOON): answered(5), ("502", NOON): Bucket()}


def test_hours_that_were_missed_are_caught_up_with() -> None:
    missed = history(span(0), span(60, bucket=answered(7)), span(185))
    keep_hours(missed, (), minutes_after(190), ZONE)
    assert kept() == {("500", NOON): answered(5), ("500", minutes_after(60)): answered(7)}


def test_an_hour_is_the_same_whether_it_is_kept_by_the_minute_or_coarser() -> None:
    made = an_hour(Bucket(offered=1, answered_waits={5: 1}, waiting_peaks={3: 1}))
    keep_hours(made.compacted(minutes_after(200)), (), minutes_after(200), ZONE)
    assert kept() == {("500", NOON): Bucket(offered=60, answered_waits={5: 60}, waiting_peaks={3: 60})}


def test_an_hour_is_written_once() -> None:
    made = history(span(0))
    for _ in range(2):
        keep_hours(made, (), AFTER, ZONE)
    keep_hours(history(span(0, bucket=answered(9))), (), AFTER, ZONE)
    assert kept() == {("500", NOON): answered(5)}


def test_two_leaders_that_write_the_same_hour_at_once_leave_one() -> None:
    QueueHour.objects.create(queue="500", begins_at=NOON, bucket={}, seen_seconds=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueHour.objects.create(queue="500", begins_at=NOON, bucket={}, seen_seconds=1)


def test_the_hours_are_those_of_the_zone() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    keep_hours(history(span(14), span(15)), (), minutes_after(200), kathmandu)
    assert {begin for _, begin in kept()} == {minutes_after(-45), minutes_after(15)}


def remember_hours(*begins: datetime) -> None:
    QueueHour.objects.bulk_create(
        QueueHour(queue=queue, begins_at=begin, bucket={}, seen_seconds=3600) for begin in begins for queue in QUEUES
    )


def test_as_many_hours_are_kept_as_ten_weeks_have_and_the_oldest_dropped() -> None:
    begins = [minutes_after(-60 * hour) for hour in range(keeping.KEPT_HOURS + 3)]
    remember_hours(*begins)
    keep_hours(History(), QUEUES, AFTER, ZONE)
    assert {begin for _, begin in kept()} == {*begins[:-3]}
    assert begins[-4] < min(same_hours(AFTER, ZONE)), "all that the usual range looks at are there"


@pytest.mark.parametrize("years", [-6, 6, 60])
def test_a_clock_that_is_years_wrong_costs_no_past_hour(years: int) -> None:
    remember_hours(*same_hours(AFTER, ZONE))
    wrong = AFTER.replace(year=AFTER.year + years)
    keep_hours(History(), QUEUES, wrong, ZONE)
    keep_hours(history(span(begins_at=wrong)), QUEUES, wrong + timedelta(hours=1), ZONE)
    keep_hours(History(), QUEUES, AFTER, ZONE)
    assert {begin for _, begin in kept()} >= {*same_hours(AFTER, ZONE)}
    assert len(kept()) == len(QUEUES) * (WEEKS + 1), "and what was counted meanwhile is written"


@pytest.mark.parametrize("years", [-6, 6])
def test_an_hour_under_a_wrong_clock_costs_at_most_the_oldest(years: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT_HOURS", WEEKS)
    remember_hours(*same_hours(AFTER, ZONE))
    wrong = AFTER.replace(year=AFTER.year + years)
    keep_hours(history(span(begins_at=wrong)), QUEUES, wrong + timedelta(hours=1), ZONE)
    assert {begin for _, begin in kept()} >= {*same_hours(AFTER, ZONE)[:-1]}


def test_hours_that_a_wrong_clock_left_far_ahead_make_way_when_their_time_is_near() -> None:
    ahead = NOON + timedelta(weeks=3)
    remember_hours(ahead)
    keep_hours(History(), QUEUES, ahead - timedelta(hours=26), ZONE)
    assert {begin for _, begin in kept()} == {ahead}
    keep_hours(History(), QUEUES, ahead - timedelta(hours=25), ZONE)
    assert not kept()


def test_a_site_that_was_off_for_a_month_keeps_what_it_knew() -> None:
    remember_hours(*same_hours(AFTER, ZONE))
    keep_hours(History(), QUEUES, AFTER + timedelta(weeks=5), ZONE)
    assert {begin for _, begin in kept()} == {*same_hours(AFTER, ZONE)}


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, "half \ud800", "5" * 256])
def test_a_hostile_extension_costs_no_other_queue_its_hour(text) -> None:
    keep_hours(history(span(0), span(1, text)), (text,), AFTER, ZONE)
    assert kept()["500", NOON] == answered(5)


def test_an_extension_longer_than_its_column_is_left_out() -> None:
    """Also by SQLite, which would take it."""
    keep_hours(history(span(0)), ("5" * 255, "5" * 256), AFTER, ZONE)
    assert {queue for queue, _ in kept()} == {"500", "5" * 255}


# What is usual


def remember(weeks: int, peaks: dict[int, int], *, queue: str = "500", seen_seconds: float = 3600.0) -> None:
    """So many weeks of the same hour."""
    for begin in same_hours(NOON, ZONE)[:weeks]:
        bucket = buckets.dump_python(Bucket(waiting_peaks=peaks), mode="json", exclude_defaults=True)
        QueueHour.objects.create(queue=queue, begins_at=begin, bucket=bucket, seen_seconds=seen_seconds)


def test_what_is_usual_comes_from_the_same_hour_of_the_last_weeks() -> None:
    remember(3, {1: 6, 2: 48, 9: 6})
    remember(8, {4: 60}, queue="501")
    QueueHour.objects.create(queue="500", begins_at=NOON - timedelta(days=1), bucket={}, seen_seconds=3600)
    assert usual_ranges(minutes_after(30), ZONE) == {"500": (1, 2), "501": (4, 4)}
    assert usual_ranges(minutes_after(90), ZONE) == {}


def test_of_two_weeks_nothing_is_usual() -> None:
    remember(2, {1: 60})
    assert usual_ranges(NOON, ZONE) == {}


def test_an_hour_of_which_little_was_watched_does_not_count() -> None:
    remember(3, {1: 20}, seen_seconds=1200.0)
    assert usual_ranges(NOON, ZONE) == {}


def test_a_quiet_hour_is_usual_too() -> None:
    remember(3, {})
    assert usual_ranges(NOON, ZONE) == {"500": (0, 0)}


def test_an_hour_that_cannot_be_read_is_passed_over() -> None:
    remember(3, {1: 60})
    QueueHour.objects.filter(begins_at=same_hours(NOON, ZONE)[0]).update(bucket={"waiting_peaks": "many"})
    assert usual_ranges(NOON, ZONE) == {}


def test_a_row_says_what_it_is_of() -> None:
    assert str(QueueHour(queue="500", begins_at=NOON)) == "500 2026-03-02 12:00"
