"""The canary: whatever is asked and whatever goes wrong, no secret and no caller's number is where it could be read."""

import asyncio
import html
import json
import logging
import traceback
from functools import partial
from urllib.parse import quote, quote_plus, unquote_plus

import httpx
import pytest
from pydantic import SecretStr

from eqboard.config import Config
from eqboard.eq import EQ, EQComplained, EQConflict, EQError, Server, Session, UserKind
from eqboard.eq.client import Answer
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.redaction import TALKATIVE, Blots, excerpt, hide_secrets, secrets
from eqboard.eq.wire import Request
from eqboard.ops.logs import HideSecrets, logging_config

from .arguments import AGENT_PASSWORD, ARGUMENTS, CALLER, CALLER_DIGITS, SECRETS, SIP_SECRET, TOKEN, VOICEMAIL_PASSWORD
from .conftest import KEY, URL, Exchange


def spellings_of(secret):
    """As it is, as it stands in JSON, in HTML or in the repr of bytes, and each of these in a URL, once and twice."""
    texts = {secret, html.escape(secret), html.escape(secret, quote=False), repr(secret.encode())[2:-1]}
    texts |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], numbered(secret)}
    ways = (quote, quote_plus, partial(quote, safe=""))
    once = {way(text) for text in texts for way in ways}
    return texts | once | {way(text) for text in once for way in ways}


def numbered(secret):
    """In HTML, with every special character as its number."""
    return "".join(letter if letter.isalnum() and letter.isascii() else f"&#{ord(letter)};" for letter in secret)


SPELLINGS = {spelling for secret in (KEY, *SECRETS) for spelling in spellings_of(secret)}
NUMBERS = {CALLER, CALLER_DIGITS, quote(CALLER), quote_plus(CALLER)}

EVERYTHING = {
    "id": 1,
    "user": 1,
    "agent": 1,
    "queue": "500",
    "extension": "201",
    "callerIdNumber": CALLER_DIGITS,
    "callerIdName": f"Carmen {CALLER}",
    "sip": {"secret": SIP_SECRET, "unknownSecret": SIP_SECRET},
    "voicemail": {"password": VOICEMAIL_PASSWORD, "options": {"pin": VOICEMAIL_PASSWORD}},
    "password": AGENT_PASSWORD,
    "token": TOKEN,
    "authKey": KEY,
}
"""An answer to any question, and secrets in fields that nobody knows."""

NONSENSE = {name: [each] for name, each in EVERYTHING.items()} | {"id": SIP_SECRET, "agent": CALLER, "queue": [TOKEN]}


def echo(status):
    """A server that repeats the whole request in its refusal, in every place it can."""

    def answer(request):
        said = f"{request.url} {KEY} {request.content.decode()} {CALLER}"
        entries = [
            {"parameter": f"auth_key={KEY}", "type": f"invalid {quote_plus(KEY)}", "description": said},
            *({"parameter": None, "type": each, "description": f"not {each}, {CALLER}"} for each in sent(request)),
        ]
        return httpx.Response(status, json=entries, headers={"location": str(request.url), "x-said": quote(KEY)})

    return answer


def sent(request):
    """The secrets that the request holds."""
    said = unquote_plus(f"{request.url} {request.content.decode()}")
    return [each for each in SECRETS if any(spelling in said for spelling in spellings_of(each))]


def page(status):
    return lambda request: httpx.Response(
        status, html=f"<html>GET {request.url} {KEY} {request.content.decode()} {CALLER}</html>"
    )


def failing(kind):
    return lambda request: kind(f"no way to {request.url} {KEY} {request.content!r}", request=request)


def answering(value):
    """The value to whoever asks for an object, a list of it to whoever asks for a list."""
    return lambda request: httpx.Response(200, json=value)


FAILURES = {
    "an object": answering(EVERYTHING),
    "a list": answering([EVERYTHING]),
    "a token": answering(TOKEN),
    "nonsense": answering(NONSENSE),
    "a list of nonsense": answering([NONSENSE, EVERYTHING]),
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
    **{f"echo {status}": echo(status) for status in (302, 400, 401, 403, 404, 500)},
    **{f"page {status}": page(status) for status in (302, 400, 401, 404, 500)},
}


def assert_silent(text, *, also=()):
    assert not [spelling for spelling in (*SPELLINGS, *also) if spelling in text]


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


