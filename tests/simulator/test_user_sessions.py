"""User sessions: signing in and out, and who is in whose way (EQ API text, User Session and User Sessions)."""

import re

import pytest

from eqboard.simulator.office.sessions import TIME_OUT_SECONDS

from .conftest import KEY, START, refusal, refusals
from .office import ask, sign_in, sign_out, signed_in, token_of

KINDS = ["supervisor", "agent"]


# Signing in


@pytest.mark.contract("1.7", "2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_is_64_characters_that_nobody_can_guess(cast, kind):
    first = await token_of(cast, kind)
    second = await token_of(cast, kind, force=1)
    assert first != second
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in (first, second))


@pytest.mark.parametrize("kind", KINDS)
async def test_whoever_signs_in_is_signed_in_from_now_on(cast, clock, kind):
    clock.now += 50
    await token_of(cast, kind, extension="202")
    [row] = (await cast.get(f"active_{kind}_sessions")).json()
    assert row == {"user": 1, "extension": "202", "signInTime": START + 50, "pingTime": START + 50}


@pytest.mark.parametrize("extension", [None, ""])
async def test_a_supervisor_may_sign_in_at_no_extension(cast, extension):
    await token_of(cast, "supervisor", extension=extension)
    assert await signed_in(cast, "supervisor") == [(1, None)]


@pytest.mark.parametrize("extension", [None, ""])
async def test_an_agent_needs_an_extension(cast, extension):
    assert refusal(await sign_in(cast, "agent", extension=extension)) == (400, "extension", "blank")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("", "blank"),
        *((text, "invalid") for text in ("one", "-1", "1.0", " 1", "١", "9" * 400)),
        *((text, "nonexistent") for text in ("0", "99")),
    ],
)
async def test_a_user_who_is_none_is_refused(cast, kind, user, expected):
    assert refusal(await sign_in(cast, kind, user)) == (400, "user", expected)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deleted_user_is_nonexistent(cast, kind):
    await cast.send("DELETE", f"{kind}/1")
    assert refusal(await sign_in(cast, kind)) == (400, "user", "nonexistent")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extension", ["999", "500", "x", "\x00", "201 "])
async def test_an_extension_that_is_none_is_nonexistent(cast, kind, extension):
    assert refusal(await sign_in(cast, kind, extension=extension)) == (400, "extension", "nonexistent")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("force", ["2", "-1", "true", "yes", "01"])
async def test_force_is_0_or_1(cast, kind, force):
    assert refusal(await sign_in(cast, kind, force=force)) == (400, "force", "invalid")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("force", ["", "0", "1"])
async def test_without_another_session_force_makes_no_difference(cast, kind, force):
    assert (await sign_in(cast, kind, force=force)).status_code == 200


async def test_everything_that_is_wrong_with_a_sign_in_is_told_at_once(cast):
    response = await cast.send("POST", "agent_session", force="x")
    assert refusals(response) == (400, {("user", "blank"), ("extension", "blank"), ("force", "invalid")})


# One session for each user


