"""Whether a board could run on a server, and why not: the verdict on what a check found."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

import eqboard.eq.check as facts
import eqboard.ops.eqcheck as package
from eqboard.config import in_settings
from eqboard.eq import Dialect
from eqboard.eq.check import Outcome, Report, Result
from eqboard.eq.check.asking import STEPS
from eqboard.eq.check.replies import Reply
from eqboard.eq.client import MAX_ANSWER_BYTES
from eqboard.eq.operations import OPERATIONS
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND, NAMES, PRESSED
from eqboard.ops.eqcheck import Names, Verdict, as_json, judge, verdict_lines
from tests.eq import sites
from tests.eq.conftest import Clock, Exchange
from tests.eq.sites import (
    CALL,
    FOREIGN,
    QUEUED,
    SECRETS,
    STATISTICS,
    STATUS,
    Site,
    Watched,
    not_found,
    poisoned_site,
    said_at,
    untrusted,
)

WIDTH = 100
QUICK = tuple(read.operation for read in EVERY_ROUND.values())
OTHERS = tuple(read.operation for read in (*EVERY_FEW_ROUNDS.values(), *NAMES))


@dataclass(frozen=True)
class Judged:
    report: Report
    verdict: Verdict

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in verdict_lines(self.verdict, WIDTH))


Judge = Callable[..., Any]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def judged(clock: Clock) -> Judge:
    """Check whatever is at the other end, and judge it."""

    async def judged(other_end: Any, dialect: Dialect | None = None, /, **words: Any) -> Judged:
        report = await sites.check(other_end, clock, dialect, actions=PRESSED)
        return Judged(report, judge(report, Names(**words)))

    return judged


@pytest.fixture
def load(tmp_path):
    return partial(sites.saved, tmp_path)


@pytest.fixture(scope="module")
def world():
    """Busy, and standing still."""
    return sites.make_world()


# What it can run on


async def test_the_pretend_server_can_run_a_board(judged, world, clock):
    verdict = (await judged(Watched(world, clock))).verdict
    assert verdict.can_run
    assert all("there is nothing at the moment" in each for each in verdict.warnings)


async def test_a_foreign_server_cannot_run_and_one_suggestion_makes_it_run(judged, world, clock, load):
    foreigner = Watched(world, clock, load(FOREIGN))
    first = await judged(foreigner)
    assert not first.verdict.can_run
    assert (await judged(foreigner, load(first.report.suggestion))).verdict.can_run


async def test_the_three_parts_of_every_round_suffice(judged):
    verdict = (await judged(Site())).verdict
    assert verdict.can_run
    assert verdict.reasons == ()
    assert (
        "conferences.all: the server knows no such path (status 404); conferences are not shown. "
        "If this EQ has another path for it, name that in a dialect file."
    ) in verdict.warnings


def test_what_a_board_needs_is_asked_first():
    """A server that is left alone soon has been asked for it."""
    assert tuple(step.name for step in STEPS)[: len(QUICK) + len(OTHERS)] == (*QUICK, *OTHERS)


async def test_what_is_not_asked_speaks_against_no_board(judged):
    site = Site(active_agent_sessions=[], call_queue_statistics=[], call_queue_agent_status=[], queued_calls=[])
    verdict = (await judged(site)).verdict
    assert verdict.can_run
    assert not any(each.startswith(("agents.get", "call_queues.get")) for each in verdict.warnings)


@pytest.mark.parametrize(
    ("answer", "lack"),
    [
        (httpx.Response(401, json=[]), "EQ does not accept the key (status 401)"),
        (httpx.ReadTimeout("late"), "EQ does not answer in time"),
        (["nothing", None], "nothing of the answer can be read"),
    ],
)
@pytest.mark.parametrize(
    ("path", "operation", "without"),
    [
        ("parked_calls", "parked_calls.all", "parked calls are not shown"),
        ("active_conferences", "conferences.all", "conferences are not shown"),
        ("active_agent_sessions", "active_sessions.agents", "who is signed in to EQ is not shown"),
    ],
)
async def test_a_board_can_be_without_what_is_read_every_few_rounds(judged, path, operation, without, answer, lack):
    verdict = (await judged(Site(**{path: answer}))).verdict
    assert verdict.can_run
    assert f"{operation}: {lack}; {without}." in verdict.warnings


async def test_an_answer_that_came_at_the_second_attempt_is_as_good(judged):
    site = Exchange(httpx.ReadError("gone"), [STATISTICS], [STATUS], [QUEUED], not_found(None))
    assert (await judged(site)).verdict.can_run


async def test_a_site_without_pause_codes_lacks_nothing(judged):
    verdict = (await judged(Site(agent=not_found("id"), pause_code=not_found("id")))).verdict
    assert not any(each.startswith("pause_codes.get") for each in verdict.warnings)
    assert any(each.startswith("agents.get: EQ knows none of those") for each in verdict.warnings)


async def test_another_method_is_told_with_what_to_set(judged):
    verdict = (await judged(Site(parked_calls=httpx.Response(405)), dialect="THE_FILE")).verdict
    assert (
        "parked_calls.all: the server has another method at this path (status 405); parked calls are not shown. "
        "Set it in THE_FILE: the line is suggested."
    ) in verdict.warnings


async def test_actions_are_told_of_where_some_read_is_elsewhere(judged, load):
    dialect = load('[operations."queued_calls.all"]\npath = "/waiting"')
    [said] = about_actions(await judged(Site(waiting=[QUEUED]), dialect))
    assert said.startswith(
        "Actions are never tried; they go to POST /call_queue_agent_action (pausing, resuming, signing agents in, "
        "signing agents out, ending a wrap-up), POST /steal_queued_call (stealing a waiting caller), "
    )
    assert said.endswith("If the paths of this EQ's reads are others, look those of its actions up too.")


async def test_an_action_that_was_looked_up_is_not_told_of(judged, load):
    dialect = load(
        '[operations."queued_calls.all"]\npath = "/waiting"\n[operations."call_queue_agents.pause"]\npath = "/pause"'
    )
    [said] = about_actions(await judged(Site(waiting=[QUEUED]), dialect))
    assert "POST /call_queue_agent_action (resuming, " in said
    assert "pausing" not in said


async def test_actions_are_not_told_of_where_every_read_is_where_it_should_be(judged, load):
    assert about_actions(await judged(Site())) == []
    assert about_actions(await judged(Site(), load('[states.agent]\nonCall = "busy"'))) == []


def about_actions(found: Judged) -> list[str]:
    return [each for each in found.verdict.warnings if "ctions" in each]


# What it cannot run on


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_is_told_with_where_keys_come_from(judged, status):
    site = Exchange(httpx.Response(status, json=[{"parameter": "auth_key", "type": "invalid"}]))
    verdict = (await judged(site, key="THE_KEY")).verdict
    assert not verdict.can_run
    assert verdict.reasons == (
        f"EQ does not accept the key (status {status}). Keys are made in EQ Administration; set THE_KEY to one.",
    )


async def test_a_server_that_is_not_there_is_told_with_where_it_was_looked_for(judged):
    verdict = (await judged(Exchange(httpx.ConnectError("no way")), address="THE_URL")).verdict
    assert verdict.reasons == (
        "No connection to EQ. Is THE_URL right, is EQ running, and does no firewall stand in between?",
    )


async def test_a_certificate_that_is_not_trusted_is_told_as_that(judged):
    [said] = (await judged(Exchange(untrusted()), told=in_settings)).verdict.reasons
    assert said == (
        "EQ's certificate is not trusted. "
        "Name the authority that signed it, or EQ's own certificate, in EQBOARD_EQ_CA_FILE."
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (
            62,
            "EQ's certificate is for another name than the one in EQBOARD_EQ_URL. "
            "Set EQBOARD_EQ_URL to a name that is in the certificate.",
        ),
        (10, "EQ's certificate has expired, or its authority's. Renew it."),
        (9, "EQ's certificate is not valid yet, by this machine's clock. Set the clocks of both machines right."),
    ],
)
async def test_each_fault_of_a_certificate_is_told_with_what_mends_it(judged, number, said):
    fault = untrusted()
    fault.__cause__.verify_code = number
    assert (await judged(Exchange(fault), told=in_settings)).verdict.reasons == (said,)


CLOSED = httpx.RemoteProtocolError("Server disconnected without sending a response.")


async def test_whoever_closes_without_an_answer_may_want_https(judged):
    [said] = (await judged(Exchange(CLOSED))).verdict.reasons
    assert said.startswith("The connection to EQ was lost. Is the address right, is EQ running, and does no firewall")
    assert said.endswith("in between? It may want https://.")


async def test_whoever_closes_without_an_answer_over_https_may_want_to_see_a_certificate(judged):
    [said] = (await judged(Exchange(CLOSED), told=in_settings, is_encrypted=True)).verdict.reasons
    assert said.endswith(
        "It may want to see a client certificate (EQBOARD_EQ_CLIENT_CERTIFICATE), or speak no HTTPS at this port."
    )


@pytest.mark.parametrize(
    ("status", "page", "said"),
    [
        (
            400,
            "<html>400 No required SSL certificate was sent",
            "The server wants to see another client certificate, or any (status 400). "
            "Name the one that it wants to see in EQBOARD_EQ_CLIENT_CERTIFICATE.",
        ),
        (
            400,
            "<html>The plain HTTP request was sent to HTTPS port",
            "The server speaks HTTPS at this port, and was asked without (status 400). "
            "Let the address begin with https://.",
        ),
        (
            400,
            "<p>You're speaking plain HTTP to an SSL-enabled server port.",
            "The server speaks HTTPS at this port, and was asked without (status 400). "
            "Let the address begin with https://.",
        ),
        (400, "<html>Bad request", "Something in front of EQ refuses the request, by an HTML page (status 400). Is "),
        (401, "<html>Sign in", "Something in front of EQ refuses the request, by an HTML page (status 401). Is the "),
        (403, "<html>Forbidden", "Something in front of EQ refuses the request, by an HTML page (status 403). Is the "),
        (502, "<html>Bad gateway", "Something in front of EQ fails, by an HTML page (status 502). Is the address "),
    ],
)
async def test_a_page_that_refuses_blames_neither_the_key_nor_eq(judged, status, page, said):
    site = Exchange(httpx.Response(status, html=page))
    [reason] = (await judged(site, told=in_settings)).verdict.reasons
    assert reason.startswith(said)
    assert "the key" not in reason
    assert "EQ's own log" not in reason
    assert len(site.requests) == (1 if status in (401, 403) else 3)


async def test_eqs_own_refusal_may_speak_of_certificates(judged):
    complaint = [{"parameter": "x", "type": "invalid", "description": "SSL certificate"}]
    [said] = (await judged(Exchange(httpx.Response(400, json=complaint)))).verdict.reasons
    assert said.startswith("EQ refuses the request (status 400, x: invalid). EQ's own log says why;")


async def test_a_sentence_that_merely_speaks_of_a_certificate_sends_nobody_to_the_files(judged):
    """The next step follows from what became of the request, not from how that is told."""
    [said] = judge(asked_once(Reply(Outcome.FAILED, "EQ fails (certificate)")), Names()).reasons
    assert said == "EQ fails (certificate). EQ's own log says why."


def asked_once(reply: Reply) -> Report:
    """A report on one operation, of which this became."""
    return Report((Result(OPERATIONS[QUICK[0]], "GET /", reply=reply, request_count=1),), None, "")


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.READ])
def test_whatever_became_of_a_request_there_is_a_next_step(outcome):
    [said] = judge(asked_once(Reply(outcome, "so it is")), Names()).reasons
    assert said.startswith("So it is. ")
    assert said.endswith((".", "?"))
    assert len(said) > len("So it is. ")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            httpx.Response(200, html="<html>Sign in"),
            "The answer is not JSON: it is an HTML page. Is the address that of",
        ),
        (httpx.Response(302, headers={"location": "/login"}), "The server sends to another address (status 302)"),
        (httpx.Response(200, content=b""), "The answer is not JSON: it is empty."),
        (httpx.Response(200, content=b"OK"), "The answer is not JSON: it is 2 bytes of something else."),
        (httpx.Response(404, html="<html>nginx"), "The server knows no such path (status 404). Is the address right?"),
        (httpx.Response(429), "EQ wants fewer requests (status 429). Try again in some minutes."),
    ],
)
async def test_what_is_wrong_with_all_of_them_is_said_once(judged, answer, reason):
    [said] = (await judged(Exchange(answer))).verdict.reasons
    assert said.startswith(reason)


@pytest.mark.parametrize("path", ["call_queue_statistics", "call_queue_agent_status", "queued_calls"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (not_found(None), "the server knows no such path (status 404). Is the address right? If it is, name the path"),
        (httpx.Response(405), "the server has another method at this path (status 405). Set it in a dialect file:"),
        (httpx.Response(500), "EQ fails (status 500). EQ's own log says why."),
        (httpx.Response(500, html="<html>"), "something in front of EQ fails, by an HTML page (status 500). Is the"),
        (
            httpx.Response(400, json=[{"parameter": "queue", "type": "blank"}]),
            "EQ refuses the request (status 400, queue: b",
        ),
        ({"calls": []}, "the answer is an object with an array in `calls`, where an array belongs. Is the address"),
        ({"0": {}}, "the answer is an object, where an array belongs."),
        (httpx.Response(200, content=b"null"), "the answer is null, where an array belongs."),
        ("text", "the answer is a text, where an array belongs."),
        ([1, None], "no row can be read (they are no objects). Name the fields of this EQ in a dialect file"),
        ([{"x": 1}], "no row can be read ("),
        (
            httpx.Response(200, headers={"content-encoding": "gzip"}, content=b""),
            "the answer is packed, and was not to be",
        ),
        (httpx.Response(200, content=b"[" + b" " * MAX_ANSWER_BYTES), "the answer is too large"),
        (httpx.Response(200, content=b"[" * 300_000), "the answer is not JSON"),
    ],
)
async def test_none_of_them_may_be_lacking(judged, path, answer, reason):
    [said] = (await judged(Site(**{path: lambda request: answer}))).verdict.reasons
    name = next(name for name in QUICK if OPERATIONS[name].path == f"/{path}")
    assert said.startswith(f"{name}: {reason}")
    assert said.endswith((".", "?"))


@pytest.mark.parametrize("required", ["queue", "agent"])
async def test_the_field_that_costs_every_row_is_named(judged, required):
    row = {name: value for name, value in STATUS.items() if name != required} | {"priority": 1}
    site = Site(call_queue_agent_status=[row], queued_calls=[{"callerIdNumber": "1"}])
    said = " ".join((await judged(site)).verdict.reasons)
    assert "queued_calls.all: no row can be read (queue is not there)." in said
    assert ("call_queue_agents.all: no row can be read (agent is not there)." in said) == (required == "agent")


async def test_a_field_whose_values_never_make_sense_costs_every_row_too(judged):
    verdict = (await judged(Site(call_queue_agent_status=[STATUS | {"agent": "Carmen", "agentId": 7}]))).verdict
    [said] = verdict.reasons
    assert said.startswith("call_queue_agents.all: no row can be read (agent: ")
    assert "Carmen" not in said


async def test_agents_without_a_state_make_no_board(judged):
    row = {name: value for name, value in STATUS.items() if name != "status"}
    [said] = (await judged(Site(call_queue_agent_status=[row]))).verdict.reasons
    assert said.startswith("call_queue_agents.all: no row has a status, so nobody could tell who is available. Name")


# What is worth knowing


async def test_rows_that_cannot_be_read_are_counted_where_others_can(judged):
    verdict = (await judged(Site(queued_calls=[QUEUED, {"id": "1"}, "nothing", QUEUED]))).verdict
    assert verdict.can_run
    assert "queued_calls.all: 2 of 4 rows cannot be read, and are not shown." in verdict.warnings


async def test_an_empty_call_centre_can_run_and_is_told_that_little_was_seen(judged):
    verdict = (await judged(Exchange([]))).verdict
    assert verdict.can_run
    said = [each for each in verdict.warnings if "nothing at the moment" in each]
    assert [each.partition(":")[0] for each in said] == list(QUICK)


async def test_words_for_a_state_that_nobody_knows_are_told(judged):
    agents = [STATUS | {"status": word} for word in ("daydreaming", "onCall", "3", 4)]
    verdict = (await judged(Site(call_queue_agent_status=agents))).verdict
    [said] = [each for each in verdict.warnings if "unknown states" in each]
    assert "3, 4, daydreaming" in said
    assert verdict.can_run


async def test_values_that_make_no_sense_are_worth_knowing(judged):
    verdict = (await judged(Site(queued_calls=[QUEUED, QUEUED | {"enterTime": 1366390218000}]))).verdict
    said = "queued_calls.all: makes no sense in some rows, and is not shown there: enter_time."
    assert said in verdict.warnings


async def test_names_that_cannot_be_told_are_worth_knowing(judged):
    site = Site(agent={"id": 7, "called": "x"}, call_queue={"extension": "500", "name": "Front"})
    warnings = (await judged(site)).verdict.warnings
    assert any(each.startswith("agents.get: not found: first_name") for each in warnings)
    assert not any(each.startswith("call_queues.get") for each in warnings)


async def test_a_name_that_lacks_its_id_is_told_so(judged):
    warnings = (await judged(Site(agent={"agentNumber": 7, "firstName": "Ana"}))).verdict.warnings
    [said] = [each for each in warnings if each.startswith("agents.get")]
    assert said == (
        "agents.get: has no id; agents are shown by their ids. "
        "Name it in a dialect file: what can be guessed is suggested."
    )


async def test_what_a_part_of_every_few_rounds_lacks_is_told(judged):
    warnings = (await judged(Site(active_conferences=[{"extension": "801", "name": "x"}]))).verdict.warnings
    [said] = [each for each in warnings if each.startswith("conferences.all")]
    assert said.startswith("conferences.all: not found, and so not shown: ")
    assert "participants" in said


async def test_an_empty_part_of_every_few_rounds_is_no_news(judged):
    warnings = (await judged(Site(active_conferences=[]))).verdict.warnings
    assert not any(each.startswith("conferences.all") for each in warnings)


NOT_SEEN = "States of agents that were not seen yet: {}; run this again on a busy day."


@pytest.mark.parametrize("status", ["busy", "onCall"])
async def test_states_that_were_not_seen_are_told_where_others_have_other_words(judged, status):
    agents = [STATUS | {"status": word} for word in (status, "available", "paused", "signedOut")]
    warnings = (await judged(Site(call_queue_agent_status=agents))).verdict.warnings
    said = [each for each in warnings if "not seen yet" in each]
    assert said == ([NOT_SEEN.format("ringing, wrapUp")] if status == "busy" else [])


async def test_states_that_a_dialect_names_are_not_asked_for_again(judged, load):
    dialect = load('[states.agent]\nonCall = "busy"\nwrapUp = "acw"')
    warnings = (await judged(Site(call_queue_agent_status=[STATUS | {"status": "busy"}]), dialect)).verdict.warnings
    assert NOT_SEEN.format("signedOut, available, ringing, paused") in warnings


@pytest.mark.parametrize(("seconds", "said"), [(7200, "2 hours ahead of"), (-90, "90 seconds behind"), (1, None)])
async def test_a_clock_that_is_off_is_told(judged, seconds, said):
    warnings = (await judged(Exchange(said_at(seconds)))).verdict.warnings
    assert [each for each in warnings if "clock" in each] == (
        [f"EQ's clock is {said} ours: keep both on NTP."] if said else []
    )


# How it is told


async def test_people_are_told_first_whether_it_can_run(judged):
    good, bad = await judged(Site()), await judged(Exchange(httpx.Response(500)))
    assert good.text.startswith("The board can run on this server.\nWorth knowing:\n- ")
    assert bad.text.startswith("The board cannot run on this server as it is:\n- EQ fails (status 500). EQ's own log")


async def test_no_secret_and_no_callers_number_is_shown(judged):
    found = await judged(Exchange(poisoned_site))
    assert found.verdict.can_run
    shown = json.dumps(as_json(found.report, found.verdict), ensure_ascii=False)
    for text in (found.text, shown, repr(found.verdict)):
        for secret in SECRETS:
            assert secret not in text, secret


async def test_the_text_fits_a_terminal_and_holds_nothing_that_moves_it(judged):
    row = STATUS | {"status": "\x1b]0;\u202e", "call": CALL} | {"x" * 500: 1}
    found = await judged(Site(call_queue_agent_status=[row] * 3, queued_calls=[{"\x1b]0;\u202e": 1}]))
    lines = found.text.splitlines()
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= WIDTH


async def test_machines_get_the_shape_that_is_promised(judged, world, clock):
    found = await judged(Watched(world, clock))
    shape = as_json(found.report, found.verdict)
    promised = [line.split()[0] for line in (package.__doc__ or "").splitlines() if line.startswith("    ")]
    assert sorted(shape) == sorted(promised)
    assert json.loads(json.dumps(shape)) == shape
    assert (shape["can_run"], shape["reasons"]) == (True, [])
    assert all(f"\n    {name}  " in (facts.__doc__ or "") for name in found.report.as_json())
