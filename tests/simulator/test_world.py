"""What happens to callers and agents, one small story at a time."""

import math

import pytest

from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import AgentState, QueueSettings, RingStrategy, state_of
from eqboard.simulator.switch.parties import Place

from .conftest import AT_ONCE, NO_PICK_UP, START, a_world


def state(world, agent_id, queue="500"):
    agent = world.directory.agents[agent_id]
    return state_of(agent, agent.memberships.get(queue))


def ledger(world, queue="500"):
    return world.directory.queues[queue].ledger


def ringing(world):
    return [agent.id for agent in world.directory.agents.values() if agent.ringing]


# Waiting and ringing


def test_a_caller_rings_at_an_agent_and_stays_in_the_queues_list(world):
    call = world.place_call("500")
    assert ringing(world) == [1]
    assert list(world.directory.queues["500"].waiting.values()) == [call]


def test_a_caller_is_answered_after_the_pick_up_time(world):
    call = world.place_call("500")
    world.tick(2.9)
    assert call.place is Place.WAITING
    world.tick(0.2)
    assert call.place is Place.TALKING
    assert state(world, 1) is AgentState.ON_CALL
    assert ledger(world).wait_answered_seconds == pytest.approx(3.0)


def test_a_caller_whose_patience_ends_is_abandoned():
    world = a_world(**NO_PICK_UP)
    world.place_call("500", patience_seconds=10)
    world.tick(10)
    assert ledger(world).abandoned == 1
    assert ledger(world).wait_abandoned_seconds == pytest.approx(10)
    assert ringing(world) == []
    assert world.switch.calls == {}


def test_a_caller_waits_when_nobody_is_signed_in():
    world = a_world(present_share=0.0)
    world.place_call("500")
    world.tick(3600)
    assert len(world.directory.queues["500"].waiting) == 1


def test_a_caller_beyond_max_wait_time_leaves_and_is_not_abandoned():
    world = a_world([QueueSettings("500", "Sales", max_wait_time=60)], [])
    world.place_call("500")
    world.tick(60)
    assert (ledger(world).timed_out, ledger(world).abandoned) == (1, 0)


def test_a_full_queue_turns_callers_away():
    world = a_world([QueueSettings("500", "Sales", max_callers=1)], [])
    world.place_call("500")
    world.place_call("500")
    assert (ledger(world).offered, ledger(world).turned_away) == (1, 1)
    assert len(world.switch.calls) == 1


@pytest.mark.contract("4.12")
def test_ring_no_answer_goes_to_the_next_agent_after_the_retry_time():
    queues = [QueueSettings("500", "Sales", ring_strategy=RingStrategy.LINEAR, agent_timeout=15, agent_retry_time=5)]
    world = a_world(queues, [{"500": 1}, {"500": 1}], **NO_PICK_UP)
    world.place_call("500")
    assert ringing(world) == [1]
    world.tick(15)
    assert ringing(world) == []
    assert ledger(world).rings_no_answer == 1
    world.tick(4.9)
    assert ringing(world) == []
    world.tick(0.1)
    assert ringing(world) == [2]


def test_without_retry_the_caller_leaves_after_the_first_ring_no_answer():
    world = a_world([QueueSettings("500", "Sales", agent_retry_time=None)], [{"500": 1}], **NO_PICK_UP)
    world.place_call("500")
    world.tick(15)
    assert ledger(world).timed_out == 1
    assert world.switch.calls == {}


def test_without_agent_timeout_the_telephone_rings_until_the_caller_gives_up():
    world = a_world([QueueSettings("500", "Sales", agent_timeout=None)], [{"500": 1}], **NO_PICK_UP)
    world.place_call("500", patience_seconds=600)
    world.tick(599)
    assert ringing(world) == [1]
    world.tick(1)
    assert ringing(world) == []


def test_ringall_stops_ringing_the_others_when_one_answers():
    world = a_world([QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)], [{"500": 1}, {"500": 1}])
    world.place_call("500")
    assert ringing(world) == [1, 2]
    world.tick(3)
    assert ringing(world) == []
    assert sorted([state(world, 1), state(world, 2)]) == [AgentState.AVAILABLE, AgentState.ON_CALL]


def test_whom_ringall_rang_in_vain_is_offered_the_next_caller_at_once():
    world = a_world([QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)], [{"500": 1}, {"500": 1}])
    world.place_call("500")
    second = world.place_call("500")
    assert not second.ringing
    world.tick(3)
    assert len(second.ringing) == 1


