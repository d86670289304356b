"""`manage.py screenshots`: pictures of the real pages, to look at before a page is called done."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eqboard.config import ROOT


class Command(BaseCommand):
    help = "Take pictures of the pages over the simulator, in sizes, themes, languages, fresh and stale."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=ROOT / "screenshots", help="Folder (default: %(default)s)")
        parser.add_argument("--scenarios", nargs="+", default=["steady", "monday_storm"], help="As for simulate")
        parser.add_argument("--readme", action="store_true", help="Only those that README shows, into docs/")

    def handle(self, **options: Any) -> None:
        try:
            from eqboard.ops import pictures  # here: only a development install has a browser driver
        except ModuleNotFoundError:
            raise CommandError("Screenshots need the development packages: run .ci/setup dev first.") from None
        folder = ROOT / "docs" if options["readme"] else options["to"]
        folder.mkdir(parents=True, exist_ok=True)
        taken = (
            pictures.take_for_readme(folder) if options["readme"] else pictures.take_all(folder, options["scenarios"])
        )
        try:
            for file in taken:
                self.stdout.write(str(file))
        except pictures.PicturesError as error:
            raise CommandError(str(error)) from None
