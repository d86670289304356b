"""Teams as an administrator writes them down, and the people of the demo."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from eqboard.accounts.access import Rights
from eqboard.accounts.demo import create_demo_users
from eqboard.accounts.models import Membership, Seat, Team, ready_role, split_extensions, validate_extensions
from eqboard.accounts.rights import EVERYTHING, rights_of
from eqboard.accounts.seats import confirmed_extension
from eqboard.simulator.scenarios import build_world
from tests.builders import NOON
from tests.cast import join, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, static_files_are_not_collected]


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("", set()),
        ("  ,; \n", set()),
        ("500", {"500"}),
        ("500,501", {"500", "501"}),
        (" 500 ; 501\n502\t503 ", {"500", "501", "502", "503"}),
        ("500,,500", {"500"}),
        ("0500", {"0500"}),
    ],
)
def test_extensions_are_separated_by_commas_semicolons_or_space(text, extensions):
    assert split_extensions(text) == extensions
    validate_extensions(text)


@pytest.mark.parametrize("text", ["sales", "500, sales", "5OO", "٥٠٠", "²", "500-501", "*", "None", "<b>", "-1"])
def test_anything_but_digits_is_refused_and_named(text):
    with pytest.raises(ValidationError) as refusal:
        validate_extensions(text)
    assert text.split(", ")[-1] in refusal.value.messages[0]


def test_every_queue_wins_over_a_list():
    assert Team(every_queue=True, queue_extensions="500").queues is None


def test_a_team_without_queues_sees_none():
    assert Team(every_queue=False, queue_extensions="").queues == frozenset()


def test_nobody_is_in_a_team_twice(cast):
    with pytest.raises(IntegrityError):
        join(cast.lead, cast.front, "viewer")


ADMIN_PAGES = [
    "/admin/",
    "/admin/accounts/",
    "/admin/accounts/team/",
    "/admin/accounts/team/add/",
    "/admin/auth/user/",
    "/admin/control/auditentry/",
]


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_the_administrators_pages_load(client, cast, page):
    client.force_login(cast.admin)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_a_supervisor_is_no_administrator(client, cast, page):
    client.force_login(cast.supervisor)
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def team_form(**changes: object) -> dict[str, object]:
    management = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    return {f"memberships-{name}": value for name, value in management.items()} | {"name": "New"} | changes


def test_an_administrator_makes_a_team(client, cast):
    client.force_login(cast.admin)
    client.post("/admin/accounts/team/add/", team_form(queue_extensions="510"))
    assert Team.objects.get(name="New").queues == {"510"}


def test_a_team_with_a_queue_that_is_none_is_not_saved(client, cast):
    client.force_login(cast.admin)
    answer = client.post("/admin/accounts/team/add/", team_form(queue_extensions="sales"))
    assert "“sales” is not a queue" in answer.text
    assert not Team.objects.filter(name="New").exists()


def test_the_demo_has_one_person_for_each_kind_of_right():
    create_demo_users("one")
    [supervisor, lead, viewer] = [User.objects.get(username=name) for name in ("supervisor", "lead", "viewer")]
    assert rights_of(supervisor) == EVERYTHING
    assert {tuple(sorted(grant.queues or ())) for grant in rights_of(lead).grants} == {("500", "501")}
    assert [bool(grant.actions) for grant in rights_of(lead).grants] == [True]
    assert [(grant.queues, set(grant.actions)) for grant in rights_of(viewer).grants] == [(None, {"number.see"})]


def test_the_people_of_the_demo_are_supervisors_of_the_simulator_and_sit_at_their_desks():
    create_demo_users("one")
    world = build_world("quiet_morning", seed=1, started_at=NOON.timestamp())
    desks = {each.email_address: each.desk for each in world.directory.live_supervisors()}
    for seat in Seat.objects.select_related("user"):
        assert desks[seat.user.email] == seat.extension == confirmed_extension(seat)
    assert Seat.objects.count() == 3


def test_the_demo_of_an_older_eqboard_keeps_its_desks():
    create_demo_users("one")
    Seat.objects.update(is_confirmed=False)
    Seat.objects.filter(user__username="viewer").update(extension="399")
    create_demo_users("one")
    known = {seat.user.username: confirmed_extension(seat) for seat in Seat.objects.select_related("user")}
    assert known == {"supervisor": "301", "lead": "303", "viewer": ""}


def test_the_demo_run_again_makes_nobody_twice_and_sets_the_password_anew():
    create_demo_users("one")
    create_demo_users("two")
    assert User.objects.count() == 3
    assert Team.objects.count() == 2
    assert Membership.objects.count() == 3
    assert all(user.check_password("two") for user in User.objects.all())


def test_the_demo_run_again_leaves_what_was_changed():
    create_demo_users("one")
    Team.objects.filter(name="Front desk").update(queue_extensions="509")
    Membership.objects.filter(user__username="viewer").update(role=ready_role("lead"))
    User.objects.filter(username="lead").update(is_superuser=True, is_active=False)
    create_demo_users("two")
    assert Team.objects.get(name="Front desk").queues == {"509"}
    assert Membership.objects.get(user__username="viewer").role.key == "lead"
    lead = User.objects.get(username="lead")
    assert lead.is_superuser
    assert not lead.is_active


def test_the_demo_does_not_raise_somebody_who_is_there_already():
    User.objects.create_user("supervisor")
    create_demo_users("one")
    supervisor = User.objects.get(username="supervisor")
    assert not supervisor.is_superuser
    assert rights_of(supervisor) != Rights()