@pytest.fixture(params=[False, True], ids=["by key alone", "in a session"])
async def dialled(request, dial):
    """A telephone to some exchange, as the key's holder or in a user's name."""

    def dialled(exchange):
        eq = dial(exchange, total_seconds=0.01, action_seconds=0.01)
        return Session(eq, UserKind.SUPERVISOR, 1, "301", SecretStr(TOKEN)) if request.param else eq

    yield dialled
    secrets.forget(SecretStr(TOKEN))


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_operation_lets_a_secret_or_a_callers_number_out(dialled, every_logger, failure):
    eq = dialled(Exchange(FAILURES[failure]))
    for name, operation in OPERATIONS.items():
        arguments = ARGUMENTS.get(name, {})
        try:
            value = await eq.call(operation, arguments)
        except EQError as error:
            logging.getLogger("eqboard.test").exception("It went wrong: %s", error)
            logging.getLogger("eqboard.test").error("%r %r", error, error.args)
            assert_silent(f"{error} {error!r} {error.__dict__}", also=NUMBERS)
            assert_silent("".join(traceback.format_exception(error)), also=NUMBERS)
        else:
            if not isinstance(value, str):  # a bare text is the caller's own to keep
                assert_silent(repr(value))
            assert_silent(f"{getattr(value, 'faults', '')}{getattr(value, 'unread', '')}", also=NUMBERS)
        assert_silent(repr(arguments))
    assert_silent(every_logger.text)
    assert_silent("".join(record.exc_text or "" for record in every_logger.records))
    loud = [record.getMessage() for record in every_logger.records if record.levelno >= logging.INFO]
    assert_silent("\n".join(loud), also=NUMBERS)


@pytest.mark.parametrize("failure", FAILURES)
async def test_neither_signing_in_nor_an_update_lets_a_secret_out(dial, every_logger, failure):
    eq = dial(Exchange(FAILURES[failure]), total_seconds=0.01, action_seconds=0.01)
    attempts = [
        lambda: eq.sign_in_supervisor(user=1, extension="301", force=True),
        lambda: eq.sign_in_agent(user=1, extension="201"),
        lambda: eq.extensions.update(extension="201", name="Reception", sip={"secret": SIP_SECRET}),
        lambda: eq.extensions.update(extension="201", sip={"secret": [SIP_SECRET]}),
        lambda: eq.extensions.update(extension="201", voicemail={"password": VOICEMAIL_PASSWORD + "x"}),
        lambda: eq.agents.update(id=1, password=SecretStr(AGENT_PASSWORD + "0")),
    ]
    for attempt in attempts:
        try:
            assert_silent(repr(await attempt()))
        except EQError as error:
            logging.getLogger("eqboard.test").exception("It went wrong: %s", error)
            assert_silent(f"{error} {error!r} {error.__dict__}", also=NUMBERS)
            assert_silent("".join(traceback.format_exception(error)), also=NUMBERS)
    assert_silent(every_logger.text)
    assert_silent("".join(record.exc_text or "" for record in every_logger.records))
    secrets.forget(SecretStr(TOKEN))


async def test_a_request_that_httpx_logs_is_logged_without_the_key(dial, every_logger):
    await dial(Exchange([])).queued_calls.all(queue="500")
    assert "/eq/api/2.0/queued_calls?auth_key=***&queue=500" in every_logger.text
    assert_silent(every_logger.text)


async def test_a_token_in_a_path_is_logged_as_stars(dial, every_logger):
    await dial(Exchange(None)).supervisor_sessions.delete(token=SecretStr(TOKEN))
    assert "/eq/api/2.0/supervisor_session/***?auth_key=***" in every_logger.text
    assert_silent(every_logger.text)


async def test_a_token_is_hidden_before_anybody_has_used_it(dial, every_logger):
    session = await dial(Exchange(TOKEN, None)).sign_in_supervisor(user=1)
    logging.getLogger("httpx").info("Somebody says %s", TOKEN)
    assert "Somebody says ***" in every_logger.text
    await session.sign_out()


def test_a_secret_is_hidden_as_long_as_anybody_holds_it():
    once, again = SecretStr("a-secret-of-two"), SecretStr("a-secret-of-two")
    secrets.add(once)
    with secrets.hidden(again, "no secret", 7):
        assert secrets.hide("it is a-secret-of-two") == "it is ***"
    assert secrets.hide("it is a-secret-of-two") == "it is ***"
    secrets.forget(once)
    assert secrets.hide("it is a-secret-of-two") == "it is a-secret-of-two"


