"""The API document: it is valid OpenAPI, and true. Requests and answers written out by hand are held against it."""

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from eqboard.eq import load_dialect
from eqboard.eq.dialect import Dialect
from eqboard.eq.openapi import describe
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import build_request
from tests.contract.document import Document

from .test_examples import EXAMPLES, REFUSALS, arguments_of, operation_of

HERE = Path(__file__).parent
FOREIGN = load_dialect(HERE / "foreign.toml")
DESCRIBED = describe(OPERATIONS, load_dialect())
DOCUMENT = Document(DESCRIBED)
FOREIGN_DOCUMENT = Document(describe(OPERATIONS, FOREIGN))
# Numbers as texts, texts as numbers, lone errors: a client takes them, and no server is told to answer so.
LENIENT = {
    "active_calls.all",
    "call_queues.create.2",
    "extensions.create.2",
    "supervisors.create.2",
    "system.configuration_check",
}
ANSWERED = {stem: each for stem, each in EXAMPLES.items() if "body" in each["response"] and stem not in LENIENT}
REFUSED = {stem: each for stem, each in REFUSALS.items() if isinstance(each["response"].get("body"), list)}


def every(document, *names):
    """All values under such names, wherever they are."""
    if isinstance(document, list):
        return [found for each in document for found in every(each, *names)]
    if not isinstance(document, dict):
        return []
    here = [each for name, each in document.items() if name in names]
    return here + [found for each in document.values() for found in every(each, *names)]


def in_text(form):
    return {name: "".join(pieces) for name, pieces in form.items()}


def component(name):
    return DESCRIBED["components"]["schemas"][name]


def operations_of(document):
    return [each for methods in document["paths"].values() for each in methods.values()]


# The document as such


@pytest.mark.parametrize("dialect", [load_dialect(), FOREIGN, Dialect()], ids=["built in", "foreign", "empty"])
def test_it_is_valid_openapi_in_any_dialect(dialect):
    document = describe(OPERATIONS, dialect)
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_it_is_plain_json_and_the_same_each_time():
    assert json.dumps(describe(OPERATIONS, load_dialect())) == json.dumps(DESCRIBED)


def test_title_and_version_are_the_callers():
    info = describe({}, Dialect(), title="Our EQ", version="2.0.1")["info"]
    assert (info["title"], info["version"]) == ("Our EQ", "2.0.1")


