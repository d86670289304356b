"""Logged once when lost and once when back, however often it comes and goes."""

import logging

import pytest

from eqboard.poller.lamp import STEADY_SECONDS, Lamp


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lamp(caplog: pytest.LogCaptureFixture, clock: Clock) -> Lamp:
    caplog.set_level(logging.INFO)
    return Lamp("EQ", logging.getLogger("eqboard.poller"), clock=clock)


def test_a_loss_is_logged_once(lamp, caplog) -> None:
    for _ in range(5):
        lamp.lost("no connection")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "EQ is lost: no connection. Trying again until it is back")
    ]


def test_its_end_is_logged_once_and_at_once(lamp, caplog) -> None:
    lamp.lost("x")
    for _ in range(5):
        lamp.back()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_nothing_is_logged_while_all_is_well(lamp, caplog) -> None:
    lamp.back()
    assert not caplog.records


def test_a_second_loss_is_logged_again(lamp, clock, caplog) -> None:
    for _ in range(2):
        lamp.lost("x")
        lamp.back()
        clock.now += STEADY_SECONDS
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"] * 2


def test_what_comes_and_goes_does_not_fill_the_log(lamp, clock, caplog) -> None:
    for _ in range(1000):
        lamp.lost("x")
        clock.now += 1
        lamp.back()
        clock.now += 1
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING"]


def test_what_came_and_went_is_back_when_it_was_steady(lamp, clock, caplog) -> None:
    for _ in range(3):
        lamp.lost("x")
        lamp.back()
    clock.now += STEADY_SECONDS
    lamp.back()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"] * 2


def test_an_error_nobody_expected_is_logged_with_its_traceback(lamp, caplog) -> None:
    lamp.lost("x", RuntimeError("a bug"))
    assert "RuntimeError: a bug" in caplog.text
