"""Several agents at once: what will happen to each, what became of each, and that nobody else is touched."""

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.accounts.models import Membership, ready_role
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.models import AuditEntry
from eqboard.control.on_agents import results, several, together
from eqboard.floor.snapshot import AgentState, Part
from eqboard.loops import endings
from tests.builders import HOSTILE_TEXTS, agent, caller, membership, pause_code, queue, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import a_floor, begin, settled, signed_in
from tests.control.test_refusals import said

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

PRESS = uuid.UUID(int=77)
OF_BOTH = (membership("500", queue_name="Sales"), membership("501", queue_name="Support"))
QUEUES = [queue("500", name="Sales"), queue("501", name="Support"), queue("502", name="Complaints")]


def on_call(number: int, name: str):
    return agent(number, name=name, state=AgentState.ON_CALL, caller=caller())


def a_team(*more, **changes):
    """Ana is free, Cid paused, Dan on a call, Eva signed out, Flo in wrap-up; Bea serves 502 too, Max 502 alone."""
    people = [
        agent(7, memberships=OF_BOTH),
        agent(3, name="Cid", state=AgentState.PAUSED),
        on_call(4, "Dan"),
        agent(5, name="Eva", state=AgentState.SIGNED_OUT),
        agent(6, name="Flo", state=AgentState.WRAP_UP),
    ]
    return a_floor(*people, *more, **{"queues": QUEUES} | changes)


@pytest.fixture
async def team(config, redis_url):
    shown = a_team()
    await publish(redis_url, shown)
    return shown


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


async def preview(user, deed: str, *agents: object, **query):
    client = await signed_in(user)
    return await client.get(f"/agents/together/{deed}/", {"agent": agents, **query})


def foretold(answer) -> dict[str, str]:
    rows = soup(answer).select(".prospects li")
    return {row.select_one(".who").text: " ".join(row.select("span")[1].text.split()) for row in rows}


async def press(client: AsyncClient, deed: str, *agents: object, **form):
    return await client.post(
        f"/agents/together/{deed}/", {"agent": agents, "press": str(PRESS), "queue": "all", **form}
    )


def told(answer) -> dict[str, tuple[str, str]]:
    """By name: the state of the mark, and its sentence."""
    rows = soup(answer).select(".results li")
    return {
        row.select_one(".who").text: (row.select_one(".outcome")["data-state"], row.select_one(".sentence").text)
        for row in rows
    }


def states(answer) -> dict[str, str]:
    return {name: each for name, (each, _sentence) in told(answer).items()}


async def now_told(client: AsyncClient, answer):
    return await client.get(soup(answer).select_one(".together")["hx-get"])


def asked_for(exchange) -> list[int]:
    return sorted(json.loads(each["options"])["agent"] for each in exchange.asked)


async def nothing_happened(exchange) -> bool:
    return not exchange.asked and not await AuditEntry.objects.aexists()


# What will happen


async def test_the_preview_says_of_each_what_will_happen_or_why_not(cast, team, exchange):
    answer = await preview(cast.lead, "pause", 7, 3, 4, 5, 6, 8, 9, 99)
    assert foretold(answer) == {
        "Ana Ruiz": "Will be paused.",
        "Dan": "Will be paused as soon as the call is over.",
        "Flo": "Will be paused as soon as the call is over.",
        "#9": "Nothing is sent. Not on your board any more.",
        "#99": "Nothing is sent. Not on your board any more.",
        "Bea": "Nothing is sent. Not allowed: your role does not allow it, or they also serve queues of other teams.",
        "Cid": "Nothing is sent. Paused already.",
        "Eva": "Nothing is sent. Signed out.",
    }
    page = soup(answer)
    assert [each["value"] for each in page.select("input[name=agent]")] == ["7", "4", "6"]
    assert "3 requests to EQ" in page.text
    assert page.h2.text.strip() == "Pause 8 agents"
    assert "Max" not in answer.text
    assert await nothing_happened(exchange)


