"""Reading HTTP requests: query, form body within its bound, the key. Whatever bytes come, the worst is a Refusal."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from eqboard.simulator.office.sessions import Kind
from eqboard.simulator.refusals import Refusal

MAX_BODY_BYTES = 1_000_000
MAX_FIELDS = 1000
TOO_LARGE = "The body is larger than 1 MB"


def parse_fields(text: str, parameter: str) -> dict[str, str]:
    """Form or query fields; of a name that comes twice the last counts. Refusal for more than a thousand."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS))
    except ValueError:
        raise Refusal(None, "invalid", f"The {parameter} has too many fields") from None


def read_query(request: Request) -> dict[str, str]:
    """The query string's fields."""
    raw: bytes = request.scope.get("query_string", b"")
    return parse_fields(raw.decode("latin-1"), "query")


async def read_body(request: Request) -> str:
    """The body as text, undecodable bytes replaced. Refusal above 1 MB, without reading on."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(None, "invalid", TOO_LARGE)
    return body.decode("utf-8", "replace")


def check_key(query: Mapping[str, str], form: Mapping[str, str], key: str) -> None:
    """401 unless the key is in the query, or in the body of a request that has one (EQ API text, API Key)."""
    given = query.get("auth_key") or form.get("auth_key")
    if not given:
        raise Refusal("auth_key", "blank", "The key is not specified", status=401)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode("utf-8", "replace")):
        raise Refusal("auth_key", "invalid", "The key is not valid", status=401)


def session_given(query: Mapping[str, str], form: Mapping[str, str]) -> tuple[Kind, str] | None:
    """Whose session token the request carries. When both kinds come, the supervisor's counts and the agent's has no
    effect (EQ API text, User Session).
    """
    for kind in (Kind.SUPERVISOR, Kind.AGENT):
        name = f"auth_{kind}_session"
        token = query.get(name) or form.get(name)
        if token:
            return kind, token
    return None
