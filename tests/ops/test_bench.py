"""The benchmark's arithmetic, and that what it measures is the work itself. No figure of it is asserted."""

import json
import os
from contextlib import suppress
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command

from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, paint, whole
from eqboard.boards.health import Health
from eqboard.eq.dialect_file import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND
from eqboard.ops.bench import ticks as ticks_module
from eqboard.ops.bench.measure import Skipped, alone, compare, measure
from eqboard.ops.bench.overlapping import FOR_ROLES, IN_LANGUAGES, JOINED, ONE, OTHER, SAME, Overlapping
from eqboard.ops.bench.parsing import AGENTS, CALLS, QUEUES, QUEUES_PER_AGENT, large_round, parsing, read_round
from eqboard.ops.bench.processes import ServerFailed, pretend_server, processor_clock
from eqboard.ops.bench.report import digits, machine, own_version, table
from eqboard.ops.bench.simulator import READS, ask_for_a_second, live_and_answer, simulator, write
from eqboard.ops.bench.ticks import BOARDS, REFERENCE, Site, ticks
from eqboard.ops.management.commands.bench import SCENARIOS, Scenario
from eqboard.simulator.scenarios import build_world
from tests.clocks import has_clock


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
    assert not reference.is_noisy


def test_the_table_names_the_reference_and_has_no_ratio_of_nothing():
    clock = Clock()
    works = {
        "reference": clock.taking(1.0, 1.0),
        "small": clock.taking(0.0123, 0.0123),
        "same": clock.taking(0.99, 0.99),
    }
    figures = measure("x", "reference", works, rounds=2, clock=clock)
    assert [line.split(" | ")[-1] for line in table(figures).splitlines()[2:]] == [
        "reference |",
        "0.012 (0.012 to 0.012) |",
        "0.99 (0.99 to 0.99) |",
    ]
    assert [(each.as_dict()["reference"], each.as_dict()["ratio"]) for each in figures] == [
        (True, 1.0),
        (False, 0.0123),
        (False, 0.99),
    ]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.000012, "0.000012"), (0.05, "0.050"), (0.999, "1.0"), (1, "1.0"), (9.96, "10"), (44.4, "44"), (1234, "1234")],
)
def test_a_ratio_has_two_digits_that_count(ratio, text):
    assert digits(ratio) == text


def test_there_may_be_nothing_left_of_what_was_there_at_the_start():
    assert digits(0) == "0.0"


def test_a_reference_that_swings_makes_no_conclusion():
    clock = Clock()
    works = {"reference": clock.taking(1.0, 1.6), "ours": clock.taking(2.0, 3.2)}
    figures = measure("x", "reference", works, rounds=2, clock=clock)
    assert all(each.is_noisy for each in figures)
    assert "| noisy (2.0 to 2.0) |" in table(figures)
    assert "| reference, noisy |" in table(figures)


def test_a_variant_that_swings_by_itself_makes_no_conclusion_and_the_others_do():
    clock = Clock()
    works = {"reference": clock.taking(1.0, 1.0), "calm": clock.taking(2.0, 3.0), "wild": clock.taking(2.0, 3.2)}
    figures = measure("x", "reference", works, rounds=2, clock=clock)
    assert [each.is_noisy for each in figures] == [False, False, True]
    assert figures[2].as_dict()["noisy"] is True
    assert "| wild | 2600.0 | noisy (2.0 to 3.2) |" in table(figures)


def test_of_what_goes_on_all_the_time_the_share_of_a_core_is_told_beside_its_target():
    seconds = {"reference": [0.01, 0.01, 0.01], "server": [0.035, 0.05, 0.044]}
    reference, server = compare("x", "reference", seconds, going_on={"server": 0.5})
    assert (reference.share_of_core, server.share_of_core) == (None, pytest.approx(0.043))
    assert "share_of_core" not in reference.as_dict()
    assert (server.as_dict()["share_of_core"], server.as_dict()["target_share_of_core_below"]) == (0.043, 0.5)
    assert "| server: **0.043 of one core**, target < 0.5 | 44.0 | 4.4 (3.5 to 5.0) |" in table([server])


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


