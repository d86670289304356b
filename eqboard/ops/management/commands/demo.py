"""`manage.py demo`: everything at once, with made-up calls, until Ctrl-C."""

import os
import signal
import time
from argparse import SUPPRESS, ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import ROOT, get_config
from eqboard.ops import showroom
from eqboard.ops.children import ChildrenError, stop_numbers
from eqboard.ops.redis_server import NoRedisServer
from eqboard.simulator.app import check_speed
from eqboard.simulator.clock import read_clock
from eqboard.simulator.scenarios import scenario_called


class Command(BaseCommand):
    help = "Run a demo board with made-up calls: PORT (8000) and DEMO_PASSWORD (random) come from the environment."
    requires_system_checks = ()  # they would check the settings of this process; the demo's own are its children's

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prepare", action="store_true", help=SUPPRESS)  # what the demo asks of itself
        parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="where its database lives")
        parser.add_argument("--scenario", default="steady", help="what goes on, as for simulate")
        parser.add_argument("--seed", type=int, default=1, help="makes the day the same each time, as for simulate")
        parser.add_argument("--clock", default="", help="when the day begins, as for simulate; now if not given")
        parser.add_argument("--speed", type=float, default=1.0, help="seconds that pass per second, as for simulate")

    def handle(self, **options: Any) -> None:
        if options["prepare"]:
            prepare(os.environ["DEMO_PASSWORD"])
            return
        for number in stop_numbers():
            signal.signal(number, signal.default_int_handler)  # until the children's keeper takes over
        try:
            check(options)
            with suppress(KeyboardInterrupt):  # Ctrl-C is how a demo ends
                showroom.run(os.environ, options["folder"], simulation(options))
        except (ValueError, showroom.DemoError, ChildrenError, NoRedisServer) as error:
            raise CommandError(str(error)) from None


def check(options: dict[str, Any]) -> None:
    """ValueError for what `simulate` would refuse: here, as it would be started again and again."""
    scenario_called(options["scenario"])
    check_speed(options["speed"])
    if options["clock"]:
        read_clock(options["clock"], now=time.time(), zone=ZoneInfo(get_config().time_zone))


def simulation(options: dict[str, Any]) -> tuple[str, ...]:
    """What is passed on to `simulate`."""
    names = [name for name in ("scenario", "seed", "clock", "speed") if options[name] != ""]
    return tuple(f"--{name}={options[name]}" for name in names)


def prepare(password: str) -> None:
    """The demo's tables and people, in the database that the settings name."""
    from eqboard.accounts.demo import create_demo_users  # here: its models need Django's apps

    call_command("migrate", verbosity=0, interactive=False)
    create_demo_users(password)
