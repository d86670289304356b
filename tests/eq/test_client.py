"""The telephone: what it sends, when it tries again, and what it makes of silence."""

import asyncio
import json
import ssl
import threading
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote_plus

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, EQBroken, EQInvalid, EQNotFound, EQSignedOut, EQUnreachable, Limits, Server
from eqboard.eq import client as client_module
from eqboard.eq.operations import OPERATIONS

from .arguments import ARGUMENTS
from .conftest import KEY, NOW, URL, Exchange

LOST = [
    httpx.ReadTimeout("x"),
    httpx.WriteTimeout("x"),
    httpx.ReadError("x"),
    httpx.WriteError("x"),
    httpx.CloseError("x"),
    ssl.SSLError(1, "bad record mac"),  # httpx lets it through where it reads
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.RemoteProtocolError("peer closed connection without sending complete message body (incomplete chunked read)"),
]
NOT_HTTP = [httpx.RemoteProtocolError("illegal status line"), httpx.DecodingError("x"), httpx.LocalProtocolError("x")]
NOT_CONNECTED = [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
AWAY = [*LOST, *NOT_CONNECTED]


def named(errors):
    return pytest.mark.parametrize("error", errors, ids=lambda error: f"{type(error).__name__} {error}"[:40])


def dated(moment, value=()):
    return httpx.Response(200, json=value, headers={"date": format_datetime(moment, usegmt=True)})


# What is sent


@pytest.mark.contract("1.1", "1.2")
async def test_a_read_goes_to_the_apis_path_with_the_key_in_the_query(dial):
    exchange = Exchange([])
    await dial(exchange).queued_calls.all(queue="500")
    [request] = exchange.requests
    assert (request.method, request.url.host, request.url.path) == ("GET", "eq.example", "/eq/api/2.0/queued_calls")
    assert dict(request.url.params) == {"auth_key": KEY, "queue": "500"}
    assert request.content == b""


@pytest.mark.contract("1.2", "1.6")
async def test_an_action_is_a_form_with_the_key_in_the_query_alone(dial):
    exchange = Exchange(None)
    await dial(exchange).call_queue_agents.pause(agent=7, pause_code=2)
    [request] = exchange.requests
    assert (request.method, dict(request.url.params)) == ("POST", {"auth_key": KEY})
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    form = parse_qs(request.content.decode())
    assert form == {"action": ["pause"], "options": ['{"agent":7,"pauseCode":2}']}


async def test_what_an_operation_says_by_default_is_sent_too(dial):
    exchange = Exchange([])
    await dial(exchange).call_queue_agents.combined()
    assert exchange.requests[0].url.params["combined"] == "1"


@pytest.mark.contract("1.2")
@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_the_key_is_in_the_query_of_every_request_and_nowhere_else(dial, name):
    exchange = Exchange(httpx.Response(404))
    with pytest.raises(EQNotFound):
        await dial(exchange).call(OPERATIONS[name], ARGUMENTS.get(name, {}))
    [request] = exchange.requests
    assert request.url.params.get_list("auth_key") == [KEY]
    elsewhere = unquote_plus(f"{request.content.decode()} {request.headers} {request.url.path}")
    assert KEY not in elsewhere
    assert KEY not in str(request.url.params.remove("auth_key"))


@pytest.mark.parametrize(
    "extension", ["..", "../../x", "a/b", "%2e%2e", "5?auth_key=x", "#", "é\u202e", "//evil.example"]
)
async def test_a_hostile_key_reaches_the_server_as_one_step_of_the_path(dial, extension):
    exchange = Exchange({"extension": "500"})
    await dial(exchange).call_queues.get(extension=extension)
    [request] = exchange.requests
    raw_path = request.url.raw_path.partition(b"?")[0]
    assert raw_path.startswith(b"/eq/api/2.0/call_queue/")
    assert raw_path.count(b"/") == 5
    assert request.url.host == "eq.example"
    assert request.url.params.get_list("auth_key") == [KEY]


@pytest.mark.parametrize("url", [URL, URL + "/", URL + "/eq/api/2.0", URL + "/eq/api/2.0/"])
def test_the_address_may_hold_the_apis_path_or_not(url):
    assert Server(url, SecretStr(KEY)).api_url == URL + "/eq/api/2.0"


@pytest.mark.parametrize("url", ["", "eq.example", "ftp://eq.example", "http://", "http://e q", "http://eq:99999"])
def test_an_address_that_is_no_url_is_refused_at_once_without_repeating_it(url):
    with pytest.raises(ValueError, match=r"^EQ's address is not a usable URL\.$"):
        EQ(Server(url, SecretStr(KEY)))


@pytest.mark.parametrize("host", ["eq..example", "e" * 70, "eq.example."])
async def test_a_host_name_that_cannot_be_looked_up_is_unreachable(monkeypatch, host):
    async def getaddrinfo(*args, **kwargs):
        raise UnicodeError("label empty or too long")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    async with EQ(Server(f"http://{host}", SecretStr(KEY), Limits(retry_count=0))) as eq:
        with pytest.raises(EQUnreachable, match="address is not a usable URL"):
            await eq.queued_calls.all()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
async def test_a_proxy_in_the_environment_never_sees_the_key(monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with EQ(Server(URL, SecretStr(KEY))) as eq, eq._connections.one(is_fresh=True) as connection:
        assert not connection._mounts
        assert connection.trust_env is False


# Reads are tried again


@named([*AWAY, *NOT_HTTP])
async def test_a_read_is_tried_again_once(dial, slept, error):
    exchange = Exchange(error, [{"queue": "500"}])
    [call] = await dial(exchange).queued_calls.all()
    assert call.queue == "500"
    assert len(exchange.requests) == 2
    assert len(slept) == 1


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(302)])
async def test_a_broken_answer_is_tried_again_once(dial, answer):
    exchange = Exchange(answer, [])
    assert not await dial(exchange).queued_calls.all()
    assert len(exchange.requests) == 2


