"""Faults on demand: each spoils what it says, where it says."""

import asyncio
from typing import get_type_hints

import httpx
import pytest
from pydantic.alias_generators import to_camel

from eqboard.eq import models
from eqboard.eq.dialect import Dialect, Route
from eqboard.eq.models.base import Moment
from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.accent import Accent
from eqboard.simulator.app import build_app
from eqboard.simulator.called import operation_called
from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind, Faults, spoil
from eqboard.simulator.faults.spoiling import MOMENTS
from eqboard.simulator.refusals import Refusal

from .conftest import KEY, START, Server, a_world, refusal


@pytest.fixture
def strike(faults):
    def order(kind, path="", **kwargs):
        faults.add(Fault(FaultKind(kind), path, **kwargs))

    return order


async def test_latency_holds_the_answer_back(server, strike, slept):
    strike("latency", seconds=2.5)
    assert (await server.get("parked_calls")).status_code == 200
    assert slept == [2.5]


async def test_an_action_answered_late_has_been_accepted_all_the_same(server, strike, world, slept):
    strike("latency", seconds=30.0)
    await server.act(action="pause", options='{"agent": 1}')
    world.tick(1)
    assert world.directory.agents[1].memberships["500"].paused
    assert slept == [30.0]


@pytest.mark.contract("1.10")
@pytest.mark.parametrize(("kind", "status"), [("server_error", 500), ("signed_out", 401)])
async def test_a_status_replaces_the_answer(server, strike, kind, status):
    strike(kind)
    assert refusal(await server.get("parked_calls"))[0] == status


async def test_an_html_page_comes_with_status_200(server, strike):
    strike("html")
    response = await server.get("parked_calls")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("truncated", 404)])
async def test_a_refusal_comes_through_no_better_than_an_answer(server, strike, kind, status):
    strike(kind)
    response = await server.get("agent/99")
    assert response.status_code == status
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        response.json()


async def test_truncated_json_cannot_be_read(server, strike):
    strike("truncated")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        (await server.get("call_queue_statistics")).json()


async def test_a_wrong_shape_has_objects_for_arrays_and_texts_for_numbers(server, strike):
    strike("wrong_shape")
    answer = (await server.get("call_queue_statistics")).json()
    assert isinstance(answer, dict)
    assert answer["0"][0]["agents"] == "2"


async def test_nulls_leave_the_rows_and_their_fields_with_nothing_in_them(server, strike):
    strike("nulls")
    rows = (await server.get("call_queue_statistics")).json()
    assert [set(row.values()) for row in rows] == [{None}, {None}]
    assert "queue" in rows[0]
    strike("wrong_shape")
    assert (await server.get("parked_calls")).json() == {}


async def test_an_unknown_state_word_is_in_every_row(server, strike):
    strike("unknown_state")
    rows = (await server.get("call_queue_agent_status")).json()
    assert {row["status"] for row in rows} == {"daydreaming"}


async def test_vanished_entities_are_404_and_lists_are_not(server, strike):
    strike("vanished")
    assert refusal(await server.get("agent/1")) == (404, "id", "nonexistent")
    assert (await server.get("call_queue_statistics")).status_code == 200


async def test_a_dropped_connection_gives_no_answer_and_nothing_is_done(server, strike, world):
    strike("dropped")
    with pytest.raises(ConnectionDropped):
        await server.act(action="pause", options='{"agent": 1}')
    world.tick(1)
    assert not world.directory.agents[1].memberships["500"].paused


async def test_an_answer_that_breaks_off_is_of_something_that_was_done(server, strike, world):
    strike("broken_off")
    with pytest.raises(ConnectionDropped):
        await server.act(action="pause", options='{"agent": 1}')
    world.tick(1)
    assert world.directory.agents[1].memberships["500"].paused


async def test_a_clock_jump_moves_all_shown_times_and_the_date(server, strike, world):
    world.place_call("500")
    strike("clock_jump", seconds=-3600.0)
    response = await server.get("queued_calls")
    assert response.json()[0]["enterTime"] == START - 3600
    assert "21:13:20" in response.headers["date"]
    assert (await server.get("call_queue_statistics", queue="500")).json()["waitTime"] == 0


async def test_a_clock_may_jump_back_and_forth_and_the_world_goes_on(server, strike, world, clock):
    shown = []
    for seconds in (86400.0, -86400.0, 0.0):
        clock.now += 1
        strike("clock_jump", "/queued_calls", seconds=seconds)
        response = await server.get("queued_calls")
        shown.append(response.headers["date"])
        await server.control("DELETE", "/control/faults")
        assert world.now == clock.now
    assert ["Nov 2023" in date for date in shown] == [True] * 3
    assert [date[5:7] for date in shown] == ["15", "13", "14"]


