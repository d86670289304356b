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
from eqboard.boards.workshop import Workshop
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

MOST_VERSIONS = 8  # of a board that stand at once: it is edited often while nothing new is heard of the floor

HeldAgainst = tuple[object, ...]
"""All that levels depend on besides the numbers (`Audience.held_against`)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the levels of a board stood, and on which floor."""

    levels: Levels
    floor: tuple[str, int]  # its epoch and seq

    def is_after(self, other: "Standing") -> bool:
        """On a newer floor of the same lead."""
        return self.floor[0] == other.floor[0] and self.floor[1] > other.floor[1]

    def is_before(self, held: Stored) -> bool:
        """Whether the floor is as new, or newer: an older one must not undo what is known."""
        epoch, seq = self.floor
        return epoch != held.epoch or seq <= held.seq


Standings = dict[HeldAgainst, Standing]
"""Of one board, the newest last. After an edit of limits pages show the board as it was beside the board as it is, for
as long as they need to notice; each has levels of its own.
"""


def with_newest(standings: Standings, limits: HeldAgainst, newest: Standing) -> Standings:
    """Whichever was not shown on the floor before is forgotten: what nobody watched has not lasted."""
    others = {each: standing for each, standing in standings.items() if each != limits}
    last = next(reversed(standings.values()), newest)
    if last.is_after(newest):  # a page that was begun on an older floor
        kept = {limits: newest} | others
    else:
        kept = {each: standing for each, standing in others.items() if standing.floor in (last.floor, newest.floor)}
        kept[limits] = newest
    return dict(list(kept.items())[-MOST_VERSIONS:])


class Gallery:
    """To be painted in by the PAINTER alone. Where levels stand may be asked from anywhere."""

    def __init__(self) -> None:
        self._screens: OrderedDict[Audience, Screen] = OrderedDict()
        self._standings: OrderedDict[Judged, Standings] = OrderedDict()
        self._workshop = Workshop()

    def paint(self, floor: Floor, health: Health, audience: Audience, shown: Screen | None = None) -> Screen:
        """The screen for one audience; fragments as in its newest screen, or else in `shown`, are taken over, and so
        are those that other audiences are shown.

        Its levels go on from where those of the board stood, in whichever language that was painted last. Against other
        limits they begin anew: nothing has lasted yet.
        """
        before = self._screens.get(audience, shown) or Screen(audience)
        before = replace(before, levels=self._levels_before(before, audience, floor.held))
        screen = paint(floor, health, audience, day_of(floor), before, self._workshop)
        self._keep(screen, floor.held)
        return screen

    def _levels_before(self, before: Screen, audience: Audience, held: Stored | None) -> Levels:
        standings, limits = self._standings.get(_judged(audience), {}), audience.held_against
        standing = standings.get(limits)
        if standing and held and standing.is_before(held):
            return standing.levels
        if standings and standing is None:  # only other versions stand
            return {}
        return before.levels if before.audience.held_against == limits else {}

    def _keep(self, screen: Screen, held: Stored | None) -> None:
        _put(self._screens, screen.audience, screen)
        judged, limits = _judged(screen.audience), screen.audience.held_against
        standings = self._standings.get(judged, {})
        standing = standings.get(limits)
        if held and (standing is None or standing.is_before(held)):
            newest = Standing(screen.levels, (held.epoch, held.seq))
            _put(self._standings, judged, with_newest(standings, limits, newest))

    def levels_of(self, audience: Audience) -> Levels:
        """Where the levels of the audience's board stand; none when it was not shown with these limits."""
        standing = self._standings.get(_judged(audience), {}).get(audience.held_against)
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
