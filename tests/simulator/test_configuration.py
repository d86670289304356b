"""The configuration matters: attributes of a call queue, changed over HTTP while the world runs, and what follows.

What an attribute means is FreePBX's where the EQ API text does not say it.
"""

from dataclasses import replace

import pytest

from eqboard.simulator.durations import Duration
from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.scenarios import SCENARIOS
from eqboard.simulator.world import World

from .configured import books, configure, later, numbers, queued, row, rung, state
from .conftest import NO_PICK_UP, START, Server, a_world
from .office import delete, put, queue_action
from .test_invariants import check

TWO_QUEUES = (QueueSettings("500", "Sales"), QueueSettings("501", "Support"))
BOTH = {"500": 1, "501": 1}


@pytest.fixture
def world():
    """Two agents, as good as each other, in two queues with the defaults; a telephone is answered after 3 seconds."""
    return a_world(list(TWO_QUEUES), [BOTH, BOTH], renamed_share=0.0)


@pytest.fixture
def one_agent():
    return a_world(list(TWO_QUEUES), [BOTH])


@pytest.fixture
def deaf():
    """Two agents who never answer."""
    return a_world(list(TWO_QUEUES), [BOTH, BOTH], **NO_PICK_UP)


@pytest.fixture
async def served(open_client):
    """Serve another world than the usual one."""
    clients = []

    def serve(world):
        clients.append(open_client(world))
        return Server(clients[-1])

    yield serve
    for client in clients:
        await client.aclose()


# ringStrategy


async def test_a_new_ring_strategy_is_for_the_next_caller_and_not_for_a_telephone_that_rings(server, world, clock):
    call = world.place_call("500")
    assert await rung(server) == [1]
    await configure(server, ringStrategy="ringall")
    await later(server, clock, 1)
    assert await rung(server) == [1]
    world.hang_up(call.unique_id)
    world.place_call("500")
    assert await rung(server) == [1, 2]


async def test_who_stops_ringing_as_the_strategy_is_another_one_now_takes_another_queues_caller(server, world, clock):
    await configure(server, ringStrategy="ringall")
    first, second = world.place_call("500"), world.place_call("501")
    assert await rung(server) == [1, 2]
    await configure(server, ringStrategy="linear")
    world.pause(world.directory.agents[1], None, ["500"])
    assert (len(first.ringing), len(second.ringing)) == (1, 1)
    check(world)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("linear", [1, 1, 1]), ("rrmemory", [1, 2, 1]), ("rrordered", [1, 2, 1]), ("leastrecent", [1, 2, 1])],
)
async def test_each_strategy_rings_in_its_order(server, world, clock, strategy, expected):
    await configure(server, ringStrategy=strategy)
    found = []
    for _ in expected:
        world.place_call("500", talk_seconds=10)
        found += await rung(server)
        await later(server, clock, 60)
    assert found == expected


async def test_a_better_skill_is_rung_first_after_signing_in_again_with_it(server, world, clock):
    await queue_action(server, clock, "signOut", agent=1, queue="500")
    await queue_action(server, clock, "signIn", agent=1, queue="500", skill=5)
    await later(server, clock, 0)
    assert [(await row(server, agent))["skill"] for agent in (1, 2)] == [5, 1]
    world.place_call("500")
    world.place_call("500")
    assert [call.ringing[0].id for call in world.directory.queues["500"].waiting.values()] == [2, 1]


# weight


@pytest.mark.parametrize(("weight", "first"), [(0, "500"), (5, "501")])
async def test_a_heavier_queue_goes_first_from_the_moment_in_which_it_is_heavier(
    served, one_agent, clock, weight, first
):
    server = served(one_agent)
    one_agent.place_call("500", talk_seconds=60)
    for queue in ("500", "501"):
        await later(server, clock, 5)
        one_agent.place_call(queue)
    await configure(server, "501", weight=weight)
    await later(server, clock, 60)
    assert (await row(server, queue=first))["call"]["queue"] == first