def test_every_time_that_an_answer_may_show_jumps_with_the_clock():
    hints = [get_type_hints(getattr(models, name), include_extras=True) for name in models.__all__]
    assert {to_camel(name) for each in hints for name, hint in each.items() if hint == Moment} == MOMENTS


# Of which operation


async def test_a_fault_of_a_path_strikes_all_that_is_done_there(server, strike):
    strike("server_error", "/agent/{id}")
    assert (await server.get("agent/1")).status_code == 500
    assert (await server.send("DELETE", "agent/1")).status_code == 500
    assert (await server.get("pause_code/1")).status_code == 200


async def test_a_fault_of_a_method_and_a_path_leaves_the_other_methods_alone(server, strike):
    strike("server_error", "/agent/{id}", method="DELETE")
    assert (await server.get("agent/1")).status_code == 200
    assert (await server.send("DELETE", "agent/1")).status_code == 500


async def test_a_fault_of_an_operation_leaves_the_others_behind_its_path_alone(server, strike):
    strike("server_error", operation="call_queue_agents.pause")
    assert (await server.act(action="resume", options='{"agent": 1}')).status_code == 200
    assert (await server.act(action="pause", options='{"agent": 1}')).status_code == 500
    assert refusal(await server.act(action="dance", options='{"agent": 1}')) == (400, "action", "invalid")


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("name", ["call_queue_agents.combined", "call_queue_statistics.get", "agents.get"])
async def test_every_kind_strikes_one_operation_alone(server, strike, slept, kind, name):
    asked = {
        "call_queue_agents.combined": ("call_queue_agent_status", {"combined": "1"}),
        "call_queue_statistics.get": ("call_queue_statistics", {"queue": "500"}),
        "agents.get": ("agent/1", {}),
    }
    others = ("call_queue_agent_status", {"queue": "500"}), ("call_queue_statistics", {}), ("pause_code/1", {})
    whole = [(await server.get(path, **query)).content for path, query in others]
    strike(kind, operation=name, seconds=1.0)
    for path, query in [each for other, each in asked.items() if other != name]:
        assert (await server.get(path, **query)).status_code == 200
    assert [(await server.get(path, **query)).content for path, query in others] == whole
    assert (await server.control("GET", "/control/faults")).json()[0]["struck"] == 0
    try:
        await server.get(asked[name][0], **asked[name][1])
    except ConnectionDropped:
        assert kind in ("dropped", "broken_off")
    struck = (await server.control("GET", "/control/faults")).json()[0]["struck"]
    assert struck == ((kind, name) not in OF_NO_EFFECT)


OF_NO_EFFECT = [
    ("vanished", "call_queue_agents.combined"),  # no entity by its id
    ("vanished", "call_queue_statistics.get"),
    ("unknown_state", "call_queue_statistics.get"),  # no state in it
    ("unknown_state", "agents.get"),
]


# What is counted


async def counts(server):
    return [row["struck"] for row in (await server.control("GET", "/control/faults")).json()]


@pytest.mark.parametrize(
    ("kinds", "path", "expected"),
    [
        (["vanished", "html"], "parked_calls", [0, 1]),
        (["vanished", "html"], "agent/1", [1, 0]),
        (["html", "server_error"], "parked_calls", [0, 1]),
        (["server_error", "signed_out"], "parked_calls", [1, 0]),
        (["server_error", "dropped", "dropped"], "parked_calls", [0, 1, 0]),
        (["truncated", "nulls", "html", "html", "clock_jump"], "agent/1", [0, 0, 1, 0, 1]),
        (["nulls", "unknown_state", "wrong_shape"], "parked_calls", [0, 0, 1]),
        (["nulls", "wrong_shape", "truncated"], "agent/99", [0, 0, 1]),  # a refusal
        (["unknown_state", "unknown_state"], "call_queue_agent_status", [1, 0]),
        (["latency", "server_error"], "parked_calls", [1, 1]),
        (["dropped", "latency"], "parked_calls", [1, 1]),
    ],
)
async def test_only_what_has_made_the_answer_another_or_later_is_counted(server, strike, kinds, path, expected):
    for kind in kinds:
        strike(kind, seconds=1.0 if kind in ("latency", "clock_jump") else 0.0)
    try:
        await server.get(path)
    except ConnectionDropped:
        assert "dropped" in kinds
    assert await counts(server) == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_request_is_known_for_the_operation_that_it_is(name):
    operation = OPERATIONS[name]
    behind = [each for each in OPERATIONS.values() if (each.method, each.path) == (operation.method, operation.path)]
    fields = operation.parameters.model_fields.items()
    sent = {operation.wire_name(each): "1" for each, info in fields if info.is_required()} | dict(operation.fixed)
    query, form = (sent, {}) if operation.is_read else (dict(operation.in_query), sent)
    assert operation_called(behind, query, form) is operation


