"""`manage.py bench`: figures of this machine, as ratios to references measured in the same run."""

import json
import secrets
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import get_config
from eqboard.ops.bench.browser import browser
from eqboard.ops.bench.measure import Figure, Skipped
from eqboard.ops.bench.parsing import parsing
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.simulator import simulator
from eqboard.ops.bench.ticks import ticks

SCENARIOS: dict[str, Callable[[int], list[Figure]]] = {
    "parsing": parsing,
    "ticks": ticks,
    "simulator": simulator,
    "browser": browser,
}
ROUNDS, QUICK_ROUNDS = 30, 7
INTERRUPTED = 130  # what shells make of Ctrl-C


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
        if not get_config().secret_key.get_secret_value():
            settings.SECRET_KEY = secrets.token_urlsafe(64)  # boards mask callers with it; these are nobody's
        rounds = QUICK_ROUNDS if options["quick"] else ROUNDS
        try:
            figures = [figure for name in options["scenarios"] or SCENARIOS for figure in self._figures(name, rounds)]
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None
        if figures:
            self.stdout.write("\n" + table(figures))

    def _figures(self, name: str, rounds: int) -> list[Figure]:
        """Told at once, as the next ones may take a while."""
        try:
            figures = SCENARIOS[name](rounds)
        except Skipped as reason:
            self.stdout.write(json.dumps({"scenario": name, "skipped": str(reason)}))
            return []
        except (ServerFailed, OSError, HTTPException) as error:
            raise CommandError(f"{name} cannot be measured: {str(error) or type(error).__name__}") from None
        for figure in figures:
            self.stdout.write(json.dumps(figure.as_dict(), ensure_ascii=False))
        return figures


def table(figures: Iterable[Figure]) -> str:
    """The figures in Markdown. Ratios that swung, or whose reference did, are no conclusion, and say so."""
    lines = ["| scenario | variant | ms | × reference (least to most) |", "|---|---|---|---|"]
    for each in figures:
        ratio = "noisy" if each.is_noisy else f"{each.ratio:.1f}"
        spread = f"{each.least_ratio:.1f} to {each.most_ratio:.1f}"
        what = f"{each.variant}{share(each)}{traffic(each)}{room(each)}"
        ms = "–" if each.ms is None else f"{each.ms:.1f}"
        lines.append(f"| {each.scenario} | {what} | {ms} | {ratio} ({spread}) |")
    return "\n".join(lines)


def share(figure: Figure) -> str:
    """The share of a core that it takes, and what it is to be below; nothing for what does not go on all the time."""
    if figure.share_of_core is None:
        return ""
    target = "" if figure.target_share is None else f", target < {figure.target_share:g}"
    return f": **{figure.share_of_core:.2g} of one core**{target}"


def traffic(figure: Figure) -> str:
    """What a viewer gets of it in a minute; nothing for what no viewer gets."""
    return "" if figure.viewer_kilobytes is None else f": {figure.viewer_kilobytes:.0f} KB per viewer-minute"


def room(figure: Figure) -> str:
    """How much of it there is; nothing for what takes time."""
    if figure.amount is None:
        return ""
    number, unit = figure.amount
    return f": {number:,.4g} {unit}" if unit else f": {number:,.0f}"