def test_no_repr_tells_a_secret():
    server = Server(URL, SecretStr(KEY))
    assert_silent(repr(server) + str(server))
    eq = EQ(server)
    assert_silent(repr(eq) + str(eq) + repr(eq._connections) + repr(eq.queued_calls))
    session = Session(eq, UserKind.AGENT, 7, "207", SecretStr(TOKEN))
    assert_silent(repr(session) + str(session) + repr(session.token) + repr(session.queued_calls))
    secrets.forget(SecretStr(TOKEN))
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


@pytest.mark.parametrize("key", ["", "a", "type", "[]", "null", "agent", "k" * 256])
def test_a_key_that_is_an_ordinary_word_or_far_too_long_is_refused_without_repeating_it(key):
    """It could not be hidden without garbling what EQ says."""
    with pytest.raises(ValueError, match=r"^EQ's key must have 6 to 255 characters; ") as caught:
        Server(URL, SecretStr(key))
    assert key not in str(caught.value) or len(key) < 6


@pytest.mark.parametrize("key", ["\udce9abcdef", "abc\ud800def"])
def test_a_key_that_no_encoding_can_carry_is_refused_without_repeating_it(key):
    """Such as a byte in another encoding leaves in the environment."""
    with pytest.raises(ValueError, match=r"^EQ's key must be text in UTF-8\.$") as caught:
        Server(URL, SecretStr(key))
    assert "abc" not in repr(caught.value) + repr(caught.value.args)


@pytest.mark.parametrize(
    "url", ["http://admin:canary-pw@eq", "http://canary-pw@eq", "http://eq?k=canary-pw", "http://eq#canary-pw"]
)
def test_an_address_with_a_password_in_it_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match=r"^EQ's address must not hold a user, a password or a query\.$"):
        Server(url, SecretStr(KEY))


def test_a_secret_that_no_encoding_can_carry_does_not_spoil_the_others():
    spoilt = SecretStr("half-of-a-pair-\ud800")
    with secrets.hidden(spoilt, SecretStr("a-whole-secret")):
        assert secrets.hide("it is a-whole-secret, and half-of-a-pair-\ud800") == "it is ***, and ***"


@pytest.mark.parametrize(
    "secret", [KEY, SIP_SECRET, "a&b<c>'d\"", "schlüssel", "ключ-ключ", "\U0001f600 a key", "a\\b\tc d"]
)
def test_a_secret_is_hidden_in_every_spelling(secret):
    for spelling in spellings_of(secret):
        with secrets.hidden(SecretStr(secret)):
            assert secrets.hide(f"it is {spelling}.") == "it is ***.", spelling


def test_a_secret_is_hidden_when_each_letter_is_spelt_in_another_way():
    with secrets.hidden(SecretStr("a/&ü b")):
        said = r"a%252f&#38;\u00FC+b a/&amp;&uuml;%20B a\/%26amp%3B\xc3\xbc b"
        assert secrets.hide(said) == "*** *** ***"


def test_a_secret_at_the_end_of_an_excerpt_is_not_cut_in_half():
    secret = "0123456789abcdef" * 4
    with secrets.hidden(SecretStr(secret)):
        for length in range(500):
            said = excerpt("é" * length + secret * 20 + "x" * 300, secrets)
            assert len(said) <= 120
            assert set(said) <= {"é", "*", "x"}


def test_a_number_at_the_end_of_an_excerpt_is_not_cut_in_half():
    for length in range(300):
        said = excerpt("é" * length + "+34 (600) 111-222 " * 90)
        assert len(said) <= 120
        assert not any(letter.isdigit() for letter in said)


class Counting(Blots):
    """Remembers how much it had to look at."""

    seen = 0

    def hide(self, text):
        self.seen += len(text)
        return super().hide(text)


def test_of_a_text_that_is_far_too_long_only_the_beginning_is_looked_at():
    hider = Counting({"0123456789abcdef" * 4})
    assert excerpt("ab " * 1_000_000, hider) == ("ab " * 40).strip()
    assert hider.seen < 1000


