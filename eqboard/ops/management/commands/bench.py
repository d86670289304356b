"""`manage.py bench`: figures of this machine, as ratios to references measured in the same run."""

import json
import secrets
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import get_config
from eqboard.ops.bench import fanout, framesize, journey, outage, polling, reconnect, stalled
from eqboard.ops.bench.actions import actions
from eqboard.ops.bench.browser import browser
from eqboard.ops.bench.gate import GATED, failures
from eqboard.ops.bench.measure import Figure, Remark, Skipped, Told
from eqboard.ops.bench.parsing import parsing
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.report import NoPlace, around, insert, machine, table
from eqboard.ops.bench.simulator import simulator
from eqboard.ops.bench.targets import verdicts
from eqboard.ops.bench.ticks import ticks
from eqboard.ops.open_files import raise_limit
from eqboard.ops.showroom import DemoError

Measure = Callable[[], Sequence[Told]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`quick` measures the same with less certainty, and some of it not at all: each takes seconds. `gate`: what
    continuous integration measures, where that is not the quick one. `is_apart`: only measured when it is named.
    """

    full: Measure
    quick: Measure
    gate: Measure | None = None
    is_apart: bool = False


SCENARIOS: dict[str, Scenario] = {
    "parsing": Scenario(lambda: parsing(30), lambda: parsing(7)),
    "ticks": Scenario(lambda: ticks(5), lambda: ticks(3, most_sites=1)),
    "fanout": Scenario(
        lambda: fanout.fanout(fanout.Plan()), lambda: fanout.fanout(fanout.QUICK), lambda: fanout.fanout(fanout.GATE)
    ),
    "framesize": Scenario(lambda: framesize.framesize(framesize.Plan()), lambda: framesize.framesize(framesize.QUICK)),
    "stalled": Scenario(
        lambda: stalled.stalled(stalled.Plan()),
        lambda: stalled.stalled(stalled.QUICK),
        lambda: stalled.stalled(stalled.GATE),
    ),
    "polling": Scenario(lambda: polling.polling(polling.Plan()), lambda: polling.polling(polling.QUICK)),
    "reconnect": Scenario(lambda: reconnect.reconnect(reconnect.Plan()), lambda: reconnect.reconnect(reconnect.QUICK)),
    "journey": Scenario(lambda: journey.journey(journey.Plan()), lambda: journey.journey(journey.QUICK)),
    "outage": Scenario(lambda: outage.outage(outage.Plan()), lambda: outage.outage(outage.QUICK)),
    "simulator": Scenario(lambda: simulator(30), lambda: simulator(2), is_apart=True),
    "browser": Scenario(lambda: browser(30), lambda: browser(1, is_quick=True), is_apart=True),
    "actions": Scenario(lambda: actions(30), lambda: actions(1, viewers=(1,)), is_apart=True),
}
USUAL = tuple(name for name, each in SCENARIOS.items() if not each.is_apart)
APART = tuple(name for name, each in SCENARIOS.items() if each.is_apart)
INTERRUPTED = 130  # what shells make of Ctrl-C


class Command(BaseCommand):
    help = "Measure how fast this machine does what eqboard does most: JSON lines, then a Markdown table."
    requires_system_checks = ()  # it touches neither the database nor the pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = f"{', '.join(USUAL)}: all of these if none is given; {', '.join(APART)}: only when they are"
        parser.add_argument("scenarios", nargs="*", help=names)
        parser.add_argument("--quick", action="store_true", help="About a minute in all, in place of twenty")
        parser.add_argument(
            "--gate",
            action="store_true",
            help=f"For continuous integration: {', '.join(GATED)}, quick; fails when a ratio is far from what it was",
        )
        parser.add_argument(
            "--write", type=Path, metavar="PAGE", help="Put the table into that page, between its marks"
        )

    def handle(self, **options: Any) -> None:
        named, page = options["scenarios"], options["write"]
        strange = set(named) - SCENARIOS.keys()
        if strange:
            raise CommandError(f"There is no scenario {min(strange)!r}; there are {', '.join(SCENARIOS)}.")
        if named and options["gate"]:
            raise CommandError(f"--gate measures {', '.join(GATED)}: it takes no names.")
        if page:
            self._write(around, page)  # there is a place for it, before all that is measured
        if not get_config().secret_key.get_secret_value():
            settings.SECRET_KEY = secrets.token_urlsafe(64)  # boards mask callers with it; these are nobody's
        raise_limit()
        names = named or (GATED if options["gate"] else USUAL)
        self._failed: list[str] = []  # which does not take from the others what they have found
        here = [Remark("machine", machine())]
        if not named and not options["gate"]:
            here.append(Remark("bench", f"left out, as it was not named: {', '.join(APART)}"))
        for each in here:
            self._say(each)
        try:
            told = [each for name in names for each in self._told(name, options)]
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None
        if any(isinstance(each, Figure) for each in told):
            report = "\n\n".join(filter(None, (verdicts(told, names), table([*here, *told]))))
            self.stdout.write(f"\n{report}")
            if page:
                self._write(insert, page, f"{when(options)}\n\n{report}")
        if options["gate"]:
            self._judge(told)
        if self._failed:
            raise CommandError("\n".join(self._failed))

    def _told(self, name: str, options: dict[str, Any]) -> Sequence[Told]:
        """At once, as the next ones may take a while."""
        scenario = SCENARIOS[name]
        short = scenario.gate if options["gate"] and scenario.gate else scenario.quick
        measure = short if options["quick"] or options["gate"] else scenario.full
        try:
            told = measure()
        except Skipped as reason:
            told = [Remark(name, f"skipped: {reason}")]
        except (ServerFailed, DemoError, OSError, HTTPException) as error:
            why = str(error) or type(error).__name__
            self._failed.append(f"{name} cannot be measured: {why}")
            told = [Remark(name, f"failed: {why}")]
        for each in told:
            self._say(each)
        return told

    def _say(self, told: Told) -> None:
        self.stdout.write(json.dumps(told.as_dict(), ensure_ascii=False))

    def _write(self, write: Callable[..., object], page: Path, *report: str) -> None:
        try:
            write(page, *report)
        except NoPlace as reason:
            raise CommandError(str(reason)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{page} cannot be read or written: {error}") from None

    def _judge(self, told: Sequence[Told]) -> None:
        failed, undecided = failures(told)
        for sentence in undecided:
            self.stdout.write(sentence)
        self._failed += failed


def when(options: dict[str, Any]) -> str:
    """What a page says above the table."""
    words = ["manage.py bench", *options["scenarios"], *(f"--{each}" for each in ("quick", "gate") if options[each])]
    return f"Made by `{' '.join(words)}` on {datetime.now(UTC):%d %B %Y}."
