"""Claims while something is done: kept as long as it lasts, for exactly that, and for the telephone that is to ring."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from eqboard.control.doing import holding
from eqboard.control.models import AuditEntry
from eqboard.feed.connection import connect
from eqboard.feed.keys import CLAIMS
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import begin, signed_in, steps
from tests.control.everything import BOTH, EAR, OWN, PRESSES, WAITING, connected, everybody_talks
from tests.control.switchboard import complaint, sits_at
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]


@pytest.fixture
async def house(config, redis_url, monkeypatch):
    await publish(redis_url, everybody_talks())
    async with connected(monkeypatch) as house:
        yield house


async def test_another_press_of_the_same_person_is_not_taken_for_the_first(cast, house):
    """Who pauses in one queue and then in another means both: the second is not told with the first's success."""
    client = await signed_in(cast.supervisor)
    assert state(await client.post("/agents/8/pause/", {"queue": "500"})) == "accepted"
    answer = await client.post("/agents/8/pause/", {"queue": "502"})
    assert state(answer) == "refused"
    assert said(answer) == "Your last action on Bea is still under way, so nothing was sent. Wait a moment."
    assert len(house.actions) == 1
    assert await steps() == ["asked", "accepted", "refused"]


async def test_two_callers_are_not_sent_to_one_telephone(cast, house):
    """It is free for the first of them alone: the second would be lost."""
    first, second = await signed_in(cast.supervisor), await signed_in(cast.admin)
    there = {"destination": EAR[OWN]}
    assert state(await first.post(PRESSES["call.steal"].path(OWN), there)) == "accepted"
    answer = await second.post(PRESSES["call.steal"].path(BOTH), there)
    assert "Extension 301 is busy" in said(answer)
    assert len(house.actions) == 1
    assert (await AuditEntry.objects.alast()).step == "refused"
    assert state(await second.post(PRESSES["call.steal"].path(BOTH), {"destination": EAR[BOTH]})) == "accepted"


async def test_a_claim_that_redis_has_lost_is_taken_anew(cast, house, redis_url, monkeypatch):
    monkeypatch.setattr(holding, "KEEP_SECONDS", 0.02)
    client = await signed_in(cast.supervisor)
    await client.post(PRESSES["agent.pause"].path(OWN))
    redis = connect(redis_url)
    await redis.delete(CLAIMS)
    async with asyncio.timeout(10):
        while not await redis.hlen(CLAIMS):
            await asyncio.sleep(0)
    await redis.aclose()
    other = await (await signed_in(cast.admin)).post(PRESSES["agent.resume"].path(OWN))
    assert state(other) == "refused"


async def test_a_claim_is_kept_while_eq_thinks(cast, house, redis_url, monkeypatch):
    """EQ may take longer than a claim lasts: meanwhile nobody else gets at it."""
    monkeypatch.setattr(holding, "KEEP_SECONDS", 0.02)
    may_answer, was_asked = asyncio.Event(), asyncio.Event()
    answer = house._answer

    async def slow(request):
        if request.method == "POST":
            was_asked.set()
            await may_answer.wait()
        return answer(request.url.path.removeprefix("/eq/api/2.0"), dict(request.url.params))

    monkeypatch.setattr(type(house), "__call__", lambda _self, request: slow(request))
    pressing = begin((await signed_in(cast.supervisor)).post(PRESSES["agent.pause"].path(OWN)))
    await was_asked.wait()
    [claim] = (await holding.books.get().all(datetime.now(UTC))).values()
    async with asyncio.timeout(10):
        while (await holding.books.get().all(claim.since))[claim.slot].until <= claim.until:
            await asyncio.sleep(0)
    may_answer.set()
    await pressing


async def test_another_caller_on_the_same_channel_is_left_alone(cast, house):
    """A channel is used again as soon as its call is over: EQ tells of another unique id there."""
    await sits_at(cast.lead, "210")
    rows = [{"queue": "500", "channel": WAITING[OWN].caller.channel, "uniqueId": "9.9"}]
    house.told["/queued_calls"] = httpx.Response(200, json=rows)
    answer = await (await signed_in(cast.lead)).post(PRESSES["call.steal"].path(OWN), PRESSES["call.steal"].form(OWN))
    assert state(answer) == "refused"
    assert house.is_untouched


async def test_a_call_of_a_telephone_that_eq_does_not_know_is_not_transferred(cast, house):
    """The destination may be a number outside; the telephone itself may not."""
    house.told["/active_calls"] = complaint("extension", "nonexistent", 404)
    press = PRESSES["call.transfer"]
    answer = await (await signed_in(cast.lead)).post(press.path(OWN), press.form(OWN))
    assert state(answer) == "refused"
    assert house.is_untouched


async def test_who_comes_too_late_is_told_who_has_taken_the_call(cast, house, redis_url):
    """Both dialogs were open; the caller has left the queue, and rings at a telephone that no board shows."""
    path, form = PRESSES["call.steal"].path(OWN), PRESSES["call.steal"].form(OWN)
    cast.admin.first_name, cast.admin.last_name = "Dana", "Levi"
    await cast.admin.asave()
    await (await signed_in(cast.admin)).post(path, form)
    left = everybody_talks()
    del left.waiting[WAITING[OWN].key]
    await publish(redis_url, left)
    answer = await (await signed_in(cast.supervisor)).post(path, form)
    assert said(answer) == "Dana Levi has just taken this call, so nothing was sent."
    assert len(house.actions) == 1
