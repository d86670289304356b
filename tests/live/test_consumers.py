"""A board's websocket through the whole ASGI application: who gets in, what they get, and how they are sent away."""

import asyncio
import html
import importlib
import json
import re
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from eqboard.accounts.models import Membership, Role, ready_role
from eqboard.boards.following import followers
from eqboard.boards.models import SavedBoard, ServiceTarget
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import SPECS
from eqboard.live import consumers, doorkeeper, sending, viewer
from eqboard.live.consumers import (
    ECHO_SECONDS,
    FAILED,
    MAX_MESSAGES,
    NOT_ALLOWED,
    TOO_SLOW,
    Chatter,
    Seldom,
    hubs,
    message_in,
    waiting_in,
)
from tests.boards.shelves import board
from tests.builders import agent, caller, membership, queue, snapshot, waiting_call
from tests.cast import publish, static_files_are_not_collected
from tests.feed.following import until

ORIGIN = "http://localhost"
FLOOR = snapshot(
    queues=[queue("500", name="Sales"), queue("502", name="Secret")],
    agents=[
        agent(7, name="Ana Ruiz"),
        agent(8, name="Eva Gil", extension="208", memberships=(membership("502", queue_name="Secret"),)),
    ],
    waiting=[
        waiting_call("1.1", caller=caller("+34600111222")),
        waiting_call("1.2", queue="502", queue_name="Secret", caller=caller("+34600999888", name="Zoe")),
    ],
)

Dial = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
def application(transactional_db) -> Any:
    """Imported late: WhiteNoise says then that `staticfiles/` is there only after a `collectstatic`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No directory at", UserWarning)
        return importlib.import_module("eqboard.asgi").doors


@pytest.fixture
async def dial(config, application, transactional_db) -> AsyncIterator[Dial]:
    """Opens a socket as somebody's browser would; all are hung up, and the hub is stopped, at the end."""
    lines: list[WebsocketCommunicator] = []

    async def open_line(
        user: User | None = None, path: str = "/live/desk/", *, origin: str = ORIGIN, cookie: str = ""
    ) -> WebsocketCommunicator:
        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        if user is not None:
            cookie = "; ".join(filter(None, (cookie, await sync_to_async(session_of)(user))))
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        line = WebsocketCommunicator(application, path, headers=headers)
        lines.append(line)
        line.is_accepted, line.code = await line.connect(timeout=10)
        return line

    yield open_line
    for line in lines:
        if not line.future.done():
            await line.disconnect(timeout=10)
    hub = hubs.get()
    assert hub.viewer_count == 0, "every socket gave up its place"
    await hub.stop()
    await followers.get().stop()


@pytest.fixture
def soon(monkeypatch) -> None:
    """Rights are looked after all the time."""
    monkeypatch.setattr(doorkeeper, "LOOK_SECONDS", 0.02)


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def frame_from(line: WebsocketCommunicator, *words: str) -> str:
    """The next frame, or echo, with all the words."""
    async with asyncio.timeout(15):
        while True:
            text = await line.receive_from(timeout=10)
            while 'id="pulse"' not in text and not text.startswith("{"):
                text += await line.receive_from(timeout=10)
            if all(word in text for word in words):
                return text


async def frames_until(line: WebsocketCommunicator, word: str) -> str:
    """Everything up to the frame with the word, as one text."""
    texts = []
    async with asyncio.timeout(15):
        while word not in "".join(texts):
            texts.append(await line.receive_from(timeout=10))
    return "".join(texts)


def is_told(word: str, frames: str) -> bool:
    """Whether it stands in the frames as a word: epochs and times may hold any digits."""
    return re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", frames) is not None


async def closing_code(line: WebsocketCommunicator) -> int:
    async with asyncio.timeout(15):
        while True:
            message = await line.receive_output(timeout=10)
            if message["type"] == "websocket.close":
                return message["code"]


def frame_number(frame: str) -> int:
    return int(BeautifulSoup(frame, "html.parser").find(id="pulse")["data-frame"])


async def acknowledge(line: WebsocketCommunicator, frame: str) -> None:
    await line.send_to(json.dumps({"ack": frame_number(frame)}))


# Who gets in


async def test_a_stranger_is_let_in_only_to_be_told_to_sign_in(dial) -> None:
    """A refusal before the handshake would look like a lost network to the browser, which would try for ever."""
    line = await dial()
    assert line.is_accepted
    assert await closing_code(line) == NOT_ALLOWED


