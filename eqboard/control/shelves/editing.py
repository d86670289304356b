"""The editor: a page that holds a draft, saves it without losing anybody's work, and shows how it would look."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_POST

from eqboard.accounts.access import seen_queues
from eqboard.accounts.asking import form_page
from eqboard.accounts.rights import arights_of
from eqboard.boards import choosing, drafts
from eqboard.boards.audience import audience_for
from eqboard.boards.drafts import Draft
from eqboard.boards.easel import CrowdedError
from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.following import followers
from eqboard.boards.language import language_of_reader
from eqboard.boards.mishaps import DATABASE_IS_AWAY
from eqboard.boards.models import SavedBoard, stored_targets
from eqboard.boards.offer import offer
from eqboard.boards.reading import read_spec, write_spec
from eqboard.boards.ready import USUAL_BOARD, ready_spec
from eqboard.boards.showing import show_draft
from eqboard.boards.spec import Board, Spec, Surface
from eqboard.control.audit import doer_of
from eqboard.control.shelves import keeping
from eqboard.control.shelves.shelf import maker_of
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.visible import visible

PREVIEW = "preview"  # the ref of a board that is stored nowhere
PAGES = {Surface.DESK: "boards/editor/preview_desk.html", Surface.TV: "boards/editor/preview_wall.html"}
CONFLICT, FAULTY, CROWDED, BUSY = 409, 422, 429, 503
COME_BACK_SECONDS = 2  # as often as a page asks by itself (EVERY_MS in preview.js)


@dataclass(frozen=True, slots=True)
class Desk:
    """The editor as somebody has it before them: who, the floor as they see it, and what is being edited."""

    request: HttpRequest
    user: User
    view: Snapshot
    board: SavedBoard | None = None  # None: it is not stored yet

    def page(
        self,
        draft: Draft,
        faults: tuple[Fault, ...] = (),
        *,
        left_out: tuple[Fault, ...] = (),
        newer: SavedBoard | None = None,
        is_gone: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        """`newer`: what somebody else saved meanwhile. `is_gone`: somebody deleted it meanwhile. With the status BUSY:
        the database could not be written, and will have another try.
        """
        context = {
            "board": self.board,
            "draft": draft,
            "faults": faults,
            "left_out": left_out,
            "newer": newer,
            "is_gone": is_gone,
            "is_busy": status == BUSY,
            "offer": offer(self.user, self.view),
        }
        return render(self.request, "boards/editor/editor.html", context, status=status)


@form_page
@login_required
async def new(request: HttpRequest) -> HttpResponse:
    """A board that is not there yet: it begins as a copy of the usual one."""
    return await sync_to_async(_new)(await _sit_down(request))


def _new(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        team = drafts.team_for_copy(None, desk.user)
        spec = write_spec(ready_spec(USUAL_BOARD))
        return desk.page(Draft("", str(team.pk) if team else drafts.EVERYBODY, spec))
    return _save(desk)


@form_page
@login_required
async def edit(request: HttpRequest, board_id: int) -> HttpResponse:
    """A stored board, for those who may change it."""
    return await sync_to_async(_edit)(await _sit_down(request), str(board_id))


def _edit(desk: Desk, ref: str) -> HttpResponse:
    board = choosing.stored_board(ref, desk.user)
    if board is None and desk.request.method != "POST":
        raise Http404
    if board is None:  # what was written on the page meanwhile must not be lost
        draft, faults = drafts.sent_draft(desk.request.POST)
        return desk.page(draft, faults, is_gone=True, status=CONFLICT)
    if not choosing.may_change(desk.user, board):
        raise PermissionDenied
    desk = Desk(desk.request, desk.user, desk.view, board)
    if desk.request.method != "POST":
        draft, left_out = drafts.draft_of(board)
        return desk.page(draft, left_out=left_out)
    return _save(desk)


def _save(desk: Desk) -> HttpResponse:
    draft, faults = drafts.sent_draft(desk.request.POST)
    try:
        content = _checked(draft, faults, desk.user)
    except FaultyError as error:
        return desk.page(draft, error.faults, status=FAULTY)
    try:
        return _store(desk, draft, content)
    except DATABASE_IS_AWAY:  # what was written must not be lost: the page is made by reading, which a lock lets go on
        page = desk.page(draft, status=BUSY)
        page.headers["Retry-After"] = str(COME_BACK_SECONDS)
        return page


def _store(desk: Desk, draft: Draft, content: drafts.Content) -> HttpResponse:
    now = datetime.now(UTC)
    doer = doer_of(desk.request)
    if desk.board is None or "as_new" in desk.request.POST:
        return _go_to(keeping.make(content, doer, now), content.spec)
    if keeping.save_over(desk.board, content, draft.version, doer, now):
        return _go_to(desk.board, content.spec)
    newer = SavedBoard.objects.select_related("updated_by").filter(pk=desk.board.pk).first()
    return desk.page(draft, newer=newer, is_gone=newer is None, status=CONFLICT)


def _checked(draft: Draft, faults: tuple[Fault, ...], user: User) -> drafts.Content:
    if faults:
        raise FaultyError(*faults)
    return drafts.check(draft, user)


def _go_to(board: SavedBoard, spec: Spec) -> HttpResponse:
    """A wall has no way back from it, so whoever saved one stays at the desk."""
    return redirect("boards") if spec.surface is Surface.TV else redirect("board", str(board.pk))


async def _sit_down(request: HttpRequest) -> Desk:
    """Raises PermissionDenied for who may make no board, and so has nothing to edit."""
    user = await sync_to_async(maker_of)(request)
    floor = await followers.get().newest()
    rights = await arights_of(user)
    return Desk(request, user, visible(floor.snapshot, seen_queues(rights)))


@require_POST
@login_required
async def preview(request: HttpRequest) -> HttpResponse:
    """The draft as a page of its own, on the floor as it is; or what is wrong with it, to be shown beside it."""
    user = await sync_to_async(maker_of)(request)
    draft, faults = drafts.sent_draft(request.POST)
    try:
        if faults:
            raise FaultyError(*faults)
        spec = read_spec(draft.spec)
    except FaultyError as error:
        return JsonResponse({"faults": [str(fault.sentence) for fault in error.faults]})
    language = spec.language or language_of_reader()
    board = Board(PREVIEW, "", spec, await sync_to_async(stored_targets)())  # no name: it changes letter by letter
    try:
        shown = await show_draft(user.pk, audience_for(board, await arights_of(user), language))
    except CrowdedError:
        return HttpResponse(status=CROWDED, headers={"Retry-After": str(COME_BACK_SECONDS)})
    with translation.override(language):
        context = {"board": replace(board, name=draft.name), "screen": shown.screen, "pulse": shown.pulse}
        return await sync_to_async(render)(request, PAGES[spec.surface], context)
