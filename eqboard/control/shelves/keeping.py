"""Boards, and what screens show, as people change them: each change is stored and written down, both or neither.

A board may hang on a wall that whoever changes it does not see, and a screen looks with nobody signed in at it; so the
audit log tells who did what to them.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from eqboard.accounts.displays import approve
from eqboard.accounts.models import Display, Team
from eqboard.boards import drafts
from eqboard.boards.choosing import screens_of
from eqboard.boards.drafts import Content
from eqboard.boards.models import DisplayBoard, SavedBoard
from eqboard.boards.reading import read_stored
from eqboard.boards.spec import Spec
from eqboard.control.audit import Doer, Thing, write_down
from eqboard.control.audit.titles import (
    CHANGE_BOARD,
    CHOOSE_BOARD,
    DELETE_BOARD,
    MAKE_BOARD,
    PAIR_DISPLAY,
    REVOKE_DISPLAY,
)
from eqboard.control.models import Step


def make(content: Content, doer: Doer, now: datetime) -> SavedBoard:
    with transaction.atomic():
        board = drafts.make(content, doer.user, now)
        _note(doer, MAKE_BOARD, board, {"team": _name(board.team)})
    return board


def save_over(board: SavedBoard, content: Content, version: int, doer: Doer, now: datetime) -> bool:
    """As `drafts.save_over`: False, and nothing done, when somebody was faster."""
    before = Content(board.name, board.team, read_stored(board.spec)[0])
    with transaction.atomic():
        if not drafts.save_over(board, content, version, doer.user, now):
            return False
        details = {"version": version + 1, "team": _name(content.team), "changed": changed_fields(before, content)}
        _note(doer, CHANGE_BOARD, board, details)
    return True


def changed_fields(before: Content, after: Content) -> list[str]:
    """By name: "name", "team", and those of the spec."""
    around = [name for name in ("name", "team") if getattr(before, name) != getattr(after, name)]
    return around + [each.name for each in fields(Spec) if _of(before, each.name) != _of(after, each.name)]


def _of(content: Content, field: str) -> object:
    return getattr(content.spec, field)


def delete(board: SavedBoard, doer: Doer) -> None:
    """With it goes the choice of every screen that showed it."""
    with transaction.atomic():
        details = {"team": _name(board.team), "screens": [screen.name for screen in screens_of(board)]}
        _note(doer, DELETE_BOARD, board, details)
        board.delete()


def pair(code: str, name: str, team: Team, doer: Doer, now: datetime) -> Display:
    """`code`: what the screen shows, which is a secret until it is used. Raises UsedCodeError (accounts/displays)."""
    with transaction.atomic():
        display = approve(code, name, team, doer.user, now)
        _note_display(doer, PAIR_DISPLAY, display, {"team": display.team.name})
    return display


def revoke(display: Display, doer: Doer, now: datetime) -> None:
    """Of two who take it away at once, one does."""
    with transaction.atomic():
        if Display.objects.filter(pk=display.pk, revoked_at=None).update(revoked_at=now):
            _note_display(doer, REVOKE_DISPLAY, display, {"team": display.team.name})


def choose(display: Display, board: SavedBoard | None, doer: Doer) -> None:
    """What a screen shows from now on; None: the ready board for a wall. Of two at once the later choice holds."""
    with transaction.atomic():
        Display.objects.select_for_update().get(pk=display.pk)  # whoever comes meanwhile waits here
        row = DisplayBoard.objects.select_related("board").filter(display=display).first()
        old = row.board if row else None
        if old == board:
            return
        if board:
            DisplayBoard.objects.update_or_create(display=display, defaults={"board": board})
        else:
            DisplayBoard.objects.filter(display=display).delete()
        _note_display(doer, CHOOSE_BOARD, display, {"old": _named(old), "new": _named(board)})


def _note(doer: Doer, action: str, board: SavedBoard, details: dict[str, Any]) -> None:
    write_down(doer, action, Thing(f"board-{board.pk}", board.name), Step.DONE, details)


def _note_display(doer: Doer, action: str, display: Display, details: dict[str, Any]) -> None:
    write_down(doer, action, Thing(f"display-{display.pk}", display.name), Step.DONE, details)


def _name(team: Team | None) -> str | None:
    """None: everybody's."""
    return team.name if team else None


def _named(board: SavedBoard | None) -> dict[str, Any] | None:
    return {"board": board.pk, "name": board.name} if board else None
