"""User sessions as time goes by: timing out, coming back, the agents' queues, the simulated staff."""

from dataclasses import replace

import httpx
import pytest

from eqboard.simulator.app import build_app
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.sessions import TIME_OUT_SECONDS, Kind
from eqboard.simulator.scenarios import SCENARIOS, build_world
from eqboard.simulator.switch.parties import Place

from .conftest import KEY, START, Clock, Server, a_world, refusal
from .office import VALID, ask, queue_action, sign_in, sign_out, signed_in, token_of
from .test_invariants import check

KINDS = ["supervisor", "agent"]

# Timing out


@pytest.mark.parametrize("kind", KINDS)
async def test_a_session_times_out_when_its_ping_stops(cast, clock, kind):
    await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS - 0.1
    assert await signed_in(cast, kind) == [(1, "201")]
    clock.now += 0.1
    assert await signed_in(cast, kind) == []


@pytest.mark.contract("1.4")
@pytest.mark.parametrize("kind", KINDS)
async def test_any_request_in_the_users_name_keeps_the_session_alive(cast, clock, kind):
    token = await token_of(cast, kind)
    for _ in range(5):
        clock.now += TIME_OUT_SECONDS - 1
        assert (await ask(cast, kind, token)).status_code == 200
    [row] = (await cast.get(f"active_{kind}_sessions")).json()
    assert (row["signInTime"], row["pingTime"]) == (START, clock.now)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_is_refused_keeps_the_session_alive_too(cast, clock, kind):
    token = await token_of(cast, kind)
    clock.now += 60
    response = await cast.get("queued_calls", queue=999, **{f"auth_{kind}_session": token})
    assert refusal(response) == (404, "queue", "nonexistent")
    assert (await cast.get(f"active_{kind}_sessions")).json()[0]["pingTime"] == START + 60


@pytest.mark.contract("1.4")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_with_the_key_alone_keeps_nobody_alive(cast, clock, kind):
    await token_of(cast, kind)
    for _ in range(3):
        clock.now += TIME_OUT_SECONDS / 2
        await cast.get("parked_calls")
    assert await signed_in(cast, kind) == []


@pytest.mark.contract("1.4")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("silence_seconds", [TIME_OUT_SECONDS, 7 * 86400.0])
async def test_the_next_request_signs_in_again_whoever_has_timed_out(cast, clock, kind, silence_seconds):
    token = await token_of(cast, kind)
    clock.now += silence_seconds
    assert await signed_in(cast, kind) == []
    assert (await ask(cast, kind, token)).status_code == 200
    [row] = (await cast.get(f"active_{kind}_sessions")).json()
    assert row == {"user": 1, "extension": "201", "signInTime": clock.now, "pingTime": clock.now}
    clock.now += TIME_OUT_SECONDS
    assert await signed_in(cast, kind) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_who_has_timed_out_is_in_nobodys_way(cast, clock, kind):
    await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    assert (await sign_in(cast, kind, user=2)).status_code == 200
    assert (await sign_in(cast, kind, extension="202")).status_code == 200


