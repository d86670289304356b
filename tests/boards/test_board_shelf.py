"""Who may look at, copy, change, delete, export and bring in which boards; every verb and every person."""

import json
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from eqboard.accounts.displays import hash_token
from eqboard.accounts.models import Display
from eqboard.boards.choosing import board_of, board_of_display, boards_for, may_change
from eqboard.boards.drafts import free_name
from eqboard.boards.models import DisplayBoard, SavedBoard, ServiceTarget
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import SPECS, ready_spec
from eqboard.floor.metrics import Target, Variant
from tests.boards.shelves import PEOPLE, board, client_of, shelf
from tests.cast import join, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

SEES = {
    "admin": {"front", "back", "shared"},
    "supervisor": {"shared"},  # leads a team that sees every queue, but is not in the others
    "lead": {"front", "shared"},
    "viewer": {"front", "shared"},
    "back_lead": {"back", "shared"},
    "outsider": set(),
}
CHANGES = {
    "admin": {"front", "back", "shared"},
    "supervisor": set(),
    "lead": {"front"},
    "viewer": set(),
    "back_lead": {"back"},
    "outsider": set(),
}
MAKES = {"admin", "supervisor", "lead", "back_lead"}
BOARDS = ("front", "back", "shared")


@pytest.fixture
def boards(cast) -> dict[str, SavedBoard]:
    return shelf(cast)


# What is there


@pytest.mark.parametrize("person", PEOPLE)
def test_one_sees_the_boards_of_ones_teams_and_everybodys(cast, boards, person):
    user = getattr(cast, person)
    seen = {name for name in BOARDS if board_of(str(boards[name].pk), user, "en")}
    assert seen == SEES[person]
    listed = {each.name for each in boards_for(user, "en") if not each.is_ready}
    assert listed == {boards[name].name for name in SEES[person]}


@pytest.mark.parametrize("person", PEOPLE)
def test_leads_change_their_teams_boards_and_administrators_all(cast, boards, person):
    user = getattr(cast, person)
    assert {name for name in BOARDS if may_change(user, boards[name])} == CHANGES[person]
    changeable = {each.ref for each in boards_for(user, "en") if each.may_change}
    assert changeable == {str(boards[name].pk) for name in CHANGES[person]}


@pytest.mark.parametrize("ref", SPECS)
def test_the_ready_ones_are_there_for_everybody_and_changed_by_nobody(cast, ref):
    for person in PEOPLE:
        found = board_of(ref, getattr(cast, person), "en")
        assert found is not None
        assert found.spec == ready_spec(ref)
    assert not any(each.may_change for each in boards_for(cast.admin, "en") if each.is_ready)


@pytest.mark.parametrize("ref", ["", "0", "-1", "1.5", "nope", "٣", "9" * 19, "9" * 400, "new", "../1", "1;--"])
def test_any_other_ref_is_no_board(cast, boards, ref):
    assert board_of(ref, cast.admin, "en") is None


def test_a_board_knows_what_each_queue_promises(cast, boards):
    ServiceTarget.objects.create(queue="", percent=70, seconds=30, variant="all", short_seconds=0)
    ServiceTarget.objects.create(queue="501", percent=90, seconds=10, variant="answered", short_seconds=3)
    for ref in ("floor", str(boards["front"].pk)):
        targets = board_of(ref, cast.lead, "en").targets
        assert targets.of("500") == Target(70, 30, Variant.ALL, 0)
        assert targets.of("501") == Target(90, 10, Variant.ANSWERED, 3)


def test_what_another_version_stored_is_shown_without_what_is_unknown(cast):
    stored = board("Old", cast.front, spec=SPECS["floor"])
    for spec in ({"parts": [{"kind": "hologram"}, {"kind": "tiles"}], "era": 1}, [], "x", 7, {"parts": 7}):
        SavedBoard.objects.filter(pk=stored.pk).update(spec=spec)
        assert board_of(str(stored.pk), cast.lead, "en") is not None
        assert client_of(cast.lead).get("/boards/").status_code == 200


# A paired screen


@pytest.fixture
def display(cast) -> Display:
    return Display.objects.create(
        name="Door",
        team=cast.front,
        code="X",
        token_hash=hash_token("t"),
        approved_by=cast.lead,
        approved_at=datetime.now(UTC),
    )


