"""What a real switch was seen to do (contract §4), as a client sees it over HTTP while the world goes on.

Facts that other tests prove already carry the mark there; tests/test_contract_page.py finds them.
"""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.world import World

from .conftest import NO_PICK_UP, START, Clock, Server, a_world
from .telephones import ACCEPTED_SECONDS, PICK_UP_SECONDS

A_MOMENT_SECONDS = 0.01  # a real switch took 2 ms
RING_SECONDS = 15
PARKING_SECONDS = 180
NOBODY_IN = {"present_share": 0.0}
ONE_STRATEGY = [each for each in RingStrategy if each not in (RingStrategy.RINGALL, RingStrategy.WRANDOM)]


@dataclass
class Eyes:
    """A client that looks, waits and acts, and a caller where it wants one."""

    server: Server
    clock: Clock
    world: World

    async def wait(self, seconds):
        self.clock.now += seconds
        await self.server.get("parked_calls")

    async def call(self, queue="500", **caller):
        """The channel of a caller who enters a queue now."""
        await self.wait(0)
        return self.world.place_call(queue, **caller).channel

    async def order(self, path, **form):
        """An order, of which the answer is always the same."""
        response = await self.server.send("POST", path, **form)
        assert (response.status_code, response.json()) == (200, None)

    async def do(self, path, **form):
        """An order, and the moment in which it is carried out."""
        await self.order(path, **form)
        await self.wait(ACCEPTED_SECONDS)

    async def read(self, path, **query):
        return (await self.server.get(path, **query)).json()

    async def at(self, extension):
        return await self.read("active_calls", extension=extension)

    async def row(self, agent=1, queue="500"):
        [row] = await self.read("call_queue_agent_status", agent=agent, queue=queue)
        return row

    async def states(self):
        """The agents' states by their ids."""
        rows = await self.read("call_queue_agent_status", combined=1)
        return {row["agent"]: row["status"] for row in rows}

    async def ringing(self):
        return {agent for agent, state in (await self.states()).items() if state == "ringing"}

    async def whereabouts(self, channel):
        """Every list in which a caller stands."""
        lists = {"queue": await self.read("queued_calls"), "lot": await self.read("parked_calls")}
        for extension in {"201", "202", "301"} & set(self.world.directory.extensions):
            lists[extension] = [{"channel": call["otherChannel"]} for call in await self.at(extension)]
        return [place for place, calls in lists.items() if channel in [call["channel"] for call in calls]]

    async def books(self, queue="500"):
        return (await self.server.control("GET", "/truth")).json()["queues"][queue]


@pytest.fixture
async def look(open_client, clock):
    """Eyes on a world as it is wanted."""
    async with AsyncExitStack() as stack:

        async def look(*arguments, **changes):
            world = a_world(*arguments, **changes)
            return Eyes(Server(await stack.enter_async_context(open_client(world))), clock, world)

        yield look


# Leaving and arriving


@pytest.mark.contract("2.30", "4.1")
async def test_a_stolen_caller_leaves_a_moment_after_success_and_arrives_when_the_destination_answers(look):
    eyes = await look(**NOBODY_IN)
    caller = await eyes.call()
    await eyes.order("steal_queued_call", channel=caller, destination="301")
    assert await eyes.whereabouts(caller) == ["queue"]
    await eyes.wait(A_MOMENT_SECONDS)
    assert await eyes.whereabouts(caller) == ["301"]
    assert [call["status"] for call in await eyes.at("301")] == ["ringing"]
    await eyes.wait(PICK_UP_SECONDS)
    assert [call["status"] for call in await eyes.at("301")] == ["up"]


@pytest.mark.contract("4.1")
async def test_a_picked_up_caller_leaves_the_lot_and_arrives_when_the_destination_answers(look):
    eyes = await look(renamed_share=0.0)
    caller = await a_parked_caller(eyes)
    await eyes.order("pick_up_parked_call", channel=caller, destination="301")
    assert await eyes.whereabouts(caller) == ["lot"]
    await eyes.wait(A_MOMENT_SECONDS)
    assert await eyes.whereabouts(caller) == ["301"]
    assert [call["status"] for call in await eyes.at("301")] == ["ringing"]
    await eyes.wait(PICK_UP_SECONDS)
    assert [call["status"] for call in await eyes.at("301")] == ["up"]


