"""The trainer's side of faults: ordering, listing, taking away, for a while or for good, and the server as a whole."""

import httpx
import pytest

from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.app import build_app
from eqboard.simulator.faults import ConnectionDropped, Fault, FaultKind
from eqboard.simulator.faults.modes import SLOW_SECONDS, USUALLY_FAIL
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.trainer.fault_orders import read_fault

from .conftest import KEY, START, Server, refusal


async def order(server, **fields):
    response = await server.control("POST", "/control/faults", **fields)
    assert response.status_code == 200, response.text
    return response.json()


async def listed(server):
    return (await server.control("GET", "/control/faults")).json()


async def status(server, path="parked_calls"):
    return (await server.get(path)).status_code


# Ordering


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind"),
        ({"kind": ["html"]}, "kind"),
        ({"kind": "html", "path": 7}, "path"),
        ({"kind": "html", "path": "/agents"}, "path"),
        ({"kind": "html", "path": "/agent/1"}, "path"),
        ({"kind": "html", "path": "/truth"}, "path"),
        ({"kind": "html", "method": "POST", "path": "/parked_calls"}, "method"),
        ({"kind": "html", "method": "PATCH"}, "method"),
        ({"kind": "html", "operation": "agents.gt"}, "operation"),
        ({"kind": "html", "operation": None}, "operation"),
        ({"kind": "html", "operation": "agents.get", "path": "/agent/{id}"}, "operation"),
        ({"kind": "html", "operation": "agents.get", "method": "GET"}, "operation"),
        ({"kind": "html", "probability": "2"}, "probability"),
        ({"kind": "html", "probability": "often"}, "probability"),
        ({"kind": "html", "probability": None}, "probability"),
        ({"kind": "latency"}, "seconds"),
        ({"kind": "latency", "seconds": ""}, "seconds"),
        ({"kind": "latency", "seconds": 0}, "seconds"),
        ({"kind": "latency", "seconds": -1}, "seconds"),
        ({"kind": "latency", "seconds": "nan"}, "seconds"),
        ({"kind": "latency", "seconds": "1_0"}, "seconds"),
        ({"kind": "latency", "seconds": "\u0661"}, "seconds"),
        ({"kind": "latency", "seconds": " 1"}, "seconds"),
        ({"kind": "latency", "seconds": "1e2"}, "seconds"),
        ({"kind": "html", "probability": True}, "probability"),
        ({"kind": "latency", "seconds": 10**400}, "seconds"),
        ({"kind": "clock_jump"}, "seconds"),
        ({"kind": "clock_jump", "seconds": "0"}, "seconds"),
        ({"kind": "clock_jump", "seconds": "1e12"}, "seconds"),
        ({"kind": "html", "seconds": "3"}, "seconds"),
        ({"kind": "dropped", "seconds": 0}, "seconds"),
    ],
)
def test_a_wrong_fault_is_refused_by_name(fields, parameter):
    with pytest.raises(Refusal) as caught:
        read_fault(fields)
    assert caught.value.parameter == parameter


def test_a_fault_is_read_from_texts_and_numbers():
    fields = {"kind": "clock_jump", "seconds": "-60", "path": "/queued_calls", "method": "GET", "probability": 0.5}
    assert read_fault(fields) == Fault(FaultKind.CLOCK_JUMP, "/queued_calls", 0.5, -60.0, "GET")
    assert read_fault({"kind": "html", "operation": "agents.get", "path": "", "method": "", "seconds": ""}) == Fault(
        FaultKind.HTML, operation="agents.get"
    )


