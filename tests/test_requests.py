"""What may be asked of every address, in every way: each verb, any encoding, while the database is locked."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from channels.testing import HttpCommunicator
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import URLPattern, get_resolver

from eqboard.accounts.models import Display
from eqboard.boards.mishaps import Door, unreadable
from eqboard.boards.models import SavedBoard
from eqboard.boards.reading import MOST_BYTES, write_spec
from eqboard.boards.ready import SPECS
from eqboard.control.models import AuditEntry
from eqboard.control.shelves import keeping
from tests.boards.shelves import board
from tests.builders import agent, queue, snapshot
from tests.cast import Cast, publish, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

READ, SENT, BOTH = {"GET", "HEAD"}, {"POST"}, {"GET", "HEAD", "POST"}
ATTEMPT = "00000000-0000-4000-8000-000000000000"

# Every named address of ours, and what may be done there; {board} and {display} are numbers of what is stored.
ADDRESSES = {
    "board": ("/", READ),
    "tv": ("/tv/", READ),
    "paired": ("/tv/paired/", READ),
    "tv_board": ("/tv/tv/", READ),
    "boards": ("/boards/", READ),
    "new_board": ("/boards/new/", BOTH),
    "preview_board": ("/boards/preview/", SENT),
    "import_board": ("/boards/import/", BOTH),
    "edit_board": ("/boards/{board}/edit/", BOTH),
    "delete_board": ("/boards/{board}/delete/", BOTH),
    "copy_board": ("/boards/{board}/copy/", BOTH),
    "export_board": ("/boards/{board}/export/", READ),
    "displays": ("/displays/", BOTH),
    "display_board": ("/displays/{display}/board/", BOTH),
    "revoke_display": ("/displays/{display}/revoke/", BOTH),
    "working": ("/working/?board=floor&metric=waiting&window=now", READ),
    "targets": ("/targets/", BOTH),
    "audit": ("/audit/?q=a", READ),
    "audit_export": ("/audit/export/", READ),
    "agent_panel": ("/agents/7/", READ),
    "my_telephone": ("/telephone/", READ),
    "telephone": ("/extensions/207/", READ),
    "dial": ("/extensions/207/dial/", SENT),
    "phone_keys": ("/extensions/207/keys/", READ),
    "press_key": ("/extensions/207/keys/hold/", SENT),
    "transfer": ("/extensions/207/calls/abc/transfer/", BOTH),
    "park": ("/extensions/207/calls/abc/park/", SENT),
    "hang_up": ("/extensions/207/calls/abc/hang-up/", BOTH),
    "recordings": ("/extensions/207/calls/abc/recordings/", READ),
    "start_recording": ("/extensions/207/calls/abc/recording/start/", SENT),
    "stop_recording": ("/extensions/207/calls/abc/recording/stop/", SENT),
    "cancel_recording": ("/extensions/207/calls/abc/recording/cancel/", BOTH),
    "pause": ("/agents/7/pause/", BOTH),
    "resume": ("/agents/7/resume/", SENT),
    "sign_in_agent": ("/agents/7/sign-in/", BOTH),
    "sign_out_agent": ("/agents/7/sign-out/", BOTH),
    "exit_wrap_up": ("/agents/7/exit-wrap-up/", SENT),
    "spy": ("/agents/7/spy/", SENT),
    "whisper": ("/agents/7/whisper/", SENT),
    "barge_in": ("/agents/7/barge-in/", SENT),
    "monitoring": ("/monitoring/", READ),
    "stop_listening": ("/monitoring/stop/", SENT),
    "seat": ("/seat/", BOTH),
    "steal": ("/calls/abc/steal/", BOTH),
    "pick_up": ("/parked/abc/pick-up/", BOTH),
    "remove_participant": ("/conferences/abc/hang-up/", BOTH),
    "together": ("/agents/together/pause/", BOTH),
    "together_progress": (f"/agents/together/{ATTEMPT}/?agent=7", READ),
    "undo_together": (f"/agents/together/{ATTEMPT}/undo/", BOTH),
    "undo": (f"/actions/{ATTEMPT}/undo/", SENT),
    "outcome": (f"/actions/{ATTEMPT}/", READ),
    "sign_in": ("/sign-in/", BOTH),
    "password": ("/password/", BOTH),
    "sign_out": ("/sign-out/", SENT),
    "admin_sign_in": ("/admin/login/", READ),
    "admin_sign_out": ("/admin/logout/", SENT),
    "set_language": ("/i18n/setlang/", BOTH),
    "healthz": ("/healthz", READ),
}
LEADS_ON = "set_language"  # Django's own address, whatever the verb
EVERY = pytest.mark.parametrize("name", ADDRESSES)
POSTED = pytest.mark.parametrize("name", [name for name, (_path, verbs) in ADDRESSES.items() if "POST" in verbs])


@pytest.fixture
def lead(cast: Cast, redis_url: str) -> Client:
    async_to_sync(publish)(redis_url, snapshot(queues=[queue()], agents=[agent(7)]))
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead)
    return client


@pytest.fixture
def path_of(cast: Cast) -> Callable[[str], str]:
    stored = board("Front board", cast.front)
    screen = Display.objects.create(
        name="Door", team=cast.front, code="X", approved_by=cast.lead, approved_at=datetime.now(UTC)
    )
    return lambda name: ADDRESSES[name][0].format(board=stored.pk, display=screen.pk)


def named(patterns: list[object]) -> Iterator[str]:
    """The names of all addresses but the administration's, which is Django's."""
    for each in patterns:
        if isinstance(each, URLPattern):
            assert each.name, f"{each.pattern} has no name"
            yield each.name
        elif each.namespace != "admin":  # type: ignore[attr-defined]
            yield from named(each.url_patterns)  # type: ignore[attr-defined]


def test_the_table_holds_every_address() -> None:
    assert set(named(get_resolver().url_patterns)) == set(ADDRESSES)


# Verbs


@EVERY
def test_head_is_answered_as_get_is_and_without_the_body(lead, path_of, name) -> None:
    looked, asked = lead.get(path_of(name)), lead.head(path_of(name))
    assert asked.status_code == looked.status_code
    assert (asked.status_code == 405) is ("GET" not in ADDRESSES[name][1])
    assert asked.content == b""
    assert asked.headers.get("Location") == looked.headers.get("Location")


@EVERY
def test_options_tell_what_may_be_done_and_do_nothing(lead, path_of, name) -> None:
    answer = lead.options(path_of(name))
    if name == LEADS_ON:
        assert answer.status_code == 302
    else:
        assert answer.status_code in (200, 204)
        assert {*answer["Allow"].split(", ")} - {"OPTIONS"} == ADDRESSES[name][1]
    assert not AuditEntry.objects.exists()


@EVERY
def test_other_verbs_do_nothing(lead, path_of, name) -> None:
    answers = {verb: getattr(lead, verb)(path_of(name)).status_code for verb in ("put", "patch", "delete", "trace")}
    assert answers == dict.fromkeys(answers, 302 if name == LEADS_ON else 405)
    assert not AuditEntry.objects.exists()
    assert SavedBoard.objects.count() == 1
    assert not Display.objects.exclude(revoked_at=None)


# Caches


@EVERY
def test_nothing_of_ours_is_kept_in_a_cache(cast, lead, path_of, name) -> None:
    """Only the last of them changes anything: whoever may do most posts at the end."""
    said = {
        (verb, person): asked_by(cast, person, verb, path_of(name))["Cache-Control"]
        for verb in ("options", "get", "post")
        for person in (None, "outsider", "lead")
    }
    assert {asked: kept for asked, kept in said.items() if not {"private", "no-store"} <= {*kept.split(", ")}} == {}


def asked_by(cast: Cast, person: str | None, verb: str, path: str) -> HttpResponse:
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(getattr(cast, person))
    return getattr(client, verb)(path)


@pytest.mark.parametrize("path", ["/nowhere/", "/static/nowhere.css", "/boards/999/edit/", "/admin/"])
def test_a_refusal_is_not_kept_either(lead, path) -> None:
    assert "no-store" in lead.get(path)["Cache-Control"]


def test_our_own_files_may_be_kept(client) -> None:
    answer = client.get("/static/eqboard/tokens.css")
    answer.close()
    assert "public" in answer["Cache-Control"]


# Encodings

OTHER = ["utf-16", "latin-1", "utf-7", "base64", "idna", "nonsense", '"x"']
FORM, FILE = "application/x-www-form-urlencoded", "multipart/form-data; boundary=xx"
BODIES = {FORM: b"a=b", FILE: b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--xx--\r\n'}


@POSTED
def test_a_form_in_another_encoding_is_refused_with_a_sentence(lead, path_of, name) -> None:
    answers = {
        (kind, charset): lead.generic("POST", path_of(name), BODIES[kind], content_type=f"{kind}; charset={charset}")
        for kind in BODIES
        for charset in OTHER
    }
    assert {asked: answer.status_code for asked, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert [asked for asked, answer in answers.items() if "This could not be read" not in answer.text] == []
    assert [asked for asked, answer in answers.items() if "no-store" not in answer["Cache-Control"]] == []
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
@pytest.mark.parametrize("kind", BODIES)
def test_a_form_that_says_it_is_utf_8_is_read(lead, kind, charset) -> None:
    answer = lead.generic("POST", "/displays/", BODIES[kind], content_type=f"{kind}; charset={charset}")
    assert answer.status_code == 422


UNREADABLE = {
    "a query in an encoding that fails": (b"a=%ff", b"application/json; charset=idna"),
    "a query in what encodes no text": (b"a=%ff", b"application/json; charset=base64"),
    "a query of too many fields": (b"a=1&" * 1001, b"application/json; charset=utf-8"),
    "a query that is not UTF-8": (b"\xff", b"text/plain"),
    "a parameter in an encoding that fails": (b"", b"x; charset*=idna''%ff"),
    "a parameter in no encoding": (b"", b"x; y*=nonsense''%41"),
    "a parameter that is ill-formed": (b"", b"x; charset*=a'b'c'd"),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_of_what_no_request_can_be_made_is_refused_at_the_door(what) -> None:
    """As the server asks it: a test client makes the request itself."""
    query, kind = UNREADABLE[what]
    headers = [(b"host", b"testserver"), (b"content-type", kind)]
    line = HttpCommunicator(Door(), "GET", "/sign-in/", headers=headers)
    line.scope["query_string"] = query
    answer = await line.get_response(timeout=10)
    await line.wait(timeout=10)
    assert answer["status"] == 400
    assert b"This could not be read" in answer["body"]
    told = dict(answer["headers"])
    assert b"no-store" in told[b"Cache-Control"]
    assert told[b"Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/audit/", 403)])
async def test_a_refusal_leaves_no_connection_to_the_database_open(cast, monkeypatch, path, status) -> None:
    """Django makes its page in a thread that outlives the request: one that broke there would be used for good."""
    opened, connect = [], BaseDatabaseWrapper.connect

    def noted(database: BaseDatabaseWrapper) -> None:
        opened.append(database)
        connect(database)

    browser = AsyncClient()
    await browser.aforce_login(cast.viewer)
    monkeypatch.setattr(BaseDatabaseWrapper, "connect", noted)
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode())]
    line = HttpCommunicator(Door(), "GET", path, headers=headers)
    answer = await line.get_response(timeout=10)
    await line.wait(timeout=10)
    assert answer["status"] == status
    assert opened
    assert not [each for each in opened if each.connection]


def test_it_is_refused_in_the_readers_language(lead) -> None:
    kind, spanish = f"{FORM}; charset=utf-16", {"Accept-Language": "es"}
    assert '<html lang="es"' in lead.generic("POST", "/targets/", b"a=b", content_type=kind, headers=spanish).text


@pytest.mark.parametrize("enforced", [True, False])
def test_a_form_that_is_too_large_is_refused_with_a_sentence(cast, settings, enforced) -> None:
    """Nobody asks for its token once more, which would have to be read from what cannot be read."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = Client(raise_request_exception=False, enforce_csrf_checks=enforced)
    client.force_login(cast.lead)
    client.get("/displays/")
    answer = client.post("/displays/", {"name": "x" * 2000})
    assert answer.status_code == 413
    assert "This is too much" in answer.text


