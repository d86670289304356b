"""What real switches do that not all of them do (contract §4)."""

import json

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, Server
from eqboard.simulator.app import build_app
from eqboard.simulator.people import UNDECODABLE_NAMES
from eqboard.simulator.scenarios import SCENARIOS, build_world

from .conftest import KEY, START, a_world

BASE = "http://eq/eq/api/2.0/"


async def rows_of(open_client, world, **query):
    async with open_client(world) as client:
        return (await client.get(BASE + "call_queue_agent_status", params={"auth_key": KEY, **query})).json()


# Rows


@pytest.mark.contract("4.10")
async def test_rows_come_in_another_order_from_moment_to_moment_and_none_is_lost(open_client, clock):
    world = a_world(agents=[{"500": 1}] * 20, rows_in_any_order=True)
    orders = set()
    for _ in range(3):
        rows = await rows_of(open_client, world, queue="500")
        orders.add(tuple(row["agent"] for row in rows))
        world.tick(1)
    assert len(orders) == 3
    assert all(sorted(order) == list(range(1, 21)) for order in orders)


async def test_the_order_is_the_same_for_the_same_moment(open_client):
    worlds = [a_world(agents=[{"500": 1}] * 20, rows_in_any_order=True) for _ in range(2)]
    assert await rows_of(open_client, worlds[0]) == await rows_of(open_client, worlds[1])


@pytest.mark.contract("4.10")
async def test_for_some_rows_the_skill_is_0_or_not_there_and_always_for_the_same(open_client):
    world = a_world(agents=[{"500": 2}] * 40, bare_skill_share=0.5)
    rows = await rows_of(open_client, world)
    assert {row.get("skill", "absent") for row in rows} == {2, 0, "absent"}
    assert await rows_of(open_client, world) == rows


async def test_by_default_rows_are_in_order_and_have_their_skill(open_client):
    rows = await rows_of(open_client, a_world(agents=[{"500": 2}] * 40))
    assert [(row["agent"], row["skill"]) for row in rows] == [(agent, 2) for agent in range(1, 41)]


# Wrap-up and pauses


@pytest.mark.contract("4.8")
@pytest.mark.parametrize("combined", [0, 1])
async def test_wrap_up_may_show_as_a_pause_with_a_code_of_its_own(open_client, combined):
    world = a_world(agents=[{"501": 1}], wrap_up_pause_code=2)
    world.place_call("501", talk_seconds=10)
    world.tick(14)
    [row] = await rows_of(open_client, world, combined=combined)
    shown = (row["status"], row["paused"], row["pauseCode"], row["statusTime"], row["wrapUpEndTime"])
    assert shown == ("paused", True, 2, START + 13, None)
    world.tick(20)
    [row] = await rows_of(open_client, world, combined=combined)
    assert (row["status"], row["paused"], row["pauseCode"]) == ("available", False, None)


@pytest.mark.contract("4.8")
@pytest.mark.parametrize(("share", "since"), [(0.0, START + 50), (1.0, START + 10)])
async def test_the_time_of_the_last_pause_may_survive_a_resume(open_client, share, since):
    world = a_world(agents=[{"500": 1}], pause_time_survives_share=share)
    agent = world.directory.agents[1]
    world.tick(10)
    world.pause(agent, 1)
    world.tick(40)
    world.resume(agent)
    [row] = await rows_of(open_client, world)
    assert (row["status"], row["pauseCode"], row["statusTime"]) == ("available", None, since)


# Channels and names


@pytest.mark.contract("4.14")
async def test_channels_carry_every_character_that_they_may(server, world):
    channels = "".join(world.place_call("501").channel for _ in range(11))
    assert set(";@/<>") <= set(channels)
    told = "".join(row["channel"] for row in (await server.get("queued_calls")).json())
    assert told == channels


@pytest.mark.contract("4.14")
@pytest.mark.parametrize("name", UNDECODABLE_NAMES)
async def test_a_name_that_is_no_utf_8_passes_through_byte_by_byte(server, world, name):
    world.place_call("501", name=name)
    for path in ("queued_calls", "call_queue_agent_status"):
        body = (await server.get(path)).content
        assert name.encode("utf-8", "surrogateescape") in body
        with pytest.raises(UnicodeDecodeError):
            body.decode()


async def test_a_client_reads_an_answer_with_a_name_that_is_no_utf_8(world, clock):
    world.place_call("501", name=UNDECODABLE_NAMES[0])
    app = build_app(world, key=KEY, clock=clock)
    async with EQ(Server("http://eq", SecretStr(KEY)), transport=httpx.ASGITransport(app)) as eq:
        [call] = await eq.queued_calls.all()
    assert call.caller_id_name == "Andr\ufffd Dupont"


@pytest.mark.contract("4.8", "4.10", "4.14", "4.16")
def test_the_hostile_scenario_has_such_names_and_habits():
    world = build_world("hostile", seed=1, started_at=START)
    world.tick(3600)
    scenario = SCENARIOS["hostile"]
    assert scenario.rows_in_any_order
    assert scenario.bare_skill_share
    assert scenario.wrap_up_pause_code not in world.directory.pause_codes
    assert scenario.pause_time_survives_share
    names = set()
    for _ in range(100):
        names.add(world.place_call("500").name)
    assert set(UNDECODABLE_NAMES) <= names


@pytest.mark.contract("4.8", "4.10", "4.14", "4.16")
async def test_a_hostile_floor_shows_every_habit_as_it_lives(open_client):
    world = build_world("hostile", seed=1, started_at=START)
    rows, queued, orders = [], [], []
    async with open_client(world) as client:
        for _ in range(12):
            world.tick(300)
            told = await careless(client, "call_queue_agent_status")
            orders.append([row["agent"] for row in told])
            rows += told
            queued += await careless(client, "queued_calls")
    assert {row["pauseCode"] for row in rows if row["status"] == "paused"} > {SCENARIOS["hostile"].wrap_up_pause_code}
    assert {row.get("skill", "absent") for row in rows} > {0, "absent"}
    assert all(order != sorted(order) for order in orders)
    assert any("<" in call["callerIdName"] for call in queued)
    names = [row["call"]["callerIdName"] for row in rows if row["call"]]
    assert any("&lt;" in name for name in names)
    assert not any("<" in name for name in names)


async def careless(client, path):
    """An answer that may hold bytes that are no UTF-8."""
    content = (await client.get(BASE + path, params={"auth_key": KEY})).content
    return json.loads(content.decode("utf-8", "surrogateescape"))
