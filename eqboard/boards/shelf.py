"""The boards there are: a list of them; copying, deleting, taking one away as a file and bringing one back."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eqboard.accounts.models import Display
from eqboard.accounts.rights import rights_of
from eqboard.boards import choosing, drafts, files
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.models import Board as StoredBoard
from eqboard.boards.models import DisplayBoard
from eqboard.boards.reading import MOST_BYTES
from eqboard.boards.ready import NAMES, USUAL_WALL
from eqboard.boards.spec import Board, Surface

NOT_CHOSEN = Fault(("file",), _("Choose a file first."))  # type: ignore[arg-type]


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _maker(request: HttpRequest) -> User:
    """Raises PermissionDenied for who leads no team."""
    user = _user(request)
    if not choosing.may_make(user):
        raise PermissionDenied
    return user


@require_safe
@never_cache
@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """Every board one may look at."""
    user = _user(request)
    if not rights_of(user).grants:
        return render(request, "accounts/no_team.html", status=403)
    listed = choosing.boards_for(user, translation.get_language() or "en")
    groups = [
        (_("Ready ones"), [each for each in listed if each.is_ready]),
        (_("Of your teams"), [each for each in listed if each.team]),
        (_("For everybody"), [each for each in listed if not each.team and not each.is_ready]),
    ]
    return render(request, "boards/list.html", {"groups": groups, "may_make": choosing.may_make(user)})


@require_POST
@login_required
def copy(request: HttpRequest, ref: str) -> HttpResponse:
    """A board of one's own, like that one; then its editor."""
    user = _maker(request)
    board = _board(ref, user)
    team = drafts.team_for_copy(choosing.stored_board(ref, user), user)
    content = drafts.Content(drafts.copied_name(board.name), team, board.spec)
    return redirect("edit_board", drafts.make(content, user, datetime.now(UTC)).pk)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def delete(request: HttpRequest, board_id: int) -> HttpResponse:
    """GET: ask whether this board is meant, and say which screens show it. POST: delete it."""
    user = _user(request)
    board = choosing.stored_board(str(board_id), user)
    if board is None:
        raise Http404
    if not choosing.may_change(user, board):
        raise PermissionDenied
    if request.method == "GET":
        screens = Display.objects.filter(displayboard__board=board, revoked_at=None)
        return render(request, "boards/delete.html", {"board": board, "screens": screens})
    board.delete()
    return redirect("boards")


@require_safe
@login_required
def export(request: HttpRequest, ref: str) -> HttpResponse:
    """The board as a file."""
    board = _board(ref, _user(request))
    headers = {"Content-Disposition": f'attachment; filename="{files.file_name(board.name)}"'}
    return HttpResponse(files.exported(board.name, board.spec), content_type="application/json", headers=headers)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def bring(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: a new board from a file; whatever is wrong with it is said, and nothing is stored."""
    user = _maker(request)
    if request.method == "GET":
        return render(request, "boards/import.html")
    try:
        name, spec = _read_upload(request)
    except FaultyError as error:
        return render(request, "boards/import.html", {"faults": error.faults}, status=422)
    content = drafts.Content(name, drafts.team_for_copy(None, user), spec)
    return redirect("edit_board", drafts.make(content, user, datetime.now(UTC)).pk)


def _read_upload(request: HttpRequest) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        raise FaultyError(NOT_CHOSEN)
    return files.imported(upload.read(MOST_BYTES + 1))


def _board(ref: str, user: User) -> Board:
    """Raises Http404 for a board that is not there, or that the user may not look at."""
    board = choosing.board_of(ref, user, translation.get_language() or "en")
    if board is None or not rights_of(user).grants:
        raise Http404
    return board


class DisplayBoardForm(forms.Form):
    board = forms.ModelChoiceField(
        label=_("Board"), queryset=StoredBoard.objects.none(), required=False, widget=forms.RadioSelect
    )

    def __init__(self, display: Display, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        seen = StoredBoard.objects.filter(team=None) | StoredBoard.objects.filter(team=display.team)
        walls = seen.filter(spec__surface=Surface.TV.value)
        field: Any = self.fields["board"]
        field.queryset = walls
        field.empty_label = str(NAMES[USUAL_WALL])


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def display_board(request: HttpRequest, display_id: int) -> HttpResponse:
    """Which board a paired screen shows; for those who may pair screens of its team."""
    teams = choosing.teams_led(_user(request))
    display = get_object_or_404(Display, pk=display_id, team__in=teams, revoked_at=None)
    chosen = choosing.choice_of(display)
    form = DisplayBoardForm(
        display, request.POST if request.method == "POST" else None, initial={"board": chosen and chosen.pk}
    )
    if request.method == "GET" or not form.is_valid():
        return render(
            request, "boards/display.html", {"screen": display, "form": form}, status=422 if form.errors else 200
        )
    board = form.cleaned_data["board"]
    DisplayBoard.objects.filter(display=display).delete()
    if board:
        DisplayBoard.objects.create(display=display, board=board)
    return redirect("displays")
