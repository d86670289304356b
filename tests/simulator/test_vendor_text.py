"""Every endpoint of the EQ API text, over HTTP: its right request, and what each wrong one is called.

Written out by hand from the text, in its order. `special` is its table of special errors, row by row; `wrong` is what
its parameter tables forbid. The attributes inside `data` stand in test_entities.
"""

from dataclasses import dataclass, replace

import pytest

from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.office.extensions import Telephone

from .conftest import refusal
from .office import VALID, token_of

SPY = {"targetExtension": "201", "monitorExtension": "302"}
UNDELETE = {"?undelete": "1"}
NO_JSON = [({"data": None}, "data blank"), ({"data": "{"}, "data invalid"), ({"data": "[]"}, "data invalid")]
NO_ID = [({"/": "99"}, "404 id nonexistent"), ({"/": "x"}, "404 id nonexistent")]
NO_EXTENSION = [({"/": "999"}, "404 extension nonexistent")]
NO_UNDELETE = [({"?undelete": "2"}, "undelete invalid")]
QUEUE = {"name": "Sales", "type": 0}
PERSON = {"username": "dana", "firstName": "Dana", "emailAddress": "dana@example.com", "type": "full"}
TWO = {"agent": 2, "queues": ["501"]}


@dataclass
class Endpoint:
    """`right` is a form that is taken; "?name" goes into the query, and "/" is the key in the path. A wrong request is
    the right one with changes, of which None leaves something out. An error is status (or 400), parameter, type.
    """

    method: str
    path: str
    right: dict
    special: tuple = ()
    wrong: tuple = ()


