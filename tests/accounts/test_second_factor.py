"""A second factor: setting it up, signing in by it, guessing, losing it, and where everybody needs one."""

import base64
import hmac
import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import AsyncClient, Client

from eqboard.accounts.access import NOTHING
from eqboard.accounts.rights import rights_of
from tests.cast import static_files_are_not_collected

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("config", "second_factor", "known"),
    static_files_are_not_collected,
]

WORD = "a long word"
PERIOD_SECONDS = 30
NOW = 1_800_000_000  # seconds since 1970, for whoever makes or checks a code


@pytest.fixture
def known(cast):
    for user in (cast.lead, cast.viewer, cast.admin):
        user.set_password(WORD)
        user.save()


@pytest.fixture(autouse=True)
def clock(second_factor, monkeypatch):
    monkeypatch.setattr(import_module("allauth.mfa.totp.internal.auth"), "time", SimpleNamespace(time=lambda: NOW))


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


@pytest.fixture
def secret(browser):
    """The lead's, who has set it up in this browser and is signed out."""
    sign_in(browser)
    secret = set_up(browser)
    browser.post("/sign-out/")
    return secret


def authenticators():
    return apps.get_model("mfa", "Authenticator").objects.all()


def code_of(secret, later=0):
    """That of this half minute, or of a later one, as an app makes it (RFC 4226, section 5.3)."""
    counter = NOW // PERIOD_SECONDS + later
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFF_FFFF) % 1_000_000:06}"


def wrong_code(secret):
    near = {code_of(secret, each) for each in range(-3, 4)}
    return next(each for each in map(str, range(100_000, 100_010)) if each not in near)


def sign_in(browser, name="lead", word=WORD, **more):
    return browser.post("/sign-in/", {"username": name, "password": word, **more})


def confirm(browser, word=WORD):
    """Who it is, once more, as is asked for before the second factor changes."""
    return browser.post("/second-factor/password/?next=/second-factor/set-up/", {"password": word})


def shown_secret(answer):
    return soup(answer).select_one(".secret").text.replace(" ", "")


def set_up(browser):
    confirm(browser)
    secret = shown_secret(browser.get("/second-factor/set-up/"))
    answer = browser.post("/second-factor/set-up/", {"code": code_of(secret, -1)})
    assert answer["Location"] == "/second-factor/recovery-codes/"
    return secret


def recovery_codes(browser):
    return [each.text for each in soup(browser.get("/second-factor/recovery-codes/")).select(".recovery-codes li")]


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def is_signed_in(browser):
    return browser.get("/password/").status_code == 200


# Setting it up


def test_whoever_has_none_signs_in_by_the_password_alone(browser):
    assert sign_in(browser, next="/displays/")["Location"] == "/displays/"
    assert is_signed_in(browser)
    assert soup(browser.get("/password/")).select_one('.menu a[href="/second-factor/"]').text == "Second factor"


def test_the_page_tells_how_it_is_and_leads_on(browser):
    sign_in(browser)
    assert "by your password alone" in browser.get("/second-factor/").text
    set_up(browser)
    page = browser.get("/second-factor/").text
    assert "It is on" in page
    assert "10 recovery codes are left" in page


def test_before_it_is_set_up_the_password_is_asked_once_more(browser):
    sign_in(browser)
    asked = browser.get("/second-factor/set-up/")
    assert asked["Location"] == "/second-factor/password/?next=%2Fsecond-factor%2Fset-up%2F"
    wrong = confirm(browser, word="another word")
    assert soup(wrong).select_one(".error").text
    assert not browser.get("/second-factor/set-up/").text
    assert confirm(browser)["Location"] == "/second-factor/set-up/"
    assert browser.get("/second-factor/set-up/").status_code == 200