# Bodies


@POSTED
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream", "application/x", "x"])
def test_what_is_no_form_is_refused_with_a_sentence(lead, path_of, name, kind) -> None:
    answer = lead.generic("POST", path_of(name), b'{"queue": "500"}', content_type=kind)
    assert (answer.status_code, "This is not a form" in answer.text) == (415, True)
    assert "no-store" in answer["Cache-Control"]
    assert not AuditEntry.objects.exists()


def test_a_form_of_no_kind_and_one_that_is_packed_are_none_either(lead) -> None:
    assert lead.generic("POST", "/targets/", b"a=b", content_type="").status_code == 415
    assert lead.generic("POST", "/targets/", b"", content_type="").status_code != 415
    packed = lead.generic("POST", "/targets/", b"x", content_type=FORM, headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415


WHOLE = (
    b'--xx\r\nContent-Disposition: form-data; name="press"\r\n\r\n1\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="queue"\r\n\r\n500\r\n--xx--\r\n'
)


@POSTED
def test_a_form_that_is_cut_off_is_refused_wherever_it_is(lead, path_of, name) -> None:
    """Or it would be one without the fields that are lost: no queue named is all queues."""
    for length in range(1, len(WHOLE) - len(b"--\r\n") + 1, 7):
        answer = lead.generic("POST", path_of(name), WHOLE[:length], content_type=FILE)
        assert (answer.status_code, "This could not be read" in answer.text) == (400, True), WHOLE[:length]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=yy"])
def test_nor_is_one_whose_end_cannot_be_known_read(lead, kind) -> None:
    assert lead.generic("POST", "/displays/", WHOLE, content_type=kind).status_code == 400


def test_a_whole_form_is_read(lead) -> None:
    for sent in (WHOLE, WHOLE.rstrip()):
        assert lead.generic("POST", "/displays/", sent, content_type=FILE).status_code == 422


async def at_the_door(*chunks: bytes, **headers: str) -> dict[str, object]:
    """What is answered to a body that comes in these, as the server tells it."""
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    told += [(b"host", b"testserver"), (b"content-type", FORM.encode())]
    line = HttpCommunicator(Door(), "POST", "/sign-in/", headers=told)
    await line.send_input({"type": "http.request", "body": b"", "more_body": True})
    for number, chunk in enumerate(chunks, 1):
        await line.send_input({"type": "http.request", "body": chunk, "more_body": number < len(chunks)})
    start, body = await line.receive_output(timeout=10), await line.receive_output(timeout=10)
    await line.wait(timeout=10)
    return {"status": start["status"], "body": body["body"], "headers": dict(start["headers"])}


MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_an_imported_board_has_room() -> None:
    assert MOST >= 2 * MOST_BYTES


async def test_more_than_may_come_is_refused_by_anybody_with_a_sentence() -> None:
    for answer in (
        await at_the_door(b"", content_length=str(MOST + 1)),
        await at_the_door(b"", content_length="9" * 5000),
        await at_the_door(b"x" * MOST, b"x"),
    ):
        assert (answer["status"], b"This is too much" in answer["body"]) == (413, True)
        assert b"no-store" in answer["headers"][b"Cache-Control"]
        assert answer["headers"][b"Content-Security-Policy"]


async def test_as_much_as_may_come_is_read(db) -> None:
    assert (await at_the_door(b"a=" + b"x" * (MOST - 2), content_length=str(MOST)))["status"] == 403, "no token"


def test_a_forged_host_gets_the_same_page(client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, "This could not be read" in answer.text) == (400, True)


# A database that is locked, or away

LOCKED = OperationalError("database is locked")


def is_busy(answer: HttpResponse) -> bool:
    return answer.status_code == 503 and int(answer["Retry-After"]) > 0 and "nothing was saved" in answer.text


def failing(error: Exception) -> Callable[..., None]:
    def fail(*args: object, **named: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [LOCKED, InterfaceError("connection already closed")])
def test_what_cannot_be_written_is_said_to_be_tried_again(lead, cast, monkeypatch, error) -> None:
    monkeypatch.setattr(keeping, "write_down", failing(error))
    assert is_busy(lead.post("/boards/floor/copy/"))
    assert not SavedBoard.objects.exists()


def test_another_fault_is_not_called_busy(lead, monkeypatch) -> None:
    monkeypatch.setattr(keeping, "write_down", failing(ZeroDivisionError()))
    answer = lead.post("/boards/floor/copy/")
    assert (answer.status_code, "eqboard has a fault" in answer.text) == (500, True)


def test_what_hides_behind_another_error_is_found() -> None:
    """A session says `UpdateError` of whatever went wrong, and its middleware calls that a bad request."""
    request, session, bad = RequestFactory().get("/"), UpdateError(), SessionInterrupted()
    bad.__context__ = session
    assert unreadable(request, bad).status_code == 400
    session.__context__ = LOCKED
    assert is_busy(unreadable(request, bad))


def test_a_password_and_the_session_that_goes_with_it_are_changed_both_or_neither(cast, monkeypatch) -> None:
    cast.lead.set_password("correct horse")
    cast.lead.save()
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead)
    monkeypatch.setattr(SessionStore, "create", failing(LOCKED))
    new = {"new_password1": "battery staple", "new_password2": "battery staple"}
    assert is_busy(client.post("/password/", {"old_password": "correct horse", **new}))
    cast.lead.refresh_from_db()
    assert cast.lead.check_password("correct horse")