ENDPOINTS = {
    "Create Supervisor Session": Endpoint(
        "POST",
        "supervisor_session",
        {"user": "2"},
        special=(
            ({"user": "1"}, "null already_signed_in"),
            ({"extension": "201"}, "extension in_use"),
            ({"extension": "999"}, "extension nonexistent"),
        ),
        wrong=(
            ({"user": None}, "user blank"),
            ({"user": "two"}, "user invalid"),
            ({"user": "99"}, "user nonexistent"),
            ({"user": "4"}, "user nonexistent"),  # is deleted
            ({"force": "2"}, "force invalid"),
        ),
    ),
    "Delete Supervisor Session": Endpoint(
        "DELETE",
        "supervisor_session/{}",
        {"/": "supervisor's token"},
        special=(({"/": "f" * 64}, "404 token nonexistent"),),
        wrong=(({"/": "agent's token"}, "404 token nonexistent"),),
    ),
    "Create Agent Session": Endpoint(
        "POST",
        "agent_session",
        {"user": "3", "extension": "302"},
        special=(
            ({"user": "1"}, "null already_signed_in"),
            ({"extension": None}, "extension blank"),
            ({"extension": "999"}, "extension nonexistent"),
            ({"extension": "201"}, "extension in_use"),
        ),
        wrong=(
            ({"user": None}, "user blank"),
            ({"user": "-3"}, "user invalid"),
            ({"user": "99"}, "user nonexistent"),
            ({"user": "5"}, "user nonexistent"),
            ({"force": "yes"}, "force invalid"),
        ),
    ),
    "Delete Agent Session": Endpoint(
        "DELETE",
        "agent_session/{}",
        {"/": "agent's token"},
        wrong=(
            ({"/": "f" * 64}, "404 token nonexistent"),
            ({"/": "supervisor's token"}, "404 token nonexistent"),
        ),
    ),
    "Get Supervisor": Endpoint("GET", "supervisor/{}", {"/": "4"}, wrong=(*NO_ID,)),
    "Create Supervisor": Endpoint(
        "POST",
        "supervisor",
        {"data": VALID["supervisor"] | {"username": "another", "emailAddress": "another@example.com"}},
        special=(
            ({"data": VALID["supervisor"] | {"emailAddress": "another@example.com"}}, "username in_use"),
            ({"data": VALID["supervisor"] | {"username": "another"}}, "emailAddress in_use"),
        ),
        wrong=(*NO_JSON,),
    ),
    "Update Supervisor": Endpoint(
        "PUT",
        "supervisor/{}",
        {"/": "1", "data": PERSON},
        special=(
            ({"data": PERSON | {"username": "newcomer"}}, "username in_use"),
            ({"data": PERSON | {"emailAddress": "nora@example.com"}}, "emailAddress in_use"),
        ),
        wrong=(*NO_ID, ({"/": "4"}, "404 id nonexistent"), *NO_JSON),
    ),
    "Delete Supervisor": Endpoint(
        "DELETE", "supervisor/{}", {"/": "1"}, wrong=(*NO_ID, ({"/": "4"}, "404 id nonexistent"))
    ),
    "Undelete Supervisor": Endpoint("PUT", "supervisor/{}", {"/": "4"} | UNDELETE, wrong=(*NO_ID, *NO_UNDELETE)),
    "Get Agent": Endpoint("GET", "agent/{}", {"/": "5"}, wrong=(*NO_ID,)),
    "Create Agent": Endpoint(
        "POST",
        "agent",
        {"data": VALID["agent"] | {"number": "888"}},
        special=(
            ({"data": VALID["agent"]}, "number in_use"),
            ({"data": VALID["agent"] | {"number": "888", "emailAddress": "nils@example.com"}}, "emailAddress in_use"),
        ),
        wrong=(*NO_JSON,),
    ),
    "Update Agent": Endpoint(
        "PUT",
        "agent/{}",
        {"/": "1", "data": {"number": "201", "firstName": "Ann"}},
        special=(
            ({"data": {"number": "777", "firstName": "Ann"}}, "number in_use"),
            (
                {"data": {"number": "201", "firstName": "Ann", "emailAddress": "nils@example.com"}},
                "emailAddress in_use",
            ),
        ),
        wrong=(*NO_ID, ({"/": "5"}, "404 id nonexistent"), *NO_JSON),
    ),
    "Delete Agent": Endpoint("DELETE", "agent/{}", {"/": "1"}, wrong=(*NO_ID, ({"/": "5"}, "404 id nonexistent"))),
    "Undelete Agent": Endpoint("PUT", "agent/{}", {"/": "5"} | UNDELETE, wrong=(*NO_ID, *NO_UNDELETE)),
    "Get Call Queue": Endpoint("GET", "call_queue/{}", {"/": "555"}, wrong=(*NO_EXTENSION,)),
    "Create Call Queue": Endpoint(
        "POST",
        "call_queue",
        {"data": QUEUE | {"extension": "556", "name": "Dawn"}},
        special=(
            ({"data": QUEUE | {"extension": "501", "name": "Dawn"}}, "extension in_use"),
            ({"data": QUEUE | {"extension": "556"}}, "name in_use"),
        ),
        wrong=(*NO_JSON,),
    ),
    "Update Call Queue": Endpoint(
        "PUT",
        "call_queue/{}",
        {"/": "500", "data": QUEUE | {"extension": "500"}},
        special=(
            ({"data": QUEUE | {"extension": "501"}}, "extension in_use"),
            ({"data": QUEUE | {"name": "Support"}}, "name in_use"),
        ),
        wrong=(*NO_EXTENSION, ({"/": "555"}, "404 extension nonexistent"), *NO_JSON),
    ),
    "Delete Call Queue": Endpoint(
        "DELETE", "call_queue/{}", {"/": "500"}, wrong=(*NO_EXTENSION, ({"/": "555"}, "404 extension nonexistent"))
    ),
    "Undelete Call Queue": Endpoint(
        "PUT", "call_queue/{}", {"/": "555"} | UNDELETE, wrong=(*NO_EXTENSION, *NO_UNDELETE)
    ),
    "Get Pause Code": Endpoint("GET", "pause_code/{}", {"/": "3"}, wrong=(*NO_ID,)),
    "Create Pause Code": Endpoint(
        "POST",
        "pause_code",
        {"data": {"name": "Tea"}},
        special=(({"data": {"name": "Lunch"}}, "name in_use"),),
        wrong=(*NO_JSON,),
    ),
    "Update Pause Code": Endpoint(
        "PUT",
        "pause_code/{}",
        {"/": "1", "data": {"name": "Lunch"}},
        special=(({"data": {"name": "Break"}}, "name in_use"),),
        wrong=(*NO_ID, ({"/": "3"}, "404 id nonexistent"), *NO_JSON),
    ),
    "Delete Pause Code": Endpoint(
        "DELETE", "pause_code/{}", {"/": "1"}, wrong=(*NO_ID, ({"/": "3"}, "404 id nonexistent"))
    ),
    "Undelete Pause Code": Endpoint("PUT", "pause_code/{}", {"/": "3"} | UNDELETE, wrong=(*NO_ID, *NO_UNDELETE)),
    "Get Extension": Endpoint("GET", "extension/{}", {"/": "201"}, wrong=(*NO_EXTENSION,)),
    "Create Extension": Endpoint(
        "POST",
        "extension",
        {"data": {"extension": "298", "name": "Attic"}},
        special=(
            ({"data": {"extension": "299", "name": "Attic"}}, "extension in_use"),
            ({"data": {"extension": "298", "name": "Hall"}}, "name in_use"),
        ),
        wrong=(*NO_JSON,),
    ),
    "Update Extension": Endpoint(
        "PUT",
        "extension/{}",
        {"/": "201", "data": {"extension": "201", "name": "Ann"}},
        special=(
            ({"data": {"extension": "299", "name": "Ann"}}, "extension in_use"),
            ({"data": {"extension": "201", "name": "Hall"}}, "name in_use"),
        ),
        wrong=(*NO_EXTENSION, *NO_JSON),
    ),
    "Delete Extension": Endpoint("DELETE", "extension/{}", {"/": "201"}, wrong=(*NO_EXTENSION,)),
    "Get Phone": Endpoint(
        "GET",
        "phone",
        {"?extension": "201"},
        wrong=(
            ({"?extension": None}, "extension blank"),
            ({"?extension": "999"}, "404 extension nonexistent"),
            ({"?extension": "299"}, "404 phone nonexistent"),
        ),
    ),
    "Create Alert": Endpoint(
        "POST",
        "alert",
        {"data": VALID["alert"] | {"name": "Third"}},
        special=(({"data": VALID["alert"]}, "name in_use"),),
        wrong=(
            *NO_JSON,
            ({"data": VALID["alert"] | {"name": "Third", "user": 99}}, "user nonexistent"),
            ({"data": VALID["alert"] | {"name": "Third", "user": 4}}, "user nonexistent"),  # is deleted
            ({"data": VALID["alert"] | {"name": "Third", "callQueue": "999"}}, "callQueue nonexistent"),
        ),
    ),
    "Update Alert": Endpoint(
        "PUT",
        "alert/{}",
        {"/": "1", "data": VALID["alert"]},
        special=(({"data": VALID["alert"] | {"name": "Second"}}, "name in_use"),),
        wrong=(*NO_ID, *NO_JSON, ({"data": VALID["alert"] | {"callQueue": "555"}}, "callQueue nonexistent")),
    ),
    "Delete Alert": Endpoint("DELETE", "alert/{}", {"/": "1"}, wrong=(*NO_ID,)),
    "Get Active Supervisor Sessions": Endpoint("GET", "active_supervisor_sessions", {}),
    "Get Active Agent Sessions": Endpoint("GET", "active_agent_sessions", {}),
    "Get Queued Calls": Endpoint(
        "GET",
        "queued_calls",
        {"?queue": "500"},
        wrong=(({"?queue": "999"}, "404 queue nonexistent"), ({"?queue": "555"}, "404 queue nonexistent")),
    ),
    "Steal Queued Call": Endpoint(
        "POST",
        "steal_queued_call",
        {"channel": "a queued call's", "destination": "302"},
        wrong=(
            ({"channel": None}, "channel blank"),
            ({"channel": "SIP/nobody-1"}, "channel nonexistent"),
            ({"channel": "a parked call's"}, "channel nonexistent"),
            ({"destination": None}, "destination blank"),
        ),
    ),
    "Get Parked Calls": Endpoint("GET", "parked_calls", {}),
    "Pick Up Parked Call": Endpoint(
        "POST",
        "pick_up_parked_call",
        {"channel": "a parked call's", "destination": "302"},
        wrong=(
            ({"channel": None}, "channel blank"),
            ({"channel": "SIP/nobody-1"}, "channel nonexistent"),
            ({"channel": "a queued call's"}, "channel nonexistent"),
            ({"destination": None}, "destination blank"),
        ),
    ),
    "Get Active Calls": Endpoint(
        "GET",
        "active_calls",
        {"?extension": "201"},
        wrong=(({"?extension": None}, "extension blank"), ({"?extension": "999"}, "404 extension nonexistent")),
    ),
    "Get Call Recordings": Endpoint("GET", "call_recordings", {"?call": "1"}, wrong=(({"?call": None}, "call blank"),)),
    "Get Call Queue Agent Status": Endpoint(
        "GET",
        "call_queue_agent_status",
        {"?queue": "500", "?agent": "1", "?combined": "0"},
        wrong=(
            ({"?queue": "999"}, "404 queue nonexistent"),
            ({"?queue": "555"}, "404 queue nonexistent"),
            ({"?agent": "99"}, "404 agent nonexistent"),
            ({"?agent": "5"}, "404 agent nonexistent"),
            ({"?agent": "one"}, "agent invalid"),
            ({"?combined": "2"}, "combined invalid"),
        ),
    ),
    "Execute Call Queue Agent Action": Endpoint(
        "POST",
        "call_queue_agent_action",
        {"action": "pause", "options": {"agent": 1, "queue": "500", "pauseCode": 1}},
        special=(
            ({"action": "dance"}, "action invalid"),
            ({"options": {}}, "agent blank"),
            ({"options": {"agent": 99}}, "agent nonexistent"),
            ({"options": {"agent": 5}}, "agent nonexistent"),  # or is deleted
            ({"options": {"agent": 3}}, "agent not_signed_in"),
            ({"action": "signIn"}, "queue already_signed_in"),
            *(
                ({"action": action, "options": {"agent": 2, "queue": "501"}}, "queue not_signed_in")
                for action in ("signOut", "pause", "resume", "exitWrapUp")
            ),
            ({"options": {"agent": 1, "pauseCode": 99}}, "pauseCode nonexistent"),
            ({"options": {"agent": 1, "pauseCode": 3}}, "pauseCode nonexistent"),
        ),
        wrong=(
            ({"action": None}, "action blank"),
            ({"options": None}, "options blank"),
            ({"options": "{"}, "options invalid"),
            ({"options": {"agent": "one"}}, "agent invalid"),
            ({"options": {"agent": 1, "queue": "999"}}, "queue nonexistent"),
            ({"options": {"agent": 1, "queue": "555"}}, "queue nonexistent"),
            ({"options": {"agent": 1, "queue": ["500"]}}, "queue invalid"),
            ({"options": {"agent": 1, "pauseCode": "lunch"}}, "pauseCode invalid"),
            ({"action": "signIn", "options": TWO | {"queues": "501"}}, "queues invalid"),
            ({"action": "signIn", "options": TWO | {"queues": []}}, "queues blank"),
            ({"action": "signIn", "options": TWO | {"queues": ["999"]}}, "queues nonexistent"),
            ({"action": "signIn", "options": TWO | {"queues": ["501", "555"]}}, "queues nonexistent"),
            ({"action": "signIn", "options": {"agent": 2, "queue": "555"}}, "queue nonexistent"),
            ({"action": "signIn", "options": {"agent": 2, "queue": "501", "skill": 0}}, "skill invalid"),
            ({"action": "signIn", "options": {"agent": 2, "queue": "501", "skill": 6}}, "skill invalid"),
            ({"action": "signIn", "options": TWO | {"skills": [3, 3]}}, "skills invalid"),
            ({"action": "signIn", "options": TWO | {"skills": []}}, "skills invalid"),
            ({"action": "signIn", "options": TWO | {"skills": [6]}}, "skills invalid"),
            ({"action": "signIn", "options": TWO | {"paused": "maybe"}}, "paused invalid"),
        ),
    ),
    "Get Call Queue Statistics": Endpoint(
        "GET",
        "call_queue_statistics",
        {"?queue": "500"},
        wrong=(({"?queue": "999"}, "404 queue nonexistent"), ({"?queue": "555"}, "404 queue nonexistent")),
    ),
    "Execute Extension Action": Endpoint(
        "POST",
        "extension_action",
        {"extension": "201", "action": "hangUp"},
        special=(({"extension": "999"}, "extension nonexistent"),),
        wrong=(
            ({"extension": None}, "extension blank"),
            ({"action": None}, "action blank"),
            ({"action": "explode"}, "action invalid"),
            ({"channel": "SIP/nobody-1"}, "channel nonexistent"),
            ({"action": "park", "channel": "SIP/nobody-1"}, "channel nonexistent"),
            ({"action": "blindTransfer"}, "destination blank"),
            ({"action": "dial"}, "destination blank"),
        ),
    ),
    "Execute Call Recording Action": Endpoint(
        "POST",
        "call_recording_action",
        {"extension": "201", "action": "start"},
        special=(({"extension": "999"}, "extension nonexistent"),),
        wrong=(
            ({"extension": None}, "extension blank"),
            ({"action": None}, "action blank"),
            ({"action": "pause"}, "action invalid"),
        ),
    ),
    "Execute Call Monitor Action": Endpoint(
        "POST",
        "call_monitor_action",
        {"action": "spy"} | SPY,
        special=(
            ({"targetExtension": "999"}, "targetExtension nonexistent"),
            ({"monitorExtension": "999"}, "monitorExtension nonexistent"),
        ),
        wrong=(
            ({"action": None}, "action blank"),
            ({"action": "stop"}, "action invalid"),
            ({"targetExtension": None}, "targetExtension blank"),
            ({"monitorExtension": None}, "monitorExtension blank"),
        ),
    ),
    "Execute Phone Command": Endpoint(
        "POST",
        "phone_command",
        {"extension": "201", "key": "hold"},
        special=(
            ({"extension": "999"}, "extension nonexistent"),
            ({"extension": "299"}, "phone nonexistent"),
            ({"phone": {"extension": "299"}}, "phone nonexistent"),
            ({"key": "line99"}, "key invalid"),
        ),
        wrong=(
            ({"extension": None}, "phone blank"),
            ({"phone": "{"}, "phone invalid"),
            ({"phone": {}}, "phone invalid"),
            ({"key": None}, "key blank"),
        ),
    ),
    "Get Active Conferences": Endpoint("GET", "active_conferences", {}),
    "License": Endpoint("GET", "license", {}),
    "License Usage": Endpoint("GET", "license_usage", {}),
    "Configuration Check": Endpoint("GET", "configuration_check", {}),
}


