"""Empty queues: every word of joinEmpty and leaveEmpty, on agents laid out by hand."""

import pytest

from eqboard.simulator.office.entities import AgentState
from eqboard.simulator.switch.admission import Standing, may_join, must_leave

AVAILABLE = Standing(AgentState.AVAILABLE, is_paused=False)
AGENTS = {
    "available": AVAILABLE,
    "on a call": Standing(AgentState.ON_CALL, is_paused=False),
    "ringing": Standing(AgentState.RINGING, is_paused=False),
    "wrapping up": Standing(AgentState.WRAP_UP, is_paused=False),
    "not registered": Standing(AgentState.AVAILABLE, is_paused=False, is_registered=False),
    "paused": Standing(AgentState.PAUSED, is_paused=True),
    "paused, on a call": Standing(AgentState.ON_CALL, is_paused=True),
    "no extension": Standing(AgentState.AVAILABLE, is_paused=False, has_extension=False, is_registered=False),
    "no extension, paused": Standing(AgentState.PAUSED, is_paused=True, has_extension=False, is_registered=False),
}
BUSY = {"on a call", "ringing", "wrapping up"}
COUNTED = {
    "loose": {"available", *BUSY, "not registered", "paused", "paused, on a call"},
    "no": {"available", *BUSY, "not registered"},
    "strict": {"available", *BUSY},
    "ultrastrict": {"available"},
}
CASES = [(rule, agent, agent in counted) for rule, counted in COUNTED.items() for agent in AGENTS]


@pytest.mark.parametrize(("rule", "agent", "counts"), CASES)
def test_a_caller_joins_where_somebody_counts(rule, agent, counts):
    assert may_join(rule, [AGENTS[agent]]) is counts


@pytest.mark.parametrize(("rule", "agent", "counts"), CASES)
def test_callers_leave_where_nobody_counts(rule, agent, counts):
    leaving = "yes" if rule == "no" else rule
    assert must_leave(leaving, [AGENTS[agent]]) is not counts


@pytest.mark.parametrize("rule", COUNTED)
def test_one_who_counts_is_enough(rule):
    assert may_join(rule, [*AGENTS.values()])
    assert may_join(rule, [AGENTS["no extension"], AVAILABLE])


@pytest.mark.parametrize("rule", COUNTED)
def test_where_nobody_is_signed_in_the_queue_is_empty(rule):
    assert not may_join(rule, [])
    assert must_leave("yes" if rule == "no" else rule, [])


@pytest.mark.parametrize("agents", [[], list(AGENTS.values())])
def test_yes_lets_everybody_in_and_no_sends_nobody_away(agents):
    assert may_join("yes", agents)
    assert not must_leave("no", agents)
