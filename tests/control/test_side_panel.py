"""The panel for an agent or a telephone: what it shows to whom, and that EQ is asked only while somebody looks."""

from dataclasses import replace
from datetime import timedelta

import pytest
import redis.asyncio
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.accounts.models import Membership, Role
from eqboard.feed import keys
from eqboard.feed.claims import Claims
from eqboard.feed.looking import looked_at
from eqboard.floor.snapshot import AgentState, LineState, Part, Trouble
from tests.builders import HOSTILE_TEXTS, agent, claim, line, line_call, membership, source
from tests.cast import join, publish, static_files_are_not_collected
from tests.control.conftest import signed_in, without_chance
from tests.control.switchboard import CALL, now, sits_at, talking
from tests.control.test_refusals import said
from tests.environment import KEY_CANARY

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]
TALKING = agent(7, state=AgentState.ON_CALL)


def parsed(answer):
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def buttons(page) -> dict[str, bool]:
    """Each button by its words, and whether it can be pressed."""
    return {" ".join(each.text.split()): each.get("aria-disabled") != "true" for each in page.select("button")}


def words(page) -> str:
    return " ".join(page.text.split())


async def panel(user, path="/agents/7/"):
    return parsed(await (await signed_in(user)).get(path))


async def watched(redis_url) -> tuple[str, ...]:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        return await looked_at(client, now())


# What it shows


async def test_it_shows_who_and_what_can_be_done(cast, config, redis_url):
    await publish(redis_url, talking(agents=[TALKING]))
    page = await panel(cast.lead)
    assert page.select_one("h2#panel-title").text == "Ana Ruiz"
    known = buttons(page)
    assert known["Pause…"]
    assert not known["Resume"]
    assert not known["Exit wrap-up"]
    assert all(known[way] for way in ("Listen", "Whisper", "Barge in"))
    assert "Not paused. Not in wrap-up." in words(page)


async def test_a_button_that_makes_no_sense_says_why_and_sends_nothing(cast, config, redis_url):
    await publish(redis_url, talking())
    page = await panel(cast.lead)
    for name in ("Resume", "Exit wrap-up", "Listen"):
        button = next(each for each in page.select("button[aria-disabled=true]") if each.text == name)
        assert button["title"]
        assert page.select_one(f"#{button['aria-describedby']}").text
        assert not [each for each in button.attrs if each.startswith("hx-")]


async def test_each_queue_has_its_state_and_its_own_buttons(cast, config, redis_url):
    two = (
        membership("500", state=AgentState.PAUSED, paused=True, skill=2),
        membership("501", queue_name="Support", state=AgentState.WRAP_UP),
    )
    await publish(redis_url, talking(agents=[agent(7, memberships=two)]))
    page = await panel(cast.lead)
    sales, support = page.select(".side-queues > li")
    assert [each.text for each in sales.select("button")] == ["Resume", "Sign out…"]
    assert "Paused · skill 2" in words(sales)
    assert sales.select_one("[hx-post='/agents/7/resume/']")["hx-vals"] == '{"queue": "500"}'
    assert [each.text for each in support.select("button")] == ["Pause…", "Exit wrap-up", "Sign out…"]
    assert support.select_one("button")["hx-get"] == "/agents/7/pause/?queue=501"


async def test_the_form_begins_with_the_queue_whose_button_was_pressed(cast, config, redis_url):
    two = (membership("500"), membership("501", queue_name="Support"))
    await publish(redis_url, talking(agents=[agent(7, memberships=two)]))
    for queue in ("501", "502", "nonsense"):
        form = await panel(cast.lead, f"/agents/7/pause/?queue={queue}")
        checked = form.select("input[name=queue][checked]")
        assert [each["value"] for each in checked] == (["501"] if queue == "501" else ["all"])


async def test_a_form_without_a_choice_says_all_the_same_which_queue_it_means(cast, config, redis_url):
    await publish(redis_url, talking())
    for deed in ("pause", "sign-out"):
        for query, value in (("", "all"), ("?queue=500", "500")):
            form = await panel(cast.lead, f"/agents/7/{deed}/{query}")
            assert [each["value"] for each in form.select("input[name=queue]")] == [value]


