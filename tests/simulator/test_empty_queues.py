"""joinEmpty and leaveEmpty over HTTP, while agents come and go; every word by itself is in test_admission."""

import pytest

from eqboard.simulator.office.extensions import Extension, Telephone
from eqboard.simulator.switch import entrance
from eqboard.simulator.switch.parties import Place

from .configured import books, configure, later, numbers, queued
from .conftest import NO_PICK_UP, Server, a_world
from .office import delete, queue_action, token_of
from .test_invariants import check

WORDS = ["no", "yes", "loose", "strict", "ultrastrict"]


@pytest.fixture
def world():
    """Two agents of Sales, the first of Support too, who do not answer."""
    return a_world(renamed_share=0.0, **NO_PICK_UP)


def everybody(world):
    return list(world.directory.agents.values())


# Joining


@pytest.mark.parametrize("word", WORDS)
async def test_where_nobody_is_signed_in_only_yes_lets_a_caller_in(server, world, word):
    for agent in everybody(world):
        world.go_home(agent)
    await configure(server, joinEmpty=word)
    call = world.place_call("500")
    assert (call.place is Place.WAITING) is (word == "yes")
    assert await queued(server) == ([call.unique_id] if word == "yes" else [])
    found = await books(server)
    assert (found["offered"], found["turned_away"]) == ((1, 0) if word == "yes" else (0, 1))
    assert (await numbers(server))["callsAbandoned"] == 0
    check(world)


@pytest.mark.parametrize(("word", "joins"), [("no", False), ("loose", True), ("strict", False), ("yes", True)])
async def test_where_all_are_paused(server, world, clock, word, joins):
    for agent in (1, 2):
        await queue_action(server, clock, "pause", agent=agent)
    await configure(server, joinEmpty=word)
    assert bool((await server.control("POST", "/control/calls", queue="500")).json()) is joins


@pytest.mark.parametrize(("word", "joins"), [("no", False), ("loose", False), ("strict", False), ("yes", True)])
async def test_where_all_sit_at_extensions_that_do_not_exist(server, word, joins):
    for extension in ("201", "202"):
        await delete(server, f"extension/{extension}")
    await configure(server, joinEmpty=word)
    assert bool((await server.control("POST", "/control/calls", queue="500")).json()) is joins


@pytest.mark.parametrize(("word", "joins"), [("no", True), ("strict", True), ("ultrastrict", False)])
async def test_where_all_are_rung_already(server, world, word, joins):
    await configure(server, joinEmpty=word)
    world.place_call("500")
    world.place_call("500")
    third = world.place_call("500")
    assert (third.place is Place.WAITING) is joins


@pytest.mark.parametrize(("word", "joins"), [("no", True), ("loose", True), ("strict", False), ("ultrastrict", False)])
async def test_where_nobodys_telephone_is_registered(open_client, clock, word, joins):
    world = a_world(agents=[])
    async with open_client(world) as client:
        server = Server(client)
        await server.send("POST", "agent", data={"number": "777", "firstName": "Nils", "password": "1234"})
        world.directory.extensions["391"] = Extension("391", "Socket", telephone=Telephone.NONE)
        await token_of(server, "agent", user=1, extension="391")
        await queue_action(server, clock, "signIn", agent=1, queue="500")
        await later(server, clock, 0)
        await configure(server, joinEmpty=word)
        call = world.place_call("500")
        assert (call.place is Place.WAITING) is joins
        assert not call.ringing


async def test_who_is_sent_to_a_queue_where_nobody_is_is_turned_away_there(server, world, clock):
    world.go_home(world.directory.agents[1])
    await configure(server, "501", joinEmpty="no")
    await configure(server, "500", ringStrategy="linear")
    call = world.place_call("500")
    await server.send("POST", "steal_queued_call", channel=call.channel, destination="501")
    await later(server, clock, 1)
    assert call.place is Place.GONE
    assert (await books(server, "501"))["turned_away"] == 1
    check(world)


# Leaving


async def two_waiting(server, world, clock, **settings):
    """Nobody is signed in, and two have got in all the same."""
    for agent in everybody(world):
        world.go_home(agent)
    await configure(server, **settings)
    calls = [world.place_call("500") for _ in range(2)]
    await later(server, clock, 0)
    return calls


