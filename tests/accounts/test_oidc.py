"""Signing in by an OpenID Connect provider: there and back, who is let in, and whatever can go wrong in between."""

import base64
import hashlib
import logging
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from eqboard.config import Config
from eqboard.sso import additions
from tests.accounts.more_ways import PROVIDER, more_ways
from tests.accounts.pretend_provider import pretend_provider
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config", "site"), static_files_are_not_collected]

BACK = "/sign-in/provider/back/"
WORD = "a long word"


@pytest.fixture
def provider():
    with pretend_provider() as provider:
        yield provider


@pytest.fixture
def site(more_tables, db, provider, request):
    with more_ways(second_factor=getattr(request, "param", "off"), oidc_url=provider.issuer, **PROVIDER):
        yield


@pytest.fixture(autouse=True)
def known(cast):
    for user in (cast.lead, cast.admin):
        user.email = f"{user.username}@office.example"
        user.set_password(WORD)
        user.save()


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def leave(browser, **form):
    """What the provider is asked, as the page on the way there says it."""
    page = soup(browser.post("/sign-in/provider/", form))
    address = page.select_one("meta[http-equiv=refresh]")["content"].partition("url=")[2]
    assert page.select_one("main a.button")["href"] == address
    return address, {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def come_back(browser, **form):
    """There and back again, as somebody whom the provider knows."""
    _address, asked = leave(browser, **form)
    return browser.get(BACK, {"code": "canary-code", "state": asked["state"]})


def is_signed_in(browser):
    return browser.get("/password/").status_code == 200


def refusal(answer, status=403):
    """The sentence of a page that says no."""
    assert answer.status_code == status
    assert soup(answer).h1.text == "Not signed in"
    return soup(answer).select_one("main p").text


# There and back


def test_the_sign_in_page_offers_it_beside_the_password(browser):
    page = soup(browser.get("/sign-in/", {"next": "/displays/"}))
    form = page.select_one("form[action='/sign-in/provider/']")
    assert form.select_one("button").text == "Sign in with Office"
    assert form.select_one("[name=next]")["value"] == "/displays/"
    assert form.select_one("[name=csrfmiddlewaretoken]")
    assert page.select_one("[name=password]")


def test_the_provider_is_asked_by_a_page_of_its_own_with_state_and_pkce(browser, provider):
    address, asked = leave(browser)
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert (asked["client_id"], asked["response_type"]) == ("eqboard", "code")
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert len(asked["state"]) >= 16
    assert PROVIDER["oidc_client_secret"] not in address


def test_whoever_the_provider_knows_by_a_verified_address_is_in(browser, provider, cast):
    assert come_back(browser)["Location"] == "/"
    assert soup(browser.get("/password/")).select_one(".menu-name").text == "lead"
    assert "_session_expiry" in browser.session
    cast.lead.refresh_from_db()
    assert cast.lead.check_password(WORD), "their password stays what it was"


def test_the_code_is_redeemed_with_our_secret_and_what_only_we_know(browser, provider):
    _address, asked = leave(browser)
    browser.get(BACK, {"code": "canary-code", "state": asked["state"]})
    heard = provider.heard["/token"]
    digest = hashlib.sha256(heard["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert (heard["code"], heard["client_secret"]) == ("canary-code", PROVIDER["oidc_client_secret"])
    assert heard["redirect_uri"] == asked["redirect_uri"]


@pytest.mark.parametrize(("asked", "goes_to"), [("/displays/", "/displays/"), ("https://evil.example/", "/")])
def test_one_comes_back_to_where_one_was_going_and_never_to_another_site(browser, asked, goes_to):
    assert come_back(browser, next=asked)["Location"] == goes_to


def test_a_session_planted_before_is_not_signed_in(browser):
    leave(browser)
    planted = browser.cookies["sessionid"].value
    come_back(browser)
    assert browser.cookies["sessionid"].value != planted


def test_an_address_may_stand_in_what_the_provider_tells_of_the_user_alone(browser, provider):
    provider.claims = {"email": None}
    provider.userinfo = {"sub": "7", "email": "lead@office.example", "email_verified": True}
    assert come_back(browser).status_code == 302


@pytest.mark.parametrize(
    ("here", "there"), [("Lead@Office.example", "lead@office.example"), ("a@b.example", "A@B.example")]
)
def test_capitals_make_no_other_address(browser, provider, cast, here, there):
    cast.lead.email = here
    cast.lead.save()
    provider.claims["email"] = there
    assert come_back(browser).status_code == 302


def test_nothing_of_the_provider_is_kept(browser, provider):
    come_back(browser)
    for model in apps.get_app_config("socialaccount").get_models():
        assert not model.objects.exists()
    sessions = str([each.get_decoded() for each in Session.objects.all()])
    for secret in ("canary", PROVIDER["oidc_client_secret"]):
        assert secret not in sessions


def test_whoever_is_signed_in_already_goes_to_the_board(browser, cast):
    browser.force_login(cast.lead)
    assert browser.get(BACK, {"code": "x", "state": "y"})["Location"] == "/"


@pytest.mark.parametrize("extra", ["?process=connect", "?scope=admin", "?auth_params=prompt%3Dnone"])
def test_an_address_cannot_ask_the_provider_for_more(browser, provider, cast, extra):
    page = soup(browser.post(f"/sign-in/provider/{extra}"))
    address = page.select_one("main a.button")["href"]
    asked = parse_qs(urlsplit(address).query)
    assert "admin" not in asked["scope"][0].split()
    assert "prompt" not in asked
    assert browser.get(BACK, {"code": "x", "state": asked["state"][0]})["Location"] == "/"


# Who is not let in


def test_an_address_that_is_not_verified_lets_nobody_in(browser, provider):
    for verified in (False, "false", None, "nonsense", 0):
        provider.claims["email_verified"] = verified
        assert "does not say that your e-mail address is yours" in refusal(come_back(browser))
    assert not is_signed_in(browser)


def test_nor_does_an_answer_without_one(browser, provider):
    provider.claims = {"email": None}
    provider.userinfo = {"sub": "7"}
    assert "your e-mail address is yours" in refusal(come_back(browser))


def test_somebody_unknown_is_told_whom_to_ask(browser, provider):
    provider.claims["email"] = "stranger@office.example"
    assert "knows nobody with the address stranger@office.example" in refusal(come_back(browser))
    assert not User.objects.filter(email="stranger@office.example")


def test_whoever_was_deactivated_is_unknown(browser, cast):
    cast.lead.is_active = False
    cast.lead.save()
    assert "knows nobody" in refusal(come_back(browser))


def test_two_with_one_address_are_none(browser, cast):
    cast.viewer.email = "LEAD@office.example"
    cast.viewer.save()
    assert "Several people" in refusal(come_back(browser))
    assert not is_signed_in(browser)


def test_people_without_an_address_are_nobody_s(browser, provider):
    provider.claims["email"] = ""
    assert "your e-mail address is yours" in refusal(come_back(browser))


# What is not believed


@pytest.mark.parametrize("state", ["", "forged", None])
def test_a_state_that_this_browser_did_not_begin_with_is_refused(browser, provider, state):
    leave(browser)
    query = {"code": "canary-code"} | ({} if state is None else {"state": state})
    assert "begun too long ago, or in another browser" in refusal(browser.get(BACK, query))
    assert "/token" not in provider.heard
    assert not is_signed_in(browser)


def test_a_state_is_good_once_and_in_its_own_browser(browser):
    _address, asked = leave(browser)
    back = {"code": "canary-code", "state": asked["state"]}
    assert "another browser" in refusal(Client().get(BACK, back))
    assert browser.get(BACK, back).status_code == 302
    browser.post("/sign-out/")
    assert "another browser" in refusal(browser.get(BACK, back))


def test_who_turns_back_at_the_provider_is_told_that_nothing_happened(browser):
    _address, asked = leave(browser)
    answer = browser.get(BACK, {"error": "access_denied", "state": asked["state"]})
    assert "You did not go on at Office" in refusal(answer)


UNBELIEVABLE = {
    "another issuer": {"iss": "https://evil.example"},
    "for somebody else": {"aud": "another-client"},
    "over": {"exp": 1},
    "about nobody": {"sub": None},
    "about what is no name": {"sub": ["7"]},
}


@pytest.mark.parametrize("what", UNBELIEVABLE)
def test_an_id_token_that_is_not_for_us_now_is_not_believed(browser, provider, what):
    provider.claims |= UNBELIEVABLE[what]
    assert "could not be believed" in refusal(come_back(browser))
    assert not is_signed_in(browser)


def test_what_is_told_about_somebody_else_is_not_believed(browser, provider):
    provider.claims = {"email": None}
    provider.userinfo = {"sub": "8", "email": "lead@office.example", "email_verified": True}
    assert "could not be believed" in refusal(come_back(browser))


NONSENSE = [b"", b"nonsense", b"[]", b"null", b"{}", b'{"access_token": 1}', b'{"access_token": "x", "id_token": "y"}']


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_token_that_makes_no_sense_is_a_sentence(browser, provider, status, body):
    _address, asked = leave(browser)
    provider.broken["/token"] = (status, body)
    answer = browser.get(BACK, {"code": "canary-code", "state": asked["state"]})
    assert answer.status_code in (403, 503)
    assert refusal(answer, answer.status_code)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": None},
        {"token_endpoint": "ftp://x"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=["another issuer", "no issuer", "no endpoint", "another scheme", "a script"],
)
def test_a_provider_that_is_not_the_configured_one_is_not_gone_to(browser, provider, discovery):
    provider.discovery = discovery
    assert "is not what eqboard was set up for" in refusal(browser.post("/sign-in/provider/"))


@pytest.mark.parametrize("answer", [(500, b"{}"), (404, b""), (200, b"nonsense")])
def test_a_provider_that_does_not_answer_is_a_sentence(browser, provider, answer):
    provider.broken["/.well-known/openid-configuration"] = answer
    assert refusal(browser.post("/sign-in/provider/"), 503)


def test_a_provider_that_went_away_meanwhile_is_a_sentence_too(browser, provider):
    _address, asked = leave(browser)
    provider.broken["/.well-known/openid-configuration"] = (502, b"")
    answer = browser.get(BACK, {"code": "canary-code", "state": asked["state"]})
    assert "Office does not answer" in refusal(answer, 503)


def test_nothing_secret_is_logged(browser, provider, caplog):
    caplog.set_level(logging.INFO)
    come_back(browser)
    browser.post("/sign-out/")
    provider.broken["/token"] = (400, b'{"error": "canary-code is wrong"}')
    come_back(browser)
    assert "failed" in caplog.text
    for secret in ("canary", PROVIDER["oidc_client_secret"]):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("verb", "path"), [("get", "/sign-in/provider/"), ("put", "/sign-in/provider/"), ("post", BACK)]
)
def test_other_verbs_do_nothing(browser, verb, path):
    assert getattr(browser, verb)(path).status_code == 405


def test_going_there_needs_our_own_page():
    assert Client(enforce_csrf_checks=True).post("/sign-in/provider/").status_code == 403


def test_a_document_of_another_shape_is_not_the_provider_s(browser, provider):
    provider.broken["/.well-known/openid-configuration"] = (200, b"[]")
    assert "is not what eqboard was set up for" in refusal(browser.post("/sign-in/provider/"))


# What settings add


@pytest.fixture
def newcomers(settings):
    settings.OIDC_CREATE_USERS = True


def test_a_newcomer_comes_without_a_team(newcomers, browser, provider):
    provider.claims |= {"email": "New@office.example", "given_name": "Noa", "family_name": "Levi"}
    assert come_back(browser)["Location"] == "/"
    user = User.objects.get(email="new@office.example")
    assert (user.username, user.first_name, user.last_name) == ("new@office.example", "Noa", "Levi")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert "you are in no team" in browser.get("/").text
    browser.post("/sign-out/")
    come_back(browser)
    assert User.objects.filter(email="new@office.example").count() == 1


def test_an_unverified_newcomer_does_not_come(newcomers, browser, provider):
    provider.claims |= {"email": "new@office.example", "email_verified": False}
    refusal(come_back(browser))
    assert not User.objects.filter(email__startswith="new@")


def test_a_newcomer_takes_nobody_s_name_nor_place(newcomers, browser, provider, cast):
    cast.viewer.username = "new@office.example"
    cast.viewer.save()
    provider.claims["email"] = "new@office.example"
    assert "Several people" in refusal(come_back(browser))


def test_whoever_was_deactivated_does_not_come_anew(newcomers, browser, cast):
    cast.lead.is_active = False
    cast.lead.save()
    refusal(come_back(browser))
    assert User.objects.filter(email="lead@office.example").count() == 1


@pytest.fixture
def only(settings):
    settings.OIDC_ONLY = True


def test_then_passwords_are_not_asked_for(only, browser):
    assert not soup(browser.get("/sign-in/")).select_one("[name=password]")
    assert soup(browser.get("/sign-in/?password")).select_one("[name=password]")


def test_and_let_in_administrators_alone(only, browser):
    refused = browser.post("/sign-in/?password", {"username": "lead", "password": WORD})
    assert "Passwords are for administrators here. Sign in with Office." in soup(refused).select_one(".error").text
    assert not is_signed_in(browser)
    assert browser.post("/sign-in/?password", {"username": "admin", "password": WORD}).status_code == 302


def test_a_wrong_password_is_told_what_it_is_told_everywhere(only, browser):
    said = [
        re.sub(
            r"\s+", " ", soup(browser.post("/sign-in/", {"username": name, "password": "x"})).select_one(".error").text
        )
        for name in ("lead", "nobody", "admin")
    ]
    assert len(set(said)) == 1


# Addresses that the provider does not call verified


@pytest.mark.parametrize(
    ("domains", "status"),
    [("office.example", 302), ("other.example, OFFICE.example", 302), ("other.example", 403), ("e.example", 403)],
)
def test_those_of_some_domains_may_count_all_the_same(browser, provider, settings, domains, status):
    config = Config(oidc_url=provider.issuer, oidc_verified_domains=domains, **PROVIDER)
    settings.SOCIALACCOUNT_PROVIDERS = additions(config).values["SOCIALACCOUNT_PROVIDERS"]
    provider.claims["email_verified"] = None
    assert come_back(browser).status_code == status


# Both together


@pytest.mark.parametrize("site", ["optional"], indirect=True)
def test_a_second_factor_is_asked_for_after_the_provider_too(browser, cast):
    authenticator = apps.get_model("mfa", "Authenticator")
    authenticator.objects.create(user=cast.lead, type="totp", data={"secret": "nobody's"})
    assert come_back(browser, next="/displays/")["Location"] == "/sign-in/code/"
    assert not is_signed_in(browser)
    assert browser.get("/sign-in/code/").status_code == 200


@pytest.mark.parametrize("site", ["optional"], indirect=True)
def test_whoever_has_no_password_sets_one_up_without(newcomers, browser, provider, settings):
    settings.SECOND_FACTOR = "required"
    provider.claims["email"] = "new@office.example"
    come_back(browser)
    assert browser.get("/")["Location"] == "/second-factor/"
    assert browser.get("/second-factor/set-up/").status_code == 200