@pytest.mark.contract("2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("force", [{}, {"force": "0"}])
async def test_a_second_session_of_a_user_is_refused(cast, kind, force):
    token = await token_of(cast, kind)
    assert refusal(await sign_in(cast, kind, extension="202", **force)) == (400, None, "already_signed_in")
    assert (await ask(cast, kind, token)).status_code == 200


@pytest.mark.contract("2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extension", ["201", "202"])
async def test_force_destroys_the_users_other_session(cast, kind, extension):
    old = await token_of(cast, kind)
    new = await token_of(cast, kind, extension=extension, force=1)
    assert await signed_in(cast, kind) == [(1, extension)]
    assert refusal(await ask(cast, kind, old)) == (401, f"auth_{kind}_session", "nonexistent")
    assert (await ask(cast, kind, new)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_force_that_is_refused_for_another_reason_destroys_nothing(cast, kind):
    token = await token_of(cast, kind)
    await token_of(cast, kind, user=2, extension="202")
    assert refusal(await sign_in(cast, kind, extension="202", force=1)) == (400, "extension", "in_use")
    assert refusal(await sign_in(cast, kind, extension="999", force=1)) == (400, "extension", "nonexistent")
    assert (await ask(cast, kind, token)).status_code == 200


async def test_a_user_who_sits_there_by_themselves_is_signed_in_already(server, world):
    assert refusal(await sign_in(server, "supervisor", extension=None)) == (400, None, "already_signed_in")
    await token_of(server, "supervisor", extension="301", force=1)
    assert await signed_in(server, "supervisor") == [(1, "301")]


async def test_a_supervisor_and_an_agent_of_the_same_id_are_two_users(cast):
    await token_of(cast, "supervisor", extension="202")
    await token_of(cast, "agent")
    assert await signed_in(cast, "supervisor") == [(1, "202")]
    assert await signed_in(cast, "agent") == [(1, "201")]


# One session for each extension


@pytest.mark.contract("2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("force", ["0", "1"])
async def test_an_extension_where_another_user_sits_is_in_use_and_force_does_not_help(cast, kind, other, force):
    await token_of(cast, other, user=2)
    assert refusal(await sign_in(cast, kind, force=force)) == (400, "extension", "in_use")


async def test_who_is_signed_in_already_and_finds_the_extension_in_use_is_told_both(cast):
    await token_of(cast, "agent")
    await token_of(cast, "agent", user=2, extension="202")
    response = await sign_in(cast, "agent", extension="202")
    assert refusals(response) == (400, {(None, "already_signed_in"), ("extension", "in_use")})


async def test_supervisors_at_no_extension_are_in_nobodys_way(cast):
    await token_of(cast, "supervisor", extension=None)
    await token_of(cast, "supervisor", user=2, extension=None)
    assert await signed_in(cast, "supervisor") == [(1, None), (2, None)]


async def test_an_extension_is_free_when_its_user_has_signed_out(cast):
    token = await token_of(cast, "agent", user=2)
    await sign_out(cast, "agent", token)
    assert (await sign_in(cast, "supervisor")).status_code == 200


async def test_who_is_signed_in_is_told_by_user_id(cast):
    for user, extension in ((2, "202"), (1, "201")):
        await token_of(cast, "agent", user=user, extension=extension)
    assert await signed_in(cast, "agent") == [(1, "201"), (2, "202")]


# Signing out


@pytest.mark.contract("2.1", "2.2")
@pytest.mark.parametrize("kind", KINDS)
async def test_signing_out_destroys_the_session(cast, kind):
    token = await token_of(cast, kind)
    response = await sign_out(cast, kind, token)
    assert (response.status_code, response.json()) == (200, None)
    assert await signed_in(cast, kind) == []
    assert refusal(await ask(cast, kind, token)) == (401, f"auth_{kind}_session", "nonexistent")
    assert await signed_in(cast, kind) == []


@pytest.mark.contract("2.26")
@pytest.mark.parametrize("kind", KINDS)
async def test_signing_out_twice_is_404(cast, kind):
    token = await token_of(cast, kind)
    await sign_out(cast, kind, token)
    assert refusal(await sign_out(cast, kind, token)) == (404, "token", "nonexistent")


@pytest.mark.contract("1.12", "2.26")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "%ED%A0%80", "é", "x" * 5000])
async def test_a_token_that_was_never_given_out_is_404_in_a_path(cast, kind, token):
    assert refusal(await sign_out(cast, kind, token)) == (404, "token", "nonexistent")


async def test_a_token_of_the_other_kind_of_user_is_none(cast):
    token = await token_of(cast, "agent")
    assert refusal(await sign_out(cast, "supervisor", token)) == (404, "token", "nonexistent")
    assert refusal(await ask(cast, "supervisor", token)) == (401, "auth_supervisor_session", "nonexistent")
    assert await signed_in(cast, "agent") == [(1, "201")]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_session_that_has_timed_out_can_still_be_signed_out(cast, clock, kind):
    token = await token_of(cast, kind)
    clock.now += TIME_OUT_SECONDS
    assert (await sign_out(cast, kind, token)).status_code == 200
    assert refusal(await ask(cast, kind, token)) == (401, f"auth_{kind}_session", "nonexistent")


# Tokens on requests


async def test_a_token_may_come_in_the_body_of_what_has_one(cast, clock):
    token = await token_of(cast, "agent")
    clock.now += 60
    form = {"action": "signIn", "options": {"agent": 1}, "auth_agent_session": token}
    assert (await cast.send("POST", "call_queue_agent_action", **form)).status_code == 200
    [row] = (await cast.get("active_agent_sessions")).json()
    assert row["pingTime"] == START + 60
    response = await cast.send("DELETE", "pause_code/1", auth_agent_session="wrong")
    assert refusal(response) == (401, "auth_agent_session", "nonexistent")
    assert (await cast.get("pause_code/1")).json()["deleted"] is False


@pytest.mark.contract("1.3")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "pause_code"), ("PUT", "pause_code/1"), ("DELETE", "pause_code/1")]
)
@pytest.mark.parametrize("place", ["query", "body"])
async def test_a_token_counts_in_the_query_and_in_the_body_alike(cast, clock, kind, method, path, place):
    token = await token_of(cast, kind)
    clock.now += 60
    for given, status in ((token, 200), ("wrong", 401)):
        name = f"auth_{kind}_session"
        more = {"query": {name: given}} if place == "query" else {name: given}
        assert (await cast.send(method, path, data={"name": given[:5]}, **more)).status_code == status
    [row] = (await cast.get(f"active_{kind}_sessions")).json()
    assert row["pingTime"] == START + 60


