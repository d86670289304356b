"""Which boards somebody may look at, and which they may change.

A board is a way of looking, never a right: what is on it is cut by the rights of whoever looks (floor/visible.py).
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from eqboard.accounts import displays
from eqboard.accounts.displays import display_of
from eqboard.accounts.models import Display, Membership, Team
from eqboard.boards.models import SavedBoard, stored_targets
from eqboard.boards.reading import read_stored
from eqboard.boards.ready import SPECS, USUAL_WALL, ready_board
from eqboard.boards.spec import Board, Surface

LARGEST_NUMBER = 2**63 - 1  # a database asked for more would fail instead of finding nothing

Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Listed:
    """A board as lists name it."""

    ref: str
    name: str
    surface: Surface
    team: str | None = None  # None: everybody's
    is_ready: bool = False
    may_change: bool = False
    updated_at: datetime | None = None
    updated_by: str | None = None


def board_of(ref: str, user: Person, language: str) -> Board | None:
    """A ready board, or a stored one that the user may look at; None when there is none."""
    if ref in SPECS:
        return ready_board(ref, language, stored_targets())
    stored = stored_board(ref, user)
    return shown_board(stored) if stored else None


def board_of_display(token: str | None, language: str) -> Board:
    """The wall board that was chosen for a paired screen, while it is one that its team may look at."""
    display = display_of(token)
    stored = choice_of(display) if display else None
    board = shown_board(stored) if stored else None
    if board and board.spec.surface is Surface.TV:
        return board
    return ready_board(USUAL_WALL, language, stored_targets())


def choice_of(display: Display) -> SavedBoard | None:
    """The board that was chosen for a screen; not one that was given to another team since."""
    return _shown_to(display).filter(displayboard__display=display).first()


def walls_for(display: Display) -> QuerySet[SavedBoard]:
    """The boards that can be chosen for a screen."""
    return _shown_to(display).filter(spec__surface=Surface.TV.value)


def _shown_to(display: Display) -> QuerySet[SavedBoard]:
    return SavedBoard.objects.filter(Q(team=None) | Q(team_id=display.team_id))


def screens_of(board: SavedBoard) -> QuerySet[Display]:
    """The paired screens for which it was chosen."""
    return Display.objects.filter(displayboard__board=board, revoked_at=None)


def boards_for(user: Person, language: str) -> list[Listed]:
    """Every board that the user may look at: the ready ones, then theirs by name."""
    if isinstance(user, AnonymousUser):
        return []
    led = {team.pk for team in teams_led(user)}
    stored = seen_boards(user).select_related("team", "updated_by")
    return [*ready_ones(language), *(_listed(board, may_change(user, board, led)) for board in stored)]


def ready_ones(language: str) -> list[Listed]:
    boards = [ready_board(ref, language) for ref in SPECS]
    return [Listed(board.ref, board.name, board.spec.surface, is_ready=True) for board in boards]


def _listed(board: SavedBoard, changeable: bool) -> Listed:
    return Listed(
        ref=str(board.pk),
        name=board.name,
        surface=read_stored(board.spec)[0].surface,
        team=board.team.name if board.team else None,
        may_change=changeable,
        updated_at=board.updated_at,
        updated_by=board.updated_by.get_username() if board.updated_by else None,
    )


def stored_board(ref: str, user: Person) -> SavedBoard | None:
    """A stored board by its number, if the user may look at it."""
    if isinstance(user, AnonymousUser) or not (ref.isascii() and ref.isdigit()) or len(ref) > len(str(LARGEST_NUMBER)):
        return None
    number = int(ref)
    return seen_boards(user).filter(pk=number).first() if number <= LARGEST_NUMBER else None


def shown_board(stored: SavedBoard) -> Board:
    spec, _left_out = read_stored(stored.spec)
    return Board(str(stored.pk), stored.name, spec, stored_targets())


def seen_boards(user: User) -> QuerySet[SavedBoard]:
    """Of their teams, and everybody's for whoever is in any team. An administrator sees all."""
    if user.is_superuser:
        return SavedBoard.objects.all()
    teams = Membership.objects.filter(user_id=user.pk).values("team_id")
    if not teams.exists():
        return SavedBoard.objects.none()
    return SavedBoard.objects.filter(Q(team=None) | Q(team_id__in=teams))


def teams_led(user: User) -> QuerySet[Team]:
    return displays.teams_led(user.pk, is_administrator=user.is_superuser)


def teams_to_show(user: User) -> QuerySet[Team]:
    return displays.teams_to_show(user.pk, is_administrator=user.is_superuser)


def may_make(user: User) -> bool:
    """Whether there is anybody for whom the user can make a board."""
    return user.is_superuser or teams_led(user).exists()


def may_change(user: User, board: SavedBoard, led: set[int] | None = None) -> bool:
    """A team's board: its leads. Everybody's: administrators. `led`: the teams they lead, where known already."""
    if user.is_superuser:
        return True
    if led is None:
        led = {team.pk for team in teams_led(user)}
    return board.team_id in led
