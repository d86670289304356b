"""`manage.py bench`: figures of this machine, as ratios to references measured in the same run."""

import json
import secrets
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from http.client import HTTPException
from math import floor, log10
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import get_config
from eqboard.ops.bench.actions import actions
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
    "actions": actions,
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
    """The figures in Markdown. Ratios that swung, or whose reference did, are no conclusion, and say so; that of the
    reference to itself is none.
    """
    lines = ["| scenario | variant | ms | × reference (least to most) |", "|---|---|---|---|"]
    for each in figures:
        what = f"{each.variant}{share(each)}{traffic(each)}{room(each)}{tail(each)}"
        ms = "–" if each.ms is None else f"{each.ms:.1f}"
        lines.append(f"| {each.scenario} | {what} | {ms} | {compared(each)} |")
    return "\n".join(lines)


def compared(figure: Figure) -> str:
    """How often the reference's it is, and between which ratios it swung."""
    if figure.is_reference:
        return "reference, noisy" if figure.is_noisy else "reference"
    ratio = "noisy" if figure.is_noisy else digits(figure.ratio)
    return f"{ratio} ({digits(figure.least_ratio)} to {digits(figure.most_ratio)})"


def digits(ratio: float) -> str:
    """Two significant digits, written out; all those before the point."""
    rounded = float(f"{ratio:.1e}")
    places = max(0, 1 - floor(log10(rounded))) if rounded > 0 else 1
    return f"{ratio:.{places}f}"


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


def tail(figure: Figure) -> str:
    """How long the slow ones took; nothing for what nobody waits for."""
    if figure.tail is None:
        return ""
    p95, most, count = figure.tail
    return f": p95 {p95:.1f} ms, most {most:.1f} ms, n {count}"
