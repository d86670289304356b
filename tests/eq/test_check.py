"""The check of a live server: what it asks, what it finds, what it suggests, and that no secret gets into it."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

import eqboard.eq.check as package
from eqboard.eq import Dialect, load_dialect
from eqboard.eq.check import Outcome, Report, Result, result_lines
from eqboard.eq.check.asking import STEPS
from eqboard.eq.check.guessing import guess_fields, guess_states
from eqboard.eq.dialect import Route
from eqboard.eq.operations import OPERATIONS

from . import sites
from .conftest import Clock, Exchange
from .sites import (
    CALL,
    FOREIGN,
    QUEUED,
    SECRETS,
    STATISTICS,
    STATUS,
    Site,
    Watched,
    asked,
    not_found,
    path_of,
    poisoned_site,
    result_of,
    said_at,
    untrusted,
)

MOST_REQUESTS = 40
WIDTH = 100
ODD = ("missing", "unknown", "unreadable", "unknown_words")

Check = Callable[..., Any]


@pytest.fixture
def check(clock: Clock) -> Check:
    """Check whatever is at the other end, once."""

    async def check(other_end: Any, dialect: Dialect | None = None, **more: Any) -> Report:
        return await sites.check(other_end, clock, dialect, **more)

    return check


def text_of(report: Report) -> str:
    lines = [line.text for result in report.results for line in result_lines(result, WIDTH)]
    return "\n".join([*lines, report.suggestion])


@pytest.fixture
def load(tmp_path):
    return partial(sites.saved, tmp_path)


# What is asked


@pytest.fixture(scope="module")
def world():
    """Busy, and standing still."""
    return sites.make_world()


@pytest.fixture
def simulator(world, clock):
    return Watched(world, clock)


def test_every_read_of_the_api_has_its_step_and_nothing_else_has():
    assert sorted(step.name for step in STEPS) == sorted(name for name, each in OPERATIONS.items() if each.is_read)


async def test_it_only_reads_one_thing_at_a_time_and_little(check, simulator):
    await check(simulator)
    assert {request.method for request in simulator.requests} == {"GET"}
    assert simulator.most_at_once == 1
    assert len(simulator.requests) <= MOST_REQUESTS


async def test_what_to_ask_for_is_learnt_on_the_way(check, simulator):
    report = await check(simulator)
    assert {"call_queues.get", "agents.get", "supervisors.get", "extensions.get", "active_calls.all"} <= set(
        asked(report)
    )
    assert result_of(report, "call_queues.get")["status"] == 200
    assert result_of(report, "agents.get")["status"] == 200
    assert result_of(report, "pause_codes.get")["status"] == 200
    assert any(path_of(each) == "/call_recordings" for each in simulator.requests)


async def test_whoever_wants_hears_each_result_as_it_comes(check, simulator):
    heard: list[Result] = []
    report = await check(simulator, tell=heard.append)
    assert tuple(heard) == report.results


async def test_what_nothing_is_known_of_is_not_asked_and_no_failure(check):
    site = Site(active_supervisor_sessions=[], call_queue_agent_status=[], queued_calls=[])
    report = await check(site)
    supervisor = result_of(report, "supervisors.get")
    assert (supervisor["asked"], supervisor["why_not"], supervisor["error"]) == (
        False,
        "no supervisor is signed in",
        None,
    )
    assert result_of(report, "call_recordings.all")["why_not"] == "no call is known: nobody waits or talks"


async def test_an_id_that_the_api_does_not_allow_is_not_asked_for(check):
    report = await check(Site(active_supervisor_sessions=[{"user": -1}]))
    assert result_of(report, "supervisors.get")["why_not"] == "what is known of it cannot be asked for"


async def test_another_is_tried_where_one_is_not_known(check):
    def queue(request):
        return {"extension": "501"} if path_of(request).endswith("/501") else not_found("extension")

    site = Site(call_queue_statistics=[STATISTICS, STATISTICS | {"queue": "501"}], call_queue=queue)
    found = result_of(await check(site), "call_queues.get")
    assert (found["status"], found["requests"], found["error"]) == (200, 2, None)


async def test_few_are_tried_of_many(check):
    many = [STATISTICS | {"queue": str(500 + number)} for number in range(90)]
    report = await check(Site(call_queue_statistics=many, call_queue=lambda request: not_found("extension")))
    assert result_of(report, "call_queues.get")["requests"] == 3
    assert result_of(report, "pause_codes.get")["requests"] == 5


async def test_calls_are_looked_for_where_somebody_talks(check):
    def calls(request):
        return [{"extension": "207", "status": "up"}] if request.url.params["extension"] == "207" else []

    agents = [{"agent": 1, "extension": "201"}, STATUS]
    found = result_of(await check(Site(call_queue_agent_status=agents, active_calls=calls)), "active_calls.all")
    assert (found["rows"], found["requests"]) == (1, 1)


async def test_an_empty_answer_counts_more_than_a_refusal_after_it(check):
    def calls(request):
        return [] if request.url.params["extension"] == "207" else not_found("extension")

    agents = [STATUS, {"agent": 1, "extension": "201"}]
    found = result_of(await check(Site(call_queue_agent_status=agents, active_calls=calls)), "active_calls.all")
    assert (found["status"], found["rows"], found["requests"], found["error"]) == (200, 0, 2, None)


# Where it stops


@pytest.mark.parametrize("status", [400, 404])
async def test_a_key_that_is_complained_of_by_another_status_is_sent_once_too(check, status):
    exchange = Exchange(httpx.Response(status, json=[{"parameter": "auth_key", "type": "invalid", "description": ""}]))
    await check(exchange)
    assert len(exchange.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_is_sent_once(check, status):
    site = Exchange(httpx.Response(status, json=[{"parameter": "auth_key", "type": "invalid"}]))
    report = await check(site)
    assert len(site.requests) == 1
    assert {each.why_not for each in report.results[1:]} == {"EQ does not accept the key"}


async def test_a_key_that_may_not_do_everything_is_not_tried_on_and_on(check):
    refused = httpx.Response(401, json=[])
    site = Site(parked_calls=refused, active_conferences=refused)
    await check(site)
    assert [path_of(each) for each in site.requests][3:] == ["/parked_calls", "/active_conferences"]


async def test_a_server_that_is_not_there_is_asked_three_times(check):
    site = Exchange(httpx.ConnectError("no way"))
    report = await check(site)
    assert len(site.requests) == 3
    found = result_of(report, "call_queue_statistics.all")
    assert (found["status"], found["error"]) == (None, "no connection to EQ")
    assert {each.reply.outcome for each in report.results if each.reply} == {Outcome.NO_ANSWER}


async def test_a_server_whose_certificate_is_not_trusted_is_told_apart_from_one_that_is_not_there(check):
    site = Exchange(untrusted())
    report = await check(site)
    assert len(site.requests) == 3
    assert {each.reply.outcome for each in report.results if each.reply} == {Outcome.NOT_TRUSTED}
    assert result_of(report, "call_queue_statistics.all")["error"].startswith("EQ's certificate is not trusted")


async def test_an_answer_that_was_lost_is_asked_for_again(check):
    site = Exchange(httpx.ReadError("gone"), [STATISTICS], [STATUS], [QUEUED], not_found(None))
    found = result_of(await check(site), "call_queue_statistics.all")
    assert (found["requests"], found["status"], found["error"]) == (2, 200, None)


async def test_one_part_that_hangs_is_not_the_end(check):
    site = Site(parked_calls=httpx.ReadTimeout("late"))
    report = await check(site)
    assert result_of(report, "parked_calls.all")["error"] == "EQ does not answer in time"
    assert "active_conferences" in {path_of(each).strip("/") for each in site.requests}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, html="<html>Sign in"), "the answer is not JSON: it is an HTML page"),
        (httpx.Response(302, headers={"location": "/login"}), "the server sends to another address (status 302)"),
        (httpx.Response(200, content=b""), "the answer is not JSON: it is empty"),
        (httpx.Response(200, content=b"OK"), "the answer is not JSON: it is 2 bytes of something else"),
    ],
)
async def test_something_that_is_no_eq_is_left_alone_soon(check, answer, error):
    site = Exchange(answer)
    report = await check(site)
    assert len(site.requests) == 3
    assert all(result_of(report, name)["error"].startswith(error) for name in asked(report))


async def test_a_server_that_wants_fewer_requests_gets_none(check):
    site = Exchange(httpx.Response(429))
    report = await check(site)
    assert len(site.requests) == 1
    assert result_of(report, asked(report)[0])["error"] == "EQ wants fewer requests (status 429)"


async def test_a_server_that_knows_no_path_is_asked_on(check):
    report = await check(Exchange(httpx.Response(404, html="<html>nginx")))
    assert len(asked(report)) > 3  # the paths are a guess: perhaps only some of them are others


# What is compared


@pytest.mark.contract("0.1")
async def test_fields_are_recognised_missing_or_unknown(check):
    row = QUEUED | {"mood": "good", "position": "2", "priority": ""}
    found = result_of(await check(Site(queued_calls=[{"queue": "500"}, row])), "queued_calls.all")
    assert found["recognised"] == ["id", "queue", "position", "caller_id_number", "enter_time", "priority"]
    assert found["missing"] == ["unique_id", "channel", "caller_id_name"]
    assert found["unknown"] == ["mood"]
    assert found["unreadable"] == {}


async def test_rows_that_cannot_be_read_are_counted(check):
    found = result_of(await check(Site(queued_calls=[QUEUED, {"id": "1"}, "nothing", QUEUED])), "queued_calls.all")
    assert (found["rows"], found["unreadable_rows"]) == (4, 2)


async def test_where_there_is_nothing_nothing_is_missing_and_nothing_suggested(check):
    report = await check(Exchange([]))
    assert result_of(report, "queued_calls.all")["missing"] == []
    assert report.suggestion == ""


async def test_words_for_a_state_that_nobody_knows_are_told(check):
    agents = [STATUS | {"status": word} for word in ("daydreaming", "onCall", "3", 4)]
    report = await check(Site(call_queue_agent_status=agents))
    assert result_of(report, "call_queue_agents.all")["unknown_words"] == {"agent": ["3", "4", "daydreaming"]}


async def test_very_many_different_words_are_no_states(check):
    agents = [STATUS | {"status": f"name{'x' * number}"} for number in range(20)]
    report = await check(Site(call_queue_agent_status=agents))
    assert result_of(report, "call_queue_agents.all")["unknown_words"] == {"agent": ["(20 different texts)"]}


@pytest.mark.parametrize("seconds", [7200, -90, 1])
async def test_how_far_the_clocks_are_apart_is_told(check, seconds):
    report = await check(Exchange(said_at(seconds)))
    assert report.as_json()["clock_skew_seconds"] == pytest.approx(seconds, abs=1)


async def test_the_objects_inside_are_compared_too(check):
    status = STATUS | {"call": CALL | {"mood": 1, "startTime": "soon"}}
    found = result_of(
        await check(Site(call_queue_agent_status=[status, STATUS | {"call": None}])), "call_queue_agents.all"
    )
    assert {"call", "call.id", "call.caller_id_name"} <= set(found["recognised"])
    assert {"call.channel", "call.queue"} <= set(found["missing"])
    assert found["unknown"] == ["call.mood"]
    assert list(found["unreadable"]) == ["call.start_time"]
    assert "call.start_time" not in found["recognised"]


async def test_the_objects_in_a_list_inside_are_compared_too(check):
    rooms = [{"extension": "801", "participants": [{"muted": False}, {"muted": True, "mood": 1}]}]
    found = result_of(await check(Site(active_conferences=rooms)), "conferences.all")
    assert "participants.muted" in found["recognised"]
    assert found["unknown"] == ["participants.mood"]


async def test_an_object_that_no_row_has_is_not_missing(check):
    found = result_of(
        await check(Site(extension={"extension": "207", "sip": None, "voicemail": {"options": {}}})), "extensions.get"
    )
    assert found["not_seen"] == ["sip", "voicemail.options"]
    assert not [name for name in found["missing"] if name.startswith("sip.")]
    assert "recording" in found["missing"]
    assert "recording.on_demand" not in found["missing"]


async def test_an_unreadable_value_is_told_by_its_rule_alone(check):
    rows = [QUEUED | {"position": "seventeenth", "enterTime": 1366390218000}, QUEUED]
    found = result_of(await check(Site(queued_calls=rows)), "queued_calls.all")
    assert set(found["unreadable"]) == {"position", "enter_time"}
    assert all(found["unreadable"].values())
    assert "seventeenth" not in json.dumps(found)
    assert "enter_time" in found["recognised"]  # another row has it as it should be


async def test_a_field_is_looked_for_under_the_name_of_the_dialect_in_force(check, load):
    dialect = load('[fields.QueuedCall]\nenter_time = "joined"\n[states.agent]\nonCall = "busy"')
    site = Site(queued_calls=[QUEUED], call_queue_agent_status=[STATUS | {"status": "busy"}])
    report = await check(site, dialect)
    found = result_of(report, "queued_calls.all")
    assert "enter_time" in found["missing"]
    assert found["unknown"] == ["enterTime"]
    assert result_of(report, "call_queue_agents.all")["unknown_words"] == {}


async def test_a_path_is_asked_by_the_dialect_in_force(check, load):
    site = Site(calls_in_queue=[QUEUED])
    report = await check(site, load('[operations."queued_calls.all"]\npath = "/calls_in_queue"'))
    assert result_of(report, "queued_calls.all")["request"] == "GET /calls_in_queue"
    assert result_of(report, "queued_calls.all")["status"] == 200


async def test_recordings_are_texts(check):
    assert result_of(await check(Site(call_recordings=["/a.wav"])), "call_recordings.all")["rows"] == 1
    wrong = result_of(await check(Site(call_recordings=[{"path": "/a.wav"}])), "call_recordings.all")
    assert wrong["error"] == "a row of the answer is an object, where a text belongs"


async def test_recordings_are_told_to_be_paths(check):
    lines = text_of(await check(Site(call_recordings=["/a.wav"]))).splitlines()
    [place] = [number for number, line in enumerate(lines) if line.startswith("call_recordings.all")]
    assert lines[place + 1] == "  recognised   paths"


async def test_an_entity_may_not_be_an_array(check):
    found = result_of(await check(Site(agent=[{"id": 7}])), "agents.get")
    assert found["error"] == "the answer is an array, where an object belongs"


# What is guessed


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("caller_id_name", "callerIDName"),
        ("caller_id_name", "CallerName"),
        ("caller_id_number", "callerid-num"),
        ("caller_id_number", "cid_number"),
        ("enter_time", "joinedAt"),
        ("enter_time", "queued_since"),
        ("sign_in_time", "loginTime"),
        ("sign_in_time", "loggedInAt"),
        ("wrap_up_end_time", "wrapupEndDate"),
        ("agents_on_call", "busyAgents"),
        ("agents_wrap_up", "agentsInWrapUp"),
        ("calls_answered", "answeredCalls"),
        ("average_wait_time", "avgWaitSeconds"),
        ("pause_code", "pauseReasonId"),
        ("queue", "queueId"),
        ("agent", "agent_id"),
        ("unique_id", "uniqueID"),
        ("id", "callId"),
        ("call", "currentCall"),
        ("status", "state"),
        ("email_address", "email"),
        ("expiration_time", "expiryDate"),
        ("announce_frequency", "anounceFrequency"),
        ("enter_time", "entered"),
        ("last_call_time", "lastCall"),
        ("secret", "pass"),
    ],
)
def test_a_name_that_says_the_same_is_found(ours, theirs):
    others = ["channel", "priority", "space"]
    assert guess_fields([ours, *others], [theirs, "mood", "weather"], lambda our, their: True) == {ours: theirs}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("agent", "agents"),
        ("queue", "queued"),
        ("calls_answered", "callsAbandoned"),
        ("agents_paused", "agentsPresent"),
        ("caller_id_name", "queueName"),
        ("channel", "otherChannel"),
        ("start_time", "answerTime"),
        ("agent", "agentNumber"),
        ("id", "uuid"),
        ("wait_time", "waiting"),
        ("call", "current"),
    ],
)
def test_a_name_that_only_looks_like_it_is_not(ours, theirs):
    assert guess_fields([ours], [theirs], lambda our, their: True) == {}


def test_of_two_that_may_be_meant_none_is_taken():
    assert guess_fields(["enter_time"], ["joinTime", "enteredAt"], lambda our, their: True) == {}
    assert guess_fields(["enter_time"], ["joinTime", "Enter_Time"], lambda our, their: True) == {
        "enter_time": "Enter_Time"
    }


def test_a_name_whose_values_do_not_suit_is_not_taken():
    assert guess_fields(["enter_time"], ["enteredAt"], lambda our, their: False) == {}


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"),
    [
        ("agent", "onCall", "ON_CALL"),
        ("agent", "onCall", "busy"),
        ("agent", "available", "Idle"),
        ("agent", "signedOut", "Logged out"),
        ("agent", "wrapUp", "after-call work"),
        ("call", "up", "connected"),
        ("direction", "inbound", "incoming"),
    ],
)
def test_a_word_that_says_the_same_is_found(kind, ours, theirs):
    words = list(load_dialect().states[kind])
    assert guess_states(kind, words, [theirs, "daydreaming"]) == {ours: theirs}


async def test_a_word_is_not_guessed_for_one_that_was_heard(check):
    agents = [STATUS, STATUS | {"status": "busy"}]
    report = await check(Site(call_queue_agent_status=agents))
    assert "busy" in report.suggestion
    assert 'onCall = "busy"' not in report.suggestion


async def test_a_field_is_not_guessed_from_values_that_it_could_not_hold(check, load):
    row = {"queue": "500", "enteredAt": "half past nine", "callerName": "Carmen"}
    report = await check(Site(queued_calls=[row]))
    assert load(report.suggestion).fields == {"QueuedCall": {"caller_id_name": "callerName"}}
    assert "enteredAt" in report.suggestion


async def test_an_object_is_known_by_what_is_inside(check, load):
    row = {name: value for name, value in STATUS.items() if name != "call"} | {"current": CALL, "mood": {"good": 1}}
    report = await check(Site(call_queue_agent_status=[row]))
    assert load(report.suggestion).fields == {"QueueAgentStatus": {"call": "current"}}


async def test_a_field_whose_values_never_make_sense_may_be_another(check, load):
    row = STATUS | {"agent": "Carmen", "agentId": 7}
    report = await check(Site(call_queue_agent_status=[row]))
    assert result_of(report, "call_queue_agents.all")["unreadable_rows"] == 1
    assert load(report.suggestion).fields == {"QueueAgentStatus": {"agent": "agentId"}}


# What is suggested


@pytest.fixture
def foreigner(world, clock, load):
    """The pretend server as another vendor would have written it."""
    return lambda: Watched(world, clock, load(FOREIGN))


@pytest.mark.contract("0.1")
async def test_after_one_suggestion_a_foreign_server_is_understood_as_our_own(check, foreigner, simulator, load):
    first = await check(foreigner())
    assert result_of(first, "call_queue_statistics.all")["unreadable_rows"]

    second = await check(foreigner(), load(first.suggestion))

    native = await check(simulator)
    for ours in native.as_json()["operations"]:
        found = result_of(second, ours["operation"])
        assert (found["recognised"], found["missing"], found["unknown_words"]) == (
            ours["recognised"],
            ours["missing"],
            ours["unknown_words"],
        ), ours["operation"]
    assert not any(each["unknown"] for each in second.as_json()["operations"])


async def test_a_server_that_is_understood_needs_no_dialect(check, simulator, foreigner, load):
    lost = [each.operation.name for each in (await check(simulator)).results if each.reply and each.reply.status == 404]
    report = await check(foreigner(), load((await check(foreigner())).suggestion))
    # Nothing is left but operations that the pretend server does not have, if any.
    assert [name for name in lost if f'"{name}"' not in report.suggestion] == []
    assert bool(report.suggestion) == bool(lost)


async def test_the_dialect_in_force_stays_in_the_suggestion(check, load):
    before = load(
        '[operations."queued_calls.all"]\npath = "/calls"\nmethod = "GET"\n'
        '[fields.QueuedCall]\nenter_time = "in \\"quotes\\" \\u007f\\u202e"\nchannel = "chan"\n'
        '[states.call]\nup = "talking"'
    )
    site = Site(calls=[{"queue": "500", "chan": "x", "callerName": "Carmen"}])
    text = (await check(site, before)).suggestion
    after = load(text)
    assert all(line.isprintable() for line in text.splitlines())
    assert after.operations == before.operations
    assert after.states == before.states
    assert after.fields == {"QueuedCall": {**before.fields["QueuedCall"], "caller_id_name": "callerName"}}


async def test_what_cannot_be_guessed_is_a_comment(check, load):
    site = Site(queued_calls=[QUEUED | {"mood": 1}], call_queue_agent_status=[STATUS | {"status": "daydreaming"}])
    text = (await check(site)).suggestion
    assert load(text) == load_dialect()
    assert "# [fields.QueuedCall]\n# Theirs, and unknown: mood\n# Ours, and not found: unique_id, channel" in text
    assert "# Theirs, and unknown: daydreaming. Ours are signedOut, available," in text


@pytest.mark.parametrize("answer", [not_found(None), httpx.Response(404, html="<html>")])
async def test_a_path_that_is_not_there_is_a_block_to_fill_in(check, load, answer):
    text = (await check(Site(parked_calls=answer))).suggestion
    assert "# The server does not know GET /parked_calls. Put its own path here:" in text
    filled = text.replace(
        '# [operations."parked_calls.all"]\n# path = "/…"', '[operations."parked_calls.all"]\npath = "/lot"'
    )
    assert load(filled).operations["parked_calls.all"].path == "/lot"


async def test_a_path_to_fill_in_shows_the_names_that_it_must_hold(check, load):
    text = (await check(Site(agent=not_found(None)))).suggestion
    assert '# [operations."agents.get"]\n# path = "/…/{id}"' in text
    assert load(uncommented(text, "agents.get").replace("…", "people")).operations["agents.get"].path == "/people/{id}"


def uncommented(text: str, operation: str) -> str:
    """The draft after somebody has taken the marks off the lines of one operation."""
    head, lines = f'# [operations."{operation}"]', []
    is_there = False
    for line in text.splitlines():
        is_there = (is_there or line in (head, head[2:])) and bool(line)
        lines.append(line.removeprefix("# ") if is_there and (" = " in line or line == head) else line)
    assert text.splitlines() != lines
    return "\n".join(lines)


async def test_another_method_is_a_line_to_uncomment(check, load):
    text = (await check(Site(parked_calls=httpx.Response(405)))).suggestion
    assert "# The server has another method than GET at /parked_calls. It may be this one:\n" in text
    assert load(text).operations == {}
    assert load(uncommented(text, "parked_calls.all")).operations == {"parked_calls.all": Route("POST")}


async def test_states_that_were_not_seen_are_lines_to_fill_in_where_others_have_other_words(check, load):
    agents = [STATUS | {"status": word} for word in ("busy", "available", "paused", "signedOut")]
    report = await check(Site(call_queue_agent_status=agents))
    assert report.unseen_states == ("ringing", "wrapUp")
    lines = '[states.agent]\nonCall = "busy"\n# Not seen yet:\n# ringing = "…"\n# wrapUp = "…"'
    assert lines in report.suggestion
    assert load(report.suggestion.replace('# wrapUp = "…"', 'wrapUp = "acw"')).states["agent"]["wrapUp"] == "acw"


async def test_states_that_were_not_seen_are_no_reason_for_a_draft(check, load):
    report = await check(Exchange([]), load('[states.agent]\nonCall = "busy"'))
    assert report.suggestion == ""
    assert report.unseen_states == ("signedOut", "available", "ringing", "wrapUp", "paused")
    assert (await check(Site())).unseen_states == ()


LOT = '[operations."parked_calls.all"]\npath = "/lot"\n'
POSTED = '[operations."parked_calls.all"]\nmethod = "POST"\n'
LAST = '[operations."queued_calls.all"]\npath = "/queued_calls"\n'


@pytest.mark.parametrize(
    ("table", "status", "route"),
    [(LOT, 405, Route("POST", "/lot")), (POSTED, 404, Route("POST", "/…"))],
    ids=["method", "path"],
)
async def test_what_an_operation_with_a_table_lacks_is_a_line_in_that_table(check, load, table, status, route):
    before = load(table + LAST)
    text = (await check(Site(parked_calls=httpx.Response(status), lot=httpx.Response(status)), before)).suggestion
    assert load(text).operations == before.operations
    after = load(uncommented(text, "parked_calls.all")).operations
    assert after == before.operations | {"parked_calls.all": route}


@pytest.mark.parametrize(
    ("table", "status", "block"),
    [
        (LOT, 404, '# The server does not know GET /lot. Put its own path here:\npath = "/lot"'),
        (POSTED, 405, ' than POST at /parked_calls. It may be this\n#   one: GET\nmethod = "POST"'),
    ],
    ids=["path", "method"],
)
async def test_a_line_of_a_table_that_is_wrong_is_marked_and_not_doubled(check, load, table, status, block):
    before = load(table)
    text = (await check(Site(parked_calls=httpx.Response(status), lot=httpx.Response(status)), before)).suggestion
    assert block in text
    assert load(text).operations == before.operations
    [table_now] = [each for each in text.split("\n\n") if '"parked_calls.all"' in each]
    assert table_now.count(" = ") == table.count(" = ")


async def test_where_the_first_path_is_wrong_all_that_was_not_asked_can_be_filled_in_too(check, load):
    report = await check(Exchange(not_found(None)))
    text = report.suggestion
    assert "# GET /call_queue/{extension} could not be asked. Another path goes here:" in text
    for step in STEPS:
        text = uncommented(text, step.name)
    text = text.replace('"/…', '"/somewhere')
    assert set(load(text).operations) == {step.name for step in STEPS}


async def test_where_the_first_path_is_right_what_was_not_asked_is_no_gap(check):
    site = Site(parked_calls=not_found(None), active_supervisor_sessions=[])
    assert "supervisors.get" not in (await check(site)).suggestion


# The actions, which nobody tries

ACTIONS = ("call_queue_agents.pause", "call_queue_agents.resume")


async def test_an_action_that_a_foreign_dialect_says_nothing_of_is_a_block_to_fill_in(check, load):
    dialect = load('[operations."queued_calls.all"]\npath = "/waiting"')
    report = await check(Site(waiting=[QUEUED]), dialect, actions=ACTIONS)
    assert [each.name for each in report.unsettled_actions] == list(ACTIONS)
    text = report.suggestion
    for name in ACTIONS:
        assert f'# [operations."{name}"]\n# path = "/…"' in text
        text = uncommented(text, name)
    after = load(text.replace("/…", "/agent_action")).operations
    assert [after[name] for name in ACTIONS] == [Route(path="/agent_action")] * 2


@pytest.mark.parametrize(
    "tables",
    [
        "",
        '[operations."queued_calls.all"]\npath = "/queued_calls"\n',
        '[fields.QueuedCall]\nqueue = "queue_id"\n',
        '[operations."phones.press"]\npath = "/press"\n',
        '[operations."queued_calls.all"]\npath = "/waiting"\n'
        + "".join(f'[operations."{name}"]\npath = "/call_queue_agent_action"\n' for name in ACTIONS),
    ],
    ids=["no dialect", "nowhere else", "only fields", "only another action", "looked up"],
)
async def test_nothing_is_said_of_actions_where_no_read_is_elsewhere_or_they_are_named(check, load, tables):
    report = await check(Site(waiting=[QUEUED]), load(tables), actions=ACTIONS)
    assert report.unsettled_actions == ()
    assert "Actions are never tried" not in report.suggestion


async def test_an_id_that_eq_does_not_know_is_no_lost_path(check):
    report = await check(Site(agent=not_found("id"), pause_code=not_found("id")))
    assert result_of(report, "agents.get")["error"] == "EQ knows none of those that were asked for (status 404)"
    assert "agents.get" not in report.suggestion
    assert "pause_codes.get" not in report.suggestion


# What is shown


async def test_no_secret_and_no_callers_number_is_shown(check):
    report = await check(Exchange(poisoned_site))
    shown = [text_of(report), json.dumps(report.as_json(), ensure_ascii=False), repr(report)]
    assert len(asked(report)) == len(STEPS)
    for text in shown:
        for secret in SECRETS:
            assert secret not in text, secret


async def test_no_secret_of_an_extension_is_shown(check):
    extension = {
        "extension": "207",
        "sip": {"secret": "s3cr3t-sip", "nat": "yes"},
        "voicemail": {"password": 471147, "options": {"attach": "yes"}},
    }
    report = await check(Site(extension=extension))
    sample = result_of(report, "extensions.get")["sample"]
    assert (sample["sip.secret"], sample["voicemail.password"]) == ("***", "***")
    assert "s3cr3t" not in text_of(report)
    assert "471147" not in text_of(report)


async def test_a_refusal_is_not_quoted(check):
    complaint = {"parameter": "hunter2 hunter2", "type": "hunter2", "description": "hunter2 +34600123987"}
    report = await check(Site(parked_calls=httpx.Response(400, json=[complaint, complaint | {"type": "blank"}])))
    assert result_of(report, "parked_calls.all")["error"] == "EQ refuses the request (status 400, (text, 15): blank)"
    assert "hunter2" not in text_of(report)


async def test_a_sample_hints_at_callers_and_tells_small_things(check):
    row = QUEUED | {"callerIdName": "Carmen", "position": "3", "mood": "good", "channel": "SIP/201-0000001a"}
    found = result_of(await check(Site(queued_calls=[{"queue": "501"}, row])), "queued_calls.all")
    assert found["sample"] == {
        "id": "(text, 2)",
        "queue": "500",
        "caller_id_number": "+34…33",
        "enter_time": "2013-04-19T16:50:18+00:00",
        "caller_id_name": "C…",
        "position": 3,
        "mood": "(text, 4)",
        "channel": "(text, 16)",
    }


async def test_a_sample_is_one_row_with_what_is_inside(check):
    rows = [STATUS | {"call": None}, STATUS | {"agent": 8}]
    sample = result_of(await check(Site(call_queue_agent_status=rows)), "call_queue_agents.all")["sample"]
    assert (sample["agent"], sample["call.caller_id_name"], sample["status"]) == (8, "C…", "onCall")


async def test_a_word_that_is_somewhere_else_too_is_not_told(check):
    agents = [STATUS | {"status": "Carmen", "extension": "Carmen"}]
    found = result_of(await check(Site(call_queue_agent_status=agents)), "call_queue_agents.all")
    assert found["unknown_words"] == {"agent": ["(text, 6)"]}
    assert "Carmen" not in json.dumps(found)


async def test_the_text_fits_a_terminal_and_holds_nothing_that_moves_it(check):
    row = QUEUED | {f"\x1b]0;{number}\u202e\u200f": number for number in range(60)} | {"x" * 500: 1}
    row |= {f"field{chr(97 + number % 26) * (number % 30)}": 1 for number in range(200)}
    report = await check(Site(queued_calls=[row] * 3))
    lines = text_of(report).splitlines()
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= WIDTH


async def test_machines_get_the_shape_that_is_promised(check, simulator):
    shape = (await check(simulator)).as_json()
    promised = {
        line.split()[0] for line in (package.__doc__ or "").splitlines() if line.startswith("    ") and "  " in line[4:]
    }
    names = {*shape, *(name for each in shape["operations"] for name in each)}
    assert names == promised - {"async", "report"}
    assert json.loads(json.dumps(shape)) == shape


# The whole of it


@pytest.mark.parametrize("name", sorted(step.name for step in STEPS))
async def test_every_read_of_the_pretend_server_is_recognised(check, simulator, name):
    found = result_of(await check(simulator), name)
    assert (found["asked"], found["status"], found["error"]) == (True, 200, None)
    assert not any(found[kind] for kind in ODD)
