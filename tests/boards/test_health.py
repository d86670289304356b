"""What is wrong between EQ and the page: the first broken part on the way is named."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.health import Health, health_here, health_of
from eqboard.boards.spec import Surface
from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Trouble
from tests.boards.htmx import parse
from tests.boards.painting import audience, paint
from tests.builders import NOON, ago, snapshot, source

LONG_AGO = ago(3600)


def floor(*sources, sent_at=NOON, asking_since=None, is_connected=True):
    return Floor(Stored("e", 1, sent_at, snapshot(sources=sources), asking_since), is_connected)


def health(floor, now=NOON, since=LONG_AGO):
    return health_of(floor, now, poll_seconds=1.0, stale_rounds=2.5, patience_seconds=4.0, since=since)


OK = source(Part.CALLS)
LOST_CALLS = source(Part.CALLS, trouble=Trouble.UNREACHABLE, taken_at=ago(30))
ODD_AGENTS = source(Part.AGENTS, trouble=Trouble.BROKEN, taken_at=ago(10))


def test_all_is_well():
    assert health(floor(OK)) == Health()


def test_without_redis_nothing_behind_it_is_known():
    lost = floor(LOST_CALLS, sent_at=LONG_AGO, asking_since=LONG_AGO, is_connected=False)
    assert health(lost, since=ago(5)) == Health(feed_lost_since=ago(5), truth_at=ago(30))


def test_without_redis_from_the_start_there_is_no_truth():
    assert health(Floor(), since=NOON) == Health(feed_lost_since=NOON)


def test_a_silent_poller_hides_what_it_last_said_about_eq():
    silent = floor(LOST_CALLS, sent_at=ago(3), asking_since=LONG_AGO)
    assert health(silent) == Health(poller_silent_since=ago(3), truth_at=ago(30))


@pytest.mark.parametrize(("seconds", "is_silent"), [(0, False), (2.5, False), (2.6, True)])
def test_a_poller_has_its_time_again_when_redis_is_back(seconds, is_silent):
    back = replace(floor(OK, sent_at=ago(60)), back_at=ago(seconds))
    told = health(back)
    assert (told.poller_silent_since == ago(60)) is is_silent


@pytest.mark.parametrize("seconds", [1.0, 2.0, 2.5, 2.6, 30])
def test_what_a_silent_poller_does_not_read_is_not_blamed_on_eq(seconds):
    last_words = floor(source(Part.CALLS, taken_at=ago(seconds + 0.4)), sent_at=ago(seconds), asking_since=ago(seconds))
    assert health(last_words).trouble is None


@pytest.mark.parametrize(("seconds", "is_silent"), [(0, False), (2.5, False), (2.6, True), (-5, False)])
def test_a_poller_is_silent_after_its_time(seconds, is_silent):
    assert (health(floor(OK, sent_at=ago(seconds))).poller_silent_since is not None) is is_silent


def test_a_poller_that_never_spoke_is_silent_since_we_listen():
    assert health(Floor(None, True), since=ago(2)) == Health()
    assert health(Floor(None, True), since=ago(3)) == Health(poller_silent_since=ago(3), was_poller_heard=False)


def test_only_the_parts_in_trouble_say_how_old_the_numbers_are():
    sessions = source(Part.SESSIONS, taken_at=ago(3600), trouble=Trouble.REFUSED)
    assert health(floor(OK, sessions)).truth_at == ago(3600)
    assert health(floor(ODD_AGENTS, source(Part.SESSIONS, taken_at=ago(30), every_seconds=60))).truth_at == ago(10)


def test_beside_calls_and_agents_it_does_not_matter_how_old_the_rest_is():
    statistics = source(Part.STATISTICS, taken_at=ago(60), trouble=Trouble.BROKEN)
    assert health(floor(ODD_AGENTS, statistics)).truth_at == ago(10)
    assert health(floor(OK, statistics)).truth_at == ago(60)


def test_parts_that_cannot_be_read_are_named():
    assert health(floor(OK, ODD_AGENTS)) == Health(
        trouble=Trouble.BROKEN, troubled_parts=(Part.AGENTS,), truth_at=ago(10)
    )


def test_what_is_named_does_not_depend_on_the_order_of_the_parts():
    expected = Health(trouble=Trouble.UNREACHABLE, troubled_parts=(Part.AGENTS, Part.CALLS), truth_at=ago(30))
    assert health(floor(LOST_CALLS, ODD_AGENTS)) == health(floor(ODD_AGENTS, LOST_CALLS)) == expected


@pytest.mark.parametrize("other", [Trouble.BROKEN, Trouble.REFUSED, Trouble.MISSING])
def test_the_worst_of_several_is_named(other):
    agents = source(Part.AGENTS, trouble=other)
    assert health(floor(LOST_CALLS, agents)).trouble is Trouble.UNREACHABLE


def test_what_matters_less_does_not_name_the_trouble():
    parked = source(Part.PARKED, trouble=Trouble.UNREACHABLE)
    told = health(floor(source(Part.CALLS, trouble=Trouble.REFUSED), parked))
    assert (told.trouble, told.troubled_parts) == (Trouble.REFUSED, (Part.CALLS, Part.PARKED))


def test_a_standing_trouble_does_not_hide_an_eq_that_hangs():
    no_conferences = source(Part.CONFERENCES, taken_at=None, trouble=Trouble.MISSING)
    told = health(floor(no_conferences, source(Part.AGENTS, taken_at=ago(7))))
    expected = Health(trouble=Trouble.UNREACHABLE, troubled_parts=(Part.AGENTS, Part.CONFERENCES), truth_at=ago(7))
    assert told == expected


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("part", Part)
def test_only_what_a_floor_can_do_without_and_may_lack_for_ever_is_no_alarm(part, trouble):
    may_lack = part in (Part.PARKED, Part.CONFERENCES, Part.SESSIONS)
    expected = "warning" if may_lack and trouble in (Trouble.REFUSED, Trouble.MISSING) else "critical"
    assert health(floor(OK, source(part, trouble=trouble))).level == expected


def test_trouble_hides_slowness():
    assert not health(floor(ODD_AGENTS, asking_since=ago(9))).is_slow


def test_an_eq_that_takes_longer_than_a_round_is_slow_and_stays_so_between_answers():
    slow = source(Part.CALLS, taken_at=ago(3), took_seconds=3.0)
    assert health(floor(slow)) == Health(is_slow=True)
    assert health(floor(slow, asking_since=ago(2))) == Health(is_slow=True)


def test_an_answer_that_came_within_a_round_and_leaves_eq_its_rest_is_not_slow():
    assert health(floor(source(Part.CALLS, took_seconds=0.8), asking_since=ago(0.5))) == Health()


def test_an_eq_that_is_asked_less_often_as_it_takes_long_is_slow():
    assert health(floor(source(Part.CALLS, took_seconds=0.9))) == Health(is_slow=True)


def test_that_eq_is_read_less_often_than_set_is_told_behind_all_else():
    held_back = replace(health(floor(OK)), is_held_back=True)
    assert (held_back.kind, held_back.level) == ("held_back", "warning")
    assert replace(held_back, is_slow=True).kind == "slow"


@pytest.mark.parametrize(("per_minute", "is_held_back"), [(900, False), (120, True)])
def test_the_settings_tell_whether_eq_is_read_less_often_than_set(per_minute, is_held_back):
    config = Config(_env_file=None, eq_requests_per_minute=per_minute)
    assert health_here(config, floor(OK), NOON, LONG_AGO).is_held_back is is_held_back


def test_an_eq_that_hangs_does_not_answer_though_nothing_has_failed_yet():
    hung = floor(source(Part.AGENTS, taken_at=ago(7)), OK, asking_since=ago(6))
    assert health(hung) == Health(trouble=Trouble.UNREACHABLE, troubled_parts=(Part.AGENTS,), truth_at=ago(7))


@pytest.mark.parametrize(
    ("asked_seconds_ago", "kind", "level"),
    [(2, "slow", "warning"), (4, "slow", "warning"), (4.1, "unreachable", "critical")],
)
def test_an_eq_that_has_not_yet_answered_takes_long_until_patience_ends(asked_seconds_ago, kind, level):
    """Its numbers are old all the same, and the board says how old."""
    asked_at, taken_at = ago(asked_seconds_ago), ago(asked_seconds_ago + 1)
    told = health(floor(source(Part.AGENTS, taken_at=taken_at), OK, asking_since=asked_at))
    assert (told.kind, told.level, told.truth_at) == (kind, level, taken_at)


def test_a_read_that_failed_is_no_answer_under_way_though_eq_is_asked_again():
    failed = floor(source(Part.AGENTS, taken_at=ago(9), trouble=Trouble.UNREACHABLE), OK, asking_since=ago(1))
    assert health(failed).kind == "unreachable"


def test_what_is_under_way_is_not_named_beside_what_failed():
    told = health(floor(ODD_AGENTS, source(Part.CALLS, taken_at=ago(4)), asking_since=ago(3)))
    assert told == Health(trouble=Trouble.BROKEN, troubled_parts=(Part.AGENTS,), truth_at=ago(10))


def test_old_numbers_that_nobody_asks_anew_are_no_answer_under_way():
    assert health(floor(source(Part.AGENTS, taken_at=ago(4)))).kind == "unreachable"


def test_an_eq_that_hangs_from_the_start_takes_long_and_then_does_not_answer():
    unread = source(Part.AGENTS, taken_at=None)
    assert health(floor(unread, asking_since=ago(1))) == Health()
    assert health(floor(unread, asking_since=ago(3))) == Health(is_slow=True)
    assert health(floor(unread, asking_since=ago(5))).troubled_parts == (Part.AGENTS,)


def test_a_poller_whose_clock_differs_is_neither_silent_nor_fresh_for_ever():
    from_the_future = floor(source(taken_at=NOON + timedelta(seconds=60)), sent_at=NOON + timedelta(seconds=60))
    ahead = replace(from_the_future, ahead_seconds=60.0)
    assert health(ahead) == Health()
    assert health(ahead, now=NOON + timedelta(seconds=3)).poller_silent_since is not None


def test_rows_that_make_no_sense_are_told():
    assert health(floor(source(unreadable_count=2))) == Health(unreadable_count=2)


def test_a_part_that_was_never_read_has_no_truth():
    assert health(floor(source(trouble=Trouble.REFUSED, taken_at=None))).truth_at is None


# The banner


def banner(health, language="en", surface=Surface.DESK):
    screen = paint(snapshot(), health, audience(surface, language, EVERYTHING))
    return parse(screen.strips["health"][0].html).find(id="health")


@pytest.mark.parametrize(
    ("broken", "level", "words"),
    [
        (Health(feed_lost_since=NOON), "critical", "Redis"),
        (Health(poller_silent_since=NOON), "critical", "has been silent since"),
        (Health(poller_silent_since=NOON, was_poller_heard=False), "critical", "has not been heard yet"),
        (Health(trouble=Trouble.UNREACHABLE, troubled_parts=(Part.CALLS,)), "critical", "EQ does not answer"),
        (Health(trouble=Trouble.BROKEN, troubled_parts=(Part.CALLS,)), "critical", "EQ answers with errors"),
        (Health(trouble=Trouble.REFUSED, troubled_parts=(Part.CALLS,)), "critical", "its key may be wrong"),
        (Health(trouble=Trouble.MISSING, troubled_parts=(Part.CALLS,)), "critical", "EQ knows no such path"),
        (Health(unreadable_count=1), "warning", "1 row of EQ's answers could not be read"),
        (Health(unreadable_count=3), "warning", "3 rows of EQ's answers could not be read"),
        (Health(is_slow=True), "warning", "EQ takes long"),
        (Health(is_held_back=True), "warning", "EQ is read less often than set"),
    ],
)
def test_the_banner_says_what_is_broken(broken, level, words):
    shown = banner(broken)
    assert not shown.has_attr("hidden")
    assert shown["data-level"] == level
    assert words in shown.text
    assert shown["role"] == ("alert" if level == "critical" else "status")  # the first is read out at once


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("part", Part)
def test_the_banner_names_every_part(part, language):
    shown = banner(Health(trouble=Trouble.BROKEN, troubled_parts=(part,)), language)
    assert shown.select_one(".advice").text.rstrip(" .").rpartition(":")[2].strip()


def test_a_board_that_is_well_has_a_hidden_place_for_the_banner():
    assert banner(Health()).has_attr("hidden")


def test_the_banner_says_how_old_the_numbers_are():
    assert "Numbers are from 12:00:00." in banner(Health(trouble=Trouble.BROKEN, truth_at=NOON)).text


@pytest.mark.parametrize("lost", ["feed_lost_since", "poller_silent_since"])
def test_the_banner_names_one_moment_and_not_when_it_heard_last(lost):
    shown = banner(Health(**{lost: NOON - timedelta(seconds=5)}, truth_at=NOON - timedelta(seconds=7)))
    assert re.findall(r"\d\d:\d\d:\d\d", shown.text) == ["11:59:53"]


def test_the_moment_is_told_in_the_sites_time_zone(settings):
    settings.TIME_ZONE = "Asia/Jerusalem"
    assert "14:00:00" in banner(Health(feed_lost_since=NOON + timedelta())).text
