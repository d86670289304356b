"""A screen's way over HTTP: it shows a code, somebody approves it, it goes on by itself; and who may do that."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client

from eqboard.accounts.displays import PAIRING_COOKIE, TOKEN_COOKIE, new_code, read_code, read_signed_code, sign_code
from eqboard.accounts.models import Display, Membership, Role, Team
from eqboard.boards.models import DisplayBoard, SavedBoard
from tests.builders import agent, membership, queue, snapshot, waiting_call
from tests.cast import publish, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


def code_on(answer) -> str | None:
    """The code a page shows; None when it shows none."""
    shown = BeautifulSoup(answer.text, "html.parser").select_one(".pairing-code")
    return read_code(shown.text) if shown else None


def pair(screen: Client, approver: Client, team, name: str = "Wall"):
    """The whole way, from the code to the token."""
    code = code_on(screen.get("/tv/"))
    assert approver.post("/displays/", {"code": code, "name": name, "team": team.pk}).status_code == 302
    return screen.get("/tv/paired/")


@pytest.fixture
def screen() -> Client:
    return Client()


@pytest.fixture
def lead(cast) -> Client:
    client = Client()
    client.force_login(cast.lead)
    return client


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


def test_the_approval_says_who_gave_it_and_which_team_it_shows(screen, lead, cast):
    pair(screen, lead, cast.front, name="  By the door ")
    display = Display.objects.get()
    assert (display.name, display.team, display.approved_by) == ("By the door", cast.front, cast.lead)


def test_who_has_paired_a_screen_is_asked_next_what_it_shows(screen, lead, cast):
    code = code_on(screen.get("/tv/"))
    answer = lead.post("/displays/", {"code": code, "name": "Wall", "team": cast.front.pk})
    assert answer["Location"] == f"/displays/{Display.objects.get().pk}/board/"


def test_the_list_says_what_each_screen_shows_and_leads_to_the_choice(screen, lead, cast):
    pair(screen, lead, cast.front)
    display = Display.objects.get()
    assert "shows the ready wall" in lead.get("/displays/").text
    board = SavedBoard.objects.create(
        name="<Gallery>", team=cast.front, spec={"surface": "tv"}, updated_at=datetime.now(UTC)
    )
    DisplayBoard.objects.create(display=display, board=board)
    page = lead.get("/displays/").text
    assert "&lt;Gallery&gt;" in page
    assert f'href="/displays/{display.pk}/board/"' in page
    board.team = cast.back  # now it is somebody else's
    board.save()
    assert "shows the ready wall" in lead.get("/displays/").text


def test_a_screen_speaks_the_sites_language_whatever_its_browser_does(screen, lead, cast):
    pair(screen, lead, cast.front)
    assert '<html lang="en"' in screen.get("/tv/", headers={"Accept-Language": "he"}).text


def test_a_screen_speaks_the_language_of_its_board(screen, lead, cast):
    pair(screen, lead, cast.front)
    spec = {"surface": "tv", "language": "he", "parts": [{"kind": "tiles"}]}
    board = SavedBoard.objects.create(name="Wall", team=cast.front, spec=spec, updated_at=datetime.now(UTC))
    DisplayBoard.objects.create(display=Display.objects.get(), board=board)
    page = screen.get("/tv/", headers={"Accept-Language": "es"}).text
    assert '<html lang="he" dir="rtl"' in page
    assert "language=he" in page


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


# What a paired screen shows


def test_a_screen_shows_its_teams_queues_and_has_no_hands(screen, lead, cast, redis_url):
    floor = snapshot(
        queues=[queue("500", name="Sales"), queue("502", name="Complaints")],
        agents=[agent(7), agent(8, name="Mallory", memberships=(membership("502", queue_name="Complaints"),))],
        waiting=[waiting_call("1.1", queue="502", queue_name="Complaints"), waiting_call("1.2")],
    )
    async_to_sync(publish)(redis_url, floor)
    pair(screen, lead, cast.front)
    page = screen.get("/tv/").text
    assert "Sales" in page
    assert "Complaints" not in page
    assert "Mallory" not in page
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.select("button, form, [hx-post], [data-hand], a[href*=agents]")


def test_a_screen_may_not_open_the_desk_nor_act(screen, lead, cast):
    pair(screen, lead, cast.front)
    assert screen.get("/")["Location"].startswith("/sign-in/")
    assert screen.get("/displays/")["Location"].startswith("/sign-in/")
    assert screen.post("/agents/7/pause/", headers={"HX-Request": "true"}).status_code == 401


def test_each_visit_begins_the_cookies_life_anew(screen, lead, cast):
    token = pair(screen, lead, cast.front).cookies[TOKEN_COOKIE].value
    assert screen.get("/tv/").cookies[TOKEN_COOKIE].value == token


def test_a_screen_that_was_taken_away_is_asked_to_pair_again(screen, lead, cast):
    pair(screen, lead, cast.front)
    lead.post(f"/displays/{Display.objects.get().pk}/revoke/")
    answer = screen.get("/tv/")
    assert code_on(answer)
    assert TOKEN_COOKIE not in answer.cookies


def test_a_made_up_token_is_asked_to_pair(screen):
    screen.cookies[TOKEN_COOKIE] = "made-up"
    assert code_on(screen.get("/tv/"))


def test_whoever_signs_in_at_a_screen_sees_their_own_queues(screen, lead, cast, redis_url):
    async_to_sync(publish)(redis_url, snapshot(queues=[queue("500"), queue("502", name="Complaints")]))
    pair(screen, lead, cast.front)
    screen.force_login(cast.back_lead)
    page = screen.get("/tv/").text
    assert "Complaints" in page
    assert "Sales" not in page


# Who may pair and take away


def test_a_stranger_is_sent_to_the_sign_in(screen):
    answer = screen.get("/displays/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/displays/")


@pytest.mark.parametrize("name", ["viewer", "outsider"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_whoever_leads_no_team_is_refused(client, cast, name, verb):
    client.force_login(getattr(cast, name))
    answer = getattr(client, verb)("/displays/", {"code": new_code(), "name": "Wall", "team": cast.front.pk})
    assert answer.status_code == 403
    assert not Display.objects.exists()


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("lead", {"Front desk"}),
        ("back_lead", {"Back office"}),
        ("supervisor", {"Whole floor"}),
        ("admin", {"Whole floor", "Front desk", "Back office"}),
    ],
)
def test_one_is_offered_the_teams_one_leads(client, cast, name, offered):
    client.force_login(getattr(cast, name))
    page = BeautifulSoup(client.get("/displays/").text, "html.parser")
    assert {option.text for option in page.select("select[name=team] option")} == offered


def test_an_administrator_without_any_team_is_told_to_make_one(client, cast):
    Team.objects.all().delete()
    client.force_login(cast.admin)
    page = BeautifulSoup(client.get("/displays/").text, "html.parser")
    assert "there is no team yet" in page.select_one("[role=alert]").text
    assert page.select_one("[role=alert] a")["href"] == "/admin/accounts/team/add/"
    assert page.select_one("input[name=code]") is None
    posted = client.post("/displays/", {"code": new_code(), "name": "Wall", "team": 1})
    assert posted.status_code == 422
    assert not Display.objects.exists()


def test_looking_at_a_team_is_not_leading_it(lead, cast):
    Membership.objects.create(user=cast.lead, team=cast.back, role=Role.VIEWER)
    answer = lead.post("/displays/", {"code": new_code(), "name": "Wall", "team": cast.back.pk})
    assert answer.status_code == 422
    assert not Display.objects.exists()


@pytest.mark.parametrize("team", ["back", "floor", None, "0", "x", ""])
def test_a_team_one_does_not_lead_cannot_be_chosen(lead, cast, team):
    value = getattr(cast, team).pk if team in ("back", "floor") else team
    answer = lead.post("/displays/", {"code": new_code(), "name": "Wall"} | ({} if value is None else {"team": value}))
    assert answer.status_code == 422
    assert not Display.objects.exists()


@pytest.mark.parametrize("code", ["", "nonsense", "22222223", "2" * 21, None])
def test_a_code_that_is_none_is_refused_with_a_sentence(lead, cast, code):
    answer = lead.post("/displays/", {"name": "Wall", "team": cast.front.pk} | ({"code": code} if code else {}))
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one("p.error").text.strip()
    assert not Display.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "nul \0"])
def test_a_screen_needs_a_name_that_fits(lead, cast, name):
    assert lead.post("/displays/", {"code": new_code(), "name": name, "team": cast.front.pk}).status_code == 422
    assert not Display.objects.exists()


def test_a_code_is_approved_once(lead, cast):
    form = {"code": new_code(), "name": "Wall", "team": cast.front.pk}
    lead.post("/displays/", form)
    answer = lead.post("/displays/", form)
    assert answer.status_code == 422
    assert "used already" in answer.text
    assert Display.objects.count() == 1


def test_a_hostile_name_is_escaped(lead, cast):
    lead.post("/displays/", {"code": new_code(), "name": "<script>alert(1)</script>", "team": cast.front.pk})
    page = BeautifulSoup(lead.get("/displays/").text, "html.parser")
    assert page.select_one(".screen-name").text == "<script>alert(1)</script>"


def display_of_team(cast, team_name: str, **changes) -> Display:
    defaults = {"name": f"Wall of {team_name}", "code": new_code(), "approved_by": cast.admin}
    team = getattr(cast, team_name)
    return Display.objects.create(**defaults | {"team": team, "approved_at": datetime.now(UTC)} | changes)


def test_one_sees_the_screens_of_ones_own_teams(lead, cast):
    display_of_team(cast, "front")
    display_of_team(cast, "back")
    display_of_team(cast, "floor")
    page = lead.get("/displays/").text
    assert "Wall of front" in page
    assert "Wall of back" not in page
    assert "Wall of floor" not in page


def test_screens_that_were_taken_away_are_not_shown(lead, cast):
    display_of_team(cast, "front", revoked_at=datetime.now(UTC))
    assert "Wall of front" not in lead.get("/displays/").text


def test_a_lead_takes_a_screen_away(lead, cast):
    display = display_of_team(cast, "front")
    assert lead.post(f"/displays/{display.pk}/revoke/").status_code == 302
    display.refresh_from_db()
    assert datetime.now(UTC) - display.revoked_at < timedelta(minutes=1)


def test_taking_a_screen_away_asks_first_and_names_it(lead, cast):
    display = display_of_team(cast, "front")
    asked = lead.get(f"/displays/{display.pk}/revoke/")
    assert "Wall of front" in BeautifulSoup(asked.text, "html.parser").h1.text
    display.refresh_from_db()
    assert display.revoked_at is None


@pytest.mark.parametrize("verb", ["get", "post"])
def test_another_teams_screen_is_as_if_it_were_not_there(lead, cast, verb):
    display = display_of_team(cast, "back")
    foreign = getattr(lead, verb)(f"/displays/{display.pk}/revoke/")
    missing = getattr(lead, verb)(f"/displays/{display.pk + 1000}/revoke/")
    assert foreign.status_code == missing.status_code == 404
    display.refresh_from_db()
    assert display.revoked_at is None


def test_a_screen_is_taken_away_once(lead, cast):
    display = display_of_team(cast, "front")
    lead.post(f"/displays/{display.pk}/revoke/")
    assert lead.post(f"/displays/{display.pk}/revoke/").status_code == 404


@pytest.mark.parametrize("name", ["viewer", "outsider"])
def test_whoever_leads_no_team_takes_nothing_away(client, cast, name):
    display = display_of_team(cast, "front")
    client.force_login(getattr(cast, name))
    assert client.post(f"/displays/{display.pk}/revoke/").status_code == 403
    display.refresh_from_db()
    assert display.revoked_at is None


def test_a_stranger_takes_nothing_away(screen, cast):
    display = display_of_team(cast, "front")
    assert screen.post(f"/displays/{display.pk}/revoke/")["Location"].startswith("/sign-in/")
    display.refresh_from_db()
    assert display.revoked_at is None


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_the_screens_page_refuses_other_verbs(lead, verb):
    assert getattr(lead, verb)("/displays/").status_code == 405


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_taking_away_refuses_other_verbs(lead, cast, verb):
    display = display_of_team(cast, "front")
    assert getattr(lead, verb)(f"/displays/{display.pk}/revoke/").status_code == 405


@pytest.mark.parametrize("path", ["/displays/", "/displays/{pk}/revoke/"])
def test_another_site_cannot_post_for_a_lead(cast, path):
    display = display_of_team(cast, "front")
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.lead)
    form = {"code": new_code(), "name": "Wall", "team": cast.front.pk}
    assert client.post(path.format(pk=display.pk), form).status_code == 403
    assert Display.objects.get().revoked_at is None


# Signing in and out


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