@named(AWAY)
async def test_a_read_that_stays_without_answer_is_unreachable_and_leaves_nothing_open(dial, error):
    exchange = Exchange(error)
    with pytest.raises(EQUnreachable) as caught:
        await dial(exchange).queued_calls.all()
    assert len(exchange.requests) == 2
    assert not caught.value.outcome_unknown


@named(NOT_HTTP)
async def test_an_answer_that_is_not_http_is_broken(dial, error):
    with pytest.raises(EQBroken):
        await dial(Exchange(error)).queued_calls.all()


async def test_the_pause_before_another_try_is_jittered_and_doubles(dial, slept):
    with pytest.raises(EQUnreachable):
        await dial(Exchange(httpx.ReadError("x")), retry_count=3, retry_after_seconds=1.0).queued_calls.all()
    assert len(slept) == 3
    assert all(0.5 * 2**n <= seconds <= 1.5 * 2**n for n, seconds in enumerate(slept))
    assert slept != [1.0, 2.0, 4.0]


async def test_no_further_try_where_none_is_wanted(dial, slept):
    exchange = Exchange(httpx.ReadError("x"))
    with pytest.raises(EQUnreachable):
        await dial(exchange, retry_count=0).queued_calls.all()
    assert (len(exchange.requests), slept) == (1, [])


@pytest.mark.parametrize(("status", "kind"), [(400, EQInvalid), (401, EQSignedOut), (404, EQNotFound)])
async def test_a_refusal_is_not_asked_again(dial, slept, status, kind):
    error = [{"parameter": "queue", "type": "nonexistent", "description": "No such queue"}]
    exchange = Exchange(httpx.Response(status, json=error))
    with pytest.raises(kind) as caught:
        await dial(exchange).queued_calls.all(queue="999")
    assert (len(exchange.requests), slept) == (1, [])
    assert caught.value.complaints[0].parameter == "queue"


