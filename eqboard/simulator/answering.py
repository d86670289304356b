"""What goes out: answers as JSON or as faults leave them, and refusals. Works on whole values, knows no world."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.utils import formatdate

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind, clock_shift_seconds
from eqboard.simulator.refusals import Refusal

HTML_PAGE = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"
HANG_UP = "eqboard.hang_up"
"""The extension of ASGI by which our server offers to end a connection, and the type of the message that asks for it:
what was sent before still goes out, and where nothing was, the connection is reset.
"""


def respond(value: object, struck: Iterable[Fault], now: float, status: int = 200) -> Response:
    """An answer as of `now` (UNIX seconds), the way the faults leave it."""
    struck = tuple(struck)
    headers = {"Date": formatdate(now + clock_shift_seconds(struck), usegmt=True)}
    kinds = {fault.kind for fault in struck}
    if FaultKind.HTML in kinds:
        return Response(HTML_PAGE, headers=headers, media_type="text/html")
    text = json.dumps(value, ensure_ascii=False)
    if FaultKind.TRUNCATED in kinds:
        text = text[: len(text) // 2]
    kind = BrokenOff if FaultKind.BROKEN_OFF in kinds else Response
    # A caller's name may hold bytes that are no UTF-8, and they pass through (contract §4).
    return kind(text.encode("utf-8", "surrogateescape"), status, headers, "application/json")


class BrokenOff(Response):
    """Promises all of its body, and ends the connection after half of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _hang_up(scope, send)


class Dropped(Response):
    """No answer at all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _hang_up(scope, send)


async def _hang_up(scope: Scope, send: Send) -> None:
    if HANG_UP not in scope.get("extensions", {}):
        raise ConnectionDropped
    await send({"type": HANG_UP})


async def answer_refusal(request: Request, refusal: Exception) -> Response:
    """The error array of contract §1."""
    if not isinstance(refusal, Refusal):
        raise refusal
    return _json(refusal.as_json(), refusal.status)


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Unknown paths and wrong methods, in the same shape as every other refusal. 405 is HTTP's; the text has none."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = "nonexistent" if status == 404 else "invalid"
    description = "There is no such path" if status == 404 else "The method is not supported here"
    response = _json(Refusal(None, kind, description).as_json(), status)
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return response


async def answer_bug(request: Request, error: Exception) -> Response:
    """What should not happen, told in the shape of every refusal; the server in front logs what it was."""
    return _json(Refusal(None, "invalid", "Server error", status=500).as_json(), 500)


def _methods_at(request: Request) -> set[str]:
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in routes for method in route.methods}


def _json(value: object, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, media_type="application/json")
