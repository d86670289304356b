"""What became of an attempt, for the one who made it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eqboard.control.marks import mark, newest_entry, outcome_of, refuse
from eqboard.control.sight import signed_in


@require_safe
@signed_in
async def outcome(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """How far the attempt is; only for the one who made it."""
    entry = await newest_entry(attempt, (await request.auser()).pk)
    if entry is None:
        return await refuse(request, _("This action is not known here."), 404)
    return await mark(request, outcome_of(entry))
