"""Whether everybody who is in may stay: one look at the database for all sockets of a process, every few seconds.

Whoever has just come, or whose standing has changed, is checked as on connect. A database that is away, or hangs,
stops no board: who is in stays until it answers.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from eqboard.accounts.displays import note_seen
from eqboard.live.standing import Standing, Visitor, aread_standing
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

# In a thread of its own: it waits while others write.
anote_seen = database_sync_to_async(note_seen, thread_sensitive=False, executor=ThreadPoolExecutor(1, "seen"))

LOOK_SECONDS = 5.0  # a right that was taken away streams no longer than that, and the checks of those before it
CHECK_ANYWAY_SECONDS = 600.0  # what was changed and changed back between two looks may have been missed
ANSWER_SECONDS = 2.0  # a database that hangs is asked again at the next look


@dataclass(eq=False, slots=True)
class Guest:
    """A socket that is in; `check` reads its rights anew, and sends it away if it must. Raises as databases do."""

    visitor: Visitor
    check: Callable[[], Awaitable[None]]
    standing: Hashable = None  # at the look before its rights were read last; None: it has just come
    checked_at: float = -math.inf

    def is_due(self, newest: Standing, now: float) -> bool:
        return (
            newest.of(self.visitor) != self.standing
            or newest.has_ended(self.visitor)
            or now - self.checked_at > CHECK_ANYWAY_SECONDS
        )


class Doorkeeper:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guests: dict[Guest, None] = {}  # in the order in which they are checked
        self._watching: asyncio.Task[None] | None = None
        self._noting: asyncio.Task[None] | None = None
        self._is_without_database = False

    def admit(self, guest: Guest) -> None:
        """Also whoever has just come is checked once more, at the next look. A right that they were given a moment ago,
        and lost before that look, is seen by nothing else.
        """
        self._guests[guest] = None
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    def dismiss(self, guest: Guest) -> None:
        self._guests.pop(guest, None)

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
        """One who cannot be checked keeps nobody else from it. A database that hangs ends the round, as all would wait
        in the same thread; whoever it hung at is the last of the next one. Raises TimeoutError at once, DatabaseError
        at the end.
        """
        guests = list(self._guests)
        async with asyncio.timeout(ANSWER_SECONDS):
            newest = await aread_standing({guest.visitor for guest in guests}, datetime.now(UTC))
        self._note_seen()
        trouble: DatabaseError | None = None
        for guest in guests:
            if guest in self._guests and guest.is_due(newest, now := self._clock()):
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await guest.check()
                    guest.standing, guest.checked_at = newest.of(guest.visitor), now
                except DatabaseError as error:
                    trouble = error
                except TimeoutError:
                    if guest in self._guests:
                        self._guests[guest] = self._guests.pop(guest)
                    raise
        if trouble is not None:
            raise trouble

    def _note_seen(self) -> None:
        """Apart, and one at a time: a database that is being written to keeps nobody from looking."""
        screens = {guest.visitor.screen for guest in self._guests} - {""}
        if screens and (self._noting is None or self._noting.done()):
            self._noting = asyncio.create_task(anote_seen(screens, datetime.now(UTC)))

    def _note_database(self, error: Exception | None) -> None:
        """Once when it is lost, and once when it is back."""
        if error is not None and not self._is_without_database:
            logger.warning("Rights cannot be checked again: no database (%s)", type(error).__name__)
        if error is None and self._is_without_database:
            logger.warning("Rights can be checked again: the database is back")
        self._is_without_database = error is not None


doorkeepers = PerLoop(Doorkeeper)
