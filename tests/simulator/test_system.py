"""Licence, usage and the check of the configuration are what the world is; and no bytes break the office's side."""

import json
from contextlib import suppress
from dataclasses import replace
from random import Random

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.app import build_app
from eqboard.simulator.cast import build_directory
from eqboard.simulator.handlers import alerts, directory, extensions, sessions, system, users
from eqboard.simulator.office.configuration import problems_in
from eqboard.simulator.office.extensions import Extension, Telephone
from eqboard.simulator.office.sessions import TIME_OUT_SECONDS, Kind, Session, Sessions
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.scenarios import SCENARIOS, build_world
from eqboard.simulator.world import World

from .conftest import KEY, START, a_world, refusal
from .office import VALID, put, queue_action, sign_out, token_of
from .test_alerts import an_alert, create
from .test_invariants import AT_TELEPHONES, ORDERS, agent_moves, agent_sits_elsewhere, build, check

DAY = 86400


async def problems(server):
    check_up = (await server.get("configuration_check")).json()
    assert set(check_up) == {"ok", "problems"}
    assert check_up["ok"] is (check_up["problems"] == [])
    assert all(set(each) == {"type", "entity", "id", "description"} for each in check_up["problems"])
    return [(each["type"], each["entity"], each["id"]) for each in check_up["problems"]]


# The licence


async def test_the_licence_allows_everybody_there_is_and_some_to_spare(server):
    licence = (await server.get("license")).json()
    assert licence == {
        "licensee": "Example Call Centre",
        "type": "concurrent",
        "agents": 2 + 6,
        "supervisors": 1 + 2,
        "issueTime": 1_699_920_000 - 90 * DAY,  # midnight before START
        "expirationTime": 1_699_920_000 + 275 * DAY,
        "valid": True,
    }


async def test_the_licence_is_valid_up_to_its_last_second(server, clock):
    clock.now = 1_699_920_000 + 275 * DAY - 1
    assert (await server.get("license")).json()["valid"] is True
    assert await problems(server) == []
    clock.now += 1
    assert (await server.get("license")).json()["valid"] is False
    assert await problems(server) == [("licenseInvalid", "license", "")]


@pytest.mark.contract("3.16")
async def test_usage_is_who_is_signed_in(server, clock):
    assert (await server.get("license_usage")).json() == {"agents": 2, "supervisors": 1, "exceeded": False}
    await server.send("POST", "supervisor", data=VALID["supervisor"])
    await server.send("POST", "supervisor_session", user=2)
    await server.control("POST", "/control/agents/1", state="signed_out")
    assert (await server.get("license_usage")).json() == {"agents": 1, "supervisors": 2, "exceeded": False}
    clock.now += TIME_OUT_SECONDS
    assert (await server.get("license_usage")).json() == {"agents": 1, "supervisors": 1, "exceeded": False}


@pytest.mark.parametrize("kind", ["agent", "supervisor"])
async def test_the_licence_is_exceeded_by_one_more_than_it_allows(open_client, kind):
    world = a_world(None, [{"500": 1, "501": 1}], spare_agent_licences=1, spare_supervisor_licences=1)
    async with open_client(world) as client:
        for number in range(2):
            usage = (await client.get("/eq/api/2.0/license_usage", params={"auth_key": KEY})).json()
            assert usage["exceeded"] is False
            names = {"number": f"77{number}", "username": f"newcomer{number}", "emailAddress": f"n{number}@example.com"}
            form = {"data": json.dumps(VALID[kind] | names)}
            user = (await client.post(f"/eq/api/2.0/{kind}", params={"auth_key": KEY}, data=form)).json()
            extension = f"39{number}"
            form = {"data": json.dumps({"extension": extension, "name": extension})}
            await client.post("/eq/api/2.0/extension", params={"auth_key": KEY}, data=form)
            form = {"user": user, "extension": extension}
            response = await client.post(f"/eq/api/2.0/{kind}_session", params={"auth_key": KEY}, data=form)
            assert response.status_code == 200, response.text
        usage = (await client.get("/eq/api/2.0/license_usage", params={"auth_key": KEY})).json()
        assert usage["exceeded"] is True
        found = (await client.get("/eq/api/2.0/configuration_check", params={"auth_key": KEY})).json()
    assert [each["type"] for each in found["problems"]] == ["licenseExceeded"]


# The check of the configuration


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_begins_without_problems(scenario):
    world = World(SCENARIOS[scenario], build_directory(SCENARIOS[scenario]), seed=1, started_at=START)
    world.tick(60)
    assert problems_in(world.directory, world.attendance.sessions, world.licence, world.machine, world.now) == []


