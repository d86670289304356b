"""Every object of contract §3, with just the names that stand there, as a living floor shows it over HTTP.

Written out by hand from the page, and not taken from the client's models.
"""

import re

import pytest

from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.scenarios import build_world

from .conftest import START, Server, a_world

AGENT_CALL = "id uniqueId channel callerIdNumber callerIdName startTime queue"
QUEUE = """extension name type autoAnswerAcd sysResume wrapUpTime wrapUpAllQueues cidNamePrefix agentRestrictions
    ringStrategy weight mohClass ringingMoh recordingFormat recordingMode maxWaitTime agentTimeout agentRetryTime
    maxCallers joinEmpty leaveEmpty announceFrequency announcePosition announceHoldTime deleted"""

OBJECTS = {
    "supervisor/1": "id username firstName lastName emailAddress language type deleted",
    "agent/1": "id number firstName lastName emailAddress language deleted",
    "call_queue/500": QUEUE,
    "pause_code/1": "id name deleted",
    "extension/201": "extension name cidMasquerade outboundCid emergencyCid callWaiting recording sip voicemail",
    "extension/201 recording": "inboundExternal inboundInternal outboundExternal outboundInternal onDemand",
    "extension/201 sip": "secret dtmfMode context nat",
    "extension/201 voicemail": "context password emailAddress pagerEmailAddress options",
    "extension/201 voicemail options": "attach saycid envelope delete",
    "phone?extension=201": "extension type model ipAddress port userAgent",
    "active_supervisor_sessions": "user extension signInTime pingTime",
    "active_agent_sessions": "user extension signInTime pingTime",
    "queued_calls": "id uniqueId queue channel position callerIdNumber callerIdName enterTime priority",
    "parked_calls": "channel uniqueId space callerIdNumber callerIdName parkedBy parkTime timeout",
    "active_calls?extension=BUSY": """id uniqueId extension channel callerIdNumber callerIdName connectedNumber
        connectedName otherChannel status direction queue startTime answerTime recording""",
    "call_queue_agent_status": """agent queue extension status skill paused pauseCode statusTime signInTime
        wrapUpEndTime callsTaken lastCallTime call""",
    "call_queue_agent_status call": AGENT_CALL,
    "call_queue_agent_status?combined=1": """agent queue extension status skill paused pauseCode statusTime signInTime
        wrapUpEndTime callsTaken lastCallTime call""",
    "call_queue_agent_status?combined=1 call": AGENT_CALL,
    "call_queue_statistics": """queue calls waitTime agents agentsAvailable agentsRinging agentsOnCall agentsWrapUp
        agentsPaused callsAnswered callsAbandoned averageWaitTime averageTalkTime""",
    "active_conferences": "extension name locked startTime participants",
    "active_conferences participants": """channel uniqueId callerIdNumber callerIdName admin muted talking joinTime""",
    "license": "licensee type agents supervisors issueTime expirationTime valid",
    "license_usage": "agents supervisors exceeded",
    "configuration_check": "ok problems",
    "configuration_check problems": "type entity id description",
}
PATHS = sorted({path.split()[0] for path in OBJECTS})
NO_MOMENTS = {
    *("waitTime", "averageWaitTime", "averageTalkTime", "wrapUpTime", "maxWaitTime", "agentRetryTime"),
    "announceHoldTime",
}


@pytest.fixture(scope="module")
def floor():
    """A floor on which somebody waits, is parked, talks, and is in a conference; and where something is wrong."""
    world = build_world("steady", seed=1, started_at=START)
    while not (world.switch.lot.calls and world.switch.conferences and waiting(world)):
        world.tick(10)
    del world.directory.extensions[world.directory.supervisors[2].desk]
    return world


def waiting(world):
    return [call for queue in world.directory.queues.values() for call in queue.waiting.values()]


@pytest.fixture
async def answers(open_client, floor):
    """By path, what a client reads."""
    busy = next(leg.extension for line in floor.switch.lines.by_extension.values() for leg in line.legs)
    async with open_client(floor) as client:
        server = Server(client)
        return {path: await read(server, path.replace("BUSY", busy)) for path in PATHS}


async def read(server, path):
    path, _, query = path.partition("?")
    response = await server.get(path, **dict([query.split("=")] if query else []))
    assert response.status_code == 200
    return response.json()


def objects_in(answer):
    """Every object in an answer, wherever in it."""
    if isinstance(answer, list):
        return [each for row in answer for each in objects_in(row)]
    if isinstance(answer, dict):
        return [answer, *(each for value in answer.values() for each in objects_in(value))]
    return []


def objects_at(answer, steps):
    """The objects to which the names lead."""
    found = answer if isinstance(answer, list) else [answer]
    for step in steps:
        inner = [row[step] for row in found if row[step] is not None]
        found = [each for value in inner for each in (value if isinstance(value, list) else [value])]
    return found


