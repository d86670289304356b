"""Odd requests to every path of the pretend server, by the thousand; the same seed makes the same ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Route

from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Operation
from eqboard.simulator.app import BASE

from .office import VALID

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"M-SEARCH")

# As they stand in a URL or in a form.
RAW = (
    b"", b"%", b"%0", b"%zz", b"%00", b"500%00", b"%0d%0aX-Odd:%201", b"%ff%fe", b"%c0%af", b"%f8%80%80%80%af",
    b"%ed%a0%80", b"%ed%b3%bf", b"%f4%90%80%80", b"%e2%80%ae", b"%u0041", b"%2500", b"..", b"%2e%2e", b"%2f", b"//",
    b"%2f%2e%2e%2f", b"%5c", b"%3f", b"%23", b"+", b"%20500", b"500%20", b"-1", b"-0", b"1.5", b"1e400", b"1e-400",
    b"0x1f4", b"NaN", b"Infinity", b"null", b"true", b"%d9%a1", b"%c2%b2", b"9" * 400, b"9" * 5000, b"1" + b"0" * 8191,
    b"x" * 8192, b"%00" * 2700, b"%f0%9f%92%a9" * 700, b"[" * 4000, b"{%22a%22:" * 1000, b"'%22%3E%3Cscript%3E",
    b"$%7B7*7%7D", b"%25s%25n", b"[]", b"{}", b"[%22500%22]", b"%22500%22", b"all", b"signOut", b"__class__",
    b"constructor",
)  # fmt: skip
FINE = (
    b"1", b"0", b"201", b"500", b"501", b"201-1", b"pause", b"dial", b"start", b"spy", b"hold", b"inbound",
    b"SIP/201-1",
)  # fmt: skip
# As JSON text: what a value may be, and what a whole text may be.
JSON_VALUES = (
    "null", "true", "-1", "0", "7", "1.5", "1e400", "-1e400", "NaN", "-Infinity", "9" * 400, "9" * 6000, '""', '" "',
    '"x"', f'"{"x" * 8192}"', '"\\ud800"', '"\\udfff\\ud800x"', '"\\u0000"', '"\\u202e"', '"\x07"', '"\\uD83D\\uDCA9"',
    "[]", "[null]", "[[]]", "[1, 1, 1]", '["500", "500"]', "[" * 900 + "]" * 900, "{}", '{"a": {"a": {}}}', '{"": ""}',
    '{"name": 1, "name": 2}', '"<b>"', '"\\r\\nX: 1"', '"08:00 AM"', '"#FF0000"', '"1"', '"500"',
)  # fmt: skip
JSON_TEXTS = (
    "", " ", "{", "}", "{}", "[]", "null", "1", '"x"', "{'a': 1}", '{"a": 1,}', "[" * 20_000, '{"a":' * 20_000,
    "\ufeff{}", "{} {}", "\x00", '{"agent": ' + "9" * 6000 + "}", '{"agent": 1, "agent": 2}', "{\"\\ud800\": 1}",
    '{"agent": 1e400}',
)  # fmt: skip
CONTENT_TYPES = (
    b"application/x-www-form-urlencoded", b"application/x-www-form-urlencoded; charset=utf-7", b"application/json",
    b"multipart/form-data", b"multipart/form-data; boundary=x", b"text/plain; charset=\xff", b"", b";;;=", b"\xff\x00",
)  # fmt: skip
HEADERS = (
    (b"host", b"[::"), (b"host", b""), (b"cookie", b";;=;\xff\xfe=\"\\"),
    (b"cookie", b"eqboard-trainer-0=" + b"x" * 4000), (b"origin", b"http://["), (b"sec-fetch-site", b"same-origin"),
    (b"accept", b"\xff;q=x"), (b"range", b"bytes=9-1"), (b"if-none-match", b'"'), (b"expect", b"magic"),
    (b"upgrade", b"websocket"), (b"x-http-method-override", b"DELETE"), (b"transfer-encoding", b"gzip, chunked"),
    (b"content-length", b"-1"), (b"forwarded", b"for=\"[\""), (b"te", b"\x00"),
)  # fmt: skip


@dataclass(frozen=True)
class Odd:
    """One request as the application gets it from its server, the body in pieces."""

    method: bytes
    path: bytes
    query: bytes = b""
    body: Sequence[bytes] = ()
    headers: Sequence[tuple[bytes, bytes]] = field(default=())


@dataclass(frozen=True)
class Target:
    """One method and path, and the parameters that it knows of."""

    method: str
    path: str
    names: tuple[str, ...]


def targets(app: Starlette) -> list[Target]:
    """Every operation of the API, and whatever else the server has: a trainer's levers, and a page."""
    operations = [Target(each.method, BASE + each.path, _names(each)) for each in OPERATIONS.values()]
    rest = [route for route in app.routes if isinstance(route, Route) and not route.path.startswith(BASE)]
    return operations + [
        Target(method, route.path, LEVER_FIELDS) for route in rest for method in sorted(route.methods or ())
    ]


