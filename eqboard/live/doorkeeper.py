"""Whether everybody who is in may stay: one look at the database for all sockets of a process, every few seconds.

Whoever's standing has changed is checked as on connect. A database that is away, or hangs, stops no board: who is in
stays until it answers.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from eqboard.live.standing import Standing, Visitor, read_standing
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

aread_standing = database_sync_to_async(read_standing)

LOOK_SECONDS = 5.0  # a right that was taken away streams no longer than that, and the checks of those before it
ANSWER_SECONDS = 2.0  # a database that hangs is asked again at the next look
LASTS_SECONDS = 2 * LOOK_SECONDS  # how old a look may be that others begin from


@dataclass(eq=False, slots=True)
class Guest:
    """A socket that is in; `check` reads its rights anew, and sends it away if it must. Raises as databases do."""

    visitor: Visitor
    standing: Hashable  # as it was before its rights were read last
    check: Callable[[], Awaitable[None]]


class Doorkeeper:
    def __init__(self) -> None:
        self._guests: set[Guest] = set()
        self._newest = Standing()
        self._looked_at = -math.inf
        self._looking: asyncio.Task[Standing] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._is_without_database = False

    async def standing(self) -> Standing:
        """As it is, or was a few seconds ago. To be asked for before rights are read: what changes later is noticed.
        Raises DatabaseError, TimeoutError.
        """
        return self._newest if time.monotonic() - self._looked_at < LASTS_SECONDS else await self._look()

    def admit(self, guest: Guest) -> None:
        self._guests.add(guest)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    def dismiss(self, guest: Guest) -> None:
        self._guests.discard(guest)

    async def _watch(self) -> None:
        while self._guests:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._go_round()
                self._note_database(None)
            except (DatabaseError, TimeoutError) as error:
                self._note_database(error)
            except Exception:
                logger.exception("The rights of those who look could not be checked; they are at the next look")
        self._watching = None

    async def _go_round(self) -> None:
        newest = await self._look()
        for guest in list(self._guests):
            standing = newest.of(guest.visitor)
            if newest.has_ended(guest.visitor) or standing != guest.standing:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await guest.check()
                guest.standing = standing

    async def _look(self) -> Standing:
        """Once for all who ask meanwhile."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._read())
            self._looking.add_done_callback(self._note_end)
        return await asyncio.shield(self._looking)

    async def _read(self) -> Standing:
        visitors, now = {guest.visitor for guest in self._guests}, time.monotonic()
        async with asyncio.timeout(ANSWER_SECONDS):
            self._newest = await aread_standing(visitors, datetime.now(UTC))
        self._looked_at = now
        return self._newest

    def _note_end(self, looking: "asyncio.Task[Standing]") -> None:
        self._looking = None
        if not looking.cancelled():
            looking.exception()  # whoever waits for it has it too; perhaps nobody does any more

    def _note_database(self, error: Exception | None) -> None:
        """Once when it is lost, and once when it is back."""
        if error is not None and not self._is_without_database:
            logger.warning("Rights cannot be checked again: no database (%s)", type(error).__name__)
        if error is None and self._is_without_database:
            logger.warning("Rights can be checked again: the database is back")
        self._is_without_database = error is not None


doorkeepers = PerLoop(Doorkeeper)
