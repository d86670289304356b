"""What the benchmark concludes: the limits of continuous integration, the targets, and the page with the last table."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from eqboard.config import ROOT
from eqboard.ops.bench import deliveries as fanout
from eqboard.ops.bench import journey, polling, stalled
from eqboard.ops.bench.gate import GATED, LIMITS, Limit, failures
from eqboard.ops.bench.measure import Figure, Skipped, Target, Told, alone, compare
from eqboard.ops.bench.overlapping import JOINED, SAME
from eqboard.ops.bench.report import BEGIN, END, around, compared, machine
from eqboard.ops.bench.servers import FLOOR, LAYER, OURS
from eqboard.ops.bench.targets import AIMS, About, verdicts
from eqboard.ops.management.commands import bench
from eqboard.ops.management.commands.bench import APART, SCENARIOS, USUAL, Scenario
from tests.sendings import a_journey, a_run, a_sent, a_stall, a_way

ABOUT = About("x", "cost", OURS)

# The gate


def a_figure(*ratios: float) -> Figure:
    return compare("x: cost", "floor", {"floor": [1.0] * len(ratios), OURS: ratios})[1]


@pytest.mark.parametrize(
    ("ratios", "failed", "undecided"),
    [((1.9, 2.0), 0, 0), ((1.9, 2.1), 0, 1), ((2.1, 2.2), 1, 0), ((2.1, 9.0), 0, 1), ((4.1, 9.0), 1, 0)],
    ids=["kept", "some beyond", "all beyond", "noisy", "noisy and far beyond"],
)
def test_only_what_is_beyond_in_every_round_fails_and_of_a_noisy_run_far_beyond(
    ratios: Any, failed: int, undecided: int
) -> None:
    found = failures([a_figure(*ratios)], [Limit(ABOUT, 2.0)])
    assert tuple(map(len, found)) == (failed, undecided)


def test_a_limit_from_below_is_the_other_way_round() -> None:
    limit = Limit(ABOUT, 2.0, is_least=True)
    runs = ((1.8, 1.9), (1.9, 2.1), (2.1, 2.2), (0.3, 0.9), (0.3, 1.1))
    assert [len(failures([a_figure(*each)], [limit])[0]) for each in runs] == [1, 0, 0, 1, 0]


def test_a_figure_that_is_not_there_decides_nothing() -> None:
    failed, [undecided] = failures([], [Limit(ABOUT, 2.0)])
    assert failed == []
    assert undecided == f"Undecided: {OURS}: there is no figure of x … cost."


def told_by_all() -> list[Told]:
    """A figure of every kind of which there is a limit or a target."""
    of_all = {name: [a_run(200, single=a_sent(1, cpu=0.001))] for name in (FLOOR, OURS, LAYER)}
    many = {name: [a_run(1000)] for name in (FLOOR, OURS, LAYER)}
    return [
        *fanout.figures(200, of_all),
        *fanout.figures(1000, many),
        *fanout.slopes((1, 200), {200: of_all}),
        *stalled.figures({OURS: [a_stall()]}),
        *polling.figures(polling.Plan(), {name: [a_way()] for name in (polling.CACHED, polling.pushed_to(1000))}),
        *journey.figures(journey.Plan(), a_journey()),
        alone("tick, small", "render what changed: floor", [0.1], ""),
        *(alone("boards of a tick, small", name, [0.1], "") for name in (SAME, JOINED)),
    ]


def test_each_limit_is_about_a_figure_that_there_is() -> None:
    assert [limit for limit in LIMITS if not limit.about.among(told_by_all())] == []


def twice_beyond(limit: Limit) -> float:
    return limit.limit / 2 if limit.is_least else 2 * limit.limit or 1.0


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.about.begin}{limit.about.variant}")
def test_each_limit_fails_for_what_is_twice_beyond_it_in_all_rounds(limit: Limit) -> None:
    figure, *_ = limit.about.among(told_by_all())
    ratio = twice_beyond(limit)
    bad = replace(figure, ratio=ratio, least_ratio=0.95 * ratio, most_ratio=1.05 * ratio, is_noisy=False)
    [sentence], undecided = failures([bad], [limit])
    assert undecided == []
    assert sentence.startswith(f"{bad.scenario}, {bad.variant}: ")
    assert limit.limit == 0.0 or failures([replace(bad, is_noisy=True)], [limit])[0] == []


def gated(monkeypatch: pytest.MonkeyPatch, *ratios: float) -> str:
    monkeypatch.setattr("eqboard.ops.management.commands.bench.GATED", ("ticks",))
    limits = [Limit(ABOUT, 2.0)]
    monkeypatch.setattr("eqboard.ops.management.commands.bench.failures", lambda told: failures(told, limits))
    scenario = Scenario(lambda: pytest.fail("a gate is quick"), lambda: [a_figure(*ratios)])
    monkeypatch.setitem(SCENARIOS, "ticks", scenario)
    out = StringIO()
    call_command("bench", "--gate", stdout=out)
    return out.getvalue()


def test_the_gate_fails_in_a_sentence_and_not_because_of_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Undecided" not in gated(monkeypatch, 1.0, 1.1)
    assert gated(monkeypatch, 1.9, 2.1).endswith("1.9 to 2.1, and it is to be at most 2.\n")
    with pytest.raises(CommandError, match=r"^x: cost, eqboard: 2\.1 to 2\.2, and it is to be at most 2\.$"):
        gated(monkeypatch, 2.1, 2.2)


# What is measured when


def measuring(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No scenario measures anything; which would have been is in the list."""
    measured: list[str] = []

    def noted(name: str, how: str) -> bench.Measure:
        def measure() -> Sequence[Told]:
            measured.append(f"{name} {how}")
            return []

        return measure

    for name, each in SCENARIOS.items():
        gate = noted(name, "gate") if each.gate else None
        monkeypatch.setitem(SCENARIOS, name, Scenario(noted(name, "full"), noted(name, "quick"), gate, each.is_apart))
    return measured


