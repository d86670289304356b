"""The pages over HTTP: who gets which, in which language, in which trouble; and what no page may hold."""

import logging
from urllib.parse import parse_qsl

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.test import Client

from eqboard.boards import views
from eqboard.boards.policy import POLICY
from eqboard.boards.ready import USUAL_BOARD, USUAL_WALL
from eqboard.floor.snapshot import Part, Trouble
from tests.builders import agent, membership, pause_code, queue, snapshot, source, waiting_call
from tests.cast import publish, static_files_are_not_collected
from tests.environment import KEY_CANARY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]
SURFACES = ["/", "/tv/"]

A_FLOOR = snapshot(
    queues=[queue("500"), queue("502", name="Complaints")],
    agents=[agent(7), agent(9, name="Max", memberships=(membership("502", queue_name="Complaints"),))],
    waiting=[waiting_call()],
    pause_codes=[pause_code()],
)


@pytest.fixture
def floor(redis_url: str) -> None:
    async_to_sync(publish)(redis_url, A_FLOOR)


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


# Who


def test_a_stranger_at_the_desk_is_sent_to_the_sign_in(client):
    answer = client.get("/?a=b")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/%3Fa%3Db")


def test_a_stranger_at_the_wall_gets_a_code(client):
    assert soup(client.get("/tv/")).select_one(".pairing-code")


@pytest.mark.parametrize("page", SURFACES)
def test_without_a_team_there_is_nothing_to_see(client, cast, floor, page):
    client.force_login(cast.outsider)
    answer = client.get(page)
    assert answer.status_code == 403
    assert "you are in no team" in answer.text
    assert "Sales" not in answer.text


@pytest.mark.parametrize("page", SURFACES)
@pytest.mark.parametrize("name", ["viewer", "lead"])
def test_with_a_team_one_sees_its_queues(client, cast, floor, page, name):
    client.force_login(getattr(cast, name))
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Sales" in answer.text
    for foreign in ("Complaints", "Max"):
        assert foreign not in answer.text


@pytest.mark.parametrize("page", SURFACES)
@pytest.mark.parametrize("name", ["supervisor", "admin"])
def test_with_every_queue_one_sees_every_queue(client, cast, floor, page, name):
    client.force_login(getattr(cast, name))
    assert "Complaints" in client.get(page).text


def test_only_those_who_may_act_have_buttons(client, cast, floor, lead):
    assert soup(lead.get("/")).select("[data-hand]")
    client.force_login(cast.viewer)
    assert not soup(client.get("/")).select("[data-hand]")


@pytest.mark.parametrize("page", SURFACES)
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_a_board_is_only_read(lead, page, verb):
    assert getattr(lead, verb)(page).status_code == 405


@pytest.mark.parametrize("page", SURFACES)
def test_a_board_is_never_kept_in_a_cache(lead, page):
    assert "no-store" in lead.get(page)["Cache-Control"]


@pytest.mark.parametrize(("page", "surface"), [("/", "desk"), ("/tv/", "tv")])
def test_a_board_listens_at_its_own_address(lead, floor, page, surface):
    path, _, query = soup(lead.get(page)).select_one("[ws-connect]")["ws-connect"].partition("?")
    asked = dict(parse_qsl(query))
    assert (path, asked["language"]) == (f"/live/{surface}/", "en")
    assert asked["board"] == (USUAL_BOARD if surface == "desk" else USUAL_WALL)


def test_the_page_carries_what_its_clock_needs(lead, floor):
    page = soup(lead.get("/"))
    assert len(page.select("#pulse")) == len(page.select("#screen")) == 1
    assert page.body["data-build"]


# In trouble


@pytest.mark.parametrize("page", SURFACES)
def test_without_redis_the_page_is_there_and_says_so(lead, floor, redis_server, page):
    redis_server.stop()
    answer = lead.get(page)
    assert answer.status_code == 200
    banner = soup(answer).find(id="health")
    assert not banner.has_attr("hidden")
    assert "Redis" in banner.text
    assert "Sales" not in answer.text


@pytest.mark.parametrize("page", SURFACES)
def test_before_anything_was_published_the_page_is_there_and_empty(lead, page):
    answer = lead.get(page)
    assert answer.status_code == 200
    assert not soup(answer).select("#queues li")
    assert soup(answer).find(id="pulse")["data-sources"] == "{}"


@pytest.mark.parametrize("page", SURFACES)
def test_when_eq_is_lost_the_last_truth_is_shown_and_marked(lead, redis_url, page):
    lost = source(Part.CALLS, trouble=Trouble.UNREACHABLE)
    async_to_sync(publish)(redis_url, snapshot(sources=[lost], queues=[queue("500")]))
    answer = lead.get(page)
    assert "EQ does not answer" in soup(answer).find(id="health").text
    assert "Sales" in answer.text


def test_when_the_poller_is_silent_that_is_said(lead, redis_url):
    from tests.builders import NOON

    async_to_sync(publish)(redis_url, A_FLOOR, sent_at=NOON)
    assert "The poller" in soup(lead.get("/")).find(id="health").text


