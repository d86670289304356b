"""What opens beside a board: the working of one of its numbers."""

from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eqboard.accounts.rights import arights_of
from eqboard.boards.audience import Audience
from eqboard.boards.choosing import board_of
from eqboard.boards.following import followers
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health
from eqboard.boards.scene import scene_of
from eqboard.boards.working import figure_of, opened, queue_of
from eqboard.config import get_config


@require_safe
@never_cache
@login_required
async def working(request: HttpRequest) -> HttpResponse:
    """`?board=…&queue=…&metric=…&window=…`, for the panel. 404 for what is not there, or not to be seen."""
    user = await request.auser()
    rights = await arights_of(user)
    if not rights.grants:
        return await sync_to_async(render)(request, "accounts/no_team.html", status=403)
    asked = request.GET
    language = translation.get_language() or get_config().language
    board = await sync_to_async(board_of)(asked.get("board", ""), user, language)
    figure = figure_of(asked.get("metric", ""), asked.get("window", ""))
    if board is None or figure is None:
        raise Http404
    audience = Audience(board.spec.language or language, rights, board)
    scene = scene_of(await followers.get().newest(), Health(), audience, gallery.levels_of(audience))
    queue = queue_of(asked.get("queue", ""), scene.queues)
    if queue is None:
        raise Http404
    zone = ZoneInfo(board.spec.time_zone or get_config().time_zone)
    context = {"it": opened(scene, queue, figure), "zone": zone.key, "query": asked.urlencode()}
    with translation.override(audience.language), timezone.override(zone):
        return await sync_to_async(render)(request, "boards/working.html", context)