@pytest.mark.parametrize(
    ("deed", "number", "sentence"),
    [
        ("resume", 3, "Will be back."),
        ("resume", 7, "Nothing is sent. Not paused."),
        ("exit-wrap-up", 6, "Will be out of wrap-up."),
        ("exit-wrap-up", 7, "Nothing is sent. Not in wrap-up."),
        ("sign-out", 7, "Will be signed out."),
        ("sign-out", 4, "Will be signed out; the call goes on."),
        ("sign-out", 5, "Nothing is sent. Signed out."),
        ("sign-in", 5, "Will be signed in to Sales."),
        ("sign-in", 7, "Nothing is sent. Signed in already."),
    ],
)
async def test_each_action_has_its_own_words(cast, team, deed, number, sentence):
    assert list(foretold(await preview(cast.lead, deed, number)).values()) == [sentence]


async def test_in_one_queue_it_is_foretold_for_that_queue(cast, team):
    answer = await preview(cast.lead, "pause", 7, 4, queue="501")
    assert foretold(answer) == {"Ana Ruiz": "Will be paused.", "Dan": "Nothing is sent. Not signed in there."}


async def test_only_queues_in_which_something_can_be_done_are_offered(cast, team):
    form = soup(await preview(cast.lead, "pause", 7, 8, 3))
    assert [each["value"] for each in form.select("input[name=queue]")] == ["all", "500", "501"]
    form = soup(await preview(cast.lead, "sign-in", 7, 3))
    assert [each["value"] for each in form.select("input[name=queue]")] == ["all", "501"]


async def test_with_nobody_to_act_on_there_is_only_a_way_back(cast, team):
    form = soup(await preview(cast.lead, "resume", 7))
    assert "Nothing would be sent to EQ." in form.text
    assert not form.select("button.primary")


async def test_a_viewer_sees_that_nothing_will_be_sent(cast, team):
    answer = await preview(cast.viewer, "pause", 7)
    assert foretold(answer)["Ana Ruiz"].startswith("Nothing is sent. Not allowed")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_hostile_names_are_escaped(cast, redis_url, exchange, text):
    await publish(redis_url, a_team(agent(7, name=text), pause_codes=[pause_code(1, text)]))
    page = soup(await preview(cast.lead, "pause", 7))
    assert not page.select("script, img")
    client = await signed_in(cast.lead)
    assert not soup(await press(client, "pause", 7)).select("script, img")


# Doing it


async def test_each_is_an_attempt_of_its_own_in_one_batch(cast, team, exchange):
    client = await signed_in(cast.lead)
    answer = await press(client, "pause", 7, 4, pause_code="2")
    assert states(answer) == {"Ana Ruiz": "accepted", "Dan": "accepted"}
    assert asked_for(exchange) == [4, 7]
    assert all(json.loads(each["options"])["pauseCode"] == 2 for each in exchange.asked)
    asked = [each async for each in AuditEntry.objects.filter(step="asked")]
    assert {each.details["batch"] for each in asked} == {str(attempt_id(PRESS, cast.lead.pk))}
    assert {each.target for each in asked} == {"agent-7", "agent-4"}
    assert len({each.attempt for each in asked}) == 2


async def test_in_one_queue_only_that_queue_is_named_to_eq(cast, team, exchange):
    await press(await signed_in(cast.lead), "sign-out", 7, queue="501")
    assert json.loads(exchange.asked[0]["options"]) == {"agent": 7, "queue": "501"}


async def test_signing_in_gives_each_the_queues_and_skills_that_they_had(cast, redis_url, exchange):
    had = (
        membership("500", state=AgentState.SIGNED_OUT, skill=2),
        membership("501", state=AgentState.SIGNED_OUT, skill=None),
    )
    await publish(redis_url, a_team(agent(5, name="Eva", state=AgentState.SIGNED_OUT, memberships=had)))
    await press(await signed_in(cast.lead), "sign-in", 5, paused="1")
    options = json.loads(exchange.asked[0]["options"])
    assert options == {"agent": 5, "queues": ["500", "501"], "skills": [2, 3], "paused": True}


