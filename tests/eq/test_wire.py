"""Requests from calls, values or errors from answers: pure, so that every odd answer can stand here."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.eq import (
    Dialect,
    EQBroken,
    EQError,
    EQInvalid,
    EQNotFound,
    EQRefused,
    EQSignedOut,
    EQWrongValue,
    load_dialect,
)
from eqboard.eq.errors import Complaint
from eqboard.eq.models.base import LONGEST_TEXT, MOST_INSIDE, EQObject
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import MAX_PARTS, MAX_ROWS, MOST_COMPLAINTS, Rows, build_request, read_answer, read_complaints

DIALECT = load_dialect()
CALLS = OPERATIONS["queued_calls.all"]
STATUS = OPERATIONS["call_queue_agents.all"]
PAUSE = OPERATIONS["call_queue_agents.pause"]
AGENT = OPERATIONS["agents.get"]
QUEUE = OPERATIONS["call_queues.get"]
CONFERENCES = OPERATIONS["conferences.all"]

BLANK = Complaint("auth_key", "blank", "The key is not specified")
BLANK_JSON = {"parameter": "auth_key", "type": "blank", "description": "The key is not specified"}


def as_bytes(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def read(operation, value, status=200):
    return read_answer(operation, status, as_bytes(value), DIALECT)


def first_call(**fields):
    [call] = read(CALLS, [{"queue": "500", **fields}])
    return call


# Requests


def test_an_argument_that_is_none_is_left_out():
    assert build_request(CALLS, {"queue": None}, DIALECT).query == {}
    assert build_request(PAUSE, {"agent": 7, "queue": None}, DIALECT).form["options"] == '{"agent":7}'


def test_a_read_has_no_form_and_an_action_no_query():
    assert build_request(CALLS, {"queue": "500"}, DIALECT).form == {}
    assert build_request(PAUSE, {"agent": 7}, DIALECT).query == {}


def test_booleans_are_0_and_1_on_the_wire():
    sign_in = OPERATIONS["supervisor_sessions.create"]
    assert build_request(sign_in, {"user": 1, "force": True}, DIALECT).form == {"user": "1", "force": "1"}
    assert build_request(sign_in, {"user": 1, "force": False}, DIALECT).form == {"user": "1", "force": "0"}


@pytest.mark.contract("1.5")
@pytest.mark.parametrize(
    ("extension", "path"),
    [
        ("500", "/call_queue/500"),
        ("a/b", "/call_queue/a%2Fb"),
        ("..", "/call_queue/%2E%2E"),
        (".", "/call_queue/%2E"),
        ("../agent/1", "/call_queue/..%2Fagent%2F1"),
        ("5?auth_key=x#y", "/call_queue/5%3Fauth_key%3Dx%23y"),
        ("{id}%41", "/call_queue/%7Bid%7D%2541"),
        ("\r\nHost: evil", "/call_queue/%0D%0AHost%3A%20evil"),
        ("é", "/call_queue/%C3%A9"),
    ],
)
def test_a_hostile_key_stays_one_step_of_the_path(extension, path):
    assert build_request(QUEUE, {"extension": extension}, DIALECT).path == path


@given(st.text(min_size=1, max_size=LONGEST_TEXT).filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_no_key_can_leave_its_step(extension):
    path = build_request(QUEUE, {"extension": extension}, DIALECT).path
    step = path.removeprefix("/call_queue/")
    assert path.startswith("/call_queue/")
    assert step not in (".", "..")
    assert not set(step) & set("/?#\\ \r\n")


@pytest.mark.parametrize("extension", ["", " ", "\r\n", "\u2003", "5" * (LONGEST_TEXT + 1)])
def test_a_key_that_names_nothing_is_no_step_of_a_path(extension):
    """It would make another path: without its last step, "/call_queue/" may mean all of them."""
    with pytest.raises(EQWrongValue, match="extension: not blank, 255 characters at most; nothing was sent"):
        build_request(QUEUE, {"extension": extension}, DIALECT)


# Answers that are a value


@pytest.mark.contract("1.7")
@pytest.mark.parametrize("body", [b"null", b"", b"   ", b'""', b"[]", b"{}", b"true"])
def test_none_is_any_json_the_server_says_there(body):
    assert read(PAUSE, body) is None


@pytest.mark.parametrize(
    "said",
    [
        [{"parameter": "agent", "type": "nonexistent", "description": ""}],
        {"errors": [{"type": "invalid"}]},
        False,
        "Access denied",
        7,
    ],
)
def test_anything_else_is_not_eqs_word_that_it_was_done(said):
    with pytest.raises(EQBroken, match="where there is nothing to say") as raised:
        read(PAUSE, said)
    assert raised.value.outcome_unknown


@pytest.mark.parametrize("name", ["system.license", "system.license_usage", "system.configuration_check", "phones.get"])
@pytest.mark.parametrize("said", [{}, {"errors": [{"type": "invalid"}]}, {"message": "no"}])
def test_an_object_without_any_field_of_what_was_asked_for_is_none(name, said):
    with pytest.raises(EQBroken, match="no field of what was asked for"):
        read(OPERATIONS[name], said)


@pytest.mark.parametrize("said", [True, False, [], None, "", -1, 2**63, {"id": True}])
def test_what_is_no_id_is_none(said):
    with pytest.raises(EQBroken) as raised:
        read(OPERATIONS["agents.create"], said)
    assert raised.value.outcome_unknown


@pytest.mark.parametrize("name", ["call_queues.create", "extensions.create"])
@pytest.mark.parametrize("said", ["201", 201, {"extension": "201", "name": "Ana"}])
def test_a_new_extension_may_be_answered_as_its_number_or_whole(name, said):
    assert read(OPERATIONS[name], said) == "201"


def test_one_problem_that_cannot_be_read_does_not_cost_the_others():
    check = read(OPERATIONS["system.configuration_check"], {"ok": False, "problems": [{"type": "x"}] * 600 + ["odd"]})
    assert len(check.problems) == 600


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"\xff\x00", b"{"])
def test_a_page_in_place_of_none_is_not_eqs_word_that_it_was_done(body):
    with pytest.raises(EQBroken) as raised:
        read(PAUSE, body)
    assert raised.value.outcome_unknown


@pytest.mark.contract("0.2")
def test_numbers_may_come_as_strings():
    call = first_call(position="3", enterTime="1366390218", priority="0")
    assert (call.position, call.enter_time.timestamp(), call.priority) == (3, 1366390218, 0)


def test_strings_may_come_as_numbers():
    [call] = read(CALLS, [{"queue": 500, "id": 81, "callerIdNumber": 34600111222}])
    assert (call.queue, call.id, call.caller_id_number) == ("500", "81", "34600111222")


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_a_blank_stands_for_none(blank):
    call = first_call(uniqueId=blank, position=blank, callerIdName=blank, enterTime=blank)
    assert (call.unique_id, call.position, call.caller_id_name, call.enter_time) == (None, None, None, None)


@pytest.mark.parametrize("nothing", ["", None, [], {}])
def test_a_call_that_is_not_there_is_none(nothing):
    [row] = read(STATUS, [{"agent": 7, "status": "available", "call": nothing}])
    assert row.call is None


@pytest.mark.parametrize("nothing", ["", None, [], {}])
def test_a_conference_without_participants_is_a_conference(nothing):
    [room] = read(CONFERENCES, [{"extension": "900", "participants": nothing}])
    assert room.participants == ()


@pytest.mark.contract("1.18")
@pytest.mark.parametrize(("said", "deleted"), [(None, False), ("", False), (0, False), ("1", True), (True, True)])
def test_deleted_is_yes_or_no_however_it_is_said(said, deleted):
    assert read(AGENT, {"id": 7, "deleted": said}).deleted is deleted


@pytest.mark.contract("0.2")
def test_fields_that_nobody_knows_are_kept_out_of_the_way():
    assert not hasattr(first_call(colour="blue"), "colour")


@pytest.mark.contract("3.13", "4.8")
def test_state_words_that_nobody_knows_are_read_as_they_are():
    [row] = read(STATUS, [{"agent": 7, "status": "onTheMoon"}])
    assert row.status == "onTheMoon"


def test_zero_is_no_time():
    assert first_call(enterTime=0).enter_time is None


@pytest.mark.contract("1.9")
@pytest.mark.parametrize("time", [1366390218000, "1366390218000", -1, "yesterday", True, [1], 1e300, "NaN"])
def test_what_is_no_unix_time_is_no_time_and_told(time):
    rows = read(CALLS, [{"queue": "500", "enterTime": time, "callerIdNumber": "555"}])
    assert [(row.queue, row.enter_time, row.caller_id_number) for row in rows] == [("500", None, "555")]
    assert rows.faults == ("enterTime: a time is UNIX seconds",)


@pytest.mark.parametrize(
    "row", ['{"queue": "500", "position": %s}' % ("9" * 5000), '{"queue": "500", "priority": -%s}' % ("9" * 1001)]
)
def test_a_number_of_thousands_of_digits_costs_its_field_alone(row):
    """Python itself refuses to read it."""
    rows = read(CALLS, f'[{row}, {{"queue": "501", "position": 2}}]'.encode())
    assert [(each.queue, each.position, each.priority) for each in rows] == [("500", None, None), ("501", 2, None)]


def test_a_name_longer_than_any_is_cut():
    name = first_call(callerIdName="a" * 1_000_000).caller_id_name
    assert (len(name), name[-2:]) == (LONGEST_TEXT, "a…")


def test_a_key_longer_than_any_names_nothing():
    rows = read(CALLS, [{"queue": "5" * (LONGEST_TEXT + 1)}, {"queue": "500"}])
    assert ([row.queue for row in rows], rows.unreadable_count) == (["500"], 1)


def test_a_conference_with_more_people_than_any_is_one_without_a_list():
    crowd = [{}] * (MOST_INSIDE + 1)
    rows = read(
        CONFERENCES, [{"extension": "900", "participants": crowd}, {"extension": "901", "participants": crowd[1:]}]
    )
    assert [len(row.participants) for row in rows] == [0, MOST_INSIDE]


NONSENSE = {"position": "first", "channel": {"a": 1}, "priority": [7], "callerIdName": ["x"], "enterTime": {}}


@pytest.mark.parametrize("field", NONSENSE)
def test_an_optional_field_that_makes_no_sense_costs_that_field_alone(field):
    """A caller must not vanish from the board because of it: the number of those who wait would be too small."""
    rows = read(CALLS, [{"queue": "500", "uniqueId": "1.1", field: NONSENSE[field]}])
    assert [(row.queue, row.unique_id) for row in rows] == [("500", "1.1")]
    assert all(fault.startswith(field) for fault in rows.faults)


def test_nonsense_within_an_object_within_a_row_costs_that_field_alone():
    rows = read(STATUS, [{"agent": 7, "status": "onCall", "call": {"uniqueId": "1.1", "startTime": "yesterday"}}])
    assert (rows[0].call.unique_id, rows[0].call.start_time, rows.unreadable_count) == ("1.1", None, 1)


def test_a_row_with_several_faults_is_one_row():
    rows = read(CALLS, [{"queue": "500", "position": "x", "priority": "y", "enterTime": "z"}])
    assert rows.unreadable_count == 1


def test_nonsense_in_a_field_that_a_site_calls_otherwise_costs_that_field_alone():
    dialect = Dialect(fields={"QueuedCall": {"enter_time": "entered", "unique_id": "uid"}})
    body = as_bytes([{"queue": "500", "uid": "1.1", "entered": "yesterday"}])
    rows = read_answer(CALLS, 200, body, dialect)
    assert [(row.unique_id, row.enter_time) for row in rows] == [("1.1", None)]
    assert rows.unreadable_count == 1


def test_a_participant_who_is_no_object_does_not_cost_the_conference():
    rows = read(CONFERENCES, [{"extension": "900", "name": "Daily", "participants": [{"muted": True}, "what"]}])
    assert ([row.name for row in rows], rows.unreadable_count) == (["Daily"], 1)


def test_an_object_asked_for_alone_is_read_as_leniently():
    assert read(AGENT, {"id": 7, "number": {"a": 1}, "firstName": "Ana"}).first_name == "Ana"


@pytest.mark.contract("4.14")
def test_one_caller_in_another_encoding_does_not_cost_the_answer():
    [call] = read(CALLS, b'[{"queue": "500", "callerIdName": "Jos\xe9"}]')
    assert call.caller_id_name == "Jos\ufffd"


def test_half_of_a_surrogate_pair_does_not_cost_the_answer():
    [call] = read(CALLS, rb'[{"queue": "500", "callerIdName": "x\ud800", "\udfff": 1}]')
    assert call.caller_id_name == "x?"
    assert call.model_dump_json()


def test_a_whole_surrogate_pair_is_the_letter_it_means():
    [call] = read(CALLS, rb'[{"queue": "500", "callerIdName": "\ud83d\ude00 \u00e9"}]')
    assert call.caller_id_name == "😀 é"


@pytest.mark.contract("4.14", "4.16")
def test_control_characters_in_a_name_do_not_cost_the_answer():
    [call] = read(CALLS, b'[{"queue": "500", "callerIdName": "ring\x07\tring"}]')
    assert call.caller_id_name == "ring\x07\tring"


def test_a_byte_order_mark_is_no_part_of_the_answer():
    assert len(read(CALLS, b"\xef\xbb\xbf[]")) == 0


def test_of_a_key_that_stands_twice_the_last_counts():
    [call] = read(CALLS, b'[{"queue": "500", "position": 1, "position": 2}]')
    assert call.position == 2


ODD_VALUES = {
    "infinity": "Infinity",
    "minus infinity": "-Infinity",
    "no number": "NaN",
    "beyond a float": "1e400",
    "a large float": "1e308",
    "a huge number": "9" * 4300,
    "a huge negative number": "-" + "9" * 4300,
    "huge digits": json.dumps("9" * 9000),
    "a number beyond 9999": "253402300800",
    "a digit of another script": '"\u0663"',
    "a nul": r'"\u0000"',
    "half a pair": r'"\udfff"',
    "yes": "true",
    "no": "false",
    "deeply nested": "[" * 800 + "]" * 800,
    "an object": '{"a": {"b": [1]}}',
    "an array of objects": '[{"a": 1}, 7, null]',
}
FIELDS = sorted(
    {
        (operation.name, field.alias or name)
        for operation in OPERATIONS.values()
        if operation.result and issubclass(operation.result, EQObject)
        for name, field in operation.result.model_fields.items()
    }
)


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_whatever_stands_in_a_field_the_others_are_read(odd):
    """Or EQ's error is raised, if it is a field that the object cannot do without; never another one."""
    keys = {"id": 7, "agent": 7, "user": 7, "queue": "500", "extension": "500"}
    filler = {"valid": True, "type": "x", "agents": 1, "supervisors": 1, "ok": True, "problems": []}
    broken = set()
    for name, field in FIELDS:
        operation = OPERATIONS[name]
        others = json.dumps({key: value for key, value in (keys | filler).items() if key != field})
        body = f'{others[:-1]}, "{field}": {ODD_VALUES[odd]}}}'
        try:
            value = read(operation, (f"[{body}]" if operation.many else body).encode())
        except EQBroken:
            broken.add(field)
        else:
            assert (value[0] if operation.many else value).model_dump_json()
    assert broken <= keys.keys()


