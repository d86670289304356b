from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from eqboard.config import get_config
from eqboard.ops.health import check, report


@require_safe
async def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part is well, 503 when one is not; the body names them. No answer at all: not alive."""
    parts = await check(get_config())
    return JsonResponse(report(parts), status=200 if all(part.ok for part in parts.values()) else 503)
