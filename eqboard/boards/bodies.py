"""What may come in a request's body: a form, whole, in UTF-8, and not without end.

A form that lost a field would do more than was meant: no queue named is all queues.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import sync_and_async_middleware

UTF_8 = "utf-8"
URL_ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"

MOST_DIGITS = 18  # of a length: Python reads no number of thousands of them

Receive = Callable[[], Awaitable[dict[str, Any]]]


def too_large() -> HttpResponse:
    return HttpResponse(render_to_string("413.html"), status=413)


def no_form() -> HttpResponse:
    return HttpResponse(render_to_string("415.html"), status=415)


@sync_and_async_middleware
def only_whole_forms(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Refuse whatever else is posted, before anything of it is read as a form."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> Any:
            return _refusal(request) or await get_response(request)

        return answer_async
    return lambda request: _refusal(request) or get_response(request)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Raises BadRequest for what says to be written in another way than UTF-8, as no browser does: some of Python's
    encodings would fail in the midst of a page, as `idna` and `base64` do. And for a form that is cut off.
    """
    if (request.content_params or {}).get("charset", UTF_8).lower() != UTF_8:
        raise BadRequest("Not UTF-8")
    if request.method != "POST":
        return None
    if not _is_form(request):
        return no_form()
    if request.content_type == MULTIPART and not _is_whole(request):
        raise BadRequest("The form is cut off")
    return None


def _is_form(request: HttpRequest) -> bool:
    """Nothing at all is an empty one."""
    is_plain = request.headers.get("Content-Encoding", "identity").lower() == "identity"
    if not request.content_type:
        return is_plain and not request.body
    return is_plain and request.content_type in (URL_ENCODED, MULTIPART)


def _is_whole(request: HttpRequest) -> bool:
    """Whether the closing boundary has come (RFC 2046, 5.1.1). Browsers send nothing after it."""
    boundary = (request.content_params or {}).get("boundary", "")
    end = f"--{boundary}--".encode("ascii", "replace")
    return bool(boundary) and request.body.rstrip(b"\r\n\t ").endswith(end)


class Bounded:
    """A request's body as the server tells it. When more has come than may, it is as if the browser had gone."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._room_bytes = most_bytes
        self.is_too_large = False

    async def receive(self) -> dict[str, Any]:
        message = await self._receive()
        self._room_bytes -= len(message.get("body", b""))
        self.is_too_large = self._room_bytes < 0
        return {"type": "http.disconnect"} if self.is_too_large else message


def says_too_large(scope: dict[str, Any], most_bytes: int) -> bool:
    """Whether its head says so already; what it says in another way than with digits the server has refused."""
    lengths = (value for name, value in scope["headers"] if name == b"content-length")
    return any(len(each) > MOST_DIGITS or (each.isdigit() and int(each) > most_bytes) for each in lengths)