@pytest.fixture
async def office(server, world):
    """The usual two agents, the first of whom is rung and has parked a caller, and one of everything that can go wrong:
    the last supervisor, agent, queue and pause code are deleted, and at extension 299 no telephone is registered.
    """
    for data in (
        {},
        {"username": "third", "emailAddress": "c@example.com"},
        {"username": "gone", "emailAddress": "d@x.io"},
    ):
        await server.send("POST", "supervisor", data=VALID["supervisor"] | data)
    await server.send("POST", "agent", data=VALID["agent"] | {"emailAddress": "nils@example.com"})
    for number in ("778", "779"):
        await server.send("POST", "agent", data=VALID["agent"] | {"number": number})
    await server.send("POST", "call_queue", data=VALID["call_queue"])
    await server.send("POST", "pause_code", data=VALID["pause_code"])
    for data in (VALID["extension"], {"extension": "302", "name": "Office"}, {"extension": "303", "name": "Desk"}):
        await server.send("POST", "extension", data=data)
    await server.send("POST", "alert", data=VALID["alert"])
    await server.send("POST", "alert", data=VALID["alert"] | {"name": "Second"})
    world.directory.extensions["299"] = replace(world.directory.extensions["299"], telephone=Telephone.NONE)
    for path in ("supervisor/4", "agent/5", "call_queue/555", "pause_code/3"):
        await server.send("DELETE", path)
    return server