def test_the_key_is_drawn_in_the_page_itself(browser):
    sign_in(browser)
    confirm(browser)
    answer = browser.get("/second-factor/set-up/")
    page = soup(answer)
    drawing = page.select_one("svg.qr")
    assert drawing["aria-label"]
    size = int(drawing["viewbox"].split()[2])
    marks = re.findall(r"M(\d+) (\d+)h1v1h-1z", drawing.select_one("path")["d"])
    assert {"".join(each) for each in [marks[0]]} == {"44"}, "the quiet margin, then the corner of the first pattern"
    assert all(4 <= int(x) < size - 4 and 4 <= int(y) < size - 4 for x, y in marks)
    assert not page.select("[style], img, script:not([src])")
    assert "no-store" in answer["Cache-Control"]


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(browser):
    sign_in(browser)
    confirm(browser)
    secret = shown_secret(browser.get("/second-factor/set-up/"))
    refused = browser.post("/second-factor/set-up/", {"code": wrong_code(secret)})
    assert "This code is wrong" in soup(refused).select_one(".error").text
    assert shown_secret(refused) == secret
    assert not authenticators()
    assert browser.post("/second-factor/set-up/", {"code": code_of(secret)}).status_code == 302


def test_secrets_are_sealed_in_the_database(secret, settings):
    kept = {each.type: str(each.data) for each in authenticators()}
    assert set(kept) == {"totp", "recovery_codes"}
    assert secret not in kept["totp"]
    settings.SECRET_KEY = "another key, of which nothing here has ever been sealed"
    browser = Client()
    sign_in(browser)
    assert browser.post("/sign-in/code/", {"code": code_of(secret)}).status_code == 200, "no code is right any more"


def test_setting_it_up_signs_one_out_everywhere_else(browser, cast):
    elsewhere, another = Client(), Client()
    sign_in(elsewhere)
    sign_in(another, "viewer")
    sign_in(browser)
    set_up(browser)
    assert is_signed_in(browser)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(another)


# Signing in by it


def test_the_password_is_followed_by_the_code(browser, secret):
    asked = sign_in(browser, next="/displays/")
    assert asked["Location"] == "/sign-in/code/"
    assert not is_signed_in(browser)
    assert soup(browser.get("/sign-in/code/")).select_one("input[autocomplete=one-time-code]")
    assert browser.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/displays/"
    assert is_signed_in(browser)


def test_signing_in_by_it_makes_a_new_session_that_ends(browser, secret, settings):
    sign_in(browser)
    before = browser.cookies["sessionid"].value
    browser.post("/sign-in/code/", {"code": code_of(secret)})
    assert browser.cookies["sessionid"].value != before
    assert "_session_expiry" in browser.session


def test_a_code_is_good_once_and_none_that_is_older(browser, secret):
    newest, older = code_of(secret, 1), code_of(secret)
    sign_in(browser)
    assert browser.post("/sign-in/code/", {"code": newest}).status_code == 302
    other = Client()
    sign_in(other)
    for spent in (newest, older):
        assert "used before" in other.post("/sign-in/code/", {"code": spent}).text
    assert not is_signed_in(other)


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"code": "x" * 21}, {"code": "a\0b"}, {"code": "ñandú"}])
def test_a_code_that_cannot_be_one_is_refused_in_its_form(browser, secret, form):
    sign_in(browser)
    answer = browser.post("/sign-in/code/", form)
    assert (answer.status_code, bool(soup(answer).select_one(".error").text)) == (200, True)
    assert not is_signed_in(browser)


def test_the_code_s_page_is_for_whoever_has_just_said_the_password(browser, secret):
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert browser.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/sign-in/"
    assert not is_signed_in(browser)


def test_a_password_said_too_long_ago_is_asked_again(browser, secret, settings):
    settings.ACCOUNT_LOGIN_TIMEOUT = -1
    sign_in(browser)
    assert browser.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/sign-in/"


def test_the_administration_asks_for_it_as_well(browser, cast):
    sign_in(browser, "admin")
    secret = set_up(browser)
    browser.post("/sign-out/")
    asked = browser.get("/admin/login/", {"next": "/admin/auth/user/"})
    assert asked["Location"] == "/sign-in/?next=/admin/auth/user/"
    assert browser.post("/admin/login/", {"username": "admin", "password": WORD}).status_code == 405
    assert sign_in(browser, "admin", next="/admin/auth/user/")["Location"] == "/sign-in/code/"
    assert browser.get("/admin/auth/user/").status_code == 302
    browser.post("/sign-in/code/", {"code": code_of(secret)})
    assert browser.get("/admin/auth/user/").status_code == 200


