"""What a board reads, against the API that it is read from."""

import typing

import pytest

from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows
from eqboard.floor.assemble import Answers
from eqboard.floor.reads import (
    EVERY_FEW_ROUNDS,
    EVERY_ROUND,
    NAMES,
    PRESSED,
    most_at_once,
    requests_per_round,
)
from eqboard.floor.snapshot import Part

PARTS = {**EVERY_ROUND, **EVERY_FEW_ROUNDS}
READS = (*PARTS.values(), *NAMES)


def test_every_part_is_read_at_one_pace():
    assert sorted([*EVERY_ROUND, *EVERY_FEW_ROUNDS]) == sorted(Part)


def test_nothing_is_read_twice():
    assert len({read.operation for read in READS}) == len(READS)


@pytest.mark.parametrize("part", Part)
def test_an_operation_answers_what_the_floor_takes_for_its_part(part):
    operation = OPERATIONS[PARTS[part].operation]
    taken = typing.get_type_hints(Answers)[part.value]
    assert operation.many
    assert Rows[operation.result] in typing.get_args(taken)


@pytest.mark.parametrize("read", READS, ids=lambda read: read.operation)
def test_what_is_asked_for_is_in_the_answers(read):
    operation = OPERATIONS[read.operation]
    assert operation.is_read
    assert set(read.fields) <= set(operation.result.model_fields)


@pytest.mark.parametrize("read", [*EVERY_FEW_ROUNDS.values(), *NAMES], ids=lambda read: read.operation)
def test_what_a_board_can_be_without_says_what_becomes_of_it(read):
    assert read.without


@pytest.mark.parametrize("read", EVERY_ROUND.values(), ids=lambda read: read.operation)
def test_what_becomes_of_a_board_without_a_field_is_said_where_there_is_one(read):
    assert bool(read.without) == bool(read.fields)


def test_what_is_pressed_is_an_action():
    assert all(not OPERATIONS[name].is_read for name in PRESSED)


@pytest.mark.parametrize(("slow_every_rounds", "count"), [(1, 7), (3, 5), (600, 4.005)])
def test_a_round_costs_as_many_requests_as_it_reads_parts_and_one_beside(slow_every_rounds, count):
    assert requests_per_round(slow_every_rounds) == count


@pytest.mark.parametrize(("retry_count", "count"), [(0, 8), (1, 14), (5, 38)])
def test_a_round_in_which_everything_fails_costs_the_most(retry_count, count):
    assert most_at_once(retry_count) == count
