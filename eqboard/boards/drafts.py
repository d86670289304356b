"""A board as somebody is about to save it: what they sent, what is wrong with it, and saving it without a loss."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext as _

from eqboard.accounts import displays
from eqboard.accounts.models import Team
from eqboard.boards.bounds import LONGEST_NAME
from eqboard.boards.choosing import may_change, teams_led
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.letters import UNSEEN, is_control
from eqboard.boards.models import SavedBoard
from eqboard.boards.reading import parse, read_spec, read_stored, write_spec
from eqboard.boards.spec import Spec

Read = TypeVar("Read")

EVERYBODY = ""  # in the place of a team


@dataclass(frozen=True, slots=True)
class Draft:
    """As it stands on the page, right or wrong. `version`: of the stored board when the page was opened."""

    name: str
    team: str  # its number, or EVERYBODY
    spec: Any  # JSON
    version: int = 0

    @property
    def spec_text(self) -> str:
        return json.dumps(self.spec, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Content:
    """A draft in which nothing is wrong."""

    name: str
    team: Team | None
    spec: Spec


def draft_of(board: SavedBoard) -> tuple[Draft, tuple[Fault, ...]]:
    """The stored board, and what of it this version cannot read and so leaves out."""
    spec, left_out = read_stored(board.spec)
    return Draft(board.name, str(board.team_id or EVERYBODY), write_spec(spec), board.version), left_out


def sent_draft(form: QueryDict) -> tuple[Draft, tuple[Fault, ...]]:
    """What a page sent, and why its JSON could not be read at all, if so."""
    name, team, version = form.get("name", ""), form.get("team", EVERYBODY), form.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    try:
        return Draft(name, team, parse(form.get("spec", "")), number), ()
    except FaultyError as error:
        return Draft(name, team, write_spec(Spec()), number), error.faults


def check(draft: Draft, user: User) -> Content:
    """Raises FaultyError with all that is wrong."""
    faults: list[Fault] = []
    name = _tried(faults, check_name, draft.name)
    team = _tried(faults, check_team, draft.team, user)
    spec = _tried(faults, read_spec, draft.spec)
    if name is None or spec is None or faults:
        raise FaultyError(*faults)
    return Content(name, team, spec)


def _tried(faults: list[Fault], read: Callable[..., Read], *sent: object) -> Read | None:
    """What was read; or None, with the faults added to the others."""
    try:
        return read(*sent)
    except FaultyError as error:
        faults += error.faults
        return None


def check_name(text: object) -> str:
    """1 to 60 characters, all of which can be seen. Raises FaultyError."""
    name = " ".join(text.split()) if isinstance(text, str) else ""
    if not name.strip(UNSEEN) or len(name) > LONGEST_NAME or any(is_control(letter) for letter in name):
        raise FaultyError(Fault(("name",), _("Give it a name of 1 to 60 characters that can be seen.")))
    return name


def check_team(number: str, user: User) -> Team | None:
    """One of the teams that the user leads; None for everybody, which is for administrators. Raises FaultyError."""
    if number == EVERYBODY and user.is_superuser:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    team = teams_led(user).filter(pk=int(number)).first() if is_number else None
    if team is None:
        raise FaultyError(Fault(("team",), _("Choose one of the teams that you lead.")))
    return team


def make(content: Content, user: User, now: datetime) -> SavedBoard:
    return SavedBoard.objects.create(
        name=content.name,
        team=content.team,
        spec=write_spec(content.spec),
        created_by=user,
        updated_by=user,
        updated_at=now,
    )


def save_over(board: SavedBoard, content: Content, version: int, user: User, now: datetime) -> bool:
    """Save it in the place of that version of the board. False, and nothing done, when somebody was faster."""
    saved = SavedBoard.objects.filter(pk=board.pk, version=version).update(
        name=content.name,
        team=content.team,
        spec=write_spec(content.spec),
        version=version + 1,
        updated_by=user,
        updated_at=now,
    )
    return saved == 1


def copied_name(name: str) -> str:
    """The name of a copy, cut where it would be too long."""
    whole = _("Copy of %(name)s") % {"name": name}
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 1]}…"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number behind it that makes it another than those; upper case is no other."""
    held = {each.casefold() for each in taken}
    numbered = (_numbered(name, number) for number in count(2))
    return name if name.casefold() not in held else next(each for each in numbered if each.casefold() not in held)


def _numbered(name: str, number: int) -> str:
    tail = f" ({number})"
    return name[: LONGEST_NAME - len(tail)] + tail


def team_for_copy(board: SavedBoard | None, user: User) -> Team | None:
    """Whose a board is at first: its own team's where they may change it, else one that they lead themselves.

    None, for everybody: of an administrator who leads none.
    """
    if board and may_change(user, board):
        return board.team
    return displays.teams_led(user.pk, is_administrator=False).first()