@pytest.mark.parametrize("name", ["lead", None])
def test_an_address_that_names_nothing_has_a_page_of_ours(client, cast, name):
    if name:
        client.force_login(cast.lead)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_a_fault_of_our_own_has_a_page_of_ours_and_tells_nothing(cast, floor, monkeypatch, caplog):
    def fail(*arguments):
        raise RuntimeError("hunter2")

    monkeypatch.setattr(views, "show", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "eqboard has a fault" in answer.text
    assert "hunter2" not in answer.text
    assert answer["Content-Security-Policy"] == POLICY


# In which language


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [
        ("en", "en", "ltr"),
        ("es", "es", "ltr"),
        ("es-MX,es;q=0.9", "es", "ltr"),
        ("he", "he", "rtl"),
        ("fr, he;q=0.5", "he", "rtl"),
        ("fr", "en", "ltr"),
        ("", "en", "ltr"),
        ("../../etc", "en", "ltr"),
    ],
)
@pytest.mark.parametrize("page", ["/", "/tv/", "/sign-in/", "/displays/", "/nowhere/"])
def test_a_page_speaks_the_browsers_language(lead, floor, page, accepted, language, direction):
    html = soup(lead.get(page, headers={"Accept-Language": accepted}, follow=True)).html
    assert (html["lang"], html["dir"]) == (language, direction)


def test_the_socket_speaks_the_pages_language(lead, floor):
    page = soup(lead.get("/", headers={"Accept-Language": "he"}))
    assert "language=he" in page.select_one("[ws-connect]")["ws-connect"]


def test_a_language_that_was_chosen_wins_over_the_browsers(lead, floor):
    lead.post("/i18n/setlang/", {"language": "he", "next": "/"})
    html = soup(lead.get("/", headers={"Accept-Language": "es"})).html
    assert (html["lang"], html["dir"]) == ("he", "rtl")


@pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_choosing_a_language_never_leads_to_another_site(lead, asked):
    assert lead.post("/i18n/setlang/", {"language": "he", "next": asked})["Location"] == "/"


def test_a_language_we_do_not_speak_changes_nothing(lead, floor):
    lead.post("/i18n/setlang/", {"language": "xx", "next": "/"})
    assert soup(lead.get("/")).html["lang"] == "en"


# What every page holds, and what none does

PAGES = [
    ("lead", "/"),
    ("lead", "/tv/"),
    ("lead", "/displays/"),
    ("lead", "/agents/7/pause/"),
    ("lead", "/agents/9/pause/"),
    ("lead", "/nowhere/"),
    ("viewer", "/displays/"),
    ("outsider", "/"),
    (None, "/sign-in/"),
    (None, "/tv/"),
    (None, "/nowhere/"),
]


@pytest.fixture(params=PAGES, ids=lambda each: f"{each[0]}{each[1]}")
def answer(request, cast, floor):
    """Every page we make, as somebody who gets it."""
    name, page = request.param
    client = Client()
    if name:
        client.force_login(getattr(cast, name))
    return client.get(page)


def test_every_page_says_what_the_browser_may_run(answer):
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_no_page_needs_anything_inline(answer):
    page = soup(answer)
    for script in page.select("script"):
        assert script.has_attr("src")
        assert not script.text
    assert not page.select("style, iframe, object, embed, base")
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith(("on", "hx-on"))
            assert name != "style"
            assert not str(value).strip().lower().startswith("javascript:")


def test_no_page_loads_anything_from_elsewhere(answer):
    for element in soup(answer).select("[src], link[href], form[action], a[href]"):
        address = element.get("src") or element.get("href") or element.get("action")
        assert address.startswith("/")
        assert not address.startswith("//")


def test_no_page_holds_a_secret(answer, settings, redis_url):
    everything = answer.text + str(answer.headers)
    for secret in (KEY_CANARY, settings.SECRET_KEY, redis_url, "auth_key"):
        assert secret not in everything


def test_every_page_has_a_language_and_a_title(answer):
    page = soup(answer)
    if page.html:
        assert page.html["lang"]
        assert page.title.text.endswith("eqboard")


def test_every_form_that_posts_has_its_token(answer):
    for form in soup(answer).select("form[method=post]"):
        assert form.select_one("input[name=csrfmiddlewaretoken]")


@pytest.mark.parametrize(
    "path", ["/", "/displays/", "/sign-out/", "/admin/", "/healthz", "/admin/login/", "/i18n/setlang/"]
)
def test_redirects_refusals_and_borrowed_pages_have_the_policy_too(client, path):
    assert client.get(path)["Content-Security-Policy"] == POLICY


def test_looking_at_every_page_logs_no_secret(cast, floor, settings, caplog, redis_server):
    caplog.set_level(logging.DEBUG)
    for stop in (False, True):
        if stop:
            redis_server.stop()
        for name, page in PAGES:
            client = Client()
            if name:
                client.force_login(getattr(cast, name))
            client.get(page)
    for secret in (KEY_CANARY, settings.SECRET_KEY):
        assert secret not in caplog.text