# Answers that are partly a value


def test_rows_that_cannot_be_read_are_counted_and_the_others_kept():
    rows = read(CALLS, [{"queue": "500", "position": 1}, {"position": 2}, "what", None, {"queue": ""}])
    assert isinstance(rows, Rows)
    assert [row.position for row in rows] == [1]
    assert rows.unreadable_count == 4


@pytest.mark.contract("1.15")
def test_an_empty_array_is_an_answer():
    rows = read(CALLS, [])
    assert (len(rows), rows.unreadable_count) == (0, 0)


@pytest.mark.contract("0.2")
def test_when_no_row_can_be_read_the_answer_is_broken_and_names_the_field():
    with pytest.raises(EQBroken, match=r"queued_calls.all: no row .*queue: Field required"):
        read(CALLS, [{"position": 1}, {"position": 2}])


def test_a_broken_answer_does_not_repeat_what_it_holds():
    with pytest.raises(EQBroken) as caught:
        read(CALLS, [{"queue": {"+34600111222": "Carmen"}}])
    assert "34600111222" not in str(caught.value)


def test_a_fault_does_not_repeat_what_it_found():
    [fault] = read(CALLS, [{"queue": "500", "position": "+34600111222 Carmen"}]).faults
    assert "34600111222" not in fault


@pytest.mark.parametrize("body", [{"queue": "500"}, "text", 7, None, True])
def test_one_object_where_an_array_belongs_is_broken(body):
    with pytest.raises(EQBroken, match="not an array"):
        read(CALLS, body)