async def test_a_button_for_all_their_queues_says_so(cast, config, redis_url):
    wrapping = membership("500", state=AgentState.WRAP_UP, paused=True)
    await publish(redis_url, talking(agents=[agent(7, state=AgentState.WRAP_UP, memberships=(wrapping,))]))
    at_once = {each.text: each["hx-vals"] for each in (await panel(cast.lead)).select("[id$=-all] + p [hx-post]")}
    assert at_once == {"Resume": '{"queue": "all"}', "Exit wrap-up": '{"queue": "all"}'}


async def test_a_queue_of_another_team_is_not_among_them(cast, config, redis_url):
    await publish(redis_url, talking())
    page = await panel(cast.lead, "/agents/8/")
    assert len(page.select(".side-queues > li")) == 1
    assert "502" not in page.text
    assert "Complaints" not in page.text
    assert "They also serve queues of other teams" in words(page)
    assert [each.text for each in page.select(".side-queues button")] == ["Pause…", "Sign out…"]
    assert "Listen" not in buttons(page)


async def test_a_viewer_sees_the_calls_and_no_button(cast, config, redis_url):
    await publish(redis_url, talking(agents=[TALKING]))
    page = await panel(cast.viewer)
    assert buttons(page) == {}
    assert "Carmen" in words(page)
    assert page.select("form, input, details") == []


async def test_a_monitor_may_listen_and_nothing_else(cast, config, redis_url):
    await publish(redis_url, talking(agents=[TALKING]))
    user = cast.outsider
    await sync_to_async(join)(user, cast.front, "monitor")
    assert list(buttons(await panel(user))) == ["Listen", "Whisper", "Barge in"]


async def test_whoever_is_signed_out_can_be_signed_in(cast, config, redis_url):
    out = agent(7, state=AgentState.SIGNED_OUT)
    await publish(redis_url, talking(agents=[out]))
    page = await panel(cast.lead)
    known = buttons(page)
    assert [name for name, is_open in known.items() if is_open] == ["Sign in…"] * 1
    assert "Signed out of every queue." in words(page)
    assert "belong to no team" in words(page)
    assert await watched(redis_url) == ()


