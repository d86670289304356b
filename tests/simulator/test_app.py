"""The pretend server over HTTP: answers as in contract §3, refusals as in contract §1."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eqboard.eq.operations import OPERATIONS
from eqboard.simulator import app as app_module
from eqboard.simulator import handlers
from eqboard.simulator.app import MAX_SPEED, build_app
from eqboard.simulator.cast import build_directory
from eqboard.simulator.faults import Accident, ConnectionDropped, Mode
from eqboard.simulator.people import HOSTILE_NAMES
from eqboard.simulator.scenarios import SCENARIOS, build_world
from eqboard.simulator.switch.parties import Place
from eqboard.simulator.world import World

from .conftest import KEY, START, Clock, Server, a_world, refusal

READS = [
    "call_queue_statistics",
    "call_queue_agent_status",
    "queued_calls",
    "parked_calls",
    "active_conferences",
    "active_agent_sessions",
    "active_supervisor_sessions",
    "agent/1",
    "call_queue/500",
    "pause_code/1",
]
BASE = "http://eq/eq/api/2.0/"
BASE_PATH = "/eq/api/2.0"
WITH_A_BODY = [("POST", "pause_code"), ("PUT", "pause_code/1"), ("DELETE", "pause_code/1")]

# The key


@pytest.mark.contract("1.16")
@pytest.mark.parametrize("path", [*READS, "agent/99"])
async def test_a_request_without_the_key_is_401_blank(bare, path):
    assert refusal(await bare.get(BASE + path)) == (401, "auth_key", "blank")


@pytest.mark.contract("1.16")
@pytest.mark.parametrize("path", READS)
async def test_a_request_with_a_wrong_key_is_401_invalid(bare, path):
    response = await bare.get(BASE + path, params={"auth_key": "wrong-key-ü"})
    assert refusal(response) == (401, "auth_key", "invalid")
    assert "wrong-key" not in response.text


async def test_the_key_may_come_in_the_body_of_a_post(bare):
    form = {"auth_key": KEY, "action": "pause", "options": '{"agent": 1}'}
    response = await bare.post(BASE + "call_queue_agent_action", data=form)
    assert (response.status_code, response.json()) == (200, None)


@pytest.mark.contract("1.2")
@pytest.mark.parametrize(("method", "path"), WITH_A_BODY)
async def test_the_key_may_come_in_the_body_of_whatever_has_one(bare, method, path):
    response = await bare.request(method, BASE + path, data={"auth_key": KEY, "data": '{"name": "Tea"}'})
    assert response.status_code == 200


@pytest.mark.contract("1.2", "1.16")
@pytest.mark.parametrize(("method", "path"), WITH_A_BODY)
async def test_a_wrong_key_in_a_body_is_401_invalid_and_nothing_is_done(bare, world, method, path):
    before = dict(world.directory.pause_codes)
    response = await bare.request(method, BASE + path, data={"auth_key": "x", "data": '{"name": "Tea"}'})
    assert refusal(response) == (401, "auth_key", "invalid")
    assert world.directory.pause_codes == before


@pytest.mark.contract("1.2")
async def test_the_key_in_the_body_of_a_get_does_not_count(bare):
    response = await bare.request("GET", BASE + "parked_calls", data={"auth_key": KEY})
    assert refusal(response) == (401, "auth_key", "blank")


async def test_a_wrong_key_in_the_query_is_not_saved_by_the_body(bare):
    response = await bare.post(BASE + "call_queue_agent_action", params={"auth_key": "x"}, data={"auth_key": KEY})
    assert refusal(response) == (401, "auth_key", "invalid")


@pytest.mark.parametrize("name", ["auth_supervisor_session", "auth_agent_session"])
async def test_a_session_token_that_was_never_given_out_is_401(server, name):
    assert refusal(await server.get("parked_calls", **{name: "x" * 64})) == (401, name, "nonexistent")


async def test_the_control_side_needs_the_key_too(bare):
    for method, path in (("GET", "/truth"), ("POST", "/control/calls"), ("DELETE", "/control/faults")):
        assert refusal(await bare.request(method, path)) == (401, "auth_key", "blank")


@pytest.mark.contract("1.11", "1.12")
@pytest.mark.parametrize("path", ["nothing", "agents", "agent/", "agent/1/2", "parked_calls/"])
async def test_an_unknown_path_is_404_with_the_error_array(server, path):
    response = await server.get(path)
    assert refusal(response) == (404, None, "nonexistent")
    assert KEY not in str(response.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_wrong_method_is_405_with_the_error_array(bare, method):
    response = await bare.request(method, BASE + "parked_calls", params={"auth_key": KEY})
    assert refusal(response) == (405, None, "invalid")


async def test_a_wrong_method_is_told_the_right_ones(bare):
    response = await bare.request("PATCH", BASE + "call_queue/500", params={"auth_key": KEY})
    assert response.headers["Allow"] == "DELETE, GET, HEAD, PUT"


@pytest.mark.contract("2.24")
@pytest.mark.parametrize("kind", ["agent", "supervisor", "call_queue", "pause_code", "extension", "alert"])
async def test_there_is_no_list(server, kind):
    assert refusal(await server.get(kind)) == (405, None, "invalid")


@pytest.mark.contract("2.23")
def test_beside_the_operations_of_the_table_there_is_nothing_under_the_apis_base(world):
    app = build_app(world, key=KEY, clock=lambda: START)
    served = {(method, route.path) for route in app.routes for method in route.methods if method != "HEAD"}
    table = {(operation.method, BASE_PATH + operation.path) for operation in OPERATIONS.values()}
    assert {(method, path) for method, path in served if path.startswith(BASE_PATH)} == table


# The table


def test_every_operation_of_the_table_has_a_handler(world):
    build_app(world, key=KEY, clock=lambda: START)
    for operation in OPERATIONS.values():
        assert handlers.handler_for(operation.method, operation.path)


def test_an_operation_without_a_handler_is_named_at_the_start():
    with pytest.raises(LookupError, match=r"no handler for GET /coffee/\{cup\}"):
        handlers.handler_for("GET", "/coffee/{cup}")


def test_a_server_needs_a_key_and_a_speed(world):
    with pytest.raises(ValueError, match="key"):
        build_app(world, key="", clock=lambda: START)
    for speed in (0.0, -1.0, MAX_SPEED + 1, 1e6, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="speed"):
            build_app(world, key=KEY, clock=lambda: START, speed=speed)


# Time


async def test_the_world_catches_up_with_the_clock_at_each_request(server, world, clock):
    clock.now += 100
    await server.get("parked_calls")
    assert world.now == START + 100


async def test_a_clock_that_goes_backwards_moves_nothing(server, world, clock):
    clock.now += 100
    await server.get("parked_calls")
    clock.now -= 5000
    assert (await server.get("parked_calls")).status_code == 200
    assert world.now == START + 100


async def test_after_the_clock_was_put_back_the_world_goes_on_from_where_it_is(server, world, clock):
    for jump, expected in ((100, 100), (-5000, 100), (10, 110), (-1, 110), (0, 110), (7, 117)):
        clock.now += jump
        await server.get("parked_calls")
        assert world.now == START + expected


async def test_after_a_clock_that_was_broken_for_a_while_nothing_is_lost(server, world, clock):
    for now, expected in ((START + 10, 10), (float("nan"), 10), (float("inf"), 10), (START + 30, 30)):
        clock.now = now
        await server.get("parked_calls")
        assert world.now == START + expected


async def test_a_broken_clock_moves_nothing(server, world, clock):
    clock.now = float("nan")
    assert (await server.get("parked_calls")).status_code == 200
    assert world.now == START


async def test_speed_makes_the_world_run_faster(world, clock):
    app = build_app(world, key=KEY, clock=clock, speed=10.0)
    clock.now += 6
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        await client.get(BASE + "parked_calls", params={"auth_key": KEY})
    assert world.now == START + 60


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_without_the_key_no_time_passes(bare, world, clock, key):
    clock.now += 100
    for method, path in (("GET", "parked_calls"), ("POST", "steal_queued_call"), ("GET", "../../../truth")):
        assert (await bare.request(method, BASE + path, params={"auth_key": key})).status_code == 401
    assert world.now == START


async def test_a_wrong_key_in_the_query_is_refused_before_the_body_is_read(bare):
    async def body():
        raise AssertionError("the body was asked for")
        yield b""

    response = await bare.post(BASE + "steal_queued_call", params={"auth_key": "wrong"}, content=body())
    assert refusal(response) == (401, "auth_key", "invalid")


async def busy_afternoon(jumps):
    """How a busy site stands after each of some jumps of the clock."""
    world, clock = build_world("large_site", seed=1, started_at=START, queues=10, agents=60), Clock()
    app = build_app(world, key=KEY, clock=clock)
    seen = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        for seconds in jumps:
            clock.now += seconds
            statuses = await client.get(BASE + "call_queue_agent_status", params={"auth_key": KEY})
            seen.append((world.now, statuses.text, statuses.headers["date"]))
    return seen


async def test_a_clock_that_jumped_far_ahead_is_followed_only_so_far_and_then_second_by_second(monkeypatch):
    monkeypatch.setattr(app_module, "MAX_EVENTS", 2000)
    day = 86400
    jumped, later, back = (now for now, _, _ in await busy_afternoon([day, 10, -2 * day]))
    assert START + 60 < jumped < START + day
    assert later == pytest.approx(jumped + 10)
    assert back == later
    assert await busy_afternoon([day, 10]) == await busy_afternoon([day, 10])


async def test_in_a_house_where_little_happens_a_week_is_followed_whole(server, world, clock):
    clock.now += 7 * 86400
    await server.get("parked_calls")
    assert world.now == clock.now


async def test_the_server_shows_its_time_in_the_date_header(server):
    assert (await server.get("parked_calls")).headers["date"] == "Tue, 14 Nov 2023 22:13:20 GMT"


# A server that is gone

KNOCKS = [
    ("GET", "parked_calls"),
    ("GET", "nothing"),
    ("PATCH", "parked_calls"),
    ("POST", "steal_queued_call"),
    ("GET", ""),
]


async def is_there(client):
    """Whether somebody without the key hears anything at all, of whatever they ask."""
    heard = set()
    for method, path in KNOCKS:
        try:
            heard.add((await client.request(method, BASE + path)).status_code >= 400)
        except ConnectionDropped:
            heard.add(False)
    [answer] = heard
    return answer


async def test_a_server_that_is_gone_is_so_without_the_key_too_until_its_time_is_over(bare, server, clock):
    await server.control("POST", "/control/eq", mode="gone", for_seconds="30")
    for now, expected in ((START, False), (START + 29.9, False), (START + 30, True)):
        clock.now = now
        assert await is_there(bare) == expected


async def test_a_server_that_was_dropped_by_hand_is_gone_from_when_it_is_to_be(bare, server, clock):
    await server.control("POST", "/control/faults", kind="dropped", in_seconds="10", for_seconds="5")
    for now, expected in ((START + 9, True), (START + 10, False), (START + 14, False), (START + 15, True)):
        clock.now = now
        assert await is_there(bare) == expected


@pytest.mark.parametrize(
    "fault", [{"path": "/parked_calls"}, {"method": "GET"}, {"operation": "agents.get"}, {"probability": "0.5"}]
)
async def test_a_server_that_drops_some_requests_is_not_gone(bare, server, fault):
    await server.control("POST", "/control/faults", kind="dropped", **fault)
    assert await is_there(bare)


async def test_a_server_that_is_gone_by_its_scenario_comes_back_by_the_clock_though_nobody_has_the_key(
    open_client, clock
):
    accidents = (Accident(Mode.GONE, begins_seconds=10, lasts_seconds=20),)
    world = a_world(accidents=accidents, accidents_period_seconds=100.0)
    async with open_client(world) as client:
        for seconds, expected in ((9, True), (10, False), (29, False), (30, True), (110, False), (130, True)):
            clock.now = START + seconds
            assert await is_there(client) == expected
        clock.now = START + 115
        assert await is_there(client)  # the clock was put back, and the world never began
        clock.now += 15
        assert not await is_there(client)
        await Server(client).control("POST", "/control/eq", mode="fine")
        assert await is_there(client)
    assert world.now == START + 15


async def test_the_control_side_of_a_server_that_is_gone_is_there(bare, server):
    await server.control("POST", "/control/eq", mode="gone")
    assert (await server.control("GET", "/control/eq")).json()["mode"] == "gone"
    assert (await bare.get("/control/world")).status_code == 401


async def test_nothing_is_done_by_a_server_that_is_gone(server, world):
    await server.control("POST", "/control/eq", mode="gone")
    with pytest.raises(ConnectionDropped):
        await server.act(action="pause", options=json.dumps({"agent": 1}))
    world.tick(2)
    assert not world.directory.agents[1].memberships["500"].paused


# Answers


@pytest.mark.contract("2.16", "3.14")
async def test_statistics_of_one_queue_are_one_object(server, world, clock):
    world.place_call("500", talk_seconds=30)
    clock.now += 10.9
    assert (await server.get("call_queue_statistics", queue=500)).json() == {
        "queue": "500",
        "calls": 0,
        "waitTime": 0,
        "agents": 2,
        "agentsAvailable": 1,
        "agentsRinging": 0,
        "agentsOnCall": 1,
        "agentsWrapUp": 0,
        "agentsPaused": 0,
        "callsAnswered": 1,
        "callsAbandoned": 0,
        "averageWaitTime": 3,
        "averageTalkTime": 0,
    }


@pytest.mark.contract("2.16")
@pytest.mark.parametrize("query", [{}, {"queue": ""}])
async def test_statistics_of_all_queues_are_an_array(server, query):
    rows = (await server.get("call_queue_statistics", **query)).json()
    assert [row["queue"] for row in rows] == ["500", "501"]


@pytest.mark.contract("4.9")
async def test_waiting_is_shown_in_whole_seconds(server, world, clock):
    world.pause(world.directory.agents[1], None)
    world.place_call("501")
    clock.now += 9.9
    assert (await server.get("call_queue_statistics", queue="501")).json()["waitTime"] == 9


@pytest.mark.contract("3.10", "3.13", "4.4", "4.14")
async def test_a_ringing_caller_is_in_the_queue_and_at_the_agent(server, world, clock):
    call = world.place_call("500", name="O'Brien & <Sons>", number="5551234")
    clock.now += 1.5
    [queued] = (await server.get("queued_calls", queue="500")).json()
    [row] = (await server.get("call_queue_agent_status", agent=1, queue="500")).json()
    assert queued == {
        "id": "1",
        "uniqueId": call.unique_id,
        "queue": "500",
        "channel": "SIP/trunk-00000001",
        "position": 1,
        "callerIdNumber": "5551234",
        "callerIdName": "O'Brien & <Sons>",
        "enterTime": 1700000000,
        "priority": 0,
    }
    assert row == {
        "agent": 1,
        "queue": "500",
        "extension": "201",
        "status": "ringing",
        "skill": 1,
        "paused": False,
        "pauseCode": None,
        "statusTime": 1700000000,
        "signInTime": 1700000000,
        "wrapUpEndTime": None,
        "callsTaken": 0,
        "lastCallTime": None,
        "call": {
            "id": "1",
            "uniqueId": call.unique_id,
            "channel": "SIP/trunk-00000001",
            "callerIdNumber": "5551234",
            "callerIdName": "O&#x27;Brien &amp; &lt;Sons&gt;",
            "startTime": 1700000000,
            "queue": "500",
        },
    }


@pytest.mark.contract("4.7")
async def test_an_agents_other_queues_show_the_busy_telephone_without_the_call(server, world, clock):
    world.place_call("500")
    clock.now += 5
    rows = (await server.get("call_queue_agent_status", agent="1")).json()
    assert [(row["queue"], row["status"], bool(row["call"])) for row in rows] == [
        ("500", "onCall", True),
        ("501", "onCall", False),
    ]


async def test_status_of_one_queue_has_a_row_for_each_agent_bound_to_it(server, world):
    world.go_home(world.directory.agents[2])
    rows = (await server.get("call_queue_agent_status", queue="500")).json()
    assert [(row["agent"], row["status"], row["extension"]) for row in rows] == [
        (1, "available", "201"),
        (2, "signedOut", None),
    ]


async def test_an_agent_signed_in_to_a_queue_they_are_not_bound_to_has_a_row_there(server, world):
    world.sign_in(world.directory.agents[2], [("501", 5)])
    rows = (await server.get("call_queue_agent_status", queue="501")).json()
    assert [(row["agent"], row["skill"]) for row in rows] == [(1, 2), (2, 5)]


@pytest.mark.contract("3.13")
async def test_combined_status_is_one_row_for_each_agent_with_the_foremost_state(server, world):
    world.pause(world.directory.agents[1], 1, ["501"])
    world.pause(world.directory.agents[2], 2)
    rows = (await server.get("call_queue_agent_status", combined=1)).json()
    shown = [(row["agent"], row["queue"], row["status"], row["paused"], row["pauseCode"]) for row in rows]
    assert shown == [(1, None, "available", False, None), (2, None, "paused", True, 2)]


async def test_combined_has_no_effect_when_an_agent_or_a_queue_is_named(server):
    assert len((await server.get("call_queue_agent_status", agent=1, combined=1)).json()) == 2
    assert len((await server.get("call_queue_agent_status", queue="501", combined=1)).json()) == 1


@pytest.mark.contract("3.13")
async def test_wrap_up_shows_when_it_will_end_and_unlimited_wrap_up_does_not(server, world, clock):
    world.place_call("501", talk_seconds=10)
    clock.now += 14
    [row] = (await server.get("call_queue_agent_status", agent=1, queue="501")).json()
    assert (row["status"], row["statusTime"], row["wrapUpEndTime"]) == ("wrapUp", START + 13, START + 33)


# Written out from the EQ API text, Create Call Queue.
ATTRIBUTES_OF_A_QUEUE = {
    *("extension", "name", "type", "autoAnswerAcd", "sysResume", "wrapUpTime", "wrapUpAllQueues", "cidNamePrefix"),
    *("agentRestrictions", "ringStrategy", "weight", "mohClass", "ringingMoh", "recordingFormat", "recordingMode"),
    *("maxWaitTime", "agentTimeout", "agentRetryTime", "maxCallers", "joinEmpty", "leaveEmpty", "announceFrequency"),
    *("announcePosition", "announceHoldTime", "deleted"),
}


async def test_entities_are_shown_whole(server):
    agent = (await server.get("agent/2")).json()
    assert set(agent) == {"id", "number", "firstName", "lastName", "emailAddress", "language", "deleted"}
    assert (await server.get("pause_code/1")).json() == {"id": 1, "name": "Lunch", "deleted": False}
    queue = (await server.get("call_queue/501")).json()
    assert (queue["extension"], queue["wrapUpTime"], queue["ringStrategy"]) == ("501", 20, "leastrecent")
    assert set(queue) == ATTRIBUTES_OF_A_QUEUE


@pytest.mark.contract("1.18")
async def test_deleted_entities_are_still_read_by_id(server, world):
    world.directory.agents[2].deleted = True
    world.directory.queues["501"].deleted = True
    assert (await server.get("agent/2")).json()["deleted"] is True
    assert (await server.get("call_queue/501")).json()["deleted"] is True


@pytest.mark.contract("3.9")
async def test_sessions_never_show_a_token(server, clock):
    clock.now += 100
    [first, _] = (await server.get("active_agent_sessions")).json()
    assert first == {"user": 1, "extension": "201", "signInTime": START, "pingTime": START + 90}
    [supervisor] = (await server.get("active_supervisor_sessions")).json()
    assert set(supervisor) == {"user", "extension", "signInTime", "pingTime"}


@pytest.fixture
def parking_world():
    return a_world(park_share=1.0, renamed_share=0.0)


async def test_a_parked_caller_is_shown_with_space_and_parker(open_client, parking_world):
    call = parking_world.place_call("500", name="Ann", talk_seconds=100)
    while call.place is not Place.PARKED:
        parking_world.tick(1)
    async with open_client(parking_world) as client:
        [row] = (await client.get(BASE + "parked_calls", params={"auth_key": KEY})).json()
    assert (row["space"], row["parkedBy"], row["timeout"], row["callerIdName"]) == ("71", "201", 180, "Ann")
    assert row["uniqueId"] == call.unique_id


async def test_a_conference_has_the_caller_the_agent_and_a_third(open_client):
    world = a_world(conference_share=1.0)
    world.place_call("500", name="Ann", talk_seconds=100)
    world.tick(100)
    async with open_client(world) as client:
        [room] = (await client.get(BASE + "active_conferences", params={"auth_key": KEY})).json()
    assert [person["callerIdName"] for person in room["participants"]][:2] == ["Ann", "Agent1 Test"]
    assert len({person["uniqueId"] for person in room["participants"]}) == 3


@pytest.mark.contract("4.14", "4.16")
@pytest.mark.parametrize("name", HOSTILE_NAMES)
async def test_hostile_names_pass_through_as_valid_json(server, world, name):
    world.place_call("500", name=name)
    [row] = (await server.get("queued_calls")).json()
    assert row["callerIdName"] == name


@pytest.mark.contract("1.15")
async def test_lists_of_nothing_are_empty_arrays(server):
    for path in ("queued_calls", "parked_calls", "active_conferences"):
        assert (await server.get(path)).json() == []


# Refusals


@pytest.mark.contract("1.15")
@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("call_queue_statistics", {"queue": "999"}, (404, "queue", "nonexistent")),
        ("call_queue_statistics", {"queue": "Sales"}, (404, "queue", "nonexistent")),
        ("queued_calls", {"queue": "999"}, (404, "queue", "nonexistent")),
        ("queued_calls", {"queue": "٥٠٠"}, (404, "queue", "nonexistent")),
        ("call_queue_agent_status", {"queue": "999"}, (404, "queue", "nonexistent")),
        ("call_queue_agent_status", {"agent": "99"}, (404, "agent", "nonexistent")),
        ("call_queue_agent_status", {"agent": "-1"}, (400, "agent", "invalid")),
        ("call_queue_agent_status", {"agent": "9" * 5000}, (400, "agent", "invalid")),
        ("call_queue_agent_status", {"combined": "yes"}, (400, "combined", "invalid")),
        ("agent/99", {}, (404, "id", "nonexistent")),
        ("agent/one", {}, (404, "id", "nonexistent")),
        ("agent/" + "9" * 5000, {}, (404, "id", "nonexistent")),
        ("call_queue/999", {}, (404, "extension", "nonexistent")),
        ("call_queue/%00%FF", {}, (404, "extension", "nonexistent")),
        ("pause_code/0", {}, (404, "id", "nonexistent")),
        ("pause_code/²", {}, (404, "id", "nonexistent")),
    ],
)
async def test_a_wrong_read_is_refused_and_named(server, path, query, expected):
    assert refusal(await server.get(path, **query)) == expected


@pytest.mark.contract("1.18")
async def test_a_deleted_queue_is_nonexistent_in_reads(server, world):
    world.directory.queues["501"].deleted = True
    assert refusal(await server.get("queued_calls", queue="501")) == (404, "queue", "nonexistent")


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, (400, "action", "blank")),
        ({"action": "dance", "options": '{"agent": 1}'}, (400, "action", "invalid")),
        ({"action": "pause"}, (400, "options", "blank")),
        ({"action": "pause", "options": " "}, (400, "options", "blank")),
        ({"action": "pause", "options": "{"}, (400, "options", "invalid")),
        ({"action": "pause", "options": "[1]"}, (400, "options", "invalid")),
        ({"action": "pause", "options": "null"}, (400, "options", "invalid")),
        ({"action": "pause", "options": "[" * 100_000}, (400, "options", "invalid")),
        ({"action": "pause", "options": '{"agent": ' + "9" * 6000 + "}"}, (400, "options", "invalid")),
        ({"action": "pause", "options": '{"agent": NaN}'}, (400, "agent", "invalid")),
        ({"action": "pause", "options": '{"agent": 1e400}'}, (400, "agent", "invalid")),
        ({"action": "pause", "options": "{}"}, (400, "agent", "blank")),
        ({"action": "pause", "options": '{"agent": 99}'}, (400, "agent", "nonexistent")),
        ({"action": "pause", "options": '{"agent": 2, "queue": "501"}'}, (400, "queue", "not_signed_in")),
        ({"action": "signIn", "options": '{"agent": 1, "queue": "501"}'}, (400, "queue", "already_signed_in")),
        ({"action": "pause", "options": '{"agent": 1, "pauseCode": 7}'}, (400, "pauseCode", "nonexistent")),
    ],
)
async def test_a_wrong_action_is_refused_over_http(server, form, expected):
    assert refusal(await server.act(**form)) == expected


@pytest.mark.contract("1.7", "2.30")
async def test_an_action_is_answered_null_and_done_within_a_second(server, clock):
    response = await server.act(action="pause", options=json.dumps({"agent": 1, "pauseCode": 1}))
    assert (response.status_code, response.json()) == (200, None)
    assert (await server.get("call_queue_agent_status", agent=1)).json()[0]["status"] == "available"
    clock.now += 1
    assert (await server.get("call_queue_agent_status", agent=1)).json()[0]["status"] == "paused"


async def test_a_body_over_one_megabyte_is_refused(server):
    assert refusal(await server.act(action="pause", options="x" * 1_000_001)) == (400, None, "invalid")


async def test_a_thousand_fields_are_enough(server):
    many = {f"field{count}": "1" for count in range(1001)}
    assert refusal(await server.act(**many)) == (400, None, "invalid")


@pytest.mark.contract("1.10")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.binary(max_size=60), body=st.binary(max_size=200), form=st.booleans())
async def test_whatever_bytes_come_the_server_does_not_break(query, body, form):
    app = build_app(a_world(), key=KEY, clock=lambda: START)

    async def with_raw_query(scope, receive, send):
        await app(scope | {"query_string": f"auth_key={KEY}&queue=".encode() + query}, receive, send)

    transport = httpx.ASGITransport(with_raw_query)
    prefix = b"action=pause&options=" if form else b""
    async with httpx.AsyncClient(transport=transport) as client:
        for method, path in (("GET", "call_queue_agent_status"), ("POST", "call_queue_agent_action")):
            content = prefix + body if method == "POST" else b""
            response = await client.request(method, BASE + path, content=content)
            assert response.status_code in (200, 400, 401, 404)
            response.json()


OPTIONS = st.dictionaries(
    st.sampled_from(["agent", "queue", "queues", "skill", "skills", "paused", "pauseCode"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["501", 1, 2]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ),
)


@settings(max_examples=200, deadline=None)
@given(action=st.sampled_from(["signIn", "signOut", "pause", "resume", "exitWrapUp"]), options=OPTIONS)
async def test_whatever_options_come_they_are_accepted_or_refused_by_name(action, options):
    world = a_world()
    app = build_app(world, key=KEY, clock=lambda: START)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        response = await client.post(
            BASE + "call_queue_agent_action",
            params={"auth_key": KEY},
            data={"action": action, "options": json.dumps(options | {"agent": options.get("agent", 1)})},
        )
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert refusal(response)[1] in {"agent", "queue", "queues", "skill", "skills", "paused", "pauseCode"}
    world.tick(2)


async def test_a_large_site_is_answered_whole(open_client):
    scenario = SCENARIOS["large_site"]
    world = World(scenario, build_directory(scenario), seed=1, started_at=START)
    async with open_client(world) as client:
        statistics = (await client.get(BASE + "call_queue_statistics", params={"auth_key": KEY})).json()
        rows = (await client.get(BASE + "call_queue_agent_status", params={"auth_key": KEY, "combined": 1})).json()
    assert (len(statistics), len(rows)) == (100, 1000)
