"""Several boards of the same agents in one tick, beside one: a process makes once what they share.

If it made none of it once, or rendered for each viewer, ten would take ten times what one takes.
"""

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from eqboard.accounts.access import FULL, SEE_AUDIT, Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen, packed, strokes, whole_strokes
from eqboard.boards.gallery import Gallery
from eqboard.boards.health import Health
from eqboard.boards.ready import ready_board
from eqboard.boards.spec import Spec
from eqboard.feed.follow import Floor
from eqboard.ops.bench.measure import seconds_of

BOARDS = 10
LANGUAGES = ("en", "es", "he")
ROLES = (FULL, FULL - {SEE_AUDIT})

ONE = "one board"
SAME = f"{BOARDS} boards that show the same agents"
OTHER = f"{BOARDS} of which some have other numbers and limits"
IN_LANGUAGES = f"one board in {len(LANGUAGES)} languages"
FOR_ROLES = f"one board for {len(ROLES)} roles that see the same"
JOINED = "whole board for who joins"


class Process:
    """It paints some boards, in a thread of its own as a web process does, and knows what their viewers see."""

    def __init__(self, audiences: Iterable[Audience]) -> None:
        self._gallery = Gallery()
        self._shown = {audience: Screen(audience) for audience in audiences}
        self._painter = ThreadPoolExecutor(max_workers=1)

    def tick(self, floor: Floor) -> None:
        """What changed, to a frame for each board."""
        self._painter.submit(self._tick, floor).result()

    def _tick(self, floor: Floor) -> None:
        for audience, shown in self._shown.items():
            screen = self._shown[audience] = self._gallery.paint(floor, Health(), audience, shown)
            packed(strokes(shown, screen))

    def join(self, floor: Floor) -> None:
        """The first board of a viewer: one that others look at already."""
        audience = next(iter(self._shown))
        self._painter.submit(lambda: whole_strokes(self._gallery.paint(floor, Health(), audience))).result()


class Overlapping:
    """Every way of having several boards, and one."""

    def __init__(self) -> None:
        one, same = audience_of(0), [audience_of(place) for place in range(BOARDS)]
        self._ways = {
            ONE: Process([one]),
            SAME: Process(same),
            OTHER: Process(_differing(each, place) for place, each in enumerate(same)),
            IN_LANGUAGES: Process(replace(one, language=each) for each in LANGUAGES),
            FOR_ROLES: Process(replace(one, rights=_rights(each)) for each in ROLES),
        }

    def go_round(self, floor: Floor) -> Mapping[str, float]:
        """What each way takes of the next floor, in seconds of processor time. No garbage is collected meanwhile: it
        would be that of all of them, at the cost of one.
        """
        gc.collect()
        gc.disable()
        try:
            took = {name: _seconds(partial(process.tick, floor)) for name, process in self._ways.items()}
            return took | {JOINED: _seconds(partial(self._ways[ONE].join, floor))}
        finally:
            gc.enable()


def _seconds(work: Callable[[], None]) -> float:
    return seconds_of(work, time.process_time)


def audience_of(place: int) -> Audience:
    """Boards with names of their own, every second with its parts the other way round."""
    board = ready_board("floor", "en")
    parts = board.spec.parts[:: -1 if place % 2 else 1]
    return Audience(
        "en", EVERYTHING, replace(board, ref=str(place), name=str(place), spec=replace(board.spec, parts=parts))
    )


def _differing(audience: Audience, place: int) -> Audience:
    """Every third has other numbers on its tiles, every fifth other limits."""
    spec = audience.board.spec
    figures = spec.totals[:2] if place % 3 == 1 else spec.figures
    limits = spec.limits[:2] if place % 5 == 2 else spec.limits
    thresholds = spec.thresholds[:2] if place % 5 == 4 else spec.thresholds
    changed: Spec = replace(spec, figures=figures, limits=limits, thresholds=thresholds)
    return replace(audience, board=replace(audience.board, spec=changed))


def _rights(actions: frozenset[str]) -> Rights:
    return Rights(frozenset({Grant(None, actions)}))