async def test_of_equal_weight_whoever_waits_longest_goes_first_though_a_telephone_rings_in_the_other_queue(
    server, world, clock
):
    """The caller who is being rung for in Sales has waited longest there; the next one there has not."""
    world.pause(world.directory.agents[1], None)
    world.pause(world.directory.agents[2], None)
    first = world.place_call("500")
    await later(server, clock, 5)
    second = world.place_call("501")
    await later(server, clock, 5)
    third = world.place_call("500")
    world.resume(world.directory.agents[1])
    assert first.ringing
    world.resume(world.directory.agents[2])
    assert second.ringing
    assert not third.ringing


# wrapUpTime, wrapUpAllQueues


async def test_a_new_wrap_up_time_leaves_the_wrap_up_that_has_begun_as_it_is(server, world, clock):
    await configure(server, wrapUpTime=20)
    world.place_call("500", talk_seconds=10)
    await later(server, clock, 14)
    assert (await row(server))["wrapUpEndTime"] == START + 33
    await configure(server, wrapUpTime=60)
    assert (await row(server))["wrapUpEndTime"] == START + 33
    await later(server, clock, 19)
    assert await state(server) == "available"


@pytest.mark.parametrize(("seconds", "expected"), [(60, START + 73), (0, None)])
async def test_a_new_wrap_up_time_is_for_the_call_that_goes_on(server, world, clock, seconds, expected):
    world.place_call("500", talk_seconds=10)
    await later(server, clock, 5)
    await configure(server, wrapUpTime=seconds)
    await later(server, clock, 9)
    shown = await row(server)
    assert (shown["status"], shown["wrapUpEndTime"]) == ("wrapUp", expected)


async def test_no_wrap_up_any_more_is_for_the_call_that_goes_on(server, world, clock):
    await configure(server, wrapUpTime=20)
    world.place_call("500", talk_seconds=10)
    await later(server, clock, 5)
    await configure(server, wrapUpTime=None)
    await later(server, clock, 9)
    assert await state(server) == "available"


async def test_an_unlimited_wrap_up_lasts_until_its_agent_leaves_it_whatever_the_queue_says_by_then(
    server, world, clock
):
    await configure(server, wrapUpTime=0)
    world.place_call("500", talk_seconds=10)
    await later(server, clock, 14)
    await configure(server, wrapUpTime=20)
    await later(server, clock, 36_000)
    assert await state(server) == "wrapUp"
    await queue_action(server, clock, "exitWrapUp", agent=1)
    assert await state(server) == "available"


async def test_wrap_up_in_all_queues_is_for_the_next_wrap_up(server, world, clock):
    await configure(server, wrapUpTime=20)
    world.place_call("500", talk_seconds=10)
    await later(server, clock, 14)
    await configure(server, wrapUpTime=20, wrapUpAllQueues=True)
    assert await state(server, queue="501") == "available"
    await later(server, clock, 60)
    call = world.place_call("500", talk_seconds=10)
    await later(server, clock, 4)
    agent = call.agent.id
    await later(server, clock, 10)
    assert [await state(server, agent, queue) for queue in ("500", "501")] == ["wrapUp", "wrapUp"]


# maxWaitTime, maxCallers


@pytest.fixture
def unattended():
    """Nobody is signed in."""
    return a_world(list(TWO_QUEUES), [BOTH], present_share=0.0)


async def test_a_new_longest_wait_is_for_new_callers_and_who_waits_keeps_theirs(served, unattended, clock):
    server = served(unattended)
    await configure(server, maxWaitTime=60)
    first = unattended.place_call("500")
    await configure(server, maxWaitTime=None)
    second = unattended.place_call("500")
    await configure(server, maxWaitTime=30)
    third = unattended.place_call("500")
    await later(server, clock, 29)
    assert await queued(server) == [first.unique_id, second.unique_id, third.unique_id]
    await later(server, clock, 1)
    assert await queued(server) == [first.unique_id, second.unique_id]
    await later(server, clock, 30)
    assert await queued(server) == [second.unique_id]
    await later(server, clock, 7200)
    assert await queued(server) == [second.unique_id]
    assert (await books(server))["timed_out"] == 2