@pytest.mark.contract("4.1", "4.2")
@pytest.mark.parametrize("destination", ["999", "Sales", "301"])
async def test_a_steal_to_a_wrong_or_busy_destination_is_a_success_that_hangs_the_caller_up(look, destination):
    eyes = await look(agents=[])
    await eyes.do("extension_action", extension="301", action="dial", destination="6045550123")
    caller = await eyes.call()
    await eyes.do("steal_queued_call", channel=caller, destination=destination)
    assert await eyes.whereabouts(caller) == []
    assert ((await eyes.books())["stolen"], (await eyes.books())["lost"]) == (1, 1)


@pytest.mark.contract("4.1", "4.2")
async def test_a_steal_to_an_unanswered_destination_is_a_success_that_hangs_the_caller_up(look):
    eyes = await look(**NOBODY_IN, **NO_PICK_UP)
    caller = await eyes.call()
    await eyes.do("steal_queued_call", channel=caller, destination="301")
    await eyes.wait(RING_SECONDS - ACCEPTED_SECONDS)
    assert await eyes.whereabouts(caller) == ["301"]
    await eyes.wait(ACCEPTED_SECONDS)
    assert await eyes.whereabouts(caller) == []
    assert (await eyes.books())["lost"] == 1


@pytest.mark.contract("4.3")
async def test_a_steal_of_a_caller_who_talks_already_is_a_success_that_cuts_the_agent_off(look):
    eyes = await look()
    caller = await eyes.call()
    await eyes.wait(PICK_UP_SECONDS)
    assert (await eyes.row())["status"] == "onCall"
    await eyes.do("steal_queued_call", channel=caller, destination="301")
    assert await eyes.whereabouts(caller) == ["301"]
    assert ((await eyes.row())["status"], await eyes.at("201")) == ("available", [])
    assert (await eyes.books())["cut_off"] == 1


# What a caller is called, where they stand, and how they are counted


async def a_parked_caller(eyes, queue="500"):
    """The channel of a caller whom the first agent has parked."""
    caller = await eyes.call(queue)
    await eyes.wait(PICK_UP_SECONDS)
    await eyes.do("extension_action", extension="201", action="park")
    assert await eyes.whereabouts(caller) == ["lot"]
    return caller


@pytest.mark.contract("2.28")
async def test_a_parked_caller_is_in_no_list_but_that_of_parked_calls(look):
    eyes = await look()
    caller = await a_parked_caller(eyes)
    for extension in eyes.world.directory.extensions:
        assert await eyes.at(extension) == []
    assert [row["channel"] for row in await eyes.read("parked_calls")] == [caller]
    assert (await eyes.read("active_conferences"), await eyes.read("queued_calls")) == ([], [])


@pytest.mark.contract("4.5")
async def test_for_some_callers_the_unique_id_changes_on_park_and_on_pick_up_and_the_channel_never_does(look):
    eyes = await look(agents=[{"500": 1}])
    changes = []
    for _ in range(30):
        caller = await eyes.call()
        [queued] = await eyes.read("queued_calls")
        await eyes.wait(PICK_UP_SECONDS)
        await eyes.do("extension_action", extension="201", action="park")
        [parked] = await eyes.read("parked_calls")
        await eyes.do("pick_up_parked_call", channel=caller, destination="301")
        [active] = await eyes.at("301")
        assert queued["channel"] == parked["channel"] == active["otherChannel"] == caller
        ids = [row["uniqueId"] for row in (queued, parked, active)]
        changes.append((ids[0] != ids[1], ids[1] != ids[2]))
        await eyes.do("extension_action", extension="301", action="hangUp")
    for changed in zip(*changes, strict=True):
        assert set(changed) == {True, False}


@pytest.mark.contract("4.6")
async def test_the_switch_counts_the_stolen_the_timed_out_and_the_parked_as_abandoned(look):
    eyes = await look([QueueSettings("500", "Sales", max_wait_time=60)], [{"500": 1}])
    await a_parked_caller(eyes)
    eyes.world.pause(eyes.world.directory.agents[1], None)
    await eyes.do("steal_queued_call", channel=await eyes.call(), destination="301")
    await eyes.call(patience_seconds=10)
    await eyes.call()
    await eyes.wait(60)
    books = await eyes.books()
    assert [books[word] for word in ("abandoned", "stolen", "timed_out", "parked")] == [1, 1, 1, 1]
    numbers = await eyes.read("call_queue_statistics", queue="500")
    assert (numbers["callsAbandoned"], numbers["callsAnswered"]) == (4, 1)


