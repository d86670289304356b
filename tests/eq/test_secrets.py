"""The canary: whatever goes wrong, EQ's key is in no log, no error, no traceback and no repr."""

import asyncio
import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import httpx
import pytest
from pydantic import SecretStr

from eqboard.config import Config
from eqboard.eq import EQ, EQError, Server
from eqboard.eq.client import TALKATIVE, hide_secrets
from eqboard.eq.operations import OPERATIONS
from eqboard.ops.logs import HideSecrets, logging_config

from .conftest import KEY, URL, Exchange

SPELLINGS = {KEY, quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY)[1:-1]}
ARGUMENTS = {"id": 7, "extension": "500", "agent": 7, "queue": "500"}


def echo(status):
    """A server that repeats the whole request in its refusal, in every place it can."""

    def answer(request):
        said = f"{request.url} {KEY}"
        entry = {"parameter": f"auth_key={KEY}", "type": f"invalid {quote_plus(KEY)}", "description": said}
        return httpx.Response(status, json=[entry], headers={"location": str(request.url), "x-said": quote(KEY)})

    return answer


def page(status):
    return lambda request: httpx.Response(status, html=f"<html>GET {request.url} {KEY}</html>")


def failing(kind):
    return lambda request: kind(f"no way to {request.url} {KEY}", request=request)


FAILURES = {
    "good answer": [],
    "unreachable": failing(httpx.ConnectError),
    "connect timeout": failing(httpx.ConnectTimeout),
    "read timeout": failing(httpx.ReadTimeout),
    "cut off": failing(httpx.RemoteProtocolError),
    "bad encoding": failing(httpx.DecodingError),
    "bad protocol": failing(httpx.UnsupportedProtocol),
    "bad url": lambda request: httpx.InvalidURL(f"{request.url}"),
    "bad host": lambda request: UnicodeError(f"{request.url}"),
    "hang": lambda request: asyncio.Event().wait(),
    "no json": page(200),
    "not the object": lambda request: httpx.Response(200, json=[{"said": str(request.url), "queue": [KEY]}]),
    **{f"echo {status}": echo(status) for status in (302, 400, 401, 403, 404, 500)},
    **{f"page {status}": page(status) for status in (302, 400, 401, 404, 500)},
}


def assert_silent(text):
    assert not [spelling for spelling in SPELLINGS if spelling in text]


@pytest.fixture
def every_logger(caplog):
    """All that is logged, heard at its source: before a handler of ours could have hidden anything in it."""
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in (*TALKATIVE, "httpcore", "asyncio", "eqboard")]
    for logger in loggers:
        caplog.set_level(logging.DEBUG, logger=logger.name)
        logger.addHandler(caplog.handler)
    yield caplog
    for logger in loggers:
        logger.removeHandler(caplog.handler)


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_operation_lets_the_key_out(dial, every_logger, failure):
    eq = dial(Exchange(FAILURES[failure]), total_seconds=0.01, action_seconds=0.01)
    for operation in OPERATIONS.values():
        arguments = {name: ARGUMENTS[name] for name in operation.path_names} or {}
        try:
            value = await eq.call(operation, arguments)
        except EQError as error:
            logging.getLogger("eqboard.test").exception("It went wrong: %s", error)
            logging.getLogger("eqboard.test").error("%r %r", error, error.args)
            assert_silent(f"{error} {error!r} {error.__dict__}")
            assert_silent("".join(traceback.format_exception(error)))
        else:
            assert failure in ("good answer", "not the object") or value is None
    assert_silent(every_logger.text)
    assert_silent("".join(record.exc_text or "" for record in every_logger.records))


async def test_a_request_that_httpx_logs_is_logged_without_the_key(dial, every_logger):
    await dial(Exchange([])).queued_calls.all(queue="500")
    assert "/eq/api/2.0/queued_calls?auth_key=***&queue=500" in every_logger.text
    assert_silent(every_logger.text)


