"""The stretches of time over which a board counts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.windows import MINUTES, Window, begin_of, begin_of_day, end_of
from tests.builders import NOON

MADRID = ZoneInfo("Europe/Madrid")
ZONES = [
    "UTC",
    "Europe/Madrid",
    "America/New_York",
    "Asia/Kolkata",  # + 5:30
    "Asia/Kathmandu",  # + 5:45
    "Australia/Lord_Howe",  # clocks change by half an hour
    "America/Havana",  # clocks change at midnight
    "America/St_Johns",  # until 2011 clocks changed a minute after midnight
    "America/Santiago",
    "Pacific/Apia",  # left out a whole day
    "Africa/Casablanca",
]
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
RESETS = st.times().map(lambda each: each.replace(second=0, microsecond=0, tzinfo=None, fold=0))


def at(*moment, zone=MADRID, fold=0):
    return datetime(*moment, tzinfo=zone, fold=fold).astimezone(UTC)


# Minutes


def test_the_last_15_minutes_are_the_running_one_and_the_fourteen_before():
    now = NOON + timedelta(minutes=14, seconds=59, microseconds=999999)
    assert begin_of(Window.LAST_15, now, NOON) == NOON
    assert begin_of(Window.LAST_15, now + timedelta(microseconds=1), NOON) == NOON + timedelta(minutes=1)


def test_now_is_the_last_five_minutes_for_what_happens_over_time():
    assert begin_of(Window.NOW, NOON, NOON) == NOON - timedelta(minutes=4)


def test_every_window_ends_with_the_minute_that_runs():
    assert end_of(NOON) == end_of(NOON + timedelta(seconds=59.9)) == NOON + timedelta(minutes=1)


def test_today_begins_with_the_day():
    assert begin_of(Window.TODAY, NOON, NOON - timedelta(hours=4)) == NOON - timedelta(hours=4)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(sorted(MINUTES)))
def test_a_window_begins_with_a_minute_and_is_no_longer_than_it_says(now, window):
    begin = begin_of(window, now, NOON)
    assert (begin.second, begin.microsecond) == (0, 0)
    assert begin <= now < begin + timedelta(minutes=MINUTES[window])


# Days


def test_a_day_begins_at_the_reset_hour_of_its_zone():
    assert begin_of_day(at(2026, 3, 2, 5, 59), MADRID, time(6)) == at(2026, 3, 1, 6)
    assert begin_of_day(at(2026, 3, 2, 6), MADRID, time(6)) == at(2026, 3, 2, 6)


def test_the_moment_is_utc():
    assert begin_of_day(NOON, MADRID, time(0)).tzinfo is UTC


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_a_day_on_which_clocks_change_is_shorter_or_longer(day, hours):
    begin = at(*day)
    end = begin + timedelta(hours=hours)
    assert begin_of_day(end - timedelta(microseconds=1), MADRID, time(0)) == begin
    assert begin_of_day(end, MADRID, time(0)) == end


def test_a_reset_hour_that_clocks_skip_comes_right_after_the_jump():
    """On 29 March 02:00 is 03:00; 02:30 is 03:30 then."""
    assert begin_of_day(at(2026, 3, 29, 3, 29), MADRID, time(2, 30)) == at(2026, 3, 28, 2, 30)
    assert begin_of_day(at(2026, 3, 29, 3, 30), MADRID, time(2, 30)) == at(2026, 3, 29, 3, 30)


def test_of_a_reset_hour_that_comes_twice_the_first_counts():
    """On 25 October 03:00 is 02:00 again."""
    first, second = at(2026, 10, 25, 2, 30), at(2026, 10, 25, 2, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert begin_of_day(first, MADRID, time(2, 30)) == first
    assert begin_of_day(second, MADRID, time(2, 30)) == first
    assert begin_of_day(at(2026, 10, 25, 2, 15, fold=1), MADRID, time(2, 30)) == first


def test_a_day_that_began_stays_begun_when_clocks_go_back_over_midnight():
    """In Newfoundland at 00:01 of 7 November 2010 it was 23:01 of the 6th again."""
    zone = ZoneInfo("America/St_Johns")
    midnight = at(2010, 11, 7, zone=zone)
    assert begin_of_day(midnight, zone, time(0)) == midnight
    again = at(2010, 11, 6, 23, 30, zone=zone, fold=1)
    assert again > midnight
    assert begin_of_day(again, zone, time(0)) == midnight


def test_a_day_that_a_zone_leaves_out_begins_with_the_next():
    """Samoa had no 30 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    midnight = at(2011, 12, 31, zone=zone)
    assert begin_of_day(midnight, zone, time(0)) == midnight
    assert begin_of_day(midnight - timedelta(minutes=1), zone, time(0)) == at(2011, 12, 29, zone=zone)


def test_midnight_in_a_zone_of_half_hours_is_no_full_hour_of_utc():
    assert begin_of_day(NOON, ZoneInfo("Asia/Kolkata"), time(0)) == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "reset", "hours"),
    [
        ((2026, 4, 5), time(0), 24.5),
        ((2026, 4, 5), time(1, 45), 24.5),  # comes twice: at the first of both
        ((2026, 10, 4), time(0), 23.5),
        ((2026, 10, 3), time(2, 15), 24),  # is skipped on the fourth, and comes half an hour later by the clock
    ],
)
def test_where_clocks_change_by_half_an_hour_days_do(day, reset, hours):
    zone = ZoneInfo("Australia/Lord_Howe")
    noon = at(*day, 12, zone=zone)
    begin, next_begin = (begin_of_day(each, zone, reset) for each in (noon, noon + timedelta(hours=24.5)))
    assert next_begin - begin == timedelta(hours=hours)
    assert begin.astimezone(zone).time() == reset
    assert begin.timestamp() % 900 == 0, "no quarter of an hour is of two days"


def test_a_changed_reset_hour_holds_at_once_and_makes_no_longer_day():
    now = at(2026, 3, 2, 12)
    assert begin_of_day(now, MADRID, time(13)) == at(2026, 3, 1, 13)
    assert begin_of_day(now, MADRID, time(11)) == at(2026, 3, 2, 11)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), RESETS)
def test_a_day_has_begun_and_lasts_25_hours_at_most(now, zone, reset):
    begin = begin_of_day(now, ZoneInfo(zone), reset)
    assert begin <= now < begin + timedelta(hours=25)


@settings(deadline=None)
@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=3)), st.sampled_from(ZONES), RESETS)
def test_the_beginning_of_the_day_never_goes_back(now, later, zone, reset):
    assert begin_of_day(now, ZoneInfo(zone), reset) <= begin_of_day(now + later, ZoneInfo(zone), reset)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), RESETS)
def test_a_day_is_the_same_seen_from_its_beginning(now, zone, reset):
    begin = begin_of_day(now, ZoneInfo(zone), reset)
    assert begin_of_day(begin, ZoneInfo(zone), reset) == begin