async def test_a_read_has_a_total_time_that_counts_every_try(dial):
    exchange = Exchange(lambda request: asyncio.Event().wait())
    with pytest.raises(EQUnreachable, match=r"no answer within 0\.02 s") as caught:
        await dial(exchange, total_seconds=0.02, retry_count=5).queued_calls.all()
    assert len(exchange.requests) == 1
    assert not caught.value.outcome_unknown


def once(event):
    """An empty answer that comes when the event does."""

    async def answer():
        await event.wait()
        return []

    return lambda request: answer()


async def test_waiting_for_a_free_line_counts_too(dial):
    release = asyncio.Event()
    exchange = Exchange(once(release))
    eq = dial(exchange, total_seconds=0.02, concurrent_requests=1)
    outcomes = await asyncio.gather(*(eq.queued_calls.all() for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in outcomes] == [EQUnreachable] * 3


# Actions are sent once


@named(LOST)
async def test_an_action_whose_answer_is_lost_is_sent_once_and_unknown(dial, slept, error):
    exchange = Exchange(error)
    with pytest.raises(EQUnreachable) as caught:
        await dial(exchange).call_queue_agents.pause(agent=7)
    assert (len(exchange.requests), slept) == (1, [])
    assert caught.value.outcome_unknown


@named(NOT_HTTP)
async def test_an_action_whose_answer_is_not_http_is_sent_once_and_unknown(dial, error):
    exchange = Exchange(error)
    with pytest.raises(EQBroken) as caught:
        await dial(exchange).call_queue_agents.pause(agent=7)
    assert len(exchange.requests) == 1
    assert caught.value.outcome_unknown


@named(NOT_CONNECTED)
async def test_an_action_that_found_no_connection_certainly_did_not_happen(dial, error):
    exchange = Exchange(error)
    with pytest.raises(EQUnreachable) as caught:
        await dial(exchange).call_queue_agents.pause(agent=7)
    assert len(exchange.requests) == 1
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("status", [302, 500, 503])
async def test_an_action_that_ends_in_a_server_error_is_sent_once_and_unknown(dial, status):
    exchange = Exchange(httpx.Response(status))
    with pytest.raises(EQBroken) as caught:
        await dial(exchange).call_queue_agents.resume(agent=7)
    assert len(exchange.requests) == 1
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("kind", client_module.NO_ADDRESS)
async def test_an_address_that_cannot_be_used_is_unknown_once_anything_has_gone_out(dial, kind):
    """As httpx may find one in the answer."""

    class Begun(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            await request.extensions["trace"]("http11.send_request_headers.started", {})
            raise kind("x")

    with pytest.raises(EQBroken) as caught:
        await dial(Begun()).call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown
    with pytest.raises(EQUnreachable, match="not a usable URL") as caught:
        await dial(Exchange(kind("x"))).call_queue_agents.pause(agent=7)
    assert not caught.value.outcome_unknown


async def test_an_action_that_hangs_is_given_up_and_unknown(dial):
    exchange = Exchange(lambda request: asyncio.Event().wait())
    with pytest.raises(EQUnreachable, match="does not answer in time") as caught:
        await dial(exchange, action_seconds=0.02).call_queue_agents.pause(agent=7)
    assert len(exchange.requests) == 1
    assert caught.value.outcome_unknown


async def test_an_action_may_be_silent_longer_than_a_read(dial):
    exchange = Exchange([])
    eq = dial(exchange, read_seconds=4.0, action_seconds=10.0, connect_seconds=2.0)
    await eq.queued_calls.all()
    await eq.call_queue_agents.pause(agent=7)
    read, action = (request.extensions["timeout"] for request in exchange.requests)
    assert (read["read"], read["connect"]) == (4.0, 2.0)
    assert (action["read"], action["connect"]) == (10.0, 2.0)


async def test_an_action_is_refused_with_eqs_own_words(dial):
    error = [{"parameter": "agent", "type": "not_signed_in", "description": "Agent is not signed in"}]
    with pytest.raises(EQInvalid) as caught:
        await dial(Exchange(httpx.Response(400, json=error))).call_queue_agents.pause(agent=7)
    assert str(caught.value) == "call_queue_agents.pause: agent: not_signed_in (Agent is not signed in)"


# Limits


async def test_an_action_that_finds_no_free_line_is_not_sent_and_certainly_did_not_happen(dial):
    """It might go out long after whoever pressed was told that nobody knows."""
    release = asyncio.Event()
    exchange = Exchange(once(release))
    eq = dial(exchange, connect_seconds=0.02, concurrent_requests=1)
    first = asyncio.create_task(eq.call_queue_agents.pause(agent=7))
    while not exchange.requests:
        await asyncio.sleep(0)
    with pytest.raises(EQUnreachable, match="not sent") as caught:
        await eq.call_queue_agents.pause(agent=8)
    assert not caught.value.outcome_unknown
    release.set()
    await first
    assert len(exchange.requests) == 1


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "br", "deflate"])
async def test_a_packed_answer_is_not_unpacked(dial, encoding):
    """A few bytes may become gigabytes before anybody has looked at their number."""
    stream = Endless()
    exchange = Exchange(httpx.Response(200, stream=stream, headers={"content-encoding": encoding}))
    with pytest.raises(EQBroken, match="is packed"):
        await dial(exchange, retry_count=0).queued_calls.all()
    assert (stream.sent, stream.is_closed) == (0, True)
    assert exchange.requests[0].headers["accept-encoding"] == "identity"


