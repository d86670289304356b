"""The benchmark's arithmetic, and that what it measures is the work itself. No figure of it is asserted."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from eqboard.eq.dialect_file import load_dialect
from eqboard.ops.bench.measure import measure
from eqboard.ops.bench.parsing import AGENTS, CALLS, QUEUES, QUEUES_PER_AGENT, large_round, parsing, read_round
from eqboard.ops.management.commands.bench import table


class Clock:
    """Counts the seconds that the work says it takes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def taking(self, *seconds: float):
        lasting = iter((0.0, *seconds))  # the first is the round that does not count

        def work() -> None:
            self.now += next(lasting)

        return work


def test_ratios_are_taken_within_each_round():
    clock = Clock()
    works = {"reference": clock.taking(1.0, 1.2, 1.4), "ours": clock.taking(2.0, 3.6, 1.4)}
    reference, ours = measure("x", "reference", works, rounds=3, clock=clock)
    assert (reference.ratio, reference.ms) == (1.0, pytest.approx(1200))
    assert (ours.least_ratio, ours.ratio, ours.most_ratio) == tuple(map(pytest.approx, (1.0, 2.0, 3.0)))
    assert not ours.is_noisy


def test_a_reference_that_swings_makes_no_conclusion():
    clock = Clock()
    works = {"reference": clock.taking(1.0, 1.6), "ours": clock.taking(2.0, 3.2)}
    figures = measure("x", "reference", works, rounds=2, clock=clock)
    assert all(each.is_noisy for each in figures)
    assert "| noisy (2.0 to 2.0) |" in table(figures)


def test_the_round_is_as_large_as_it_is_said_to_be():
    statistics, statuses, calls = read_round(large_round(), load_dialect())
    assert (len(statistics), len(statuses), len(calls)) == (QUEUES, AGENTS * QUEUES_PER_AGENT, CALLS)
    assert not statistics.faults + statuses.faults + calls.faults
    assert sum(row.call is not None for row in statuses) == AGENTS * 2 // 5


def test_every_way_of_reading_it_reads_the_same(monkeypatch):
    """What is compared must be the same work."""
    measured = {}

    def keep(scenario, reference, variants, *, rounds):
        measured.update({name: work() for name, work in variants.items()})
        return []

    monkeypatch.setattr("eqboard.ops.bench.parsing.measure", keep)
    parsing(rounds=1)
    plain = measured.pop("json.loads")
    assert [len(rows) for rows in plain] == [QUEUES, AGENTS * QUEUES_PER_AGENT, CALLS]
    first, *others = measured.values()
    assert all(other == first for other in others)
    assert len(others) == 2


def test_the_command_prints_json_lines_and_a_table():
    out = StringIO()
    call_command("bench", "parsing", "--quick", stdout=out)
    lines, _, markdown = out.getvalue().partition("\n\n")
    figures = [json.loads(line) for line in lines.splitlines()]
    assert figures[0]["variant"] == "json.loads"
    assert all(figure["scenario"] == "parsing" and figure["ratio"] > 0 for figure in figures)
    assert markdown.count("| parsing |") == len(figures)


def test_a_scenario_that_there_is_not_is_refused():
    with pytest.raises(CommandError, match="There is no scenario 'nosuch'; there are parsing"):
        call_command("bench", "nosuch")