async def test_a_fault_finds_its_operation_on_a_server_that_has_it_elsewhere(world, clock):
    accent = Accent(Dialect(operations={"call_queue_agents.pause": Route("PUT", "/pause_agent")}))
    faults = Faults([Fault(FaultKind.SERVER_ERROR, operation="call_queue_agents.pause")])
    app = build_app(world, key=KEY, clock=clock, faults=faults, accent=accent)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq/eq/api/2.0") as client:
        form = {"auth_key": KEY, "action": "pause", "options": '{"agent": 1}'}
        assert (await client.put("/pause_agent", data=form)).status_code == 500
        assert (await client.post("/call_queue_agent_action", data=form | {"action": "resume"})).status_code == 200


# How often


async def test_a_fault_strikes_as_often_as_its_probability_says(server, strike):
    strike("server_error", probability=0.3)
    statuses = [(await server.get("parked_calls")).status_code for _ in range(300)]
    assert 60 < statuses.count(500) < 120


async def test_faults_do_not_reach_the_control_side_nor_those_without_the_key(server, bare, strike):
    strike("server_error")
    assert (await server.control("GET", "/truth")).status_code == 200
    assert (await bare.get("/eq/api/2.0/parked_calls")).status_code == 401


def test_spoiling_leaves_the_value_itself_whole():
    value = [{"status": "available", "signInTime": 5, "call": None}]
    kinds = (FaultKind.UNKNOWN_STATE, FaultKind.CLOCK_JUMP, FaultKind.NULLS, FaultKind.WRONG_SHAPE)
    spoil(value, [Fault(kind, seconds=9) for kind in kinds])
    assert value == [{"status": "available", "signInTime": 5, "call": None}]


@pytest.mark.parametrize(
    ("value", "spoilt"),
    [
        ([], {}),
        ({}, [{}]),
        (7, [7]),
        ("token", ["token"]),
        (None, [None]),
        ({"a": 1, "b": 0.5, "c": True, "d": None, "e": "x"}, [{"a": "1", "b": "0.5", "c": True, "d": None, "e": "x"}]),
        ([{"call": {"id": 1}, "rows": [1]}], {"0": [{"call": [{"id": 1}], "rows": {"0": 1}}]}),
    ],
)
def test_a_wrong_shape_is_wrong_at_every_level(value, spoilt):
    assert spoil(value, [Fault(FaultKind.WRONG_SHAPE)]) == spoilt


def struck(faults, count=50):
    return [bool(faults.strike("GET", "/x")) for _ in range(count)]


def test_faults_with_the_same_seed_strike_alike_and_with_another_otherwise():
    first, again, other = (Faults([Fault(FaultKind.HTML, probability=0.5)], seed=seed) for seed in (4, 4, 5))
    assert struck(first) == struck(again) != struck(other)


async def test_a_server_strikes_alike_for_the_seed_of_its_world():
    async def statuses(seed):
        app = build_app(a_world(seed=seed), key=KEY, clock=lambda: START)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
            server = Server(client)
            await server.control("POST", "/control/faults", kind="server_error", probability="0.5")
            return [(await server.get("parked_calls")).status_code for _ in range(30)]

    assert await statuses(1) == await statuses(1) != await statuses(2)


def test_a_fault_strikes_alike_whatever_other_faults_there_are():
    alone, among = (Faults([Fault(FaultKind.HTML, "/x", 0.5)], seed=4) for _ in range(2))
    among.add(Fault(FaultKind.LATENCY, "/y", 0.5))
    seen = []
    for _ in range(50):
        among.strike("GET", "/y")
        seen.append(bool(among.strike("GET", "/x")))
    assert seen == struck(alone)


def test_there_is_an_end_to_faults():
    faults = Faults([Fault(FaultKind.HTML)] * 100)
    with pytest.raises(Refusal):
        faults.add(Fault(FaultKind.HTML))


async def test_nobody_waits_for_a_client_that_has_gone(world, faults, clock):
    faults.add(Fault(FaultKind.LATENCY, seconds=600))

    async def sleep(seconds):
        await asyncio.Event().wait()

    app = build_app(world, key=KEY, clock=clock, faults=faults, sleep=sleep)
    messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0)

    async def send(message):
        """Nobody is there to hear it."""

    scope = {"type": "http", "method": "GET", "path": "/eq/api/2.0/parked_calls", "headers": []}
    await app(scope | {"query_string": f"auth_key={KEY}".encode()}, receive, send)
    assert not messages