@pytest.mark.contract("1.4")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_signed_in_elsewhere_cannot_come_back(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    new = await token_of(cast, kind, extension="202")
    assert refusal(await ask(cast, kind, old)) == (401, None, "already_signed_in")
    assert await signed_in(cast, kind) == [(1, "202")]
    assert (await ask(cast, kind, new)).status_code == 200


@pytest.mark.contract("1.4", "2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
async def test_no_older_token_signs_in_again_who_has_signed_out(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    new = await token_of(cast, kind)
    await sign_out(cast, kind, new)
    for token in (old, new):
        assert refusal(await ask(cast, kind, token)) == (401, f"auth_{kind}_session", "nonexistent")
    assert await signed_in(cast, kind) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_sessions_that_timed_out_only_the_last_comes_back(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    new = await token_of(cast, kind, extension="202")
    clock.now += TIME_OUT_SECONDS
    assert refusal(await ask(cast, kind, old)) == (401, f"auth_{kind}_session", "nonexistent")
    assert (await ask(cast, kind, new)).status_code == 200
    assert await signed_in(cast, kind) == [(1, "202")]


@pytest.mark.parametrize("kind", KINDS)
async def test_to_be_forced_out_ends_what_had_timed_out_before(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    await token_of(cast, kind)
    newest = await token_of(cast, kind, force=1)
    assert refusal(await ask(cast, kind, old)) == (401, f"auth_{kind}_session", "nonexistent")
    assert (await ask(cast, kind, newest)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_signing_out_a_session_that_had_timed_out_does_not_end_the_new_one(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    new = await token_of(cast, kind)
    assert (await sign_out(cast, kind, old)).status_code == 200
    assert refusal(await ask(cast, kind, old)) == (401, f"auth_{kind}_session", "nonexistent")
    assert (await ask(cast, kind, new)).status_code == 200


async def test_who_signed_in_anew_by_themselves_is_not_signed_in_again_by_an_old_token(cast, world, clock):
    old = await token_of(cast, "agent")
    clock.now += TIME_OUT_SECONDS
    assert (await cast.control("POST", "/control/agents/1", state="available")).status_code == 200
    assert refusal(await ask(cast, "agent", old)) == (401, None, "already_signed_in")
    world.go_home(world.directory.agents[1])
    assert refusal(await ask(cast, "agent", old)) == (401, "auth_agent_session", "nonexistent")


@pytest.mark.parametrize("kind", KINDS)
async def test_however_often_a_user_signs_in_two_sessions_are_kept_at_most(cast, world, clock, kind):
    for _ in range(5):
        for force in (0, 1):
            await token_of(cast, kind, force=force)
            assert len(world.attendance.sessions.all_of(Kind(kind), 1)) <= 2
        clock.now += TIME_OUT_SECONDS
    await cast.get("parked_calls")
    assert len(world.attendance.sessions.all_of(Kind(kind), 1)) == 1


@pytest.mark.contract("1.4")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
async def test_who_finds_another_user_at_the_extension_cannot_come_back(cast, clock, kind, other):
    token = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    newcomer = await token_of(cast, other, user=2)
    assert refusal(await ask(cast, kind, token)) == (401, "extension", "in_use")
    await sign_out(cast, other, newcomer)
    assert (await ask(cast, kind, token)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_who_finds_the_extension_gone_cannot_come_back_but_who_sits_there_goes_on(cast, clock, kind):
    token = await token_of(cast, kind)
    await cast.send("DELETE", "extension/201")
    assert (await ask(cast, kind, token)).status_code == 200
    clock.now += TIME_OUT_SECONDS
    assert refusal(await ask(cast, kind, token)) == (401, "extension", "nonexistent")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deleted_users_sessions_are_destroyed_those_that_timed_out_too(cast, clock, kind):
    old = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    new = await token_of(cast, kind)
    await cast.send("DELETE", f"{kind}/1")
    await cast.send("PUT", f"{kind}/1", query={"undelete": 1})
    assert await signed_in(cast, kind) == []
    for token in (old, new):
        assert refusal(await ask(cast, kind, token)) == (401, f"auth_{kind}_session", "nonexistent")


@pytest.mark.contract("1.4")
async def test_a_conflict_fails_the_entire_request(cast, clock, world):
    token = await token_of(cast, "supervisor")
    clock.now += TIME_OUT_SECONDS
    await token_of(cast, "supervisor", user=2)
    query = {"auth_supervisor_session": token}
    assert refusal(await cast.send("DELETE", "pause_code/1", query=query)) == (401, "extension", "in_use")
    assert not world.directory.pause_codes[1].deleted


# Agents and their queues


async def statuses(server, agent=1):
    return {row["status"] for row in (await server.get("call_queue_agent_status", agent=agent)).json()}


async def test_agent_actions_need_a_session_and_work_with_one(cast, clock):
    assert refusal(await queue_action(cast, clock, "signIn", agent=1)) == (400, "agent", "not_signed_in")
    await token_of(cast, "agent")
    assert (await queue_action(cast, clock, "signIn", agent=1)).status_code == 200
    assert await statuses(cast) == {"available"}


async def test_a_new_session_is_signed_in_to_no_queue(cast, world, clock):
    await token_of(cast, "agent")
    await queue_action(cast, clock, "signIn", agent=1)
    assert await statuses(cast) == {"available"}
    await token_of(cast, "agent", extension="202", force=1)
    assert await statuses(cast) == {"signedOut"}
    assert world.directory.agents[1].extension == "202"


async def test_signing_out_leaves_the_queues(cast, clock):
    token = await token_of(cast, "agent")
    await queue_action(cast, clock, "signIn", agent=1)
    await cast.get("parked_calls")
    await sign_out(cast, "agent", token)
    assert await statuses(cast) == {"signedOut"}
    assert refusal(await queue_action(cast, clock, "pause", agent=1)) == (400, "agent", "not_signed_in")


async def test_timing_out_leaves_the_queues_and_coming_back_does_not_enter_them(cast, clock):
    token = await token_of(cast, "agent")
    await queue_action(cast, clock, "signIn", agent=1)
    clock.now += TIME_OUT_SECONDS
    assert await statuses(cast) == {"signedOut"}
    assert refusal(await queue_action(cast, clock, "signIn", agent=1)) == (400, "agent", "not_signed_in")
    await ask(cast, "agent", token)
    assert await statuses(cast) == {"signedOut"}
    assert (await queue_action(cast, clock, "signIn", agent=1)).status_code == 200


async def test_who_times_out_while_the_telephone_rings_stops_ringing(cast, world, clock):
    await token_of(cast, "agent")
    await queue_action(cast, clock, "signIn", agent=1, queue="501")
    clock.now += TIME_OUT_SECONDS - 1.5
    await cast.get("parked_calls")
    world.place_call("501")
    assert world.directory.agents[1].ringing
    clock.now += 1
    await cast.get("parked_calls")
    assert not world.directory.agents[1].ringing
    assert len(world.directory.queues["501"].waiting) == 1


async def test_a_call_goes_on_at_the_telephone_where_it_is_when_its_agent_times_out(cast, world, clock):
    await token_of(cast, "agent", extension="202")
    await queue_action(cast, clock, "signIn", agent=1, queue="501")
    await cast.get("parked_calls")
    call = world.place_call("501", talk_seconds=2 * TIME_OUT_SECONDS)
    clock.now += TIME_OUT_SECONDS + 10
    assert await signed_in(cast, "agent") == []
    assert (call.place, call.agent.extension) == (Place.TALKING, "202")


async def test_who_signs_in_elsewhere_rings_there(cast, world, clock):
    await token_of(cast, "agent", extension="301")
    await queue_action(cast, clock, "signIn", agent=1, queue="500")
    [row, _] = (await cast.get("call_queue_agent_status", agent=1)).json()
    assert (row["status"], row["extension"]) == ("available", "301")


# The simulated staff


async def test_the_staff_pings_by_itself(server, clock):
    clock.now += 100
    [row] = (await server.get("active_supervisor_sessions")).json()
    assert row == {"user": 1, "extension": "301", "signInTime": START, "pingTime": START + 90}
    clock.now += 10 * TIME_OUT_SECONDS
    assert await signed_in(server, "supervisor") == [(1, "301")]


async def test_the_staff_comes_to_its_own_desk_again_after_having_sat_elsewhere(cast, world):
    token = await token_of(cast, "agent", extension="202")
    await sign_out(cast, "agent", token)
    world.report_for_work(world.directory.agents[1])
    assert await signed_in(cast, "agent") == [(1, "201")]


SHIFTS = replace(
    SCENARIOS["steady"],
    busy_share=0.0,
    present_share=1.0,
    shift=Duration(600.0, Shape.FIXED),
    away=Duration(600.0, Shape.FIXED),
    break_every=Duration(100.0, Shape.FIXED),
)


@pytest.fixture
def shifts():
    """Two agents who come and go every ten minutes, and pause often."""
    return a_world(None, [{"500": 1}, {"500": 1}], scenario=SHIFTS)


def pass_time(world, seconds, *tokens):
    """In steps of half a minute; whoever holds a token asks something in each."""
    seen = []
    for _ in range(int(seconds // 30)):
        world.tick(30)
        for token in tokens:
            world.attendance.refresh(Kind.AGENT, token)
        check(world)
        seen.append({agent.id: agent.session_since is not None for agent in world.directory.agents.values()})
    return seen


def test_the_staffs_own_plans_do_not_touch_who_was_signed_in_through_the_api(shifts):
    agent = shifts.directory.agents[1]
    shifts.directory.bind(agent, "501", 1)
    token = shifts.attendance.sign_in(Kind.AGENT, 1, "201", force=True)
    shifts.sign_in(agent, [("500", 1)])
    for _ in range(100):
        [seen] = pass_time(shifts, 30, token)
        assert seen[1]
        assert [(row.queue, row.paused) for row in agent.memberships.values()] == [("500", False)]


def test_the_staff_takes_up_its_own_plans_when_it_has_been_signed_out(shifts):
    token = shifts.attendance.sign_in(Kind.AGENT, 1, "201", force=True)
    pass_time(shifts, 3000, token)
    shifts.attendance.sign_out(Kind.AGENT, token)
    assert any(moment[1] for moment in pass_time(shifts, 1300))


def test_who_finds_the_desk_taken_comes_later(shifts):
    while shifts.directory.agents[1].session_since is not None:
        shifts.tick(30)
    token = shifts.attendance.sign_in(Kind.AGENT, 2, "201", force=True)
    assert not any(moment[1] for moment in pass_time(shifts, 3000, token))
    shifts.attendance.sign_out(Kind.AGENT, token)
    assert any(moment[1] for moment in pass_time(shifts, 1300))


def test_who_is_deleted_does_not_come_to_work_until_undeleted(shifts):
    shifts.dismiss(shifts.directory.agents[1])
    assert not any(moment[1] for moment in pass_time(shifts, 3000))
    shifts.directory.agents[1].deleted = False
    assert any(moment[1] for moment in pass_time(shifts, 1300))


def test_nobody_comes_to_a_desk_without_an_extension(shifts):
    while shifts.directory.agents[1].session_since is not None:
        shifts.tick(30)
    extension = shifts.directory.extensions.pop("201")
    assert not any(moment[1] for moment in pass_time(shifts, 3000))
    shifts.directory.extensions["201"] = extension
    assert any(moment[1] for moment in pass_time(shifts, 1300))


async def test_a_test_cannot_put_an_agent_to_work_where_another_sits(cast):
    await token_of(cast, "agent", user=2, extension="201")
    response = await cast.control("POST", "/control/agents/1", state="available")
    assert refusal(response) == (400, "extension", "in_use")


async def test_a_test_cannot_put_an_agent_to_work_who_has_no_desk(server):
    await server.send("POST", "agent", data=VALID["agent"])
    response = await server.control("POST", "/control/agents/3", state="available")
    assert refusal(response) == (400, "extension", "blank")


# The same world


async def tell(seed):
    """One story over HTTP; what is to be seen at its end."""
    world, clock = build_world("steady", seed=seed, started_at=START, agents=10), Clock()
    app = build_app(world, key=KEY, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
        server = Server(client)
        token = await token_of(server, "agent", user=3, extension="391", force=1)
        for path in ("agent/5", "call_queue/501"):
            await server.send("DELETE", path)
            clock.now += 40
        await ask(server, "agent", token)
        await server.send("POST", "call_queue", data=VALID["call_queue"])
        clock.now += 3600
        sessions = (await server.get("active_agent_sessions")).json()
    return world.truth(), list(world.switch.calls), sessions


async def test_the_same_seed_and_requests_give_the_same_world_whatever_the_tokens():
    assert await tell(4) == await tell(4)
    assert await tell(4) != await tell(5)