async def test_who_waits_in_a_queue_that_is_too_full_now_stays_and_nobody_else_gets_in(served, unattended, clock):
    server = served(unattended)
    waiting = [unattended.place_call("500") for _ in range(3)]
    await configure(server, maxCallers=2)
    assert await queued(server) == [call.unique_id for call in waiting]
    unattended.place_call("500")
    unattended.hang_up(waiting[0].unique_id)
    unattended.place_call("500")
    assert (await books(server))["turned_away"] == 2
    unattended.hang_up(waiting[1].unique_id)
    last = unattended.place_call("500")
    assert await queued(server) == [waiting[2].unique_id, last.unique_id]


# agentTimeout, agentRetryTime


async def test_a_new_agent_time_out_is_for_the_next_telephone_and_not_for_one_that_rings(served, deaf, clock):
    server = served(deaf)
    await configure(server, ringStrategy="linear", agentTimeout=15, agentRetryTime=5)
    deaf.place_call("500")
    await configure(server, ringStrategy="linear", agentTimeout=30, agentRetryTime=5)
    await later(server, clock, 14)
    assert await rung(server) == [1]
    await later(server, clock, 1)
    assert await rung(server) == []
    await later(server, clock, 34)
    assert await rung(server) == [2]
    await later(server, clock, 1)
    assert await rung(server) == []


async def test_without_an_agent_time_out_a_telephone_rings_on(served, deaf, clock):
    server = served(deaf)
    await configure(server, ringStrategy="linear", agentTimeout=None)
    deaf.place_call("500")
    await later(server, clock, 3600)
    assert await rung(server) == [1]


@pytest.mark.parametrize(("retry", "rung_after_15"), [(0, [2]), (20, [])])
async def test_a_new_retry_time_is_for_the_telephone_that_rings(served, deaf, clock, retry, rung_after_15):
    server = served(deaf)
    await configure(server, ringStrategy="linear")
    deaf.place_call("500")
    await configure(server, ringStrategy="linear", agentRetryTime=retry)
    await later(server, clock, 15)
    assert await rung(server) == rung_after_15
    await later(server, clock, 20)
    assert len(await rung(server)) == 1


async def test_without_retry_the_caller_leaves_when_the_telephone_has_rung_out(served, deaf, clock):
    server = served(deaf)
    deaf.place_call("500")
    await configure(server, agentRetryTime=None)
    await later(server, clock, 15)
    assert await queued(server) == []
    assert (await numbers(server))["callsAbandoned"] == (await books(server))["timed_out"] == 1


# recordingFormat, recordingMode


async def recordings(server, call):
    return (await server.get("call_recordings", call_unique_id=call.unique_id)).json()


@pytest.mark.parametrize(
    ("settings", "while_waiting", "after_answering"),
    [
        ({}, 0, 0),
        ({"recordingFormat": None, "recordingMode": "includeholdtime"}, 0, 0),
        ({"recordingFormat": "", "recordingMode": "includeholdtime"}, 0, 0),
        ({"recordingFormat": "wav"}, 0, 1),
        ({"recordingFormat": "wav", "recordingMode": "afteranswered"}, 0, 1),
        ({"recordingFormat": "wav", "recordingMode": "includeholdtime"}, 1, 1),
    ],
)
async def test_a_queue_records_as_it_is_told(server, world, clock, settings, while_waiting, after_answering):
    await configure(server, **settings)
    call = world.place_call("500", talk_seconds=60)
    assert len(await recordings(server, call)) == while_waiting
    await later(server, clock, 4)
    assert len(await recordings(server, call)) == after_answering


async def test_who_waits_already_is_recorded_as_the_queue_says_when_they_are_answered(server, world, clock):
    await configure(server, recordingFormat=None)
    call = world.place_call("500", talk_seconds=60)
    await configure(server, recordingFormat="wav", recordingMode="includeholdtime")
    assert await recordings(server, call) == []
    await later(server, clock, 4)
    assert len(await recordings(server, call)) == 1