async def test_who_sits_at_an_extension_that_was_deleted_is_a_problem(server):
    await server.send("DELETE", "extension/201")
    await server.send("DELETE", "extension/301")
    assert await problems(server) == [
        ("extensionNonexistent", "supervisor", "1"),
        ("extensionNonexistent", "agent", "1"),
    ]


async def test_who_sits_at_an_extension_that_got_another_number_is_a_problem(server):
    await server.send("PUT", "extension/201", data={"extension": "299", "name": "Moved"})
    assert await problems(server) == [("extensionNonexistent", "agent", "1")]


async def test_it_is_a_problem_no_more_when_they_have_gone(server):
    await server.send("DELETE", "extension/201")
    await server.control("POST", "/control/agents/1", state="signed_out")
    assert await problems(server) == []


async def test_agents_bound_to_a_deleted_queue_are_a_problem(server):
    await server.send("DELETE", "call_queue/501")
    assert await problems(server) == [("boundToDeletedQueue", "agent", "1")]
    await server.send("DELETE", "agent/1")
    assert await problems(server) == []


async def test_alerts_on_a_deleted_queue_and_of_a_deleted_user_are_problems(server):
    await server.send("POST", "alert", data=an_alert("callQueueCallsHigh", callQueue="501"))
    await server.send("POST", "alert", data=an_alert("callQueueCallsHigh", callQueue="501", user=None))
    await server.send("DELETE", "call_queue/501")
    await server.send("DELETE", "supervisor/1")
    assert await problems(server) == [
        ("boundToDeletedQueue", "agent", "1"),
        ("alertOnDeletedQueue", "alert", "1"),
        ("alertOfDeletedUser", "alert", "1"),
        ("alertOnDeletedQueue", "alert", "2"),
    ]
    await server.send("PUT", "call_queue/501", query={"undelete": 1})
    await server.send("DELETE", "alert/1")
    assert await problems(server) == []


@pytest.mark.parametrize("recording_format", ["wav49", "gsm"])
async def test_a_format_that_eq_does_not_support_is_a_problem(server, recording_format):
    """It cannot be entered over the API; on a real system FreePBX lets it in, and so does the trainer."""
    await server.control("POST", "/control/queues/501", recording_format=recording_format)
    assert await problems(server) == [("recordingFormatUnsupported", "callQueue", "501")]
    await server.send("DELETE", "call_queue/501")
    assert await problems(server) == [("boundToDeletedQueue", "agent", "1")]
    await server.send("PUT", "call_queue/501", query={"undelete": 1})
    await put(server, "call_queue/501", name="Support", type=0, recordingFormat="wav")
    assert await problems(server) == []


async def test_a_queue_that_nobody_belongs_to_is_a_problem_until_somebody_signs_in(server, clock):
    await server.send("POST", "call_queue", data=VALID["call_queue"])
    assert await problems(server) == [("queueWithoutAgents", "callQueue", "555")]
    await queue_action(server, clock, "signIn", agent=2, queue="555")
    assert await problems(server) == []
    await queue_action(server, clock, "signOut", agent=2, queue="555")
    assert await problems(server) == [("queueWithoutAgents", "callQueue", "555")]
    await server.send("DELETE", "call_queue/555")
    assert await problems(server) == []


async def test_a_queue_whose_only_agent_is_deleted_is_a_problem(server):
    await server.send("DELETE", "agent/1")
    assert await problems(server) == [("queueWithoutAgents", "callQueue", "501")]
    await server.send("PUT", "agent/1", query={"undelete": 1})
    assert await problems(server) == []


async def test_a_queue_whose_agents_are_all_at_home_is_none(server):
    for agent in (1, 2):
        await server.control("POST", f"/control/agents/{agent}", state="signed_out")
    assert await problems(server) == []


@pytest.mark.parametrize("kind", ["agent", "supervisor"])
async def test_who_sits_where_no_telephone_is_registered_is_a_problem(cast, world, kind):
    world.directory.add_extension(Extension("391", "Socket", telephone=Telephone.NONE))
    token = await token_of(cast, kind, 1, "391")
    assert await problems(cast) == [("phoneNonexistent", kind, "1")]
    await sign_out(cast, kind, token)
    assert await problems(cast) == []


@pytest.mark.parametrize(
    ("kind", "threshold", "problem"),
    [
        ("callQueueAgentsLow", 0, "alertNeverRaised"),
        ("emailQueueAgentsAvailableLow", -1, "alertNeverRaised"),
        ("diskUsageHigh", 100, "alertNeverRaised"),
        ("diskUsageHigh", -1, "alertAlwaysRaised"),
        ("callQueueCallsHigh", -1, "alertAlwaysRaised"),
    ],
)
async def test_a_threshold_that_makes_no_sense_is_a_problem(server, kind, threshold, problem):
    await create(server, an_alert(kind, threshold=threshold))
    assert await problems(server) == [(problem, "alert", "1")]
    await put(server, "alert/1", **an_alert(kind, threshold=1))
    assert await problems(server) == []


