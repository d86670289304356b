"""Undo: once, in time, by the one who did it; and back to how the agent stood, queue by queue."""

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.test import AsyncClient

from eqboard.accounts.access import PAUSE_AGENT, SIGN_OUT_AGENT
from eqboard.accounts.models import Membership, Role
from eqboard.control.catalogue import restoring
from eqboard.control.catalogue.order import Order, Stand
from eqboard.control.doing import before
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.doing.before import before_of, undo_of
from eqboard.control.models import AuditEntry
from eqboard.control.on_agents import several, undo
from eqboard.feed.subscriber import follow
from eqboard.floor.snapshot import AgentState, Part
from tests.builders import agent, membership, queue, snapshot, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.closed_loop import running
from tests.control.conftest import EVERYWHERE, a_floor, begin, last_entry, settled, signed_in, steps
from tests.control.test_refusals import said, state
from tests.control.test_together import PRESS, press, soup, states, told

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

SALES = membership("500", queue_name="Sales", skill=2)
SUPPORT = membership("501", queue_name="Support", skill=4)
PAUSED_IN_SUPPORT = membership("501", queue_name="Support", skill=4, state=AgentState.PAUSED, paused=True)
PARTLY = agent(7, memberships=(SALES, PAUSED_IN_SUPPORT), partly_paused=True, pause_code=1)
IN_BOTH = agent(7, memberships=(SALES, SUPPORT))
PAUSED_IN_BOTH = agent(
    7,
    state=AgentState.PAUSED,
    memberships=tuple(membership(queue, state=AgentState.PAUSED, paused=True) for queue in ("500", "501")),
    pause_code=1,
)
OUT = agent(7, state=AgentState.SIGNED_OUT)


async def show(redis_url, one) -> None:
    """What is on the floor now, read a moment ago."""
    now = source(Part.AGENTS, taken_at=datetime.now(UTC) + timedelta(seconds=1), every_seconds=60)
    await publish(redis_url, a_floor(one, sources=[now]))


async def done(client, deed: str, **form):
    answer = await client.post(f"/agents/7/{deed}/", EVERYWHERE | form)
    assert state(answer) == "accepted"
    return answer


def undo_url(answer) -> str:
    return soup(answer).select_one("button.undo")["hx-post"]


def asked(exchange) -> list[dict[str, object]]:
    """Since the first one: what it takes to undo that."""
    return [{"action": each["action"]} | json.loads(each["options"]) for each in exchange.asked[1:]]


# How they stood: pure


def test_what_is_written_down_is_how_they_stood_in_the_queues_that_are_touched() -> None:
    floor = snapshot(agents=[PARTLY])
    stood = {"queue": "500", "skill": 2, "paused": False}, {"queue": "501", "skill": 4, "paused": True}
    assert before_of(Order(PAUSE_AGENT, 7), floor) == {"before": {"queues": [*stood], "pause_code": 1}}
    assert before_of(Order(SIGN_OUT_AGENT, 7, "501"), floor)["before"]["queues"] == [stood[1]]
    assert before_of(Order("agent.resume", 7), floor) == {}
    assert before_of(Order(PAUSE_AGENT, 9), floor) == {}


@pytest.mark.parametrize(
    "strange", [None, 7, "x", [], {}, {"queues": "x"}, {"queues": [{}]}, {"queues": [7]}, {"queues": []}]
)
def test_what_another_version_wrote_down_is_not_undone(strange) -> None:
    assert undo_of(PRESS, Order(PAUSE_AGENT, 7), strange, was_seen=True) is None