@pytest.mark.parametrize(("path", "way"), [("/boards/new/", "make"), ("/boards/{}/edit/", "save_over")])
def test_a_draft_stays_on_the_page(lead, cast, monkeypatch, path, way) -> None:
    stored = board("Front board", cast.front)
    monkeypatch.setattr(keeping, way, failing(LOCKED))
    spec = json.dumps(write_spec(SPECS["lead"]))
    sent = {"name": "Nights", "team": cast.front.pk, "version": 1, "spec": spec}
    answer = lead.post(path.format(stored.pk), sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    page = BeautifulSoup(answer.text, "html.parser")
    assert "is not saved" in page.select_one(".news[role=alert]").text
    assert page.select_one(".news [name]"), "by which the page knows that it holds what is nowhere else"
    assert page.select_one("[name=name]")["value"] == "Nights"
    assert json.loads(page.select_one("[name=spec]")["value"]) == json.loads(spec)


def test_a_board_can_be_looked_at_while_nobody_can_write(lead, monkeypatch, caplog) -> None:
    monkeypatch.setattr(SessionStore, "asave", failing(UpdateError()))
    assert lead.get("/boards/lead/").status_code == 200
    assert "not remembered" in caplog.text


def test_on_sqlite_who_reads_goes_on_while_another_writes(tmp_path) -> None:
    """By the site's own options, but for its patience: whoever cannot write is told when they begin."""
    options = settings.DATABASES["default"]["OPTIONS"] | {"timeout": 0}
    site = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3", "OPTIONS": options}
    one, other = (ConnectionHandler({"default": site})["default"] for _ in range(2))
    try:
        one.cursor().execute("CREATE TABLE word (text)")
        one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        one.cursor().execute("INSERT INTO word VALUES ('written')")
        assert other.cursor().execute("SELECT * FROM word").fetchall() == []
        with pytest.raises(OperationalError, match="locked"):
            other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    finally:
        one.close()
        other.close()