LEVER_FIELDS = (
    *("queue", "name", "number", "count", "seconds", "patience", "state", "pause_code", "kind", "path", "method"),
    *("operation", "operations", "probability", "in_seconds", "for_seconds", "mode", "fault", "process", "agents"),
)


def _names(operation: Operation) -> tuple[str, ...]:
    """Wire names; the nested ones of an object are in `data`."""
    names = [operation.wire_name(name) for name in operation.parameters.model_fields]
    return (*names, *operation.fixed, *operation.in_query, operation.as_json or "data")


def odd_requests(target: Target, rng: Random, count: int, key: bytes) -> Iterator[Odd]:
    """`count` of them to one target. Most have the key, in the query."""
    for _ in range(count):
        method = target.method.encode() if rng.random() < 0.85 else rng.choice(METHODS)
        signed = [b"auth_key=" + key] if rng.random() < 0.97 else []
        query = b"&".join([*signed, *_fields(target, rng)])
        yield Odd(method, _path(target, rng), query, _pieces(_body(target, rng), rng), _headers(rng))


def _path(target: Target, rng: Random) -> bytes:
    head, brace, rest = target.path.partition("{")
    tail = rest.partition("}")[2]
    path = head.encode() + (_raw(rng) if brace else b"") + tail.encode()
    if rng.random() < 0.05:
        path = rng.choice(
            (b"/" + path, path + b"/", path.replace(b"/", b"//", 1), path + b"/..", path + b"%2f", path + b"\xff")
        )
    return path


def _fields(target: Target, rng: Random) -> list[bytes]:
    """Some of what it knows, and now and then what nobody does; a name may come twice."""
    names = rng.choices([*target.names, "undelete", "combined", "%00", "a[b]", ""], k=rng.choice((0, 1, 2, 3, 5)))
    names += [name for name in target.names if name in JSON_FIELDS and rng.random() < 0.9]
    names += ["auth_supervisor_session"] * (rng.random() < 0.01) + ["auth_agent_session"] * (rng.random() < 0.01)
    return [name.encode() + b"=" + _value(target, name, rng) for name in names]


def _value(target: Target, name: str, rng: Random) -> bytes:
    if name in JSON_FIELDS:
        return quote(_json_text(target, rng).encode("utf-8", "surrogatepass")).encode()
    return _raw(rng)


def _raw(rng: Random) -> bytes:
    return rng.choice(FINE if rng.random() < 0.4 else RAW)


def _json_text(target: Target, rng: Random) -> str:
    """A valid entity or order with some of its values odd, as JSON text, or no such thing at all."""
    if rng.random() < 0.1:
        return rng.choice(JSON_TEXTS)
    texts = {name: json.dumps(value) for name, value in _whole(target, rng).items()}
    for name in rng.sample([*texts, "odd"], k=rng.choice((0, 1, 1, 1, 2))):
        texts[name] = rng.choice(JSON_VALUES)
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"


def _whole(target: Target, rng: Random) -> dict[str, object]:
    kind = target.path.removeprefix(BASE).split("/")[1]
    known = {**VALID, "call_queue_agent_action": ORDER, "phone_command": PHONE, "control": FAULT}
    return dict(known.get(kind) or rng.choice(list(known.values())))


JSON_FIELDS = ("data", "options", "phone", "fault")
ORDER = {"agent": 1, "queue": "500", "queues": ["500"], "skill": 2, "skills": [2], "paused": 1, "pauseCode": 1}
PHONE = {"extension": "201", "type": "SIP", "model": "x", "ipAddress": "10.0.0.1", "port": 5060, "userAgent": "y"}
FAULT = {"kind": "latency", "operation": "agents.get", "probability": 0.5, "seconds": 0.001, "for_seconds": 1}


def _body(target: Target, rng: Random) -> bytes:
    if target.method == "GET" and rng.random() < 0.9:
        return b""
    if rng.random() < 0.1:
        return _json_text(target, rng).encode("utf-8", "surrogatepass")
    if rng.random() < 0.05:
        return rng.randbytes(rng.choice((1, 10, 1000)))
    return b"&".join(_fields(target, rng))


def _pieces(body: bytes, rng: Random) -> list[bytes]:
    """As chunks come: cut anywhere, some of them empty."""
    cuts = sorted(rng.randrange(len(body) + 1) for _ in range(rng.choice((0, 0, 1, 3))))
    return [body[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]


def _headers(rng: Random) -> list[tuple[bytes, bytes]]:
    odd = rng.choices(HEADERS, k=rng.choice((0, 0, 1, 2)))
    return [(b"content-type", rng.choice(CONTENT_TYPES)), *odd]
