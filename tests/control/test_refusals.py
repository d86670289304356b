"""Who may not, where it is not there, and how it may not be asked: each refused, and EQ hears nothing."""

import asyncio
import uuid
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.boards.following import followers
from eqboard.control.models import AuditEntry
from eqboard.control.words import sentence
from eqboard.floor.snapshot import AgentState, Part
from tests.builders import HOSTILE_TEXTS, agent, membership, pause_code, source
from tests.cast import join, publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, a_floor, last_entry, signed_in, steps

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]
ACTIONS = ["pause", "resume"]


def said(answer) -> str:
    """The sentence of the mark."""
    return BeautifulSoup(answer.text, "html.parser").select_one(".outcome .sentence").text


def state(answer) -> str:
    return BeautifulSoup(answer.text, "html.parser").select_one(".outcome")["data-state"]


def url_of(answer) -> str:
    """Where the mark asks what becomes of it."""
    return BeautifulSoup(answer.text, "html.parser").select_one(".outcome")["hx-get"]


async def nothing_happened(exchange) -> bool:
    return not exchange.asked and not await AuditEntry.objects.aexists()


# Who


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_viewer_is_refused_and_that_is_written_down(cast, floor, exchange, action):
    client = await signed_in(cast.viewer)
    answer = await client.post(f"/agents/7/{action}/", EVERYWHERE)
    assert answer.status_code == 403
    assert state(answer) == "denied"
    assert "You may not do this for Ana Ruiz" in said(answer)
    assert not exchange.asked
    entry = await last_entry()
    assert (entry.step, entry.actor_name, entry.action) == ("denied", "viewer", f"agent.{action}")
    assert (entry.target, entry.target_name, entry.queues) == ("agent-7", "Ana Ruiz", ",500,")
    assert await AuditEntry.objects.acount() == 1


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_agent_who_also_serves_another_teams_queue_is_not_ones_own(cast, floor, exchange, action):
    client = await signed_in(cast.lead)
    answer = await client.post(f"/agents/8/{action}/", EVERYWHERE)
    assert answer.status_code == 403
    assert "queues of other teams" in said(answer)
    assert "502" not in said(answer)
    assert "Complaints" not in answer.text
    assert not exchange.asked
    entry = await last_entry()
    assert (entry.step, entry.queues) == ("denied", ",500,502,")


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_viewer_is_denied_also_of_somebody_who_has_signed_out(cast, redis_url, exchange, action):
    """Where nobody's queues say whose they are, the right alone does: a viewer has it nowhere."""
    await publish(redis_url, a_floor(agent(7, state=AgentState.SIGNED_OUT)))
    answer = await (await signed_in(cast.viewer)).post(f"/agents/7/{action}/", EVERYWHERE)
    assert (answer.status_code, state(answer), await steps()) == (403, "denied", ["denied"])
    assert not exchange.asked


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["lead", "supervisor"])
async def test_somebody_who_has_signed_out_meanwhile_is_left_alone(cast, config, exchange, redis_url, action, who):
    gone = agent(7, state=AgentState.SIGNED_OUT)
    await publish(redis_url, a_floor(gone))
    client = await signed_in(getattr(cast, who))
    answer = await client.post(f"/agents/7/{action}/", EVERYWHERE)
    assert said(answer) == "Ana Ruiz has signed out meanwhile, so nothing was sent."
    assert await steps() == ["refused"]
    assert not exchange.asked


async def test_there_is_no_form_for_somebody_who_has_signed_out_meanwhile(cast, config, exchange, redis_url):
    gone = agent(7, state=AgentState.SIGNED_OUT)
    await publish(redis_url, a_floor(gone))
    client = await signed_in(cast.lead)
    answer = await client.get("/agents/7/pause/")
    assert (answer.status_code, said(answer)) == (422, "Ana Ruiz has signed out meanwhile, so nothing was sent.")
    assert await nothing_happened(exchange)


