"""How long a sign-in lasts, where it ends, and what its cookies are."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.test import Client

from eqboard.accounts.session_store import SessionStore
from eqboard.accounts.sessions import end_sessions
from eqboard.config import ROOT
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

WORD = "a long word"


@pytest.fixture(autouse=True)
def known(cast):
    for user in (cast.lead, cast.viewer, cast.admin):
        user.set_password(WORD)
        user.save()


def signed_in(name="lead"):
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": WORD}).status_code == 302
    return client


def is_signed_in(client):
    return client.get("/password/").status_code == 200


def ends_at():
    return Session.objects.get().expire_date


def test_a_sign_in_lasts_for_a_day_at_the_office(settings):
    began = datetime.now(UTC)
    client = signed_in()
    lasts = timedelta(hours=12)
    assert began + lasts <= ends_at() <= datetime.now(UTC) + lasts
    assert client.cookies["sessionid"]["max-age"] in range(lasts.seconds - 60, lasts.seconds + 1)


def test_what_is_done_meanwhile_does_not_prolong_it():
    client = signed_in()
    end = ends_at()
    session = client.session
    session["anything"] = 1
    session.save()
    assert abs(ends_at() - end) < timedelta(milliseconds=1)


def test_when_it_is_over_one_signs_in_again():
    client = signed_in()
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["themself", "an administrator"])
def test_a_new_password_ends_every_other_session(cast, who):
    here, elsewhere, somebody = signed_in(), signed_in(), signed_in("viewer")
    if who == "themself":
        new = {"new_password1": "battery staple", "new_password2": "battery staple"}
        assert here.post("/password/", {"old_password": WORD, **new}).status_code == 302
    else:
        user = User.objects.get(pk=cast.lead.pk)
        user.set_password("battery staple")
        user.save()
    assert is_signed_in(here) is (who == "themself")
    assert not is_signed_in(elsewhere)
    assert is_signed_in(somebody)


def test_whoever_is_deactivated_is_signed_in_no_more(cast):
    client = signed_in()
    User.objects.filter(pk=cast.lead.pk).update(is_active=False)
    assert not is_signed_in(client)


def test_somebody_can_be_signed_out_everywhere(cast):
    one, other, somebody, stranger = signed_in(), signed_in(), signed_in("viewer"), Client()
    stranger.get("/sign-in/")
    end_sessions(cast.lead.pk, but=other.session.session_key)
    assert [is_signed_in(each) for each in (one, other, somebody)] == [False, True, True]
    end_sessions(cast.lead.pk)
    assert not is_signed_in(other)


# The administration


def test_the_administration_has_no_page_of_its_own_to_sign_in_at(client):
    asked = client.get("/admin/login/", {"next": "/admin/auth/user/"})
    assert asked["Location"] == "/sign-in/?next=/admin/auth/user/"
    assert client.get("/admin/login/")["Location"] == "/sign-in/?next=/admin/"
    assert client.post("/admin/login/", {"username": "admin", "password": WORD}).status_code == 405
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_an_administrator_who_signed_in_goes_on(client):
    sent = {"username": "admin", "password": WORD, "next": "/admin/auth/user/"}
    assert client.post("/sign-in/", sent)["Location"] == "/admin/auth/user/"
    assert client.get("/admin/auth/user/").status_code == 200


def test_who_is_none_is_told_so_and_not_led_in_circles(cast, client):
    client.force_login(cast.lead)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403


def test_whoever_guesses_an_administrator_s_password_is_made_to_wait_as_everybody_is(client, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/sign-in/", {"username": "admin", "password": "wrong", "next": "/admin/"})
    assert answer.status_code == 429


# Cookies


def test_cookies_over_https_are_for_this_host_and_https_alone():
    """In a process of its own: settings are read once."""
    program = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        " s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_AGE)"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "eqboard.settings",
        "EQBOARD_SECRET_KEY": "k" * 50,
        "EQBOARD_SESSION_HOURS": "8",
    }
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__Host-sessionid", "True", "True", "True", "None", "/", "28800"]


@pytest.mark.parametrize("cookie", ['"eightletters\\000"', "eight-letters", '"\\351ightletters"', '""'])
def test_what_can_be_nobodys_key_is_not_looked_for(cookie, django_assert_num_queries):
    """In quotes a cookie can hold a NUL, which PostgreSQL refuses with an error."""
    client = Client(headers={"cookie": f"sessionid={cookie}"})
    with django_assert_num_queries(0):
        assert client.get("/password/").status_code == 302


def test_a_key_of_ours_opens_its_session():
    client = signed_in()
    key = client.cookies["sessionid"].value
    assert SessionStore(key).session_key == key
    assert is_signed_in(client)


def test_who_is_signed_in_by_djangos_own_store_stays_so():
    """As by an eqboard of before: what is in a session is sealed by the name of the class that wrote it."""
    written = db.SessionStore()
    written["word"] = WORD
    written.save()
    assert SessionStore(written.session_key)["word"] == WORD