@pytest.mark.parametrize(
    ("kind", "seconds", "expected"),
    [
        ("latency", {}, (400, "seconds", "blank")),
        ("clock_jump", {"seconds": ""}, (400, "seconds", "blank")),
        ("clock_jump", {"seconds": "0"}, (400, "seconds", "invalid")),
        ("vanished", {"seconds": "0"}, (400, "seconds", "invalid")),
    ],
)
async def test_seconds_belong_to_the_two_kinds_that_have_them(server, kind, seconds, expected):
    response = await server.control("POST", "/control/faults", kind=kind, **seconds)
    assert refusal(response) == expected
    assert await listed(server) == []


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"operation": "agents.gt"}, "there is agents.get"),
        ({"operation": "call_queue_agent.pause"}, "there is call_queue_agents.pause"),
        ({"path": "/agent/5"}, "/agent/{id}; GET"),
        ({"path": "/parked_calls", "method": "DELETE"}, "This path has GET"),
    ],
)
async def test_who_misspells_is_told_what_there_is(server, fields, hint):
    response = await server.control("POST", "/control/faults", kind="html", **fields)
    assert response.status_code == 400
    assert hint in response.json()[0]["description"]


async def test_what_there_is_nothing_like_is_told_where_to_look(server):
    response = await server.control("POST", "/control/faults", kind="html", operation="zzz")
    assert "GET /control/operations" in response.json()[0]["description"]
    rows = (await server.control("GET", "/control/operations")).json()
    assert {row["operation"]: (row["method"], row["path"]) for row in rows} == {
        name: (operation.method, operation.path) for name, operation in OPERATIONS.items()
    }


async def test_a_fault_may_be_ordered_in_json(server, bare: httpx.AsyncClient):
    response = await bare.post("/control/faults", params={"auth_key": KEY}, json={"kind": "html", "probability": 1})
    assert response.status_code == 200
    assert (await server.get("parked_calls")).headers["content-type"].startswith("text/html")


# Listing and taking away


async def test_faults_are_listed_with_all_that_is_known_of_them(server, clock):
    await order(server, kind="server_error", operation="agents.get", probability="1", for_seconds="90")
    clock.now += 1
    await server.get("agent/1")
    assert await listed(server) == [
        {
            "id": 1,
            "kind": "server_error",
            "operation": "agents.get",
            "method": None,
            "path": None,
            "probability": 1.0,
            "seconds": None,
            "from": START,
            "until": START + 90,
            "struck": 1,
            "by": "hand",
        }
    ]


async def test_one_fault_is_taken_away_by_its_id(server):
    first = await order(server, kind="server_error", operation="parked_calls.all")
    second = await order(server, kind="server_error", operation="agents.get")
    assert (await server.control("DELETE", f"/control/faults/{first}")).json() is None
    assert (await status(server), await status(server, "agent/1")) == (200, 500)
    assert [row["id"] for row in await listed(server)] == [second]


@pytest.mark.parametrize("fault_id", ["2", "0", "x", "-1", "9" * 5000])
async def test_what_is_no_fault_is_not_taken_away(server, fault_id):
    await order(server, kind="html")
    assert refusal(await server.control("DELETE", f"/control/faults/{fault_id}")) == (404, "id", "nonexistent")
    assert len(await listed(server)) == 1


async def test_an_id_is_never_given_twice(server):
    first = await order(server, kind="html")
    await server.control("DELETE", f"/control/faults/{first}")
    assert await order(server, kind="html") > first


async def test_all_are_cleared_at_once(server):
    await order(server, kind="server_error", path="/parked_calls")
    assert await status(server) == 500
    assert (await server.control("DELETE", "/control/faults")).json() is None
    assert (await status(server), await listed(server)) == (200, [])


# For a while


async def test_a_fault_for_a_while_is_over_and_forgotten_when_its_time_has_passed(server, clock):
    await order(server, kind="server_error", for_seconds="60")
    clock.now += 59.9
    assert await status(server) == 500
    clock.now += 0.1
    assert (await status(server), await listed(server)) == (200, [])