def test_the_next_caller_is_offered_as_soon_as_an_agent_is_free():
    world = a_world([QueueSettings("500", "Sales")], [{"500": 1}], **AT_ONCE)
    world.place_call("500", talk_seconds=100)
    second = world.place_call("500", talk_seconds=100)
    world.tick(100)
    assert second.place is Place.TALKING
    assert second.answered_at == START + 100


def test_callers_are_answered_in_order_of_entry():
    world = a_world([QueueSettings("500", "Sales")], [{"500": 1}], **AT_ONCE)
    calls = [world.place_call("500", talk_seconds=10) for _ in range(5)]
    world.tick(100)
    answered = [call.answered_at for call in calls]
    assert answered == sorted(answered)


def test_an_agent_of_several_queues_serves_the_heavier_first():
    queues = [QueueSettings("500", "Sales", weight=1), QueueSettings("501", "VIP", weight=5)]
    world = a_world(queues, [{"500": 1, "501": 5}], **AT_ONCE)
    world.place_call("500", talk_seconds=10)
    world.tick(1)
    light = world.place_call("500")
    world.tick(1)
    heavy = world.place_call("501")
    world.tick(8)
    assert heavy.place is Place.TALKING
    assert light.place is Place.WAITING


def test_of_queues_of_the_same_weight_the_longest_waiting_caller_goes_first():
    queues = [QueueSettings("500", "Sales"), QueueSettings("501", "Support")]
    world = a_world(queues, [{"500": 1, "501": 1}], **AT_ONCE)
    world.place_call("500", talk_seconds=10)
    world.tick(1)
    first = world.place_call("501")
    world.tick(1)
    world.place_call("500")
    world.tick(8)
    assert first.place is Place.TALKING


# One telephone


def test_an_agent_on_a_call_is_busy_in_every_queue():
    world = a_world()
    world.place_call("500")
    assert state(world, 1, "501") is AgentState.RINGING
    world.tick(3)
    assert state(world, 1, "501") is AgentState.ON_CALL


def test_an_agent_who_pauses_while_ringing_stops_ringing_and_the_next_is_rung(world):
    world.place_call("500")
    world.pause(world.directory.agents[1], 1)
    assert ringing(world) == [2]


def test_an_agent_who_signs_out_while_ringing_stops_ringing(world):
    world.place_call("501")
    world.go_home(world.directory.agents[1])
    world.tick(60)
    assert ringing(world) == []
    assert len(world.directory.queues["501"].waiting) == 1


def test_a_call_goes_on_when_its_agent_goes_home(world):
    call = world.place_call("500")
    world.tick(5)
    world.go_home(world.directory.agents[1])
    assert call.place is Place.TALKING
    world.tick(300)
    assert call.place is Place.GONE
    assert ledger(world).completed == 1


# Wrap-up


@pytest.mark.contract("4.12")
def test_wrap_up_lasts_as_long_as_the_queue_says(world):
    world.place_call("501", talk_seconds=10)
    world.tick(13)
    assert state(world, 1, "501") is AgentState.WRAP_UP
    world.tick(19.9)
    assert state(world, 1, "501") is AgentState.WRAP_UP
    world.tick(0.1)
    assert state(world, 1, "501") is AgentState.AVAILABLE
    assert ledger(world, "501").wrap_up_seconds == pytest.approx(20)


def test_wrap_up_holds_only_in_the_calls_own_queue_unless_told_otherwise(world):
    world.place_call("501", talk_seconds=10)
    world.tick(14)
    assert state(world, 1, "500") is AgentState.AVAILABLE


def test_wrap_up_in_all_queues_holds_in_all():
    queues = [QueueSettings("500", "Sales"), QueueSettings("501", "Support", wrap_up_time=20, wrap_up_all_queues=True)]
    world = a_world(queues)
    world.place_call("501", talk_seconds=10)
    world.tick(14)
    assert state(world, 1, "500") is AgentState.WRAP_UP


def test_an_agent_who_signed_out_of_the_calls_queue_has_no_wrap_up_there(world):
    world.place_call("501", talk_seconds=10)
    world.tick(5)
    world.sign_out(world.directory.agents[1], ["501"])
    world.tick(10)
    assert state(world, 1, "501") is AgentState.SIGNED_OUT
    assert state(world, 1, "500") is AgentState.AVAILABLE


@pytest.mark.contract("4.10")
def test_unlimited_wrap_up_ends_only_by_leaving_it():
    world = a_world([QueueSettings("500", "Sales", wrap_up_time=0)], [{"500": 1}])
    world.place_call("500", talk_seconds=10)
    world.tick(36000)
    assert state(world, 1) is AgentState.WRAP_UP
    assert world.directory.agents[1].memberships["500"].wrap_up_until == math.inf
    world.exit_wrap_up(world.directory.agents[1])
    assert state(world, 1) is AgentState.AVAILABLE


