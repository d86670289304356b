"""A user's session: what it carries, how it comes back, who is in its way, and how it ends."""

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import (
    EQBroken,
    EQConflict,
    EQInvalid,
    EQRefused,
    EQSignedOut,
    EQUnreachable,
    EQWrongValue,
    Holder,
    Session,
    UserKind,
)
from eqboard.eq.redaction import TALKATIVE, secrets
from eqboard.simulator.app import build_app
from eqboard.simulator.office.sessions import TIME_OUT_SECONDS
from eqboard.simulator.scenarios import build_world

from .conftest import KEY, NOW, Exchange

TOKENS = [f"{number}-tok/canary+" + "9c" * 25 for number in range(1, 5)]
FIRST, SECOND, THIRD, FOURTH = TOKENS
SIGN_IN, SIGN_OUT, READ, ACTION = "sign in", "sign out", "read", "action"
SUPERVISORS, AGENTS = "supervisors", "agents"
SINCE = 1366390218


def refused(status, parameter, kind):
    return httpx.Response(status, json=[{"parameter": parameter, "type": kind, "description": "Said by EQ"}])


GONE = refused(401, "auth_supervisor_session", "nonexistent")
WRONG_KEY = refused(401, "auth_key", "invalid")
ELSEWHERE = refused(401, None, "already_signed_in")
OCCUPIED = refused(401, "extension", "in_use")
ALREADY_SIGNED_IN = refused(400, None, "already_signed_in")
IN_USE = refused(400, "extension", "in_use")


class Desk:
    """EQ's side of sessions: knows the tokens it gave out, and answers everything else with an empty list.

    `lines` answers a kind of request otherwise; a list is used up one by one.
    """

    def __init__(self, **lines):
        self.tokens = list(TOKENS)
        self.valid = set()
        self.lines = lines
        self.asked = []
        self.carried = []

    def __call__(self, request):
        what, token = what_of(request), request.url.params.get("auth_supervisor_session")
        self.asked.append(what)
        self.carried.append(token)
        if self.lines.get(what):
            line = self.lines[what]
            line = line.pop(0) if isinstance(line, list) else line
            return line(request) if callable(line) else line
        if token is not None and token not in self.valid:
            return GONE
        return self.sign_in() if what == SIGN_IN else []

    def sign_in(self):
        token = self.tokens.pop(0)
        self.valid.add(token)
        return token

    def restart(self):
        """Every session is forgotten."""
        self.valid.clear()


def what_of(request):
    path = request.url.path
    if "_session" in path and request.method != "GET":
        return SIGN_IN if request.method == "POST" else SIGN_OUT
    if "active_" in path:
        return SUPERVISORS if "supervisor" in path else AGENTS
    return READ if request.method == "GET" else ACTION


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def eq(dial, desk):
    return dial(Exchange(desk))


async def later(request):
    """An answer that others may come before."""
    await asyncio.sleep(0)


async def act(session):
    await session.call_queue_agents.pause(agent=7)


# What it carries


@pytest.mark.contract("1.3")
async def test_every_request_of_a_session_carries_its_token_beside_the_key(dial):
    exchange = Exchange(FIRST, [])
    session = await dial(exchange).sign_in_supervisor(user=1, extension="301")
    await session.queued_calls.all(queue="500")
    await act(session)
    sign_in, read, action = exchange.requests
    assert dict(sign_in.url.params) == {"auth_key": KEY}
    assert sign_in.url.path == "/eq/api/2.0/supervisor_session"
    assert dict(read.url.params) == {"auth_key": KEY, "auth_supervisor_session": FIRST, "queue": "500"}
    assert dict(action.url.params) == {"auth_key": KEY, "auth_supervisor_session": FIRST}
    assert FIRST.encode() not in action.content


@pytest.mark.contract("1.3")
async def test_an_agents_token_has_a_name_of_its_own(dial):
    exchange = Exchange(FIRST, [])
    session = await dial(exchange).sign_in_agent(user=7, extension="207")
    await session.queued_calls.all()
    assert exchange.requests[0].url.path == "/eq/api/2.0/agent_session"
    assert dict(exchange.requests[1].url.params) == {"auth_key": KEY, "auth_agent_session": FIRST}


