"""A site's dialect: what it may change, and that every slip in it is one clear sentence."""

import json
from pathlib import Path

import pytest

from eqboard.eq import Dialect, DialectError, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import build_request, read_answer

CALLS = OPERATIONS["queued_calls.all"]
STATUS = OPERATIONS["call_queue_agents.all"]
PAUSE = OPERATIONS["call_queue_agents.pause"]
AGENT = OPERATIONS["agents.get"]
CONFERENCES = OPERATIONS["conferences.all"]


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "site.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def load(write):
    return lambda text: load_dialect(write(text))


@pytest.fixture
def complaint(write):
    """What loading the file says; it must be one sentence that names the file."""

    def complaint(text: str | bytes) -> str:
        path = write(text)
        with pytest.raises(DialectError) as caught:
            load_dialect(path)
        sentence = str(caught.value)
        assert str(path) in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    return complaint


def rows(operation, dialect: Dialect, *answered):
    return read_answer(operation, 200, json.dumps(answered).encode(), dialect)


# What it may change


@pytest.mark.contract("0.1")
def test_the_built_in_dialect_changes_nothing():
    dialect = load_dialect()
    assert not dialect.operations
    assert not dialect.fields
    assert not dialect.is_foreign
    assert all(ours == theirs for words in dialect.states.values() for ours, theirs in words.items())


def test_an_empty_file_is_the_built_in_dialect(load):
    assert load("") == load_dialect()


@pytest.mark.contract("0.1")
def test_a_path_may_be_another(load):
    dialect = load('[operations."queued_calls.all"]\npath = "/calls_in_queue"')
    request = build_request(CALLS, {"queue": "500"}, dialect)
    assert (request.method, request.path, request.query) == ("GET", "/calls_in_queue", {"queue": "500"})


def test_a_path_with_a_name_in_it_may_be_another(load):
    dialect = load('[operations."agents.get"]\npath = "/users/agents/{id}/view"')
    assert build_request(AGENT, {"id": 7}, dialect).path == "/users/agents/7/view"


def test_a_read_by_post_keeps_its_arguments_in_the_query(load):
    dialect = load('[operations."queued_calls.all"]\nmethod = "POST"')
    request = build_request(CALLS, {"queue": "500"}, dialect)
    assert (request.method, request.query, request.form) == ("POST", {"queue": "500"}, {})


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_action_may_have_another_method_and_keeps_its_form(load, method):
    dialect = load(f'[operations."call_queue_agents.pause"]\nmethod = "{method}"')
    request = build_request(PAUSE, {"agent": 7}, dialect)
    assert (request.method, request.query) == (method, {})
    assert request.form == {"action": "pause", "options": '{"agent":7}'}


def test_an_action_by_get_is_refused(complaint):
    """It would carry passwords in its URL."""
    sentence = complaint('[operations."extensions.create"]\nmethod = "GET"')
    assert "line 2: the method of an action must be POST or PUT or DELETE" in sentence


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_read_by_what_a_server_takes_for_an_order_is_refused(complaint, method):
    """It is asked again when no answer comes."""
    sentence = complaint(f'[operations."agents.get"]\nmethod = "{method}"')
    assert "line 2: the method of a read must be GET or POST" in sentence


@pytest.mark.contract("0.1")
def test_fields_may_have_other_names(load):
    dialect = load('[fields.QueuedCall]\nenter_time = "entered"\nqueue = "q"')
    [call] = rows(CALLS, dialect, {"q": "500", "entered": 1366390218, "position": 2})
    assert (call.queue, call.enter_time.timestamp(), call.position) == ("500", 1366390218, 2)


def test_a_renamed_field_is_not_looked_for_under_its_built_in_name(load):
    dialect = load('[fields.QueuedCall]\nenter_time = "entered"')
    [call] = rows(CALLS, dialect, {"queue": "500", "enterTime": "five past nine", "entered": 1366390218})
    assert call.enter_time.timestamp() == 1366390218
    [call] = rows(CALLS, dialect, {"queue": "500", "enterTime": 1366390218})
    assert call.enter_time is None


def test_two_fields_may_change_places(load):
    dialect = load('[fields.QueuedCall]\ncaller_id_name = "callerIdNumber"\ncaller_id_number = "callerIdName"')
    [call] = rows(CALLS, dialect, {"queue": "500", "callerIdName": "555", "callerIdNumber": "Carmen"})
    assert (call.caller_id_name, call.caller_id_number) == ("Carmen", "555")


def test_fields_of_an_object_inside_another_may_have_other_names(load):
    dialect = load('[fields.AgentCall]\nunique_id = "uid"\n[fields.QueueAgentStatus]\ncall = "line"')
    [row] = rows(STATUS, dialect, {"agent": 7, "status": "onCall", "line": {"uid": "1.2"}})
    assert row.call.unique_id == "1.2"