async def test_a_token_in_the_body_of_a_get_does_not_count(cast, bare):
    response = await bare.request(
        "GET", "/eq/api/2.0/parked_calls", params={"auth_key": KEY}, data={"auth_agent_session": "wrong"}
    )
    assert response.status_code == 200


async def test_a_token_without_the_key_is_nothing(cast, bare):
    token = await token_of(cast, "agent")
    response = await bare.get("/eq/api/2.0/parked_calls", params={"auth_agent_session": token})
    assert refusal(response) == (401, "auth_key", "blank")


@pytest.mark.contract("1.4")
async def test_a_wrong_token_fails_the_entire_request(cast, world):
    response = await cast.send("POST", "pause_code", query={"auth_supervisor_session": "wrong"}, data={"name": "Tea"})
    assert refusal(response) == (401, "auth_supervisor_session", "nonexistent")
    assert len(world.directory.pause_codes) == 2


@pytest.mark.contract("1.3")
async def test_beside_a_supervisors_token_an_agents_has_no_effect(cast, clock):
    supervisor = await token_of(cast, "supervisor", extension=None)
    agent = await token_of(cast, "agent")
    clock.now += 60
    both = {"auth_supervisor_session": supervisor, "auth_agent_session": agent}
    assert (await cast.get("parked_calls", **both)).status_code == 200
    assert (await cast.get("active_agent_sessions")).json()[0]["pingTime"] == START
    assert (await cast.get("active_supervisor_sessions")).json()[0]["pingTime"] == START + 60
    assert (await cast.get("parked_calls", **both | {"auth_agent_session": "wrong"})).status_code == 200


@pytest.mark.contract("1.3")
async def test_beside_a_wrong_supervisors_token_an_agents_right_one_does_not_help(cast):
    both = {"auth_supervisor_session": "wrong", "auth_agent_session": await token_of(cast, "agent")}
    assert refusal(await cast.get("parked_calls", **both)) == (401, "auth_supervisor_session", "nonexistent")


@pytest.mark.contract("1.3")
async def test_a_supervisors_token_in_the_body_outranks_an_agents_in_the_query(cast):
    query = {"auth_agent_session": "wrong"}
    token = await token_of(cast, "supervisor", extension=None)
    response = await cast.send("DELETE", "pause_code/1", query=query, auth_supervisor_session=token)
    assert response.status_code == 200


async def test_an_empty_token_is_none(cast):
    assert (await cast.get("parked_calls", auth_supervisor_session="", auth_agent_session="")).status_code == 200


@pytest.mark.contract("3.9")
@pytest.mark.parametrize("kind", KINDS)
async def test_no_answer_but_the_first_and_no_memory_shows_a_token(cast, world, kind):
    token = await token_of(cast, kind)
    answers = [
        await ask(cast, kind, token),
        await cast.get(f"active_{kind}_sessions"),
        await sign_in(cast, kind),
        await cast.get("configuration_check"),
        await sign_out(cast, kind, token),
        await ask(cast, kind, token),
        await sign_out(cast, kind, token),
    ]
    assert not any(token in answer.text or token in str(answer.headers) for answer in answers)
    assert token not in repr(vars(world.attendance.sessions))
