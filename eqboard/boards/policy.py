"""What every answer says, whoever made it: what the browser may run, that nobody keeps it, what may be asked."""

from collections.abc import Callable
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_and_async_middleware

Answer = TypeVar("Answer", bound=HttpResponseBase)

POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# What Django's own middleware says too, of whatever reaches it; a refusal at the door does not.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NO_CONTENT, NOT_ALLOWED = 204, 405


@sync_and_async_middleware
def every_answer(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Finish every answer."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return finished(request, await get_response(request))

        return answer_async
    return lambda request: finished(request, get_response(request))


def finished(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Whoever asks for the options of an address is told those that a refusal of this verb names."""
    if request.method == "OPTIONS" and response.status_code == NOT_ALLOWED:
        response = HttpResponse(status=NO_CONTENT, headers={"Allow": f"{response.headers['Allow']}, OPTIONS"})
    return with_policy(response)


def with_policy(response: Answer) -> Answer:
    """`connect-src 'self'` covers the page's own websocket. Numbers and names belong in no cache, nor does a page that
    says no; only our own files, which WhiteNoise serves, are kept.
    """
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response