def fields(answers):
    """Every field that is not null, by name and value."""
    objects = [each for answer in answers.values() for each in objects_in(answer)]
    return [(name, value) for each in objects for name, value in each.items() if value is not None]


@pytest.mark.contract("2.28", "3.2-3.7", "3.9-3.16")
async def test_every_object_has_the_names_of_the_contract_and_no_others(answers):
    for place, names in OBJECTS.items():
        path, *steps = place.split()
        rows = objects_at(answers[path], steps)
        assert rows, f"there is no {place} to look at"
        assert {frozenset(row) for row in rows} == {frozenset(names.split())}, place


@pytest.mark.contract("1.8")
async def test_every_name_is_in_camel_case(answers):
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name, _ in fields(answers))


@pytest.mark.contract("1.9")
async def test_every_time_is_in_unix_seconds(answers):
    times = {(name, value) for name, value in fields(answers) if name.endswith("Time") and name not in NO_MOMENTS}
    assert len({name for name, _ in times}) > 8
    for name, value in times:
        assert type(value) is int, name
        assert abs(value - START) < 10 * 366 * 86_400, name


@pytest.mark.contract("3.1")
async def test_a_reference_is_named_after_the_entity_and_holds_its_key(answers, floor):
    keys = {
        "user": {*floor.directory.supervisors, *floor.directory.agents},
        "agent": set(floor.directory.agents),
        "pauseCode": set(floor.directory.pause_codes),
        "queue": set(floor.directory.queues),
    }
    seen = {(name, value) for name, value in fields(answers) if name in keys}
    assert {name for name, _ in seen} == set(keys)
    assert all(value in keys[name] for name, value in seen)


@pytest.mark.contract("1.7")
async def test_an_answer_is_bare_json(answers):
    lists = ("active_", "queued", "parked", "call_queue_")
    for path, answer in answers.items():
        assert isinstance(answer, list if path.startswith(lists) and "/" not in path else dict), path


# What is in them


STATES = ["onCall", "ringing", "wrapUp", "available", "paused", "signedOut"]


@pytest.mark.contract("3.13")
async def test_every_state_of_an_agent_is_one_of_six_words(answers):
    assert {row["status"] for row in answers["call_queue_agent_status"]} <= set(STATES)


@pytest.mark.contract("3.13")
@pytest.mark.parametrize(
    ("foremost", "other"),
    [
        ("onCall", "wrapUp"),
        ("ringing", "wrapUp"),
        ("wrapUp", "available"),
        ("available", "paused"),
        ("paused", "signedOut"),
    ],
)
async def test_the_combined_state_is_the_foremost_of_an_order(open_client, foremost, other):
    queues = [QueueSettings("500", "Sales", wrap_up_time=600), QueueSettings("501", "Support", wrap_up_time=600)]
    world = a_world(queues, [{"500": 1, "501": 1}])
    put_into(world, other, "501")
    put_into(world, foremost, "500")
    async with open_client(world) as client:
        rows = (await Server(client).get("call_queue_agent_status")).json()
        [combined] = (await Server(client).get("call_queue_agent_status", combined=1)).json()
    assert rows[0]["status"] == foremost
    assert (combined["status"], combined["queue"]) == (foremost, None)


def put_into(world, state, queue):
    """Bring the one agent, who is available everywhere, into a state in one queue."""
    agent = world.directory.agents[1]
    match state:
        case "signedOut":
            world.sign_out(agent, [queue])
        case "paused":
            world.pause(agent, 1, [queue])
        case "wrapUp":
            world.place_call(queue, talk_seconds=5)
            world.tick(10)
        case "ringing":
            world.place_call(queue)
        case "onCall":
            world.place_call(queue)
            world.tick(5)


@pytest.mark.contract("3.14")
async def test_statistics_count_who_waits_and_everybody_who_is_signed_in(open_client, clock):
    world = a_world([QueueSettings("500", "Sales", wrap_up_time=600)], [{"500": 1}] * 5)
    agents = list(world.directory.agents.values())
    world.place_call("500", talk_seconds=5)
    world.tick(10)
    world.place_call("500")
    world.tick(5)
    world.pause(agents[2], 1)
    world.sign_out(agents[3])
    world.place_call("500")
    world.place_call("500")
    world.tick(2)
    async with open_client(world) as client:
        told = (await Server(client).get("call_queue_statistics", queue="500")).json()
    words = ("calls", "waitTime", "agents", "agentsAvailable", "agentsRinging", "agentsOnCall", "agentsWrapUp")
    assert [told[word] for word in words] == [2, 2, 4, 0, 1, 1, 1]
    assert told["agentsPaused"] == 1
