"""The two pages: the desk and the wall. Both are rendered whole, and kept up by `live`."""

import logging
from datetime import UTC, datetime
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eqboard.accounts.access import Rights
from eqboard.accounts.displays import TOKEN_COOKIE, rights_of_display
from eqboard.accounts.rights import arights_of
from eqboard.accounts.views import pairing_page, remember_display
from eqboard.boards.audience import Audience, Surface
from eqboard.boards.build import build_id
from eqboard.boards.following import followers
from eqboard.boards.fragments import Screen, whole
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health, health_of
from eqboard.boards.pulse import pulse
from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Snapshot, Trouble

logger = logging.getLogger(__name__)


@require_safe
@never_cache
@login_required
async def board(request: HttpRequest) -> HttpResponse:
    """The supervisor's board."""
    return await _page(request, Surface.DESK, await arights_of(await request.auser()))


@require_safe
@never_cache
async def tv(request: HttpRequest) -> HttpResponse:
    """The same for a wall: for whoever is signed in, for a paired screen, or a code to pair one."""
    try:
        return await _wall(request)
    except DatabaseError as error:  # nobody stands before a wall to load its page again
        logger.warning("A wall must wait: the database does not answer (%s)", type(error).__name__)
        return await sync_to_async(render)(request, "boards/later.html", status=503)


async def _wall(request: HttpRequest) -> HttpResponse:
    user = await request.auser()
    if user.is_authenticated:
        return await _page(request, Surface.TV, await arights_of(user))
    token = request.COOKIES.get(TOKEN_COOKIE)
    rights = await sync_to_async(rights_of_display)(token, datetime.now(UTC))
    if token is None or not rights.grants:
        return await sync_to_async(pairing_page)(request)
    response = await _page(request, Surface.TV, rights)
    remember_display(response, token)
    return response


async def _page(request: HttpRequest, surface: Surface, rights: Rights) -> HttpResponse:
    if not rights.grants:
        return await sync_to_async(render)(request, "accounts/no_team.html", status=403)
    config = get_config()
    follower = followers.get()
    floor = await follower.newest()
    now = datetime.now(UTC)
    health = health_of(
        floor,
        now,
        poll_seconds=config.poll_seconds,
        stale_rounds=config.stale_rounds,
        patience_seconds=config.eq_timeout_seconds,
        since=follower.since,
    )
    language = translation.get_language() or config.language
    context = {
        "screen": whole(_paint(floor, health, Audience(surface, language, rights))),
        "pulse": pulse(floor.held, floor.theirs(now), config.stale_rounds, build_id()),
        "live_url": f"/live/{surface}/?{urlencode({'language': language})}",
        "build": build_id(),
        "may_pair_screens": any(grant.actions for grant in rights.grants),
        "wait_warning": config.wait_warning_seconds,
        "wait_critical": config.wait_critical_seconds,
    }
    page = "boards/board.html" if surface is Surface.DESK else "boards/tv.html"
    return await sync_to_async(render)(request, page, context)


def _paint(floor: Floor, health: Health, audience: Audience) -> Screen:
    """A floor that cannot be rendered must not cost the page: its socket brings the next one."""
    try:
        return gallery.paint(floor.snapshot, health, audience)
    except Exception:
        logger.exception("A floor cannot be rendered; the page begins empty")
        return gallery.paint(Snapshot(), Health(trouble=Trouble.BROKEN), audience)
