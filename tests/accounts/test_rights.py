"""From people in the database to rights."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from eqboard.accounts.access import NOTHING, Grant, Rights
from eqboard.accounts.models import Membership, Role, Team
from eqboard.accounts.rights import arights_of, rights_of

FRONT = frozenset({"500", "501"})
HANDS = frozenset({"agent.pause", "agent.resume", "target.change"})
pytestmark = pytest.mark.django_db


def test_a_lead_sees_and_acts_in_their_teams_queues(cast):
    assert rights_of(cast.lead) == Rights(frozenset({Grant(FRONT, HANDS)}))


def test_a_viewer_only_looks(cast):
    assert rights_of(cast.viewer) == Rights(frozenset({Grant(FRONT, frozenset())}))


def test_the_lead_of_every_queue_has_no_list_of_queues(cast):
    assert rights_of(cast.supervisor) == Rights(frozenset({Grant(None, HANDS)}))


def test_an_administrator_may_everything_without_a_team(cast):
    assert rights_of(cast.admin) == Rights(frozenset({Grant(None, HANDS)}))


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
    Membership.objects.create(user=cast.lead, team=cast.back, role=Role.VIEWER)
    assert rights_of(cast.lead).grants == {Grant(FRONT, HANDS), Grant(frozenset({"502"}), frozenset())}


def test_two_people_with_equal_teams_share_one_audience(cast):
    other = Team.objects.create(name="Front too", queue_extensions="501;500")
    user = User.objects.create_user("twin")
    Membership.objects.create(user=user, team=other, role=Role.LEAD)
    assert rights_of(user) == rights_of(cast.lead)


def test_a_role_that_no_longer_exists_gives_no_action(cast):
    Membership.objects.filter(user=cast.lead).update(role="owner")
    assert rights_of(cast.lead) == rights_of(cast.viewer)


def test_a_right_that_was_taken_away_is_gone_at_once(cast):
    Membership.objects.filter(user=cast.lead).delete()
    assert rights_of(cast.lead) == NOTHING


@pytest.mark.django_db(transaction=True)
async def test_views_ask_the_same_without_blocking(cast):
    assert await arights_of(cast.lead) == Rights(frozenset({Grant(FRONT, HANDS)}))
