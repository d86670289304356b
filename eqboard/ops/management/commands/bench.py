"""`manage.py bench`: figures of this machine, as ratios to references measured in the same run."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eqboard.ops.bench.measure import Figure
from eqboard.ops.bench.parsing import parsing

SCENARIOS: dict[str, Callable[[int], list[Figure]]] = {"parsing": parsing}
ROUNDS, QUICK_ROUNDS = 30, 7


class Command(BaseCommand):
    help = "Measure how fast this machine does what eqboard does most: JSON lines, then a Markdown table."
    requires_system_checks = ()  # it touches neither the database nor the pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenarios", nargs="*", help=f"{', '.join(SCENARIOS)}; all if none is given")
        parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds in place of {ROUNDS}")

    def handle(self, **options: Any) -> None:
        strange = set(options["scenarios"]) - SCENARIOS.keys()
        if strange:
            raise CommandError(f"There is no scenario {min(strange)!r}; there are {', '.join(SCENARIOS)}.")
        rounds = QUICK_ROUNDS if options["quick"] else ROUNDS
        figures = [figure for name in options["scenarios"] or SCENARIOS for figure in SCENARIOS[name](rounds)]
        for figure in figures:
            self.stdout.write(json.dumps(figure.as_dict(), ensure_ascii=False))
        self.stdout.write("\n" + table(figures))


def table(figures: Iterable[Figure]) -> str:
    """The figures in Markdown. Ratios of a run whose reference swung are no conclusion, and say so."""
    lines = ["| scenario | variant | ms | × reference (least to most) |", "|---|---|---|---|"]
    for each in figures:
        ratio = "noisy" if each.is_noisy else f"{each.ratio:.1f}"
        spread = f"{each.least_ratio:.1f} to {each.most_ratio:.1f}"
        lines.append(f"| {each.scenario} | {each.variant} | {each.ms:.1f} | {ratio} ({spread}) |")
    return "\n".join(lines)
