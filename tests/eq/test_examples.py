"""Requests and answers written out by hand from the vendor's text and eq-contract.md, for every operation.

The simulator is built from the client's own table, so the two would agree on a wrong path. These files do not. One is
named after its operation, with a number where there are several; its form holds JSON as the text that goes over the
wire, in pieces where that is long, and its answer is JSON (`body`) or anything else (`text`). `refusals` holds an
answer for each of the text's special errors, and others in every shape that the contract accepts.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from eqboard.eq import EQError, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Operation, Rows, build_request, read_answer

from .conftest import Exchange

FOLDER = Path(__file__).with_name("examples")
DIALECT = load_dialect()
JSON_TEXTS = ("data", "options", "phone")


def load(folder: Path) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def operation_of(stem: str) -> str:
    """`alerts.create` of `alerts.create.2`."""
    return ".".join(stem.split(".")[:2])


EXAMPLES = load(FOLDER)
REFUSALS = load(FOLDER / "refusals")


def arguments_of(operation: Operation, call: dict[str, Any]) -> dict[str, Any]:
    """The call as a user makes it, with the objects and the secrets that JSON cannot hold."""
    read = operation.parameters.model_validate_json(json.dumps(call))
    return {
        name: built if isinstance(built := getattr(read, name), BaseModel | SecretStr) else call[name] for name in call
    }


def body_of(response: dict[str, Any]) -> bytes:
    text = response["text"] if "text" in response else json.dumps(response["body"])
    return text.encode()


def plain(value: Any) -> Any:
    """A value as the JSON that an example says it is, secrets included; what EQ did not say is left out."""
    if isinstance(value, Rows):
        return [plain(each) for each in value]
    dumped = value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
    return json.loads(json.dumps(dumped, default=shown))


def shown(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else to_jsonable_python(value)


def parsed(form: dict[str, Any]) -> dict[str, Any]:
    """The form with the JSON text in it read: the order of its names says nothing."""
    texts = {name: "".join(pieces) for name, pieces in form.items()}
    return {name: json.loads(text) if name in JSON_TEXTS else text for name, text in texts.items()}


@pytest.fixture(params=EXAMPLES)
def example(request):
    return OPERATIONS[operation_of(request.param)], EXAMPLES[request.param]


@pytest.mark.contract("1.5", "1.6", "1.8", "2.1-2.22", "2.27")
def test_a_call_becomes_the_request_of_the_contract(example):
    operation, written = example
    request = build_request(operation, arguments_of(operation, written["call"]), DIALECT)
    expected = written["request"]
    assert (request.method, request.path, dict(request.query)) == (
        expected["method"],
        expected["path"],
        expected["query"],
    )
    assert parsed(request.form) == parsed(expected["form"])


async def test_that_request_goes_over_the_wire_as_it_is_written(dial, example):
    operation, written = example
    exchange = Exchange(httpx.Response(written["response"]["status"], content=body_of(written["response"])))
    await dial(exchange).call(operation, arguments_of(operation, written["call"]))
    [request] = exchange.requests
    expected = written["request"]
    assert request.method == expected["method"]
    assert request.url.raw_path.partition(b"?")[0].decode() == "/eq/api/2.0" + expected["path"]
    assert {name: value for name, value in request.url.params.items() if name != "auth_key"} == expected["query"]
    form = parse_qs(request.content.decode(), keep_blank_values=True, strict_parsing=bool(request.content))
    assert parsed({name: "".join(values) for name, values in form.items()}) == parsed(expected["form"])


@pytest.mark.contract("1.7", "1.8", "1.9", "3.1-3.16")
def test_an_answer_becomes_the_value_of_the_contract(example):
    operation, written = example
    value = read_answer(operation, written["response"]["status"], body_of(written["response"]), DIALECT)
    assert plain(value) == written["value"]
    assert not getattr(value, "faults", ())
    assert not getattr(value, "unread", ())


def test_every_operation_has_an_example_and_no_example_is_left_over():
    assert {operation_of(stem) for stem in EXAMPLES} == set(OPERATIONS)


# What the text says there is

QUEUE = """name type autoAnswerAcd sysResume wrapUpTime wrapUpAllQueues cidNamePrefix agentRestrictions ringStrategy
    weight mohClass ringingMoh recordingFormat recordingMode maxWaitTime agentTimeout agentRetryTime maxCallers
    joinEmpty leaveEmpty announceFrequency announcePosition announceHoldTime"""
EXTENSION = """extension name cidMasquerade outboundCid emergencyCid callWaiting recording.inboundExternal
    recording.inboundInternal recording.outboundExternal recording.outboundInternal recording.onDemand sip.secret
    sip.dtmfMode sip.context sip.nat voicemail voicemail.context voicemail.password voicemail.emailAddress
    voicemail.pagerEmailAddress voicemail.options voicemail.options.attach voicemail.options.saycid
    voicemail.options.envelope voicemail.options.delete"""
SUPERVISOR = "username firstName lastName password emailAddress language type"
AGENT = "number firstName lastName password emailAddress language"
ALERT = """name type callQueue emailQueue threshold notificationType color interval daysOfWeek fromTime toTime"""

ENDPOINTS = {
    "Create Supervisor Session": ("supervisor_sessions.create", "user extension force"),
    "Delete Supervisor Session": ("supervisor_sessions.delete", ""),
    "Create Agent Session": ("agent_sessions.create", "user extension force"),
    "Delete Agent Session": ("agent_sessions.delete", ""),
    "Get Supervisor": ("supervisors.get", ""),
    "Create Supervisor": ("supervisors.create", f"data {SUPERVISOR}"),
    "Update Supervisor": ("supervisors.replace", f"data {SUPERVISOR}"),
    "Delete Supervisor": ("supervisors.delete", ""),
    "Undelete Supervisor": ("supervisors.undelete", "undelete"),
    "Get Agent": ("agents.get", ""),
    "Create Agent": ("agents.create", f"data {AGENT}"),
    "Update Agent": ("agents.replace", f"data {AGENT}"),
    "Delete Agent": ("agents.delete", ""),
    "Undelete Agent": ("agents.undelete", "undelete"),
    "Get Call Queue": ("call_queues.get", ""),
    "Create Call Queue": ("call_queues.create", f"data extension {QUEUE}"),
    "Update Call Queue": ("call_queues.replace", f"data {QUEUE}"),
    "Delete Call Queue": ("call_queues.delete", ""),
    "Undelete Call Queue": ("call_queues.undelete", "undelete"),
    "Get Pause Code": ("pause_codes.get", ""),
    "Create Pause Code": ("pause_codes.create", "data name"),
    "Update Pause Code": ("pause_codes.replace", "data name"),
    "Delete Pause Code": ("pause_codes.delete", ""),
    "Undelete Pause Code": ("pause_codes.undelete", "undelete"),
    "Get Extension": ("extensions.get", ""),
    "Create Extension": ("extensions.create", f"data {EXTENSION}"),
    "Update Extension": ("extensions.replace", f"data {EXTENSION}"),
    "Delete Extension": ("extensions.delete", ""),
    "Get Phone": ("phones.get", "extension"),
    "Create Alert": ("alerts.create", f"data user {ALERT}"),
    "Update Alert": ("alerts.replace", f"data {ALERT}"),
    "Delete Alert": ("alerts.delete", ""),
    "Get Active Supervisor Sessions": ("active_sessions.supervisors", ""),
    "Get Active Agent Sessions": ("active_sessions.agents", ""),
    "Get Queued Calls": ("queued_calls.all", "queue"),
    "Steal Queued Call": ("queued_calls.steal", "channel destination"),
    "Get Parked Calls": ("parked_calls.all", ""),
    "Pick Up Parked Call": ("parked_calls.pick_up", "channel destination"),
    "Get Active Calls": ("active_calls.all", "extension"),
    "Get Call Recordings": ("call_recordings.all", "call call_unique_id"),
    "Get Call Queue Agent Status": ("call_queue_agents.all call_queue_agents.combined", "queue agent combined"),
    "Execute Call Queue Agent Action": (
        """call_queue_agents.sign_in call_queue_agents.sign_out call_queue_agents.pause call_queue_agents.resume
        call_queue_agents.exit_wrap_up""",
        "action options agent queue queues skill skills paused pauseCode",
    ),
    "Get Call Queue Statistics": ("call_queue_statistics.all call_queue_statistics.get", "queue"),
    "Execute Extension Action": (
        "extensions.dial extensions.blind_transfer extensions.park extensions.hang_up",
        "extension action channel destination",
    ),
    "Execute Call Recording Action": (
        "call_recordings.start call_recordings.stop call_recordings.cancel",
        "extension action",
    ),
    "Execute Call Monitor Action": (
        "call_monitor.spy call_monitor.barge_in call_monitor.whisper",
        "action targetExtension monitorExtension",
    ),
    "Execute Phone Command": ("phones.press", "phone extension key"),
    "Get Active Conferences": ("conferences.all", ""),
    "License": ("system.license", ""),
    "License Usage": ("system.license_usage", ""),
    "Configuration Check": ("system.configuration_check", ""),
}
"""The text's endpoints: the operations that are each, and its parameters outside the path."""