async def test_a_packed_refusal_is_a_refusal_all_the_same(dial):
    answer = httpx.Response(401, stream=Endless(), headers={"content-encoding": "gzip"})
    with pytest.raises(EQSignedOut):
        await dial(Exchange(answer)).queued_calls.all()


async def test_no_cookie_is_kept(dial):
    """A proxy may set another with every answer; sent back, they would one day be too long for any server."""
    exchange = Exchange(lambda request: httpx.Response(200, json=[], headers={"set-cookie": "a=1; Path=/"}))
    eq = dial(exchange)
    for _ in range(2):
        await eq.queued_calls.all()
    assert "cookie" not in exchange.requests[-1].headers


async def test_only_so_many_requests_at_the_same_time(dial):
    now, most = 0, 0

    async def answer():
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await asyncio.sleep(0)
        now -= 1
        return []

    eq = dial(Exchange(lambda request: answer()), concurrent_requests=3)
    await asyncio.gather(*(eq.queued_calls.all() for _ in range(12)))
    assert most == 3


async def test_a_failed_request_gives_its_line_back(dial):
    eq = dial(Exchange(httpx.ReadError("x"), httpx.Response(500), []), concurrent_requests=1, retry_count=2)
    assert not await eq.queued_calls.all()


class Endless(httpx.AsyncByteStream):
    def __init__(self):
        self.sent = 0
        self.is_closed = False

    async def __aiter__(self):
        while True:
            self.sent += 1
            yield b"x" * 1000

    async def aclose(self):
        self.is_closed = True


async def test_an_answer_that_does_not_end_is_cut_off(dial, monkeypatch):
    monkeypatch.setattr(client_module, "MAX_ANSWER_BYTES", 10_000)
    stream = Endless()
    with pytest.raises(EQBroken, match="too large") as caught:
        await dial(Exchange(httpx.Response(200, stream=stream))).call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown
    assert stream.sent == 11
    assert stream.is_closed


