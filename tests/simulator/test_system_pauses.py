"""sysResume: whoever lets a call ring out is paused by the system, and taken up again by it.

The EQ API text has no more than "integer > 0 (seconds), or null to disable"; this is how we read it.
"""

import pytest

from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.switch.parties import Place

from .configured import books, configure, later, queued, row, rung, state
from .conftest import NO_PICK_UP, START, a_world
from .office import queue_action
from .telephones import act
from .test_invariants import check

RINGS = 15  # seconds a telephone rings (agentTimeout)


@pytest.fixture
def world():
    """Two agents who never answer, in two queues."""
    queues = [QueueSettings("500", "Sales"), QueueSettings("501", "Support")]
    return a_world(queues, [{"500": 1, "501": 1}, {"500": 2, "501": 2}], **NO_PICK_UP)


@pytest.fixture
async def strict(server):
    """Sales pauses who lets a call ring out for 60 seconds; it rings the same agent first, for 15 seconds."""
    await configure(server, ringStrategy="linear", sysResume=60, agentTimeout=RINGS, agentRetryTime=5)
    return server


async def test_who_lets_a_call_ring_out_is_paused_in_that_queue_without_a_code(strict, world, clock):
    world.place_call("500")
    await later(strict, clock, RINGS)
    shown = await row(strict)
    assert (shown["status"], shown["paused"], shown["pauseCode"]) == ("paused", True, None)
    assert shown["statusTime"] == START + RINGS
    assert await state(strict, queue="501") == "available"
    await later(strict, clock, 5)
    assert await rung(strict) == [2]
    check(world)


async def test_the_system_takes_them_up_again_after_so_many_seconds(strict, world, clock):
    call = world.place_call("500")
    await later(strict, clock, RINGS)
    world.hang_up(call.unique_id)
    await later(strict, clock, 59.9)
    assert await state(strict) == "paused"
    await later(strict, clock, 0.1)
    assert await state(strict) == "available"


async def test_who_is_taken_up_again_is_offered_who_waits(strict, world, clock):
    world.pause(world.directory.agents[2], None)
    world.place_call("500")
    await later(strict, clock, RINGS + 59)
    assert await rung(strict) == []
    await later(strict, clock, 1)
    assert await rung(strict) == [1]


async def test_without_it_nobody_is_paused(server, world, clock):
    await configure(server, ringStrategy="linear", sysResume=None)
    world.place_call("500")
    await later(server, clock, RINGS)
    assert [await state(server, agent) for agent in (1, 2)] == ["available", "available"]


async def test_all_whose_telephone_rang_in_vain_are_paused(server, world, clock):
    await configure(server, ringStrategy="ringall", sysResume=60)
    world.sign_out(world.directory.agents[2])
    world.sign_in(world.directory.agents[2], [("500", 1)])
    world.place_call("500")
    assert await rung(server) == [1, 2]
    await later(server, clock, RINGS)
    assert [await state(server, agent) for agent in (1, 2)] == ["paused", "paused"]


async def test_who_is_no_longer_rung_as_the_caller_hangs_up_is_not_paused(strict, world, clock):
    call = world.place_call("500")
    await later(strict, clock, RINGS - 1)
    world.hang_up(call.unique_id)
    assert await state(strict) == "available"


async def test_who_sends_the_caller_away_is_not_paused(strict, world, clock):
    world.place_call("500")
    act(world, "201", "hangUp")
    assert await rung(strict) == []
    assert await state(strict) == "available"
    assert (await books(strict))["rings_no_answer"] == 1


async def test_a_person_who_resumes_before_ends_it_and_the_system_does_nothing_more(strict, world, clock):
    call = world.place_call("500")
    await later(strict, clock, RINGS)
    world.hang_up(call.unique_id)
    await queue_action(strict, clock, "resume", agent=1, queue="500")
    await later(strict, clock, 0)
    assert await state(strict) == "available"
    await queue_action(strict, clock, "pause", agent=1, queue="500", pauseCode=1)
    await later(strict, clock, 600)
    assert (await row(strict))["pauseCode"] == 1


async def test_a_persons_own_pause_over_it_stays(strict, world, clock):
    call = world.place_call("500")
    await later(strict, clock, RINGS)
    world.hang_up(call.unique_id)
    await queue_action(strict, clock, "pause", agent=1, pauseCode=2)
    await later(strict, clock, 600)
    assert [(await row(strict, queue=queue))["pauseCode"] for queue in ("500", "501")] == [2, 2]


async def test_who_signs_out_and_in_again_is_not_paused_and_not_taken_up_out_of_a_later_pause(strict, world, clock):
    call = world.place_call("500")
    await later(strict, clock, RINGS)
    world.hang_up(call.unique_id)
    await queue_action(strict, clock, "signOut", agent=1, queue="500")
    await queue_action(strict, clock, "signIn", agent=1, queue="500", paused=True)
    await later(strict, clock, 600)
    assert await state(strict) == "paused"


async def test_a_new_value_is_for_the_telephone_that_rings_and_not_for_a_pause_that_has_begun(strict, world, clock):
    call = world.place_call("500")
    await configure(strict, ringStrategy="linear", sysResume=10)
    await later(strict, clock, RINGS)
    world.hang_up(call.unique_id)
    await configure(strict, ringStrategy="linear", sysResume=None)
    await later(strict, clock, 9.9)
    assert await state(strict) == "paused"
    await later(strict, clock, 0.1)
    assert await state(strict) == "available"


async def test_an_agent_paused_by_the_system_still_takes_the_other_queues_calls(strict, world, clock):
    first = world.place_call("500")
    await later(strict, clock, RINGS + 5)
    world.hang_up(first.unique_id)
    call = world.place_call("501")
    assert [agent.id for agent in call.ringing] == [1]
    assert call.place is Place.WAITING
    assert await queued(strict, "501") == [call.unique_id]
