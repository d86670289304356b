"""What people change about boards and screens is stored and written down, both or neither."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client

from eqboard.accounts.displays import PAIRING_COOKIE, TOKEN_COOKIE, new_code, sign_code
from eqboard.accounts.models import Display, Team
from eqboard.boards.models import DisplayBoard, SavedBoard
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import SPECS
from eqboard.control.audit import Doer, Thing, write_down
from eqboard.control.models import AuditEntry, Step
from eqboard.control.shelves import keeping
from tests.boards.shelves import board, client_of
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

FLOOR = write_spec(SPECS["floor"])


@pytest.fixture
def screen(cast) -> Display:
    return Display.objects.create(
        name="Door", team=cast.front, code="X", approved_by=cast.lead, approved_at=datetime.now(UTC)
    )


def written() -> list[tuple[str, str, str, User, dict[str, Any]]]:
    return [
        (each.action, each.target, each.target_name, each.actor, each.details)
        for each in AuditEntry.objects.select_related("actor")
    ]


def form(team: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "Mine", "team": team.pk, "version": 1, "spec": json.dumps(FLOOR)} | changes


# Boards


@pytest.mark.parametrize("way", ["new", "copy", "import"])
def test_a_new_board_is_written_down_however_it_came(cast, way):
    client = client_of(cast.lead)
    if way == "new":
        client.post("/boards/new/", form(cast.front))
    elif way == "copy":
        client.post("/boards/tv/copy/")
    else:
        file = json.dumps({"eqboard": 1, "name": "Mine", "spec": FLOOR}).encode()
        client.post("/boards/import/", {"file": SimpleUploadedFile("x.json", file)})
    made = SavedBoard.objects.get()
    assert written() == [("board.make", f"board-{made.pk}", made.name, cast.lead, {"team": "Front desk"})]


def test_a_change_tells_which_version_and_what(cast):
    stored = board("Front board", cast.front)
    spec = json.dumps(FLOOR | {"theme": "dark", "queues": ["500"]})
    client_of(cast.admin).post(f"/boards/{stored.pk}/edit/", form(cast.back, spec=spec))
    details = {"version": 2, "team": "Back office", "changed": ["name", "team", "queues", "theme"]}
    assert written() == [("board.change", f"board-{stored.pk}", "Front board", cast.admin, details)]


def test_whoever_was_too_late_has_changed_nothing_and_nothing_is_written(cast):
    stored = board("Front board", cast.front, version=2)
    assert client_of(cast.lead).post(f"/boards/{stored.pk}/edit/", form(cast.front)).status_code == 409
    assert written() == []


def test_a_board_that_goes_is_written_down_with_the_walls_that_lose_it(cast, screen):
    stored = board("Front board", cast.front, SPECS["tv"])
    DisplayBoard.objects.create(display=screen, board=stored)
    client_of(cast.lead).post(f"/boards/{stored.pk}/delete/")
    details = {"team": "Front desk", "screens": ["Door"]}
    assert written() == [("board.delete", f"board-{stored.pk}", "Front board", cast.lead, details)]


@pytest.mark.parametrize("person", ["supervisor", "viewer", "back_lead", "outsider"])
def test_what_is_refused_is_not_written_down(cast, screen, person):
    stored = board("Front board", cast.front)
    client = client_of(getattr(cast, person))
    boards = [f"/boards/{stored.pk}/edit/", f"/boards/{stored.pk}/delete/"]
    screens = ["/displays/", f"/displays/{screen.pk}/board/", f"/displays/{screen.pk}/revoke/"]
    for path in (*boards, *screens):
        assert client.post(path, form(cast.front)).status_code in (403, 404, 409, 422)
    assert written() == []


@pytest.mark.parametrize("way", ["make", "change", "delete", "choose", "pair", "revoke"])
def test_what_cannot_be_written_down_is_not_done(cast, screen, monkeypatch, way):
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    stored = board("Front board", cast.front, SPECS["tv"])
    monkeypatch.setattr(keeping, "write_down", fail)
    client = client_of(cast.lead)
    client.raise_request_exception = False
    path, sent = {
        "make": ("/boards/new/", form(cast.front)),
        "change": (f"/boards/{stored.pk}/edit/", form(cast.front)),
        "delete": (f"/boards/{stored.pk}/delete/", {}),
        "choose": (f"/displays/{screen.pk}/board/", {"board": stored.pk}),
        "pair": ("/displays/", {"code": new_code(), "name": "Hall", "team": cast.front.pk}),
        "revoke": (f"/displays/{screen.pk}/revoke/", {}),
    }[way]
    assert client.post(path, sent).status_code == 500
    assert SavedBoard.objects.values_list("name", "version").get() == ("Front board", 1)
    assert not DisplayBoard.objects.exists()
    assert Display.objects.values_list("name", "revoked_at").get() == ("Door", None)


# Screens


def test_a_screens_board_is_chosen_and_given_up_again(cast, screen):
    wall = board("Nights", cast.front, SPECS["tv"])
    client = client_of(cast.lead)
    for sent in (wall.pk, wall.pk, ""):  # the second time nothing changes
        client.post(f"/displays/{screen.pk}/board/", {"board": sent})
    held = {"board": wall.pk, "name": "Nights"}
    assert [entry[0:3] for entry in written()] == [("display.choose", f"display-{screen.pk}", "Door")] * 2
    assert [entry[4] for entry in written()] == [{"old": None, "new": held}, {"old": held, "new": None}]
    assert not DisplayBoard.objects.exists()


def test_a_screen_that_is_paired_and_taken_away_is_written_down_without_its_secrets(cast):
    code, client, wall = new_code(), client_of(cast.lead), Client()
    sent = {"code": code, "name": "Door", "team": cast.front.pk}
    client.post("/displays/", sent)
    client.post("/displays/", sent)  # which is refused, as the code was used
    wall.cookies[PAIRING_COOKIE] = sign_code(code)
    wall.get("/tv/paired/")
    display = Display.objects.get()
    for _ in range(2):
        client.post(f"/displays/{display.pk}/revoke/")
    held = (f"display-{display.pk}", "Door", cast.lead, {"team": "Front desk"})
    assert written() == [("display.pair", *held), ("display.revoke", *held)]
    told = "".join(str(entry.__dict__) for entry in AuditEntry.objects.all())
    for secret in (code, wall.cookies[TOKEN_COOKIE].value, display.token_hash):
        assert secret not in told


def test_of_two_who_approve_a_code_at_once_one_has_a_screen_and_the_other_is_told_so(cast, monkeypatch):
    """The other lead's approval is stored after our form has looked, and before our own."""
    honest = keeping.pair

    def pair(code: str, name: str, team: Team, doer: Doer, now: datetime) -> Display:
        honest(code, "Theirs", cast.floor, Doer(cast.supervisor, None), now)
        return honest(code, name, team, doer, now)

    monkeypatch.setattr(keeping, "pair", pair)
    code = new_code()
    answer = client_of(cast.lead).post("/displays/", {"code": code, "name": "Ours", "team": cast.front.pk})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert [each.text for each in page.select(".error")] == [
        "This code was used already. Load the screen's page again for a new one."
    ]
    assert [page.select_one(f"input[name={name}]")["value"] for name in ("code", "name")] == [code, "Ours"]
    assert page.select_one("select[name=team] [selected]")["value"] == str(cast.front.pk)
    assert [display.name for display in Display.objects.all()] == ["Theirs"]
    assert [entry[0:4] for entry in written()] == [
        ("display.pair", f"display-{Display.objects.get().pk}", "Theirs", cast.supervisor)
    ]


