"""Queues and agents that appear, vanish, come back and are renamed, from EQ's rows to what is counted of them."""

from datetime import timedelta

import pytest

from eqboard.floor.assemble import AgentName, Names
from eqboard.floor.counting import counted
from eqboard.floor.flow import EventKind, Watch, observe
from eqboard.floor.history import History
from eqboard.floor.snapshot import AgentState
from tests.builders import NOON

from .conftest import unix

QUEUE = {"queue": "500", "calls": 0}
OTHER = {"queue": "501", "calls": 0}
ANA = {"agent": 7, "queue": "500", "status": "available"}
LONG = 8  # rounds: who is missing in fewer may only have been left out of an answer
CALLER = {"queue": "500", "uniqueId": "1.1", "enterTime": unix(NOON - timedelta(seconds=30))}


def long(floor, **rows):
    """The floor after so many rounds that nothing is left of who is missing in all of them."""
    return [floor.round(**rows) for _ in range(LONG)][-1]


def test_a_queue_that_is_no_longer_told_of_is_gone_and_comes_back_by_itself(floor):
    floor.round(statistics=[QUEUE, OTHER], agents=[], calls=[])
    assert set(long(floor, statistics=[OTHER], agents=[], calls=[]).queues) == {"501"}
    assert floor.round(statistics=[QUEUE, OTHER], agents=[], calls=[]).queues["500"].waiting_count == 0


@pytest.mark.parametrize("rest", [{"agents": [ANA], "calls": []}, {"agents": [], "calls": [CALLER]}])
def test_a_queue_stays_as_long_as_somebody_is_in_it(floor, rest):
    floor.round(statistics=[QUEUE], **rest)
    assert set(floor.round(statistics=[], **rest).queues) == {"500"}


def test_a_queue_and_an_agent_are_renamed_wherever_they_stand(floor):
    rows = {"statistics": [QUEUE], "agents": [ANA], "calls": [CALLER]}
    floor.names = Names(queues={"500": "Sales"}, agents={7: AgentName("Ana Ruiz")})
    floor.round(**rows)
    floor.names = Names(queues={"500": "Ventas"}, agents={7: AgentName("Ana Gil")})
    seen = floor.round(**rows)
    [waiting], [member] = seen.waiting.values(), seen.agents[7].memberships
    assert {seen.queues["500"].name, waiting.queue_name, member.queue_name} == {"Ventas"}
    assert seen.agents[7].name == "Ana Gil"


def test_an_agent_who_comes_back_begins_anew(floor):
    """How long they were away nobody saw, so their old state does not go on."""
    first = floor.agent({"status": "available"})
    assert 7 not in long(floor, agents=[]).agents
    again = floor.agent({"status": "available"})
    assert again.state is AgentState.AVAILABLE
    assert (again.state_since, again.since_at_least) == (first.state_since + timedelta(seconds=LONG + 1), True)


# What is counted


def observed(floor, *rounds):
    """The events of several rounds, and all that was counted."""
    watch, history, events = Watch(), History(), []
    for rows in rounds:
        before = floor.snapshot
        after = floor.round(**rows)
        watch, news = observe(watch, before, after)
        history = history.with_span(counted(history.at(floor.now), news, before, after))
        events += news
    return events, history


def everything(queues, calls=(), agents=()):
    return {"statistics": list(queues), "calls": list(calls), "agents": list(agents)}


def test_who_waits_in_a_queue_that_is_deleted_is_sent_away_by_rule(floor):
    events, _ = observed(floor, everything([QUEUE], [CALLER]), *[everything([OTHER])] * LONG)
    assert [event.kind for event in events] == [EventKind.OFFERED, EventKind.FLOWED_OUT]


def test_what_was_counted_of_a_queue_is_there_when_it_comes_back(floor):
    gone = [everything([OTHER])] * LONG
    _, history = observed(floor, everything([QUEUE], [CALLER]), *gone, everything([QUEUE]))
    bucket = history.tally(frozenset({"500"}), NOON - timedelta(minutes=5)).bucket
    assert (bucket.offered, bucket.flowed_out) == (1, 1)


def test_a_talk_of_an_agent_who_is_deleted_ends_when_they_are_gone(floor):
    talking = ANA | {"status": "onCall", "call": {"uniqueId": "1.1"}}
    rounds = [everything([QUEUE], [CALLER], [ANA]), *[everything([QUEUE], [], [talking])] * 3]
    events, _ = observed(floor, *rounds, *[everything([QUEUE])] * LONG)
    kinds = [event.kind for event in events if event.kind is not EventKind.HANDLED]
    assert kinds == [EventKind.OFFERED, EventKind.ANSWERED, EventKind.TALKED]
