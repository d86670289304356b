"""The door for browsers: the control page with its files, signing in to it and out again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

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
SHARED_FILES = ("tokens.css", "states.css", "theme.js", "favicon.svg")

Endpoint = Callable[[Request], Awaitable[Response]]


class Door:
    """Everything at it is open to whoever knocks, but for what the page shows: that comes from the levers."""

    def __init__(self, visitors: Visitors, clock: Callable[[], float], host: str) -> None:
        """`clock` gives UNIX seconds; `host` is a name of this server, "" if it was told none."""
        self._visitors = visitors
        self._clock = clock
        self._names = {"localhost", host.lower()} - {""}

    def routes(self) -> Iterator[Route]:
        """Of the page and of what belongs to it."""
        yield Route("/", self._page, methods=["GET"])
        yield Route("/favicon.ico", _serve(BOARDS / "favicon.svg"), methods=["GET"])  # asked for beside /truth
        yield Route("/control/sign_in", self._sign_in, methods=["POST"])
        yield Route("/control/sign_out", self._sign_out, methods=["POST"])
        for name, path in _files():
            yield Route(f"/page/{name}", _serve(path), methods=["GET"])

    def knows(self, request: Request) -> bool:
        """Whether the request comes with the cookie of somebody who has signed in. A browser sends it along for
        whoever makes it ask; see refuse_from_elsewhere.
        """
        return self._visitors.is_known(_token(request), self._clock())

    async def _page(self, request: Request) -> Response:
        self._refuse_strange_name(request)
        name = "desk.html" if self.knows(request) else "sign_in.html"
        return Response((OWN / name).read_bytes(), media_type=MEDIA_TYPES[".html"])

    async def _sign_in(self, request: Request) -> Response:
        """password: EQ's key or the trainer's password. Answers null and the cookie."""
        self._refuse_strange_name(request)
        refuse_from_elsewhere(request)
        fields = parse_fields(await read_body(request), "body")
        address = request.client.host if request.client else ""
        token = self._visitors.sign_in(fields.get("password", ""), self._clock(), address)
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
        refuse_from_elsewhere(request)
        self._visitors.sign_out(_token(request))
        response = _null()
        response.delete_cookie(_cookie_name(request), httponly=True, samesite="strict")
        return response

    def _refuse_strange_name(self, request: Request) -> None:
        """Refusal 403 for a name that is none of ours. Whoever owns it can let it mean this machine while their page is
        open (DNS rebinding), and then that page is ours to the browser, and may guess passwords.
        """
        name = _host_name(request)
        if name not in self._names and not _is_address(name):
            raise Refusal(
                None,
                "invalid",
                "Open the control page as localhost or by the machine's address; other names must be simulate's --host",
                status=403,
            )


def _files() -> Iterator[tuple[str, Path]]:
    """By the name after /page/. All there will ever be: nothing in a request names a file."""
    for path in sorted(OWN.iterdir()):
        if path.suffix in (".css", ".js"):
            yield path.name, path
    for name in SHARED_FILES:
        yield name, BOARDS / name
    for path in sorted((BOARDS / "fonts").glob("*.woff2")):
        yield f"fonts/{path.name}", path


@cache
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


def refuse_from_elsewhere(request: Request) -> None:
    """Refusal 403 for what was not asked by our own page. Browsers say where a request was made, and no page can make
    them lie about it. Old ones say only the origin.
    """
    site = request.headers.get("sec-fetch-site")
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    is_own = site == "same-origin" if site else request.headers.get("origin", "").lower() == own.lower()
    if not is_own:
        raise Refusal(
            None, "invalid", "Only the control page may ask this with a cookie: send EQ's key instead", status=403
        )


def _host_name(request: Request) -> str:
    """Of the address in the browser, without its port."""
    host = request.headers.get("host", "").lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _cookie_name(request: Request) -> str:
    """Cookies know no ports, and another simulator on this machine has visitors of its own."""
    port = request.headers.get("host", "").rpartition(":")[2]
    return f"eqboard-trainer-{read_key(port) or 0}"


def _token(request: Request) -> str:
    return request.cookies.get(_cookie_name(request), "")


def _null() -> Response:
    return Response(json.dumps(None), media_type="application/json")