def test_more_rows_than_any_site_has_are_not_read():
    assert len(read(CALLS, [{"queue": "500"}] * 3)) == 3
    with pytest.raises(EQBroken, match="more than 50000 rows"):
        read(CALLS, b"[" + b"0," * MAX_ROWS + b"0]")


@pytest.mark.parametrize("part", [b"{}", b"[]"])
def test_more_parts_than_any_answer_has_are_not_read(part):
    """They would take a hundred times as much memory as the answer itself."""
    with pytest.raises(EQBroken, match="not JSON"):
        read(CONFERENCES, b'[{"extension": "900", "participants": [' + (part + b",") * MAX_PARTS + part + b"]}]")


@pytest.mark.parametrize("body", [[], "text", 7, None, {"number": "1"}, {"id": "seven"}])
def test_what_is_not_the_object_is_broken(body):
    with pytest.raises(EQBroken, match="cannot be read"):
        read(AGENT, body)


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b"<html><title>auth_key=s3cret</title>", "an HTML page"),
        (b"", "0 bytes"),
        (b"oops", "4 bytes"),
        (b'[{"queue": "50', "14 bytes"),
        (b"[" * 100_000, "100000 bytes"),
        ("[]".encode("utf-16"), "6 bytes"),
        (b"[]\x00", "3 bytes"),
        (b"\x1f\x8b\x08", "3 bytes"),
    ],
    ids=["html", "empty", "text", "cut off", "deeply nested", "UTF-16", "a nul behind", "gzip"],
)
def test_what_is_not_json_is_broken_and_not_quoted(body, shape):
    with pytest.raises(EQBroken, match=f"not JSON; it is {shape}$") as caught:
        read(CALLS, body)
    assert not caught.value.outcome_unknown


