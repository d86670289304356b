"""Roles: the ready ones, those that an administrator ticks together, and what is refused."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import translation

from eqboard.accounts.access import FULL, LEAD, MONITOR_ONLY, RIGHTS, VIEW_ONLY
from eqboard.accounts.models import Role, Team, ready_role, validate_ids, validate_rights
from eqboard.accounts.rights import rights_of
from eqboard.accounts.roles import READY_ROLES, RIGHT_GROUPS
from tests.accounts.test_teams import team_form
from tests.cast import join, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, static_files_are_not_collected]

ADD = "/admin/accounts/role/add/"


def page_of(role: Role) -> str:
    return f"/admin/accounts/role/{role.pk}/change/"


@pytest.fixture
def office(client, cast):
    """The administrator's browser."""
    client.force_login(cast.admin)
    return client


# The ready ones


@pytest.mark.parametrize(
    ("key", "actions"), [("viewer", VIEW_ONLY), ("monitor", MONITOR_ONLY), ("lead", LEAD), ("full", FULL)]
)
def test_each_ready_role_is_made_with_the_rights_that_it_promises(key, actions):
    assert ready_role(key).allows == actions
    assert ready_role(key).pk == ready_role(key).pk


@pytest.mark.parametrize("key", READY_ROLES)
@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_a_ready_role_is_called_by_its_name_in_the_readers_language(key, language):
    role = ready_role(key)
    with translation.override(language):
        assert str(role) == str(READY_ROLES[key].name)
    Role.objects.filter(pk=role.pk).update(key="")
    role.refresh_from_db()
    assert str(role) == role.name


def test_there_is_one_role_of_each_key():
    ready_role("lead")
    with pytest.raises(IntegrityError):
        Role.objects.create(key="lead", name="Another")


def test_there_may_be_any_number_of_roles_without_a_key():
    for name in ("One", "Two"):
        Role.objects.create(name=name)
    assert Role.objects.filter(key="").count() == 2


# Rights in words


def test_every_right_can_be_ticked_in_the_order_of_rights():
    assert tuple(right for _group, rights in RIGHT_GROUPS for right, _sentence in rights) == RIGHTS


def test_no_right_is_named_twice():
    sentences = [str(sentence) for _group, rights in RIGHT_GROUPS for _right, sentence in rights]
    assert len(set(RIGHTS)) == len(RIGHTS)
    assert len(set(sentences)) == len(sentences)


# What an administrator does


def test_an_administrator_ticks_a_role_together(office, cast):
    office.post(ADD, {"name": "Ears", "actions": ["monitor.spy", "number.see"]})
    role = Role.objects.get(name="Ears")
    assert (role.key, role.actions) == ("", ["number.see", "monitor.spy"])
    cast.viewer.team_memberships.update(role=role)
    assert [set(grant.actions) for grant in rights_of(cast.viewer).grants] == [{"number.see", "monitor.spy"}]


def test_each_right_has_a_box_with_a_label_under_its_group(office, cast):
    page = BeautifulSoup(office.get(page_of(ready_role("viewer"))).text, "html.parser")
    boxes = page.select("input[name=actions]")
    assert [box["value"] for box in boxes] == list(RIGHTS)
    assert [box["value"] for box in boxes if box.has_attr("checked")] == ["number.see"]
    labels = [page.select_one(f"label[for={box['id']}]").text.strip() for box in boxes]
    assert labels == [str(sentence) for _group, rights in RIGHT_GROUPS for _right, sentence in rights]
    assert "Monitoring" in page.select_one("#id_actions").text


def test_a_role_may_have_no_right_at_all(office):
    office.post(ADD, {"name": "Looks"})
    assert Role.objects.get(name="Looks").actions == []


def test_a_ready_role_may_be_given_other_rights_but_no_other_name(office):
    role = ready_role("viewer")
    office.post(page_of(role), {"name": "Guest", "actions": ["monitor.spy"]})
    role.refresh_from_db()
    assert (role.key, str(role), role.actions) == ("viewer", "Viewer: sees the board", ["monitor.spy"])


def test_the_list_says_how_many_rights_each_role_gives(office):
    Role.objects.create(name="Looks", actions=["number.see", "call.conjure"])
    page = BeautifulSoup(office.get("/admin/accounts/role/").text, "html.parser")
    counts = {row.select_one("th").text: row.select_one(".field-count").text for row in page.select("tbody tr")}
    assert counts["Looks"] == f"1 / {len(RIGHTS)}"
    assert counts["Full: sees and does everything"] == f"{len(RIGHTS)} / {len(RIGHTS)}"


@pytest.mark.parametrize("page", ["/admin/accounts/role/", ADD])
def test_a_supervisor_makes_no_roles(client, cast, page):
    client.force_login(cast.supervisor)
    assert client.get(page)["Location"].startswith("/admin/login/")
    assert client.post(page, {"name": "Mine", "actions": ["call.steal"]})["Location"].startswith("/admin/login/")
    assert not Role.objects.filter(name="Mine").exists()


