"""What a paired screen shows: its team's queues, for whoever stands before it, and nothing to press."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup

from eqboard.accounts.displays import TOKEN_COOKIE
from eqboard.accounts.models import Display
from eqboard.boards.models import DisplayBoard, SavedBoard
from tests.builders import agent, membership, queue, snapshot, waiting_call
from tests.cast import publish, static_files_are_not_collected
from tests.screens import code_on, pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


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