async def test_they_settle_by_themselves_as_the_floor_shows_it(cast, team, exchange, redis_url):
    client = await signed_in(cast.lead)
    answer = await press(client, "pause", 7, 4)
    paused = [
        agent(7, state=AgentState.PAUSED, memberships=(membership(state=AgentState.PAUSED, paused=True),)),
        agent(
            4, name="Dan", state=AgentState.ON_CALL, memberships=(membership(state=AgentState.ON_CALL, paused=True),)
        ),
    ]
    now = source(Part.AGENTS, taken_at=datetime.now(UTC), every_seconds=60)
    await publish(redis_url, a_team(*paused, sources=[now]))
    await settled()
    shown = await now_told(client, answer)
    assert told(shown) == {
        "Ana Ruiz": ("confirmed", "Ana Ruiz is paused."),
        "Dan": ("confirmed", "Dan will be paused as soon as the call is over."),
    }
    assert "Done: 2" in soup(shown).text
    assert not soup(shown).select_one(".together").has_attr("hx-get")


async def test_nobody_but_those_whom_one_may_act_on_is_touched(cast, team, exchange):
    """A form that was tampered with: another team's agent, one who serves other teams too, one who is not there."""
    client = await signed_in(cast.lead)
    answer = await press(client, "pause", 7, 8, 9, 999, 5, 3)
    assert asked_for(exchange) == [7]
    found = told(answer)
    assert found["Ana Ruiz"][0] == "accepted"
    assert found["Bea"][0] == "denied"
    assert found["#9"] == ("denied", "#9 is not on your board any more, so nothing was sent.")
    assert found["#999"] == ("denied", "#999 is not on your board any more, so nothing was sent.")
    assert found["Eva"] == ("refused", "Eva has signed out meanwhile, so nothing was sent.")
    assert found["Cid"] == ("refused", "Cid is so already, so nothing was sent.")
    assert "not done: 5" in soup(answer).text
    written = {each.target: each.step async for each in AuditEntry.objects.exclude(target="agent-7")}
    refused = {"agent-5": "refused", "agent-3": "refused"}
    assert written == {"agent-8": "denied", "agent-9": "denied", "agent-999": "denied"} | refused
    unseen = [each async for each in AuditEntry.objects.filter(target__in=["agent-9", "agent-999"])]
    assert {(each.queues, each.details["error"], "batch" in each.details) for each in unseen} == {("", "Unseen", True)}


async def test_a_viewers_form_is_denied_for_each_and_written_down(cast, team, exchange):
    answer = await press(await signed_in(cast.viewer), "pause", 7, 4)
    assert set(states(answer).values()) == {"denied"}
    assert not exchange.asked
    assert await AuditEntry.objects.filter(step="denied", actor=cast.viewer).acount() == 2


async def test_a_form_that_is_sent_again_acts_once(cast, team, exchange):
    client = await signed_in(cast.lead)
    await press(client, "pause", 7, 4)
    again = await press(client, "pause", 7, 4)
    assert states(again) == {"Ana Ruiz": "accepted", "Dan": "accepted"}
    assert asked_for(exchange) == [4, 7]


async def test_a_form_that_is_sent_again_once_it_is_seen_tells_what_became_of_the_first(
    cast, team, exchange, redis_url
):
    client = await signed_in(cast.lead)
    await press(client, "sign-out", 7)
    out = agent(7, state=AgentState.SIGNED_OUT)
    await publish(redis_url, a_team(out, sources=[source(Part.AGENTS, taken_at=datetime.now(UTC), every_seconds=60)]))
    await settled()
    assert states(await press(client, "sign-out", 7)) == {"Ana Ruiz": "confirmed"}
    assert [each.step async for each in AuditEntry.objects.order_by("id")] == ["asked", "accepted", "confirmed"]


async def test_somebody_elses_press_of_that_number_is_one_of_their_own(cast, team, exchange):
    exchange.complain("agent", "not_signed_in")
    await press(await signed_in(cast.lead), "pause", 7)
    answer = await press(await signed_in(cast.supervisor), "pause", 7)
    assert asked_for(exchange) == [7, 7]
    assert states(answer) == {"Ana Ruiz": "refused"}


async def test_a_number_from_the_audit_takes_nobodys_turn(cast, team, exchange):
    """Neither that of the batch nor that of one attempt in it."""
    batch = attempt_id(PRESS, cast.lead.pk)
    supervisor = await signed_in(cast.supervisor)
    for number in (batch, several.attempt_of(batch, 7)):
        await press(supervisor, "resume", 3, press=str(number))
    assert states(await press(await signed_in(cast.lead), "pause", 7)) == {"Ana Ruiz": "accepted"}