class Asked:
    """A server that only listens, and takes the time that it is told to."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.paths: list[str] = []
        self._clock = clock
        self._seconds = seconds

    def ask(self, path: str) -> bytes:
        self.paths.append(path)
        self._clock.now += self._seconds
        return b"null"


@pytest.mark.parametrize(("each_takes", "in_all"), [(0.01, 1.0), (0.19, 1.0), (0.5, 2.5)])
def test_a_second_has_five_reads_unless_they_take_longer(each_takes, in_all):
    clock = Clock()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    server = Asked(clock, each_takes)
    ask_for_a_second(server, clock, sleep)
    assert server.paths == list(READS)
    assert clock.now == pytest.approx(in_all)
    assert min(slept) >= 0


def test_the_reads_are_what_a_board_asks_and_are_answered_here_as_there():
    boards = {OPERATIONS[read.operation].path for read in (*EVERY_ROUND.values(), *EVERY_FEW_ROUNDS.values())}
    assert set(READS) < boards
    world = build_world("steady", seed=1, started_at=1.7e9)
    statistics, statuses, *_ = answers = live_and_answer(world)
    assert world.now == 1.7e9 + 1.0
    assert (len(statistics), len(answers)) == (6, len(READS))
    assert [json.loads(text) for text in write(answers)] == answers
    assert len(statuses) > 24


KEY = "a-key-of-ours"
EMPTY = ("--scenario", "empty_floor")


@has_clock
def test_what_is_measured_is_the_servers_own_processor_time(monkeypatch):
    """Not ours, in which nothing happens while we wait; and the round before the others counts for nothing."""
    asked = []
    monkeypatch.setattr("eqboard.ops.bench.simulator.ask_for_a_second", lambda server: asked.append(server))
    monkeypatch.setattr("eqboard.ops.bench.simulator.processor_clock", lambda pid: iter(count(0, 7)).__next__)
    *_, served = simulator(rounds=2, scenario="empty_floor")
    assert served.share_of_core == 7
    assert len(asked) == 1 + 2


@has_clock
def test_a_server_is_measured():
    figures = simulator(rounds=1, scenario="empty_floor")
    assert [each.share_of_core is None for each in figures] == [True, True, False]
    assert (figures[2].target_share, "empty_floor" in figures[2].variant) == (0.5, True)
    assert all(each.ratio > 0 for each in figures)


def test_the_server_ends_however_the_measuring_does():
    with suppress(KeyboardInterrupt), pretend_server(EMPTY, KEY) as server:
        assert json.loads(server.ask("/queued_calls")) == []
        raise KeyboardInterrupt
    assert server.process.returncode is not None


@has_clock
def test_a_process_that_is_not_there_has_no_processor_time():
    with pretend_server(EMPTY, KEY) as server:
        assert processor_clock(server.process.pid)() > 0
    with pytest.raises(Skipped, match="does not tell"):
        processor_clock(server.process.pid)


def test_a_server_that_cannot_be_is_told_of(capfd):
    with pytest.raises(ServerFailed, match="did not start"), pretend_server(("--queues", "0"), KEY):
        pass
    assert "The number of queues must be from 1" in capfd.readouterr().err


def test_a_wrong_answer_is_no_figure():
    with pretend_server(EMPTY, KEY) as server, pytest.raises(ServerFailed, match="/nothing with status 404"):
        server.ask("/nothing")


def both(scenario) -> Scenario:
    return Scenario(scenario, scenario)


def test_what_this_machine_cannot_measure_is_skipped_and_says_why(monkeypatch):
    def skip():
        raise Skipped("This system does not tell.")

    monkeypatch.setitem(SCENARIOS, "simulator", both(skip))
    out = StringIO()
    call_command("bench", "simulator", stdout=out)
    here, said = map(json.loads, out.getvalue().splitlines())
    assert here == {"scenario": "machine", "remark": machine()}
    assert said == {"scenario": "simulator", "remark": "skipped: This system does not tell."}


def test_the_machine_is_told_with_the_version_of_eqboard():
    assert f"{os.cpu_count()} cores" in machine()
    assert machine().endswith(f", eqboard {own_version()}")


@pytest.mark.parametrize(
    "error", [ServerFailed("It did not start."), ConnectionRefusedError(111, "Connection refused")]
)
def test_what_fails_is_one_sentence(monkeypatch, error):
    def fail():
        raise error

    monkeypatch.setitem(SCENARIOS, "simulator", both(fail))
    monkeypatch.setitem(SCENARIOS, "parsing", both(lambda: [alone("parsing", "all", [1.0], "ms")]))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^simulator cannot be measured: .*(did not start|refused)"):
        call_command("bench", "simulator", "parsing", stdout=out)
    assert "| parsing | all | 1.0 |" in out.getvalue(), "what others have found is not lost"
    assert "- simulator: failed: " in out.getvalue()


def test_ctrl_c_ends_it_with_one_word(monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setitem(SCENARIOS, "simulator", both(interrupt))
    with pytest.raises(CommandError, match=r"^Interrupted\.$") as caught:
        call_command("bench", "simulator")
    assert caught.value.returncode == 130


def test_ctrl_c_in_the_terminal_is_not_for_the_server():
    with pretend_server(EMPTY, KEY) as server:
        assert os.getpgid(server.process.pid) != os.getpgrp()


def test_the_command_prints_json_lines_and_a_table():
    out = StringIO()
    call_command("bench", "parsing", "--quick", stdout=out)
    lines, _, markdown = out.getvalue().partition("\n\n")
    here, *figures = [json.loads(line) for line in lines.splitlines()]
    assert f"- machine: {here['remark']}" in markdown
    assert figures[0]["variant"] == "json.loads"
    assert all(figure["scenario"] == "parsing" and figure["ratio"] > 0 for figure in figures)
    assert markdown.count("| parsing |") == len(figures)


def test_a_scenario_that_there_is_not_is_refused():
    with pytest.raises(
        CommandError, match="There is no scenario 'nosuch'; there are parsing, ticks, fanout, framesize, stalled"
    ):
        call_command("bench", "nosuch")


# A tick


def test_every_stage_of_a_tick_is_measured_beside_rendering_everything(monkeypatch):
    monkeypatch.setattr(ticks_module, "SITES", {"small": (2, 6)})
    figures = ticks(2)
    assert [each.variant for each in figures if each.is_reference] == [REFERENCE, ONE]
    for stage in ("parse", "assemble", "flow", "diff and encode", "decode and apply", "render what changed: tv"):
        assert any(each.variant == stage for each in figures), stage


def test_several_boards_of_a_tick_are_measured_beside_one(monkeypatch):
    monkeypatch.setattr(ticks_module, "SITES", {"small": (2, 6)})
    several = [each for each in ticks(2) if each.scenario == "boards of a tick, small"]
    assert [each.variant for each in several] == [ONE, SAME, OTHER, IN_LANGUAGES, FOR_ROLES, JOINED]


def test_the_boards_that_are_measured_together_are_those_that_they_are_said_to_be():
    ways = {name: list(process._shown) for name, process in Overlapping()._ways.items()}
    boards = {name: {each.board for each in audiences} for name, audiences in ways.items()}
    assert {name: len(several) for name, several in boards.items()} == {
        ONE: 1,
        SAME: 10,
        OTHER: 10,
        IN_LANGUAGES: 1,
        FOR_ROLES: 1,
    }
    assert len({each.language for each in ways[IN_LANGUAGES]}) == 3
    assert len({each.rights for each in ways[FOR_ROLES]}) == 2
    assert len({(each.spec.figures, each.spec.limits, each.spec.thresholds) for each in boards[SAME]}) == 1
    assert len({(each.spec.figures, each.spec.limits, each.spec.thresholds) for each in boards[OTHER]}) > 3


def test_boards_that_are_measured_together_show_what_each_shows_alone():
    site = Site(build_world("monday_storm", seed=1, started_at=1.7e9, queues=2, agents=6))
    boards = Overlapping()
    for _ in range(3):
        site.follow()
        boards.go_round(site.floor)
    for process in boards._ways.values():
        for audience, shown in process._shown.items():
            levels = Screen(audience, levels=shown.levels)
            assert whole(shown) == whole(paint(site.floor, Health(), audience, day_of(site.floor), levels))


def test_the_bytes_that_a_viewer_gets_in_a_minute_are_told(monkeypatch):
    monkeypatch.setattr(ticks_module, "SITES", {"small": (2, 6)})
    told = {each.variant for each in ticks(2) if each.viewer_kilobytes is not None}
    assert told == {f"frame: {ref}" for ref in BOARDS}


def test_after_a_tick_the_pages_show_the_floor_that_the_poller_sent():
    site = Site(build_world("monday_storm", seed=1, started_at=1.7e9, queues=2, agents=6))
    for _ in range(3):
        site.go_round()
    assert site._floor.snapshot == site._stored.snapshot
    assert site._floor.history == site._history
    shown = site._screens["floor"]
    fresh = paint(site._floor, Health(), shown.audience, day_of(site._floor), shown)
    assert whole(fresh) == whole(site._screens["floor"])
