"""A screen's way over HTTP: it shows a code, somebody approves it, it goes on by itself."""

import pytest
from django.core import signing
from django.test import Client

from eqboard.accounts.displays import PAIRING_COOKIE, TOKEN_COOKIE, new_code, read_signed_code, sign_code
from tests.cast import static_files_are_not_collected
from tests.screens import code_on, pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


def test_a_screen_shows_a_code_and_writes_nothing(screen, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = screen.get("/tv/")
    assert answer.status_code == 200
    assert code_on(answer) == read_signed_code(screen.cookies[PAIRING_COOKIE].value)
    assert "sessionid" not in screen.cookies


def test_the_page_names_the_address_where_the_code_is_typed(screen):
    assert "http://testserver/displays/" in screen.get("/tv/").text


@pytest.mark.parametrize("page", ["/tv/", "/tv/paired/", "/displays/", "/sign-in/"])
def test_a_forged_host_is_refused_and_not_repeated(screen, page):
    answer = screen.get(page, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_forwarded_host_is_not_believed(screen):
    assert "evil.example" not in screen.get("/tv/", headers={"X-Forwarded-Host": "evil.example"}).text


def test_loading_the_page_again_keeps_the_code_and_its_ten_minutes(screen):
    code = code_on(screen.get("/tv/"))
    again = screen.get("/tv/")
    assert code_on(again) == code
    assert PAIRING_COOKIE not in again.cookies


def test_a_cookie_that_is_over_gives_a_new_code(screen, monkeypatch):
    code = code_on(screen.get("/tv/"))
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 601)
    assert code_on(screen.get("/tv/")) not in (code, None)


@pytest.mark.parametrize("page", ["/tv/", "/tv/paired/"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_a_screen_only_reads(screen, page, verb):
    assert getattr(screen, verb)(page).status_code == 405


def test_until_its_code_is_approved_a_screen_hears_nothing(screen):
    screen.get("/tv/")
    answer = screen.get("/tv/paired/")
    assert answer.status_code == 204
    assert not {"HX-Redirect", "HX-Refresh"} & set(answer.headers)
    assert not answer.cookies


def test_an_approved_screen_gets_its_token_and_goes_on(screen, lead, cast):
    answer = pair(screen, lead, cast.front)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/tv/"
    assert answer.cookies[TOKEN_COOKIE].value
    assert answer.cookies[PAIRING_COOKIE].value == ""
    board = screen.get("/tv/")
    assert board.status_code == 200
    assert code_on(board) is None


@pytest.mark.parametrize("cookie", [None, "", "forged", "22222222"])
def test_without_a_code_of_its_own_a_screen_loads_itself_anew(screen, cookie):
    if cookie is not None:
        screen.cookies[PAIRING_COOKIE] = cookie
    answer = screen.get("/tv/paired/")
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert TOKEN_COOKIE not in answer.cookies


def test_ten_minutes_later_a_screen_loads_itself_anew(screen, monkeypatch):
    screen.get("/tv/")
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 601)
    assert screen.get("/tv/paired/")["HX-Refresh"] == "true"


def test_a_code_signed_with_another_key_is_forged(screen, lead, cast):
    code = new_code()
    lead.post("/displays/", {"code": code, "name": "Wall", "team": cast.front.pk})
    screen.cookies[PAIRING_COOKIE] = signing.dumps(code, key="not our key", salt="eqboard.displays.pairing")
    assert TOKEN_COOKIE not in screen.get("/tv/paired/").cookies


def test_knowing_a_code_is_not_showing_it(screen, lead, cast):
    code = code_on(screen.get("/tv/"))
    lead.post("/displays/", {"code": code, "name": "Wall", "team": cast.front.pk})
    onlooker = Client()
    onlooker.get("/tv/")
    assert TOKEN_COOKIE not in onlooker.get("/tv/paired/").cookies
    assert TOKEN_COOKIE in screen.get("/tv/paired/").cookies


def test_a_screen_whose_code_was_used_up_shows_a_new_one(screen, lead, cast):
    """Two tabs of one browser, an answer that got lost: a token is given once, so the way on is a new code."""
    code = code_on(screen.get("/tv/"))
    pair(screen, lead, cast.front)
    late = Client()
    late.cookies[PAIRING_COOKIE] = sign_code(code)
    assert late.get("/tv/paired/")["HX-Refresh"] == "true"
    assert code_on(late.get("/tv/")) not in (code, None)


def test_both_cookies_are_kept_from_scripts_and_other_sites(screen, lead, cast):
    codes = screen.get("/tv/").cookies[PAIRING_COOKIE]
    token = pair(screen, lead, cast.front).cookies[TOKEN_COOKIE]
    for cookie in (codes, token):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]
    assert codes["max-age"] == 600
    assert token["max-age"] == 400 * 86400


def test_over_https_both_cookies_are_only_sent_over_https(screen, lead, cast, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert screen.get("/tv/").cookies[PAIRING_COOKIE]["secure"]
    assert pair(screen, lead, cast.front).cookies[TOKEN_COOKIE]["secure"]


@pytest.mark.parametrize("page", ["/tv/", "/tv/paired/", "/displays/"])
def test_nothing_of_it_is_kept_in_a_cache(screen, lead, page):
    for client in (screen, lead):
        assert "no-store" in client.get(page)["Cache-Control"]
