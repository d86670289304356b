"""Screens for tests: of a floor at noon, for an audience of one of the ready boards."""

import dataclasses
from datetime import datetime
from typing import Any

from eqboard.accounts.access import Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import fragments
from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen
from eqboard.boards.gallery import Gallery
from eqboard.boards.health import Health
from eqboard.boards.ready import ready_board
from eqboard.boards.spec import Surface
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Snapshot
from tests.builders import NOON

MIDNIGHT = NOON.replace(hour=0)  # when "today" began

READY = {Surface.DESK: "floor", Surface.TV: "tv"}


def audience(
    surface: Surface = Surface.DESK,
    language: str = "en",
    rights: Rights = EVERYTHING,
    ref: str | None = None,
    **chosen: Any,
) -> Audience:
    """Of a ready board; `chosen` replaces parts of its spec."""
    board = ready_board(ref or READY[surface], language)
    return Audience(language, rights, dataclasses.replace(board, spec=dataclasses.replace(board.spec, **chosen)))


def floor_of(snapshot: Snapshot, sent_at: datetime = NOON, **known: Any) -> Floor:
    """As a web process holds it; `known` may bring a history."""
    return Floor(Stored("epoch", 1, sent_at, snapshot), is_connected=True, **known)


def paint(snapshot: Snapshot, health: Health, audience: Audience, previous: Screen | None = None) -> Screen:
    return fragments.paint(floor_of(snapshot), health, audience, MIDNIGHT, previous)


def paint_in(gallery: Gallery, snapshot: Snapshot, *rest: Any) -> Screen:
    return gallery.paint(floor_of(snapshot), *rest)