async def test_leading_one_queue_and_looking_at_the_other_is_not_enough(cast, floor, exchange):
    await sync_to_async(join)(cast.lead, cast.back, "viewer")
    client = await signed_in(cast.lead)
    assert (await client.post("/agents/8/pause/", EVERYWHERE)).status_code == 403
    assert not exchange.asked


@pytest.mark.parametrize("action", ACTIONS)
async def test_another_teams_agent_is_as_if_they_were_not_there(cast, floor, exchange, action):
    client = await signed_in(cast.lead)
    foreign = await client.post(f"/agents/9/{action}/", EVERYWHERE)
    missing = await client.post(f"/agents/999/{action}/", EVERYWHERE)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert not exchange.asked


async def test_that_it_was_tried_on_them_is_written_down_and_tells_nothing_of_them(cast, floor, exchange):
    """Whoever tried may read it: of another team's agent it says the same as of nobody's number."""
    client = await signed_in(cast.lead)
    for number in (9, 999):
        await client.post(f"/agents/{number}/pause/", EVERYWHERE | {"press": str(uuid.UUID(int=number))})
        await client.post(
            f"/agents/{number}/pause/", EVERYWHERE | {"press": str(uuid.UUID(int=number))}
        )  # the same press
    known = [each async for each in AuditEntry.objects.all()]
    assert [(each.action, each.step, each.queues, each.details) for each in known] == 2 * [
        ("agent.pause", "denied", "", {"error": "Unseen"})
    ]
    assert [(each.target, each.target_name) for each in known] == [("agent-9", "#9"), ("agent-999", "#999")]
    assert "#9</bdi> is not on your board any more, so nothing was sent." in sentence(known[0])


async def test_a_press_that_was_done_is_not_denied_when_it_comes_again_after_they_have_left(cast, redis_url, exchange):
    client, form = await signed_in(cast.lead), {"press": str(uuid.UUID(int=7))}
    await publish(redis_url, a_floor())
    await client.post("/agents/7/pause/", EVERYWHERE | form)
    await publish(redis_url, a_floor(agent(7, memberships=(membership("502"),))))
    assert (await client.post("/agents/7/pause/", EVERYWHERE | form)).status_code == 404
    assert await steps() == ["asked", "accepted"]


async def test_another_teams_agent_has_no_form(cast, floor):
    client = await signed_in(cast.lead)
    answer = await client.get("/agents/9/pause/")
    assert answer.status_code == 404
    assert "Max" not in answer.text


async def test_without_a_team_nobody_is_there(cast, floor, exchange):
    client = await signed_in(cast.outsider)
    assert (await client.post("/agents/7/pause/", EVERYWHERE)).status_code == 404
    assert (await steps(), exchange.asked) == (["denied"], [])


async def test_whoever_was_switched_off_is_a_stranger(cast, floor, exchange):
    client = await signed_in(cast.lead)
    cast.lead.is_active = False
    await cast.lead.asave()
    assert (await client.post("/agents/7/pause/", EVERYWHERE, headers={"HX-Request": "true"})).status_code == 401
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("path", ["/agents/7/pause/", "/agents/7/resume/"])
async def test_a_button_pressed_after_the_session_ended_leads_the_page_to_the_sign_in(db, floor, exchange, path):
    answer = await AsyncClient().post(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")
    assert await nothing_happened(exchange)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("get", "/agents/7/pause/"),
        ("post", "/agents/7/pause/"),
        ("post", "/agents/7/resume/"),
        ("get", "/actions/00000000-0000-0000-0000-000000000000/"),
    ],
)
async def test_a_stranger_is_redirected_to_the_sign_in(db, floor, exchange, verb, path):
    answer = await getattr(AsyncClient(), verb)(path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert await nothing_happened(exchange)


# How


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        *((verb, "/agents/7/pause/") for verb in ("put", "patch", "delete")),
        *((verb, "/agents/7/resume/") for verb in ("get", "head", "put", "patch", "delete")),
        *((verb, "/actions/00000000-0000-0000-0000-000000000000/") for verb in ("post", "put", "delete")),
    ],
)
async def test_other_verbs_are_refused(cast, floor, exchange, verb, path):
    client = await signed_in(cast.lead)
    assert (await getattr(client, verb)(path)).status_code == 405
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("action", ACTIONS)
async def test_another_site_cannot_press_the_button(cast, floor, exchange, action):
    client = await signed_in(cast.lead, enforce_csrf_checks=True)
    assert (await client.post(f"/agents/7/{action}/", EVERYWHERE)).status_code == 403
    assert (await client.post(f"/agents/7/{action}/", EVERYWHERE, headers={"X-CSRFToken": "x" * 32})).status_code == 403
    assert await nothing_happened(exchange)