@pytest.mark.contract("4.7")
async def test_a_call_that_no_queue_gave_is_busy_in_every_row_and_its_queue_is_null(look):
    eyes = await look()
    await eyes.do("extension_action", extension="201", action="dial", destination="6045550123")
    await eyes.wait(PICK_UP_SECONDS)
    rows = await eyes.read("call_queue_agent_status", agent=1)
    assert [(row["queue"], row["status"], row["call"]) for row in rows] == [
        ("500", "onCall", None),
        ("501", "onCall", None),
    ]
    combined, _ = await eyes.read("call_queue_agent_status", combined=1)
    assert (combined["status"], combined["call"]["queue"]) == ("onCall", None)


@pytest.mark.contract("4.7")
async def test_a_caller_stolen_from_another_queue_is_busy_in_every_row_and_its_queue_is_null(look):
    eyes = await look(agents=[{"500": 1}])
    eyes.world.pause(eyes.world.directory.agents[1], None)
    caller = await eyes.call("501")
    await eyes.do("steal_queued_call", channel=caller, destination="201")
    await eyes.wait(PICK_UP_SECONDS)
    row = await eyes.row()
    assert (row["status"], row["call"]) == ("onCall", None)
    [combined] = await eyes.read("call_queue_agent_status", combined=1)
    assert (combined["call"]["queue"], combined["call"]["channel"]) == (None, caller)
    [call] = await eyes.read("active_calls", extension=201)
    assert call["queue"] == "501"


# Pauses and seconds


@pytest.mark.contract("4.8")
async def test_a_second_reason_for_a_pause_replaces_the_first_and_counts_from_then_on(look):
    eyes = await look()
    for code in (1, 2):
        await eyes.do("call_queue_agent_action", action="pause", options={"agent": 1, "pauseCode": code})
        await eyes.wait(30 - ACCEPTED_SECONDS)
    row = await eyes.row()
    assert (row["status"], row["pauseCode"], row["statusTime"]) == ("paused", 2, START + 30)


@pytest.mark.contract("4.9")
async def test_half_a_second_may_show_as_one(look):
    eyes = await look(**NOBODY_IN)
    await eyes.wait(10.7)
    await eyes.call()
    await eyes.wait(0.5)
    assert [row["enterTime"] for row in await eyes.read("queued_calls")] == [START + 10]
    assert (await eyes.read("call_queue_statistics", queue="500"))["waitTime"] == 1


# Monitoring and the parking lot


@pytest.mark.contract("4.11")
async def test_spying_an_idle_telephone_is_a_success_that_sits_in_silence(look):
    eyes = await look()
    await eyes.do("call_monitor_action", action="spy", targetExtension="201", monitorExtension="301")
    await eyes.wait(PICK_UP_SECONDS)
    [spy] = await eyes.at("301")
    assert (spy["status"], spy["connectedNumber"], spy["otherChannel"]) == ("up", "201", None)
    assert ((await eyes.row())["status"], await eyes.at("201")) == ("available", [])


@pytest.mark.contract("2.31", "4.11")
@pytest.mark.parametrize(("share", "is_over"), [(0.0, True), (1.0, False)])
async def test_a_hang_up_of_a_spy_is_a_success_and_may_not_happen(look, share, is_over):
    eyes = await look(stuck_monitor_share=share)
    await eyes.do("call_monitor_action", action="spy", targetExtension="201", monitorExtension="301")
    await eyes.wait(PICK_UP_SECONDS)
    await eyes.do("extension_action", extension="301", action="hangUp")
    assert (await eyes.at("301") == []) is is_over


