"""From people in the database to rights."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from eqboard.accounts.access import FULL, LEAD, NOTHING, RIGHTS, VIEW_ONLY, Grant, Rights
from eqboard.accounts.models import Membership, Role, Team, ready_role
from eqboard.accounts.rights import arights_of, rights_of
from tests.cast import join, member

FRONT = frozenset({"500", "501"})
pytestmark = pytest.mark.django_db


def test_a_lead_sees_and_acts_in_their_teams_queues(cast):
    assert rights_of(cast.lead) == Rights(frozenset({Grant(FRONT, LEAD)}))


def test_a_viewer_only_looks(cast):
    assert rights_of(cast.viewer) == Rights(frozenset({Grant(FRONT, frozenset({"number.see"}))}))


def test_the_lead_of_every_queue_has_no_list_of_queues(cast):
    assert rights_of(cast.supervisor) == Rights(frozenset({Grant(None, LEAD)}))


def test_an_administrator_may_everything_without_a_team(cast):
    assert rights_of(cast.admin) == Rights(frozenset({Grant(None, frozenset(RIGHTS))}))


def test_somebody_without_a_team_may_nothing(cast):
    assert rights_of(cast.outsider) == NOTHING


def test_a_stranger_may_nothing():
    assert rights_of(AnonymousUser()) == NOTHING


@pytest.mark.parametrize("name", ["admin", "lead"])
def test_whoever_was_switched_off_may_nothing(cast, name):
    person: User = getattr(cast, name)
    person.is_active = False
    person.save()
    assert rights_of(person) == NOTHING


def test_staff_may_use_the_admin_and_nothing_on_the_floor(cast):
    cast.outsider.is_staff = True
    cast.outsider.save()
    assert rights_of(cast.outsider) == NOTHING


def test_two_teams_are_two_grants(cast):
    join(cast.lead, cast.back, "viewer")
    assert rights_of(cast.lead).grants == {Grant(FRONT, LEAD), Grant(frozenset({"502"}), VIEW_ONLY)}


def test_two_people_with_equal_teams_share_one_audience(cast):
    other = Team.objects.create(name="Front too", queue_extensions="501;500")
    user = User.objects.create_user("twin")
    join(user, other, "lead")
    assert rights_of(user) == rights_of(cast.lead)


def test_a_right_of_another_version_gives_nothing(cast):
    Role.objects.filter(key="lead").update(actions=["call.conjure", "number.see", 7])
    assert rights_of(cast.lead) == rights_of(cast.viewer)


def test_what_an_administrator_makes_of_a_ready_role_holds_at_once(cast):
    Role.objects.filter(key="viewer").update(actions=["monitor.spy"])
    assert rights_of(cast.viewer) == Rights(frozenset({Grant(FRONT, frozenset({"monitor.spy"}))}))
    assert ready_role("viewer").actions == ["monitor.spy"]


@pytest.mark.parametrize("key", ["monitor", "full"])
def test_what_eq_lets_its_supervisors_do_is_a_ready_role(cast, key):
    may = {"monitor": {"number.see", "monitor.spy", "monitor.whisper", "monitor.barge_in"}, "full": FULL}[key]
    assert rights_of(member("new", cast.front, key)) == Rights(frozenset({Grant(FRONT, frozenset(may))}))


@pytest.mark.parametrize(
    ("ids", "agents"),
    [("", None), (" ,; ", None), ("7", {7}), ("7, 8;9\n007", {7, 8, 9}), ("Ana", set()), ("7, Ana", {7})],
)
def test_a_team_may_name_the_agents_on_whom_its_members_act(cast, ids, agents):
    """What is no id, and came past the form, opens nothing to anybody."""
    Team.objects.filter(pk=cast.front.pk).update(agent_ids=ids)
    named = None if agents is None else frozenset(agents)
    assert rights_of(cast.lead) == Rights(frozenset({Grant(FRONT, LEAD, named)}))


def test_a_persons_rights_are_one_question_to_the_database(cast, django_assert_num_queries):
    join(cast.lead, cast.back, "viewer")
    with django_assert_num_queries(1):
        assert len(rights_of(cast.lead).grants) == 2


def test_a_right_that_was_taken_away_is_gone_at_once(cast):
    Membership.objects.filter(user=cast.lead).delete()
    assert rights_of(cast.lead) == NOTHING


@pytest.mark.django_db(transaction=True)
async def test_views_ask_the_same_without_blocking(cast):
    assert await arights_of(cast.lead) == Rights(frozenset({Grant(FRONT, LEAD)}))