@pytest.mark.contract("1.4")
async def test_the_plain_telephone_never_carries_a_token(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    await act(session)
    await eq.queued_calls.all()
    await act(eq)
    assert (desk.asked, desk.carried) == ([SIGN_IN, ACTION, READ, ACTION], [None, FIRST, None, None])


async def test_two_sessions_do_not_carry_each_others_token(eq, desk):
    first, second = await eq.sign_in_supervisor(user=1), await eq.sign_in_supervisor(user=2)
    await act(first)
    await act(second)
    await act(first)
    assert desk.carried == [None, None, FIRST, SECOND, FIRST]


async def test_a_session_sends_nothing_by_itself(eq, desk, clock, slept):
    """Every use refreshes it at EQ; there is nothing to keep alive."""
    session = await eq.sign_in_supervisor(user=1)
    clock.pass_seconds(86400)
    for _ in range(5):
        await asyncio.sleep(0)
    assert (desk.asked, slept) == ([SIGN_IN], [])
    await act(session)
    assert desk.asked == [SIGN_IN, ACTION]


# Signing in


@pytest.mark.parametrize(("force", "sent"), [({}, "0"), ({"force": False}, "0"), ({"force": True}, "1")])
@pytest.mark.parametrize("kind", list(UserKind))
async def test_force_is_used_only_when_it_is_asked_for(dial, kind, force, sent):
    exchange = Exchange(FIRST)
    eq = dial(exchange)
    sign_in = eq.sign_in_supervisor if kind is UserKind.SUPERVISOR else eq.sign_in_agent
    await sign_in(user=1, extension="301", **force)
    assert exchange.requests[0].content.decode() == f"user=1&extension=301&force={sent}"


async def test_a_supervisor_may_be_signed_in_at_no_extension(dial):
    exchange = Exchange(FIRST)
    await dial(exchange).sign_in_supervisor(user=1)
    assert exchange.requests[0].content.decode() == "user=1&force=0"


@pytest.mark.parametrize("extension", [None, "", " "])
async def test_an_agent_is_signed_in_at_an_extension_or_not_at_all(eq, desk, extension):
    with pytest.raises(EQWrongValue, match="nothing was sent") as caught:
        await Session.begin(eq, UserKind.AGENT, 7, extension)
    assert [each.parameter for each in caught.value.complaints] == ["extension"]
    assert desk.asked == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "extension", "nonexistent"), EQInvalid),
        (refused(400, "user", "nonexistent"), EQInvalid),
        (WRONG_KEY, EQSignedOut),
        (httpx.Response(500), EQBroken),
        (httpx.Response(200, text="<html>"), EQBroken),
        (httpx.Response(200, json=""), EQBroken),
        (httpx.ReadTimeout("x"), EQUnreachable),
    ],
)
async def test_a_sign_in_that_fails_is_an_error_and_asked_once(dial, answer, kind):
    exchange = Exchange(answer)
    with pytest.raises(kind):
        await dial(exchange).sign_in_supervisor(user=1, extension="301")
    assert len(exchange.requests) == 1


async def test_a_sign_in_whose_answer_is_lost_may_have_happened(dial):
    with pytest.raises(EQUnreachable) as caught:
        await dial(Exchange(httpx.ReadTimeout("x"))).sign_in_supervisor(user=1)
    assert caught.value.outcome_unknown


# As long as a block, or longer


async def test_a_session_of_a_block_is_signed_out_at_its_end(dial):
    exchange = Exchange(FIRST, [])
    async with dial(exchange).supervisor_session(user=1, extension="301") as session:
        await session.queued_calls.all()
    sign_out = exchange.requests[-1]
    assert sign_out.method == "DELETE"
    assert sign_out.url.path == f"/eq/api/2.0/supervisor_session/{FIRST}"
    assert dict(sign_out.url.params) == {"auth_key": KEY}


async def test_an_agents_session_of_a_block_is_signed_out_at_its_end(dial):
    exchange = Exchange(FIRST, [])
    async with dial(exchange).agent_session(user=7, extension="207"):
        pass
    assert exchange.requests[-1].url.path == f"/eq/api/2.0/agent_session/{FIRST}"


async def test_an_error_in_the_block_signs_out_too(eq, desk):
    with pytest.raises(ZeroDivisionError):
        async with eq.supervisor_session(user=1):
            raise ZeroDivisionError
    assert desk.asked == [SIGN_IN, SIGN_OUT]


async def test_an_error_in_the_block_is_not_hidden_by_a_failing_sign_out(eq, desk):
    desk.lines[SIGN_OUT] = httpx.Response(500)
    with pytest.raises(ZeroDivisionError):
        async with eq.supervisor_session(user=1):
            raise ZeroDivisionError
    assert desk.asked == [SIGN_IN, SIGN_OUT]


