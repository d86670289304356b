"""The clock on the exchange's wall, also on the days on which it is put forward and back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.simulator.clock import read_clock, seconds_of_day, seconds_until

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3600.0


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


NOON = at("2026-03-02T12:00")


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        ("08:30", UTC, at("2026-03-02T08:30")),
        ("8:30", UTC, at("2026-03-02T08:30")),
        ("23:59", MADRID, at("2026-03-02T22:59")),
        ("00:15", ZoneInfo("Asia/Tokyo"), at("2026-03-01T15:15")),  # there it is Monday evening already
        ("2026-07-01T08:30", MADRID, at("2026-07-01T06:30")),
        ("2026-07-01 08:30:15", UTC, at("2026-07-01T08:30:15")),
        ("2026-07-01T08:30+05:30", MADRID, at("2026-07-01T03:00")),
        ("2026-07-01T08:30Z", MADRID, at("2026-07-01T08:30")),
    ],
)
def test_a_clock_is_a_time_of_today_or_of_another_day(text, zone, meant):
    assert read_clock(text, now=NOON, zone=zone) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "noon", "24:00", "08:60", "8", "08:30:15", "-08:30", "08:30 ", "٠٨:٣٠", "2026-07-01", "20260701T0830"),
        *("2026-13-01T08:30", "2026-07-01T24:30", "2026-W27-3T08:30", "1999-12-31T23:59", "2100-01-01T00:00", "nan"),
    ],
)
def test_anything_else_is_refused_in_one_sentence_that_shows_both_forms(text):
    with pytest.raises(ValueError, match=r"^The clock must be a time such as 08:30, or .* not '.*'\.$") as refused:
        read_clock(text, now=NOON, zone=UTC)
    assert repr(text) in str(refused.value)


def test_the_time_of_the_day_is_what_the_zones_clock_shows():
    assert seconds_of_day(NOON + 0.25, UTC) == 12 * HOUR + 0.25
    assert seconds_of_day(NOON, MADRID) == 13 * HOUR
    assert seconds_of_day(at("2026-07-01T12:00"), MADRID) == 14 * HOUR


def test_the_next_time_the_clock_shows_something_is_today_or_tomorrow_and_never_now():
    assert seconds_until(13 * HOUR, NOON, UTC) == HOUR
    assert seconds_until(11 * HOUR, NOON, UTC) == 23 * HOUR
    assert seconds_until(12 * HOUR, NOON, UTC) == 24 * HOUR


@pytest.mark.parametrize(("evening", "hours"), [("2026-03-28T20:00", 11), ("2026-10-24T20:00", 13)])
def test_a_night_in_which_the_clock_is_set_is_an_hour_shorter_or_longer(evening, hours):
    assert seconds_until(8 * HOUR, at(evening, MADRID), MADRID) == hours * HOUR


@given(moment=st.floats(1.6e9, 1.9e9), seconds=st.floats(0, 86399))
def test_after_waiting_for_it_the_clock_shows_it(moment, seconds):
    waited = seconds_until(seconds, moment, UTC)
    assert 0 < waited <= 86400
    shown = seconds_of_day(moment + waited, UTC)
    assert min(abs(shown - seconds), 86400 - abs(shown - seconds)) < 1e-3
