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
"""Whose levels stand: those of a board, by its ref, and of the rights of whoever looks. Not of a language."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the levels of a board stood, against which limits, and on which floor."""

    levels: Levels
    held_against: tuple[object, ...]
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

        Its levels go on from where those of the board stood, in whichever language that was painted last. Against other
        limits they begin anew: nothing has lasted yet.
        """
        before = self._screens.get(audience, shown) or Screen(audience)
        before = replace(before, levels=self._levels_before(before, audience, floor.held))
        screen = paint(floor, health, audience, day_of(floor), before)
        self._keep(screen, floor.held)
        return screen

    def _levels_before(self, before: Screen, audience: Audience, held: Stored | None) -> Levels:
        standing = self._standings.get(_judged(audience))
        stood_against = standing.held_against if standing else before.audience.held_against
        if stood_against != audience.held_against:
            return {}
        return standing.levels if standing and held and standing.is_before(held) else before.levels

    def _keep(self, screen: Screen, held: Stored | None) -> None:
        _put(self._screens, screen.audience, screen)
        standing = self._standings.get(_judged(screen.audience))
        if held and (standing is None or standing.is_before(held)):
            standing = Standing(screen.levels, screen.audience.held_against, held.epoch, held.seq)
            _put(self._standings, _judged(screen.audience), standing)

    def levels_of(self, audience: Audience) -> Levels:
        """Where the levels of the audience's board stand; none when it was not shown with these limits."""
        standing = self._standings.get(_judged(audience))
        return standing.levels if standing and standing.held_against == audience.held_against else {}


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
