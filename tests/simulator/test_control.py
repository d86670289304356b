"""The control side: tests and demos drive the world by hand."""

import pytest

from .conftest import refusal


async def test_a_caller_put_in_is_in_the_queue_under_the_unique_id_returned(server):
    response = await server.control("POST", "/control/calls", queue="500", name="Ann", number="5551234")
    [call] = (await server.get("queued_calls")).json()
    assert response.json() == call["uniqueId"]
    assert (call["callerIdName"], call["callerIdNumber"]) == ("Ann", "5551234")


async def test_a_caller_hangs_up(server):
    unique_id = (await server.control("POST", "/control/calls", queue="500")).json()
    assert (await server.control("DELETE", f"/control/calls/{unique_id}")).json() is None
    assert (await server.get("queued_calls")).json() == []
    assert (await server.control("GET", "/truth")).json()["queues"]["500"]["abandoned"] == 1


async def test_an_agent_is_moved_at_once(server):
    await server.control("POST", "/control/agents/1", state="paused", pause_code="2")
    [row, _] = (await server.get("call_queue_agent_status", agent=1)).json()
    assert (row["status"], row["pauseCode"]) == ("paused", 2)
    await server.control("POST", "/control/agents/1", state="signed_out")
    assert {row["status"] for row in (await server.get("call_queue_agent_status", agent=1)).json()} == {"signedOut"}
    await server.control("POST", "/control/agents/1", state="available")
    assert {row["status"] for row in (await server.get("call_queue_agent_status", agent=1)).json()} == {"available"}


async def test_an_agent_at_home_may_be_put_straight_into_a_pause(server, world):
    await server.control("POST", "/control/agents/1", state="signed_out")
    await server.control("POST", "/control/agents/1", state="paused")
    assert {row["status"] for row in (await server.get("call_queue_agent_status", agent=1)).json()} == {"paused"}


async def test_making_an_agent_available_ends_their_wrap_up(server, world):
    world.place_call("501", talk_seconds=10)
    world.tick(14)
    await server.control("POST", "/control/agents/1", state="available")
    assert {row["status"] for row in (await server.get("call_queue_agent_status", agent=1)).json()} == {"available"}


async def test_the_truth_is_the_ledger(server, world):
    world.place_call("500")
    truth = (await server.control("GET", "/truth")).json()
    assert truth["now"] == world.now
    assert (truth["queues"]["500"]["offered"], truth["queues"]["500"]["waiting"]) == (1, 1)


@pytest.mark.parametrize(
    ("method", "path", "form", "expected"),
    [
        ("POST", "/control/calls", {}, (400, "queue", "blank")),
        ("POST", "/control/calls", {"queue": "999"}, (404, "queue", "nonexistent")),
        ("POST", "/control/calls", {"queue": "500", "name": "x" * 201}, (400, "name", "invalid")),
        ("DELETE", "/control/calls/1.1", {}, (404, "unique_id", "nonexistent")),
        ("POST", "/control/agents/99", {"state": "paused"}, (404, "id", "nonexistent")),
        ("POST", "/control/agents/x", {"state": "paused"}, (404, "id", "nonexistent")),
        ("POST", "/control/agents/1", {}, (400, "state", "blank")),
        ("POST", "/control/agents/1", {"state": "asleep"}, (400, "state", "invalid")),
        ("POST", "/control/agents/1", {"state": "paused", "pause_code": "9"}, (400, "pause_code", "nonexistent")),
        ("POST", "/control/faults", {}, (400, "kind", "blank")),
        ("POST", "/control/faults", {"fault": "{"}, (400, "fault", "invalid")),
        ("PUT", "/truth", {}, (405, None, "invalid")),
    ],
)
async def test_a_wrong_control_is_refused_and_named(server, method, path, form, expected):
    assert refusal(await server.control(method, path, **form)) == expected
