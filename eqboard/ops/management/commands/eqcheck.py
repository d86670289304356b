"""`python manage.py eqcheck`: could the board run on this EQ server? It asks every read, once or a few times."""

import asyncio
import json
import os
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style

from eqboard.config import get_config
from eqboard.eq.check import Line, Tone, result_lines
from eqboard.ops.eqcheck import Verdict, api_url, as_json, check, verdict_lines

WIDTH, NARROWEST, WIDEST = 100, 60, 120  # columns
INTERRUPTED, NO_READER = 130, 141  # what shells make of Ctrl-C, and of a pipe that was closed


class Command(BaseCommand):
    help = (
        "Ask every read of the configured EQ server, never an action, and say which fields the board understands, with "
        "a dialect file for those that it does not. Secrets, callers' names and numbers are masked. "
        "Exit codes: 0 the board can run on this server, perhaps with warnings; 1 it cannot, and it says why; "
        "2 a setting is missing or wrong."
    )
    requires_system_checks = ()  # it touches neither the database nor the pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="For machines; eqboard/ops/eqcheck/__init__.py says what"
        )

    def handle(self, **options: Any) -> None:
        try:
            verdict = self._check_for_machines() if options["json"] else self._check_for_people()
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None
        except BrokenPipeError:  # whoever reads has seen enough, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it ends
            sys.exit(NO_READER)
        if not verdict.can_run:
            raise CommandError(
                verdict.reasons[0] if options["json"] else "The board cannot run on this server: see above."
            )

    def _check_for_machines(self) -> Verdict:
        report, verdict = asyncio.run(check(get_config(), lambda result: None))
        self.stdout.write(json.dumps(as_json(report, verdict), indent=2))
        self.stdout.flush()
        return verdict

    def _check_for_people(self) -> Verdict:
        """Each result is shown as it comes: a slow EQ needs a minute for all."""
        config = get_config()
        config.need("eq_key")
        self._show([Line(f"{api_url(config)}, dialect: {config.eq_dialect or 'built in'}"), Line("")])
        report, verdict = asyncio.run(check(config, lambda result: self._show(result_lines(result, self._width))))
        self._show([Line(""), *verdict_lines(verdict, self._width)])
        if report.suggestion:
            self._show([Line(""), Line("For the file that EQBOARD_EQ_DIALECT names:"), Line("")])
            self._show(map(Line, report.suggestion.splitlines()))
        return verdict

    def _show(self, lines: Iterable[Line]) -> None:
        style: Any = self.style if self.stdout.isatty() else no_style()
        tones = {Tone.PLAIN: str, Tone.GOOD: style.SUCCESS, Tone.DOUBTFUL: style.WARNING, Tone.BAD: style.ERROR}
        for line in lines:
            self.stdout.write(tones[line.tone](self._printable(line.text)))
        self.stdout.flush()

    @property
    def _width(self) -> int:
        columns = shutil.get_terminal_size((WIDTH, 24)).columns if self.stdout.isatty() else WIDTH
        return min(max(columns, NARROWEST), WIDEST)

    def _printable(self, text: str) -> str:
        """The text as far as the terminal's encoding has it."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding)
