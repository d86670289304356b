"""Where drafts are painted: beside the event loop, apart from the boards, one after the other.

A draft changes with every letter and is looked at by one person. Painted like a board it would hold up every socket of
the process for as long as that takes, and drive real boards out of the gallery.
"""

import asyncio
import contextvars
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from eqboard.boards.audience import Audience
from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, paint
from eqboard.boards.health import Health
from eqboard.feed.follow import Floor
from eqboard.loops import PerLoop

PLACES = 8  # drafts whose screen is kept; one of a large site holds about a megabyte
MOST_OF_ONE = 2  # drafts of one person that may wait: an open editor asks for the next when it has the one before
REST = 1.0  # of what a draft took: so that all of them together never take more than half a processor

WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drafts")


class CrowdedError(Exception):
    """This person's drafts wait already."""


class Easel:
    """The newest draft's screen of each person, so that only what changed is painted anew."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._waiting: Counter[int] = Counter()
        self._screens: OrderedDict[int, Screen] = OrderedDict()  # touched by the worker alone, as is the next
        self._rests_until = 0.0

    async def paint(self, user_id: int, floor: Floor, health: Health, audience: Audience) -> Screen:
        """The draft's screen for the one who edits it. Raises CrowdedError when they ask faster than it can be painted.

        Whatever is wrong with the painting is raised as it is. Who goes away while it waits is not painted for.
        """
        if self._waiting[user_id] >= MOST_OF_ONE:
            raise CrowdedError
        self._waiting[user_id] += 1
        work = partial(self._paint, user_id, floor, health, audience)
        try:
            return await asyncio.get_running_loop().run_in_executor(WORKER, contextvars.copy_context().run, work)
        finally:
            self._waiting[user_id] -= 1
            self._waiting += Counter()  # which drops those at 0

    def _paint(self, user_id: int, floor: Floor, health: Health, audience: Audience) -> Screen:
        self._sleep(max(0.0, self._rests_until - self._clock()))
        began_at = self._clock()
        try:
            screen = paint(floor, health, audience, day_of(floor), usable(self._screens.get(user_id), audience))
        finally:
            self._rests_until = self._clock() + REST * (self._clock() - began_at)
        self._screens[user_id] = screen
        self._screens.move_to_end(user_id)
        if len(self._screens) > PLACES:
            self._screens.popitem(last=False)
        return screen


def usable(last: Screen | None, audience: Audience) -> Screen | None:
    """What of the last draft's screen holds for the next: nothing where its fragments are written in another way, and
    no levels where they stood against other limits.
    """
    if last is None or _way(last.audience) != _way(audience):
        return None
    return last if last.audience.held_against == audience.held_against else replace(last, levels={})


def _way(audience: Audience) -> tuple[object, ...]:
    """Of whose screen fragments and levels hold for it."""
    return audience.rights, audience.way


easels = PerLoop(Easel)
