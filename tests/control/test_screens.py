"""Who may pair a screen and take it away, and what they are told."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from eqboard.accounts.displays import new_code
from eqboard.accounts.models import Display, Team
from eqboard.boards.models import DisplayBoard, SavedBoard
from tests.cast import join, static_files_are_not_collected
from tests.screens import code_on, pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


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
    join(cast.lead, cast.back, "viewer")
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
