"""The editor over HTTP: what it offers, what it refuses and says beside the field, and that nobody's work is lost."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.test import Client

from eqboard.boards import easel
from eqboard.boards.gallery import gallery
from eqboard.boards.models import SavedBoard
from eqboard.boards.reading import read_spec, write_spec
from eqboard.boards.ready import SPECS, ready_spec
from tests.boards.shelves import board, client_of
from tests.builders import agent, membership, pause_code, queue, snapshot
from tests.cast import publish, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

FLOOR = write_spec(SPECS["floor"])
NAMES = ["S", "ש", "営", "x" * 50, "מ" * 50, "営" * 50]


@pytest.fixture
def stored(cast) -> SavedBoard:
    return board("Front board", cast.front, updated_by=cast.lead)


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def form(team: Any, name: str = "Mine", version: int = 1, spec: Any = FLOOR, **more: Any) -> dict[str, Any]:
    text = spec if isinstance(spec, str) else json.dumps(spec)
    return {"name": name, "team": "" if team is None else team.pk, "version": version, "spec": text, **more}


def faults(answer) -> dict[str, str]:
    return {each["data-place"]: each.text for each in soup(answer).select("#e-faults [data-place]")}


def draft_on(answer) -> Any:
    return json.loads(soup(answer).select_one("input[name=spec]")["value"])


# What it offers


def test_a_new_board_begins_as_the_usual_one(cast, lead):
    answer = lead.get("/boards/new/")
    assert answer.status_code == 200
    assert read_spec(draft_on(answer)) == ready_spec("floor")


def test_it_offers_the_queues_that_one_may_see_and_no_others(cast, lead, redis_url):
    floor = snapshot(
        queues=[queue("500", name="Sales <b>"), queue("501", name="ע"), queue("502", name="Complaints")],
        agents=[agent(7), agent(8, memberships=(membership("502"),))],
        pause_codes=[pause_code(3, "Lunch")],
    )
    async_to_sync(publish)(redis_url, floor)
    page = lead.get("/boards/new/")
    assert [row["data-value"] for row in soup(page).select("#e-queues > li")] == ["500", "501"]
    assert "Complaints" not in page.text
    assert "Sales <b>" not in page.text
    assert "Lunch" in page.text


@pytest.mark.parametrize("names", [[], [f"q{each}" for each in range(200)], NAMES], ids=["none", "200", "names"])
def test_it_works_with_any_number_of_queues_and_any_names(cast, redis_url, names):
    floor = snapshot(queues=[queue(str(500 + place), name=name) for place, name in enumerate(names)])
    async_to_sync(publish)(redis_url, floor)
    page = client_of(cast.admin).get("/boards/new/")
    assert len(soup(page).select("#e-queues > li")) == len(names)
    assert ("There are no queues on the floor now" in page.text) == (not names)


def test_it_offers_the_teams_that_one_leads(cast, lead):
    options = soup(lead.get("/boards/new/")).select("#e-team option")
    assert [each.text for each in options] == ["Front desk"]
    options = soup(client_of(cast.admin).get("/boards/new/")).select("#e-team option")
    assert [each.text for each in options] == ["Everybody", "Back office", "Front desk", "Whole floor"]


def test_queues_that_are_gone_stay_chosen(cast, lead, stored):
    SavedBoard.objects.filter(pk=stored.pk).update(spec=FLOOR | {"queues": ["997", "998"]})
    assert draft_on(lead.get(f"/boards/{stored.pk}/edit/"))["queues"] == ["997", "998"]
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, spec=FLOOR | {"queues": ["998", "997"]}))
    assert answer.status_code == 302
    stored.refresh_from_db()
    assert stored.spec["queues"] == ["998", "997"]


def test_what_another_version_stored_is_named_and_left_out(cast, lead, stored):
    SavedBoard.objects.filter(pk=stored.pk).update(spec=FLOOR | {"hue": 3, "parts": [{"kind": "x"}, {"kind": "tiles"}]})
    answer = lead.get(f"/boards/{stored.pk}/edit/")
    assert "“hue” is not known to this version of eqboard." in answer.text
    assert [part["kind"] for part in draft_on(answer)["parts"]] == ["tiles"]


# Saving


@pytest.mark.parametrize("name", NAMES)
def test_a_new_board_is_saved(cast, lead, name):
    answer = lead.post("/boards/new/", form(cast.front, name=name))
    made = SavedBoard.objects.get()
    assert answer["Location"] == f"/boards/{made.pk}/"
    assert (made.name, made.team, made.created_by, made.version) == (name, cast.front, cast.lead, 1)
    assert read_spec(made.spec) == SPECS["floor"]


def test_a_wall_board_leads_back_to_the_list(cast, lead):
    answer = lead.post("/boards/new/", form(cast.front, spec=write_spec(SPECS["tv"])))
    assert answer["Location"] == "/boards/"


def test_saving_counts_the_version_and_says_who(cast, stored):
    before = datetime.now(UTC)
    answer = client_of(cast.admin).post(f"/boards/{stored.pk}/edit/", form(cast.front, name="  New   name "))
    assert answer.status_code == 302
    stored.refresh_from_db()
    assert (stored.name, stored.version, stored.updated_by) == ("New name", 2, cast.admin)
    assert stored.updated_at >= before


def test_an_administrator_makes_it_everybodys(cast, stored):
    client_of(cast.admin).post(f"/boards/{stored.pk}/edit/", form(None))
    stored.refresh_from_db()
    assert stored.team is None


@pytest.mark.parametrize("team", ["", "0", "x", "-1", "9" * 400, "٣"])
def test_a_lead_makes_it_nobody_elses(cast, lead, stored, team):
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front) | {"team": team})
    assert answer.status_code == 422
    assert faults(answer) == {"team": "Choose one of the teams that you lead."}


def test_a_lead_gives_it_to_no_team_of_others(cast, lead, stored):
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.back))
    assert answer.status_code == 422
    stored.refresh_from_db()
    assert (stored.team, stored.version) == (cast.front, 1)


# Refusing


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b", "\u202eevil", "\u200d\u200c"])
def test_a_name_that_is_none_is_refused_and_the_page_comes_back_as_it_was(cast, lead, stored, name):
    spec = FLOOR | {"theme": "dark"}
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name=name, spec=spec))
    assert answer.status_code == 422
    assert faults(answer) == {"name": "Give it a name of 1 to 60 characters that can be seen."}
    assert draft_on(answer) == spec
    stored.refresh_from_db()
    assert (stored.name, stored.version) == ("Front board", 1)


def test_every_fault_is_named_with_its_place_and_nothing_is_lost(cast, lead):
    spec = FLOOR | {
        "queues": [],
        "thresholds": [{"metric": "waiting", "direction": "high", "warning": 9, "critical": 5}],
        "wall": {"diagonal_inches": 1, "distance_meters": 5},
    }
    answer = lead.post("/boards/new/", form(cast.front, name="", spec=spec))
    assert answer.status_code == 422
    assert set(faults(answer)) == {"name", "queues", "wall-diagonal_inches"}  # one rule on another waits for these
    spec |= {"queues": None, "wall": {}}
    answer = lead.post("/boards/new/", form(cast.front, spec=spec))
    assert faults(answer) == {"thresholds-0-critical": "Threshold 1: the warning would come after the critical value."}
    assert draft_on(answer) == spec
    assert not SavedBoard.objects.exists()


def test_points_below_what_nobody_promises_are_refused_and_the_page_comes_back_as_it_was(cast, lead):
    below = {"metric": "abandonment", "direction": "high", "warning": 1, "below_promise": True}
    spec = FLOOR | {"thresholds": [below]}
    answer = lead.post("/boards/new/", form(cast.front, spec=spec))
    assert answer.status_code == 422
    assert faults(answer) == {
        "thresholds-0-metric": "Threshold 1: only a service level is promised, and nothing else can be points below it."
    }
    assert draft_on(answer) == spec


def test_only_a_service_level_is_offered_limits_of_its_promise(lead):
    offered = soup(lead.get("/boards/new/")).select("#row-thresholds [data-key=metric] [data-has-promise]")
    assert [each["value"] for each in offered] == ["service_level"]


@pytest.mark.parametrize("spec", ["", "{", "[]", "null", '"x"', "[" * 100_000, '{"a": 1, "a": 2}', '{"hue": NaN}', "7"])
def test_what_no_page_of_ours_would_send_is_refused(cast, lead, stored, spec):
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, spec=spec))
    assert answer.status_code == 422
    assert faults(answer)
    stored.refresh_from_db()
    assert stored.version == 1


def test_faults_hold_no_markup(cast, lead):
    spec = FLOOR | {"<img src=x onerror=alert(1)>": 1}
    answer = lead.post("/boards/new/", form(cast.front, name='"><script>alert(1)</script>', spec=spec))
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


# Two at once


def test_whoever_saves_an_old_version_is_told_who_was_faster_and_keeps_the_draft(cast, lead, stored):
    client_of(cast.admin).post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Theirs"))
    spec = FLOOR | {"theme": "dark"}
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Mine", spec=spec))
    assert answer.status_code == 409
    assert "admin" in soup(answer).select_one(".news").text
    assert draft_on(answer) == spec
    assert soup(answer).select_one("#e-name")["value"] == "Mine"
    stored.refresh_from_db()
    assert (stored.name, stored.version) == ("Theirs", 2)


def test_both_ways_out_keep_ones_own(cast, lead, stored):
    client_of(cast.admin).post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Theirs"))
    page = soup(lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Mine")))
    over = page.select_one("button[name=version]")["value"]
    lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Mine", as_new="1"))
    assert sorted(SavedBoard.objects.values_list("name", flat=True)) == ["Mine", "Theirs"]
    lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Mine over", version=int(over)))
    stored.refresh_from_db()
    assert (stored.name, stored.version) == ("Mine over", 3)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400, "²"])
def test_a_version_that_is_none_overwrites_nothing(cast, lead, stored, version):
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front) | {"version": version})
    assert answer.status_code == 409
    stored.refresh_from_db()
    assert stored.version == 1


def test_a_board_that_was_deleted_meanwhile_leaves_the_draft_on_the_page(cast, lead, stored):
    SavedBoard.objects.all().delete()
    answer = lead.post(f"/boards/{stored.pk}/edit/", form(cast.front, name="Mine"))
    assert answer.status_code == 409
    assert "not there any more" in answer.text
    assert soup(answer).select_one("button[formaction='/boards/new/']")
    assert soup(answer).select_one("#e-name")["value"] == "Mine"


# The preview


def preview(client: Client, spec: Any = FLOOR, name: str = "Draft"):
    return client.post("/boards/preview/", {"name": name, "spec": spec if isinstance(spec, str) else json.dumps(spec)})


@pytest.fixture
def floor(redis_url):
    queues = [queue("500", name="Sales"), queue("502", name="Complaints")]
    async_to_sync(publish)(redis_url, snapshot(queues=queues))


def test_the_preview_is_a_page_on_the_floor_as_one_sees_it(lead, floor):
    answer = preview(lead)
    assert answer.status_code == 200
    assert "Sales" in answer.text
    assert "Complaints" not in answer.text
    assert not soup(answer).select("header.bar, dialog")
    scripts = {each["src"].rpartition("/")[2] for each in soup(answer).select("script[src]")}
    assert not scripts & {"board.js", "rows.js", "desk.js", "keys.js", "palette.js", "panel.js"}
    assert not SavedBoard.objects.exists()


@pytest.mark.parametrize("queues", [["500"], ["500", "502"], ["502"], ["997"]])
def test_a_board_never_widens_what_one_sees(lead, floor, queues):
    assert "Complaints" not in preview(lead, FLOOR | {"queues": queues}).text


def test_the_preview_speaks_the_boards_language(lead, floor):
    root = soup(preview(lead, FLOOR | {"language": "he"})).html
    assert (root["lang"], root["dir"]) == ("he", "rtl")


def test_a_wall_is_previewed_as_one(lead, floor):
    assert "tv" in soup(preview(lead, write_spec(SPECS["tv"]))).body["class"]


@pytest.mark.parametrize("spec", ["", "[", "7", FLOOR | {"parts": []}, FLOOR | {"theme": "pink"}])
def test_a_draft_with_faults_is_not_previewed_but_told(lead, floor, spec):
    answer = preview(lead, spec)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["faults"]


def test_what_is_hostile_in_a_name_stays_text_in_the_preview(lead, floor):
    assert "<script>alert" not in preview(lead, name="<script>alert(1)</script>").text


def test_drafts_take_no_place_in_the_gallery(lead, floor):
    before = list(gallery._screens)
    preview(lead)
    preview(lead, FLOOR | {"theme": "dark"})
    assert list(gallery._screens) == before


def test_who_asks_faster_than_can_be_painted_is_told_when_to_come_back(lead, floor, monkeypatch):
    monkeypatch.setattr(easel, "MOST_OF_ONE", 0)
    answer = preview(lead)
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