@pytest.fixture
async def names(office, world):
    """What the table calls by a description, for it is another each time."""
    parked = world.place_call("500")
    world.tick(3)
    world.telephony.extension_action("201", "park", "", "")
    world.tick(1)
    queued = world.place_call("501")
    return {
        "supervisor's token": await token_of(office, "supervisor", 3, None),
        "agent's token": await token_of(office, "agent", 4, "303"),
        "a parked call's": parked.channel,
        "a queued call's": queued.channel,
    }


@pytest.fixture
def ask(office, names):
    async def ask(endpoint, changes):
        given = {name: each for name, each in (endpoint.right | changes).items() if each is not None}
        said = {name: names.get(each, each) if isinstance(each, str) else each for name, each in given.items()}
        path = endpoint.path.format(said.pop("/", ""))
        query = {name[1:]: each for name, each in said.items() if name.startswith("?")}
        form = {name: each for name, each in said.items() if not name.startswith("?")}
        return await office.send(endpoint.method, path, query=query, **form)

    return ask


def expected(words):
    """`404 id nonexistent` as status, parameter and type."""
    *status, parameter, kind = words.split()
    return int(status[0]) if status else 400, None if parameter == "null" else parameter, kind


def rows(table):
    return [
        pytest.param(endpoint, changes, words, id=f"{name}: {words}")
        for name, endpoint in ENDPOINTS.items()
        for changes, words in getattr(endpoint, table)
    ]