async def test_another_teams_agent_is_as_if_they_were_not_there(cast, config, redis_url):
    await publish(redis_url, talking())
    client = await signed_in(cast.lead)
    foreign, missing = await client.get("/agents/9/"), await client.get("/agents/999/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert await watched(redis_url) == ()


@pytest.mark.parametrize("path", ["/agents/7/", "/extensions/207/", "/telephone/"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
async def test_other_verbs_are_refused(cast, config, redis_url, verb, path):
    client = await signed_in(cast.lead)
    assert (await getattr(client, verb)(path)).status_code == 405


@pytest.mark.parametrize("path", ["/agents/7/", "/extensions/207/", "/telephone/"])
async def test_a_stranger_is_led_to_the_sign_in(db, config, path):
    answer = await AsyncClient().get(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")


async def test_who_else_is_at_it_is_told_but_not_that_one_is_oneself(cast, config, redis_url):
    book = Claims(redis_url)
    until = now() + timedelta(seconds=30)
    for number, (user, who) in enumerate(((cast.supervisor, "Avi"), (cast.lead, "Me"))):
        held = claim(f"rings:21{number}", subject="agent:7", action="monitor.spy", user_id=user.pk, who=who)
        await book.take(replace(held, since=now(), until=until), now())
    await book.close()
    await publish(redis_url, talking(agents=[TALKING]))
    page = await panel(cast.lead)
    assert words(page.select_one(".side-claims")) == "Avi is listening"


async def test_while_nobody_sees_the_floor_it_says_so(cast, config, redis_url):
    await publish(redis_url, talking(sources=[source(Part.AGENTS)]))
    assert "eqboard cannot see the floor now" in words(await panel(cast.lead))


# Calls


async def test_a_call_is_told_with_everything_that_is_known_of_it(cast, config, redis_url):
    await publish(redis_url, talking(replace(CALL, is_recorded=True)))
    page = await panel(cast.lead)
    call = page.select_one(".talk")
    for text in ("Carmen", "+34600111222", "talking", "incoming", "Sales", "being recorded"):
        assert text in words(call)
    assert call.select_one("time[data-since]")["data-since"] == f"{CALL.answered_at.timestamp():.1f}"
    assert list(buttons(call)) == [
        *("Transfer…", "Park", "Stop recording", "Discard recording…", "Recordings", "Hang up…"),
    ]


async def test_a_call_that_rings_can_only_be_hung_up(cast, config, redis_url):
    await publish(redis_url, talking(replace(CALL, state=LineState.RINGING, answered_at=None)))
    call = (await panel(cast.lead)).select_one(".talk")
    assert [name for name, is_open in buttons(call).items() if is_open] == ["Recordings", "Hang up…"]
    assert "Once they talk, the call can be transferred, parked and recorded." in words(call)


async def test_of_several_conversations_none_can_be_chosen_to_be_recorded(cast, config, redis_url):
    await publish(redis_url, talking(CALL, line_call("9.9", channel="SIP/207-2")))
    for call in (await panel(cast.lead)).select(".talk"):
        assert not buttons(call)["Record"]
        assert buttons(call)["Park"]
        assert "which of several calls to record" in words(call)


async def test_without_its_channel_nothing_can_be_done_with_a_call(cast, config, redis_url):
    await publish(redis_url, talking(replace(CALL, channel=None)))
    call = (await panel(cast.lead)).select_one(".talk")
    assert buttons(call) == {}
    assert "EQ does not tell this call's channel" in words(call)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"direction": "inbound", "caller_number": "207"}, "Carmen"),  # who calls may claim any number
        ({"direction": "outbound", "connected_number": "555", "connected_name": "Bank"}, "Bank 555"),
        ({"direction": "internal", "caller_number": "207", "connected_number": "208", "connected_name": "Bea"}, "Bea"),
        ({"direction": "internal", "caller_number": "208", "caller_name": "Bea"}, "Bea 208"),
        ({"direction": None, "caller_number": "207", "connected_name": "Bea"}, "Bea"),
    ],
    ids=range(5),
)
async def test_it_is_told_with_whom_they_talk(cast, config, redis_url, changes, shown):
    await publish(redis_url, talking(replace(CALL, **changes)))
    assert words((await panel(cast.lead)).select_one(".talk-who")).startswith(shown)


async def test_a_number_is_told_only_to_whom_it_may_be_told(cast, config, redis_url):
    role = await Role.objects.acreate(name="No numbers", actions=["call.hang_up"])
    await Membership.objects.acreate(user=cast.outsider, team=cast.front, role=role)
    await publish(redis_url, talking(replace(CALL, caller_name="0600 111 222")))
    client = await signed_in(cast.outsider)
    page = await client.get("/agents/7/")
    assert "600" not in without_chance(page.text)
    assert "Unknown caller" in page.text
    form = await client.get(parsed(page).select_one("[hx-get$='hang-up/']")["hx-get"])
    assert form.status_code == 200
    assert "111" not in without_chance(form.text)


async def test_a_call_of_a_queue_that_one_may_not_see_is_left_out(cast, config, redis_url):
    await publish(redis_url, talking(CALL, line_call("9.9", queue="502", caller_name="Secret")))
    page = await panel(cast.lead)
    assert len(page.select(".talk")) == 1
    assert "Secret" not in page.text


async def test_calls_that_may_be_another_teams_are_not_shown_and_not_asked_for(cast, config, redis_url):
    await publish(redis_url, talking(lines=[line("208", asked_at=now())]))
    page = await panel(cast.lead, "/agents/8/")
    assert page.select(".talk") == []
    assert "may be of queues of other teams" in words(page)
    assert await watched(redis_url) == ()


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (None, "Being read from EQ…"),
        (line(asked_at=None, calls=()), "Being read from EQ…"),
        (line(calls=(), trouble=Trouble.MISSING), "EQ knows no such extension."),
        (line(calls=(), asked_at=None, trouble=Trouble.UNREACHABLE), "EQ does not tell what goes on here."),
        (line(trouble=Trouble.BROKEN), "EQ does not tell what goes on here. This is as of 12:00:00."),
        (line(), "This is as of 12:00:00."),
        (line(calls=(), asked_at=now() + timedelta(hours=1)), "No call."),
        (line(unreadable_count=1), "Some of what EQ tells of this telephone cannot be read."),
    ],
    ids=range(8),
)
async def test_what_is_not_known_has_words_of_its_own(cast, config, redis_url, shown, sentence):
    await publish(redis_url, talking(lines=[shown] if shown else []))
    assert sentence in words((await panel(cast.lead)).select_one(".side-telephone"))