# Refusals


@pytest.mark.contract("1.11")
@pytest.mark.parametrize(
    "body",
    [[BLANK_JSON], BLANK_JSON, {"errors": [BLANK_JSON]}, {"errors": BLANK_JSON}],
    ids=["array", "one object", "errors", "errors with one object"],
)
def test_complaints_are_read_in_every_shape(body):
    assert read_complaints(as_bytes(body)) == (BLANK,)


@pytest.mark.contract("1.11")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Bad key",
        b"<html>",
        b"null",
        b"7",
        b'"x"',
        b"[]",
        b"{}",
        b'[{"parameter": "x"}]',
        b"[[[[1]]]]",
        b"[" * 99_999,
        b'{"errors": 5}',
        b"\xff\xfe\xfd",
    ],
)
def test_an_error_without_complaints_is_still_an_error(body):
    assert read_complaints(body) == ()
    with pytest.raises(EQInvalid, match="EQ refused the request"):
        read(PAUSE, body, 400)


def test_of_a_refusal_with_many_complaints_the_first_are_kept_and_the_others_counted():
    body = as_bytes([{"parameter": f"p{number}", "type": "invalid"} for number in range(25)])
    assert [each.parameter for each in read_complaints(body)] == [f"p{number}" for number in range(MOST_COMPLAINTS)]
    with pytest.raises(EQInvalid, match=r"p9: invalid; and 15 more$") as caught:
        read(PAUSE, body, 400)
    assert len(caught.value.complaints) == MOST_COMPLAINTS