@pytest.mark.parametrize(
    ("kind", "threshold"),
    [
        ("callQueueAgentsLow", 1),
        ("diskUsageHigh", 99),
        ("diskUsageHigh", 0),
        ("callQueueCallsHigh", 0),
        ("processStopped", None),
    ],
)
async def test_a_threshold_that_something_may_be_beyond_is_none(server, kind, threshold):
    await create(server, an_alert(kind, threshold=threshold))
    assert await problems(server) == []


async def test_processes_that_do_not_run_are_problems(server):
    for process in ("mysqld", "asterisk"):
        await server.control("POST", "/control/machine", stop=process)
    assert await problems(server) == [
        ("processStopped", "process", "asterisk"),
        ("processStopped", "process", "mysqld"),
    ]
    for process in ("mysqld", "asterisk"):
        await server.control("POST", "/control/machine", start=process)
    assert await problems(server) == []


async def test_a_disk_that_is_nearly_full_is_a_problem(server):
    for percent, found in [(89, []), (90, [("diskNearlyFull", "disk", "")]), (100, [("diskNearlyFull", "disk", "")])]:
        await server.control("POST", "/control/machine", disk_usage_percent=percent)
        assert await problems(server) == found
    await server.control("POST", "/control/machine", disk_usage_percent=41)
    assert await problems(server) == []


async def test_a_licence_that_has_expired_or_is_exceeded_is_a_problem(server):
    await server.control("POST", "/control/licence", days=0, agents=1)
    assert await problems(server) == [("licenseExceeded", "license", ""), ("licenseInvalid", "license", "")]
    await server.control("POST", "/control/licence", days=1, agents=2)
    assert await problems(server) == []


def test_two_at_one_extension_are_a_problem_though_no_rule_lets_it_happen(world):
    two = Sessions()
    for kind in Kind:
        two.activate(Session(kind, 1, "201", START, START), START)
    found = problems_in(world.directory, two, world.licence, world.machine, world.now)
    assert [(each.type, each.id) for each in found] == [("extensionShared", "201")]


# Whatever is done


STEPS = st.tuples(
    st.sampled_from(
        [
            *("agent", "supervisor", "call_queue", "pause_code", "extension", "alert"),
            *("agent_session", "supervisor_session", "sign out", "ask", "queue action"),
            *("telephone", "telephone", "telephone", "lever"),
        ]
    ),
    st.sampled_from(["POST", "PUT", "DELETE", "undelete"]),
    st.integers(0, 9),
    st.floats(0, 90),
)


# Those two go past the server, which would refuse a deleted agent.
AT_TELEPHONE = [order for order in ORDERS if order not in (agent_moves, agent_sits_elsewhere)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.lists(STEPS, min_size=5, max_size=30))
async def test_every_world_keeps_its_laws_whatever_the_office_does(seed, steps):
    world, rng = build(seed, AT_TELEPHONES), Random(seed)
    world.tick(600)
    clock_at = [world.now]
    app = build_app(world, key=KEY, clock=lambda: clock_at[0])
    tokens = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq/eq/api/2.0/") as client:
        for thing, verb, number, seconds in steps:
            if thing == "telephone":
                with suppress(Refusal):
                    rng.choice(AT_TELEPHONE)(world, rng)
            else:
                response = await carry_out(client, thing, verb, number, tokens)
                assert response.status_code in (200, 400, 401, 404)
            check(world)
            check_sessions(world)
            clock_at[0] += seconds
    world.tick(1000)
    check(world)
    check_sessions(world)


async def carry_out(client, thing, verb, number, tokens):
    token = tokens[number % len(tokens)] if tokens else ("agent", "none")
    if thing == "sign out":
        return await client.delete(f"{token[0]}_session/{token[1]}", params={"auth_key": KEY})
    if thing == "lever":
        form = {"state": ("available", "paused", "signed_out")[number % 3]}
        return await client.post(f"http://eq/control/agents/{number}", params={"auth_key": KEY}, data=form)
    if thing == "ask":
        return await client.get("parked_calls", params={"auth_key": KEY, f"auth_{token[0]}_session": token[1]})
    if thing == "queue action":
        form = {"action": "signIn", "options": json.dumps({"agent": number, "queue": f"50{number % 4}"})}
        return await client.post("call_queue_agent_action", params={"auth_key": KEY}, data=form)
    if thing.endswith("_session"):
        form = {"user": number, "extension": f"20{number * 3 % 10}", "force": number % 2}
        response = await client.post(thing, params={"auth_key": KEY}, data=form)
        if response.status_code == 200:
            tokens.append((thing.removesuffix("_session"), response.json()))
        return response
    key = {"call_queue": f"50{number}", "extension": f"20{number}"}.get(thing, str(number))
    if verb == "POST":
        names = {"number": f"9{number}", "username": f"user{number}", "emailAddress": f"{number}@example.com"}
        form = {"data": json.dumps(VALID[thing] | names | {"name": f"Name {number}", "extension": key})}
        return await client.post(thing, params={"auth_key": KEY}, data=form)
    query = {"auth_key": KEY} | ({"undelete": "1"} if verb == "undelete" else {})
    if verb == "DELETE":
        return await client.delete(f"{thing}/{key}", params=query)
    return await client.put(f"{thing}/{key}", params=query, data={"data": json.dumps(VALID[thing])})