async def test_two_numbers_at_the_same_moment_do_not_ask_twice(cast, team, exchange):
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    both = [begin(press(client, "pause", 7)), begin(press(client, "pause", 7))]
    await exchange.was_asked.wait()
    exchange.may_answer.set()
    await asyncio.gather(*both)
    assert asked_for(exchange) == [7]


async def test_no_more_than_four_are_asked_for_at_once(cast, redis_url, exchange):
    crowd = [agent(number, name=f"N{number}") for number in range(20, 32)]
    await publish(redis_url, a_team(*crowd))
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(press(client, "pause", *range(20, 32)))
    while len(exchange.asked) < several.AT_ONCE:
        await asyncio.sleep(0.01)
    waiting = await client.get(
        f"/agents/together/{attempt_id(PRESS, cast.lead.pk)}/",
        {"agent": range(20, 32), "at": int(datetime.now().timestamp())},
    )
    assert sorted(states(waiting).values()) == ["asked"] * 4 + ["waiting"] * 8
    assert "under way: 12" in soup(waiting).text
    assert len(exchange.asked) == several.AT_ONCE
    exchange.may_answer.set()
    await pressing
    assert asked_for(exchange) == list(range(20, 32))


async def test_a_browser_that_goes_away_stops_nothing(cast, redis_url, exchange):
    crowd = [agent(number, name=f"N{number}") for number in range(20, 30)]
    await publish(redis_url, a_team(*crowd))
    exchange.may_answer.clear()
    pressing = begin(press(await signed_in(cast.lead), "pause", *range(20, 30)))
    await exchange.was_asked.wait()
    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)
    exchange.may_answer.set()
    while await AuditEntry.objects.filter(step="accepted").acount() < 10:
        await asyncio.sleep(0.01)
    assert asked_for(exchange) == list(range(20, 30))


async def test_who_left_before_their_turn_is_left_alone(cast, redis_url, exchange):
    crowd = [agent(number, name=f"N{number}") for number in range(20, 26)]
    await publish(redis_url, a_team(*crowd))
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(press(client, "pause", *range(20, 26)))
    while len(exchange.asked) < several.AT_ONCE:
        await asyncio.sleep(0.01)
    moved = agent(25, name="N25", memberships=(membership("502"),))
    await publish(redis_url, a_team(*crowd[:-1], moved))
    exchange.may_answer.set()
    answer = await pressing
    assert asked_for(exchange) == list(range(20, 25))
    assert told(answer)["#25"] == ("denied", "#25 is not on your board any more, so nothing was sent.")


async def begun(cast, redis_url, exchange):
    """Four of six are asked for, and two wait for their turn; it goes on when the exchange answers."""
    await publish(redis_url, a_team(*(agent(number, name=f"N{number}") for number in range(20, 26))))
    exchange.may_answer.clear()
    pressing = begin(press(await signed_in(cast.lead), "pause", *range(20, 26)))
    while len(exchange.asked) < several.AT_ONCE:
        await asyncio.sleep(0.01)
    return pressing


async def test_who_loses_their_team_in_the_middle_acts_no_further(cast, redis_url, exchange):
    pressing = await begun(cast, redis_url, exchange)
    await Membership.objects.filter(user=cast.lead).adelete()
    exchange.may_answer.set()
    await pressing
    assert asked_for(exchange) == [20, 21, 22, 23]
    denied = {each.target_name async for each in AuditEntry.objects.filter(step="denied")}
    assert denied == {"#24", "#25"}


async def test_who_loses_the_right_in_the_middle_is_denied_for_the_rest(cast, redis_url, exchange):
    pressing = await begun(cast, redis_url, exchange)
    await Membership.objects.filter(user=cast.lead).aupdate(role=await sync_to_async(ready_role)("viewer"))
    exchange.may_answer.set()
    found = states(await pressing)
    assert asked_for(exchange) == [20, 21, 22, 23]
    assert [found["N24"], found["N25"]] == ["denied", "denied"]
    assert await AuditEntry.objects.filter(step="denied").acount() == 2


async def test_who_may_not_sign_in_any_more_acts_no_further(cast, redis_url, exchange):
    """An administrator has shut them out while it went on."""
    pressing = await begun(cast, redis_url, exchange)
    cast.lead.is_active = False
    await cast.lead.asave()
    exchange.may_answer.set()
    await pressing
    assert asked_for(exchange) == [20, 21, 22, 23]