def test_a_screen_shows_the_ready_wall_until_another_is_chosen(cast, display):
    assert board_of_display("t", "en").ref == "tv"
    mine = board("Mine", cast.front, SPECS["tv"])
    DisplayBoard.objects.create(display=display, board=mine)
    assert board_of_display("t", "en").ref == str(mine.pk)


def test_a_screen_falls_back_where_its_board_is_gone_or_given_away_or_for_a_desk(cast, display):
    mine = board("Mine", cast.front, SPECS["tv"])
    DisplayBoard.objects.create(display=display, board=mine)
    SavedBoard.objects.filter(pk=mine.pk).update(team=cast.back)
    assert board_of_display("t", "en").ref == "tv"
    SavedBoard.objects.filter(pk=mine.pk).update(team=None, spec=write_spec(SPECS["floor"]))
    assert board_of_display("t", "en").ref == "tv"
    mine.delete()
    assert board_of_display("t", "en").ref == "tv"


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_screen_without_a_token_has_the_ready_wall(db, token):
    assert board_of_display(token, "en").ref == "tv"


def test_a_lead_chooses_what_a_screen_of_the_team_shows(cast, display):
    mine, desk, other = (
        board("Mine", cast.front, SPECS["tv"]),
        board("Desk", cast.front),
        board("Other", cast.back, SPECS["tv"]),
    )
    client = client_of(cast.lead)
    page = client.get(f"/displays/{display.pk}/board/").text
    offered = [each.text for each in BeautifulSoup(page, "html.parser").select(".options label")]
    assert offered == ["Wall", "Mine"]
    assert "Desk" not in page
    assert "Other" not in page
    for wrong in (desk, other):
        assert client.post(f"/displays/{display.pk}/board/", {"board": wrong.pk}).status_code == 422
    assert client.post(f"/displays/{display.pk}/board/", {"board": mine.pk}).status_code == 302
    assert board_of_display("t", "en").ref == str(mine.pk)
    assert client.post(f"/displays/{display.pk}/board/", {"board": ""}).status_code == 302
    assert board_of_display("t", "en").ref == "tv"


def test_nobody_is_asked_to_choose_among_one_board(cast, display):
    page = BeautifulSoup(client_of(cast.lead).get(f"/displays/{display.pk}/board/").content, "html.parser")
    assert not page.select("main form")
    assert "The ready wall" in page.main.text