def check_sessions(world):
    known = world.attendance.sessions
    at_work = {
        agent.id: agent.extension for agent in world.directory.agents.values() if agent.session_since is not None
    }
    active = known.active(Kind.AGENT)
    assert {session.user: session.extension for session in active} == at_work
    everybody = [*active, *known.active(Kind.SUPERVISOR)]
    assert all(session.is_active and session.times_out_at > world.now for session in everybody)
    places = [session.extension for session in everybody if session.extension]
    assert len(set(places)) == len(places)
    deleted = {agent.id for agent in world.directory.agents.values() if agent.deleted}
    assert not deleted & set(at_work)
    assert not any(queue.members or queue.waiting for queue in world.directory.queues.values() if queue.deleted)


# Whatever bytes come


OFFICE = (users, directory, extensions, alerts, sessions, system)
ROUTES = sorted(route for module in OFFICE for route in module.HANDLERS)
BYTES = st.binary(max_size=40) | st.sampled_from([b"1", b"201", b"500", b"\xff\xfe", b"%ED%A0%80", b"%00", b"\xed\xa0"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=6)
    | st.sampled_from(["full", "realtime", "custom", "callQueueCallsHigh", "500", "201", "yes", "wav", 0, 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
NAMES = sorted({name for data in VALID.values() for name in data} | {"sip", "voicemail", "recording", "weight", "id"})
DATA = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    route=st.sampled_from(ROUTES),
    key=BYTES,
    query=BYTES,
    body=BYTES,
    name=st.sampled_from([b"data", b"user", b"extension", b"force", b"undelete", b"auth_agent_session", b"options"]),
)
async def test_whatever_bytes_come_the_office_answers_json_and_never_fails(route, key, query, body, name):
    app = build_app(a_world(), key=KEY, clock=lambda: START)
    method, path = route
    target = "/eq/api/2.0" + path.replace("{}", key.decode("latin-1"))

    async def as_sent(scope, receive, send):
        raw = f"auth_key={KEY}&".encode() + name + b"=" + query
        await app(scope | {"query_string": raw, "path": target}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_sent), base_url="http://eq") as client:
        response = await client.request(method, "/", content=name + b"=" + body)
    assert response.status_code in (200, 400, 401, 404, 405)  # 405: a key with nothing in it
    assert response.headers["content-type"] == "application/json"
    response.json()


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(sorted(VALID)), is_new=st.booleans(), data=DATA, is_mixed=st.booleans())
async def test_whatever_data_comes_it_is_taken_or_refused_by_name(kind, is_new, data, is_mixed):
    world = a_world()
    app = build_app(world, key=KEY, clock=lambda: START)
    data = VALID[kind] | data if is_mixed else data
    key = {"call_queue": "500", "extension": "201"}.get(kind, "1")
    method, path = ("POST", kind) if is_new else ("PUT", f"{kind}/{key}")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq/eq/api/2.0/") as client:
        response = await client.request(method, path, params={"auth_key": KEY}, data={"data": json.dumps(data)})
        assert response.status_code in (200, 400, 404)
        if response.status_code == 400:
            assert {error["type"] for error in response.json()} <= {"blank", "invalid", "nonexistent", "in_use"}
            assert all(error["parameter"] for error in response.json())
        elif kind != "alert":
            key = str(response.json() or key) if response.status_code == 200 else key
            assert (await client.get(f"{kind}/{key}", params={"auth_key": KEY})).status_code in (200, 404)
    world.tick(60)
    check(world)


async def test_there_is_no_system_operation_that_writes(server):
    for path in ("license", "license_usage", "configuration_check", "phone"):
        assert refusal(await server.send("POST", path)) == (405, None, "invalid")


def test_a_scenario_may_have_few_licences():
    world = build_world("by_hand", seed=1, started_at=START, agents=3)
    few = replace(world.licence, agents=2)
    assert few.is_exceeded(world.attendance.sessions)
    assert not world.licence.is_exceeded(world.attendance.sessions)