# When something fails in the middle


async def test_what_eq_refuses_for_each_is_told_for_each(cast, team, exchange):
    exchange.complain("agent", "not_signed_in")
    answer = await press(await signed_in(cast.lead), "pause", 7, 4)
    assert asked_for(exchange) == [4, 7]
    assert set(states(answer).values()) == {"refused"}
    assert "is not signed in to EQ itself" in told(answer)["Dan"][1]


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.Response(500), httpx.ReadTimeout("slow")])
async def test_once_eq_does_not_answer_nobody_else_is_asked_for(cast, redis_url, exchange, monkeypatch, fault):
    monkeypatch.setattr(several, "AT_ONCE", 1)
    crowd = [agent(number, name=f"N{number}") for number in range(20, 24)]
    await publish(redis_url, a_team(*crowd))
    answers = exchange.__class__.__call__

    async def then_down(self, request):
        if len(self.asked) == 2:
            self.answer = fault
        return await answers(self, request)

    monkeypatch.setattr(type(exchange), "__call__", then_down)
    answer = await press(await signed_in(cast.lead), "pause", *range(20, 24))
    found = told(answer)
    assert [found[f"N{number}"][0] for number in (20, 21)] == ["accepted", "accepted"]
    assert found["N22"][0] in ("refused", "unknown")
    assert found["N23"] == (
        "refused",
        "EQ did not answer for somebody before, so nothing was sent for N23. Try again later.",
    )
    assert len(exchange.asked) == 3
    assert "not done: 2" in soup(answer).text


async def test_once_the_process_is_told_to_end_nobody_else_is_asked_for(cast, redis_url, exchange):
    pressing = await begun(cast, redis_url, exchange)
    endings.get().set()
    exchange.may_answer.set()
    found = told(await pressing)
    assert asked_for(exchange) == [20, 21, 22, 23]
    assert found["N24"] == ("refused", "eqboard was being restarted, so nothing was sent for N24. Try again.")
    rest = AuditEntry.objects.filter(target__in=["agent-24", "agent-25"])
    assert [(each.step, each.details["error"]) async for each in rest] == 2 * [("refused", "Restarting")]


async def test_without_redis_nothing_is_sent(cast, team, exchange, redis_server):
    client = await signed_in(cast.lead)
    redis_server.stop()
    form = await client.get("/agents/together/pause/", {"agent": 7})
    assert (form.status_code, "cannot see the floor now" in said(form)) == (422, True)
    assert await nothing_happened(exchange)
    assert states(await press(client, "pause", 7)) == {"#7": "refused"}
    assert await blind() == [("agent-7", "refused", "Blind")]
    assert not exchange.asked


async def blind() -> list[tuple[str, str, str]]:
    """All that was written down, which has to be a refusal."""
    return [(each.target, each.step, each.details["error"]) async for each in AuditEntry.objects.order_by("target")]


@pytest.mark.parametrize(("deed", "form"), [("pause", {"pause_code": "1"}), ("sign-out", {}), ("sign-in", {})])
async def test_a_press_over_an_old_floor_is_refused_and_written_down_for_each(cast, redis_url, exchange, deed, form):
    old = source(Part.AGENTS, taken_at=datetime.now(UTC) - timedelta(seconds=60))
    await publish(redis_url, a_team(sources=[old]))
    client = await signed_in(cast.lead)
    assert (await client.get(f"/agents/together/{deed}/", {"agent": [7, 4]})).status_code == 422
    answer = await press(client, deed, 7, 4, 99, **form)
    assert answer.status_code == 200
    assert set(states(answer).values()) == {"refused"}
    assert await blind() == [(f"agent-{number}", "refused", "Blind") for number in (4, 7, 99)]
    assert not exchange.asked


async def test_whose_turn_comes_when_the_floor_is_old_is_told_so(cast, redis_url, exchange, monkeypatch):
    monkeypatch.setattr(several, "AT_ONCE", 1)
    await publish(redis_url, a_team())
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(press(client, "pause", 7, 4))
    await exchange.was_asked.wait()
    old = source(Part.AGENTS, taken_at=datetime.now(UTC) - timedelta(seconds=60))
    await publish(redis_url, a_team(sources=[old]))
    exchange.may_answer.set()
    found = told(await pressing)
    assert found["Dan"] == (
        "refused",
        "eqboard could not see the floor, so nothing was sent for Dan. Try again when it is live.",
    )
    assert asked_for(exchange) == [7]


