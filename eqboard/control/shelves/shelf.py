"""The boards there are: a list of them; copying, deleting, taking one away as a file and bringing one back."""

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from eqboard.accounts.asking import form_page, no_team, user_of
from eqboard.accounts.rights import rights_of
from eqboard.boards import choosing, drafts, files
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.language import language_of_reader
from eqboard.boards.reading import MOST_BYTES
from eqboard.boards.spec import Board, Spec
from eqboard.control.audit import doer_of
from eqboard.control.shelves import keeping

NOT_CHOSEN = Fault(("file",), _("Choose a file first."))


def maker_of(request: HttpRequest) -> User:
    """Raises PermissionDenied for who leads no team."""
    user = user_of(request)
    if not choosing.may_make(user):
        raise PermissionDenied
    return user


@require_safe
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


@form_page
@login_required
def copy(request: HttpRequest, ref: str) -> HttpResponse:
    """POST: a board of one's own, like that one; then its editor. GET: who comes from signing in presses once more."""
    if request.method != "POST":
        return redirect("boards")
    user = maker_of(request)
    board = _board(ref, user)
    team = drafts.team_for_copy(choosing.stored_board(ref, user), user)
    name = drafts.free_name(drafts.copied_name(board.name), _taken(user))
    content = drafts.Content(name, team, board.spec)
    return redirect("edit_board", keeping.make(content, doer_of(request), datetime.now(UTC)).pk)


@form_page
@login_required
def delete(request: HttpRequest, board_id: int) -> HttpResponse:
    """GET: ask whether this board is meant, and say which screens show it. POST: delete it."""
    user = user_of(request)
    board = choosing.stored_board(str(board_id), user)
    if board is None:
        raise Http404
    if not choosing.may_change(user, board):
        raise PermissionDenied
    if request.method != "POST":
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


@form_page
@login_required
def bring(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: a new board from a file; whatever is wrong with it is said, and nothing is stored."""
    user = maker_of(request)
    if request.method != "POST":
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
