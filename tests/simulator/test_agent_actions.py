"""The agent action: what is accepted, what happens then, and every refusal of the vendor's text."""

import pytest

from eqboard.simulator.office.entities import AgentState, state_of
from eqboard.simulator.refusals import Refusal

from .conftest import a_world


def state(world, agent_id=1, queue="500"):
    agent = world.directory.agents[agent_id]
    return state_of(agent, agent.memberships.get(queue))


def act(world, action, **options):
    world.agent_action(action, options)
    world.tick(1)


def refused(world, action, **options):
    with pytest.raises(Refusal) as caught:
        world.agent_action(action, options)
    assert caught.value.status == 400
    return caught.value.parameter, caught.value.kind


@pytest.mark.contract("2.30")
def test_accepted_is_not_done(world):
    world.agent_action("pause", {"agent": 1, "pauseCode": 1})
    assert state(world) is AgentState.AVAILABLE
    world.tick(0.19)
    assert state(world) is AgentState.AVAILABLE
    world.tick(0.62)
    assert state(world) is AgentState.PAUSED


def test_pausing_without_a_queue_pauses_in_all(world):
    act(world, "pause", agent=1, pauseCode=2)
    assert [row.pause_code for row in world.directory.agents[1].memberships.values()] == [2, 2]


def test_pausing_in_one_queue_leaves_the_others(world):
    act(world, "pause", agent=1, queue="501")
    assert state(world, queue="501") is AgentState.PAUSED
    assert state(world, queue="500") is AgentState.AVAILABLE


@pytest.mark.contract("4.8")
def test_a_second_reason_for_a_pause_replaces_the_first(world):
    act(world, "pause", agent=1, pauseCode=1)
    act(world, "pause", agent=1, pauseCode=2)
    assert world.directory.agents[1].memberships["500"].pause_code == 2


def test_a_paused_agent_is_offered_no_call(world):
    act(world, "pause", agent=1)
    act(world, "pause", agent=2)
    world.place_call("500")
    world.tick(600)
    assert len(world.directory.queues["500"].waiting) == 1


def test_resuming_offers_the_waiting_caller(world):
    act(world, "pause", agent=1)
    world.place_call("501")
    act(world, "resume", agent=1)
    assert state(world) is AgentState.RINGING


def test_signing_out_of_one_queue_keeps_the_other(world):
    act(world, "signOut", agent=1, queue="500")
    assert state(world, queue="500") is AgentState.SIGNED_OUT
    assert state(world, queue="501") is AgentState.AVAILABLE


def test_signing_out_without_a_queue_leaves_the_session(world):
    act(world, "signOut", agent=1)
    assert world.directory.agents[1].memberships == {}
    assert world.directory.agents[1].session_since is not None


@pytest.mark.contract("2.29")
def test_signing_in_without_queues_means_the_bound_ones(world):
    act(world, "signOut", agent=1)
    act(world, "signIn", agent=1)
    assert set(world.directory.agents[1].memberships) == {"500", "501"}


def test_signing_in_takes_the_default_skill_of_three(world):
    act(world, "signOut", agent=1)
    act(world, "signIn", agent=1, queue="500", skill=None)
    assert world.directory.agents[1].memberships["500"].skill == 3


def test_signing_in_to_several_queues_with_a_skill_each(world):
    act(world, "signOut", agent=1)
    act(world, "signIn", agent="1", queues=["500", "501"], skills=[5, "1"])
    assert [(row.queue, row.skill) for row in world.directory.agents[1].memberships.values()] == [
        ("500", 5),
        ("501", 1),
    ]


def test_of_several_queues_those_signed_in_to_already_are_passed_over(world):
    act(world, "signIn", agent=2, queues=["500", "501"], skill=4)
    skills = {row.queue: row.skill for row in world.directory.agents[2].memberships.values()}
    assert skills == {"500": 2, "501": 4}


def test_signing_in_paused(world):
    act(world, "signIn", agent=2, queue="501", paused=True)
    assert state(world, 2, "501") is AgentState.PAUSED


def test_leaving_wrap_up_early(world):
    world.place_call("501", talk_seconds=10)
    world.tick(14)
    act(world, "exitWrapUp", agent=1, queue="501")
    assert state(world, queue="501") is AgentState.AVAILABLE
    assert world.directory.queues["501"].ledger.wrap_up_seconds < 3


def test_leaving_wrap_up_without_being_in_it_is_no_mistake(world):
    act(world, "exitWrapUp", agent=1)
    assert state(world) is AgentState.AVAILABLE