@pytest.mark.parametrize(
    "cookie", ["sessionid=nonsense", "sessionid=", "sessionid=\udcff".encode("utf-8", "replace").decode()]
)
async def test_an_invented_session_is_no_session(dial, cookie) -> None:
    line = await dial(cookie=cookie)
    assert await closing_code(line) == NOT_ALLOWED


async def test_somebody_without_a_team_sees_nothing(dial, cast) -> None:
    assert await closing_code(await dial(cast.outsider)) == NOT_ALLOWED


async def test_somebody_who_is_no_longer_active_sees_nothing(dial, cast) -> None:
    line_of_the_living = await dial(cast.lead)
    await frame_from(line_of_the_living, 'id="screen"')
    cookie = await sync_to_async(session_of)(cast.viewer)
    await User.objects.filter(pk=cast.viewer.pk).aupdate(is_active=False)
    assert await closing_code(await dial(cookie=cookie)) == NOT_ALLOWED


STRANGERS = [
    *("http://evil.example", "null", "", "http://localhost.evil.example"),
    *("http://localhost:9999", "http://user@localhost", "localhost", "http://127.0.0.1"),
]


@pytest.mark.parametrize("origin", STRANGERS)
async def test_another_site_s_page_is_refused(dial, cast, origin) -> None:
    line = await dial(cast.supervisor, origin=origin)
    assert not line.is_accepted


@pytest.mark.parametrize(
    "path", ["/", "/live/", "/live/kitchen/", "/live/desk", "/live/desk/x/", "/live/../desk/", "/%00"]
)
async def test_an_address_nobody_answers_is_refused_without_a_traceback(dial, path, caplog) -> None:
    line = await dial(path=path)
    assert not line.is_accepted
    assert "Traceback" not in caplog.text


async def test_a_neighbour_s_odd_cookie_does_not_hide_ours(dial, cast) -> None:
    line = await dial(cast.lead, cookie='{"a": [1,2]}; b@d=1; =; ;;')
    await frame_from(line, 'id="screen"')


# What they get


async def test_the_first_frame_is_the_whole_board_and_changes_follow(dial, cast, redis_url) -> None:
    await publish(redis_url, FLOOR)
    line = await dial(cast.supervisor)
    await frame_from(line, 'id="screen"')
    await publish(redis_url, snapshot(queues=[queue("500", name="Orders")]))
    frame = await frame_from(line, "Orders")
    assert 'id="screen"' not in frame


OF_FORBIDDEN_QUEUE = {
    "/live/desk/": ["Secret", "queue-502", "+34600999888", "Zoe", "Eva Gil", "208"],
    "/live/tv/": ["Secret", "queue-502", "Zoe"],
}


@pytest.mark.parametrize(("path", "words"), OF_FORBIDDEN_QUEUE.items())
async def test_a_forbidden_queue_is_in_no_frame(dial, cast, redis_url, path, words) -> None:
    line, control = await dial(cast.viewer, path), await dial(cast.supervisor, path)
    await publish(redis_url, FLOOR)
    told_to_others = await frames_until(control, "Sales")
    told = await frames_until(line, "Sales")
    await publish(redis_url, snapshot(queues=[queue("500", name="Closing"), queue("502", name="Secret too")]))
    told += await frames_until(line, "Closing")
    assert [word for word in words if not is_told(word, told_to_others)] == []
    assert [word for word in words if is_told(word, told)] == []


async def test_a_number_that_one_may_not_see_is_in_no_frame(dial, cast, redis_url) -> None:
    await Role.objects.filter(key="viewer").aupdate(actions=[])
    line, control = await dial(cast.viewer), await dial(cast.supervisor)
    await publish(redis_url, replace(FLOOR, waiting={"1": waiting_call("1", caller=caller("5550142", name=None))}))
    assert is_told("5550142", await frames_until(control, "Sales"))
    told = await frames_until(line, "Sales")
    await publish(redis_url, snapshot(queues=[queue("500", name="Closing")]))
    assert not is_told("5550142", told + await frames_until(line, "Closing"))


QUERIES = {
    "": "en",
    "?language=en": "en",
    "?language=es": "es",
    "?language=he&language=es": "he",
    "?language=xx": "en",
    "?language=../../etc/passwd": "en",
    "?language=%00%ff%F0": "en",
    "?language=" + "x" * 10_000: "en",
    "?language[]=es&language=": "en",
    "?%": "en",
}


