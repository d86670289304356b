"""Any byte sequence in any parameter gives a 4xx with JSON, or is understood; never a 5xx, never silence."""

import asyncio
import json
from random import Random
from urllib.parse import unquote

import pytest

from eqboard.simulator.app import build_app
from eqboard.simulator.handlers import HANDLERS

from .conftest import KEY, START, a_world
from .hostile import Odd, odd_requests, targets
from .test_invariants import check, no_time

TYPES = {"blank", "invalid", "nonexistent", "in_use", "already_signed_in", "not_signed_in"}
EACH = 60  # requests to every path, so some six thousand in all


async def ask(app, odd):
    """Status, headers and body of the answer, as the application gives it to the server in front of it."""
    pieces = list(odd.body) or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
        for place, piece in enumerate(pieces, start=1)
    ]
    said = []

    async def receive():
        if not messages:
            await asyncio.Event().wait()  # the client is there, and says no more
        return messages.pop(0)

    async def send(message):
        said.append(message)

    await app(scope_of(odd), receive, send)
    [start, *rest] = said
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], headers, b"".join(message.get("body", b"") for message in rest)


def scope_of(odd):
    """As Daphne makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": odd.method.decode("ascii"),
        "path": unquote(odd.path.decode("latin-1")),
        "raw_path": odd.path,
        "root_path": "",
        "scheme": "http",
        "query_string": odd.query,
        "headers": [(b"host", b"eq:8088"), *odd.headers],
        "client": ["127.0.0.1", 1],
        "server": ["127.0.0.1", 8088],
    }


def read(body):
    """JSON to the letter; a caller's name may be no UTF-8 (contract §4)."""
    return json.loads(body.decode("utf-8", "surrogateescape"), parse_constant=lambda word: pytest.fail(f"{word} in it"))


def assert_in_order(odd, status, headers, body):
    assert 200 <= status < 500, f"{status} to {odd}"
    is_page = "application/json" not in headers.get("content-type", "")
    if status < 400 and is_page:
        assert odd.path.strip(b"/") in (b"", b"favicon.ico") or b"/page/" in odd.path, odd
        return
    value = read(body)
    if status >= 400:
        assert value, odd
        assert all(set(each) == {"parameter", "type", "description"} for each in value), odd
        assert all(each["type"] in TYPES and each["description"] for each in value), odd


async def test_thousands_of_odd_requests_are_all_answered_in_order():
    world, rng, now = a_world(agents=[{"500": 1}] * 8), Random(1), START
    app = build_app(world, key=KEY, clock=lambda: now, sleep=no_time)
    requests = [odd for target in targets(app) for odd in odd_requests(target, rng, EACH, KEY.encode())]
    rng.shuffle(requests)
    statuses = set()
    for odd in requests:
        now += rng.random()
        status, headers, body = await ask(app, odd)
        assert_in_order(odd, status, headers, body)
        statuses.add(status)
    assert statuses >= {200, 400, 401, 404, 405}
    check(world)
    world.tick(3600)
    check(world)


async def test_the_odd_requests_are_the_same_for_a_seed_and_others_for_another():
    [target, *_] = targets(build_app(a_world(), key=KEY, clock=lambda: START))
    first, again, other = (list(odd_requests(target, Random(seed), 20, b"k")) for seed in (1, 1, 2))
    assert first == again != other


async def test_no_secret_of_a_request_is_in_its_refusal():
    app = build_app(a_world(), key=KEY, clock=lambda: START)
    for odd in (
        Odd(b"GET", b"/eq/api/2.0/agent/canary", b"auth_key=" + KEY.encode()),
        Odd(b"GET", b"/eq/api/2.0/parked_calls", b"auth_key=canary"),
        Odd(b"POST", b"/control/faults", b"auth_key=" + KEY.encode(), [b"kind=html&operation=canary"]),
        Odd(b"POST", b"/control/faults", b"auth_key=" + KEY.encode(), [b"kind=canary"]),
        Odd(b"POST", b"/control/eq", b"auth_key=" + KEY.encode(), [b"mode=canary"]),
    ):
        status, _, body = await ask(app, odd)
        assert status >= 400
        assert b"canary" not in body


async def test_a_body_in_a_thousand_pieces_is_one_body():
    app = build_app(a_world(), key=KEY, clock=lambda: START)
    form = b'action=pause&options={"agent": 1}&auth_key=' + KEY.encode() + b"&x=" + b"y" * 900
    odd = Odd(b"POST", b"/eq/api/2.0/call_queue_agent_action", body=[bytes([each]) for each in form])
    status, _, body = await ask(app, odd)
    assert (status, body) == (200, b"null")


async def test_a_bug_of_ours_is_told_in_json_too(monkeypatch):
    def fail(world, asked):
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(HANDLERS, ("GET", "/parked_calls"), fail)
    app = build_app(a_world(), key=KEY, clock=lambda: START)
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    odd = Odd(b"GET", b"/eq/api/2.0/parked_calls", b"auth_key=" + KEY.encode())
    with pytest.raises(ZeroDivisionError):  # for the server's log
        await app(scope_of(odd), receive, send)
    assert said[0]["status"] == 500
    assert read(said[1]["body"]) == [{"parameter": None, "type": "invalid", "description": "Server error"}]