async def test_a_failing_sign_out_is_told_when_the_block_was_well(eq, desk):
    desk.lines[SIGN_OUT] = httpx.Response(500)
    with pytest.raises(EQBroken):
        async with eq.supervisor_session(user=1):
            pass


async def test_a_block_that_is_given_up_signs_out_too(eq, desk):
    begun = asyncio.Event()

    async def block():
        async with eq.supervisor_session(user=1):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert desk.asked == [SIGN_IN, SIGN_OUT]


async def test_a_kept_session_outlives_its_telephone(dial, desk):
    eq = dial(Exchange(desk))
    session = await eq.sign_in_supervisor(user=1, extension="301")
    await eq.close()
    assert desk.asked == [SIGN_IN]

    later = Session(dial(Exchange(desk)), UserKind.SUPERVISOR, 1, "301", session.token)
    await act(later)
    await later.sign_out()
    assert (desk.asked, desk.carried[1]) == ([SIGN_IN, ACTION, SIGN_OUT], FIRST)


# Signing in again


@pytest.mark.parametrize("use", [act, lambda session: session.queued_calls.all()])
async def test_a_session_that_eq_forgot_is_signed_in_again_and_the_request_repeated_once(eq, desk, use):
    session = await eq.sign_in_supervisor(user=1, extension="301")
    desk.restart()
    desk.asked.clear(), desk.carried.clear()
    await use(session)
    assert desk.carried == [FIRST, None, SECOND]
    assert desk.asked[1] == SIGN_IN
    assert session.token.get_secret_value() == SECOND
    await use(session)
    assert desk.carried[3:] == [SECOND]


