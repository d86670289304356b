"""Signing in and out, and one's own password."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


def sign_in(client, name, password, **headers):
    return client.post("/sign-in/", {"username": name, "password": password}, **headers)


def test_whoever_guesses_a_password_is_made_to_wait(client, cast, settings):
    cast.lead.set_password("right-password")
    cast.lead.save()
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "lead", "wrong").status_code == 200
    assert sign_in(client, "lead", "wrong").status_code == 429
    refused = sign_in(client, "lead", "right-password")
    assert refused.status_code == 429
    assert "five minutes" in refused.text
    assert sign_in(client, "lead", "right-password", REMOTE_ADDR="203.0.113.9").status_code == 302


def test_wrong_tries_do_not_count_for_somebody_else_nor_after_a_right_one(client, cast, settings):
    for user in (cast.lead, cast.viewer):
        user.set_password("right-password")
        user.save()
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(client, "lead", "wrong")
        assert sign_in(client, "viewer", "right-password").status_code == 302
        client.post("/sign-out/")
        assert sign_in(client, "lead", "right-password").status_code == 302
        client.post("/sign-out/")


def test_everybody_changes_their_own_password(client, cast):
    cast.viewer.set_password("old-password-1")
    cast.viewer.save()
    client.force_login(cast.viewer)
    form = {"old_password": "old-password-1", "new_password1": "a-new-one-2026", "new_password2": "a-new-one-2026"}
    assert client.post("/password/", form | {"old_password": "wrong"}).status_code == 200
    assert client.post("/password/", form)["Location"] == "/"
    assert client.get("/").status_code != 302, "one stays signed in"
    cast.viewer.refresh_from_db()
    assert cast.viewer.check_password("a-new-one-2026")


def test_a_stranger_changes_no_password(client, db):
    assert client.get("/password/")["Location"].startswith("/sign-in/")


def test_a_password_that_is_too_short_is_refused_with_the_rule(client, cast):
    cast.viewer.set_password("old-password-1")
    cast.viewer.save()
    client.force_login(cast.viewer)
    form = {"old_password": "old-password-1", "new_password1": "short", "new_password2": "short"}
    assert "10" in BeautifulSoup(client.post("/password/", form).text, "html.parser").select_one(".error").text


@pytest.fixture
def known(cast):
    cast.lead.set_password("a long word")
    cast.lead.save()
    return {"username": "lead", "password": "a long word"}


def test_signing_in_leads_to_the_board_with_a_new_session(screen, known):
    answer = screen.post("/sign-in/", known)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_planted_before_is_not_signed_in(screen, known, cast):
    screen.force_login(cast.viewer)
    planted = screen.cookies["sessionid"].value
    screen.logout()
    screen.cookies["sessionid"] = planted
    screen.post("/sign-in/", known)
    assert screen.cookies["sessionid"].value != planted


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/tv/", "/tv/"),
        ("/displays/?a=b", "/displays/?a=b"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("", "/"),
    ],
)
def test_signing_in_never_leads_to_another_site(screen, known, asked, goes_to):
    assert screen.post("/sign-in/", known | {"next": asked})["Location"] == goes_to


def test_whoever_is_signed_in_is_not_led_away_either(lead):
    assert lead.get("/sign-in/", {"next": "https://evil.example/"})["Location"] == "/"


def test_a_wrong_password_and_a_wrong_name_sound_the_same(screen, known):
    wrong_word = screen.post("/sign-in/", known | {"password": "x"})
    wrong_name = screen.post("/sign-in/", known | {"username": "nobody"})
    said = [BeautifulSoup(each.text, "html.parser").select_one(".error").text for each in (wrong_word, wrong_name)]
    assert said[0] == said[1]
    assert wrong_word.status_code == 200


def test_signing_in_and_out_need_our_own_page(known, cast):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", known).status_code == 403
    client.force_login(cast.lead)
    assert client.post("/sign-out/").status_code == 403


def test_signing_out_is_a_post(lead):
    assert lead.get("/sign-out/").status_code == 405
    assert lead.get("/").status_code == 200
    lead.post("/sign-out/")
    assert lead.get("/").status_code == 302
