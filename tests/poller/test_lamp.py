"""Logged once when lost and once when back."""

import logging

import pytest

from eqboard.poller.lamp import Lamp


@pytest.fixture
def lamp(caplog: pytest.LogCaptureFixture) -> Lamp:
    caplog.set_level(logging.INFO)
    return Lamp("EQ", logging.getLogger("eqboard.poller"))


def test_a_loss_is_logged_once(lamp, caplog) -> None:
    for _ in range(5):
        lamp.lost("no connection")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "EQ is lost: no connection. Trying again until it is back")
    ]


def test_another_kind_of_loss_is_logged_too_and_each_kind_once(lamp, caplog) -> None:
    for why, kind in [("no connection", "a"), ("a wrong key", "b"), ("no connection at all", "a")] * 3:
        lamp.lost(why, kind=kind)
    assert [record.getMessage().split(": ")[1] for record in caplog.records] == [
        "no connection. Trying again until it is back",
        "a wrong key. Trying again until it is back",
    ]


def test_its_end_is_logged_once(lamp, caplog) -> None:
    lamp.lost("x")
    for _ in range(5):
        lamp.back()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_nothing_is_logged_while_all_is_well(lamp, caplog) -> None:
    lamp.back()
    assert not caplog.records


def test_a_second_loss_is_logged_again(lamp, caplog) -> None:
    for _ in range(2):
        lamp.lost("x")
        lamp.back()
    assert len(caplog.records) == 4


def test_an_error_nobody_expected_is_logged_with_its_traceback(lamp, caplog) -> None:
    lamp.lost("x", RuntimeError("a bug"))
    assert "RuntimeError: a bug" in caplog.text
