"""What the leader does once an hour: keep the hours that are over, and learn what is usual in this one."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.db import Error, close_old_connections

from eqboard.floor.history import History
from eqboard.history.hours import Range, hour_of
from eqboard.history.keeping import keep_hours, usual_ranges
from eqboard.poller.lamp import Lamp
from eqboard.poller.lead import Lead, utc_now

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # how often it is looked whether an hour is over
RETRY_SECONDS = 60.0  # until a database that failed is asked again


class Hours:
    """Whatever happens to the database costs no more than the usual range."""

    def __init__(self, zone: ZoneInfo, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._zone = zone
        self._clock = clock
        self._lamp = Lamp("The memory of past hours", logger)

    async def keep(self, lead: Lead) -> None:
        """For as long as it leads, from the hours on that were missed."""
        done: datetime | None = None
        while True:
            now = self._clock()
            if hour_of(now, self._zone) == done:
                await asyncio.sleep(LOOK_SECONDS)
            elif await self._turn(lead, now):
                done = hour_of(now, self._zone)
            else:
                await asyncio.sleep(RETRY_SECONDS)

    async def _turn(self, lead: Lead, now: datetime) -> bool:
        """Whether the database did its part."""
        try:
            queues = [*lead.floor.snapshot.queues]
            lead.learn_usual(await sync_to_async(self._ask_database)(lead.history, queues, now))
        except Error as error:
            said = str(error).partition("\n")[0] or type(error).__name__
            self._lamp.lost(f"the database fails ({said}); the usual range is not shown meanwhile")
            return False
        except Exception as error:
            self._lamp.lost(f"unexpected {type(error).__name__}", error)
            return False
        self._lamp.back()
        return True

    def _ask_database(self, history: History, queues: Collection[str], now: datetime) -> Mapping[str, Range]:
        """In a thread; the connection is closed as Django does it after a request."""
        close_old_connections()
        try:
            keep_hours(history, queues, now, self._zone)
            return usual_ranges(now, self._zone)
        finally:
            close_old_connections()