async def test_a_refusal_that_does_not_say_why_is_about_the_session(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = [httpx.Response(401, text="Unauthorized")]
    await act(session)
    assert desk.carried == [None, FIRST, None, SECOND]


async def test_signing_in_again_is_as_the_same_user_at_the_same_place_and_never_with_force(dial):
    exchange = Exchange(FIRST, GONE, SECOND, [])
    session = await dial(exchange).sign_in_agent(user=7, extension="207", force=True)
    await act(session)
    first, _, again, _ = exchange.requests
    assert first.content.decode() == "user=7&extension=207&force=1"
    assert again.content.decode() == "user=7&extension=207&force=0"


async def test_there_is_no_third_attempt(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = GONE
    with pytest.raises(EQSignedOut, match=r"call_queue_agents\.pause"):
        await act(session)
    assert desk.asked == [SIGN_IN, ACTION, SIGN_IN, ACTION]


async def test_a_key_that_is_refused_is_no_reason_to_sign_in(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = WRONG_KEY
    with pytest.raises(EQSignedOut, match="auth_key"):
        await act(session)
    assert desk.asked == [SIGN_IN, ACTION]
    assert session.token.get_secret_value() == FIRST


@pytest.mark.parametrize("count", [2, 6])
async def test_requests_that_find_out_together_sign_in_once(eq, desk, count):
    session = await eq.sign_in_supervisor(user=1)
    desk.restart()
    desk.asked.clear()
    await asyncio.gather(*(session.queued_calls.all() for _ in range(count)))
    assert Counter(desk.asked) == {READ: 2 * count, SIGN_IN: 1}


async def test_a_request_that_finds_out_late_uses_the_new_token(dial):
    """Sent with the old token, refused when another request has long signed in again."""
    late, desk = asyncio.Event(), Desk()

    async def refused_late():
        await late.wait()
        return GONE

    desk.lines[READ] = [refused_late()]
    eq = dial(Exchange(desk))
    session = await eq.sign_in_supervisor(user=1)
    slow = asyncio.create_task(session.queued_calls.all())
    while READ not in desk.asked:
        await asyncio.sleep(0)
    desk.restart()
    await act(session)
    late.set()
    assert not await slow
    assert desk.asked.count(SIGN_IN) == 2
    assert desk.carried[-1] == SECOND


async def test_when_signing_in_again_fails_those_who_waited_are_told_and_the_next_one_tries(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.restart()
    desk.asked.clear()
    desk.lines[SIGN_IN] = [httpx.Response(500)]
    outcomes = await asyncio.gather(*(session.queued_calls.all() for _ in range(4)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {EQBroken}
    assert Counter(desk.asked) == {READ: 4, SIGN_IN: 1}
    await act(session)
    assert session.token.get_secret_value() == SECOND


async def test_a_sign_in_that_nobody_waits_for_any_more_is_not_lost(dial):
    """Its token would be in nobody's hands, and the session in its own user's way."""
    answered, desk = asyncio.Event(), Desk()

    async def sign_in():
        await answered.wait()
        return desk.sign_in()

    exchange = Exchange(desk)
    session = await dial(exchange).sign_in_supervisor(user=1)
    desk.restart()
    desk.lines[SIGN_IN] = [sign_in()]
    given_up = asyncio.create_task(session.queued_calls.all())
    while desk.asked.count(SIGN_IN) < 2:
        await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])
    answered.set()
    await session.sign_out()
    assert given_up.cancelled()
    assert desk.asked == [SIGN_IN, READ, SIGN_IN, SIGN_OUT]
    assert exchange.requests[-1].url.path == f"/eq/api/2.0/supervisor_session/{SECOND}"


async def test_an_action_whose_answer_is_lost_is_not_repeated(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = httpx.ReadTimeout("x")
    with pytest.raises(EQUnreachable) as caught:
        await act(session)
    assert caught.value.outcome_unknown
    assert desk.asked == [SIGN_IN, ACTION]


async def test_an_action_whose_answer_is_lost_after_signing_in_again_is_not_repeated(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = [GONE, httpx.ReadTimeout("x")]
    with pytest.raises(EQUnreachable) as caught:
        await act(session)
    assert caught.value.outcome_unknown
    assert desk.asked == [SIGN_IN, ACTION, SIGN_IN, ACTION]


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_another_refusal_is_no_reason_to_sign_in(eq, desk, status):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[ACTION] = refused(status, "agent", "not_signed_in")
    with pytest.raises(EQRefused):
        await act(session)
    assert desk.asked == [SIGN_IN, ACTION]


# Conflicts

DANA = {"user": 1, "extension": "302", "signInTime": SINCE}
LEE = {"user": 7, "extension": "301", "signInTime": SINCE}
SINCE_MOMENT = datetime.fromtimestamp(SINCE, UTC)
DANA_ELSEWHERE = Holder("supervisor", 1, "302", SINCE_MOMENT)
LEE_AT_THE_DESK = Holder("agent", 7, "301", SINCE_MOMENT)


@pytest.fixture
def others(desk):
    """Dana, supervisor 1, is at 302, and agent 7 at 301; agent 1 and supervisor 7 are in nobody's way."""
    desk.lines[SUPERVISORS] = httpx.Response(200, json=[DANA, {"user": 7, "extension": "999"}])
    desk.lines[AGENTS] = httpx.Response(200, json=[{"user": 1, "extension": "998"}, LEE])


@pytest.mark.parametrize(
    ("refusal", "holders"),
    [
        (ALREADY_SIGNED_IN, (DANA_ELSEWHERE,)),
        (IN_USE, (LEE_AT_THE_DESK,)),
        (ELSEWHERE, (DANA_ELSEWHERE,)),
        (
            httpx.Response(
                400,
                json=[
                    {"parameter": None, "type": "already_signed_in", "description": ""},
                    {"parameter": "extension", "type": "in_use", "description": ""},
                ],
            ),
            (DANA_ELSEWHERE, LEE_AT_THE_DESK),
        ),
    ],
    ids=["already signed in", "extension in use", "by status 401", "both"],
)
@pytest.mark.usefixtures("others")
async def test_a_conflict_at_signing_in_names_who_is_where(eq, desk, refusal, holders):
    desk.lines[SIGN_IN] = refusal
    with pytest.raises(EQConflict) as caught:
        await eq.sign_in_supervisor(user=1, extension="301")
    assert caught.value.holders == holders
    assert caught.value.complaints
    for holder in holders:
        assert f"{holder.kind} {holder.user} is signed in at extension {holder.extension}" in str(caught.value)
    assert desk.asked == [SIGN_IN, SUPERVISORS, AGENTS]
    assert desk.carried == [None] * 3


@pytest.mark.parametrize(("refusal", "holder"), [(ELSEWHERE, DANA_ELSEWHERE), (OCCUPIED, LEE_AT_THE_DESK)])
@pytest.mark.usefixtures("others")
async def test_a_conflict_in_use_names_who_is_where_and_signs_nobody_in(eq, desk, refusal, holder):
    session = await eq.sign_in_supervisor(user=1, extension="301")
    desk.lines[ACTION] = [refusal]
    with pytest.raises(EQConflict, match=r"^call_queue_agents\.pause: ") as caught:
        await act(session)
    assert caught.value.holders == (holder,)
    assert desk.asked == [SIGN_IN, ACTION, SUPERVISORS, AGENTS]
    await act(session)  # the token is still good: when the other one has gone, EQ takes it again
    assert desk.carried[-1] == FIRST


@pytest.mark.usefixtures("others")
async def test_who_signed_in_elsewhere_meanwhile_is_a_conflict_and_not_thrown_out(eq, desk):
    session = await eq.sign_in_supervisor(user=1, extension="301")
    desk.restart()
    desk.lines[SIGN_IN] = ALREADY_SIGNED_IN
    with pytest.raises(EQConflict) as caught:
        await act(session)
    assert caught.value.holders == (DANA_ELSEWHERE,)
    assert desk.asked == [SIGN_IN, ACTION, SIGN_IN, SUPERVISORS, AGENTS]


@pytest.mark.usefixtures("others")
async def test_a_conflict_right_after_signing_in_again_is_a_conflict(eq, desk):
    session = await eq.sign_in_supervisor(user=1, extension="301")
    desk.lines[ACTION] = [GONE, OCCUPIED]
    with pytest.raises(EQConflict) as caught:
        await act(session)
    assert caught.value.holders == (LEE_AT_THE_DESK,)


@pytest.mark.parametrize("silence", [httpx.Response(500), httpx.ConnectError("x"), GONE, httpx.Response(200, json=7)])
async def test_a_conflict_is_one_even_when_eq_does_not_say_who(eq, desk, silence):
    desk.lines |= {SIGN_IN: ALREADY_SIGNED_IN, SUPERVISORS: silence, AGENTS: silence}
    with pytest.raises(EQConflict, match="already_signed_in") as caught:
        await eq.sign_in_supervisor(user=1, extension="301")
    assert caught.value.holders == ()


async def test_one_list_that_cannot_be_read_does_not_cost_the_other(eq, desk):
    desk.lines |= {SIGN_IN: IN_USE, SUPERVISORS: httpx.Response(500), AGENTS: httpx.Response(200, json=[LEE])}
    with pytest.raises(EQConflict) as caught:
        await eq.sign_in_supervisor(user=1, extension="301")
    assert caught.value.holders == (LEE_AT_THE_DESK,)


async def test_other_refusals_at_signing_in_are_no_conflict(eq, desk):
    desk.lines[SIGN_IN] = refused(400, "extension", "nonexistent")
    with pytest.raises(EQInvalid):
        await eq.sign_in_supervisor(user=1, extension="301")
    assert desk.asked == [SIGN_IN]


# Signing out


async def test_signing_out_twice_is_signing_out(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    await session.sign_out()
    await session.sign_out()
    assert desk.asked == [SIGN_IN, SIGN_OUT]


async def test_signing_out_twice_at_once_is_signing_out(eq, desk):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[SIGN_OUT] = later
    await asyncio.gather(session.sign_out(), session.sign_out())
    assert set(desk.asked) == {SIGN_IN, SIGN_OUT}
    assert session.token is None


@pytest.mark.parametrize("use", [act, lambda session: session.queued_calls.all()])
async def test_after_signing_out_nothing_is_sent(eq, desk, use):
    session = await eq.sign_in_supervisor(user=1)
    await session.sign_out()
    with pytest.raises(EQSignedOut, match="signed out"):
        await use(session)
    assert desk.asked == [SIGN_IN, SIGN_OUT]


@pytest.mark.contract("2.26")
@pytest.mark.parametrize(
    "answer",
    [
        refused(404, "token", "nonexistent"),
        refused(400, "token", "nonexistent"),
        refused(401, "token", "nonexistent"),
        httpx.Response(404, html="<html>"),
    ],
)
async def test_a_session_that_eq_does_not_know_has_ended_already(eq, desk, answer):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[SIGN_OUT] = answer
    await session.sign_out()
    await session.sign_out()
    assert desk.asked == [SIGN_IN, SIGN_OUT]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("x"), EQUnreachable),
        (httpx.ReadTimeout("x"), EQUnreachable),
        (httpx.Response(500), EQBroken),
        (WRONG_KEY, EQSignedOut),
        (httpx.Response(403), EQRefused),
    ],
)
async def test_a_sign_out_that_failed_can_be_tried_again_and_nothing_is_sent_between(eq, desk, answer, kind):
    session = await eq.sign_in_supervisor(user=1)
    desk.lines[SIGN_OUT] = [answer]
    with pytest.raises(kind):
        await session.sign_out()
    with pytest.raises(EQSignedOut):
        await act(session)
    await session.sign_out()
    assert desk.asked == [SIGN_IN, SIGN_OUT, SIGN_OUT]


async def test_whoever_is_refused_after_signing_out_is_not_signed_in_again(dial):
    """A request under way while somebody signs out."""
    late, desk = asyncio.Event(), Desk()

    async def refused_late():
        await late.wait()
        return GONE

    desk.lines[READ] = [refused_late()]
    session = await dial(Exchange(desk)).sign_in_supervisor(user=1)
    slow = asyncio.create_task(session.queued_calls.all())
    while READ not in desk.asked:
        await asyncio.sleep(0)
    await session.sign_out()
    late.set()
    with pytest.raises(EQSignedOut, match="signed out"):
        await slow
    assert desk.asked == [SIGN_IN, READ, SIGN_OUT]


async def test_signing_out_while_signing_in_again_ends_the_new_session(dial):
    answered, desk = asyncio.Event(), Desk()

    async def sign_in():
        await answered.wait()
        return desk.sign_in()

    exchange = Exchange(desk)
    session = await dial(exchange).sign_in_supervisor(user=1)
    desk.restart()
    desk.lines[SIGN_IN] = [sign_in()]
    use = asyncio.create_task(session.queued_calls.all())
    while desk.asked.count(SIGN_IN) < 2:
        await asyncio.sleep(0)
    leaving = asyncio.create_task(session.sign_out())
    await asyncio.sleep(0)
    answered.set()
    await leaving
    await asyncio.wait([use])
    ended = [request.url.path for request in exchange.requests if request.method == "DELETE"]
    assert ended == [f"/eq/api/2.0/supervisor_session/{SECOND}"]
    assert session.token is None
    assert desk.asked.count(SIGN_IN) == 2


# Secrets


@pytest.fixture
def every_logger(caplog):
    """All that is logged, heard where it is said."""
    caplog.set_level(logging.DEBUG)
    names = (*TALKATIVE, "httpcore", "asyncio", "eqboard")
    for name in names:
        caplog.set_level(logging.DEBUG, logger=name)
        logging.getLogger(name).addHandler(caplog.handler)
    yield caplog
    for name in names:
        logging.getLogger(name).removeHandler(caplog.handler)


def assert_no_token(text):
    assert not [token for token in TOKENS if token in text or token.replace("/", "%2F").replace("+", "%2B") in text]
    assert "canary" not in text


async def test_a_whole_life_of_a_session_logs_no_token(dial, desk, every_logger):
    desk.lines |= {SUPERVISORS: httpx.Response(404), AGENTS: httpx.Response(404)}
    session = await dial(Exchange(desk)).sign_in_supervisor(user=1, extension="301")
    await act(session)
    desk.restart()
    await act(session)
    desk.lines[ACTION] = [ELSEWHERE]
    with pytest.raises(EQConflict) as caught:
        await act(session)
    logging.getLogger("eqboard.test").error("%r %s", session, caught.value, exc_info=caught.value)
    await session.sign_out()
    assert len(desk.asked) == 9
    assert "auth_supervisor_session=***" in every_logger.text
    assert "/supervisor_session/***?" in every_logger.text
    assert_no_token(every_logger.text)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
async def test_no_error_repeats_a_token_that_eq_repeats(dial, desk, status):
    """The old one and the new one."""

    def echo(request):
        said = f"{request.url} {request.url.params.get('auth_supervisor_session')}"
        return httpx.Response(status, json=[{"parameter": said, "type": said, "description": said}])

    session = await dial(Exchange(desk)).sign_in_supervisor(user=1, extension="301")
    desk.lines[ACTION] = echo
    with pytest.raises(Exception, match=r"call_queue_agents\.pause") as caught:
        await act(session)
    assert_no_token(f"{caught.value} {caught.value!r} {caught.value.__dict__}")


async def test_a_token_is_hidden_until_its_session_has_ended_and_no_longer(eq, desk):
    old, new = desk.tokens[:2] = ["the-old-token", "the-new-token"]
    session = await eq.sign_in_supervisor(user=1)
    assert secrets.hide(f"{old} {new}") == f"*** {new}"
    desk.restart()
    await act(session)
    assert secrets.hide(f"{old} {new}") == f"{old} ***"
    await session.sign_out()
    assert secrets.hide(f"{old} {new}") == f"{old} {new}"


async def test_a_token_that_another_holds_too_stays_hidden(eq, desk):
    desk.tokens[0] = "a-token-of-two"
    session = await eq.sign_in_supervisor(user=1)
    other = Session(eq, UserKind.SUPERVISOR, 1, None, session.token)
    desk.lines[SIGN_OUT] = later
    await asyncio.gather(session.sign_out(), session.sign_out())
    assert secrets.hide("a-token-of-two") == "***"
    await other.sign_out()
    assert secrets.hide("a-token-of-two") == "a-token-of-two"


async def test_whoever_keeps_the_token_hears_of_the_one_that_takes_its_place_before_it_is_used(eq, desk):
    kept = []

    async def keep(token):
        kept.append((token.get_secret_value(), list(desk.asked)))

    session = Session(eq, UserKind.SUPERVISOR, 1, "301", SecretStr("x" * 64), keep)
    await act(session)
    assert kept == [(FIRST, [ACTION, SIGN_IN])]
    await act(session)
    assert len(kept) == 1


async def test_a_new_token_that_cannot_be_kept_is_an_error_and_nothing_is_sent_with_it(eq, desk):
    async def keep(token):
        raise RuntimeError("The database is away")

    session = Session(eq, UserKind.SUPERVISOR, 1, "301", SecretStr("x" * 64), keep)
    with pytest.raises(RuntimeError):
        await act(session)
    assert desk.asked == [ACTION, SIGN_IN]
    await session.let_go()


async def test_a_session_that_is_let_go_goes_on_at_eq_and_is_not_used_from_here(eq, desk):
    desk.tokens[0] = "a-token-let-go"
    session = await eq.sign_in_supervisor(user=1)
    await session.let_go()
    await session.let_go()
    assert desk.valid == {"a-token-let-go"}
    assert secrets.hide("a-token-let-go") == "a-token-let-go"
    with pytest.raises(EQSignedOut):
        await act(session)
    assert desk.asked == [SIGN_IN]
    again = Session(eq, UserKind.SUPERVISOR, 1, None, SecretStr("a-token-let-go"))
    await act(again)
    assert desk.carried[-1] == "a-token-let-go"


async def test_letting_go_waits_for_a_token_that_is_about_to_come(dial):
    desk, may_come = Desk(), asyncio.Event()
    desk.tokens[0] = "a-token-to-come"
    kept = []

    async def sign_in(request):
        await may_come.wait()
        return desk.sign_in()

    async def keep(token):
        kept.append(token.get_secret_value())

    desk.lines = {SIGN_IN: lambda request: sign_in(request)}
    session = Session(dial(Exchange(desk)), UserKind.SUPERVISOR, 1, None, SecretStr("x" * 64), keep)
    asking = asyncio.create_task(act(session))
    while SIGN_IN not in desk.asked:
        await asyncio.sleep(0)
    asking.cancel()
    leaving = asyncio.create_task(session.let_go())
    await asyncio.sleep(0)
    assert not leaving.done()
    may_come.set()
    await leaving
    assert kept == ["a-token-to-come"]
    assert secrets.hide("a-token-to-come") == "a-token-to-come"


async def test_no_repr_of_a_session_tells_its_token(eq):
    session = await eq.sign_in_supervisor(user=1, extension="301")
    assert repr(session) == str(session) == "<Session of supervisor 1>"
    assert_no_token(f"{session.token} {session.token!r} {session.queued_calls!r} {session.__dict__}")


# With the pretend server


class PretendEQ:
    """The pretend server, whose clock is the test's, and which can be started anew."""

    def __init__(self, clock):
        self.clock = clock
        self.signed_in_count = 0
        self.restart()

    def restart(self):
        self.world = build_world("steady", seed=7, started_at=self.clock.now.timestamp(), queues=2, agents=4)
        for supervisor in self.world.directory.supervisors.values():
            self.world.attendance.go_home(supervisor)
        app = build_app(self.world, key=KEY, clock=lambda: self.clock.now.timestamp())
        self._transport = httpx.ASGITransport(app=app)

    async def __call__(self, request):
        self.signed_in_count += what_of(request) == SIGN_IN
        return await self._transport.handle_async_request(request)


@pytest.fixture
def pretend(clock):
    return PretendEQ(clock)


@pytest.fixture
def to_pretend(dial, pretend):
    return dial(pretend)


async def who_is_in(eq):
    return [(each.user, each.extension) for each in await eq.active_sessions.supervisors()]


async def test_a_supervisor_signs_in_acts_and_signs_out(to_pretend):
    async with to_pretend.supervisor_session(user=1, extension="301") as session:
        assert await who_is_in(to_pretend) == [(1, "301")]
        assert len(await session.call_queue_statistics.all()) == 2
        agent = next(row.agent for row in await session.call_queue_agents.combined() if row.status != "signedOut")
        await session.call_queue_agents.pause(agent=agent, pause_code=1)
    assert await who_is_in(to_pretend) == []
    with pytest.raises(EQSignedOut):
        await act(session)


@pytest.mark.contract("1.4")
async def test_whoever_timed_out_comes_back_by_using_the_session(to_pretend, pretend, clock):
    session = await to_pretend.sign_in_supervisor(user=1, extension="301")
    clock.pass_seconds(TIME_OUT_SECONDS + 1)
    assert await who_is_in(to_pretend) == []
    await session.parked_calls.all()
    assert await who_is_in(to_pretend) == [(1, "301")]
    assert pretend.signed_in_count == 1


@pytest.mark.contract("1.4")
async def test_use_keeps_a_session_alive_and_the_board_does_not(to_pretend, clock):
    session = await to_pretend.sign_in_supervisor(user=1, extension="301")
    for _ in range(3):
        clock.pass_seconds(TIME_OUT_SECONDS * 0.7)
        await session.parked_calls.all()
        assert await who_is_in(to_pretend) == [(1, "301")]
    for _ in range(2):
        clock.pass_seconds(TIME_OUT_SECONDS * 0.7)
        await to_pretend.parked_calls.all()
    assert await who_is_in(to_pretend) == []


async def test_whoever_is_forced_out_is_told_who_is_there_now(to_pretend, pretend):
    first = await to_pretend.sign_in_supervisor(user=1, extension="301")
    second = await to_pretend.sign_in_supervisor(user=1, extension="302", force=True)
    with pytest.raises(EQConflict, match="supervisor 1 is signed in at extension 302") as caught:
        await first.parked_calls.all()
    [holder] = caught.value.holders
    assert (holder.kind, holder.user, holder.extension, holder.since) == ("supervisor", 1, "302", NOW)
    await second.parked_calls.all()
    assert await who_is_in(to_pretend) == [(1, "302")]
    await second.sign_out()
    await first.parked_calls.all()
    assert await who_is_in(to_pretend) == [(1, "301")]


async def test_whoever_timed_out_while_another_took_the_extension_is_told_who(to_pretend, pretend, clock):
    session = await to_pretend.sign_in_supervisor(user=1, extension="301")
    clock.pass_seconds(TIME_OUT_SECONDS + 1)
    agent = next(each for each in pretend.world.directory.agents.values() if each.session_since is None)
    other = await to_pretend.sign_in_agent(user=agent.id, extension="301")
    with pytest.raises(EQConflict, match=f"agent {agent.id} is signed in at extension 301"):
        await session.parked_calls.all()
    await other.sign_out()
    await session.parked_calls.all()
    assert await who_is_in(to_pretend) == [(1, "301")]


async def test_a_second_sign_in_without_force_is_a_conflict_that_says_where(to_pretend):
    await to_pretend.sign_in_supervisor(user=1, extension="301")
    with pytest.raises(EQConflict, match="supervisor 1 is signed in at extension 301"):
        await to_pretend.sign_in_supervisor(user=1, extension="302")
    with pytest.raises(EQInvalid, match="extension: nonexistent"):
        await to_pretend.sign_in_supervisor(user=1, extension="99999", force=True)


async def test_after_a_restart_of_eq_a_session_is_signed_in_again_once(to_pretend, pretend):
    session = await to_pretend.sign_in_supervisor(user=1, extension="301")
    pretend.restart()
    await asyncio.gather(*(session.parked_calls.all() for _ in range(3)))
    assert pretend.signed_in_count == 2
    assert await who_is_in(to_pretend) == [(1, "301")]
    await session.sign_out()
    assert await who_is_in(to_pretend) == []


async def test_signing_out_after_a_restart_of_eq_is_no_error(to_pretend, pretend):
    session = await to_pretend.sign_in_supervisor(user=1, extension="301")
    pretend.restart()
    await session.sign_out()
    assert pretend.signed_in_count == 1


async def test_a_token_of_one_kind_is_none_of_the_other(to_pretend, pretend):
    """Agent 1 is not supervisor 1: the agent is at work already, and is not signed in for a supervisor's token."""
    supervisor = await to_pretend.sign_in_supervisor(user=1, extension="301")
    agent = Session(to_pretend, UserKind.AGENT, 1, "301", SecretStr(supervisor.token.get_secret_value()))
    with pytest.raises(EQConflict, match="supervisor 1 is signed in at extension 301"):
        await agent.parked_calls.all()