def test_what_has_changed_nothing_or_is_no_such_action_is_not_undone() -> None:
    was_paused = {"queues": [{"queue": "500", "skill": 1, "paused": True}], "pause_code": 1}
    assert undo_of(PRESS, Order(PAUSE_AGENT, 7), was_paused, was_seen=True) is None
    assert undo_of(PRESS, Order("agent.resume", 7), was_paused, was_seen=True) is None
    assert undo_of(PRESS, None, was_paused, was_seen=True) is None
    undone = undo_of(PRESS, Order(SIGN_OUT_AGENT, 7), was_paused, was_seen=False)
    assert undone is not None
    assert (undone.stood, undone.pause_code) == ((Stand("500", 1, True),), 1)


def test_an_undo_is_offered_for_five_seconds_and_heard_for_eight() -> None:
    pressed = datetime(2026, 3, 2, 12, tzinfo=UTC)
    soon, late = pressed + timedelta(seconds=0.5), pressed + timedelta(seconds=6)
    assert before.offered_until(pressed, soon) == soon + timedelta(seconds=5)
    assert before.offered_until(pressed, late) == pressed + timedelta(seconds=7)
    assert before.is_in_time(pressed, pressed + timedelta(seconds=8))
    assert not before.is_in_time(pressed, pressed + timedelta(seconds=8.1))


# Pause


async def test_a_pause_of_all_queues_is_undone_by_one_request(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    answer = await client.post(undo_url(await done(client, "pause", pause_code="1")))
    assert state(answer) == "accepted"
    assert asked(exchange) == [{"action": "resume", "agent": 7}]


async def test_a_queue_that_was_paused_before_stays_so(cast, redis_url, exchange):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    await client.post(undo_url(await done(client, "pause")))
    assert asked(exchange) == [{"action": "resume", "agent": 7, "queue": "500"}]


async def test_a_pause_in_one_queue_is_undone_there(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH, queues=[queue("500"), queue("501")]))
    client = await signed_in(cast.lead)
    await client.post(undo_url(await done(client, "pause", queue="501")))
    assert asked(exchange) == [{"action": "resume", "agent": 7, "queue": "501"}]