def test_deep_nesting_inside_a_complaint_is_no_trouble():
    for depth in range(500, 1000, 7):
        body = b'[{"type": ' + b"[" * depth + b"]" * depth + b"}]"
        assert len(read_complaints(body)) <= 1


def test_a_complaint_is_one_short_line_of_visible_text():
    entry = {"parameter": "a\nb", "type": "invalid\r\n2026 INFO forged", "description": "\u202e\x07" + "x" * 10_000}
    [complaint] = read_complaints(as_bytes([entry]))
    assert (complaint.parameter, complaint.type) == ("a b", "invalid  2026 INFO forged")
    assert str(complaint).isprintable()
    assert len(str(complaint)) < 400


@pytest.mark.contract("1.10")
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, EQInvalid), (401, EQSignedOut), (404, EQNotFound), (403, EQRefused), (405, EQRefused), (429, EQRefused)],
)
def test_each_status_of_refusal_has_its_error(status, kind):
    with pytest.raises(EQError) as caught:
        read(PAUSE, [BLANK_JSON], status)
    assert type(caught.value) is kind
    assert caught.value.complaints == (BLANK,)
    assert caught.value.operation == "call_queue_agents.pause"
    assert str(caught.value) == "call_queue_agents.pause: auth_key: blank (The key is not specified)"