async def test_the_pages_own_token_is_accepted(cast, floor, exchange):
    client = await signed_in(cast.lead, enforce_csrf_checks=True)
    page = BeautifulSoup((await client.get("/")).text, "html.parser")
    token = page.select_one("input[name=csrfmiddlewaretoken]")["value"]
    answer = await client.post("/agents/7/pause/", EVERYWHERE, headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    assert len(exchange.asked) == 1


@pytest.mark.parametrize("path", ["/agents/x/pause/", "/agents/-1/pause/", "/agents//pause/", "/actions/1/"])
async def test_an_address_that_names_nothing_is_not_found(cast, floor, path):
    client = await signed_in(cast.lead)
    assert (await client.post(path)).status_code == 404


@pytest.mark.parametrize("path", ["/agents/7/pause/", "/actions/00000000-0000-0000-0000-000000000000/"])
async def test_no_answer_is_kept_in_a_cache(cast, floor, path):
    client = await signed_in(cast.lead)
    assert "no-store" in (await client.get(path))["Cache-Control"]


# What


@pytest.mark.parametrize(
    "code", ["3", "0", "-1", "x", "1.0", "1 or 1=1", "1\0", "None", "1,2", "٣", "9" * 400, "<script>"]
)
async def test_a_pause_code_that_eq_does_not_have_is_refused_with_a_sentence(cast, floor, exchange, code):
    client = await signed_in(cast.lead)
    answer = await client.post("/agents/7/pause/", EVERYWHERE | {"pause_code": code})
    assert answer.status_code == 422
    assert "no longer exists. Choose another" in said(answer)
    assert await nothing_happened(exchange)


async def test_an_agent_who_vanished_meanwhile_is_not_found(cast, floor, exchange, redis_url):
    client = await signed_in(cast.lead)
    assert (await client.get("/agents/7/pause/")).status_code == 200
    await publish(redis_url, a_floor(agent(7, memberships=(membership("502"),))))
    answer = await client.post("/agents/7/pause/", EVERYWHERE)
    assert answer.status_code == 404
    assert "not on your board any more" in said(answer)
    assert (await steps(), exchange.asked) == (["denied"], [])


@pytest.mark.parametrize(
    ("verb", "action", "written"),
    [("get", "pause", []), ("post", "pause", ["refused"]), ("post", "resume", ["refused"])],
)
async def test_without_redis_nothing_is_done_and_that_is_said(
    cast, floor, exchange, redis_server, verb, action, written
):
    client = await signed_in(cast.lead)
    redis_server.stop()
    answer = await getattr(client, verb)(f"/agents/7/{action}/")
    assert answer.status_code == 422
    assert "cannot see the floor now" in said(answer)
    assert (await steps(), exchange.asked) == (written, [])


NOT_SENT = "eqboard could not see the floor, so nothing was sent for Ana Ruiz. Try again when it is live."
BLIND = "eqboard cannot see the floor now, so nothing was done. Try again when the board is live."


@pytest.mark.parametrize("action", ACTIONS)
async def test_before_anything_was_published_nothing_can_be_done(cast, exchange, action):
    answer = await (await signed_in(cast.lead)).post(f"/agents/7/{action}/", EVERYWHERE)
    assert (answer.status_code, said(answer)) == (422, BLIND)
    assert (await steps(), (await last_entry()).details["error"], exchange.asked) == (["refused"], "Blind", [])


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_old_floor_lets_nobody_act(cast, redis_url, exchange, action):
    """Meanwhile the agent may have joined another team's queue."""
    old = datetime.now(UTC) - timedelta(seconds=60)
    await publish(redis_url, a_floor(sources=[source(Part.AGENTS, taken_at=old)]))
    client = await signed_in(cast.lead)
    if action == "pause":  # the form
        assert said(await client.get(f"/agents/7/{action}/")) == BLIND
    assert said(await client.post(f"/agents/7/{action}/", EVERYWHERE)) == NOT_SENT
    assert (await steps(), (await last_entry()).details["error"], exchange.asked) == (["refused"], "Blind", [])


async def test_an_agent_who_is_not_on_an_old_floor_may_be_there_all_the_same(cast, redis_url, exchange):
    old = datetime.now(UTC) - timedelta(seconds=60)
    await publish(redis_url, a_floor(sources=[source(Part.AGENTS, taken_at=old)]))
    answer = await (await signed_in(cast.lead)).post("/agents/99/pause/", EVERYWHERE)
    assert (answer.status_code, said(answer)) == (422, BLIND)
    assert (await steps(), (await last_entry()).details["error"], exchange.asked) == (["refused"], "Blind", [])


async def test_without_redis_nobody_acts_on_what_was_seen_last(cast, floor, exchange, redis_server):
    client = await signed_in(cast.lead)
    await client.get("/")
    redis_server.stop()
    async with asyncio.timeout(10), aclosing(followers.get().floors()) as floors:
        async for seen in floors:
            if not seen.is_connected:
                break
    assert said(await client.post("/agents/7/resume/", EVERYWHERE)) == NOT_SENT
    assert (await steps(), (await last_entry()).details["error"], exchange.asked) == (["refused"], "Blind", [])


# The form


async def form_for(client, number: int = 7):
    return BeautifulSoup((await client.get(f"/agents/{number}/pause/")).text, "html.parser")


async def test_the_form_lists_eqs_pause_codes_by_name_and_no_reason(cast, redis_url, exchange):
    await publish(redis_url, a_floor(pause_codes=[pause_code(1, "training"), pause_code(2, "Lunch")]))
    form = await form_for(await signed_in(cast.lead))
    assert [each["value"] for each in form.select("input[name=pause_code]")] == ["2", "1", ""]
    assert [label.text.strip() for label in form.select("label")][:2] == ["Lunch", "training"]
    assert form.select_one("input[checked]")["value"] == ""
    assert form.form["hx-post"] == "/agents/7/pause/"


async def test_asking_for_the_form_does_nothing(cast, floor, exchange):
    await form_for(await signed_in(cast.lead))
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_hostile_names_are_escaped_in_the_form(cast, redis_url, exchange, text):
    await publish(redis_url, a_floor(agent(7, name=text), pause_codes=[pause_code(1, text)]))
    form = await form_for(await signed_in(cast.lead))
    assert not form.select("script, img")
    assert len(form.select("bdi")) >= 2
    assert not any(letter in str(form) for letter in "\u202e\u202c\x00\x07")


async def test_a_hostile_name_is_escaped_and_isolated_in_the_sentence(cast, redis_url, exchange):
    await publish(redis_url, a_floor(agent(7, name="<script>alert(1)</script>\u202e\0")))
    answer = await (await signed_in(cast.viewer)).post("/agents/7/pause/", EVERYWHERE)
    page = BeautifulSoup(answer.text, "html.parser")
    assert not page.select("script")
    assert page.select_one(".sentence bdi").text == "<script>alert(1)</script>��"
    assert await steps() == ["denied"]