def test_a_queue_without_wrap_up_has_none(world):
    world.place_call("500", talk_seconds=10)
    world.tick(14)
    assert state(world, 1) is AgentState.AVAILABLE


# Parking and conferences

PARKS = {"park_share": 1.0, "renamed_share": 0.0, "parked": Duration(60.0, Shape.FIXED), **AT_ONCE}


def parked(world):
    call = world.place_call("500", talk_seconds=100)
    while call.place is not Place.PARKED:
        world.tick(1)
    return call


def test_a_parked_caller_frees_the_agent_and_takes_a_space():
    world = a_world(**PARKS)
    call = parked(world)
    assert call.space == 71
    assert state(world, 1) is AgentState.AVAILABLE
    assert world.switch.lot.calls == {71: call}


def test_a_parked_caller_is_picked_up_and_leaves_the_floor():
    world = a_world(**PARKS)
    call = parked(world)
    world.tick(60)
    assert call.place is Place.GONE
    assert ledger(world).picked_up == 1
    assert world.switch.lot.calls == {}


def test_a_caller_parked_too_long_comes_back_to_the_agent():
    world = a_world(**PARKS | {"parked": Duration(9999.0, Shape.FIXED)})
    call = parked(world)
    agent = call.parked_by
    world.tick(180)
    assert call.agent is agent
    assert ledger(world).returned_to_agent == 1


@pytest.mark.contract("4.11")
def test_a_caller_parked_too_long_rejoins_the_queue_under_the_same_unique_id_when_the_agent_is_away():
    world = a_world(**PARKS | {"parked": Duration(9999.0, Shape.FIXED)})
    call = parked(world)
    unique_id = call.unique_id
    for agent in world.directory.agents.values():
        world.go_home(agent)
    world.tick(180)
    assert call.place is Place.WAITING
    assert (ledger(world).rejoined, ledger(world).offered) == (1, 2)
    assert world.switch.calls == {unique_id: call}


def test_the_older_switch_gives_a_parked_caller_a_new_unique_id_but_not_a_new_channel():
    world = a_world(**PARKS | {"renamed_share": 1.0})
    call = world.place_call("500", talk_seconds=100)
    before = call.unique_id, call.channel
    world.tick(99)
    assert call.place is Place.PARKED
    assert call.unique_id != before[0]
    assert call.channel == before[1]
    assert list(world.switch.calls) == [call.unique_id]


def test_a_full_parking_lot_leaves_callers_with_their_agents():
    agents = [{"500": 1}] * 9
    world = a_world(None, agents, **PARKS | {"parked": Duration(9999.0, Shape.FIXED)})
    for _ in agents:
        world.place_call("500", talk_seconds=100)
    world.tick(99)
    assert len(world.switch.lot.calls) == 8
    assert ledger(world).parked == 8
    world.tick(2)
    assert ledger(world).completed == 1


def test_a_parked_caller_may_hang_up():
    world = a_world(**PARKS)
    call = parked(world)
    assert world.hang_up(call.unique_id)
    assert ledger(world).parked_abandoned == 1
    assert world.switch.lot.calls == {}


def test_a_conference_keeps_the_agent_on_the_call_and_ends_with_it():
    world = a_world(conference_share=1.0, **AT_ONCE)
    call = world.place_call("500", talk_seconds=100)
    world.tick(90)
    assert call.place is Place.CONFERENCE
    assert list(world.switch.conferences) == ["801"]
    assert state(world, 1) is AgentState.ON_CALL
    world.tick(10)
    assert call.place is Place.GONE
    assert world.switch.conferences == {}
    assert ledger(world).talk_seconds == pytest.approx(100)


# Hanging up and time


def test_hanging_up_a_caller_nobody_knows_is_said(world):
    assert not world.hang_up("1.1")


def test_a_talking_caller_who_hangs_up_completes_the_call(world):
    call = world.place_call("500")
    world.tick(10)
    assert world.hang_up(call.unique_id)
    assert (ledger(world).completed, ledger(world).abandoned) == (1, 0)


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf])
def test_time_does_not_run_backwards_nor_for_ever(world, seconds):
    with pytest.raises(ValueError, match="finite"):
        world.tick(seconds)


def test_running_to_a_moment_that_has_passed_changes_nothing(world):
    world.tick(10)
    world.run_to(START)
    assert world.now == START + 10