SPECIAL_ERRORS = {
    "Create Supervisor Session": "already_signed_in, extension in_use, extension nonexistent",
    "Delete Supervisor Session": "token nonexistent",
    "Create Agent Session": "already_signed_in, extension blank, extension nonexistent, extension in_use",
    "Create Supervisor": "username in_use, emailAddress in_use",
    "Update Supervisor": "username in_use, emailAddress in_use",
    "Create Agent": "number in_use, emailAddress in_use",
    "Update Agent": "number in_use, emailAddress in_use",
    "Create Call Queue": "extension in_use, name in_use",
    "Update Call Queue": "extension in_use, name in_use",
    "Create Pause Code": "name in_use",
    "Update Pause Code": "name in_use",
    "Create Extension": "extension in_use, name in_use",
    "Update Extension": "extension in_use, name in_use",
    "Create Alert": "name in_use",
    "Update Alert": "name in_use",
    "Execute Call Queue Agent Action": """action invalid, agent blank, agent nonexistent, agent not_signed_in,
        queue already_signed_in, queue not_signed_in, pauseCode nonexistent""",
    "Execute Extension Action": "extension nonexistent",
    "Execute Call Recording Action": "extension nonexistent",
    "Execute Call Monitor Action": "targetExtension nonexistent, monitorExtension nonexistent",
    "Execute Phone Command": "extension nonexistent, phone nonexistent, key invalid",
}
"""As in the text, but for the token: its error stands at the wrong endpoint there (contract §2)."""

