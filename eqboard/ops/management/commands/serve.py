"""`manage.py serve`: the web server."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from daphne.endpoints import build_endpoint_description_strings
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from eqboard.ops.open_files import raise_limit
from eqboard.ops.serving import WebServer

HANDSHAKE_SECONDS = 5


class Command(BaseCommand):
    help = "Serve pages and boards, until SIGTERM or Ctrl-C: what is under way then comes to its end."
    requires_system_checks = ()  # `make check` has them; a start does not wait for them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: %(default)s)")
        parser.add_argument("--unix-socket", help="Listen on this unix socket instead")
        parser.add_argument("--fd", type=int, help="Listen on this open file, by its number, instead")

    def handle(self, **options: Any) -> None:
        if not 0 <= options["port"] <= 65535:
            raise CommandError(f"--port must be a whole number from 0 to 65535, not {options['port']}.")
        places = endpoints(options)
        server = WebServer(
            import_string(settings.ASGI_APPLICATION),
            endpoints=places,
            websocket_connect_timeout=HANDSHAKE_SECONDS,
            verbosity=0,
            most_body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        )
        raise_limit()  # everybody who looks is one open file, and shells allow about a thousand
        server.run()
        if server.failure:
            raise CommandError(f"The web server cannot listen at {places[0]}: {server.failure}.")
        leave()


def leave() -> NoReturn:
    """All has come to its end. Python would tidy up what is left, and in that pydantic-core 2.50 crashes when moments
    of its making are among what connections that were cut off have left behind.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def endpoints(options: dict[str, Any]) -> list[str]:
    """Where to listen, as Twisted writes it."""
    if options["fd"] is not None:
        return list(build_endpoint_description_strings(file_descriptor=options["fd"]))
    if options["unix_socket"]:
        return list(build_endpoint_description_strings(unix_socket=options["unix_socket"]))
    return list(build_endpoint_description_strings(host=options["host"], port=options["port"]))