# Guessing


def test_whoever_guesses_codes_is_made_to_wait_wherever_they_come_from(browser, secret, settings):
    sign_in(browser)
    for each in range(settings.AXES_FAILURE_LIMIT - 1):
        answer = browser.post("/sign-in/code/", {"code": wrong_code(secret)}, REMOTE_ADDR=f"203.0.113.{each}")
        assert answer.status_code == 200
    locked = browser.post("/sign-in/code/", {"code": wrong_code(secret)})
    assert (locked.status_code, "The code was wrong too often" in locked.text) == (429, True)
    right = browser.post("/sign-in/code/", {"code": code_of(secret)}, REMOTE_ADDR="203.0.113.99")
    assert (right.status_code, "The code was wrong too often" in right.text) == (429, True)
    assert not is_signed_in(browser)


def test_passwords_are_guessed_as_ever(cast, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = sign_in(Client(), word="wrong")
    assert (locked.status_code, "The password was wrong too often" in locked.text) == (429, True)
    assert (
        Client().post("/sign-in/", {"username": "lead", "password": WORD}, REMOTE_ADDR="203.0.113.9").status_code == 302
    )


def test_nor_is_the_password_guessed_where_it_is_asked_once_more(browser, settings):
    sign_in(browser)
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert confirm(browser, word="wrong").status_code == 200
    assert confirm(browser, word="wrong").status_code == 429
    assert confirm(browser).status_code == 429


def test_nor_the_code_where_it_is(browser, secret, settings, cast):
    cast.lead.set_unusable_password()
    cast.lead.save()
    browser.force_login(cast.lead)
    page = "/second-factor/code/?next=/second-factor/take-away/"
    assert browser.get("/second-factor/take-away/")["Location"].startswith("/second-factor/code/")
    assert browser.post(page, {"code": code_of(secret)})["Location"] == "/second-factor/take-away/"
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = browser.post(page, {"code": wrong_code(secret)})
    assert answer.status_code == 429


def test_guessed_codes_are_not_written_down(browser, secret):
    sign_in(browser)
    guess = wrong_code(secret)
    browser.post("/sign-in/code/", {"code": guess})
    assert guess not in AccessAttempt.objects.get().post_data


def test_wrong_codes_do_not_lock_the_password_s_page_nor_a_wrong_password_the_code_s(browser, secret, settings):
    sign_in(browser)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        browser.post("/sign-in/code/", {"code": wrong_code(secret)})
    assert sign_in(Client())["Location"] == "/sign-in/code/"
    AccessAttempt.objects.all().delete()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), " code of lead", "wrong")
    assert browser.post("/sign-in/code/", {"code": code_of(secret)}).status_code == 302


def test_a_right_code_forgets_the_wrong_ones(browser, secret, settings):
    sign_in(browser)
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        browser.post("/sign-in/code/", {"code": wrong_code(secret)})
    assert browser.post("/sign-in/code/", {"code": code_of(secret)}).status_code == 302
    assert not AccessAttempt.objects.exists()


# Recovery codes


def test_recovery_codes_are_shown_once_and_each_signs_in_once(browser):
    sign_in(browser)
    set_up(browser)
    codes = recovery_codes(browser)
    assert len(set(codes)) == 10
    assert recovery_codes(browser) == []
    browser.post("/sign-out/")
    for expected in (302, 200):
        other = Client()
        sign_in(other)
        assert other.post("/sign-in/code/", {"code": codes[0]}).status_code == expected


def test_new_recovery_codes_replace_the_old_ones(browser):
    sign_in(browser)
    set_up(browser)
    old = recovery_codes(browser)
    assert browser.post("/second-factor/recovery-codes/new/")["Location"] == "/second-factor/recovery-codes/"
    assert not set(old) & set(recovery_codes(browser))
    assert browser.get("/second-factor/recovery-codes/new/").status_code == 405


def test_without_a_second_factor_there_are_none(browser):
    sign_in(browser)
    confirm(browser)
    assert browser.post("/second-factor/recovery-codes/new/")["Location"] == "/second-factor/"
    assert browser.get("/second-factor/recovery-codes/").status_code == 404


# Taking it away


