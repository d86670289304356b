"""Rows of agents in queues into people: each once, with one state and a time since."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from eqboard.floor.assemble import AgentName, Names, combined_state
from eqboard.floor.snapshot import AgentState, Caller, Trouble
from tests.builders import NOON, ago

from .conftest import unix

ON_CALL, RINGING, WRAP_UP = AgentState.ON_CALL, AgentState.RINGING, AgentState.WRAP_UP
AVAILABLE, PAUSED, SIGNED_OUT, UNKNOWN = (
    AgentState.AVAILABLE,
    AgentState.PAUSED,
    AgentState.SIGNED_OUT,
    AgentState.UNKNOWN,
)


# One state for a person


def test_the_busiest_state_counts_over_all_queues():
    order = [ON_CALL, RINGING, WRAP_UP, AVAILABLE, PAUSED, UNKNOWN, SIGNED_OUT]
    for place, state in enumerate(order):
        for rest in permutations(order[place:], 2):
            assert combined_state([*rest, state]) is state


def test_who_is_in_no_queue_has_no_known_state():
    assert combined_state([]) is UNKNOWN


def test_available_in_one_queue_beats_a_pause_in_another_and_is_marked(floor):
    agent = floor.agent({"status": "paused", "pauseCode": 2}, {"queue": "501", "status": "available"})
    assert (agent.state, agent.partly_paused) == (AVAILABLE, True)
    assert [each.paused for each in agent.memberships] == [True, False]


def test_a_pause_during_a_call_follows_it(floor):
    agent = floor.agent({"status": "onCall", "paused": True})
    assert (agent.state, agent.partly_paused, agent.pause_follows) == (ON_CALL, False, True)


def test_a_pause_in_some_queues_during_a_call_is_partly_paused_and_does_not_follow(floor):
    agent = floor.agent({"status": "onCall", "paused": True}, {"queue": "501", "status": "onCall"})
    assert (agent.state, agent.partly_paused, agent.pause_follows) == (ON_CALL, True, False)


def test_whoever_is_paused_everywhere_is_paused_and_not_partly(floor):
    agent = floor.agent({"status": "paused"}, {"queue": "501", "status": "paused"})
    assert (agent.state, agent.partly_paused, agent.pause_follows) == (PAUSED, False, False)


def test_a_pause_that_outlives_the_signing_out_is_no_pause(floor):
    agent = floor.agent({"status": "signedOut", "paused": True, "pauseCode": 2})
    assert (agent.state, agent.partly_paused, agent.pause_code) == (SIGNED_OUT, False, None)


@pytest.mark.contract("4.8")
def test_a_word_that_nobody_knows_makes_that_one_agent_unknown(floor):
    agents = floor.round(
        agents=[
            {"agent": 7, "queue": "500", "status": "onTheMoon"},
            {"agent": 8, "queue": "500", "status": "available"},
        ]
    ).agents
    assert (agents[7].state, agents[8].state) == (UNKNOWN, AVAILABLE)


def test_an_unknown_word_in_one_queue_does_not_hide_what_is_known_from_another(floor):
    assert floor.agent({"status": "onTheMoon"}, {"queue": "501", "status": "ringing"}).state is RINGING


def test_whoever_is_no_longer_listed_is_no_longer_there(floor):
    floor.agent({"status": "available"})
    others = [{"agent": 8, "queue": "500", "status": "available"}]
    assert [7 in floor.round(agents=others).agents for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"agent": None, "queue": "500", "status": "paused"}, {"agent": 8, "queue": "500", "status": "paused"}],
        [{"agent": 7, "queue": "500", "status": "onTheMoon"}],
        [{"agent": 7, "queue": "501", "status": "signedOut"}],
    ],
    ids=["none", "without an id", "an unknown word", "one of two"],
)
def test_a_bad_row_or_two_change_nothing_for_a_moment(floor, rows):
    good = [{"status": "paused"}, {"queue": "501", "status": "signedOut"}]
    before = floor.agent(*good)
    for _ in range(3):
        after = floor.round(agents=rows).agents[7]
        assert replace(after, missing_since=None) == before
    assert floor.agent(*good) == before


def test_a_word_that_nobody_knows_is_told_when_it_stays(floor):
    floor.agent({"status": "paused"})
    assert [floor.agent({"status": "onTheMoon"}).state for _ in range(4)] == [PAUSED] * 3 + [UNKNOWN]


def test_who_was_not_seen_for_long_is_not_taken_to_be_there(floor):
    floor.agent({"status": "available"})
    assert not floor.round(agents=[], after_seconds=60).agents


@pytest.mark.parametrize("told", [1, unix(ago(32 * 86400)), unix(ago(-3600))])
def test_a_time_in_a_state_that_cannot_be_is_not_believed(floor, told):
    agent = floor.agent({"status": "paused", "statusTime": told})
    assert (agent.state_since, agent.since_at_least) == (NOON, True)


def test_the_same_row_twice_is_one_membership(floor):
    agent = floor.agent({"status": "available"}, {"status": "available"})
    assert len(agent.memberships) == 1
    assert floor.snapshot.queues["500"].available_count == 1


def test_of_two_rows_for_one_queue_the_busier_counts_whatever_eqs_order(floor):
    rows = [{"status": "available"}, {"status": "onCall"}, {"status": "signedOut"}]
    assert {floor.agent(*some).memberships[0].state for some in permutations(rows)} == {ON_CALL}


def test_memberships_stand_in_the_order_of_their_names_whatever_eqs_order(floor):
    floor.names = Names(queues={"500": "sales", "501": "Billing", "502": "Support"})
    rows = [{"queue": queue, "status": "available"} for queue in ("500", "501", "502")]
    seen = {floor.agent(*some).memberships for some in permutations(rows)}
    assert [[each.queue_name for each in memberships] for memberships in seen] == [["Billing", "sales", "Support"]]


@pytest.mark.contract("4.10")
def test_nothing_changes_when_only_eqs_order_does(floor):
    rows = [
        {"queue": "500", "status": "paused", "pauseCode": 1, "extension": "207"},
        {"queue": "501", "status": "paused", "pauseCode": 2, "extension": "208"},
        {"queue": "502", "status": "wrapUp", "wrapUpEndTime": unix(ago(-9))},
    ]
    assert len({floor.agent(*some, after_seconds=0) for some in permutations(rows)}) == 1


@pytest.mark.contract("4.10")
@pytest.mark.parametrize(("said", "skill"), [(0, None), (None, None), (3, 3), ("2", 2)])
def test_a_skill_of_0_is_none(floor, said, skill):
    assert floor.agent({"status": "available", "skill": said}).memberships[0].skill == skill


# Since when


def test_eqs_own_time_counts_where_it_gives_one(floor):
    agent = floor.agent({"status": "paused", "statusTime": unix(ago(90))})
    assert (agent.state_since, agent.since_at_least) == (ago(90), False)


def test_the_earliest_time_of_the_combined_state_counts(floor):
    agent = floor.agent(
        {"status": "available", "statusTime": unix(ago(30))},
        {"queue": "501", "status": "available", "statusTime": unix(ago(60))},
        {"queue": "502", "status": "paused", "statusTime": unix(ago(90))},
    )
    assert agent.state_since == ago(60)


def test_at_first_sight_without_a_time_it_is_at_least_since_now(floor):
    agent = floor.agent({"status": "paused"})
    assert (agent.state_since, agent.since_at_least) == (NOON, True)


def test_it_stays_at_least_since_then_while_nothing_changes(floor):
    floor.agent({"status": "paused"})
    agent = floor.agent({"status": "paused"})
    assert (agent.state_since, agent.since_at_least) == (NOON, True)


def test_a_change_that_we_see_is_exact(floor):
    floor.agent({"status": "paused"})
    agent = floor.agent({"status": "available"})
    assert (agent.state_since, agent.since_at_least) == (NOON + timedelta(seconds=1), False)


def test_a_change_found_after_a_long_silence_is_at_least_since_now(floor):
    floor.agent({"status": "paused"})
    for _ in range(3):
        floor.round(agents=Trouble.UNREACHABLE)
    agent = floor.agent({"status": "available"})
    assert (agent.state_since, agent.since_at_least) == (floor.now, True)


def test_a_change_that_a_slow_eq_tells_in_its_own_pace_is_exact(floor):
    floor.round(agents=[{"agent": 7, "queue": "500", "status": "paused"}], took_seconds=4)
    agent = floor.agent({"status": "available"}, after_seconds=4, took_seconds=4)
    assert (agent.state_since, agent.since_at_least) == (floor.now, False)


def test_eqs_time_replaces_what_we_only_knew_at_least(floor):
    floor.agent({"status": "paused"})
    agent = floor.agent({"status": "paused", "statusTime": unix(ago(1))})
    assert (agent.state_since, agent.since_at_least) == (ago(1), False)


def test_what_eq_said_once_stands_when_it_says_nothing(floor):
    floor.agent({"status": "paused", "statusTime": unix(ago(90))})
    agent = floor.agent({"status": "paused"})
    assert (agent.state_since, agent.since_at_least) == (ago(90), False)


@pytest.mark.contract("4.9")
@pytest.mark.parametrize("seconds", [-2, -1, 1, 2])
def test_a_time_that_wavers_within_two_seconds_stays_steady(floor, seconds):
    floor.agent({"status": "paused", "statusTime": unix(ago(90))})
    assert floor.agent({"status": "paused", "statusTime": unix(ago(90 + seconds))}).state_since == ago(90)


def test_a_time_that_moves_further_is_news(floor):
    floor.agent({"status": "paused", "statusTime": unix(ago(90))})
    assert floor.agent({"status": "paused", "statusTime": unix(ago(87))}).state_since == ago(87)


def test_another_state_takes_its_own_time_however_near(floor):
    floor.agent({"status": "ringing", "statusTime": unix(ago(5))})
    assert floor.agent({"status": "onCall", "statusTime": unix(ago(4))}).state_since == ago(4)


@pytest.mark.parametrize("skew_seconds", [3600, -3600, 0.5])
def test_eqs_times_are_put_on_our_clock(floor, skew_seconds):
    floor.skew_seconds = skew_seconds
    agent = floor.agent({"status": "paused", "statusTime": unix(ago(90)) - 3600})
    assert agent.state_since == ago(90) - timedelta(seconds=3600 + skew_seconds)


def test_when_eqs_clock_jumps_and_the_skew_with_it_nothing_moves(floor):
    floor.agent({"status": "paused", "statusTime": unix(ago(90))})
    floor.skew_seconds = 7200
    assert floor.agent({"status": "paused", "statusTime": unix(ago(90)) + 7200}).state_since == ago(90)


def test_a_time_beyond_what_a_clock_can_show_is_none(floor):
    floor.skew_seconds = -3600
    agent = floor.agent({"status": "wrapUp", "statusTime": 253402300799, "wrapUpEndTime": 253402300799})
    assert (agent.state_since, agent.since_at_least, agent.wrap_up_ends_at) == (NOON, True, None)


# Names


def test_an_agent_without_a_name_is_called_by_number(floor):
    agent = floor.agent({"status": "available"})
    assert (agent.name, agent.number, agent.memberships[0].queue_name) == ("#7", None, "500")


def test_names_that_arrive_later_are_used(floor):
    floor.agent({"status": "available"})
    floor.names = Names(agents={7: AgentName("Ana Ruiz", "1007")}, queues={"500": "Sales"})
    agent = floor.agent({"status": "available"})
    assert (agent.name, agent.number, agent.memberships[0].queue_name) == ("Ana Ruiz", "1007", "Sales")


@pytest.mark.parametrize("rows", [None, Trouble.UNREACHABLE])
def test_names_that_arrive_while_the_agents_are_not_read_are_used_too(floor, rows):
    call = {"uniqueId": "1.1", "queue": "500"}
    floor.agent({"status": "onCall", "paused": True, "pauseCode": 2, "call": call})
    floor.names = Names({7: AgentName("Ana Ruiz", "1007")}, {"500": "Sales"}, {2: "Lunch"})
    agent = floor.round(agents=rows).agents[7]
    assert (agent.name, agent.number, agent.pause_reason) == ("Ana Ruiz", "1007", "Lunch")
    assert (agent.call_queue_name, agent.memberships[0].queue_name) == ("Sales", "Sales")


def test_a_pause_code_without_a_name_has_no_reason(floor):
    floor.names = Names(pause_codes={2: "Lunch"})
    assert floor.agent({"status": "paused", "pauseCode": 2}).pause_reason == "Lunch"
    agent = floor.agent({"status": "paused", "pauseCode": 3})
    assert (agent.pause_code, agent.pause_reason) == (3, None)


# Calls


def test_the_call_is_taken_from_the_row_that_knows_its_queue(floor):
    busy = {"uniqueId": "1.1"}
    agent = floor.agent(
        {"status": "onCall", "call": busy},
        {"queue": "501", "status": "onCall", "call": {**busy, "queue": "501", "callerIdName": "Carmen"}},
    )
    assert (agent.call_queue, agent.call_queue_name, agent.caller.name) == ("501", "501", "Carmen")


def test_a_call_may_be_from_a_queue_that_the_agent_does_not_serve(floor):
    agent = floor.agent({"status": "onCall", "call": {"uniqueId": "1.1", "queue": "599"}})
    assert agent.call_queue == "599"
    assert [each.queue for each in agent.memberships] == ["500"]


def test_a_call_that_came_from_no_queue_has_none(floor):
    agent = floor.agent({"status": "onCall", "call": {"callerIdNumber": "5550100"}})
    assert agent.caller == Caller(None, None, "5550100", None)
    assert (agent.call_queue, agent.call_queue_name) == (None, None)


def test_a_call_that_stands_in_one_row_of_several_came_from_that_rows_queue(floor):
    busy, call = {"status": "onCall"}, {"uniqueId": "1.1", "queue": None}
    assert floor.agent({"queue": "500", **busy}, {"queue": "501", **busy, "call": call}).call_queue == "501"
    assert floor.agent({"queue": "500", **busy, "call": call}, {"queue": "501", **busy}).call_queue == "500"


def test_of_a_call_that_stands_in_several_rows_nobody_knows_the_queue(floor):
    busy = {"status": "onCall", "call": {"uniqueId": "1.1", "queue": None}}
    assert floor.agent(busy, {"queue": "501", **busy}).call_queue is None
    assert floor.agent(busy, {"queue": "501", **busy}, {"queue": "502", "status": "signedOut"}).call_queue is None


# Wrap-up, sessions, extensions


def test_wrap_up_ends_when_its_last_queue_ends_it(floor):
    agent = floor.agent(
        {"status": "wrapUp", "wrapUpEndTime": unix(ago(-5))},
        {"queue": "501", "status": "wrapUp", "wrapUpEndTime": unix(ago(-9))},
    )
    assert agent.wrap_up_ends_at == ago(-9)


def test_the_end_of_a_wrap_up_that_is_over_is_not_shown(floor):
    assert floor.agent({"status": "available", "wrapUpEndTime": unix(ago(5))}).wrap_up_ends_at is None


def test_where_no_row_names_the_extension_the_session_does(floor):
    rows = [{"agent": 7, "queue": "500", "status": "available"}, {"agent": 8, "queue": "500", "status": "signedOut"}]
    agents = floor.round(agents=rows, sessions=[{"user": 7, "extension": "207"}]).agents
    assert (agents[7].extension, agents[8].extension) == ("207", None)


def test_what_sessions_told_stands_until_they_are_read_again(floor):
    rows = [{"agent": 7, "queue": "500", "status": "available"}]
    floor.round(agents=rows, sessions=[{"user": 7, "extension": "207"}])
    for sessions in (None, Trouble.BROKEN):
        assert floor.round(agents=rows, sessions=sessions).agents[7].extension == "207"
    assert floor.round(agents=rows, sessions=[]).agents[7].extension is None


def test_the_extension_of_the_rows_counts_before_that_of_the_session(floor):
    rows = [{"agent": 7, "queue": "500", "status": "available", "extension": "201"}]
    assert floor.round(agents=rows, sessions=[{"user": 7, "extension": "207"}]).agents[7].extension == "201"
