"""Why an order is not sent, by what is known before EQ is asked: pure."""

from dataclasses import replace

import pytest

from eqboard.accounts import access
from eqboard.accounts.access import Grant, Rights
from eqboard.control.catalogue import CATALOGUE, obstacles
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.doing.strangers import without_strangers
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.builders import agent, caller, membership, parked_call, queue, snapshot, waiting_call

KEY, CHANNEL = "1366390218.42", "SIP/trunk-0000002a"
CARMEN = caller(unique_id=KEY, channel=CHANNEL)
SEEN = CallRef(KEY, KEY, CHANNEL, "500")
STEAL = Order(access.STEAL, call=SEEN, destination="210")
PICK_UP = Order(access.PICK_UP, call=replace(SEEN, place="71"), destination="210")
SPY = Order(access.SPY, agent=7, extension="207", monitor_extension="210")
OUT = agent(7, state=AgentState.SIGNED_OUT, memberships=(membership(state=AgentState.SIGNED_OUT),))


MAKES_SENSE = {
    access.RESUME_AGENT: agent(7, state=AgentState.PAUSED),
    access.EXIT_WRAP_UP: agent(7, state=AgentState.WRAP_UP),
}
"""Who can be acted on so; anybody else by anything else."""


WITH_ANA = Obstacle(Why.WITH_AGENT, "Ana Ruiz", "207", seen_through=("500",))


def obstacle(order: Order, floor: Snapshot) -> Obstacle | None:
    return CATALOGUE[order.action].obstacle(order, floor)


def with_ana(state: AgentState, **changes):
    return agent(7, state=state, caller=CARMEN, **changes)


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (snapshot(waiting=[waiting_call(KEY, caller=CARMEN)]), None),
        (
            snapshot(waiting=[waiting_call(KEY, caller=CARMEN)], agents=[with_ana(AgentState.RINGING)]),
            None,
        ),
        (
            snapshot(waiting=[waiting_call(KEY, caller=CARMEN)], agents=[with_ana(AgentState.ON_CALL)]),
            WITH_ANA,
        ),
        (snapshot(agents=[with_ana(AgentState.ON_CALL)]), WITH_ANA),
        (
            snapshot(waiting=[waiting_call(KEY, caller=CARMEN, queue="501", queue_name="Support")]),
            Obstacle(Why.ELSEWHERE, where="Support", seen_through=("501",)),
        ),
        (snapshot(parked=[parked_call(KEY, caller=CARMEN)]), Obstacle(Why.ELSEWHERE, where="71")),
        (snapshot(waiting=[waiting_call("9.9", caller=caller(unique_id="9.9", channel="SIP/x"))]), Obstacle(Why.GONE)),
        (
            snapshot(waiting=[waiting_call(KEY, caller=replace(CARMEN, channel="SIP/other"))]),
            Obstacle(Why.GONE),
        ),
        (snapshot(), Obstacle(Why.GONE)),
    ],
    ids=range(9),
)
def test_only_a_caller_who_waits_where_they_were_seen_is_stolen(floor, expected):
    assert obstacle(STEAL, floor) == expected


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (snapshot(parked=[parked_call(KEY, caller=CARMEN)]), None),
        (snapshot(parked=[parked_call(KEY, caller=CARMEN, space="72")]), Obstacle(Why.ELSEWHERE, where="72")),
        (
            snapshot(parked=[parked_call(KEY, caller=CARMEN, space="72")], agents=[agent(7)]),
            Obstacle(Why.ELSEWHERE, where="72", seen_through=("500",)),
        ),
        (
            snapshot(waiting=[waiting_call(KEY, caller=CARMEN)]),
            Obstacle(Why.ELSEWHERE, where="Sales", seen_through=("500",)),
        ),
        (snapshot(agents=[with_ana(AgentState.ON_CALL)]), WITH_ANA),
        (snapshot(), Obstacle(Why.GONE)),
    ],
    ids=range(6),
)
def test_only_a_caller_who_is_parked_where_they_were_seen_is_picked_up(floor, expected):
    assert obstacle(PICK_UP, floor) == expected


@pytest.mark.parametrize(
    ("order", "someone", "expected"),
    [
        (SPY, agent(7, state=AgentState.ON_CALL), None),
        (SPY, agent(7), Obstacle(Why.NOT_TALKING, "Ana Ruiz")),
        (SPY, agent(7, state=AgentState.RINGING), Obstacle(Why.NOT_TALKING, "Ana Ruiz")),
        (SPY, agent(7, state=AgentState.ON_CALL, extension="299"), Obstacle(Why.GONE)),
        (SPY, agent(8, state=AgentState.ON_CALL), Obstacle(Why.GONE)),
        (replace(SPY, monitor_extension="207"), agent(7, state=AgentState.ON_CALL), Obstacle(Why.ITSELF, where="207")),
    ],
    ids=range(6),
)
@pytest.mark.parametrize("action", access.MONITORING)
def test_only_who_talks_at_that_telephone_is_listened_to(action, order, someone, expected):
    assert obstacle(replace(order, action=action), snapshot(agents=[someone])) == expected