@pytest.mark.contract("1.1", "1.5", "1.6", "2.1-2.22", "2.27")
@pytest.mark.parametrize("name", ENDPOINTS)
async def test_the_right_request_is_taken(ask, name):
    response = await ask(ENDPOINTS[name], {})
    assert response.status_code == 200, response.text


@pytest.mark.contract("1.12", "1.13")
@pytest.mark.parametrize(("endpoint", "changes", "words"), rows("special"))
async def test_a_special_error_of_the_text_is_told_by_its_parameter_and_type(ask, endpoint, changes, words):
    assert refusal(await ask(endpoint, changes)) == expected(words)


@pytest.mark.contract("1.13", "1.15", "1.18")
@pytest.mark.parametrize(("endpoint", "changes", "words"), rows("wrong"))
async def test_a_parameter_against_the_texts_table_is_refused_by_its_name(ask, endpoint, changes, words):
    assert refusal(await ask(endpoint, changes)) == expected(words)


def test_every_operation_of_the_client_is_an_endpoint_of_this_table():
    theirs = {
        (each.method, "/".join("{}" if "{" in part else part for part in each.path.split("/")))
        for each in OPERATIONS.values()
    }
    assert theirs == {(each.method, f"/{each.path}") for each in ENDPOINTS.values()}
