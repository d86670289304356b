"""What was stored by an older eqboard is still there, and valid, after an upgrade."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from eqboard.accounts.models import Display, Seat
from eqboard.accounts.roles import READY_ROLES, in_order
from eqboard.accounts.seats import claim_check

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def migrate(name: str):
    """The models as they are after that migration of accounts."""
    executor = MigrationExecutor(connection)
    executor.migrate([("accounts", name)])
    return executor.loader.project_state([("accounts", name)]).apps


@pytest.fixture
def before(transactional_db):
    """The models of before a code was unique; afterwards the database is as every other test knows it."""
    [newest] = [name for app, name in MigrationExecutor(connection).loader.graph.leaf_nodes("accounts")]
    yield migrate("0001_initial")
    migrate(newest)


def test_of_displays_that_were_made_of_one_code_the_newest_keeps_it(before):
    lead = User.objects.create_user("lead")
    team = before.get_model("accounts", "Team").objects.create(name="Front desk")
    for code in ("22222222", "33333333", "22222222", "22222222"):
        before.get_model("accounts", "Display").objects.create(
            name=code, team=team, code=code, approved_by_id=lead.pk, approved_at=NOW, token_hash=code
        )
    migrate("0002_a_code_makes_one_display")
    assert [(each.name, each.code, each.token_hash) for each in Display.objects.order_by("pk")] == [
        ("22222222", None, "22222222"),
        ("33333333", "33333333", "33333333"),
        ("22222222", None, "22222222"),
        ("22222222", "22222222", "22222222"),
    ]


def test_an_older_eqboard_finds_displays_whose_code_is_over(before):
    migrate("0002_a_code_makes_one_display")
    lead = User.objects.create_user("lead")
    display = before.get_model("accounts", "Display").objects
    team = before.get_model("accounts", "Team").objects.create(name="Front desk")
    for name in ("Hall", "Door"):
        Display.objects.create(name=name, team_id=team.pk, code=None, approved_by=lead, approved_at=NOW)
    migrate("0001_initial")
    assert list(display.values_list("name", "code")) == [("Door", ""), ("Hall", "")]


def test_a_membership_keeps_its_role_and_a_word_that_was_none_looks(before):
    migrate("0002_a_code_makes_one_display")
    team = before.get_model("accounts", "Team").objects.create(name="Front desk")
    for word in ("viewer", "lead", "owner"):
        user = User.objects.create_user(word)
        before.get_model("accounts", "Membership").objects.create(user_id=user.pk, team_id=team.pk, role=word)
    after = migrate("0003_roles")
    memberships = after.get_model("accounts", "Membership").objects
    assert dict(memberships.values_list("user__username", "role__key")) == {
        "viewer": "viewer",
        "lead": "lead",
        "owner": "viewer",
    }
    assert after.get_model("accounts", "Team").objects.get().agent_ids == ""


def test_the_ready_roles_are_made_with_what_they_promise(before):
    roles = migrate("0003_roles").get_model("accounts", "Role").objects
    made = {role.key: (role.name, role.actions) for role in roles.all()}
    assert made == {key: (str(ready.name), in_order(ready.actions)) for key, ready in READY_ROLES.items()}


def test_an_extension_of_before_is_remembered_and_confirmed_by_nobody(before):
    seats = migrate("0004_seat").get_model("accounts", "Seat").objects
    seats.create(user_id=User.objects.create_user("lead").pk, extension="301", eq_user=1)
    after = migrate("0005_seat_is_confirmed").get_model("accounts", "Seat").objects
    assert [(each.extension, each.eq_user, each.is_confirmed) for each in after.all()] == [("301", 1, False)]
    seats.create(user_id=User.objects.create_user("viewer").pk, extension="302")  # an older process goes on
    assert after.filter(is_confirmed=False).count() == 2


def test_of_a_seat_of_before_eq_is_asked_at_the_next_press(before):
    seats = migrate("0005_seat_is_confirmed").get_model("accounts", "Seat").objects
    lead, viewer = (User.objects.create_user(name).pk for name in ("lead", "viewer"))
    seats.create(user_id=lead, extension="301", eq_user=1)
    migrate("0006_seat_checked_at")
    seats.create(user_id=viewer, extension="302", eq_user=2)  # an older process goes on
    assert [each.checked_at for each in Seat.objects.all()] == [None, None]
    assert claim_check(lead, NOW).eq_user == 1
    assert claim_check(lead, NOW) is None, "nobody else asks"


def test_an_older_eqboard_lets_nobody_do_more_than_they_could(before):
    after = migrate("0003_roles")
    team = after.get_model("accounts", "Team").objects.create(name="Front desk")
    roles = after.get_model("accounts", "Role").objects
    roles.create(name="Own, more than a lead", actions=["agent.pause", "agent.resume", "target.change", "call.steal"])
    roles.create(name="Own, less", actions=["agent.pause", "agent.resume"])
    for role in roles.all():
        user = User.objects.create_user(role.key or role.name)
        after.get_model("accounts", "Membership").objects.create(user_id=user.pk, team=team, role=role)
    memberships = migrate("0002_a_code_makes_one_display").get_model("accounts", "Membership").objects
    assert dict(memberships.values_list("user__username", "role")) == {
        "viewer": "viewer",
        "monitor": "viewer",
        "lead": "lead",
        "full": "lead",
        "Own, more than a lead": "lead",
        "Own, less": "viewer",
    }