@pytest.mark.parametrize(("query", "language"), QUERIES.items(), ids=lambda text: text[:24])
async def test_a_language_we_do_not_speak_is_the_default(dial, cast, query, language) -> None:
    line = await dial(cast.supervisor, "/live/desk/" + query)
    await frame_from(line, 'id="screen"')
    assert [audience.language for audience in hubs.get()._rooms] == [language]


@pytest.mark.parametrize("frame", ["000000000000", "x" * 10_000, "%00"])
async def test_a_page_made_when_its_board_had_another_name_or_size_is_loaded_anew(dial, cast, frame) -> None:
    """The board comes by the socket, the page around it does not."""
    line = await dial(cast.supervisor, f"/live/tv/?frame={frame}")
    assert await closing_code(line) == NOT_ALLOWED


@static_files_are_not_collected
async def test_the_page_tells_its_socket_what_it_was_made_for(dial, cast, config) -> None:
    client = Client()
    await sync_to_async(client.force_login)(cast.supervisor)
    page = await sync_to_async(client.get)("/tv/")
    [path] = re.findall(r'ws-connect="([^"]+)"', page.text)
    line = await dial(cast.supervisor, html.unescape(path))
    await frame_from(line, 'id="screen"')


# What they say

PLAIN = ('{"ack": ' + "9" * 900 + "}", '{"ack": -1}')  # numbers all the same: strange ones, which mean nothing
HOSTILE = [
    *({"text": text} for text in PLAIN),
    {"text": "x" * 1_000_000},
    {"text": "[" * 900},
    {"text": '{"ack": true}'},
    {"text": '{"ack": "1"}'},
    {"text": '{"ack": 1.5}'},
    {"text": '{"ack": null}'},
    {"text": "[1]"},
    {"text": "null"},
    {"text": ""},
    {"text": "NaN"},
    {"text": "\ud800"},
    {"text": '{"HEADERS": {"HX-Request": "true"}}'},
    {"bytes": b'{"ack": 1}'},
    {"bytes": b"\x00" * 100_000},
]


async def test_hostile_messages_are_passed_over(dial, cast, redis_url) -> None:
    line = await dial(cast.supervisor)
    await frame_from(line, 'id="screen"')
    for message in HOSTILE:
        await line.send_input({"type": "websocket.receive", **message})
    await publish(redis_url, FLOOR)
    await frame_from(line, "Sales")


@pytest.mark.parametrize("text", [None, "x" * 1_000_000, "[" * 900, "[1]", "null", "", "NaN", "\ud800", "{'ack': 1}"])
def test_only_an_object_is_a_message(text: str | None) -> None:
    assert message_in(text) == {}


async def test_who_tells_the_time_gets_it_back_with_the_server_s(dial, cast) -> None:
    line = await dial(cast.lead)
    number = frame_number(await frame_from(line, 'id="screen"'))
    before = datetime.now(UTC).timestamp()
    await line.send_to(json.dumps({"ack": number, "at": 12.5}))
    echo = json.loads(await frame_from(line, '"at"'))
    assert echo["at"] == 12.5
    assert before <= echo["now"] <= datetime.now(UTC).timestamp()


@pytest.mark.parametrize("at", [None, "12", [12], {}, True])
async def test_a_time_that_is_none_is_not_sent_back(dial, cast, redis_url, at) -> None:
    line = await dial(cast.lead)
    number = frame_number(await frame_from(line, 'id="screen"'))
    await line.send_to(json.dumps({"ack": number, "at": at}))
    await publish(redis_url, FLOOR)
    assert '"at"' not in await frames_until(line, "Sales")


@pytest.mark.parametrize(("pause_seconds", "echoes"), [(0.0, 1), (0.25, 3), (0.5, 5), (1.0, 10), (30.0, 10)])
def test_the_time_is_sent_back_once_a_second_at_most(pause_seconds, echoes) -> None:
    now = 100.0
    seldom = Seldom(ECHO_SECONDS, clock=lambda: now)
    due = []
    for _ in range(10):
        due.append(seldom.is_due())
        now += pause_seconds
    assert due.count(True) == echoes


# How they are sent away