def test_one_takes_it_away_oneself(browser, secret):
    sign_in(browser)
    browser.post("/sign-in/code/", {"code": code_of(secret)})
    asked = browser.post("/second-factor/take-away/")
    assert asked["Location"].startswith("/second-factor/password/"), "not on a screen that was left alone"
    confirm(browser)
    assert browser.get("/second-factor/take-away/").status_code == 200
    assert browser.post("/second-factor/take-away/")["Location"] == "/second-factor/"
    assert not authenticators()


def test_an_administrator_takes_it_away_from_whoever_lost_it(browser, cast):
    sign_in(browser)
    set_up(browser)
    office = Client()
    office.force_login(cast.admin)
    assert "Take the second factor away" in office.get("/admin/auth/user/").text
    chosen = {"action": "take_second_factor_away", "_selected_action": [cast.lead.pk, cast.viewer.pk]}
    told = office.post("/admin/auth/user/", chosen, follow=True)
    assert "1 second factor was taken away" in told.text
    assert not authenticators()
    assert not is_signed_in(browser), "the lost device may be signed in"
    assert LogEntry.objects.get().object_id == str(cast.lead.pk)
    assert sign_in(browser)["Location"] == "/"


@pytest.mark.parametrize("page", ["mfa/authenticator", "account/emailaddress", "socialaccount/socialapp"])
def test_the_administration_shows_nothing_of_allauth_s_own(client, cast, page):
    client.force_login(cast.admin)
    assert client.get(f"/admin/{page}/").status_code == 404


def test_a_person_is_deleted_with_their_second_factor(browser, secret, cast):
    cast.lead.delete()
    assert not authenticators()


@pytest.mark.parametrize("page", ["", "set-up/", "take-away/", "recovery-codes/", "password/", "code/"])
def test_a_stranger_has_no_second_factor(client, page):
    assert client.get(f"/second-factor/{page}")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
@pytest.mark.parametrize("page", ["second-factor/", "second-factor/set-up/", "sign-in/code/", "second-factor/code/"])
def test_other_verbs_do_nothing(browser, verb, page):
    sign_in(browser)
    assert getattr(browser, verb)(f"/{page}").status_code == 405


# Where everybody needs one


@pytest.fixture
def strict(required, browser):
    sign_in(browser)
    return browser


@pytest.mark.parametrize(
    "page", ["/", "/tv/", "/boards/", "/password/", "/working/", "/seat/", "/displays/", "/audit/"]
)
def test_without_one_every_page_leads_to_setting_it_up(strict, page):
    assert strict.get(page)["Location"] == "/second-factor/"
    assert "Everybody needs one here" in strict.get("/second-factor/").text


def test_pages_that_are_asked_asynchronously_too(required, cast):
    client = AsyncClient()
    client.force_login(cast.lead)
    assert async_to_sync(client.get)("/")["Location"] == "/second-factor/"


def test_what_a_page_asks_for_by_itself_is_refused_and_not_led_on(strict):
    assert strict.get("/tv/paired/", headers={"Sec-Fetch-Dest": "empty"}).status_code == 403
    assert strict.get("/", headers={"Sec-Fetch-Dest": "document"}).status_code == 302


def test_nor_does_an_administrator_get_further(required, cast):
    office = Client()
    office.force_login(cast.admin)
    assert office.get("/admin/")["Location"] == "/second-factor/"


def test_one_has_no_rights_before_whatever_asks(required, cast):
    assert rights_of(cast.lead) == rights_of(cast.admin) == NOTHING


def test_signing_out_and_another_language_are_left(strict):
    assert strict.post("/i18n/setlang/", {"language": "es", "next": "/second-factor/"})["Location"] == "/second-factor/"
    assert strict.get("/healthz").status_code in (200, 503)
    assert strict.post("/sign-out/")["Location"] == "/sign-in/"
    assert strict.get("/sign-in/").status_code == 200


def test_with_one_everything_is_as_ever(strict, cast):
    set_up(strict)
    assert is_signed_in(strict)
    assert rights_of(cast.lead).grants


def test_a_screen_on_the_wall_needs_none(required, screen):
    assert screen.get("/tv/").status_code == 200
