"""The two kinds of pages: the desk and the wall. Both are rendered whole, and kept up by `live`."""

import logging
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import UpdateError
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from eqboard.accounts.access import SEE_AUDIT, done_to_several, may_ever, may_show
from eqboard.accounts.asking import no_team
from eqboard.accounts.displays import TOKEN_COOKIE, rights_of_display
from eqboard.accounts.rights import arights_of
from eqboard.accounts.views import pairing_page, remember_display
from eqboard.boards.audience import Audience, audience_for
from eqboard.boards.build import build_id
from eqboard.boards.choosing import board_of, board_of_display, boards_for
from eqboard.boards.language import language_of_reader
from eqboard.boards.ready import USUAL_BOARD, USUAL_WALL
from eqboard.boards.showing import show
from eqboard.boards.spec import Board, Surface
from eqboard.config import get_config

logger = logging.getLogger(__name__)

LAST_BOARD = "board"  # in the session: the ref of the board that was looked at last


@require_safe
@login_required
async def board(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """A board for the desk: the one asked for, else the one that was looked at last."""
    user = await request.auser()
    rights = await arights_of(user)
    language = language_of_reader()
    chosen = await _chosen(ref, user, language) if ref else await _last(request, user, language)
    if chosen.spec.surface is Surface.TV:
        return redirect("tv_board", chosen.ref)
    if ref and await request.session.aget(LAST_BOARD) != ref:  # to look again writes nothing
        await _remember(request, ref)
    return await _page(request, audience_for(chosen, rights, language))


async def _remember(request: HttpRequest, ref: str) -> None:
    """As the one looked at last. While nobody can write, a board can be looked at all the same."""
    await request.session.aset(LAST_BOARD, ref)
    try:
        await request.session.asave()
    except (DatabaseError, UpdateError) as error:  # a session says the latter of whatever went wrong
        logger.warning("It is not remembered which board was looked at last (%s)", type(error).__name__)
        request.session.modified = False


@require_safe
async def tv(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """A board for a wall: for whoever is signed in, for a paired screen, or a code to pair one."""
    try:
        return await _wall(request, ref)
    except DatabaseError as error:  # nobody stands before a wall to load its page again
        logger.warning("A wall must wait: the database does not answer (%s)", type(error).__name__)
        return await sync_to_async(render)(request, "boards/later.html", status=503)


async def _wall(request: HttpRequest, ref: str | None) -> HttpResponse:
    user = await request.auser()
    language = language_of_reader()
    if user.is_authenticated:
        rights = await arights_of(user)
        chosen = await _chosen(ref or USUAL_WALL, user, language)
        if chosen.spec.surface is not Surface.TV:
            return redirect("board", chosen.ref)
        return await _page(request, audience_for(chosen, rights, language))
    token = request.COOKIES.get(TOKEN_COOKIE)
    rights = await sync_to_async(rights_of_display)(token)
    if token is None or not rights.grants:
        return await sync_to_async(pairing_page)(request)
    language = get_config().language  # what the screen's browser speaks was chosen by nobody
    chosen = await sync_to_async(board_of_display)(token, language)
    response = await _page(request, audience_for(chosen, rights, language))
    remember_display(response, token)
    return response


async def _chosen(ref: str, user: User | AnonymousUser, language: str) -> Board:
    """Raises Http404 for a board that is not there, or not for this user."""
    chosen = await sync_to_async(board_of)(ref, user, language)
    if chosen is None:
        raise Http404
    return chosen


async def _last(request: HttpRequest, user: User | AnonymousUser, language: str) -> Board:
    """The board that was looked at last, if it is still there."""
    last = await request.session.aget(LAST_BOARD)
    chosen = await sync_to_async(board_of)(str(last), user, language) if last else None
    return chosen or await _chosen(USUAL_BOARD, user, language)


async def _page(request: HttpRequest, audience: Audience) -> HttpResponse:
    if not audience.rights.grants:
        return await sync_to_async(no_team)(request)
    board = audience.board
    shown = await show(audience)
    query = urlencode({"board": board.ref, "language": audience.language, "frame": audience.frame})
    context = {
        "board": board,
        "screen": shown.screen,
        "pulse": shown.pulse,
        "live_url": f"/live/{board.spec.surface}/?{query}",
        "build": build_id(),
        "may_pair_screens": any(may_show(grant.actions) for grant in audience.rights.grants),
        "together": done_to_several(audience.rights),
        "may_see_audit": may_ever(audience.rights, SEE_AUDIT),
        "boards": await sync_to_async(boards_for)(await request.auser(), audience.language),
    }
    page = "boards/board.html" if board.spec.surface is Surface.DESK else "boards/tv.html"
    with translation.override(audience.language), timezone.override(audience.zone):
        return await sync_to_async(render)(request, page, context)