def test_every_operation_is_in_it_and_no_other():
    described = {(method.upper(), path) for path, methods in DESCRIBED["paths"].items() for method in methods}
    assert described == {(each.method, each.path) for each in OPERATIONS.values()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_does(name):
    operation = OPERATIONS[name]
    described = DESCRIBED["paths"][operation.path][operation.method.lower()]
    sentence = re.split(r"(?<=\.)\s", operation.doc)[0].replace("None", "null")
    words = described["summary"] + " " + described.get("description", "")
    assert " ".join(sentence.split()) in words


def test_every_id_is_there_once_and_names_what_it_is():
    ids = [each["operationId"] for each in operations_of(DESCRIBED)]
    merged = {"call_queue_agents.action", "extensions.action", "call_recordings.action", "call_monitor.action"}
    assert len(ids) == len(set(ids))
    assert set(ids) - set(OPERATIONS) == merged


def test_an_operation_that_shares_its_path_with_nobody_keeps_its_name_as_id():
    ids = {each["operationId"] for each in operations_of(describe(OPERATIONS, FOREIGN))}
    assert ids == set(OPERATIONS)


def test_actions_that_a_dialect_spreads_over_two_paths_have_ids_of_their_own(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text('[operations."extensions.park"]\npath = "/p"\n[operations."extensions.hang_up"]\npath = "/p"\n')
    document = describe(OPERATIONS, load_dialect(path))
    OpenAPIV31SpecValidator(document).validate()
    assert document["paths"]["/extension_action"]["post"]["operationId"] == "extensions.action"
    assert document["paths"]["/p"]["post"]["operationId"] == "extensions.park_or_extensions.hang_up"


def test_every_status_of_the_text_is_there_and_no_other():
    for operation in operations_of(DESCRIBED):
        assert sorted(operation["responses"]) == ["200", "400", "401", "404", "500"]


def test_operations_are_tagged_by_what_they_are_about():
    tags = {each["name"] for each in DESCRIBED["tags"]}
    assert tags == {name.split(".")[0] for name in OPERATIONS}
    assert all(set(each["tags"]) <= tags for each in operations_of(DESCRIBED))


def test_it_speaks_of_the_api_and_not_of_our_client():
    words = json.dumps([*every(DESCRIBED, "summary"), *every(DESCRIBED, "description")])
    assert re.findall(r"EQ[A-Z]\w+|\bNone\b|contract|EQ API text|`[a-z]+_[a-z_]+`", words) == [
        "`auth_key`",
        "`auth_supervisor_session`",
        "`auth_agent_session`",
    ]


def test_it_holds_no_secret_no_example_and_no_default_but_an_address():
    assert every(DESCRIBED, "example", "examples") == []
    assert every(DESCRIBED, "default") == ["http://127.0.0.1:8088"]


def test_the_key_is_always_needed_and_a_session_may_be_named():
    keys = DESCRIBED["components"]["securitySchemes"]
    needed = [{keys[name]["name"] for name in choice} for choice in DESCRIBED["security"]]
    assert needed == [
        {"auth_key"},
        {"auth_key", "auth_supervisor_session"},
        {"auth_key", "auth_agent_session"},
    ]
    assert {each["in"] for each in keys.values()} == {"query"}
    assert not every(DESCRIBED["paths"], "security")


def test_what_was_created_leads_to_what_can_be_done_with_it():
    links = DESCRIBED["paths"]["/call_queue"]["post"]["responses"]["200"]["links"]
    assert links["undelete"] == {"operationId": "call_queues.replace", "parameters": {"extension": "$response.body"}}
    assert set(links) == {"get", "replace", "delete", "undelete"}


# What it says is what the text says


@pytest.mark.parametrize(
    ("model", "field", "sentence"),
    [
        ("NewAgent", "number", "1-5 digits, not starting with 0"),
        ("SupervisorAttributes", "lastName", "1-32 characters, or blank/null"),
        ("NewCallQueue", "wrapUpTime", "an integer of 0 or more, or null"),
        ("NewSupervisor", "password", "4-20 characters"),
        ("QueuedCall", "enterTime", "a time is UNIX seconds"),
    ],
)
def test_a_rule_stands_there_as_a_sentence(model, field, sentence):
    schema = component(model)["properties"][field]
    assert sentence in every({"": schema}, "description")


def test_a_session_is_made_by_numbers_and_flags_in_text():
    form = DESCRIBED["paths"]["/agent_session"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert form["schema"]["required"] == ["user", "extension"]
    assert form["schema"]["properties"]["user"]["type"] == "integer"
    assert form["schema"]["properties"]["force"]["enum"] == [0, 1]


def test_objects_are_json_text_in_a_form():
    form = DESCRIBED["paths"]["/agent"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert form["encoding"] == {"data": {"contentType": "application/json"}}
    assert form["schema"]["properties"]["data"] == {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": "#/components/schemas/NewAgent"},
    }


def test_actions_on_one_path_are_told_apart_by_their_action():
    body = DESCRIBED["paths"]["/call_queue_agent_action"]["post"]["requestBody"]
    schema = body["content"]["application/x-www-form-urlencoded"]["schema"]
    assert body["required"]
    assert schema["discriminator"]["propertyName"] == "action"
    assert set(schema["discriminator"]["mapping"]) == {"signIn", "signOut", "pause", "resume", "exitWrapUp"}
    assert {each["$ref"] for each in schema["oneOf"]} == set(schema["discriminator"]["mapping"].values())


def test_only_one_of_two_operations_on_a_path_wants_a_body():
    replace_or_undelete = DESCRIBED["paths"]["/pause_code/{id}"]["put"]
    undelete = {each["name"]: each for each in replace_or_undelete["parameters"]}["undelete"]
    assert not replace_or_undelete["requestBody"]["required"]
    assert (undelete["in"], undelete["required"], undelete["schema"]["const"]) == ("query", False, "1")


def test_statistics_are_an_object_or_an_array():
    answer = DESCRIBED["paths"]["/call_queue_statistics"]["get"]["responses"]["200"]["content"]["application/json"]
    one = {"$ref": "#/components/schemas/QueueStatistics"}
    assert answer["schema"] == {"anyOf": [{"type": "array", "items": one}, one]}


# Requests and answers


@pytest.mark.parametrize("stem", EXAMPLES)
def test_it_allows_every_request_that_was_written_by_hand(stem):
    request = EXAMPLES[stem]["request"]
    form = in_text(request["form"])
    assert DOCUMENT.faults_of_request(request["method"], request["path"], request["query"], form) == []


@pytest.mark.parametrize("stem", ANSWERED)
def test_it_allows_every_answer_that_was_written_by_hand(stem):
    request, response = ANSWERED[stem]["request"], ANSWERED[stem]["response"]
    assert DOCUMENT.faults_of_answer(request["method"], request["path"], 200, response["body"]) == []


@pytest.mark.parametrize("stem", sorted(LENIENT))
def test_it_does_not_ask_servers_for_what_only_clients_must_take(stem):
    request, response = EXAMPLES[stem]["request"], EXAMPLES[stem]["response"]
    assert DOCUMENT.faults_of_answer(request["method"], request["path"], 200, response["body"])


@pytest.mark.parametrize("stem", REFUSED)
def test_it_allows_every_refusal_that_was_written_by_hand(stem):
    operation, response = OPERATIONS[REFUSED[stem]["operation"]], REFUSED[stem]["response"]
    path = operation.path.replace("{", "").replace("}", "")
    assert DOCUMENT.faults_of_answer(operation.method, path, response["status"], response["body"]) == []


@pytest.mark.parametrize("stem", ANSWERED)
def test_in_a_dialect_it_allows_the_same_in_other_words(stem):
    operation, written = OPERATIONS[operation_of(stem)], ANSWERED[stem]
    request = build_request(operation, arguments_of(operation, written["call"]), FOREIGN)
    faults = FOREIGN_DOCUMENT.faults_of_request(request.method, request.path, request.query, request.form)
    assert faults == []
    body = written["response"]["body"]
    name = operation.result.__name__ if operation.result else ""
    spoken = [FOREIGN.speak(name, each) for each in body] if isinstance(body, list) else FOREIGN.speak(name, body)
    assert FOREIGN_DOCUMENT.faults_of_answer(request.method, request.path, 200, spoken) == []


def test_in_a_dialect_its_names_are_there_and_ours_are_not():
    schemas = describe(OPERATIONS, FOREIGN)["components"]["schemas"]
    call = schemas["QueuedCall"]["properties"]
    assert {"who", "entered"} <= set(call)
    assert not {"callerIdName", "enterTime"} & set(call)
    assert schemas["QueueAgentStatus"]["properties"]["agent_state"]["enum"] == [
        "off", "idle", "alerting", "busy", "acw", "break", None,
    ]  # fmt: skip
    assert "first_name" in schemas["NewAgent"]["required"]
    assert "call_queue" in schemas["AlertAttributes"]["allOf"][0]["then"]["required"]


def of_data(**attributes):
    return {"data": json.dumps(attributes)}


def of_options(action, **options):
    return {"action": action, "options": json.dumps(options)}


ALERT = {
    "name": "Long waits", "type": "callQueueWaitTimeHigh", "callQueue": "500", "threshold": 60, "user": 3,
    "notificationType": "realtime", "color": "#FF0000", "daysOfWeek": [1, 2], "fromTime": "08:00 AM",
    "toTime": "12:00 AM",
}  # fmt: skip
AGENT = {"number": "1007", "firstName": "Ana", "password": "4711"}


@pytest.mark.parametrize(
    ("method", "path", "query", "form"),
    [
        ("GET", "/agent/seven", {}, {}),
        ("GET", "/active_calls", {}, {}),
        ("GET", "/active_calls", {"extension": ""}, {}),
        ("GET", "/active_calls", {"extension": "  "}, {}),
        ("GET", "/call_queue_agent_status", {"combined": "2"}, {}),
        ("GET", "/call_queue_agent_status", {"agent": "ana"}, {}),
        ("PUT", "/agent/7", {"undelete": "0"}, {}),
        ("POST", "/agent", {}, {}),
        ("POST", "/agent", {}, {"data": "{"}),
        ("POST", "/agent", {}, {"data": "[]"}),
        ("POST", "/agent", {}, of_data(**AGENT | {"number": 1007})),
        ("POST", "/agent", {}, of_data(**AGENT | {"number": "0007"})),
        ("POST", "/agent", {}, of_data(**AGENT | {"password": "12"})),
        ("POST", "/agent", {}, of_data(**AGENT | {"password": "1234x"})),
        ("POST", "/agent", {}, of_data(**AGENT | {"password": None})),
        ("POST", "/agent", {}, of_data(**AGENT | {"emailAddress": "ana"})),
        ("POST", "/agent", {}, of_data(firstName="Ana", password="4711")),
        ("POST", "/alert", {}, of_data(**ALERT | {"callQueue": None})),
        ("POST", "/alert", {}, of_data(**ALERT | {"user": None})),
        ("POST", "/alert", {}, of_data(**{name: each for name, each in ALERT.items() if name != "threshold"})),
        ("POST", "/alert", {}, of_data(**ALERT | {"notificationType": "email"})),
        ("POST", "/alert", {}, of_data(**ALERT | {"daysOfWeek": [7]})),
        ("POST", "/agent_session", {}, {"user": "7"}),
        ("POST", "/agent_session", {}, {"user": "ana", "extension": "207"}),
        ("POST", "/agent_session", {}, {"user": "7", "extension": "207", "force": "yes"}),
        ("POST", "/call_queue_agent_action", {}, {}),
        ("POST", "/call_queue_agent_action", {}, {"action": "pause"}),
        ("POST", "/call_queue_agent_action", {}, of_options("dance", agent=7)),
        ("POST", "/call_queue_agent_action", {}, of_options("pause")),
        ("POST", "/call_queue_agent_action", {}, of_options("pause", agent="7")),
        ("POST", "/call_queue_agent_action", {}, of_options("signIn", agent=7, skill=6)),
        ("POST", "/call_queue_agent_action", {}, of_options("signIn", agent=7, queues="500")),
        ("POST", "/extension_action", {}, {"action": "dial", "extension": "201"}),
        ("POST", "/phone_command", {}, {"key": "hold"}),
        ("POST", "/phone_command", {}, {"key": "any", "extension": "201"}),
        ("POST", "/phone_command", {}, {"key": "hold", "phone": "201"}),
        ("POST", "/steal_queued_call", {}, {"channel": "SIP/201-0000001a"}),
    ],
)  # fmt: skip
def test_it_forbids_what_the_text_forbids(method, path, query, form):
    assert DOCUMENT.faults_of_request(method, path, query, form)


@pytest.mark.parametrize(
    ("method", "path", "query", "form"),
    [
        ("GET", "/queued_calls", {"queue": ""}, {}),
        ("GET", "/agent/7", {"auth_key": "k", "more": "1"}, {}),
        ("POST", "/agent", {}, of_data(**AGENT) | {"auth_key": "k"}),
        ("PUT", "/agent/7", {}, of_data(**AGENT, id=7, deleted=False, shoeSize=43)),
        ("POST", "/alert", {}, of_data(**ALERT)),
        ("POST", "/alert", {}, of_data(**ALERT | {"notificationType": "custom", "interval": 5, "user": None})),
        ("POST", "/call_queue_agent_action", {}, of_options("pause", agent=7, skill=3)),
        ("POST", "/supervisor_session", {}, {"user": "3", "extension": ""}),
    ],
)
def test_it_allows_what_the_text_allows(method, path, query, form):
    assert DOCUMENT.faults_of_request(method, path, query, form) == []


def test_the_same_rules_hold_for_the_passwords_of_supervisors():
    supervisor = {"username": "dana", "firstName": "Dana", "emailAddress": "d@example.com", "type": "full"}
    for password, is_allowed in (("abc", False), ("abcd", True), ("a\nbc", True), ("x" * 20, True), ("x" * 21, False)):
        form = of_data(**supervisor, password=password)
        assert (DOCUMENT.faults_of_request("POST", "/supervisor", {}, form) == []) is is_allowed


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/queued_calls", {}),
        ("/queued_calls", [{"queue": None}]),
        ("/queued_calls", [{"queue": "500", "enterTime": "2026-03-02T12:00:00Z"}]),
        ("/queued_calls", [{"queue": "500", "position": "1"}]),
        ("/call_queue_agent_status", [{"agent": 7, "status": "daydreaming"}]),
        ("/call_queue_agent_status", [{"queue": "500"}]),
        ("/agent/7", {"id": "7"}),
        ("/agent/7", {"id": 7, "number": 1007}),
        ("/call_queue/500", {"extension": "500", "ringStrategy": "loudest"}),
        ("/extension/201", {"extension": "201", "sip": {"nat": "maybe"}}),
        ("/active_conferences", [{"extension": "801", "participants": {}}]),
    ],
)
def test_it_knows_a_wrong_answer(path, answer):
    assert DOCUMENT.faults_of_answer("GET", path, 200, answer)


@pytest.mark.parametrize(
    "body", [[], {}, [{"parameter": "name", "type": "in_use"}], [{"parameter": None, "type": "odd", "description": ""}]]
)
def test_it_knows_a_wrong_error_body(body):
    assert DOCUMENT.faults_of_answer("POST", "/agent", 400, body)


def test_an_answer_may_hold_what_nobody_knows():
    assert DOCUMENT.faults_of_answer("GET", "/agent/7", 200, {"id": 7, "shoeSize": 43}) == []


def test_nothing_is_null():
    assert DOCUMENT.faults_of_answer("DELETE", "/agent/7", 200, None) == []
    assert DOCUMENT.faults_of_answer("DELETE", "/agent/7", 200, {}) != []
