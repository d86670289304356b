"""Every right × every ready role × team × whom it is done to × one of their queues or all: may they?

Both tables are written by hand, from what the roles promise: nothing here is worked out by the code that is tested.
"""

import pytest

from eqboard.accounts.access import MONITOR_ONLY, RIGHTS, Rights, limited, may_do, may_ever, queues_with, seen_queues
from eqboard.accounts.models import Team
from eqboard.accounts.rights import rights_of
from tests.cast import join, member

pytestmark = pytest.mark.django_db

ROLES = ("viewer", "monitor", "lead", "full")
WHO_MAY = {
    # right: (viewer, monitor, lead, full)
    "number.see": (True, True, True, True),
    "audit.see": (False, False, True, True),
    "recording.see": (False, False, True, True),
    "agent.pause": (False, False, True, True),
    "agent.resume": (False, False, True, True),
    "agent.sign_in": (False, False, True, True),
    "agent.sign_out": (False, False, True, True),
    "agent.exit_wrap_up": (False, False, True, True),
    "monitor.spy": (False, True, True, True),
    "monitor.whisper": (False, True, True, True),
    "monitor.barge_in": (False, True, True, True),
    "call.steal": (False, False, True, True),
    "call.pick_up": (False, False, True, True),
    "call.dial": (False, False, True, True),
    "call.transfer": (False, False, True, True),
    "call.park": (False, False, True, True),
    "call.hang_up": (False, False, True, True),
    "recording.start": (False, False, True, True),
    "conference.remove": (False, False, True, True),
    "phone.press": (False, False, False, True),
    "target.change": (False, False, True, True),
    # what is no right
    "call.conjure": (False, False, False, False),
    "AGENT.PAUSE": (False, False, False, False),
    "": (False, False, False, False),
}

# Whom it is done to, as the queues it touches and the agent: 7 serves 500 and 501, 8 serves 500 and 502, 9 serves 502,
# 10 serves none. None: a call, a queue or a telephone of nobody.
TARGETS: dict[str, tuple[list[str], int | None]] = {
    "own agent, one queue": (["500"], 7),
    "own agent, all queues": (["500", "501"], 7),
    "shared agent, one own queue": (["500"], 8),
    "shared agent, one foreign queue": (["502"], 8),
    "shared agent, all queues": (["500", "502"], 8),
    "foreign agent, one queue": (["502"], 9),
    "agent of no queue": ([], 10),
    "own call": (["501"], None),
    "foreign call": (["502"], None),
    "all own queues": (["500", "501"], None),
    "own and foreign queue": (["501", "502"], None),
    "no queue": ([], None),
}
TEAMS = ("floor", "front", "few", "back", "empty")
REACHES = {
    # target: (floor: every queue; front: 500, 501; few: 500, 501 and of the agents 7 alone; back: 502; empty: no queue)
    "own agent, one queue": (True, True, True, False, False),
    "own agent, all queues": (True, True, True, False, False),
    "shared agent, one own queue": (True, True, False, False, False),
    "shared agent, one foreign queue": (True, False, False, True, False),
    "shared agent, all queues": (True, False, False, False, False),
    "foreign agent, one queue": (True, False, False, True, False),
    "agent of no queue": (True, False, False, False, False),
    "own call": (True, True, True, False, False),
    "foreign call": (True, False, False, True, False),
    "all own queues": (True, True, True, False, False),
    "own and foreign queue": (True, False, False, False, False),
    "no queue": (True, False, False, False, False),
}


@pytest.fixture
def teams(cast) -> dict[str, Team]:
    few = Team.objects.create(name="Few", queue_extensions="500, 501", agent_ids="7")
    empty = Team.objects.create(name="Empty")
    return {"floor": cast.floor, "front": cast.front, "few": few, "back": cast.back, "empty": empty}


def asked(rights: Rights) -> dict[tuple[str, str], bool]:
    """What may be done, by right and target."""
    return {
        (right, name): may_do(rights, right, queues, agent)
        for right in WHO_MAY
        for name, (queues, agent) in TARGETS.items()
    }


