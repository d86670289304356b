"""What a queue's tile is made of beside the lists: EQ's own counts, its limit, and what is usual."""

import pytest

from eqboard.floor.assemble import Names
from eqboard.floor.snapshot import CameBack, ExchangeCounts, Trouble
from tests.builders import NOON, abandoned_call, ago, snapshot

from .conftest import Floor, unix


def test_what_eq_counts_itself_stands_beside_ours(floor):
    row = {"queue": "500", "callsAnswered": 7, "callsAbandoned": "3", "averageWaitTime": 12, "averageTalkTime": 180.5}
    assert floor.round(statistics=[row]).queues["500"].pbx == ExchangeCounts(7, 3, 12, 180.5)


def test_a_queue_of_which_eq_counts_nothing_has_no_counts(floor):
    assert floor.round(statistics=[{"queue": "500", "calls": 2}]).queues["500"].pbx is None


@pytest.mark.parametrize("statistics", [None, Trouble.BROKEN])
def test_eqs_counts_stay_while_they_cannot_be_read(floor, statistics):
    floor.round(statistics=[{"queue": "500", "callsAnswered": 7}])
    assert floor.round(statistics=statistics).queues["500"].pbx == ExchangeCounts(7)


def test_a_queue_has_its_longest_wait_and_what_is_usual_as_far_as_they_are_known():
    floor = Floor(Names(max_waits={"500": 900}, usual={"500": (1, 4)}))
    queues = floor.round(statistics=[{"queue": "500"}, {"queue": "501"}]).queues
    assert (queues["500"].max_wait_seconds, queues["500"].usual_low, queues["500"].usual_high) == (900, 1, 4)
    assert (queues["501"].max_wait_seconds, queues["501"].usual_low, queues["501"].usual_high) == (None, None, None)


def test_calls_taken_are_told_by_queue(floor):
    agent = floor.agent({"status": "available", "callsTaken": 4}, {"queue": "501", "status": "available"})
    assert {each.queue: each.calls_taken for each in agent.memberships} == {"500": 4, "501": None}


def test_those_who_gave_up_stay_listed_under_their_queues_newest_name(floor):
    floor.snapshot = snapshot(abandoned=[abandoned_call("1.1", came_back=CameBack.WAITING)])
    floor.names = Names(queues={"500": "Sales"})
    same = floor.snapshot.abandoned["1.1"]
    assert floor.round(calls=[]).abandoned["1.1"] is same
    floor.names = Names(queues={"500": "Ventas"})
    assert floor.round(calls=Trouble.BROKEN).abandoned["1.1"].queue_name == "Ventas"


def test_a_longest_wait_of_which_nobody_knows_the_beginning_is_a_lower_bound(floor):
    queue = floor.round(calls=[{"queue": "500", "uniqueId": "1.1"}]).queues["500"]
    assert (queue.oldest_waiting_at, queue.oldest_at_least) == (NOON, True)
    told = [{"queue": "500", "uniqueId": "1.2", "enterTime": unix(ago(60))}]
    queue = floor.round(calls=told).queues["500"]
    assert (queue.oldest_waiting_at, queue.oldest_at_least) == (ago(60), False)