# type


OPEN_LINES = replace(
    SCENARIOS["by_hand"], busy_share=0.8, talk=Duration(60.0), patience=Duration(60.0), present_share=1.0
)


async def test_the_public_calls_no_queue_for_outbound_calls_and_all_else_works_there(served, clock):
    world = a_world([TWO_QUEUES[0], replace(TWO_QUEUES[1], type=1)], [BOTH, BOTH], scenario=OPEN_LINES)
    server = served(world)
    await later(server, clock, 3600)
    assert (await books(server, "501"))["offered"] == 0
    assert (await books(server, "500"))["offered"] > 20
    await queue_action(server, clock, "pause", agent=1, queue="501")
    assert (await row(server, 1, "501"))["paused"] is True
    answer = await server.control("POST", "/control/calls", queue="501")
    assert (await books(server, "501"))["offered"] == 1
    assert answer.json()


async def test_the_public_calls_no_more_when_a_queue_becomes_one_for_outbound_calls(served, clock):
    server = served(a_world(list(TWO_QUEUES), [BOTH, BOTH], scenario=OPEN_LINES))
    await later(server, clock, 1800)
    before = await books(server, "501")
    assert before["offered"] > 5
    await configure(server, "501", type=1)
    await later(server, clock, 3600)
    assert (await books(server, "501"))["offered"] == before["offered"]
    await configure(server, "501", type=0)
    await later(server, clock, 3600)
    assert (await books(server, "501"))["offered"] > before["offered"]


# autoAnswerAcd


@pytest.mark.parametrize("strategy", ["linear", "ringall"])
async def test_a_telephone_that_answers_by_itself_rings_for_a_moment_and_never_rings_out(served, deaf, clock, strategy):
    server = served(deaf)
    await configure(server, ringStrategy=strategy, autoAnswerAcd=True, agentTimeout=1)
    for _ in range(20):
        deaf.place_call("500", talk_seconds=5)
        await later(server, clock, 0.09)
        assert await rung(server) == ([1, 2] if strategy == "ringall" else [1])
        await later(server, clock, 0.32)
        assert await rung(server) == []
        assert (await numbers(server))["agentsOnCall"] == 1
        await later(server, clock, 10)
    assert (await books(server))["rings_no_answer"] == 0


async def test_only_that_queues_calls_are_answered_by_themselves(served, deaf, clock):
    server = served(deaf)
    await configure(server, autoAnswerAcd=True)
    deaf.place_call("501")
    await later(server, clock, 5)
    assert await rung(server) == [1]


# cidNamePrefix


async def names(server, queue="500"):
    return [row["callerIdName"] for row in (await server.get("queued_calls", queue=queue)).json()]


async def test_the_prefix_stands_before_the_name_in_every_answer(server, world, clock):
    await configure(server, cidNamePrefix="S&S: ")
    world.place_call("500", name="Ann", talk_seconds=60)
    assert await names(server) == ["S&S: Ann"]
    await later(server, clock, 4)
    assert (await row(server))["call"]["callerIdName"] == "S&amp;S: Ann"
    [shown] = (await server.get("active_calls", extension="201")).json()
    assert shown["callerIdName"] == "S&S: Ann"


@pytest.mark.parametrize("prefix", [None, ""])
async def test_a_new_prefix_is_for_new_callers(served, unattended, prefix):
    server = served(unattended)
    await configure(server, cidNamePrefix="Old ")
    unattended.place_call("500", name="Ann")
    await configure(server, cidNamePrefix="New ")
    unattended.place_call("500", name="")
    await configure(server, cidNamePrefix=prefix)
    unattended.place_call("500", name="Cem")
    assert await names(server) == ["Old Ann", "New ", "Cem"]


