"""The boards that are there from the start."""

import pytest

from eqboard.boards.reading import read_spec, write_spec
from eqboard.boards.ready import SPECS, longest_wait, ready_board, ready_spec
from eqboard.config import Config
from eqboard.floor.levels import against, fault_of, limits_of
from eqboard.floor.metrics import Metric

pytestmark = pytest.mark.usefixtures("config")


@pytest.mark.parametrize("ref", SPECS)
def test_each_is_a_board_that_the_editor_could_have_made(ref):
    assert read_spec(write_spec(ready_spec(ref))) == ready_spec(ref)


@pytest.mark.parametrize("ref", SPECS)
def test_each_has_a_name_in_every_language(ref):
    boards = [ready_board(ref, language) for language in ("en", "es", "he")]
    assert len({board.name for board in boards}) == 3


def test_a_board_that_is_not_ready_is_an_error_of_ours():
    with pytest.raises(KeyError):
        ready_board("7", "en")


@pytest.mark.parametrize("ref", SPECS)
def test_each_holds_service_levels_against_what_is_promised(ref):
    [limit] = [each for each in ready_spec(ref).thresholds if each.metric is Metric.SERVICE_LEVEL]
    assert limit.below_promise
    assert {promise: limits_of(against(limit, promise)) for promise in (90, 70)} == {90: (89, 70), 70: (69, 50)}


def test_waits_are_long_when_the_site_says_so():
    limit = longest_wait(Config(wait_warning_seconds=30, wait_critical_seconds=90, _env_file=None))
    assert (limit.warning, limit.critical) == (30, 90)


def test_a_site_with_one_limit_for_waits_has_no_warning_before_it():
    limit = longest_wait(Config(wait_warning_seconds=90, wait_critical_seconds=90, _env_file=None))
    assert (limit.warning, limit.critical, fault_of(limit)) == (None, 90, None)
