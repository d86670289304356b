"""`manage.py simulate`: the pretend EQ server."""

import gc
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from daphne.endpoints import build_endpoint_description_strings
from django.core.management.base import BaseCommand, CommandError

from eqboard.config import get_config
from eqboard.eq import load_dialect
from eqboard.eq.client import fault_of_key
from eqboard.simulator.accent import Accent
from eqboard.simulator.app import build_app
from eqboard.simulator.clock import read_clock
from eqboard.simulator.scenarios import SCENARIOS, build_world
from eqboard.simulator.serving import SimulatorServer


class Command(BaseCommand):
    help = "Serve the pretend EQ server: the whole EQ API with made-up calls, until Ctrl-C."
    requires_system_checks = ()  # it touches neither the database nor the pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, default=8088, help="Port to listen on; 0 for any free one (default: %(default)s)"
        )
        parser.add_argument("--seed", type=int, default=1, help="Same seed, same calls (default: %(default)s)")
        parser.add_argument("--key", default="", help="EQ key to ask for; better in EQBOARD_EQ_KEY, as ps shows this")
        parser.add_argument("--scenario", default="steady", help=f"{', '.join(SCENARIOS)} (default: %(default)s)")
        parser.add_argument("--queues", type=int, help="How many queues; the scenario's number if not given")
        parser.add_argument("--agents", type=int, help="How many agents; the scenario's number if not given")
        parser.add_argument(
            "--speed",
            type=float,
            default=1.0,
            help="Seconds that pass per second, 1000 at most (default: 1). A board then shows waits too short, "
            "as it counts on by itself; and what is more than 50,000 events between two requests is slept through",
        )
        parser.add_argument(
            "--clock",
            default="",
            help="When the day begins, in EQBOARD_TIME_ZONE: a time of today such as 08:30, or of another day such as "
            "2026-03-02T08:30; now if not given",
        )
        parser.add_argument("--dialect", type=Path, help="Speak as this TOML file says; see eqboard/eq/dialect.toml")
        parser.add_argument("--numbers-as-texts", action="store_true", help="Answer every number as a text")

    def handle(self, **options: Any) -> None:
        key = options["key"] or get_config().eq_key.get_secret_value()
        if not key:
            raise CommandError("The simulator needs a key: set EQBOARD_EQ_KEY to 6 letters or more, or give --key.")
        if fault := fault_of_key(key):
            raise CommandError(f"--key {fault}.")
        if not 0 <= options["port"] <= 65535:
            raise CommandError(f"--port must be a whole number from 0 to 65535, not {options['port']}.")
        try:
            app = _make_app(key, options)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self._serve(app, options["host"], options["port"])

    def _serve(self, app: Any, host: str, port: int) -> None:
        endpoints = build_endpoint_description_strings(host=host, port=port)
        server = SimulatorServer(app, endpoints=endpoints, verbosity=0)
        server.ready_callable = lambda: self.stdout.write(f"The simulator listens at {_address(host, server.port)}")
        server.run()
        if server.failure:
            raise CommandError(f"The simulator cannot listen on {host} port {port}: {server.failure}.")


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _make_app(key: str, options: dict[str, Any]) -> Any:
    """The world and its door. Raises ValueError with one sentence for a scenario, number, speed or clock that cannot
    be.
    """
    zone, now = ZoneInfo(get_config().time_zone), time.time()
    world = build_world(
        options["scenario"],
        seed=options["seed"],
        started_at=read_clock(options["clock"], now=now, zone=zone) if options["clock"] else now,
        queues=options["queues"],
        agents=options["agents"],
        zone=zone,
    )
    gc.collect()
    gc.freeze()  # a large site's people and calls stay; looking through them all is a pause that everybody would notice
    accent = Accent(load_dialect(options["dialect"]), options["numbers_as_texts"])
    password = get_config().simulator_password.get_secret_value()
    return build_app(
        world,
        key=key,
        clock=time.time,
        speed=options["speed"],
        accent=accent,
        password=password,
        host=options["host"],
    )