@pytest.mark.parametrize(("row_count", "is_beside"), [(1, False), (2000, True)])
async def test_a_large_answer_is_not_read_on_the_event_loop(dial, monkeypatch, row_count, is_beside):
    """The lead in Redis is renewed there."""
    threads, read_answer = [], client_module.read_answer

    def watched(*args):
        threads.append(threading.current_thread())
        return read_answer(*args)

    monkeypatch.setattr(client_module, "read_answer", watched)
    rows = [{"queue": "500", "callerIdName": "x" * 200}] * row_count
    assert len(await dial(Exchange(rows)).queued_calls.all()) == row_count
    assert [thread is not threading.main_thread() for thread in threads] == [is_beside]


async def test_a_large_answer_that_is_broken_is_as_broken_as_a_small_one(dial):
    answer = httpx.Response(200, content=b"[" * client_module.LARGE_ANSWER_BYTES * 2)
    with pytest.raises(EQBroken, match="not JSON"):
        await dial(Exchange(answer)).queued_calls.all()


@pytest.fixture
def understood(monkeypatch):
    """The bodies that were read, in order."""
    bodies, read_answer = [], client_module.read_answer

    def watched(operation, status, body, *more):
        bodies.append(body)
        return read_answer(operation, status, body, *more)

    monkeypatch.setattr(client_module, "read_answer", watched)
    return bodies


def rows(*queues):
    return httpx.Response(200, json=[{"queue": queue} for queue in queues])


async def test_a_list_that_says_what_it_said_the_last_time_is_not_read_again(dial, understood):
    eq = dial(Exchange(rows("500"), rows("500"), rows("501"), rows("500")))
    first, second, third, fourth = [await eq.queued_calls.all() for _ in range(4)]
    assert second is first
    assert ([call.queue for call in third], [call.queue for call in fourth]) == (["501"], ["500"])
    assert len(understood) == 3


@pytest.mark.parametrize("between", [httpx.Response(500), httpx.Response(200, content=b"<html>"), httpx.ReadError("x")])
async def test_a_failure_in_between_is_no_answer_and_changes_none(dial, understood, between):
    eq = dial(Exchange(rows("500"), between, rows("500")), retry_count=0)
    first = await eq.queued_calls.all()
    with pytest.raises((EQBroken, EQUnreachable)):
        await eq.queued_calls.all()
    assert await eq.queued_calls.all() is first


async def test_an_answer_that_cannot_be_read_fails_each_time(dial):
    eq = dial(Exchange(httpx.Response(200, content=b"[{")), retry_count=0)
    for _ in range(2):
        with pytest.raises(EQBroken, match="not JSON"):
            await eq.queued_calls.all()


async def test_an_empty_body_is_not_taken_for_what_was_never_said(dial):
    with pytest.raises(EQBroken, match="not JSON"):
        await dial(Exchange(httpx.Response(200, content=b"")), retry_count=0).queued_calls.all()


async def test_lists_are_not_taken_for_one_another(dial, understood):
    eq = dial(Exchange(rows()))
    assert not await eq.queued_calls.all()
    assert not await eq.parked_calls.all()
    assert not await eq.queued_calls.all(queue="500")
    assert not await eq.queued_calls.all()
    assert len(understood) == 3


async def test_what_is_no_list_is_read_each_time(dial, understood):
    eq = dial(Exchange({"extension": "500", "name": "Sales"}))
    for _ in range(2):
        assert (await eq.call_queues.get(extension="500")).name == "Sales"
    assert len(understood) == 2


async def test_whoever_counts_requests_is_told_of_each_that_is_sent_again(dial):
    told = []
    eq = dial(Exchange(httpx.Response(500), httpx.Response(500), []), retry_count=2)
    eq.at_repeat = lambda: told.append(1)
    await eq.queued_calls.all()
    assert len(told) == 2
    with pytest.raises(EQBroken):
        await dial(Exchange(httpx.Response(500))).call_queue_agents.pause(agent=7)
    assert len(told) == 2


@pytest.mark.parametrize("kind", ["text/html; charset=utf-16", "application/json; charset=latin-1", "x/y; charset=?"])
async def test_an_answer_is_utf_8_whatever_its_header_says(dial, kind):
    body = json.dumps([{"queue": "500", "callerIdName": "José 😀"}], ensure_ascii=False).encode()
    exchange = Exchange(httpx.Response(200, content=body, headers={"content-type": kind}))
    [call] = await dial(exchange).queued_calls.all()
    assert call.caller_id_name == "José 😀"