async def test_a_fault_of_ours_with_one_is_none_of_the_others(cast, team, exchange, monkeypatch, caplog):
    real = several.perform

    async def faulty(attempt, **options):
        if attempt.order.agent == 7:
            raise ZeroDivisionError
        return await real(attempt, **options)

    monkeypatch.setattr(several, "perform", faulty)
    await press(await signed_in(cast.lead), "pause", 7, 4)
    assert asked_for(exchange) == [4]
    assert "for one of several failed" in caplog.text


async def test_whose_turn_never_came_is_told_so_in_the_end(cast, team, exchange):
    """The process that had begun is gone."""
    client = await signed_in(cast.lead)
    long_ago = int(datetime.now().timestamp()) - 3600
    for query in ({"agent": 7, "at": long_ago}, {"agent": 7}, {"agent": 7, "at": "9" * 40}, {"agent": 7, "at": "x"}):
        answer = await client.get(f"/agents/together/{PRESS}/", query)
        assert told(answer) == {"Ana Ruiz": ("refused", "Their turn never came, so nothing was sent.")}
        assert not soup(answer).select_one(".together").has_attr("hx-get")


# Whom the preview left out


LEFT_OUT = {
    name: f"Skipped: nothing was sent. {why}"
    for name, why in {
        "Cid": "Paused already.",
        "Eva": "Signed out.",
        "Bea": "Not allowed: your role does not allow it, or they also serve queues of other teams.",
        "#9": "Not on your board any more.",
    }.items()
}


def left_out(answer) -> dict[str, str]:
    rows = soup(answer).select(".results li.not")
    return {row.select_one(".who").text: " ".join(row.select("span")[1].text.split()) for row in rows}


async def press_as_shown(client, deed: str, *agents: object, **query):
    """The form of the preview, as the page sends it."""
    form = soup(await client.get(f"/agents/together/{deed}/", {"agent": agents, **query})).form
    sent: dict[str, list[str]] = {}
    for each in form.select("input[type=hidden], input[checked]"):
        sent.setdefault(each["name"], []).append(each["value"])
    return await client.post(form["hx-post"], sent)


async def test_whom_the_preview_left_out_is_named_beside_the_others_with_the_reason(cast, team, exchange):
    client = await signed_in(cast.lead)
    answer = await press_as_shown(client, "pause", 7, 4, 3, 5, 8, 9)
    assert asked_for(exchange) == [4, 7]
    for shown in (answer, await now_told(client, answer)):
        assert left_out(shown) == LEFT_OUT
        assert len(soup(shown).select(".results li")) == 6
        assert "under way: 2 · skipped: 4" in " ".join(soup(shown).select_one("[role=status]").text.split())
    assert {each.target async for each in AuditEntry.objects.all()} == {"agent-7", "agent-4"}


async def test_the_reason_is_the_one_that_the_preview_gave(cast, team, exchange, redis_url):
    """Whatever they do meanwhile."""
    client = await signed_in(cast.lead)
    answer = await press_as_shown(client, "pause", 7, 3)
    await publish(redis_url, a_team(agent(3, name="Cid")))
    assert left_out(await now_told(client, answer)) == {"Cid": LEFT_OUT["Cid"]}


@pytest.mark.parametrize(
    ("deed", "of_whom", "query", "why"),
    [
        ("resume", 7, {}, "Not paused."),
        ("exit-wrap-up", 7, {}, "Not in wrap-up."),
        ("pause", 4, {"queue": "501"}, "Not signed in there."),
        ("sign-in", 4, {}, "Signed in already."),
    ],
)
async def test_each_action_has_its_own_reasons(cast, team, exchange, deed, of_whom, query, why):
    somebody = {"resume": 3, "exit-wrap-up": 6, "pause": 7, "sign-in": 5}[deed]
    answer = await press_as_shown(await signed_in(cast.lead), deed, somebody, of_whom, **query)
    assert asked_for(exchange) == [somebody]
    assert list(left_out(answer).values()) == [f"Skipped: nothing was sent. {why}"]