def test_an_accepted_action_is_dropped_when_the_agent_has_gone_home_meanwhile(world):
    world.agent_action("signIn", {"agent": 2, "queue": "501"})
    world.go_home(world.directory.agents[2])
    world.tick(1)
    assert world.directory.agents[2].memberships == {}


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(
    ("action", "options", "expected"),
    [
        ("", {"agent": 1}, ("action", "blank")),
        ("dance", {"agent": 1}, ("action", "invalid")),
        ("PAUSE", {"agent": 1}, ("action", "invalid")),
        ("pause", {}, ("agent", "blank")),
        ("pause", {"agent": None}, ("agent", "blank")),
        ("pause", {"agent": ""}, ("agent", "blank")),
        ("pause", {"agent": "one"}, ("agent", "invalid")),
        ("pause", {"agent": True}, ("agent", "invalid")),
        ("pause", {"agent": 1.0}, ("agent", "invalid")),
        ("pause", {"agent": [1]}, ("agent", "invalid")),
        ("pause", {"agent": -1}, ("agent", "invalid")),
        ("pause", {"agent": "١"}, ("agent", "invalid")),
        ("pause", {"agent": 99}, ("agent", "nonexistent")),
        ("pause", {"agent": 10**30}, ("agent", "nonexistent")),
        ("pause", {"agent": 2, "queue": "501"}, ("queue", "not_signed_in")),
        ("resume", {"agent": 2, "queue": "501"}, ("queue", "not_signed_in")),
        ("signOut", {"agent": 2, "queue": "501"}, ("queue", "not_signed_in")),
        ("exitWrapUp", {"agent": 2, "queue": "501"}, ("queue", "not_signed_in")),
        ("pause", {"agent": 1, "queue": "999"}, ("queue", "nonexistent")),
        ("pause", {"agent": 1, "queue": "Sales"}, ("queue", "nonexistent")),
        ("pause", {"agent": 1, "queue": {"a": 1}}, ("queue", "invalid")),
        ("pause", {"agent": 1, "queue": True}, ("queue", "invalid")),
        ("pause", {"agent": 1, "pauseCode": 9}, ("pauseCode", "nonexistent")),
        ("pause", {"agent": 1, "pauseCode": "lunch"}, ("pauseCode", "invalid")),
        ("signIn", {"agent": 1, "queue": "500"}, ("queue", "already_signed_in")),
        ("signIn", {"agent": 2, "queue": "501", "skill": 6}, ("skill", "invalid")),
        ("signIn", {"agent": 2, "queue": "501", "skill": 0}, ("skill", "invalid")),
        ("signIn", {"agent": 2, "queue": "501", "skill": "best"}, ("skill", "invalid")),
        ("signIn", {"agent": 2, "queue": "501", "paused": "maybe"}, ("paused", "invalid")),
        ("signIn", {"agent": 2, "queue": "501", "paused": [True]}, ("paused", "invalid")),
        ("signIn", {"agent": 2, "queues": "501"}, ("queues", "invalid")),
        ("signIn", {"agent": 2, "queues": []}, ("queues", "blank")),
        ("signIn", {"agent": 2, "queues": [None]}, ("queues", "blank")),
        ("signIn", {"agent": 2, "queues": ["999"]}, ("queues", "nonexistent")),
        ("signIn", {"agent": 2, "queues": ["501"], "skills": [1, 2]}, ("skills", "invalid")),
        ("signIn", {"agent": 2, "queues": ["501"], "skills": 1}, ("skills", "invalid")),
        ("signIn", {"agent": 2, "queues": ["501"], "skills": [None]}, ("skills", "invalid")),
        ("signIn", {"agent": 2, "queues": ["501"], "skills": [9]}, ("skills", "invalid")),
    ],
)
def test_a_wrong_action_is_refused_and_named(world, action, options, expected):
    assert refused(world, action, **options) == expected


@pytest.mark.parametrize("action", ["signIn", "signOut", "pause", "resume", "exitWrapUp"])
def test_an_agent_without_a_session_is_not_signed_in(action):
    world = a_world(present_share=0.0)
    assert refused(world, action, agent=1) == ("agent", "not_signed_in")


def test_a_deleted_agent_is_nonexistent(world):
    world.directory.agents[1].deleted = True
    assert refused(world, "pause", agent=1) == ("agent", "nonexistent")


@pytest.mark.parametrize("option", [{"skill": "x"}, {"skills": 3}, {"paused": "x"}, {"pauseCode": 99}])
def test_options_without_effect_for_an_action_are_not_looked_at(world, option):
    act(world, "resume", agent=1, **option)


def test_skills_have_no_effect_without_queues(world):
    act(world, "signIn", agent=2, queue="501", skills="nonsense")
    assert world.directory.agents[2].memberships["501"].skill == 3