async def test_a_fault_may_begin_later(server, clock):
    await order(server, kind="server_error", in_seconds="10", for_seconds="5")
    assert await status(server) == 200
    assert [(row["from"], row["until"]) for row in await listed(server)] == [(START + 10, START + 15)]
    clock.now += 10
    assert await status(server) == 500
    clock.now += 5
    assert await status(server) == 200


async def test_how_long_is_counted_on_the_clock_however_fast_the_world_goes(world, clock, faults):
    app = build_app(world, key=KEY, clock=clock, faults=faults, speed=60.0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
        server = Server(client)
        await order(server, kind="server_error", for_seconds="10")
        clock.now += 9
        assert await status(server) == 500
        assert world.now == START + 540


async def test_a_fault_that_has_begun_goes_on_when_the_clock_is_put_back(server, clock):
    await order(server, kind="server_error", in_seconds="10", for_seconds="60")
    clock.now += 10
    assert await status(server) == 500
    clock.now -= 3600
    assert await status(server) == 500


async def test_a_broken_clock_ends_no_fault(server, clock):
    await order(server, kind="server_error", for_seconds="60")
    clock.now = float("nan")
    assert await status(server) == 500
    assert [row["until"] for row in await listed(server)] == [START + 60]


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({"for_seconds": "0"}, "for_seconds"),
        ({"for_seconds": "-1"}, "for_seconds"),
        ({"for_seconds": "inf"}, "for_seconds"),
        ({"for_seconds": "1e9"}, "for_seconds"),
        ({"for_seconds": "a while"}, "for_seconds"),
        ({"in_seconds": "-1"}, "in_seconds"),
        ({"in_seconds": "nan"}, "in_seconds"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(server, fields, parameter):
    response = await server.control("POST", "/control/faults", kind="html", **fields)
    assert refusal(response) == (400, parameter, "invalid")
    assert await listed(server) == []


async def test_faults_that_are_over_leave_room_for_others(server, clock, faults):
    for _ in range(100):
        faults.add(Fault(FaultKind.HTML), for_seconds=5)
    assert refusal(await server.control("POST", "/control/faults", kind="html")) == (400, "kind", "invalid")
    clock.now += 5
    await order(server, kind="html")
    assert len(await listed(server)) == 1


# The whole server


NOTHING_ORDERED = {"mode": "fine", "until": None, "by": "scenario", "operations": [], "has_accidents": False}


async def mode(server, **fields):
    response = await server.control("POST", "/control/eq", **fields)
    assert response.status_code == 200, response.text
    assert response.json() == (await server.control("GET", "/control/eq")).json()
    return response.json()


async def test_a_server_is_fine_unless_told_otherwise(server):
    assert (await server.control("GET", "/control/eq")).json() == NOTHING_ORDERED


async def test_a_slow_server_answers_everything_late(server, slept):
    assert await mode(server, mode="slow") == NOTHING_ORDERED | {"mode": "slow", "by": "hand"}
    assert await status(server) == 200
    assert slept == [SLOW_SECONDS]
    assert SLOW_SECONDS > 2


async def test_a_broken_server_answers_errors_and_pages(server):
    await mode(server, mode="broken")
    answers = [await server.get(path) for path in ("parked_calls", "agent/1", "call_queue_statistics") * 20]
    assert {(each.status_code, each.headers["content-type"][:9]) for each in answers} == {
        (500, "applicati"),
        (200, "text/html"),
    }


async def test_a_half_broken_server_fails_where_it_is_told_to(server):
    await mode(server, mode="half_broken")
    assert (await status(server, "call_queue_agent_status"), await status(server)) == (500, 200)
    assert (await server.control("GET", "/control/eq")).json()["operations"] == list(USUALLY_FAIL)
    await mode(server, mode="half_broken", operations="agents.get, parked_calls.all")
    assert (await status(server, "call_queue_agent_status"), await status(server, "agent/1")) == (200, 500)
    assert await status(server) == 500


async def test_the_half_that_is_broken_may_be_told_in_json(server, bare):
    asked = {"mode": "half_broken", "operations": ["agents.get"], "for_seconds": 60}
    response = await bare.post("/control/eq", params={"auth_key": KEY}, json=asked)
    told = {"mode": "half_broken", "until": START + 60, "by": "hand", "operations": ["agents.get"]}
    assert response.json() == NOTHING_ORDERED | told
    assert (await status(server, "agent/1"), await status(server)) == (500, 200)


async def test_a_server_that_is_gone_drops_every_connection_but_the_trainers(server):
    await mode(server, mode="gone")
    for path in ("parked_calls", "agent/1", "agent/99"):
        with pytest.raises(ConnectionDropped):
            await server.get(path)
    assert (await server.control("GET", "/truth")).status_code == 200
    await mode(server, mode="fine")
    assert await status(server) == 200


async def test_a_mode_for_a_while_is_over_by_itself(server, clock):
    assert (await mode(server, mode="broken", for_seconds="30"))["until"] == START + 30
    clock.now += 30
    assert await status(server) == 200
    assert (await server.control("GET", "/control/eq")).json()["mode"] == "fine"


async def test_modes_replace_each_other_and_never_a_fault_put_in_by_hand(server):
    own = await order(server, kind="signed_out", operation="agents.get")
    for each in ("half_broken", "slow", "broken", "half_broken"):
        await mode(server, mode=each)
    assert [(row["operation"], row["by"]) for row in await listed(server)] == [
        ("agents.get", "hand"),
        *((name, "mode") for name in USUALLY_FAIL),
    ]
    await mode(server, mode="fine")
    assert [row["id"] for row in await listed(server)] == [own]


async def test_a_fault_of_a_mode_is_not_taken_away_alone(server):
    await mode(server, mode="slow")
    [row] = await listed(server)
    response = await server.control("DELETE", f"/control/faults/{row['id']}")
    assert refusal(response) == (404, "id", "nonexistent")


async def test_a_mode_is_withdrawn_and_a_fault_put_in_by_hand_stays(server):
    own = await order(server, kind="html", operation="agents.get")
    await mode(server, mode="broken")
    assert (await server.control("DELETE", "/control/eq")).json() == NOTHING_ORDERED
    assert await status(server) == 200
    assert [row["id"] for row in await listed(server)] == [own]
    assert (await server.control("DELETE", "/control/eq")).json() == NOTHING_ORDERED


async def test_clearing_ends_the_mode_too(server):
    await mode(server, mode="broken")
    await server.control("DELETE", "/control/faults")
    assert await status(server) == 200
    assert (await server.control("GET", "/control/eq")).json()["mode"] == "fine"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, "mode", "blank")),
        ({"mode": "tired"}, (400, "mode", "invalid")),
        ({"mode": "slow", "operations": "agents.get"}, (400, "operations", "invalid")),
        ({"mode": "half_broken", "operations": "agents.gt"}, (400, "operations", "nonexistent")),
        ({"mode": "half_broken", "operations": ""}, (400, "operations", "blank")),
        ({"mode": "half_broken", "operations": " , "}, (400, "operations", "blank")),
        ({"fault": '{"mode": "half_broken", "operations": []}'}, (400, "operations", "blank")),
        ({"mode": "slow", "for_seconds": "soon"}, (400, "for_seconds", "invalid")),
        ({"fault": '{"mode": "half_broken", "operations": 7}'}, (400, "operations", "invalid")),
        ({"fault": '{"mode": "half_broken", "operations": [7]}'}, (400, "operations", "invalid")),
        ({"fault": "{"}, (400, "fault", "invalid")),
    ],
)
async def test_a_mode_that_cannot_be_is_refused_and_nothing_changes(server, fields, expected):
    await mode(server, mode="slow")
    assert refusal(await server.control("POST", "/control/eq", **fields)) == expected
    assert (await server.control("GET", "/control/eq")).json()["mode"] == "slow"