async def test_a_short_password_is_hidden_in_the_answer_to_it_and_nowhere_else(dial):
    error = [{"parameter": "voicemail.password", "type": "invalid", "description": "1234 is too easy"}]
    eq = dial(Exchange(httpx.Response(400, json=error)))
    arguments = ARGUMENTS["extensions.replace"]
    data = arguments["data"].model_copy(
        update={"voicemail": arguments["data"].voicemail.model_copy(update={"password": SecretStr("1234")})}
    )
    with pytest.raises(EQComplained) as caught:
        await eq.extensions.replace(extension="201", data=data)
    assert caught.value.complaints[0].description == "*** is too easy"
    with pytest.raises(EQComplained) as caught:
        await eq.extensions.delete(extension="201")
    assert caught.value.complaints[0].description == "1234 is too easy"


@pytest.mark.parametrize(
    "said",
    [
        "5550107788",
        "+34 600 111 222",
        "555-010-7788",
        "15550107788",
        "604.555.0123",
        "+1 (604) 555.0123",
        "(604) 555-0123",
        "+1/604/555/0123",
        "٦٠٤٥٥٥٠١٢٣",
        "6 0 4 5 5 5 0 1 2 3",
        "sip:6045550123@trunk",
        "6,0,4,5,5,5,0,1,2,3",
        "555.010.7788",
        "600/111/222",
        "600_111_222",
        "555,010,7788",
        "+34(600)111222",
        "(555) 010-7788",
        "(+34) 600111222",
        "555\u2011010\u20117788",
        "555\u2013010\u20137788",
        "600\u00a0111\u00a0222",
        "600\t111\t222",
        "600\u200b111\u200b222",
        "1366390218.42",
        "６００１１１２２２",
    ],
)
async def test_a_callers_number_in_a_refusal_is_masked(dial, said):
    error = [{"parameter": "destination", "type": "invalid", "description": f"{said} is busy"}]
    with pytest.raises(EQComplained) as caught:
        await dial(Exchange(httpx.Response(400, json=error))).queued_calls.steal(channel="a", destination=said)
    assert "*** is busy" in caught.value.complaints[0].description
    assert not any(
        digits in caught.value.complaints[0].description for digits in ("0123", "7788", "222", "٠١٢٣", "42", "２２２")
    )


@pytest.mark.parametrize("said", ["201", "600111", "extension 2999 in queue 500", "from 1 to 999999"])
def test_an_extension_is_no_telephone_number(said):
    assert excerpt(f"{said} is busy") == f"{said} is busy"


async def test_what_eq_says_of_who_is_in_the_way_is_one_line_without_secrets_and_numbers(dial):
    def answer(request):
        if request.method == "POST":
            return httpx.Response(400, json=[{"parameter": None, "type": "already_signed_in"}])
        extension = f"{KEY} \x1b[2J\nERROR forged +34600111222"
        return [{"user": 1, "extension": extension, "signInTime": 1}] if "supervisor" in request.url.path else []

    with pytest.raises(EQConflict) as caught:
        await dial(Exchange(answer)).sign_in_supervisor(user=1, extension="301")
    [holder] = caught.value.holders
    assert holder.extension == "***  [2J ERROR forged ***"
    assert str(caught.value).isprintable()


# What a tool may report of an error: every variable on the way


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_frame_behind_an_error_holds_a_secret(dialled, failure):
    eq = dialled(Exchange(FAILURES[failure]))
    for name, operation in OPERATIONS.items():
        [outcome] = await asyncio.gather(eq.call(operation, ARGUMENTS.get(name, {})), return_exceptions=True)
        if isinstance(outcome, BaseException):
            assert (outcome.__cause__, outcome.__context__) == (None, None)
            told = traceback.TracebackException.from_exception(outcome, capture_locals=True)
            assert_silent("".join(told.format()))


async def test_a_value_that_is_refused_leaves_none_behind(dial):
    with pytest.raises(EQError) as caught:
        await dial(Exchange(None)).extensions.replace(extension="201", data={"sip": {"secret": [SIP_SECRET]}})
    assert caught.value.__context__ is None


def test_neither_a_request_nor_an_answer_shows_what_is_in_it():
    request = Request("PUT", "/extension/201", {"auth_agent_session": TOKEN}, {"data": SIP_SECRET})
    assert_silent(repr(request) + repr(Answer(200, KEY.encode(), 0.1)))


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