async def test_eq_is_asked_only_while_a_panel_is_open(cast, config, redis_url):
    await publish(redis_url, talking())
    client = await signed_in(cast.lead)
    await client.get("/")
    assert await watched(redis_url) == ()
    await client.get("/agents/7/")
    assert await watched(redis_url) == ("207",)
    async with redis.asyncio.Redis.from_url(redis_url) as redis_client:
        assert await redis_client.zscore(keys.LOOKS, "207") <= (now() + timedelta(seconds=10)).timestamp()
        assert await looked_at(redis_client, now() + timedelta(seconds=11)) == ()


# A telephone by itself


async def test_a_telephone_says_who_sits_there(cast, config, redis_url):
    await publish(redis_url, talking())
    page = await panel(cast.lead, "/extensions/207/")
    assert words(page.select_one("h2")) == "Extension 207"
    assert page.select_one("[data-panel='/agents/7/']").text == "Ana Ruiz"
    assert len(page.select(".talk")) == 1


async def test_a_telephone_without_an_agent_is_for_who_leads_every_queue(cast, config, redis_url):
    await publish(redis_url, talking(lines=[line("300", calls=(), asked_at=now())]))
    assert (await (await signed_in(cast.lead)).get("/extensions/300/")).status_code == 404
    page = await panel(cast.supervisor, "/extensions/300/")
    assert "No agent is signed in here." in words(page)
    assert "No call." in words(page)


@pytest.mark.parametrize("extension", ["209", "999", "abc", "%3Cscript%3E", "2" * 21])
async def test_of_another_teams_telephone_nothing_is_told(cast, config, redis_url, extension):
    await publish(redis_url, talking())
    answer = await (await signed_in(cast.lead)).get(f"/extensions/{extension}/")
    assert (answer.status_code, "There is no telephone with this extension" in said(answer)) == (404, True)
    assert "Max" not in answer.text
    assert await watched(redis_url) == ()


async def test_my_telephone_is_where_i_sit(cast, config, redis_url):
    await publish(redis_url, talking(lines=[line("300", asked_at=now(), calls=(replace(CALL, queue=None),))]))
    await sits_at(cast.lead, "300")
    page = await panel(cast.lead, "/telephone/")
    assert "My telephone" in words(page)
    assert "Carmen +34600111222" in words(page)
    assert await watched(redis_url) == ("300",)


async def test_who_has_not_said_where_they_sit_is_told_where_to_say_it(cast, config, redis_url):
    await publish(redis_url, talking())
    answer = await (await signed_in(cast.lead)).get("/telephone/")
    assert (answer.status_code, "Say so at “My telephone” in the menu." in said(answer)) == (422, True)


# Hostile, secret


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_what_comes_from_outside_is_text(cast, config, redis_url, text):
    hostile = replace(CALL, caller_name=text, caller_number=text, channel=text, other_channel=text, direction=text)
    odd = agent(7, name=text, pause_reason=text, memberships=(membership(queue_name=text),))
    await publish(redis_url, talking(hostile, agents=[odd]))
    page = await (await signed_in(cast.lead)).get("/agents/7/")
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert "\u202e" not in page.text
    assert "\x07" not in page.text


@pytest.mark.parametrize("extension", ['"><b>', "20;7", "../x", "é", ""])
async def test_an_extension_that_is_no_number_gets_into_no_address(cast, config, redis_url, extension):
    await publish(redis_url, talking(agents=[agent(7, extension=extension or None)]))
    page = await panel(cast.lead)
    assert page.select(".side-telephone") == []
    assert await watched(redis_url) == ()


async def test_no_secret_is_in_it(cast, config, redis_url):
    await publish(redis_url, talking())
    text = (await (await signed_in(cast.supervisor)).get("/agents/7/")).text
    for secret in (KEY_CANARY, CALL.channel, CALL.unique_id, CALL.other_channel):
        assert secret not in text