@pytest.mark.parametrize("person", ["supervisor", "viewer", "back_lead", "outsider"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_nobody_else_chooses_it(cast, display, person, verb):
    assert getattr(client_of(getattr(cast, person)), verb)(f"/displays/{display.pk}/board/").status_code == 404


# Over HTTP: who is refused

PATHS = {
    "boards": "/boards/",
    "new": "/boards/new/",
    "import": "/boards/import/",
    "edit": "/boards/{pk}/edit/",
    "copy": "/boards/{pk}/copy/",
    "delete": "/boards/{pk}/delete/",
    "export": "/boards/{pk}/export/",
    "preview": "/boards/preview/",
}
VERBS = {
    "boards": {"get"},
    "new": {"get", "post"},
    "import": {"get", "post"},
    "edit": {"get", "post"},
    "copy": {"get", "post"},
    "delete": {"get", "post"},
    "export": {"get"},
    "preview": {"post"},
}


SAID_ELSEWHERE = {"delete": {"post"}, "copy": {"get"}}


def expected(page: str, person: str, name: str) -> set[int]:
    """What that person must be answered there, for that board."""
    if page == "boards":
        return {403} if person == "outsider" else {200}
    if page in ("new", "import", "preview"):
        return {200, 302, 422} if person in MAKES else {403}
    if page == "export":
        return {200} if name in SEES[person] else {404}
    if page == "copy":
        return {403} if person not in MAKES else {302} if name in SEES[person] else {404}
    if page == "edit" and person not in MAKES:
        return {403}
    if name in CHANGES[person]:
        return {200, 302, 422}
    return {403} if name in SEES[person] else {404, 409}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", PATHS)
def test_each_person_is_answered_as_their_rights_say(cast, boards, person, page):
    client = client_of(getattr(cast, person))
    for name, stored in boards.items():
        path = PATHS[page].format(pk=stored.pk)
        for verb in VERBS[page] - SAID_ELSEWHERE.get(page, set()):
            answer = getattr(client, verb)(path)
            assert answer.status_code in expected(page, person, name), (name, verb, answer.status_code)
    assert set(SavedBoard.objects.values_list("name", "version")) >= {(each.name, 1) for each in boards.values()}


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_only_the_verbs_that_a_page_has(cast, boards, page, verb):
    if verb in VERBS[page]:
        return
    path = PATHS[page].format(pk=boards["front"].pk)
    assert getattr(client_of(cast.admin), verb)(path).status_code == 405
    assert SavedBoard.objects.count() == 3


@pytest.mark.parametrize("page", PATHS)
def test_a_stranger_is_sent_to_the_sign_in(client, boards, page):
    for verb in VERBS[page]:
        answer = getattr(client, verb)(PATHS[page].format(pk=boards["front"].pk))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    assert SavedBoard.objects.count() == 3


@pytest.mark.parametrize("page", ["new", "import", "edit", "copy", "delete", "preview"])
def test_a_form_of_another_site_does_nothing(cast, boards, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin)
    assert client.post(PATHS[page].format(pk=boards["front"].pk)).status_code == 403
    assert SavedBoard.objects.count() == 3


# What is done


def test_the_list_offers_only_what_one_may_do(cast, boards):
    def hands(person: str) -> dict[str, set[str]]:
        soup = BeautifulSoup(client_of(getattr(cast, person)).get("/boards/").content, "html.parser")
        return {
            row.select_one(".shelf-name").text: {each.text for each in row.select(".shelf-hands .button")}
            for row in soup.select(".shelf li:has(.shelf-name)")
        }

    lead = hands("lead")
    assert lead["Front board"] == {"Edit", "Copy", "Export", "Delete"}
    assert lead["Shared board"] == lead["The floor"] == {"Copy", "Export"}
    assert hands("viewer")["Front board"] == {"Export"}


def test_names_from_people_are_text(cast):
    board('<b onclick="x">', cast.front, updated_by=cast.lead)
    page = client_of(cast.lead).get("/boards/").text
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


@pytest.mark.parametrize("ref", SPECS)
def test_a_ready_one_is_copied_for_ones_own_team(cast, ref):
    answer = client_of(cast.lead).post(f"/boards/{ref}/copy/")
    copy = SavedBoard.objects.get()
    assert answer["Location"] == f"/boards/{copy.pk}/edit/"
    assert (copy.team, copy.created_by, copy.version) == (cast.front, cast.lead, 1)
    assert copy.name.startswith("Copy of ")
    assert board_of(str(copy.pk), cast.viewer, "en").spec == ready_spec(ref)


def test_who_signed_in_to_copy_a_board_is_shown_the_list(cast):
    assert client_of(cast.lead).get("/boards/floor/copy/")["Location"] == "/boards/"
    assert not SavedBoard.objects.exists()


def test_everybodys_board_is_copied_for_ones_own_team(cast, boards):
    client_of(cast.back_lead).post(f"/boards/{boards['shared'].pk}/copy/")
    assert SavedBoard.objects.latest("pk").team == cast.back


def test_the_longest_name_is_copied_too(cast):
    long = board("י" * 60, cast.front)
    client_of(cast.lead).post(f"/boards/{long.pk}/copy/")
    assert len(SavedBoard.objects.latest("pk").name) == 60


def test_deleting_asks_first_and_names_the_screens(cast, boards, display):
    DisplayBoard.objects.create(display=display, board=boards["front"])
    client = client_of(cast.lead)
    page = client.get(f"/boards/{boards['front'].pk}/delete/").text
    assert "Front board" in page
    assert "Door" in page
    assert SavedBoard.objects.count() == 3
    assert client.post(f"/boards/{boards['front'].pk}/delete/")["Location"] == "/boards/"
    assert SavedBoard.objects.count() == 2
    assert Display.objects.count() == 1


@pytest.mark.parametrize("person", ["supervisor", "viewer", "back_lead", "outsider"])
def test_nobody_else_deletes_it(cast, boards, person):
    client_of(getattr(cast, person)).post(f"/boards/{boards['front'].pk}/delete/")
    assert SavedBoard.objects.count() == 3


# Files


def bring(client: Client, content: bytes, name: str = "board.json"):
    return client.post("/boards/import/", {"file": SimpleUploadedFile(name, content)})


def test_a_board_goes_out_as_a_file_and_comes_in_as_a_new_one(cast, boards):
    client = client_of(cast.lead)
    file = client.get(f"/boards/{boards['front'].pk}/export/")
    assert file["Content-Disposition"] == 'attachment; filename="eqboard-front-board.json"'
    assert file["Content-Type"] == "application/json"
    assert json.loads(file.content)["eqboard"] == 1
    answer = bring(client, file.content)
    made = SavedBoard.objects.latest("pk")
    assert answer["Location"] == f"/boards/{made.pk}/edit/"
    assert (made.name, made.team, made.spec) == ("Front board (2)", cast.front, boards["front"].spec)


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("New", "New"),
        ("front BOARD", "front BOARD (2)"),
        ("Supervisor", "Supervisor (2)"),
        ("Back board", "Back board"),
    ],
)
def test_a_name_that_is_taken_gets_a_number_and_that_is_said(cast, boards, name, becomes):
    client = client_of(cast.lead)  # who does not see the back office's board
    file = json.dumps({"eqboard": 1, "name": name, "spec": write_spec(SPECS["floor"])}).encode()
    page = client.get(bring(client, file)["Location"])
    assert SavedBoard.objects.latest("pk").name == becomes
    told = BeautifulSoup(page.content, "html.parser").select(".told")
    assert [becomes in each.text for each in told] == ([True] if name != becomes else [])
    assert "told" not in client.get("/boards/").text


