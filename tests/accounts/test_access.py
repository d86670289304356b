"""Rights are queues × actions, one product for each team; the questions about them are pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.accounts.access import NOTHING, Grant, Rights, may_do, seen_queues

PAUSE, RESUME = "agent.pause", "agent.resume"


def grant(queues: str | None, *actions: str) -> Grant:
    return Grant(None if queues is None else frozenset(queues.split()), frozenset(actions))


def rights(*grants: Grant) -> Rights:
    return Rights(frozenset(grants))


FRONT = rights(grant("500 501", PAUSE, RESUME))
LOOKS = rights(grant("500 501"))
EVERY = rights(grant(None, PAUSE, RESUME))
EVERY_LOOKS = rights(grant(None))
NO_QUEUE = rights(grant("", PAUSE))
LOOKS_500_LEADS_501 = rights(grant("500"), grant("501", PAUSE))
TWO_TEAMS = rights(grant("500", PAUSE), grant("501", PAUSE))
SHARED_OUT = rights(grant("500", PAUSE), grant("501", RESUME))


@pytest.mark.parametrize(
    ("who", "action", "queues", "may"),
    [
        (FRONT, PAUSE, ["500"], True),
        (FRONT, PAUSE, ["500", "501"], True),
        (FRONT, RESUME, ["501"], True),
        (FRONT, PAUSE, ["502"], False),
        (FRONT, PAUSE, ["500", "502"], False),
        (FRONT, PAUSE, [], False),
        (FRONT, "call.steal", ["500"], False),
        (FRONT, "", ["500"], False),
        (LOOKS, PAUSE, ["500"], False),
        (EVERY, PAUSE, ["500", "502", "never heard of"], True),
        (EVERY, PAUSE, [], True),
        (EVERY, "call.steal", ["500"], False),
        (EVERY_LOOKS, PAUSE, ["500"], False),
        (EVERY_LOOKS, PAUSE, [], False),
        (NO_QUEUE, PAUSE, ["500"], False),
        (NO_QUEUE, PAUSE, [], False),
        (NOTHING, PAUSE, ["500"], False),
        (NOTHING, PAUSE, [], False),
        # Several teams: the rights of each, never their mixture
        (LOOKS_500_LEADS_501, PAUSE, ["501"], True),
        (LOOKS_500_LEADS_501, PAUSE, ["500"], False),
        (LOOKS_500_LEADS_501, PAUSE, ["500", "501"], False),
        (TWO_TEAMS, PAUSE, ["500"], True),
        (TWO_TEAMS, PAUSE, ["500", "501"], False),
        (SHARED_OUT, PAUSE, ["500"], True),
        (SHARED_OUT, RESUME, ["500"], False),
        (rights(grant(None), grant("500", PAUSE)), PAUSE, ["501"], False),
        (rights(grant(None), grant("500", PAUSE)), PAUSE, ["500"], True),
    ],
)
def test_an_action_needs_one_team_that_gives_it_on_every_queue_it_touches(who, action, queues, may):
    assert may_do(who, action, queues) is may


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (NOTHING, frozenset()),
        (NO_QUEUE, frozenset()),
        (LOOKS, {"500", "501"}),
        (LOOKS_500_LEADS_501, {"500", "501"}),
        (EVERY_LOOKS, None),
        (rights(grant("500", PAUSE), grant(None)), None),
    ],
)
def test_one_sees_the_queues_of_all_ones_teams(who, seen):
    assert seen_queues(who) == seen


def test_equal_rights_are_one_audience_whatever_the_order_of_the_teams():
    one, other = rights(grant("500"), grant("501", PAUSE)), rights(grant("501", PAUSE), grant("500"))
    assert one == other
    assert hash(one) == hash(other)


QUEUES = st.frozensets(st.sampled_from(["500", "501", "502"]))
GRANTS = st.builds(Grant, st.none() | QUEUES, st.frozensets(st.sampled_from([PAUSE, RESUME])))


@given(st.frozensets(GRANTS, max_size=3), st.sampled_from([PAUSE, RESUME]), QUEUES)
def test_nobody_may_act_where_they_may_not_look(grants, action, queues):
    who = Rights(grants)
    if may_do(who, action, queues):
        seen = seen_queues(who)
        assert seen is None or queues <= seen


@given(st.frozensets(GRANTS, max_size=3), st.sampled_from([PAUSE, RESUME]), QUEUES)
def test_several_teams_give_what_one_of_them_gives(grants, action, queues):
    each = [may_do(Rights(frozenset({one})), action, queues) for one in grants]
    assert may_do(Rights(grants), action, queues) is any(each)