# What is refused


@pytest.mark.parametrize("right", ["call.conjure", "", "agent.pause ", "AGENT.PAUSE", "*", "<b>"])
def test_a_right_that_there_is_not_cannot_be_given(office, right):
    answer = office.post(ADD, {"name": "Odd", "actions": ["agent.pause", right]})
    assert answer.status_code == 200
    assert BeautifulSoup(answer.text, "html.parser").select_one(".field-actions .errorlist")
    assert not Role.objects.filter(name="Odd").exists()


@pytest.mark.parametrize(
    ("actions", "named"),
    [
        (["agent.pause", "call.conjure"], "call.conjure"),
        ([["agent.pause"]], "['agent.pause']"),
        ("agent.pause", "agent.pause"),
        ({"agent.pause": True}, "{'agent.pause': True}"),
        (7, "7"),
        (None, "None"),
    ],
)
def test_what_is_no_list_of_rights_is_refused_and_named(actions, named):
    with pytest.raises(ValidationError) as refusal:
        validate_rights(actions)
    assert f"“{named}” is not a right" in refusal.value.messages[0]


def test_a_role_with_an_unknown_right_is_not_valid():
    with pytest.raises(ValidationError, match=r"call\.conjure"):
        Role(name="Odd", actions=["call.conjure"]).full_clean()


def test_a_role_that_somebody_has_is_not_deleted(cast):
    own = Role.objects.create(name="Ears", actions=["monitor.spy"])
    cast.viewer.team_memberships.update(role=own)
    with pytest.raises(ProtectedError):
        own.delete()
    cast.viewer.team_memberships.update(role=ready_role("viewer"))
    own.delete()


def test_an_administrator_is_told_who_still_has_the_role(office, cast):
    own = Role.objects.create(name="Ears", actions=["monitor.spy"])
    cast.viewer.team_memberships.update(role=own)
    answer = office.post(f"/admin/accounts/role/{own.pk}/delete/", {"post": "yes"})
    assert "viewer · Front desk" in answer.text
    assert Role.objects.filter(pk=own.pk).exists()


def test_a_role_that_nobody_has_can_be_deleted(office):
    own = Role.objects.create(name="Ears")
    office.post(f"/admin/accounts/role/{own.pk}/delete/", {"post": "yes"})
    assert not Role.objects.filter(pk=own.pk).exists()


def test_a_ready_role_is_not_deleted_neither_alone_nor_among_others(office, cast):
    ready, own = ready_role("monitor"), Role.objects.create(name="Ears")
    assert office.post(f"/admin/accounts/role/{ready.pk}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [ready.pk, own.pk], "post": "yes"}
    office.post("/admin/accounts/role/", form)
    assert Role.objects.filter(pk__in=[ready.pk, own.pk]).count() == 2


# The agents of a team


def test_an_administrator_names_the_agents_of_a_team(office):
    office.post("/admin/accounts/team/add/", team_form(queue_extensions="510", agent_ids="7, 8"))
    assert Team.objects.get(name="New").agents == {7, 8}


@pytest.mark.parametrize("text", ["Ana", "7, Ana", "-1", "7.5", "٧", "²", "7-9", "*", "1" * 19])
def test_what_is_no_id_of_an_agent_is_refused_and_named(office, text):
    with pytest.raises(ValidationError) as refusal:
        validate_ids(text)
    assert f"“{text.split(', ')[-1]}” is not an agent's id" in refusal.value.messages[0]
    answer = office.post("/admin/accounts/team/add/", team_form(queue_extensions="510", agent_ids=text))
    assert "is not an agent&#x27;s id" in answer.text
    assert not Team.objects.filter(name="New").exists()


# Who leads


@pytest.mark.parametrize(
    ("actions", "makes_boards", "pairs_screens"),
    [
        ([], False, False),
        (["number.see"], False, False),
        (["number.see", "audit.see", "recording.see"], False, False),
        (["monitor.spy"], True, False),
        (["agent.pause"], True, False),
        (["number.see", "agent.pause"], True, True),
        (["number.see", "monitor.spy"], True, True),
    ],
)
def test_who_leads_may_do_more_than_see_and_nobody_shows_numbers_they_do_not_see(
    client, cast, config, actions, makes_boards, pairs_screens
):
    own = Role.objects.create(name="Own", actions=actions)
    cast.outsider.team_memberships.create(team=cast.front, role=own)
    client.force_login(cast.outsider)
    assert client.get("/boards/new/").status_code == (200 if makes_boards else 403)
    assert client.get("/displays/").status_code == (200 if pairs_screens else 403)
    assert ('href="/displays/"' in client.get("/").text) is pairs_screens


def test_leading_is_asked_of_each_team_apart(client, cast, config):
    join(cast.viewer, cast.back, "lead")
    client.force_login(cast.viewer)
    page = BeautifulSoup(client.get("/displays/").text, "html.parser")
    assert [option.text for option in page.select("select[name=team] option")] == ["Back office"]