@pytest.mark.contract("4.11")
async def test_a_parked_caller_whose_time_runs_out_may_rejoin_the_queue_under_the_same_unique_id(look):
    eyes = await look(parked=Duration(9999.0, Shape.FIXED))
    caller = await a_parked_caller(eyes)
    [parked] = await eyes.read("parked_calls")
    for agent in eyes.world.directory.agents.values():
        eyes.world.pause(agent, None)
    await eyes.wait(PARKING_SECONDS)
    assert await eyes.whereabouts(caller) == ["queue"]
    [queued] = await eyes.read("queued_calls")
    assert (queued["uniqueId"], queued["enterTime"]) == (parked["uniqueId"], parked["parkTime"] + PARKING_SECONDS)


# Whom a queue rings, and when


@pytest.mark.contract("4.12")
async def test_the_next_offer_to_an_agent_comes_after_the_retry_time_to_the_second(look):
    eyes = await look([QueueSettings("500", "Sales", agent_timeout=10, agent_retry_time=7)], [{"500": 1}], **NO_PICK_UP)
    await eyes.call()
    seen = []
    for _ in range(28):
        seen.append((await eyes.row())["status"])
        await eyes.wait(1)
    assert seen == (["ringing"] * 10 + ["available"] * 7) + (["ringing"] * 10 + ["available"])


@pytest.mark.contract("4.12")
async def test_wrap_up_is_exact_to_the_second(look):
    eyes = await look([QueueSettings("500", "Sales", wrap_up_time=20)], [{"500": 1}])
    await eyes.call(talk_seconds=10)
    await eyes.wait(PICK_UP_SECONDS + 10)
    assert (await eyes.row())["wrapUpEndTime"] == START + PICK_UP_SECONDS + 10 + 20
    await eyes.wait(19.5)
    assert (await eyes.row())["status"] == "wrapUp"
    await eyes.wait(0.5)
    assert (await eyes.row())["status"] == "available"


async def a_team(look, strategy):
    """A queue of two agents of the best skill, and one of the next."""
    return await look([QueueSettings("500", "Sales", ring_strategy=strategy)], [{"500": 2}, {"500": 1}, {"500": 1}])


async def rung(eyes, times):
    """Who is rung for one caller after another, each of whom hangs up."""
    seen = []
    for _ in range(times):
        call = eyes.world.place_call("500")
        seen.append(await eyes.ringing())
        eyes.world.hang_up(call.unique_id)
        await eyes.wait(1)
    return seen


@pytest.mark.contract("4.13")
async def test_ringall_rings_all_of_the_best_skill_and_nobody_else(look):
    assert await rung(await a_team(look, RingStrategy.RINGALL), 5) == [{2, 3}] * 5


@pytest.mark.contract("4.13")
@pytest.mark.parametrize("strategy", ONE_STRATEGY)
async def test_every_other_strategy_rings_one_of_the_best_skill(look, strategy):
    seen = await rung(await a_team(look, strategy), 10)
    assert all(agents in ({2}, {3}) for agents in seen)


@pytest.mark.contract("4.13")
async def test_wrandom_rings_those_of_lesser_skill_too_only_more_seldom(look):
    seen = [agent for agents in await rung(await a_team(look, RingStrategy.WRANDOM), 120) for agent in agents]
    assert len(seen) == 120
    assert 0 < seen.count(1) < min(seen.count(2), seen.count(3))


# Texts


@pytest.mark.contract("4.14", "4.16")
async def test_the_same_name_is_plain_in_the_lists_of_calls_and_escaped_in_the_status(look):
    eyes = await look()
    name = '<b>\u202eAnn\u202c</b> & "Sons" \x07\''
    await eyes.call(name=name)
    [queued] = await eyes.read("queued_calls")
    [active] = await eyes.at("201")
    told = (await eyes.row())["call"]["callerIdName"]
    assert (queued["callerIdName"], active["callerIdName"]) == (name, name)
    assert told == "&lt;b&gt;\u202eAnn\u202c&lt;/b&gt; &amp; &quot;Sons&quot; \x07&#x27;"


@pytest.mark.contract("4.15")
async def test_channels_and_unique_ids_look_like_those_of_the_products_era(look):
    eyes = await look()
    caller = await eyes.call()
    [active] = await eyes.at("201")
    assert re.fullmatch(r"SIP/[a-z]+-[0-9a-f]{8}", caller)
    assert re.fullmatch(r"SIP/201-[0-9a-f]{8}", active["channel"])
    assert re.fullmatch(r"[0-9]{10}\.[0-9]+", active["uniqueId"])