async def test_it_is_an_attempt_of_its_own_that_names_the_other(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    await client.post(undo_url(await done(client, "pause")))
    first = await AuditEntry.objects.aget(action="agent.pause", step="asked")
    second = await AuditEntry.objects.aget(action="agent.undo_pause", step="asked")
    assert second.details["undoes"] == str(first.attempt)
    assert second.queues == ",500,501,"
    assert second.attempt != first.attempt


async def test_it_is_confirmed_by_the_floor(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "pause", pause_code="1")
    await show(redis_url, PAUSED_IN_BOTH)
    await settled()
    answer = await client.post(undo_url(first))
    url = soup(answer).select_one(".outcome")["hx-get"]
    await show(redis_url, IN_BOTH)
    await settled()
    shown = await client.get(url)
    assert (state(shown), said(shown)) == ("confirmed", "Ana Ruiz is as before.")
    assert not soup(shown).select("button.undo")


# Sign-out


async def test_who_was_signed_out_gets_queues_and_skills_back(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    await client.post(undo_url(await done(client, "sign-out")))
    assert asked(exchange) == [
        {"action": "signIn", "agent": 7, "queues": ["500", "501"], "skills": [2, 4], "paused": False}
    ]


async def test_who_was_paused_somewhere_is_so_again_with_the_reason(cast, redis_url, exchange):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    await client.post(undo_url(await done(client, "sign-out")))
    assert asked(exchange) == [
        {"action": "signIn", "agent": 7, "queues": ["500"], "skills": [2], "paused": False},
        {"action": "signIn", "agent": 7, "queues": ["501"], "skills": [4], "paused": True},
        {"action": "pause", "agent": 7, "queue": "501", "pauseCode": 1},
    ]


async def test_the_reason_waits_until_eq_has_carried_the_sign_in_out(cast, redis_url, exchange, monkeypatch):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    monkeypatch.setattr(restoring, "AGAIN_AFTER_SECONDS", 0)
    exchange.refuse_first("pause", count=2, parameter="queue", kind="not_signed_in")
    assert state(await client.post(undo_url(first))) == "accepted"
    assert [each["action"] for each in asked(exchange)] == ["signIn", "signIn", "pause", "pause", "pause"]


@pytest.mark.parametrize(("kind", "tries"), [("not_signed_in", restoring.TRIES), ("nonexistent", 1)])
async def test_a_reason_that_eq_goes_on_refusing_is_a_part_that_is_missing(
    cast, redis_url, exchange, monkeypatch, kind, tries
):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    monkeypatch.setattr(restoring, "AGAIN_AFTER_SECONDS", 0)
    exchange.refuse_first("pause", count=100, parameter="queue", kind=kind)
    answer = await client.post(undo_url(first))
    await settled()
    assert [each["action"] for each in asked(exchange)] == ["signIn", "signIn", *["pause"] * tries]
    assert "EQ did only a part of it" in said(answer)


async def test_in_a_closed_loop_who_was_paused_is_so_again_with_the_reason(cast, config, redis_url, monkeypatch):
    """EQ takes its time to sign somebody in."""
    async with running(config, redis_url, monkeypatch) as site:
        site.bring_in(1)
        site.world.pause(site.world.directory.live_agent(1), 1)
        client = await signed_in(cast.lead)
        async with asyncio.timeout(20):
            async for floor in follow(redis_url):
                if 1 in floor.snapshot.agents and floor.snapshot.agents[1].pause_code == 1:
                    break
        signed_out = await client.post("/agents/1/sign-out/", EVERYWHERE)
        await settled()
        answer = await client.post(undo_url(signed_out))
        await settled()
        assert (await steps())[-3:] == ["asked", "accepted", "confirmed"], said(answer)


async def test_who_has_left_the_board_by_it_can_be_brought_back(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    await show(redis_url, OUT)
    await settled()
    answer = await client.post(undo_url(first))
    assert state(answer) == "accepted"
    await show(redis_url, IN_BOTH)
    await settled()
    assert (await steps())[-3:] == ["asked", "accepted", "confirmed"]


# Something has changed meanwhile


async def test_whom_somebody_else_signed_in_meanwhile_is_left_alone(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    await show(redis_url, OUT)
    await settled()
    await show(redis_url, agent(7, memberships=(SALES,)))
    answer = await client.post(undo_url(first))
    assert (state(answer), said(answer)) == (
        "refused",
        "Ana Ruiz has been changed by somebody meanwhile, so nothing was undone. Look at the row.",
    )
    assert asked(exchange) == []
    assert (await steps())[-1] == "refused"


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(IN_BOTH, id="resumed"),
        pytest.param(OUT, id="signed out"),
        pytest.param(
            agent(7, state=AgentState.PAUSED, memberships=PAUSED_IN_BOTH.memberships, pause_code=2), id="other"
        ),
    ],
)
async def test_whose_pause_is_another_one_by_now_is_left_alone(cast, redis_url, exchange, now):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "pause", pause_code="1")
    await show(redis_url, PAUSED_IN_BOTH)
    await settled()
    await show(redis_url, now)
    answer = await client.post(undo_url(first))
    assert state(answer) == "refused"
    assert "by somebody meanwhile" in said(answer)
    assert asked(exchange) == []


async def test_who_serves_another_teams_queue_by_now_is_not_ones_own(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "pause")
    await publish(redis_url, a_floor(agent(7, memberships=(SALES, SUPPORT, membership("502")))))
    answer = await client.post(undo_url(first))
    assert (answer.status_code, state(answer)) == (403, "denied")
    assert asked(exchange) == []


async def test_who_is_gone_is_not_found(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    first = await done(client, "pause")
    await publish(redis_url, a_floor(agent(7, memberships=(membership("502"),))))
    assert (await client.post(undo_url(first))).status_code == 404
    assert asked(exchange) == []
    entry = await last_entry()
    assert (entry.action, entry.step, entry.target_name) == ("agent.undo_pause", "denied", "#7")


async def test_what_eq_does_only_in_part_is_told_so(cast, redis_url, exchange, monkeypatch):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    answers = type(exchange).__call__

    async def then_down(self, request):
        if len(self.asked) == 2:
            self.answer = httpx.ConnectError("refused")
        return await answers(self, request)

    monkeypatch.setattr(type(exchange), "__call__", then_down)
    answer = await client.post(undo_url(first))
    assert (state(answer), said(answer)) == (
        "unknown",
        "EQ did only a part of it for Ana Ruiz. Look at the row, and do the rest by hand.",
    )
    assert len(asked(exchange)) == 2
    entry = await AuditEntry.objects.alast()
    assert (entry.details["error"], entry.details["is_partly"]) == ("EQUnreachable", True)


async def test_what_eq_refuses_at_first_is_refused(cast, redis_url, exchange):
    await publish(redis_url, a_floor(PARTLY))
    client = await signed_in(cast.lead)
    first = await done(client, "sign-out")
    exchange.complain("agent", "not_signed_in")
    assert state(await client.post(undo_url(first))) == "refused"
    assert len(asked(exchange)) == 1


# Once, in time, by the same person


async def test_it_is_undone_once(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    first, second = await client.post(url), await client.post(url)
    assert state(first) == state(second) == "accepted"
    assert len(asked(exchange)) == 1
    shown = await client.get(url.removesuffix("undo/"))
    assert not soup(shown).select("button.undo")


async def test_it_is_too_late_after_eight_seconds(cast, redis_url, exchange, monkeypatch):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    monkeypatch.setattr(
        undo, "is_in_time", lambda asked_at, now: before.is_in_time(asked_at, now + timedelta(seconds=8))
    )
    answer = await client.post(url)
    assert (answer.status_code, said(answer)) == (
        422,
        "It is too late to undo this. Look at the row, and do the opposite there.",
    )
    assert asked(exchange) == []


async def over_an_old_floor(redis_url):
    old = source(Part.AGENTS, taken_at=datetime.now(UTC) - timedelta(seconds=60))
    await publish(redis_url, a_floor(IN_BOTH, agent(4, name="Dan"), sources=[old]))


async def test_what_was_refused_before_eq_was_asked_can_be_undone_all_the_same(cast, redis_url, exchange):
    """The mark says "Try again", and offers it for what is left of the time."""
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    await over_an_old_floor(redis_url)
    for _ in range(2):
        refused = await client.post(url)
        assert (state(refused), undo_url(refused)) == ("refused", url)
    await publish(redis_url, a_floor(IN_BOTH))
    assert state(await client.post(url)) == "accepted"
    assert asked(exchange) == [{"action": "resume", "agent": 7}]
    assert (await steps())[2:] == ["refused", "refused", "asked", "accepted"]
    assert state(await client.post(url)) == "accepted"  # the same, again
    assert len(asked(exchange)) == 1


async def test_it_is_tried_so_often_and_no_more(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    await over_an_old_floor(redis_url)
    for _ in range(before.MOST_TRIES + 2):
        assert state(await client.post(url)) == "refused"
    assert await AuditEntry.objects.filter(step="refused").acount() == before.MOST_TRIES


async def test_what_eq_itself_refused_is_not_asked_again(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    exchange.complain("agent", "not_signed_in")
    refused = await client.post(url)
    assert (state(refused), soup(refused).select("button.undo")) == ("refused", [])
    await client.post(url)
    assert len(asked(exchange)) == 1


@pytest.mark.parametrize("who", ["supervisor", "admin", "viewer"])
async def test_nobody_else_undoes_it(cast, redis_url, exchange, who):
    await publish(redis_url, a_floor(IN_BOTH))
    url = undo_url(await done(await signed_in(cast.lead), "pause"))
    client = await signed_in(getattr(cast, who))
    foreign = await client.post(url)
    missing = await client.post(f"/actions/{uuid.uuid4()}/undo/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert asked(exchange) == []


async def test_who_may_pause_and_not_resume_is_offered_none_and_may_not(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    role = await Role.objects.acreate(name="Pauses", actions=["agent.pause"])
    await Membership.objects.filter(user=cast.lead).aupdate(role=role)
    assert not soup(await client.get(url.removesuffix("undo/"))).select("button.undo")
    assert (await client.post(url)).status_code == 403
    assert asked(exchange) == []


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(400)])
async def test_what_eq_did_not_accept_is_not_undone(cast, redis_url, exchange, answer):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    exchange.answer = answer
    shown = await client.post("/agents/7/pause/", EVERYWHERE)
    assert not soup(shown).select("button.undo")
    entry = await AuditEntry.objects.alast()
    assert (await client.post(f"/actions/{entry.attempt}/undo/")).status_code == 404


async def test_a_resumption_has_no_undo(cast, redis_url, exchange):
    await publish(redis_url, a_floor(PAUSED_IN_BOTH))
    answer = await (await signed_in(cast.lead)).post("/agents/7/resume/", EVERYWHERE)
    assert state(answer) == "accepted"
    assert not soup(answer).select("button.undo")


@pytest.mark.parametrize("verb", ["get", "head", "put", "patch", "delete"])
async def test_other_verbs_undo_nothing(cast, redis_url, exchange, verb):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    assert (await getattr(client, verb)(url)).status_code == 405
    assert asked(exchange) == []


async def test_a_stranger_undoes_nothing(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    url = undo_url(await done(await signed_in(cast.lead), "pause"))
    answer = await AsyncClient().post(url, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")
    assert asked(exchange) == []


async def test_when_the_floor_is_old_nothing_is_undone(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    url = undo_url(await done(client, "pause"))
    old = source(Part.AGENTS, taken_at=datetime.now(UTC) - timedelta(seconds=60))
    await publish(redis_url, a_floor(IN_BOTH, sources=[old]))
    assert "could not see the floor, so nothing was sent" in said(await client.post(url))
    assert ((await last_entry()).details["error"], asked(exchange)) == ("Blind", [])


# The mark


async def test_a_mark_that_says_so_already_is_not_sent_again(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    mark = soup(await done(client, "pause")).select_one(".outcome")
    assert json.loads(mark["hx-vals"]) == {"seen": "accepted"}
    answer = await client.get(mark["hx-get"], {"seen": "accepted"})
    assert (answer.status_code, answer.content) == (204, b"")
    await show(redis_url, PAUSED_IN_BOTH)
    await settled()
    assert state(await client.get(mark["hx-get"], {"seen": "accepted"})) == "confirmed"


async def test_the_offer_says_for_how_long_it_is_there(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    button = soup(await done(await signed_in(cast.lead), "pause")).select_one("button.undo")
    assert 0 < int(button["data-left-ms"]) <= 5000


# Of several


async def of_several(cast, redis_url):
    await publish(redis_url, a_floor(IN_BOTH, agent(4, name="Dan")))
    client = await signed_in(cast.lead)
    return client, await press(client, "pause", 7, 4)


async def test_one_press_undoes_what_one_press_did(cast, redis_url, exchange):
    client, answer = await of_several(cast, redis_url)
    button = soup(answer).select_one("button.undo")
    assert json.loads(button["hx-vals"]) == {"agent": [7, 4]}
    undone = await client.post(button["hx-post"], json.loads(button["hx-vals"]))
    assert states(undone) == {"Ana Ruiz": "accepted", "Dan": "accepted"}
    assert [each["action"] for each in exchange.asked] == ["pause", "pause", "resume", "resume"]
    batches = {
        each.details["batch"] async for each in AuditEntry.objects.filter(action="agent.undo_pause", step="asked")
    }
    assert len(batches) == 1
    assert batches != {str(attempt_id(PRESS, cast.lead.pk))}
    again = await client.post(button["hx-post"], json.loads(button["hx-vals"]))
    assert states(again) == states(undone)
    assert len(exchange.asked) == 4


async def test_who_loses_the_right_meanwhile_undoes_no_further(cast, redis_url, exchange, monkeypatch):
    monkeypatch.setattr(several, "AT_ONCE", 1)
    client, answer = await of_several(cast, redis_url)
    button = soup(answer).select_one("button.undo")
    exchange.may_answer.clear()
    exchange.was_asked.clear()
    undoing = begin(client.post(button["hx-post"], json.loads(button["hx-vals"])))
    await exchange.was_asked.wait()
    await Membership.objects.filter(user=cast.lead).adelete()
    exchange.may_answer.set()
    await undoing
    assert [each["action"] for each in exchange.asked] == ["pause", "pause", "resume"]


async def test_those_of_several_for_whom_it_was_refused_can_be_undone_all_the_same(cast, redis_url, exchange):
    client, answer = await of_several(cast, redis_url)
    button = soup(answer).select_one("button.undo")
    await over_an_old_floor(redis_url)
    refused = await client.post(button["hx-post"], json.loads(button["hx-vals"]))
    assert states(refused) == {"Ana Ruiz": "refused", "Dan": "refused"}
    assert await AuditEntry.objects.filter(action="agent.undo_pause", details__error="Blind").acount() == 2
    again = soup(refused).select_one("button.undo")
    await publish(redis_url, a_floor(IN_BOTH, agent(4, name="Dan")))
    undone = await client.post(again["hx-post"], json.loads(again["hx-vals"]))
    assert states(undone) == {"Ana Ruiz": "accepted", "Dan": "accepted"}
    shown = await client.get(soup(undone).select_one(".together")["hx-get"])
    assert states(shown) == states(undone)
    assert [each["action"] for each in exchange.asked] == ["pause", "pause", "resume", "resume"]


async def test_after_it_there_is_no_other_offer(cast, redis_url, exchange):
    client, answer = await of_several(cast, redis_url)
    button = soup(answer).select_one("button.undo")
    undone = await client.post(button["hx-post"], json.loads(button["hx-vals"]))
    assert not soup(undone).select("button.undo")
    url = soup(answer).select_one(".together")["hx-get"]
    assert not soup(await client.get(url)).select("button.undo")
    shown = await client.get(soup(undone).select_one(".together")["hx-get"])
    assert states(shown) == {"Ana Ruiz": "accepted", "Dan": "accepted"}


async def test_only_those_of_the_press_are_undone(cast, redis_url, exchange):
    client, answer = await of_several(cast, redis_url)
    url = soup(answer).select_one("button.undo")["hx-post"]
    undone = await client.post(url, {"agent": [7, 8, 9, 999]})
    assert list(told(undone)) == ["Ana Ruiz"]
    assert len(exchange.asked) == 3


async def test_what_nobody_pressed_cannot_be_undone(cast, redis_url, exchange):
    await publish(redis_url, a_floor(IN_BOTH))
    client = await signed_in(cast.lead)
    for agents in ([7], ["x"], []):
        answer = await client.post(f"/agents/together/{uuid.uuid4()}/undo/", {"agent": agents})
        assert answer.status_code == 422
        assert answer["HX-Retarget"] == "#dialog-notices"
    assert not exchange.asked


async def test_of_several_it_is_too_late_as_well(cast, redis_url, exchange, monkeypatch):
    client, answer = await of_several(cast, redis_url)
    monkeypatch.setattr(undo, "is_in_time", lambda asked_at, now: False)
    refused = await client.post(soup(answer).select_one("button.undo")["hx-post"], {"agent": [7, 4]})
    assert "too late" in said(refused)
    assert len(exchange.asked) == 2