@pytest.mark.parametrize(
    "action", [access.PAUSE_AGENT, access.RESUME_AGENT, access.SIGN_OUT_AGENT, access.EXIT_WRAP_UP]
)
def test_only_who_is_signed_in_to_the_queue_is_acted_on_in_it(action):
    floor = snapshot(agents=[MAKES_SENSE.get(action, agent(7))])
    assert obstacle(Order(action, agent=7), floor) is None
    assert obstacle(Order(action, agent=7, queue="500"), floor) is None
    assert obstacle(Order(action, agent=7, queue="501"), floor) == Obstacle(Why.SIGNED_OUT, "Ana Ruiz")
    assert obstacle(Order(action, agent=7), snapshot(agents=[OUT])) == Obstacle(Why.SIGNED_OUT, "Ana Ruiz")
    assert obstacle(Order(action, agent=8), floor) == Obstacle(Why.GONE)


HERE, THERE = membership("500"), membership("501")
PAUSED_HERE = membership("500", state=AgentState.PAUSED, paused=True)
PAUSED_THERE = membership("501", state=AgentState.PAUSED, paused=True)
ENDING = membership("500", state=AgentState.WRAP_UP)
SO_ALREADY = [
    (access.PAUSE_AGENT, None, (PAUSED_HERE, PAUSED_THERE), True),
    (access.PAUSE_AGENT, None, (PAUSED_HERE, THERE), False),
    (access.PAUSE_AGENT, "500", (PAUSED_HERE, THERE), True),
    (access.PAUSE_AGENT, "501", (PAUSED_HERE, THERE), False),
    (access.RESUME_AGENT, None, (HERE, THERE), True),
    (access.RESUME_AGENT, None, (PAUSED_HERE, THERE), False),
    (access.RESUME_AGENT, "501", (PAUSED_HERE, THERE), True),
    (access.EXIT_WRAP_UP, None, (HERE, THERE), True),
    (access.EXIT_WRAP_UP, None, (ENDING, THERE), False),
    (access.EXIT_WRAP_UP, "501", (ENDING, THERE), True),
    (access.SIGN_OUT_AGENT, None, (PAUSED_HERE, ENDING), False),
]


@pytest.mark.parametrize(("action", "queue", "memberships", "is_so"), SO_ALREADY)
def test_what_would_change_nothing_is_not_sent(action, queue, memberships, is_so):
    someone = agent(7, memberships=memberships)
    for code in (None, 2):
        found = obstacle(Order(action, agent=7, queue=queue, pause_code=code), snapshot(agents=[someone]))
        assert found == (Obstacle(Why.ALREADY, "Ana Ruiz") if is_so else None)


def test_nobody_is_signed_in_where_they_are_already():
    floor = snapshot(agents=[agent(7)])
    order = Order(access.SIGN_IN_AGENT, agent=7, sign_in_to=(("500", 3),))
    assert obstacle(order, floor) == Obstacle(Why.SIGNED_IN, "Ana Ruiz")
    assert obstacle(replace(order, sign_in_to=(("500", 3), ("501", 3))), floor) is None
    assert obstacle(order, snapshot(agents=[OUT])) is None


# Nobody is told of people and queues that they may not see

OURS = Rights(frozenset({Grant(frozenset({"500"}), access.LEAD)}))
MAX = agent(9, name="Max", memberships=(membership("502"),))
FLOOR = snapshot(agents=[agent(7), MAX], queues=[queue("500"), queue("502", name="Complaints")])


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (WITH_ANA, WITH_ANA),
        (Obstacle(Why.WITH_AGENT, "Max", "207", seen_through=("502",)), Obstacle(Why.WITH_AGENT)),
        (Obstacle(Why.ELSEWHERE, where="Complaints", seen_through=("502",)), Obstacle(Why.ELSEWHERE)),
        (Obstacle(Why.ELSEWHERE, where="71"), Obstacle(Why.ELSEWHERE, where="71")),
    ],
    ids=range(4),
)
def test_a_sentence_names_nobody_of_another_team(known, told):
    assert without_strangers(known, OURS, FLOOR) == told
    everything = Rights(frozenset({Grant(None, access.FULL)}))
    assert without_strangers(known, everything, FLOOR) == known


@pytest.mark.parametrize("why", Why)
def test_an_obstacle_is_read_as_it_was_written_down(why):
    whole = Obstacle(why, "Dana", "210", access.STEAL)
    assert obstacles.from_data(whole.as_data()) == whole
    assert obstacles.from_data(Obstacle(why).as_data()) == Obstacle(why)
    assert obstacles.from_data({"error": "EQInvalid"}) is None