def test_what_stands_apart_is_left_out_unless_it_is_named_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    measured, out = measuring(monkeypatch), StringIO()
    call_command("bench", "--quick", stdout=out)
    assert measured == [f"{name} quick" for name in USUAL]
    assert f"left out, as it was not named: {', '.join(APART)}" in out.getvalue()
    measured.clear()
    call_command("bench", "browser", "ticks", stdout=(out := StringIO()))
    assert measured == ["browser full", "ticks full"]
    assert "left out" not in out.getvalue()


def test_a_gate_holds_all_or_nothing() -> None:
    """Of a part there would be no figures, and so no failure."""
    with pytest.raises(CommandError, match=r"^--gate measures ticks, fanout, stalled: it takes no names\.$"):
        call_command("bench", "parsing", "--gate")


def test_the_gate_measures_what_is_quick_and_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = measuring(monkeypatch)
    call_command("bench", "--gate", stdout=StringIO())
    assert measured == ["ticks quick", "fanout gate", "stalled gate"]
    assert set(GATED) <= set(USUAL)


def test_continuous_integration_holds_it_by_itself_before_the_tests() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("make ")]
    assert lines == ["make --jobs=2 --output-sync=target check contract", "make gate", "make test"]


# Targets


def test_each_target_is_about_a_figure_that_carries_it() -> None:
    told = told_by_all()
    for aim in AIMS:
        [figure] = aim.about.among(told)
        assert figure.target, aim.text


def test_the_targets_of_what_was_measured_are_told_first() -> None:
    told = told_by_all()
    lines = verdicts(told, ("fanout", "stalled", "polling", "journey")).splitlines()
    assert [line.split(" | ")[-1] for line in lines[2:]] == [
        f"**{verdict}** |" for verdict in ("met", "missed", "met", "met", "missed", "met", "met")
    ]
    assert lines[2:][3] == "| memory for a viewer who does not read: at most 0.2 MB | 0.10 MB | **met** |"
    assert verdicts(told, ("parsing",)) == ""


def test_what_was_not_measured_or_swung_is_no_conclusion() -> None:
    [line] = verdicts([], ("stalled",)).splitlines()[2:]
    assert line.endswith("| not in this run | no conclusion |")
    noisy = [replace(each, target=Target("x", None)) for each in told_by_all() if isinstance(each, Figure)]
    assert verdicts(noisy, ("stalled",)).endswith("| 0.10 MB | **no conclusion** |")


# The page with the last table


@pytest.fixture
def page(tmp_path: Path) -> Path:
    there = tmp_path / "page.md"
    there.write_text(f"# How fast\n\n{BEGIN}\n\nlast year's\n\n{END}\n\nThe rest.\n", encoding="utf-8")
    return there


def measured(monkeypatch: pytest.MonkeyPatch, *told: Told) -> None:
    monkeypatch.setitem(SCENARIOS, "parsing", Scenario(lambda: told, lambda: told))


def test_the_table_takes_the_place_of_the_last_one_with_its_day_and_its_machine(
    monkeypatch: pytest.MonkeyPatch, page: Path
) -> None:
    measured(monkeypatch, a_figure(1.0, 1.1))
    out = StringIO()
    for _ in range(2):
        call_command("bench", "parsing", "--quick", "--write", str(page), stdout=out)
    before, after = around(page)
    assert (before, after) == ("# How fast\n\n", "\n\nThe rest.\n")
    text = page.read_text(encoding="utf-8")
    assert "last year's" not in text
    assert "Made by `manage.py bench parsing --quick` on " in text
    assert f"- machine: {machine()}" in text
    assert text.count("| x: cost | eqboard |") == 1


def test_a_page_without_a_place_is_refused_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(SCENARIOS, "parsing", Scenario(lambda: pytest.fail("too late"), list))
    empty, nowhere = tmp_path / "empty.md", tmp_path / "no" / "page.md"
    empty.write_text(f"{END} {BEGIN}")
    with pytest.raises(CommandError, match="has no place for it: two lines"):
        call_command("bench", "parsing", "--write", str(empty))
    with pytest.raises(CommandError, match="cannot be read or written"):
        call_command("bench", "parsing", "--write", str(nowhere))


def test_a_run_without_figures_leaves_the_page_as_it_was(monkeypatch: pytest.MonkeyPatch, page: Path) -> None:
    def skip() -> Sequence[Told]:
        raise Skipped("nobody is here")

    monkeypatch.setitem(SCENARIOS, "parsing", Scenario(skip, skip))
    call_command("bench", "parsing", "--write", str(page), stdout=StringIO())
    assert "last year's" in page.read_text(encoding="utf-8")


def test_the_documentation_has_the_table_of_a_whole_run() -> None:
    page = ROOT / "docs" / "performance.md"
    before, after = around(page)
    assert "Made by `manage.py bench` on " in page.read_text(encoding="utf-8").removeprefix(before).removesuffix(after)


def test_of_one_round_no_swing_is_told() -> None:
    assert compared(a_figure(2.0)) == "2.0 (one round)"
    assert compared(a_figure(2.0, 2.0)) == "2.0 (2.0 to 2.0)"
