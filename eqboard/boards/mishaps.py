"""What is answered where no page could be made: what came cannot be read, the database does not do it, or a bug."""

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

from eqboard.boards.bodies import Bounded, says_too_large, too_large
from eqboard.boards.policy import with_policy

COME_BACK_SECONDS = 5
DATABASE_IS_AWAY = (OperationalError, InterfaceError)  # locked, or not there
Page = Callable[[HttpRequest, Exception], HttpResponse]


def tidied_up(page: Page) -> Page:
    """Django makes a refusal's page in any thread of the process that is free (`response_for_exception`). The request's
    end closes nothing there: the page's connection to the database would stay open, and fail for good once broken.
    """

    @wraps(page)
    def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
        try:
            return page(request, exception)
        finally:
            if not connection.in_atomic_block:  # a transaction is ended by whoever began it
                close_old_connections()

    return answer


not_allowed = tidied_up(defaults.permission_denied)  # Django's `handler403`
not_found = tidied_up(defaults.page_not_found)  # … and `handler404`


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`. Its own asks for the request's token, and so reads once more what cannot be read."""
    if isinstance(exception, RequestDataTooBig):
        return too_large()
    return busy() if is_of_database(exception) else not_read()


def fault(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`, called while the error is handled."""
    return busy() if is_of_database(sys.exception()) else HttpResponse(render_to_string("500.html"), status=500)


def not_read() -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


def busy() -> HttpResponse:
    """Each change of ours is one transaction: one that failed has left nothing behind."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(COME_BACK_SECONDS)})


def is_of_database(error: BaseException | None) -> bool:
    """Whether it began with a database that is locked or away: sessions hide that behind an error of their own."""
    return any(isinstance(each, DATABASE_IS_AWAY) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


class Door(ASGIHandler):
    """Django's, which fails without an answer where it can make no request of what came: a query is read at once when
    the request is said to be written in some encoding. And it reads as much as comes.
    """

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        most_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body, is_announced = Bounded(receive, most_bytes), says_too_large(scope, most_bytes)
        if not is_announced:
            await super().handle(scope, body.receive, send)
        if is_announced or body.is_too_large:
            await self.send_response(with_policy(too_large()), send)

    def create_request(self, scope: Any, body_file: Any) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        try:
            request, _bare_page = super().create_request(scope, body_file)
        except (SuspiciousOperation, ValueError, LookupError):  # ill-formed parameters of the content type, too
            request = None
        return (request, None) if request else (None, with_policy(not_read()))
