"""Hours of the site's clocks, and what is usual in one."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.history.hours import WEEKS, end_of_hour, hour_of, minutes_of, percentile, same_hours, usual_of

MADRID, KATHMANDU, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # clocks change by half an hour


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "begin"),
    [
        (utc(2026, 3, 2, 12, 59, 59), MADRID, utc(2026, 3, 2, 12)),
        (utc(2026, 3, 2, 12), MADRID, utc(2026, 3, 2, 12)),
        (utc(2026, 3, 2, 12, 10), KATHMANDU, utc(2026, 3, 2, 11, 15)),  # 17:55 there, five and three quarters ahead
        (utc(2026, 10, 25, 0, 30), MADRID, utc(2026, 10, 25, 0)),  # 02:30, the first time
        (utc(2026, 10, 25, 1, 30), MADRID, utc(2026, 10, 25, 1)),  # 02:30 again
    ],
)
def test_an_hour_begins_when_the_clock_of_the_zone_is_full(moment, zone, begin) -> None:
    assert hour_of(moment, zone) == begin


@pytest.mark.parametrize(
    ("moment", "begin", "minutes"),
    [
        (utc(2026, 4, 4, 14, 59), utc(2026, 4, 4, 14), 60),  # 01:59, the first time
        (utc(2026, 4, 4, 15), utc(2026, 4, 4, 15), 30),  # 01:30 again
        (utc(2026, 4, 4, 15, 29), utc(2026, 4, 4, 15), 30),
        (utc(2026, 4, 4, 15, 30), utc(2026, 4, 4, 15, 30), 60),  # 02:00
        (utc(2026, 10, 3, 15, 29), utc(2026, 10, 3, 14, 30), 60),  # 01:59
        (utc(2026, 10, 3, 15, 30), utc(2026, 10, 3, 15, 30), 30),  # 02:30, a moment later
        (utc(2026, 10, 3, 16), utc(2026, 10, 3, 16), 60),  # 03:00
    ],
)
def test_an_hour_that_half_an_hour_of_summer_time_cuts_is_two_or_shorter(moment, begin, minutes) -> None:
    assert hour_of(moment, LORD_HOWE) == begin
    assert end_of_hour(begin, LORD_HOWE) == begin + timedelta(minutes=minutes)


@pytest.mark.parametrize("zone", [MADRID, KATHMANDU, NEW_YORK, LORD_HOWE], ids=str)
@given(moment=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_hours_follow_one_another_without_a_gap(zone, moment) -> None:
    begin = hour_of(moment, zone)
    end = end_of_hour(begin, zone)
    assert begin <= moment < end <= begin + timedelta(hours=1)
    assert hour_of(end, zone) == end
    assert hour_of(end - timedelta(seconds=1), zone) == begin


def test_the_same_hour_is_found_though_clocks_cut_it() -> None:
    cut = utc(2026, 10, 3, 15, 30)  # 02:30 to 03:00
    assert same_hours(utc(2026, 10, 10, 15, 10), LORD_HOWE)[0] == cut
    assert [each.astimezone(LORD_HOWE).hour for each in same_hours(cut, LORD_HOWE)] == [2] * WEEKS


def test_the_same_hours_are_those_of_the_last_weeks() -> None:
    hours = same_hours(utc(2026, 3, 2, 12, 30), ZoneInfo("UTC"))
    assert hours == [utc(2026, 3, 2, 12) - timedelta(weeks=week) for week in range(1, WEEKS + 1)]


def test_the_same_hour_is_that_on_the_clock_though_clocks_were_changed() -> None:
    hours = same_hours(utc(2026, 3, 30, 7, 30), MADRID)  # 09:30 in summer; a week before it was winter
    assert [each.astimezone(MADRID).hour for each in hours] == [9] * WEEKS
    assert hours[0] == utc(2026, 3, 23, 8)


def test_minutes_that_were_watched_and_tell_of_nobody_count_as_such() -> None:
    assert minutes_of({2: 10, 5: 1}, 3600.0) == Counter({0: 49, 2: 10, 5: 1})
    assert minutes_of({}, 1800.0) == Counter({0: 30})
    assert minutes_of({0: 40, 1: 25}, 3600.0) == Counter({0: 40, 1: 25})


def test_what_is_usual_lies_between_the_tenth_and_the_ninetieth_percentile() -> None:
    hour = Counter({0: 6, 2: 48, 7: 6})
    assert usual_of([hour, hour, hour]) == (0, 2)
    assert usual_of([Counter({0: 5, 2: 48, 7: 7})] * 3) == (2, 7)


def test_of_two_weeks_nothing_is_called_usual() -> None:
    hour = Counter({1: 60})
    assert usual_of([hour] * 2) is None
    assert usual_of([]) is None
    assert usual_of([hour] * 3) == (1, 1)


@given(st.dictionaries(st.integers(0, 50), st.integers(1, 60), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_number_that_was_there_and_divides_the_minutes(minutes, percent) -> None:
    number = percentile(minutes, percent)
    below = sum(count for value, count in minutes.items() if value < number)
    upto = sum(count for value, count in minutes.items() if value <= number)
    assert number in minutes
    assert below < sum(minutes.values()) * percent / 100 <= upto