def test_fields_of_objects_in_a_list_inside_another_may_have_other_names(load):
    dialect = load('[fields.ConferenceParticipant]\ncaller_id_name = "who"')
    [room] = rows(CONFERENCES, dialect, {"extension": "900", "participants": [{"who": "Ana"}, {"who": "Omar"}]})
    assert [each.caller_id_name for each in room.participants] == ["Ana", "Omar"]


@pytest.mark.parametrize("odd", [None, 7, "x", [], [1, None], {"a": 1}])
def test_odd_values_where_an_object_belongs_are_left_to_the_reader(load, odd):
    dialect = load('[fields.AgentCall]\nunique_id = "uid"\n[fields.ConferenceParticipant]\nmuted = "m"')
    for translate in (dialect.understand, dialect.speak):
        translate("QueueAgentStatus", {"agent": 7, "call": odd, "status": odd})
        translate("Conference", {"participants": odd})
        assert translate("QueuedCall", odd) == odd


@pytest.mark.contract("0.1")
def test_states_may_have_other_words(load):
    dialect = load('[states.agent]\nonCall = "busy"\nwrapUp = "afterwork"')
    status = [row.status for row in rows(STATUS, dialect, *({"agent": 1, "status": w} for w in ("busy", "afterwork")))]
    assert status == ["onCall", "wrapUp"]


def test_a_state_may_be_a_number(load):
    dialect = load('[states.agent]\nonCall = "3"')
    status = [row.status for row in rows(STATUS, dialect, *({"agent": 1, "status": word} for word in (3, "3", 4)))]
    assert status == ["onCall", "onCall", "4"]


def test_words_that_a_dialect_leaves_alone_keep_their_meaning(load):
    dialect = load('[states.agent]\nonCall = "busy"')
    [row] = rows(STATUS, dialect, {"agent": 1, "status": "paused"})
    assert row.status == "paused"


def test_two_words_may_change_places(load):
    dialect = load('[states.agent]\navailable = "paused"\npaused = "available"')
    assert [dialect.understand("QueueAgentStatus", {"status": word})["status"] for word in ("paused", "available")] == [
        "available",
        "paused",
    ]


# What is refused


def test_a_mark_before_the_first_line_does_not_matter(load):
    """Windows' editors put it there."""
    assert load(b'\xef\xbb\xbf[states.agent]\nonCall = "busy"'.decode()).states["agent"]["onCall"] == "busy"


def test_an_operation_without_quotes_is_told_how_to_write_it(complaint):
    sentence = complaint('[operations.queued_calls.all]\npath = "/x"')
    assert "there is no operation 'queued_calls'; its names need quotes: [operations.\"queued_calls.all\"]" in sentence


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '[operations."call_recordings.all"]\nmethod = "POST"\npath = "/call_recording_action"',
            "call_recordings.all would be asked as call_recordings.cancel is, which is no read",
        ),
        (
            '[operations."agents.delete"]\nmethod = "POST"\npath = "/agent/{id}"\n'
            '[operations."agents.get"]\nmethod = "POST"',
            "agents.get would be asked as agents.delete is, which is no read",
        ),
    ],
)
def test_a_read_that_a_server_takes_for_an_action_is_refused(complaint, text, fault):
    """It would be asked again and again, and by eqcheck first of all."""
    assert fault in complaint(text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DialectError, match=r"gone\.toml cannot be read: No such file or directory\.$"):
        load_dialect(tmp_path / "gone.toml")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DialectError, match="cannot be read"):
        load_dialect(tmp_path)


@pytest.mark.parametrize("text", ["path = ", "[states", b"\xff\xfe", "a = 1\na = 2", "x = " + "[" * 5000])
def test_what_is_not_toml_is_refused(complaint, text):
    assert "is not TOML" in complaint(text)


def test_an_unknown_table_is_refused_and_the_known_ones_named(complaint):
    assert "line 1: there is no table [paths]; there are operations, fields, states" in complaint("[paths]\nx = 1")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('operations = "x"', "line 1: [operations] must be a table of tables"),
        ("fields = 5", "line 1: [fields] must be a table of tables"),
        ("\nstates = []", "line 2: [states] must be a table of tables"),
        ('[operations]\n"queued_calls.all" = "/x"', "line 2: queued_calls.all must be a table"),
        ('[operations."queued_calls.all"]\npath = 5', "line 2: path must be a text"),
        ('[operations."queued_calls.all"]\nmethod = ["GET"]', "line 2: method must be a text"),
        ('[operations."queued_calls.all"]\nverb = "GET"', "line 2: operation queued_calls.all has no 'verb'"),
        ("[fields]\nQueuedCall = 1", "line 2: QueuedCall must be a table"),
        ("[fields.QueuedCall]\nqueue = 1", "line 2: queue must be a text"),
        ("[fields.QueuedCall]\nqueue = { a = 1 }", "line 2: queue must be a text"),
        ('[fields.QueuedCall]\n\nqueue = " "', "line 3: queue must be a text that is not empty"),
        ("[states.agent]\nonCall = 3", "line 2: onCall must be a text"),
        (
            '[states]\nonCall = "busy"',
            "line 2: there is no [states.onCall]; the words of states stand in [states.agent]",
        ),
    ],
)
def test_wrong_types_are_refused(complaint, text, fault):
    assert fault in complaint(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('fields.QueuedCall.queeue = "q"', 1),
        ('# queeue\n[fields]\nQueuedCall = { channel = "c", queeue = "q" }', 3),
        ('[fields.QueuedCall]\nchannel = "queeue"\n"queeue" = "q"', 3),
        ('[states.agent]\nonCall = "queeue"\n[fields.QueuedCall]\nqueeue = """\nq"""', 4),
    ],
)
def test_the_line_that_is_wrong_is_named_however_it_is_written(complaint, text, line):
    assert f", line {line}: object QueuedCall has no 'queeue'; the nearest is 'queue'" in complaint(text)


