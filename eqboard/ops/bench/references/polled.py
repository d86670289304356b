"""What a board that is polled would ask for, behind the product's own middleware and sign-in: HTML that is ready, and
the answer that nothing is new. All other addresses are the product's.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from eqboard.boards.views import board

ready: list[bytes] = []
"""The page, from the first time on that somebody asks."""


@require_safe
@login_required
async def cached(request: HttpRequest) -> HttpResponse:
    if not ready:
        ready.append((await board(request)).content)
    return HttpResponse(ready[0])


@require_safe
@login_required
async def unchanged(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [
    path("cached/", cached),
    path("unchanged/", unchanged),
    path("", include("eqboard.urls")),
]