@pytest.mark.parametrize(("pause_seconds", "is_too_much"), [(0.0, True), (0.09, True), (0.11, False), (5.0, False)])
def test_a_page_may_talk_and_not_chatter(pause_seconds, is_too_much) -> None:
    now = 0.0
    chatter = Chatter(clock=lambda: now)
    for _ in range(300):
        now += pause_seconds
        last = chatter.is_too_much()
    assert last is is_too_much


def test_a_flood_is_known_by_what_waits_though_little_is_read() -> None:
    assert not Chatter(lambda: MAX_MESSAGES).is_too_much()
    assert Chatter(lambda: MAX_MESSAGES + 1).is_too_much()


async def test_what_waits_in_the_servers_queue_is_counted() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()
    queue.put_nowait(1)
    assert waiting_in(queue.get)() == 1
    assert waiting_in(lambda: None)() == 0


async def hang(*args: Any) -> None:
    await asyncio.Event().wait()


async def fail(*args: Any) -> None:
    raise OperationalError


@pytest.mark.parametrize("trouble", [hang, fail])
@pytest.mark.parametrize("where", ["standing", "rights"])
async def test_a_database_that_is_away_or_hangs_stops_no_board_and_is_told_of_once(
    dial, cast, redis_url, monkeypatch, caplog, soon, where, trouble
) -> None:
    line = await dial(cast.supervisor)
    await frame_from(line, 'id="screen"')
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(doorkeeper, "ANSWER_SECONDS", 0.05)
        if where == "standing":
            meanwhile.setattr(doorkeeper, "aread_standing", trouble)
        else:
            await Membership.objects.filter(user=cast.viewer).adelete()
            await Role.objects.filter(key="viewer").aupdate(name="Who looks")
            meanwhile.setattr(consumers, "renewed_admission_of", trouble)
        await until(lambda: "no database" in caplog.text)
        await publish(redis_url, FLOOR)
        await frame_from(line, "Sales")
    await until(lambda: "the database is back" in caplog.text)
    assert caplog.text.count("no database") == 1


async def test_who_comes_while_the_database_is_away_is_told_to_come_back(dial, cast, monkeypatch) -> None:
    monkeypatch.setattr(consumers, "admission_of", fail)
    assert await closing_code(await dial(cast.supervisor)) == FAILED


async def test_who_chatters_is_sent_away(dial, cast) -> None:
    line, other = await dial(cast.viewer), await dial(cast.supervisor)
    for _ in range(MAX_MESSAGES + 1):
        await line.send_to("{}")
    assert await closing_code(line) == TOO_SLOW
    await frame_from(other, 'id="screen"')


async def test_rights_that_were_taken_away_end_the_stream(dial, cast, redis_url, soon) -> None:
    line, other = await dial(cast.viewer), await dial(cast.supervisor)
    await frame_from(line, 'id="screen"')
    await Membership.objects.filter(user=cast.viewer).adelete()
    assert await closing_code(line) == NOT_ALLOWED
    await publish(redis_url, FLOOR)
    await acknowledge(other, await frame_from(other, "Sales"))
    assert await line.receive_nothing(timeout=0.1)


@pytest.mark.parametrize("change", ["other queues", "another role", "inactive", "signed out"])
async def test_any_change_of_rights_makes_the_page_load_anew(dial, cast, soon, change) -> None:
    line = await dial(cast.lead)
    await frame_from(line, 'id="screen"')
    match change:
        case "other queues":
            cast.front.queue_extensions = "500"
            await cast.front.asave()
        case "another role":
            await Membership.objects.filter(user=cast.lead).aupdate(role=await sync_to_async(ready_role)("viewer"))
        case "inactive":
            await User.objects.filter(pk=cast.lead.pk).aupdate(is_active=False)
        case "signed out":
            await sync_to_async(forget_sessions)()
    assert await closing_code(line) == NOT_ALLOWED


CHANGES = {
    "a board is renamed": lambda: SavedBoard.objects.filter(name="Ours").update(name="Ours too"),
    "a board shows another queue": lambda: SavedBoard.objects.filter(name="Ours").update(spec=write_spec(OF_501)),
    "a queue promises more": lambda: ServiceTarget.objects.create(
        queue="500", percent=90, seconds=10, variant="all", short_seconds=0
    ),
}
OF_500, OF_501 = (replace(SPECS["floor"], queues=(extension,)) for extension in ("500", "501"))