CHANGING = """
    supervisor_sessions.create supervisor_sessions.delete agent_sessions.create agent_sessions.delete
    supervisors.create supervisors.replace supervisors.delete supervisors.undelete
    agents.create agents.replace agents.delete agents.undelete
    call_queues.create call_queues.replace call_queues.delete call_queues.undelete
    pause_codes.create pause_codes.replace pause_codes.delete pause_codes.undelete
    extensions.create extensions.replace extensions.delete
    extensions.dial extensions.blind_transfer extensions.park extensions.hang_up
    phones.press alerts.create alerts.replace alerts.delete
    queued_calls.steal parked_calls.pick_up
    call_recordings.start call_recordings.stop call_recordings.cancel
    call_monitor.spy call_monitor.barge_in call_monitor.whisper
    call_queue_agents.sign_in call_queue_agents.sign_out call_queue_agents.pause call_queue_agents.resume
    call_queue_agents.exit_wrap_up
"""


def parameters_in(value: dict[str, Any], inside: str = "") -> Iterator[str]:
    """The names in a form or an object, dotted; those in `data` and `options` as if they stood outside, as in the text.

    What is inside a telephone the text does not say.
    """
    for name, each in value.items():
        yield inside + name
        if isinstance(each, dict) and name != "phone":
            yield from parameters_in(each, "" if name in ("data", "options") and not inside else f"{inside}{name}.")


def with_outer(names: str) -> set[str]:
    """`sip` and `sip.nat` for `sip.nat`."""
    steps = [name.split(".") for name in names.split()]
    return {".".join(each[:depth]) for each in steps for depth in range(1, len(each) + 1)}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_parameter_of_the_text_is_sent_in_some_example_and_no_other(endpoint):
    operations, parameters = ENDPOINTS[endpoint]
    requests = [each["request"] for stem, each in EXAMPLES.items() if operation_of(stem) in operations.split()]
    sent = {name for each in requests for name in (*each["query"], *parameters_in(parsed(each["form"])))}
    assert sent == with_outer(parameters)


def test_every_operation_belongs_to_one_endpoint_of_the_text():
    named = [name for operations, _ in ENDPOINTS.values() for name in operations.split()]
    assert sorted(named) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_does(name):
    """In one sentence at least, on the first line, which is what a list of operations can show."""
    doc = OPERATIONS[name].doc
    assert re.match(r"[A-Z][^.\n]{5,}\.(?= |\n|$)", doc)
    assert doc.endswith(".")


def test_operations_that_change_something_are_no_reads():
    assert {name for name, each in OPERATIONS.items() if not each.is_read} == set(CHANGING.split())


def test_all_others_are_reads_and_send_no_form():
    reads = {stem: each["request"] for stem, each in EXAMPLES.items() if operation_of(stem) not in CHANGING.split()}
    assert {(each["method"], len(each["form"])) for each in reads.values()} == {("GET", 0)}


# Refusals


@pytest.fixture(params=REFUSALS)
def refusal(request):
    return REFUSALS[request.param]


@pytest.mark.contract("1.11", "1.12", "1.13")
async def test_a_refusal_becomes_the_error_of_the_contract(dial, refusal):
    operation, response = OPERATIONS[refusal["operation"]], refusal["response"]
    exchange = Exchange(httpx.Response(response["status"], content=body_of(response)))
    with pytest.raises(EQError) as caught:
        await dial(exchange, retry_count=0).call(operation, arguments_of(operation, EXAMPLES[operation.name]["call"]))
    complaints = [[each.parameter, each.type, each.description] for each in getattr(caught.value, "complaints", ())]
    assert (type(caught.value).__name__, complaints) == (refusal["raises"], refusal["complaints"])
    assert len(exchange.requests) == 1


@pytest.mark.contract("1.12")
@pytest.mark.parametrize("endpoint", SPECIAL_ERRORS)
def test_every_special_error_of_the_text_has_an_example(endpoint):
    operations, _ = ENDPOINTS[endpoint]
    answered = {
        " ".join(word for word in complaint[:2] if word)
        for each in REFUSALS.values()
        if each["operation"] in operations.split() and each["response"]["status"] == 400
        for complaint in each["complaints"]
    }
    assert {" ".join(each.split()) for each in SPECIAL_ERRORS[endpoint].split(",")} <= answered


def test_every_refusal_is_named_after_its_operation():
    assert {stem: operation_of(stem) for stem in REFUSALS} == {
        stem: each["operation"] for stem, each in REFUSALS.items()
    }