@pytest.mark.parametrize("word", WORDS)
async def test_where_nobody_is_signed_in_callers_leave_within_a_second_unless_told_no(server, world, clock, word):
    calls = await two_waiting(server, world, clock, leaveEmpty=word)
    await later(server, clock, 0.9)
    assert len(await queued(server)) == 2
    await later(server, clock, 0.1)
    assert len(await queued(server)) == (2 if word == "no" else 0)
    assert [call.place for call in calls] == [Place.WAITING if word == "no" else Place.GONE] * 2
    check(world)


async def test_who_left_an_empty_queue_is_counted_apart_and_the_switch_counts_them_as_abandoned(server, world, clock):
    await two_waiting(server, world, clock, leaveEmpty="yes")
    await later(server, clock, 1)
    found = await books(server)
    assert (found["left_empty"], found["abandoned"], found["timed_out"]) == (2, 0, 0)
    shown = await numbers(server)
    assert (shown["calls"], shown["callsAbandoned"]) == (0, 2)


async def test_callers_leave_when_the_last_agent_has_paused(server, world, clock):
    await configure(server, leaveEmpty="yes", agentTimeout=None)
    for _ in range(3):
        world.place_call("500")
    await queue_action(server, clock, "pause", agent=1)
    await later(server, clock, 5)
    assert len(await queued(server)) == 3
    await queue_action(server, clock, "pause", agent=2)
    await later(server, clock, 1)
    assert await queued(server) == []
    assert (await books(server))["left_empty"] == 3


async def test_callers_stay_as_long_as_somebody_who_counts_is_there(server, world, clock):
    await configure(server, leaveEmpty="loose")
    for agent in everybody(world):
        world.pause(agent, 1)
    world.place_call("500")
    await later(server, clock, 600)
    assert len(await queued(server)) == 1
    for agent in everybody(world):
        world.go_home(agent)
    await later(server, clock, 1)
    assert await queued(server) == []


async def test_who_is_being_rung_for_is_not_asked_to_leave(server, world, clock):
    world.go_home(world.directory.agents[2])
    await configure(server, leaveEmpty="ultrastrict", agentTimeout=15, agentRetryTime=5)
    first, second = world.place_call("500"), world.place_call("500")
    await later(server, clock, 1)
    assert (first.place, second.place) == (Place.WAITING, Place.GONE)
    assert await queued(server) == [first.unique_id]
    await later(server, clock, 13)
    assert await queued(server) == [first.unique_id]
    check(world)


async def test_with_ultra_strict_who_rang_out_stays_while_an_agent_could_answer_now(server, world, clock):
    world.go_home(world.directory.agents[2])
    await configure(server, leaveEmpty="ultrastrict", agentTimeout=15, agentRetryTime=5)
    call = world.place_call("500")
    await later(server, clock, 17)
    assert not call.ringing
    assert call.place is Place.WAITING


async def test_a_new_rule_asks_those_who_wait_already(server, world, clock):
    await two_waiting(server, world, clock)
    await later(server, clock, 600)
    assert len(await queued(server)) == 2
    await configure(server, leaveEmpty="strict")
    await later(server, clock, 1)
    assert await queued(server) == []


async def test_a_rule_that_is_taken_back_in_time_sends_nobody_away(server, world, clock):
    await two_waiting(server, world, clock, leaveEmpty="strict")
    await later(server, clock, 0.5)
    await configure(server)
    await later(server, clock, 600)
    assert len(await queued(server)) == 2


async def test_who_enters_later_is_asked_too(server, world, clock):
    await two_waiting(server, world, clock, leaveEmpty="strict")
    await later(server, clock, 100)
    world.place_call("500")
    await later(server, clock, 1)
    assert await queued(server) == []
    assert (await books(server))["left_empty"] == 3


async def test_the_defaults_let_everybody_in_and_send_nobody_away(server, world, clock):
    calls = await two_waiting(server, world, clock)
    shown = (await server.get("call_queue/500")).json()
    assert (shown["joinEmpty"], shown["leaveEmpty"]) == ("yes", "no")
    await later(server, clock, 86_400)
    assert [call.place for call in calls] == [Place.WAITING] * 2


async def test_a_queue_looks_once_a_second_however_many_wait_and_however_often_its_rule_changes(
    server, world, clock, monkeypatch
):
    looks = []
    monkeypatch.setattr(entrance, "must_leave", lambda rule, agents: looks.append(rule))
    await two_waiting(server, world, clock)
    for word in ("loose", "ultrastrict", "yes", "strict"):
        await configure(server, leaveEmpty=word)
        world.place_call("500")
    await later(server, clock, 10)
    assert looks == ["strict"] * 10
    await configure(server)
    await later(server, clock, 10)
    assert len(looks) == 11  # the one that was planned