async def test_when_all_is_done_those_who_were_left_out_are_not_counted_as_not_done(cast, team, exchange, redis_url):
    client = await signed_in(cast.lead)
    answer = await press_as_shown(client, "sign-out", 7, 5)
    out = agent(7, state=AgentState.SIGNED_OUT)
    await publish(redis_url, a_team(out, sources=[source(Part.AGENTS, taken_at=datetime.now(UTC), every_seconds=60)]))
    await settled()
    shown = soup(await now_told(client, answer)).select_one("[role=status]")
    assert " ".join(shown.text.split()) == "Done: 1 · skipped: 1"


@pytest.mark.parametrize(
    "skip", ["", "3", "3-", "-paused", "3-<b>", "x-paused", "٣-paused", "9999999999-paused", "3\0"]
)
async def test_a_reason_that_makes_no_sense_is_left_out(cast, team, exchange, skip):
    client = await signed_in(cast.lead)
    assert left_out(await press(client, "pause", 7, skip=skip)) == {}
    assert left_out(await client.get(f"/agents/together/{PRESS}/", {"agent": 7, "skip": skip})) == {}


async def test_whoever_was_acted_on_is_told_of_once(cast, team, exchange):
    answer = await press(await signed_in(cast.lead), "pause", 7, skip=["7-paused", "3-paused"])
    assert len(soup(answer).select(".results li")) == 2
    assert left_out(answer) == {"Cid": LEFT_OUT["Cid"]}


async def test_an_undo_is_told_of_those_alone_who_were_acted_on(cast, team, exchange):
    client = await signed_in(cast.lead)
    answer = await press_as_shown(client, "pause", 7, 3)
    undo = soup(answer).select_one("button.undo")
    shown = await client.post(undo["hx-post"], json.loads(undo["hx-vals"]))
    assert (len(soup(shown).select(".results li")), left_out(shown)) == (1, {})


async def test_of_two_hundred_the_address_stays_one_that_servers_take(cast, redis_url, exchange):
    crowd = [agent(number, name=f"N{number}", state=AgentState.PAUSED) for number in range(1000, 1199)]
    await publish(redis_url, a_team(*crowd))
    answer = await press_as_shown(await signed_in(cast.lead), "pause", 7, *range(1000, 1199))
    assert len(left_out(answer)) == 199
    assert len(soup(answer).select_one(".together")["hx-get"]) < 5000