@pytest.mark.parametrize("what", CHANGES)
async def test_only_who_looks_at_a_board_that_changed_has_it_loaded_anew(dial, cast, soon, what) -> None:
    ours = await sync_to_async(board)("Ours", cast.front, OF_500)
    theirs = await sync_to_async(board)("Theirs", cast.front, OF_501)
    line, other = [await dial(cast.lead, f"/live/desk/?board={each.pk}") for each in (ours, theirs)]
    for each in (line, other):
        await frame_from(each, 'id="screen"')
    await sync_to_async(CHANGES[what])()
    assert await closing_code(line) == NOT_ALLOWED
    for _ in range(3):
        await acknowledge(other, await frame_from(other, 'id="pulse"'))


async def test_a_session_of_before_a_change_of_password_ends_and_nothing_is_written_for_it(dial, cast, soon) -> None:
    """While others write to the database the board would not end, and nobody else would get their first one."""
    cookie = await sync_to_async(session_of)(cast.lead)
    line = await dial(cookie=cookie)
    await frame_from(line, 'id="screen"')
    cast.lead.set_password("another one, and longer")
    await cast.lead.asave()
    assert await closing_code(line) == NOT_ALLOWED
    assert await closing_code(await dial(cookie=cookie)) == NOT_ALLOWED
    key = cookie.partition("=")[2]
    assert await Session.objects.filter(session_key=key).aexists(), "the page that is loaded next removes it"


def forget_sessions() -> None:
    Session.objects.all().delete()


async def test_rights_that_stay_are_read_once_more_and_not_again(dial, cast, monkeypatch, soon) -> None:
    """Not when those of somebody else change."""
    reads, looks = [], []
    read, look = consumers.renewed_admission_of, doorkeeper.aread_standing
    monkeypatch.setattr(consumers, "renewed_admission_of", lambda scope: reads.append(scope) or read(scope))
    monkeypatch.setattr(doorkeeper, "aread_standing", lambda *args: looks.append(args) or look(*args))
    await frame_from(await dial(cast.lead), 'id="screen"')
    await until(lambda: len(reads) == 1)
    await Membership.objects.filter(user=cast.viewer).adelete()
    seen = len(looks)
    await until(lambda: len(looks) > seen + 3)
    assert len(reads) == 1


async def test_rights_that_cannot_be_read_end_the_stream(dial, cast, monkeypatch, soon, caplog) -> None:
    async def stumble(scope: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    line = await dial(cast.lead)
    await frame_from(line, 'id="screen"')
    monkeypatch.setattr(consumers, "renewed_admission_of", stumble)
    await Membership.objects.filter(user=cast.lead).adelete()
    assert await closing_code(line) == FAILED
    assert "a bug of ours" in caplog.text
    assert hubs.get().viewer_count == 0


async def test_a_server_that_cancels_us_frees_the_place_too(dial, cast) -> None:
    line = await dial(cast.lead)
    await frame_from(line, 'id="screen"')
    line.future.cancel()
    await until(lambda: hubs.get().viewer_count == 0)


async def test_who_hangs_up_frees_the_place(dial, cast) -> None:
    line = await dial(cast.lead)
    await frame_from(line, 'id="screen"')
    assert hubs.get().viewer_count == 1
    await line.disconnect(timeout=10)
    assert hubs.get().viewer_count == 0
    assert not hubs.get()._rooms


async def test_who_never_acknowledges_is_sent_away_and_may_come_back(dial, cast, redis_url, monkeypatch) -> None:
    line, healthy = await dial(cast.lead), await dial(cast.supervisor)
    await frame_from(line, 'id="screen"')
    monkeypatch.setattr(viewer, "ACK_WITHIN_SECONDS", 0)
    monkeypatch.setattr(viewer, "DROP_AFTER_SECONDS", 0)
    for number in range(3):
        await publish(redis_url, snapshot(queues=[queue("500", name=f"Sales {number}")]), sent_at=datetime.now(UTC))
    assert await closing_code(line) == TOO_SLOW
    monkeypatch.undo()
    assert healthy
    again = await dial(cast.lead)
    assert again.is_accepted


async def test_a_viewer_that_cannot_be_written_to_is_told_to_come_back(dial, cast, monkeypatch, caplog) -> None:
    async def fail(self) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(sending.SendLine, "write", fail)
    line = await dial(cast.lead)
    assert await closing_code(line) == 4500
    assert "a bug of ours" in caplog.text
