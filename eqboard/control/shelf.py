"""The boards there are: a list of them; copying, deleting, taking one away as a file and bringing one back."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eqboard.accounts.asking import no_team, user_of
from eqboard.accounts.models import Display
from eqboard.accounts.rights import rights_of
from eqboard.boards import choosing, drafts, files
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.language import language_of_reader
from eqboard.boards.models import SavedBoard
from eqboard.boards.reading import MOST_BYTES
from eqboard.boards.ready import NAMES, USUAL_WALL
from eqboard.boards.spec import Board, Spec
from eqboard.control import keeping
from eqboard.control.audit import doer_of

NOT_CHOSEN = Fault(("file",), _("Choose a file first."))


def maker_of(request: HttpRequest) -> User:
    """Raises PermissionDenied for who leads no team."""
    user = user_of(request)
    if not choosing.may_make(user):
        raise PermissionDenied
    return user


@require_safe
@never_cache
@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """Every board one may look at."""
    user = user_of(request)
    if not rights_of(user).grants:
        return no_team(request)
    listed = choosing.boards_for(user, language_of_reader())
    groups = [
        (_("Ready ones"), [each for each in listed if each.is_ready]),
        (_("Of your teams"), [each for each in listed if each.team]),
        (_("For everybody"), [each for each in listed if not each.team and not each.is_ready]),
    ]
    return render(request, "boards/list.html", {"groups": groups, "may_make": choosing.may_make(user)})


@require_http_methods(["GET", "POST"])
@login_required
def copy(request: HttpRequest, ref: str) -> HttpResponse:
    """POST: a board of one's own, like that one; then its editor. GET: who comes from signing in presses once more."""
    if request.method == "GET":
        return redirect("boards")
    user = maker_of(request)
    board = _board(ref, user)
    team = drafts.team_for_copy(choosing.stored_board(ref, user), user)
    name = drafts.free_name(drafts.copied_name(board.name), _taken(user))
    content = drafts.Content(name, team, board.spec)
    return redirect("edit_board", keeping.make(content, doer_of(request), datetime.now(UTC)).pk)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def delete(request: HttpRequest, board_id: int) -> HttpResponse:
    """GET: ask whether this board is meant, and say which screens show it. POST: delete it."""
    user = user_of(request)
    board = choosing.stored_board(str(board_id), user)
    if board is None:
        raise Http404
    if not choosing.may_change(user, board):
        raise PermissionDenied
    if request.method == "GET":
        return render(request, "boards/delete.html", {"board": board, "screens": choosing.screens_of(board)})
    keeping.delete(board, doer_of(request))
    return redirect("boards")


@require_safe
@login_required
def export(request: HttpRequest, ref: str) -> HttpResponse:
    """The board as a file."""
    board = _board(ref, user_of(request))
    headers = {"Content-Disposition": f'attachment; filename="{files.file_name(board.name)}"'}
    return HttpResponse(files.exported(board.name, board.spec), content_type="application/json", headers=headers)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def bring(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: a new board from a file; whatever is wrong with it is said, and nothing is stored."""
    user = maker_of(request)
    if request.method == "GET":
        return render(request, "boards/import.html")
    try:
        name, spec = _read_upload(request)
    except FaultyError as error:
        return render(request, "boards/import.html", {"faults": error.faults}, status=422)
    free = drafts.free_name(name, _taken(user))
    if free != name:
        said = _("There is a board “%(name)s” already, so this one is called “%(free)s”.")
        messages.info(request, said % {"name": name, "free": free})
    content = drafts.Content(free, drafts.team_for_copy(None, user), spec)
    return redirect("edit_board", keeping.make(content, doer_of(request), datetime.now(UTC)).pk)


def _taken(user: User) -> set[str]:
    """The names of the boards among which this user would look for another."""
    return {each.name for each in choosing.boards_for(user, language_of_reader())}


def _read_upload(request: HttpRequest) -> tuple[str, Spec]:
    upload = request.FILES.get("file")
    if upload is None:
        raise FaultyError(NOT_CHOSEN)
    return files.imported(upload.read(MOST_BYTES + 1))


def _board(ref: str, user: User) -> Board:
    """Raises Http404 for a board that is not there, or that the user may not look at."""
    board = choosing.board_of(ref, user, language_of_reader())
    if board is None or not rights_of(user).grants:
        raise Http404
    return board


class DisplayBoardForm(forms.Form):
    """Which wall board a screen shows: one that its team may look at, or the ready one."""

    def __init__(
        self, display: Display, data: Mapping[str, object] | None = None, chosen: SavedBoard | None = None
    ) -> None:
        super().__init__(data, initial={"board": chosen and chosen.pk})
        self.fields["board"] = forms.ModelChoiceField(
            label=_("Board"),
            queryset=choosing.walls_for(display),
            required=False,
            blank=True,  # or else there would be no choice of none, which is the ready one
            widget=forms.RadioSelect,
            empty_label=str(NAMES[USUAL_WALL]),
        )


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def display_board(request: HttpRequest, display_id: int) -> HttpResponse:
    """Which board a paired screen shows; for those who may pair screens of its team."""
    teams = choosing.teams_led(user_of(request))
    display = get_object_or_404(Display, pk=display_id, team__in=teams, revoked_at=None)
    sent = request.POST if request.method == "POST" else None
    form = DisplayBoardForm(display, sent, choosing.choice_of(display))
    if not form.is_valid():
        context = {"screen": display, "form": form}
        return render(request, "boards/display.html", context, status=422 if form.errors else 200)
    keeping.choose(display, form.cleaned_data["board"], doer_of(request))
    return redirect("displays")
