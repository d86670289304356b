"""`python manage.py poll`: read EQ and feed every board. Start it as often as you like: one leads, others stand by."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from eqboard.config import Config, eq_from, get_config
from eqboard.poller.poller import Poller


class Command(BaseCommand):
    help = "Read EQ and feed every board. A second poller stands by and takes over when the first is gone."
    requires_system_checks: tuple[()] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        config = get_config()
        config.need("eq_key")
        with suppress(asyncio.CancelledError, KeyboardInterrupt):
            asyncio.run(poll(config))


async def poll(config: Config) -> None:
    """Run until SIGTERM or SIGINT; the lead is handed over at once."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with eq_from(config) as eq:
        await Poller(config, eq).run()