@pytest.mark.contract("1.10")
@pytest.mark.parametrize("status", [100, 201, 204, 301, 302, 304, 500, 502, 503, 599])
def test_any_other_status_is_broken_and_leaves_an_action_open(status):
    with pytest.raises(EQBroken, match=f"status {status}") as caught:
        read(PAUSE, b"null", status)
    assert caught.value.outcome_unknown
    with pytest.raises(EQBroken) as caught:
        read(CALLS, b"[]", status)
    assert not caught.value.outcome_unknown


# Whatever comes

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
WIRE_NAMES = (
    "queue",
    "agent",
    "status",
    "extension",
    "call",
    "participants",
    "id",
    "user",
    "enterTime",
    "type",
    "errors",
)
KNOWN_NAMES = st.dictionaries(st.sampled_from(WIRE_NAMES), ANY_JSON, max_size=6)
BODIES = st.binary(max_size=200) | (ANY_JSON | KNOWN_NAMES | st.lists(KNOWN_NAMES, max_size=4)).map(
    lambda value: json.dumps(value).encode()
)


@given(
    operation=st.sampled_from(list(OPERATIONS.values())),
    status=st.sampled_from([200, 200, 200, 400, 401, 404, 500, 302]),
    body=BODIES,
)
@settings(max_examples=80, deadline=None)
def test_whatever_comes_is_a_value_or_an_eq_error(operation, status, body):
    try:
        outcome = read_answer(operation, status, body, DIALECT)
    except EQError as error:
        outcome = error
    if isinstance(outcome, EQError):
        assert str(outcome).startswith(operation.name)
        assert "\n" not in str(outcome)
    else:
        assert status == 200
        assert (outcome is None) == (operation.result is None)
