"""The newest screen of each audience in this process: a page and its socket's first board are rendered once.

It has a thread of its own: the first screen of a large site takes hundreds of milliseconds, in which no socket of the
process would get anything. All is painted one after the other, so whoever asks meanwhile for the same screen finds it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from eqboard.accounts.access import Rights
from eqboard.boards.audience import Audience
from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, paint
from eqboard.boards.health import Health
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.levels import Levels

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")

Made = TypeVar("Made")

SCREENS = 32  # a screen of a large site holds about a megabyte

PAINTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="boards")

Judged = tuple[str, Rights]
"""What levels depend on: the board, by its ref, and the rights of whoever looks. Not the language."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the levels of a board stood, and on which floor."""

    levels: Levels
    epoch: str
    seq: int

    def is_before(self, floor: Stored) -> bool:
        """Whether the floor is as new, or newer: an older one must not undo what is known."""
        return self.epoch != floor.epoch or self.seq <= floor.seq


class Gallery:
    """To be painted in by the PAINTER alone. Where levels stand may be asked from anywhere."""

    def __init__(self) -> None:
        self._screens: OrderedDict[Audience, Screen] = OrderedDict()
        self._standings: OrderedDict[Judged, Standing] = OrderedDict()

    def paint(self, floor: Floor, health: Health, audience: Audience, shown: Screen | None = None) -> Screen:
        """The screen for one audience; fragments as in its newest screen, or else in `shown`, are taken over.

        Its levels go on from where those of the board stood, in whichever language that was painted last.
        """
        before = self._screens.get(audience, shown) or Screen(audience)
        standing = self._standings.get(_judged(audience))
        if standing and floor.held and standing.is_before(floor.held):
            before = replace(before, levels=standing.levels)
        screen = paint(floor, health, audience, day_of(floor), before)
        self._keep(screen, floor.held)
        return screen

    def _keep(self, screen: Screen, held: Stored | None) -> None:
        _put(self._screens, screen.audience, screen)
        standing = self._standings.get(_judged(screen.audience))
        if held and (standing is None or standing.is_before(held)):
            _put(self._standings, _judged(screen.audience), Standing(screen.levels, held.epoch, held.seq))

    def levels_of(self, audience: Audience) -> Levels:
        """Where the levels of the audience's board stand; none when it was not shown."""
        standing = self._standings.get(_judged(audience))
        return standing.levels if standing else {}


def _judged(audience: Audience) -> Judged:
    return audience.board.ref, audience.rights


def _put(places: OrderedDict[Key, Kept], key: Key, kept: Kept) -> None:
    """As the newest; the oldest gives up its place when there are too many."""
    places[key] = kept
    places.move_to_end(key)
    if len(places) > SCREENS:
        places.popitem(last=False)


gallery = Gallery()


async def painted(work: Callable[[], Made]) -> Made:
    """Have the PAINTER do it: after what was asked before, and beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(PAINTER, work)
