"""`python manage.py poll`: read EQ and feed every board. Start it as often as you like: one leads, others stand by."""

import asyncio
import gc
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand

from eqboard.config import Config, eq_from, get_config
from eqboard.poller.hours import Hours
from eqboard.poller.poller import Poller

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Read EQ and feed every board. A second poller stands by and takes over when the first is gone."
    requires_system_checks: tuple[()] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        config = get_config()
        config.need("eq_key")
        if config.is_eq_unverified:
            logger.warning(
                "EQ's certificate is not checked (EQBOARD_EQ_VERIFY_TLS): whoever is in between can read EQ's key, and "
                "answer in its place. EQBOARD_EQ_CA_FILE is for a certificate that is not public"
            )
        if config.is_held_back:
            logger.warning(
                "EQ is read every %.3g s, and not every %.3g s (EQBOARD_POLL_SECONDS): for that it would get up to %s "
                "requests a minute, and EQBOARD_EQ_REQUESTS_PER_MINUTE allows %s. Raise the one or the other",
                config.kept_poll_seconds,
                config.poll_seconds,
                config.needed_requests_per_minute,
                config.eq_requests_per_minute,
            )
        gc.freeze()  # what is loaded stays; looking through it again and again costs more than reading a round
        asyncio.run(poll(config))


async def poll(config: Config) -> None:
    """Run until SIGTERM or SIGINT; the lead is handed over at once."""
    told_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
    async with eq_from(config) as eq:
        poller = asyncio.create_task(Poller(config, eq, Hours(config.zone)).run())
        end = asyncio.create_task(told_to_end.wait())
        await asyncio.wait({poller, end}, return_when=asyncio.FIRST_COMPLETED)
        while not poller.done():  # a cancellation may meet a failure of the same moment and be lost in it
            poller.cancel()
            await asyncio.wait({poller}, timeout=1)
        if not poller.cancelled():
            poller.result()  # it ended by itself: whoever started it must see why