def test_a_screen_that_two_take_away_at_once_is_taken_away_once(cast, screen):
    known = Display.objects.get(pk=screen.pk)
    for lead in (cast.lead, cast.admin):
        keeping.revoke(known, Doer(lead, None), datetime.now(UTC))
    assert [entry[0] for entry in written()] == ["display.revoke"]
    assert AuditEntry.objects.get().actor == cast.lead


def test_of_two_who_choose_at_once_the_later_ones_choice_holds(cast, screen, monkeypatch):
    """The other lead's choice is stored between our look, which finds none, and our own."""
    ours, theirs = (board(name, cast.front, SPECS["tv"]) for name in ("Ours", "Theirs"))
    honest = QuerySet.get

    def get(rows: QuerySet, *args: Any, **wanted: Any) -> Any:
        try:
            return honest(rows, *args, **wanted)
        except DisplayBoard.DoesNotExist:
            DisplayBoard.objects.create(display=screen, board=theirs)
            raise

    monkeypatch.setattr(QuerySet, "get", get)
    keeping.choose(screen, ours, Doer(cast.lead, None))
    assert [row.board for row in DisplayBoard.objects.all()] == [ours]


# The door


def test_names_from_outside_are_stored_whatever_is_in_them(cast):
    write_down(Doer(cast.lead, None), "agent.pause", Thing("agent-7", "a\0b\ud800" + "x" * 300), Step.ASKED, {})
    entry = AuditEntry.objects.get()
    assert entry.target_name == "a\ufffdb\ufffd" + "x" * 196
    assert (entry.actor_name, entry.address) == ("lead", None)


def test_steps_of_one_attempt_share_it_and_others_do_not(cast):
    doer, thing = Doer(cast.lead, "203.0.113.9"), Thing("agent-7", "Ana")
    attempt = uuid.uuid4()
    for step, given in ((Step.ASKED, attempt), (Step.ACCEPTED, attempt), (Step.DONE, None), (Step.DONE, None)):
        write_down(doer, "agent.pause", thing, step, {}, given)
    assert len(set(AuditEntry.objects.values_list("attempt", flat=True))) == 3
