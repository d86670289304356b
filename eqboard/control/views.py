"""What became of an attempt, for the one who made it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eqboard.control.marks import newest_entry, outcome_of, refuse, tell
from eqboard.control.sight import signed_in


@require_safe
@signed_in
async def outcome(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """How far the attempt is; only for the one who made it. 204 while that is what the page says: `seen`."""
    entry = await newest_entry(attempt, (await request.auser()).pk)
    if entry is None:
        return await refuse(request, _("This action is not known here."), 404)
    newest = outcome_of(entry)
    if newest.asks_every and newest.state == request.GET.get("seen"):
        return HttpResponse(status=204)
    return await tell(request, entry)