async def test_a_redirect_is_not_followed(dial):
    exchange = Exchange(httpx.Response(302, headers={"location": "http://evil.example/"}))
    with pytest.raises(EQBroken, match="status 302"):
        await dial(exchange, retry_count=0).queued_calls.all()
    assert [request.url.host for request in exchange.requests] == ["eq.example"]


async def test_what_is_asked_inside_async_with_is_closed_behind_it():
    class Transport(httpx.MockTransport):
        is_closed = False

        async def aclose(self):
            self.is_closed = True

    transport = Transport(Exchange([]))
    async with EQ(Server(URL, SecretStr(KEY)), transport=transport) as eq:
        await eq.queued_calls.all()
    assert transport.is_closed


# EQ's clock


async def test_eqs_clock_is_not_known_before_it_said_the_time(dial):
    eq = dial(Exchange([]))
    assert eq.skew_seconds is None
    await eq.queued_calls.all()
    assert eq.skew_seconds is None


@pytest.mark.parametrize("ahead_seconds", [0, 90, -3600])
async def test_the_skew_is_eqs_clock_minus_ours(dial, clock, ahead_seconds):
    clock.pass_seconds(-ahead_seconds)
    eq = dial(Exchange(dated(NOW)))
    await eq.queued_calls.all()
    assert eq.skew_seconds == pytest.approx(ahead_seconds, abs=0.51)


async def test_errors_tell_the_time_too(dial, clock):
    clock.pass_seconds(-90)
    eq = dial(Exchange(httpx.Response(404, headers={"date": format_datetime(NOW, usegmt=True)})))
    with pytest.raises(EQNotFound):
        await eq.agents.get(id=99)
    assert eq.skew_seconds == pytest.approx(90, abs=0.51)


async def test_a_slow_answer_does_not_make_eqs_clock_wrong(dial, clock):
    def slowly(request):
        said = clock.now
        clock.pass_seconds(7)
        return dated(said)

    eq = dial(Exchange(lambda request: dated(clock.now), slowly))
    await eq.queued_calls.all()
    known = eq.skew_seconds
    await eq.queued_calls.all()
    assert eq.skew_seconds == known
    assert abs(known) <= 0.5


async def test_a_clock_that_jumps_is_noticed(dial, clock):
    eq = dial(Exchange(dated(NOW), lambda request: dated(NOW.replace(hour=14))))
    await eq.queued_calls.all()
    await eq.queued_calls.all()
    assert eq.skew_seconds == pytest.approx(7200, abs=0.51)


@pytest.mark.parametrize(
    "header",
    [
        "", " ", "soon", "0", "Mon, 99 Foo 2026 99:99:99 GMT", "Mon, 02 Mar 2026 12:00:00",
        "Mon, 02 Mar 2026 12:00:00 -0000", "Mon, 02 Mar 2026 12:00:00 +9999",
        "Mon, 02 Mar 2026 12:00:00 +99999999999999999999", "Mon, 02 Mar 99999 12:00:00 GMT", "x" * 5000, "é",
        "Sat, 01 Jan 0001 00:00:00 +1200", "Fri, 31 Dec 9999 23:59:59 -1200",
    ],
)  # fmt: skip
async def test_a_date_that_is_none_does_not_matter(dial, header):
    eq = dial(Exchange(httpx.Response(200, json=[], headers={"date": header.encode()})))
    assert not await eq.queued_calls.all()
    assert eq.skew_seconds is None or abs(eq.skew_seconds) >= 0


def test_limits_are_gentle_by_default():
    limits = Limits()
    assert limits.connect_seconds < limits.read_seconds < limits.total_seconds
    assert limits.retry_count == 1