@pytest.mark.parametrize(("second", "shown"), [("T: ", "T: Ann"), (None, "S: Ann"), ("S: ", "S: Ann")])
async def test_another_queues_prefix_takes_the_place_of_the_first(served, unattended, clock, second, shown):
    server = served(unattended)
    await configure(server, cidNamePrefix="S: ")
    await configure(server, "501", cidNamePrefix=second)
    call = unattended.place_call("500", name="Ann")
    await server.send("POST", "steal_queued_call", channel=call.channel, destination="501")
    await later(server, clock, 1)
    assert await names(server, "501") == [shown]


async def test_who_leaves_the_queue_for_an_extension_keeps_the_prefix(served, unattended, clock):
    server = served(unattended)
    await configure(server, cidNamePrefix="S: ")
    call = unattended.place_call("500", name="Ann")
    await server.send("POST", "steal_queued_call", channel=call.channel, destination="301")
    await later(server, clock, 4)
    [shown] = (await server.get("active_calls", extension="301")).json()
    assert shown["callerIdName"] == "S: Ann"


async def test_who_comes_back_from_the_parking_lot_has_the_prefix_once(served, clock):
    world = a_world(list(TWO_QUEUES), [BOTH], renamed_share=0.0)
    server = served(world)
    await configure(server, cidNamePrefix="S: ")
    world.place_call("500", name="Ann")
    await later(server, clock, 4)
    await server.send("POST", "extension_action", extension="201", action="park")
    await later(server, clock, 1)
    await server.control("POST", "/control/agents/1", state="signed_out")
    await later(server, clock, 180)
    assert await names(server) == ["S: Ann"]


# Telephones that are not there


async def test_an_agent_at_an_extension_that_is_deleted_is_offered_nothing_until_there_is_one_again(
    served, one_agent, clock
):
    server = served(one_agent)
    await delete(server, "extension/201")
    one_agent.place_call("500")
    await later(server, clock, 60)
    assert await state(server) == "available"
    assert len(await queued(server)) == 1
    await server.send("POST", "extension", data={"extension": "201", "name": "Agent1 Test"})
    assert await rung(server) == [1]
    check(one_agent)


async def test_an_agent_whose_extension_gets_another_number_is_offered_nothing_there(served, one_agent, clock):
    server = served(one_agent)
    await put(server, "extension/201", extension="299", name="Moved")
    one_agent.place_call("500")
    await later(server, clock, 60)
    assert await rung(server) == []
    await put(server, "extension/299", extension="201", name="Moved back")
    assert await rung(server) == [1]


async def test_a_telephone_whose_extension_is_deleted_rings_and_talks_to_the_end(served, one_agent, clock):
    server = served(one_agent)
    one_agent.place_call("500", talk_seconds=30)
    await delete(server, "extension/201")
    assert await rung(server) == [1]
    await later(server, clock, 10)
    assert await state(server) == "onCall"
    check(one_agent)
    await later(server, clock, 30)
    assert (await books(server))["completed"] == 1
    check(one_agent)


async def test_a_parked_caller_does_not_come_back_to_a_telephone_that_is_not_there(served, one_agent, clock):
    server = served(one_agent)
    one_agent.place_call("500")
    await later(server, clock, 4)
    await server.send("POST", "extension_action", extension="201", action="park")
    await later(server, clock, 1)
    await delete(server, "extension/201")
    await later(server, clock, 180)
    assert (await books(server))["rejoined"] == 1
    assert len(await queued(server)) == 1


# What nobody could see

UNSEEN = {
    "agentRestrictions": 2,
    "mohClass": "none",
    "ringingMoh": True,
    "announceFrequency": 30,
    "announcePosition": "yes",
    "announceHoldTime": "once",
}


async def test_how_callers_are_entertained_and_calls_dialled_changes_no_number(served):
    truths = []
    for more in ({}, UNSEEN):
        world = World(
            replace(OPEN_LINES, no_answer_share=0.2),
            a_world(list(TWO_QUEUES), [BOTH, BOTH]).directory,
            seed=5,
            started_at=START,
        )
        await configure(served(world), **more)
        world.tick(7200)
        truths.append(world.truth())
    assert truths[0] == truths[1]
    assert truths[0]["queues"]["500"]["answered"] > 20