# Refusals


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize(
    ("agents", "sentence"),
    [
        ([], "Nobody is selected. Select agents first."),
        (["x"], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (["7", ""], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (["-7"], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (["٧"], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (["7\0"], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (["9" * 400], "This selection cannot be read, so nothing was sent. Select the agents again."),
        (range(201), "201 agents are selected; at most 200 go at once. Select fewer."),
    ],
)
async def test_a_selection_that_makes_no_sense_is_refused_with_a_sentence(cast, team, exchange, verb, agents, sentence):
    client = await signed_in(cast.lead)
    answer = await getattr(client, verb)("/agents/together/pause/", {"agent": agents})
    assert (answer.status_code, said(answer)) == (422, sentence)
    assert answer.headers.get("HX-Retarget") == ("#dialog-notices" if verb == "post" else None)
    assert await nothing_happened(exchange)


async def test_two_hundred_go_at_once(cast, redis_url, exchange):
    crowd = [agent(number, name=f"N{number}") for number in range(1000, 1200)]
    await publish(redis_url, a_team(*crowd))
    answer = await press(await signed_in(cast.lead), "pause", *range(1000, 1200))
    assert asked_for(exchange) == list(range(1000, 1200))
    assert not set(states(answer).values()) & {"waiting", "refused", "denied", "unknown"}
    assert len(soup(answer).select_one(".together")["hx-get"]) < 4000


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"pause_code": "77"}, "This pause reason no longer exists. Choose another."),
        ({"pause_code": "<b>"}, "This pause reason no longer exists. Choose another."),
        ({"queue": "502"}, "This queue cannot be chosen any more, so nothing was sent. Open the form again."),
        ({"queue": "\0"}, "This queue cannot be chosen any more, so nothing was sent. Open the form again."),
    ],
)
async def test_a_choice_that_is_not_there_is_refused_and_nothing_is_lost(cast, team, exchange, form, sentence):
    answer = await press(await signed_in(cast.lead), "pause", 7, **form)
    assert (answer.status_code, said(answer), answer["HX-Retarget"]) == (422, sentence, "#dialog-notices")
    assert await nothing_happened(exchange)


@pytest.mark.parametrize("press_number", ["", "x", "1-2-3"])
async def test_a_number_that_is_none_is_replaced(cast, team, exchange, press_number):
    answer = await press(await signed_in(cast.lead), "pause", 7, press=press_number)
    assert states(answer) == {"Ana Ruiz": "accepted"}


@pytest.mark.parametrize("place", ["", "undo/"])
async def test_another_persons_presses_are_not_told(cast, team, exchange, place):
    await press(await signed_in(cast.lead), "pause", 7)
    path = f"/agents/together/{attempt_id(PRESS, cast.lead.pk)}/{place}"
    answer = await (await signed_in(cast.supervisor)).get(path, {"agent": 7})
    assert states(answer) == {"Ana Ruiz": "refused"}
    assert "accepted" not in answer.text


@pytest.mark.parametrize("path", ["/agents/together/explode/", "/agents/together/pause-all/", "/agents/together//"])
async def test_an_action_that_is_not_there_is_not_found(cast, team, path):
    client = await signed_in(cast.lead)
    assert (await client.post(path, {"agent": 7})).status_code == 404


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        *((verb, "/agents/together/pause/") for verb in ("put", "patch", "delete")),
        *((verb, f"/agents/together/{PRESS}/") for verb in ("post", "put", "delete")),
        *((verb, f"/agents/together/{PRESS}/undo/") for verb in ("put", "patch", "delete")),
    ],
)
async def test_other_verbs_are_refused(cast, team, exchange, verb, path):
    assert (await getattr(await signed_in(cast.lead), verb)(path)).status_code == 405
    assert await nothing_happened(exchange)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("get", "/agents/together/pause/?agent=7"),
        ("post", "/agents/together/pause/"),
        ("get", f"/agents/together/{PRESS}/?agent=7"),
        ("post", f"/agents/together/{PRESS}/undo/"),
    ],
)
async def test_a_stranger_is_led_to_the_sign_in(db, team, exchange, verb, path):
    answer = await getattr(AsyncClient(), verb)(path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    answer = await getattr(AsyncClient(), verb)(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")
    assert await nothing_happened(exchange)


async def test_another_site_cannot_press_for_several(cast, team, exchange):
    client = await signed_in(cast.lead, enforce_csrf_checks=True)
    assert (await press(client, "pause", 7)).status_code == 403
    assert await nothing_happened(exchange)


async def test_what_needs_a_reason_asks_for_it_in_the_same_form(cast, team, exchange, monkeypatch, config):
    with_reasons = config.model_copy(update={"reason_for": "agent.pause"})
    monkeypatch.setattr(together, "get_config", lambda: with_reasons)
    client = await signed_in(cast.lead)
    form = soup(await client.get("/agents/together/pause/", {"agent": 7}))
    assert form.select_one("input[name=reason]").has_attr("required")
    answer = await press(client, "pause", 7, reason="  ")
    assert said(answer) == "Here this needs a reason. Write one, then send it."
    assert await nothing_happened(exchange)
    await press(client, "pause", 7, reason=" Fire drill ")
    assert {each.reason async for each in AuditEntry.objects.all()} == {"Fire drill"}


async def test_no_answer_is_kept_in_a_cache(cast, team):
    client = await signed_in(cast.lead)
    for path in ("/agents/together/pause/?agent=7", f"/agents/together/{PRESS}/?agent=7"):
        assert "no-store" in (await client.get(path))["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "es", "he"])
async def test_the_number_of_a_press_is_the_same_in_every_language(cast, team, language):
    client = await signed_in(cast.lead)
    answer = await client.get("/agents/together/pause/", {"agent": [7, 1007]}, headers={"Accept-Language": language})
    assert "1007" in soup(answer).select_one("fieldset[hx-get]")["hx-get"]


def test_a_batch_asks_at_its_own_address():
    batch = results.Batch.begun(PRESS, [7, 8])
    assert batch.url.startswith(f"/agents/together/{PRESS}/?at=")
    assert batch.url.endswith("&agent=7&agent=8")