def test_numbers_behind_a_name_go_on_and_keep_to_the_longest(cast):
    long = "x" * 60
    assert free_name("A", {"a", "A (2)", "A (4)"}) == "A (3)"
    assert free_name(long, {long}) == "x" * 56 + " (2)"
    client = client_of(cast.lead)
    for _ in range(2):
        client.post("/boards/tv/copy/")
    assert {each.name for each in SavedBoard.objects.all()} == {"Copy of Wall", "Copy of Wall (2)"}


def test_an_administrators_board_is_their_own_teams_where_they_lead_one(cast):
    client_of(cast.admin).post("/boards/floor/copy/")
    assert SavedBoard.objects.latest("pk").team is None
    join(cast.admin, cast.back, "viewer")
    join(cast.admin, cast.front, "lead")
    client_of(cast.admin).post("/boards/floor/copy/")
    assert SavedBoard.objects.latest("pk").team == cast.front


def test_the_list_tells_the_time_by_a_clock_of_24_hours(cast):
    board("Late", cast.front, updated_at=datetime(2026, 1, 2, 18, 5, tzinfo=UTC))
    assert "2 Jan 2026, 18:05" in client_of(cast.lead).get("/boards/").text


def test_a_ready_one_can_be_taken_away_too(cast):
    assert client_of(cast.viewer).get("/boards/supervisor/export/").status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"{", "cut off"),
        (b"[" * 200_000, "not JSON"),
        (b" " * 300_000, "larger than 256 KB"),
        (b'{"eqboard": 9}', "another version"),
        (b'{"eqboard": 1, "name": "<script>alert(1)</script>", "spec": {}}', "one part at least"),
        (b'{"eqboard": 1, "name": "x", "spec": {"<script>": 1}}', "&lt;script&gt;"),
        (b'{"eqboard": 1, "name": "x", "spec": {"parts": [{"kind": "<img src=x>"}]}}', "Part 1"),
    ],
)
def test_a_hostile_file_is_refused_and_leaves_nothing(cast, content, said):
    answer = bring(client_of(cast.lead), content)
    assert answer.status_code == 422
    assert said.replace("empty", "not JSON") in answer.text
    assert "Nothing was imported" in answer.text
    assert "<script>alert" not in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")
    assert not SavedBoard.objects.exists()


def test_markup_in_a_name_stays_text(cast):
    spec = write_spec(SPECS["floor"])
    file = json.dumps({"eqboard": 1, "name": "<script>alert(1)</script>", "spec": spec}).encode()
    client = client_of(cast.lead)
    edit = bring(client, file)["Location"]
    for page in (edit, "/boards/"):
        assert "<script>alert" not in client.get(page).text


def test_no_file_at_all_is_said(cast):
    answer = client_of(cast.lead).post("/boards/import/")
    assert answer.status_code == 422
    assert "Choose a file first" in answer.text
