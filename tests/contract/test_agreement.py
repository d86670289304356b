"""When the simulator's answer agrees with the API document, and when not."""

import json

import pytest

from eqboard.eq import load_dialect
from eqboard.eq.openapi import describe
from eqboard.eq.operations import OPERATIONS
from tests.contract.agreement import disagreement
from tests.contract.document import Document
from tests.contract.patience import Sent

DOCUMENT = Document(describe(OPERATIONS, load_dialect()))
AGENT = {"number": "1007", "firstName": "Ana", "password": "4711"}
ALERT = {
    "name": "Disk", "type": "diskUsageHigh", "threshold": 90, "notificationType": "custom", "interval": 5,
    "daysOfWeek": [1], "fromTime": "08:00 AM", "toTime": "12:00 AM",
}  # fmt: skip


def put(query: dict[str, str] | None = None, **agent: object) -> Sent:
    return Sent("PUT", "/agent/7", query or {}, {"data": json.dumps(agent)} if agent else {})


def post(path: str, **data: object) -> Sent:
    return Sent("POST", path, {}, {"data": json.dumps(data)})


def test_what_is_allowed_and_done_agrees() -> None:
    assert disagreement(DOCUMENT, post("/agent", **AGENT), 200, []) == ""


@pytest.mark.parametrize("kind", ["in_use", "nonexistent", "not_signed_in", "already_signed_in"])
def test_what_is_allowed_may_be_impossible_at_the_moment(kind: str) -> None:
    assert disagreement(DOCUMENT, post("/agent", **AGENT), 400, [("number", kind)]) == ""


@pytest.mark.parametrize("kind", ["blank", "invalid"])
def test_what_is_allowed_is_not_against_a_rule(kind: str) -> None:
    sentence = disagreement(DOCUMENT, post("/agent", **AGENT), 400, [("emailAddress", "in_use"), ("number", kind)])
    assert sentence == f"was refused (number: {kind}), though the document allows it"


def test_what_is_forbidden_may_be_refused_in_any_way() -> None:
    wrong = post("/agent", **AGENT | {"number": "007"})
    assert disagreement(DOCUMENT, wrong, 400, [("number", "invalid")]) == ""
    assert disagreement(DOCUMENT, wrong, 404, [("id", "nonexistent")]) == ""
    assert disagreement(DOCUMENT, wrong, 401, []) == ""


def test_what_is_forbidden_is_not_done() -> None:
    sentence = disagreement(DOCUMENT, post("/agent", **AGENT | {"number": "007"}), 200, [])
    assert sentence.startswith("was carried out, though data.number: ")


@pytest.mark.parametrize("blank", [None, ""])
def test_a_server_may_take_a_blank_for_what_is_not_given(blank: str | None) -> None:
    assert disagreement(DOCUMENT, post("/call_queue", extension="511", name="n", type=0, weight=blank), 200, []) == ""
    assert disagreement(DOCUMENT, post("/agent", **AGENT | {"number": blank}), 200, []) != ""


def test_a_server_may_overlook_what_does_not_apply_to_an_alert() -> None:
    assert disagreement(DOCUMENT, post("/alert", **ALERT, color="red"), 200, []) == ""
    assert disagreement(DOCUMENT, post("/alert", **ALERT | {"interval": "5"}), 200, []) != ""


def sign_in(**options: object) -> Sent:
    form = {"action": "signIn", "options": json.dumps({"agent": 7} | options)}
    return Sent("POST", "/call_queue_agent_action", {}, form)


@pytest.mark.parametrize(
    "options",
    [
        {"agent": "7", "queue": 500, "skill": "3", "paused": "1"},
        {"paused": 0},
        {"queues": [500, "501"], "skills": ["1", 2]},
        {"queue": "5" * 300},
        {"queue": "500", "queues": 7, "skills": "best"},
        {"skills": [0]},
    ],
)
def test_a_server_may_read_numbers_and_flags_as_texts_in_options(options: dict[str, object]) -> None:
    assert disagreement(DOCUMENT, sign_in(**options), 200, []) == ""


@pytest.mark.parametrize(
    "options",
    [
        {"agent": "ana"},
        {"agent": None},
        {"skill": 6},
        {"skill": "6"},
        {"paused": 2},
        {"queues": "500"},
        {"queues": ["500"], "skills": [0]},
    ],
)
def test_a_server_may_not_read_into_options_what_is_not_there(options: dict[str, object]) -> None:
    assert disagreement(DOCUMENT, sign_in(**options), 200, []) != ""


def test_a_server_may_look_at_no_more_of_a_telephone_than_where_it_is() -> None:
    for phone, is_allowed in (({"extension": "201", "port": "odd"}, True), ({"extension": 201}, False), ([], False)):
        sent = Sent("POST", "/phone_command", {}, {"key": "hold", "phone": json.dumps(phone)})
        assert (disagreement(DOCUMENT, sent, 200, []) == "") is is_allowed


def test_an_undelete_needs_no_body_and_nobody_looks_at_it() -> None:
    assert disagreement(DOCUMENT, put({"undelete": "1"}), 200, []) == ""
    assert disagreement(DOCUMENT, put({"undelete": "1"}, shoeSize=43), 200, []) == ""
    assert disagreement(DOCUMENT, put({"undelete": "yes"}), 200, []) != ""


def test_a_put_that_is_no_undelete_needs_its_body() -> None:
    assert disagreement(DOCUMENT, put(), 400, [("data", "blank")]) == ""
    assert disagreement(DOCUMENT, put({"undelete": ""}), 200, []) == "was carried out, though data is required"


def test_what_the_format_cannot_say_may_be_refused() -> None:
    options = json.dumps({"agent": 7, "queues": ["500"], "skills": [1, 2]})
    sign_in = Sent("POST", "/call_queue_agent_action", {}, {"action": "signIn", "options": options})
    assert disagreement(DOCUMENT, sign_in, 400, [("skills", "invalid")]) == ""
    assert disagreement(DOCUMENT, sign_in, 400, [("skill", "invalid")]) != ""
