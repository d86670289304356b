"""What becomes of an order that EQ accepted, look by look: pure."""

from datetime import timedelta

import pytest

from eqboard.control.catalogue.evidence import DONE, NO_NEWS, UNCHANGED, UNDER_WAY, Look, Stage
from eqboard.control.doing.vigil import NOWHERE_FOR, Vigil
from eqboard.control.models import Step
from tests.builders import NOON

LEFT, GONE, UNTOLD = Look(Stage.LEFT), Look(Stage.GONE), Look(Stage.UNTOLD)
WAITING = Look(Stage.UNCHANGED, "waiting")


def seen(vigil: Vigil, *looks: Look) -> Step | None:
    """The step by which it ends, one reading a second."""
    for second, look in enumerate(looks):
        step = vigil.see(look, NOON + timedelta(seconds=second))
        if step is not None:
            assert look is looks[-1], "it has ended before"
            return step
    return None


def test_what_is_seen_is_confirmed():
    assert seen(Vigil(False), NO_NEWS, UNCHANGED, DONE) is Step.CONFIRMED


def test_what_has_not_changed_yet_is_waited_for():
    vigil = Vigil(False)
    assert seen(vigil, NO_NEWS, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED) is None
    assert vigil.at_last() is Step.NOT_SEEN
    assert vigil.seen == {"seen": "unchanged"}
    assert not vigil.is_on_its_way


def test_a_caller_leaves_rings_and_arrives():
    vigil = Vigil(True)
    assert seen(vigil, WAITING) is None
    assert not vigil.has_left
    assert seen(vigil, LEFT) is None
    assert vigil.has_left
    assert vigil.is_on_its_way
    assert seen(vigil, UNDER_WAY, UNDER_WAY, DONE) is Step.CONFIRMED


def test_a_caller_who_is_nowhere_for_some_seconds_is_lost():
    assert seen(Vigil(True), UNDER_WAY, *[GONE] * (NOWHERE_FOR.seconds + 1)) is Step.LOST


def test_a_caller_who_is_nowhere_for_a_moment_is_not_lost():
    """Between two tellings of EQ they may be in neither list."""
    assert seen(Vigil(True), LEFT, GONE, GONE, UNDER_WAY, GONE, GONE, UNDER_WAY, DONE) is Step.CONFIRMED


def test_a_caller_who_comes_back_has_not_been_moved():
    vigil = Vigil(True)
    assert seen(vigil, UNDER_WAY, *[WAITING] * (NOWHERE_FOR.seconds + 1)) is Step.NOT_SEEN
    assert vigil.seen == {"seen": "waiting"}


def test_a_telephone_that_rang_and_was_not_answered_is_told_as_that():
    vigil = Vigil(False)
    assert seen(vigil, UNCHANGED, UNDER_WAY, *[UNCHANGED] * (NOWHERE_FOR.seconds + 1)) is Step.NOT_SEEN
    assert vigil.seen == {"seen": "unanswered"}


def test_who_had_the_caller_instead_is_kept():
    vigil = Vigil(True)
    assert seen(vigil, Look(Stage.UNCHANGED, "with_agent", "Ana")) is None
    assert vigil.seen == {"seen": "with_agent", "who": "Ana"}


@pytest.mark.parametrize("has_journey", [False, True])
def test_when_nothing_was_read_since_there_is_no_news(has_journey):
    vigil = Vigil(has_journey)
    assert seen(vigil, NO_NEWS, NO_NEWS) is None
    assert (vigil.at_last(), vigil.seen) == (Step.NOT_SEEN, {"seen": "no_news"})


def test_time_that_runs_out_over_a_caller_who_is_nowhere_means_lost_when_two_readings_agree():
    vigil = Vigil(True)
    assert seen(vigil, LEFT, GONE, GONE) is None
    assert vigil.at_last() is Step.LOST


@pytest.mark.parametrize("looks", [(LEFT, GONE), (LEFT, GONE, GONE, LEFT, GONE)], ids=["one", "none after another"])
def test_of_one_reading_alone_nobody_says_that_a_caller_is_lost(looks):
    vigil = Vigil(True)
    assert seen(vigil, *looks) is None
    assert (vigil.at_last(), vigil.seen) == (Step.NOT_SEEN, {"seen": "gone"})


@pytest.mark.parametrize("look", [GONE, UNTOLD, WAITING])
def test_the_same_reading_told_again_is_no_second_one(look):
    """A floor is told anew whenever a claim changes, however old its readings are."""
    vigil = Vigil(True)
    assert seen(vigil, LEFT) is None
    for _ in range(60):
        assert vigil.see(look, NOON) is None
    assert vigil.see(look, NOON + NOWHERE_FOR) is not None


def test_who_left_for_a_place_that_eq_does_not_show_is_neither_lost_nor_arrived():
    vigil = Vigil(True)
    assert seen(vigil, LEFT, *[UNTOLD] * (NOWHERE_FOR.seconds + 1)) is Step.NOT_SEEN
    assert vigil.has_left
    assert vigil.seen == {"seen": "untold"}
