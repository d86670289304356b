"""Faults on demand: each spoils what it says, where it says."""

import httpx
import pytest

from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind, Faults, read_fault, spoil
from eqboard.simulator.refusals import Refusal

from .conftest import KEY, START, refusal


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


@pytest.mark.parametrize(("kind", "status"), [("server_error", 500), ("signed_out", 401)])
async def test_a_status_replaces_the_answer(server, strike, kind, status):
    strike(kind)
    assert refusal(await server.get("parked_calls"))[0] == status


async def test_an_html_page_comes_with_status_200(server, strike):
    strike("html")
    response = await server.get("parked_calls")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_truncated_json_cannot_be_read(server, strike):
    strike("truncated")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        (await server.get("call_queue_statistics")).json()


async def test_a_wrong_shape_has_objects_for_arrays_and_texts_for_numbers(server, strike):
    strike("wrong_shape")
    answer = (await server.get("call_queue_statistics")).json()
    assert isinstance(answer, dict)
    assert answer["0"][0]["agents"] == "2"


async def test_an_unknown_state_word_is_in_every_row(server, strike):
    strike("unknown_state")
    rows = (await server.get("call_queue_agent_status")).json()
    assert {row["status"] for row in rows} == {"daydreaming"}


async def test_vanished_entities_are_404_and_lists_are_not(server, strike):
    strike("vanished")
    assert refusal(await server.get("agent/1")) == (404, "id", "nonexistent")
    assert (await server.get("call_queue_statistics")).status_code == 200


async def test_a_dropped_connection_gives_no_answer(server, strike):
    strike("dropped")
    with pytest.raises(ConnectionDropped):
        await server.get("parked_calls")


async def test_a_clock_jump_moves_all_shown_times_and_the_date(server, strike, world):
    world.place_call("500")
    strike("clock_jump", seconds=-3600.0)
    response = await server.get("queued_calls")
    assert response.json()[0]["enterTime"] == START - 3600
    assert "21:13:20" in response.headers["date"]
    assert (await server.get("call_queue_statistics", queue="500")).json()["waitTime"] == 0


async def test_a_fault_strikes_only_its_own_operation(server, strike):
    strike("server_error", "/agent/{id}")
    assert (await server.get("agent/1")).status_code == 500
    assert (await server.get("pause_code/1")).status_code == 200


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
    spoil(value, [Fault(FaultKind.UNKNOWN_STATE), Fault(FaultKind.CLOCK_JUMP, seconds=9), Fault(FaultKind.WRONG_SHAPE)])
    assert value == [{"status": "available", "signInTime": 5, "call": None}]


def test_faults_with_the_same_seed_strike_alike():
    first, second = (Faults([Fault(FaultKind.HTML, probability=0.5)], seed=4) for _ in range(2))
    assert [first.strike("/x") for _ in range(50)] == [second.strike("/x") for _ in range(50)]


def test_there_is_an_end_to_faults():
    faults = Faults([Fault(FaultKind.HTML)] * 100)
    with pytest.raises(Refusal):
        faults.add(Fault(FaultKind.HTML))


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind"),
        ({"kind": ["html"]}, "kind"),
        ({"kind": "html", "path": 7}, "path"),
        ({"kind": "html", "probability": "2"}, "probability"),
        ({"kind": "html", "probability": "often"}, "probability"),
        ({"kind": "html", "probability": None}, "probability"),
        ({"kind": "latency", "seconds": -1}, "seconds"),
        ({"kind": "latency", "seconds": "nan"}, "seconds"),
        ({"kind": "latency", "seconds": 10**400}, "seconds"),
        ({"kind": "clock_jump", "seconds": "1e12"}, "seconds"),
    ],
)
def test_a_wrong_fault_is_refused_by_name(fields, parameter):
    with pytest.raises(Refusal) as caught:
        read_fault(fields)
    assert caught.value.parameter == parameter


def test_a_fault_is_read_from_texts_and_numbers():
    assert read_fault({"kind": "clock_jump", "seconds": "-60", "path": "/queued_calls", "probability": 0.5}) == Fault(
        FaultKind.CLOCK_JUMP, "/queued_calls", 0.5, -60.0
    )


async def test_faults_are_ordered_and_cleared_over_http(server):
    assert (await server.control("POST", "/control/faults", kind="server_error", path="/parked_calls")).json() is None
    assert (await server.get("parked_calls")).status_code == 500
    assert (await server.control("DELETE", "/control/faults")).json() is None
    assert (await server.get("parked_calls")).status_code == 200


async def test_a_fault_may_be_ordered_in_json(server, bare: httpx.AsyncClient):
    response = await bare.post("/control/faults", params={"auth_key": KEY}, json={"kind": "html", "probability": 1})
    assert response.status_code == 200
    assert (await server.get("parked_calls")).headers["content-type"].startswith("text/html")
