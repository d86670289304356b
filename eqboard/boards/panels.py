"""What opens beside a board: the working of one of its numbers."""

from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from eqboard.accounts.asking import no_team
from eqboard.accounts.rights import arights_of
from eqboard.boards.audience import audience_for
from eqboard.boards.choosing import board_of
from eqboard.boards.day import day_of
from eqboard.boards.following import followers
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health
from eqboard.boards.language import language_of_reader
from eqboard.boards.staging import scene_of
from eqboard.boards.working import figure_of, opened, queue_of
from eqboard.config import get_config


@require_safe
@login_required
async def working(request: HttpRequest) -> HttpResponse:
    """`?board=…&queue=…&metric=…&window=…`, for the panel. 404 for what is not there, or not to be seen."""
    user = await request.auser()
    rights = await arights_of(user)
    if not rights.grants:
        return await sync_to_async(no_team)(request)
    asked = request.GET
    language = language_of_reader()
    board = await sync_to_async(board_of)(asked.get("board", ""), user, language)
    figure = figure_of(asked.get("metric", ""), asked.get("window", ""))
    if board is None or figure is None:
        raise Http404
    audience = audience_for(board, rights, language)
    floor = await followers.get().newest()
    scene = scene_of(floor, Health(), audience, day_of(floor), gallery.levels_of(audience))
    queue = queue_of(asked.get("queue", ""), scene.queues)
    if queue is None:
        raise Http404
    zone = ZoneInfo(board.spec.time_zone or get_config().time_zone)
    context = {"it": opened(scene, queue, figure), "zone": zone.key, "query": asked.urlencode()}
    with translation.override(audience.language), timezone.override(zone):
        return await sync_to_async(render)(request, "boards/working.html", context)
