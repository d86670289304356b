"""The door for browsers: the control page with its files, signing in to it and out again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from eqboard.simulator.office.directory import read_key
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.requests import parse_fields, read_body
from eqboard.simulator.trainer.visitors import STAY_SECONDS, Visitors

OWN = Path(__file__).with_name("page")
BOARDS = Path(__file__).resolve().parents[3] / "static" / "eqboard"  # its colours, its letters: said once
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
SHARED_FILES = ("tokens.css", "theme.js", "favicon.svg")

Endpoint = Callable[[Request], Awaitable[Response]]


class Door:
    """Everything at it is open to whoever knocks, but for what the page shows: that comes from the levers."""

    def __init__(self, visitors: Visitors, clock: Callable[[], float]) -> None:
        """`clock` gives UNIX seconds."""
        self._visitors = visitors
        self._clock = clock

    def routes(self) -> Iterator[Route]:
        """Of the page and of what belongs to it."""
        yield Route("/", self._page, methods=["GET"])
        yield Route("/control/sign_in", self._sign_in, methods=["POST"])
        yield Route("/control/sign_out", self._sign_out, methods=["POST"])
        for name, path in _files():
            yield Route(f"/page/{name}", _serve(path), methods=["GET"])

    def admits(self, request: Request) -> bool:
        """Whether the request comes with the cookie of somebody who has signed in.

        Refusal 403 when it does and would change something, but was not made by our own page: a browser sends the
        cookie along for whoever makes it ask.
        """
        if not self._visitors.is_known(_token(request), self._clock()):
            return False
        if request.method not in ("GET", "HEAD"):
            _refuse_from_elsewhere(request)
        return True

    async def _page(self, request: Request) -> Response:
        name = "desk.html" if self.admits(request) else "sign_in.html"
        return Response((OWN / name).read_bytes(), media_type=MEDIA_TYPES[".html"])

    async def _sign_in(self, request: Request) -> Response:
        """password: EQ's key or the trainer's password. Answers null and the cookie."""
        _refuse_from_elsewhere(request)
        fields = parse_fields(await read_body(request), "body")
        token = self._visitors.sign_in(fields.get("password", ""), self._clock())
        response = _null()
        response.set_cookie(
            _cookie_name(request),
            token,
            max_age=int(STAY_SECONDS),
            secure=request.scope["scheme"] == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def _sign_out(self, request: Request) -> Response:
        _refuse_from_elsewhere(request)
        self._visitors.sign_out(_token(request))
        response = _null()
        response.delete_cookie(_cookie_name(request), httponly=True, samesite="strict")
        return response


def _files() -> Iterator[tuple[str, Path]]:
    """By the name after /page/. All there will ever be: nothing in a request names a file."""
    for path in sorted(OWN.iterdir()):
        if path.suffix in (".css", ".js"):
            yield path.name, path
    for name in SHARED_FILES:
        yield name, BOARDS / name
    for path in sorted((BOARDS / "fonts").glob("*.woff2")):
        yield f"fonts/{path.name}", path


def _serve(path: Path) -> Endpoint:
    """The file as it was at the start; a browser that has it already is told so."""
    content, media_type = path.read_bytes(), MEDIA_TYPES[path.suffix]
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}

    async def endpoint(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    return endpoint


def _refuse_from_elsewhere(request: Request) -> None:
    """Browsers say where a request was made, and no page can make them lie about it. Old ones say only the origin."""
    site = request.headers.get("sec-fetch-site")
    is_own = site == "same-origin" if site else _origin(request) == request.headers.get("host", "").lower()
    if not is_own:
        raise Refusal(
            None, "invalid", "Only the control page may ask this with a cookie: send EQ's key instead", status=403
        )


def _origin(request: Request) -> str | None:
    try:
        return urlsplit(request.headers.get("origin", "")).netloc.lower() or None
    except ValueError:
        return None


def _cookie_name(request: Request) -> str:
    """Cookies know no ports, and another simulator on this machine has visitors of its own."""
    port = request.headers.get("host", "").rpartition(":")[2]
    return f"eqboard-trainer-{read_key(port) or 0}"


def _token(request: Request) -> str:
    return request.cookies.get(_cookie_name(request), "")


def _null() -> Response:
    return Response(json.dumps(None), media_type="application/json")