def test_the_table_has_every_right():
    assert set(RIGHTS) < set(WHO_MAY)
    assert set(REACHES) == set(TARGETS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("team", TEAMS)
def test_a_role_gives_its_rights_in_the_queues_and_on_the_agents_of_the_team_alone(teams, role, team):
    expected = {
        (right, target): WHO_MAY[right][ROLES.index(role)] and REACHES[target][TEAMS.index(team)]
        for right in WHO_MAY
        for target in TARGETS
    }
    assert asked(rights_of(member("new", teams[team], role))) == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", WHO_MAY)
def test_a_right_is_there_for_anybody_at_all_or_not(teams, role, right):
    may = WHO_MAY[right][ROLES.index(role)]
    rights = rights_of(member("new", teams["front"], role))
    assert may_ever(rights, right) is may
    assert queues_with(rights, right) == ({"500", "501"} if may else set())


@pytest.mark.parametrize(
    ("memberships", "right", "target", "may"),
    [
        # two teams give what one of them gives, never their mixture
        ("front:lead back:lead", "agent.pause", "shared agent, one own queue", True),
        ("front:lead back:lead", "agent.pause", "shared agent, one foreign queue", True),
        ("front:lead back:lead", "agent.pause", "shared agent, all queues", False),
        ("front:lead back:lead", "call.steal", "own and foreign queue", False),
        ("front:lead back:viewer", "agent.pause", "shared agent, one foreign queue", False),
        ("front:lead back:viewer", "agent.pause", "own agent, all queues", True),
        ("front:monitor back:lead", "monitor.spy", "own agent, one queue", True),
        ("front:monitor back:lead", "agent.pause", "own agent, one queue", False),
        ("front:monitor back:lead", "agent.pause", "foreign agent, one queue", True),
        # a team that names agents takes nothing away from another that names none, and lends it nobody
        ("few:lead front:viewer", "agent.pause", "own agent, all queues", True),
        ("few:lead front:viewer", "agent.pause", "shared agent, one own queue", False),
        ("few:lead front:monitor", "monitor.spy", "shared agent, one own queue", True),
        ("few:lead front:monitor", "agent.pause", "shared agent, one own queue", False),
        ("few:full front:lead", "agent.pause", "shared agent, one own queue", True),
        ("few:full front:lead", "phone.press", "shared agent, one own queue", False),
        ("few:full front:lead", "phone.press", "own agent, one queue", True),
        # who sees every queue acts where their team lets them
        ("floor:viewer front:lead", "agent.pause", "own agent, all queues", True),
        ("floor:viewer front:lead", "agent.pause", "shared agent, all queues", False),
        ("floor:viewer front:lead", "agent.pause", "agent of no queue", False),
        ("floor:lead front:viewer", "agent.pause", "shared agent, all queues", True),
        ("empty:full front:viewer", "agent.pause", "own agent, one queue", False),
        ("empty:full front:viewer", "agent.pause", "agent of no queue", False),
    ],
)
def test_whoever_is_in_two_teams_has_the_rights_of_each(teams, cast, memberships, right, target, may):
    for each in memberships.split():
        team, role = each.split(":")
        join(cast.outsider, teams[team], role)
    queues, agent = TARGETS[target]
    assert may_do(rights_of(cast.outsider), right, queues, agent) is may


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("team", TEAMS)
def test_who_may_only_monitor_on_eq_does_no_more_here_and_sees_the_same_queues(teams, role, team):
    rights = rights_of(member("new", teams[team], role))
    expected = {
        (right, target): WHO_MAY[right][ROLES.index(role)]
        and WHO_MAY[right][ROLES.index("monitor")]
        and REACHES[target][TEAMS.index(team)]
        for right in WHO_MAY
        for target in TARGETS
    }
    assert asked(limited(rights, MONITOR_ONLY)) == expected
    assert seen_queues(limited(rights, MONITOR_ONLY)) == seen_queues(rights)


@pytest.mark.parametrize("role", ROLES)
def test_naming_agents_hides_nobody(teams, role):
    """Whom one sees is decided by queues alone."""
    assert seen_queues(rights_of(member("new", teams["few"], role))) == {"500", "501"}


def test_nobody_without_a_team_may_do_anything_and_an_administrator_may_do_all(cast):
    assert not any(asked(rights_of(cast.outsider)).values())
    may = {right for (right, _target), allowed in asked(rights_of(cast.admin)).items() if allowed}
    assert may == set(RIGHTS)
    assert all(allowed for (right, _target), allowed in asked(rights_of(cast.admin)).items() if right in RIGHTS)