def test_a_name_in_escapes_is_refused_without_its_line(complaint):
    assert "site.toml: object QueuedCall has no 'queeue'" in complaint('[fields.QueuedCall]\n"que\\u0065ue" = "q"')


def test_a_number_of_thousands_of_digits_is_no_toml(complaint):
    assert "is not TOML" in complaint("x = " + "1" * 5000)


def test_a_device_without_an_end_is_not_read_to_its_end():
    with pytest.raises(DialectError, match="larger than 64 KiB"):
        load_dialect(Path("/dev/zero"))


def test_the_line_is_not_looked_for_for_ever(complaint):
    many = "\n".join(["# queeue"] * 6000)
    assert "object QueuedCall has no 'queeue'" in complaint(many + '\n[fields.QueuedCall]\nqueeue = "q"')


def test_a_file_that_is_far_too_large_is_not_read(complaint):
    assert "is larger than 64 KiB" in complaint("#" * 300_000)


def test_an_operation_that_there_is_not_is_refused(complaint):
    sentence = complaint('[operations."queued_calls.al"]\npath = "/x"')
    assert "there is no operation 'queued_calls.al'; the nearest is 'queued_calls.all'" in sentence


def test_an_object_that_there_is_not_is_refused(complaint):
    assert "there is no object 'Queuedcall'; the nearest is 'QueuedCall'" in complaint(
        '[fields.Queuedcall]\nqueue = "q"'
    )


def test_a_field_that_there_is_not_is_refused(complaint):
    sentence = complaint('[fields.QueuedCall]\nenterTime = "entered"')
    assert "object QueuedCall has no 'enterTime'; the nearest is 'enter_time'" in sentence


def test_a_state_that_there_is_not_is_refused(complaint):
    assert "kind of state agent has no 'oncall'; the nearest is 'onCall'" in complaint(
        '[states.agent]\noncall = "busy"'
    )


def test_two_fields_with_one_name_are_refused(complaint):
    fault = "two fields of QueuedCall are called 'uniqueId'"
    assert fault in complaint('[fields.QueuedCall]\nchannel = "uniqueId"')
    assert "two fields of QueuedCall are called 'x'" in complaint('[fields.QueuedCall]\nchannel = "x"\nqueue = "x"')


def test_two_states_with_one_word_are_refused(complaint):
    assert "two states are called 'available'" in complaint('[states.agent]\nonCall = "available"')


@pytest.mark.parametrize(
    "path",
    ["/agent", "/agent/{number}", "/agent/{id}/{number}", "/{id}/{id}", "/agent/{id", "/agent/{}", "/agent/{id!r}",
     "/agent/{id:>9}", "/agent/{id.real}"],
)  # fmt: skip
def test_a_path_that_does_not_hold_the_operations_names_is_refused(complaint, path):
    assert "the path must hold {id}, once" in complaint(f'[operations."agents.get"]\npath = "{path}"')


def test_a_path_that_adds_a_name_is_refused(complaint):
    assert "no name in braces" in complaint('[operations."queued_calls.all"]\npath = "/calls/{queue}"')


@pytest.mark.parametrize(
    "path", ["/a b", "/a\\\\b", "calls", "//evil.example/x", "http://evil.example/x", "/calls?all=1", "/calls#x"]
)
def test_a_path_that_is_none_or_leads_elsewhere_is_refused(complaint, path):
    sentence = complaint(f'[operations."queued_calls.all"]\npath = "{path}"')
    assert "the path must begin with one /" in sentence


@pytest.mark.parametrize("method", ["get", "PATCH", "GET "])
def test_a_method_that_eq_does_not_have_is_refused(complaint, method):
    sentence = complaint(f'[operations."queued_calls.all"]\nmethod = "{method}"')
    assert "the method of a read must be GET or POST" in sentence