def test_no_repr_tells_the_key(dial):
    server = Server(URL, SecretStr(KEY))
    assert_silent(repr(server) + str(server))
    eq = EQ(server)
    assert_silent(repr(eq) + str(eq) + repr(eq._http) + repr(eq.queued_calls))
    config = Config(eq_key=KEY, secret_key=KEY * 5, redis_url=f"redis://:{quote_plus(KEY)}@h/0")
    assert_silent(repr(config) + str(config))


@pytest.mark.parametrize(
    "said",
    [
        r"key ab\/cd+ef\/0123",
        "key ab%2fcd%2bef%2f0123",
        r"key \u0061b/cd+ef/0123",
        "AB/CD+EF/0123",
        "x" * 110 + " ab/cd+ef/0123",
    ],
)
async def test_a_key_that_is_repeated_in_other_letters_is_hidden_too(dial, said):
    body = f'[{{"parameter": "auth_key", "type": "invalid", "description": "{said}"}}]'
    eq = dial(Exchange(httpx.Response(400, content=body.encode())), key="ab/cd+ef/0123")
    with pytest.raises(EQError) as caught:
        await eq.call_queue_agents.pause(agent=7)
    [complaint] = caught.value.complaints
    assert "***" in complaint.description
    assert "ab" not in complaint.description.lower()


@pytest.mark.parametrize("key", ["a", "type", "[]", "null"])
async def test_a_key_that_is_an_ordinary_word_does_not_garble_refusals(dial, key):
    error = [{"parameter": "agent", "type": "nonexistent", "description": "no agent"}]
    eq = dial(Exchange(httpx.Response(400, json=error)), key=key)
    with pytest.raises(EQError) as caught:
        await eq.call_queue_agents.pause(agent=7)
    assert str(caught.value) == "call_queue_agents.pause: agent: nonexistent (no agent)"


# The filter that every handler has


def record(message, *args, exc_info=None):
    return logging.LogRecord("anyone", logging.INFO, __file__, 1, message, args, exc_info)


@pytest.mark.parametrize("name", ["auth_key", "auth_supervisor_session", "auth_agent_session"])
@pytest.mark.parametrize("before", ["?", "?queue=500&", "body: "])
def test_secrets_in_a_url_are_blotted_out_and_the_rest_stays(name, before):
    line = record('GET http://eq/x%s "HTTP/1.1 200 OK"', f"{before}{name}=s3cret%2F&b=1")
    assert hide_secrets(line)
    assert line.getMessage() == f'GET http://eq/x{before}{name}=***&b=1 "HTTP/1.1 200 OK"'


def test_a_line_without_secrets_stays_as_it_was():
    line = record("%d calls", 7)
    assert hide_secrets(line)
    assert (line.msg, line.args) == ("%d calls", (7,))


@pytest.mark.parametrize("args", [("a", "b"), ()])
def test_a_line_that_cannot_be_formatted_does_not_end_its_writer(args):
    assert hide_secrets(record("%d calls in %s and %s", *args))


def test_secrets_in_a_traceback_are_blotted_out():
    try:
        raise ValueError("http://eq/x?auth_key=s3cret&b=1")
    except ValueError as error:
        line = record("oops", exc_info=(type(error), error, error.__traceback__))
    assert hide_secrets(line)
    text = logging.Formatter().format(line)
    assert "auth_key=***&b=1" in text
    assert "s3cret" not in text


def test_every_handler_has_the_filter():
    config = logging_config()
    assert config["filters"]["hide_secrets"]["()"] is HideSecrets
    assert all("hide_secrets" in handler["filters"] for handler in config["handlers"].values())
    assert HideSecrets().filter(record("fine"))


def test_httpx_does_not_talk_at_info():
    loggers = logging_config()["loggers"]
    assert loggers["httpx"]["level"] == loggers["httpcore"]["level"] == "WARNING"
