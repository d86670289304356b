"""Claims while something is done: kept as long as it lasts, for exactly that, and for the telephone that is to ring."""

import asyncio
import time
import uuid
from datetime import UTC, datetime

import httpx
import pytest

from eqboard.accounts.rights import arights_of
from eqboard.control.catalogue.order import Order
from eqboard.control.doing import holding
from eqboard.control.doing.aims import at_ear
from eqboard.control.doing.attempt import Actor, Attempt
from eqboard.control.models import AuditEntry
from eqboard.feed import slots
from eqboard.feed.claims import Claims
from eqboard.feed.connection import connect
from eqboard.feed.keys import CLAIMS
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, begin, signed_in, steps
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


async def lost_and_held_again(redis_url, count):
    """Redis forgets all claims; wait until so many are held again. The client may swallow what cancels it."""
    redis, give_up_at = connect(redis_url), time.monotonic() + 10
    await redis.delete(CLAIMS)
    while await redis.hlen(CLAIMS) < count:
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0)
    await redis.aclose()


async def test_a_claim_that_redis_has_lost_is_taken_anew(cast, house, redis_url, monkeypatch):
    monkeypatch.setattr(holding, "KEEP_SECONDS", 0.02)
    client = await signed_in(cast.supervisor)
    await client.post(PRESSES["agent.pause"].path(OWN), EVERYWHERE)
    await lost_and_held_again(redis_url, 1)
    other = await (await signed_in(cast.admin)).post(PRESSES["agent.resume"].path(OWN), EVERYWHERE)
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
    pressing = begin((await signed_in(cast.supervisor)).post(PRESSES["agent.pause"].path(OWN), EVERYWHERE))
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


# One telephone rings for one thing

MOVERS = ("call.steal", "call.pick_up", "call.transfer")
IS_BUSY = "Extension 301 is busy"


@pytest.mark.parametrize("second", MOVERS)
@pytest.mark.parametrize("first", MOVERS)
async def test_however_two_callers_are_sent_to_one_telephone_the_second_is_not(cast, house, first, second):
    there = {"destination": EAR[OWN]}
    answer = await (await signed_in(cast.supervisor)).post(PRESSES[first].path(OWN), there)
    assert state(answer) == "accepted"
    assert IS_BUSY in said(await (await signed_in(cast.admin)).post(PRESSES[second].path(BOTH), there))
    assert len(house.actions) == 1


@pytest.mark.parametrize("mover", MOVERS)
async def test_nobody_is_sent_to_the_telephone_that_rings_to_listen(cast, house, mover):
    spy = PRESSES["monitor.spy"]
    first, second = await signed_in(cast.supervisor), await signed_in(cast.admin)
    assert state(await first.post(spy.path(OWN), spy.form(OWN))) == "accepted"
    for client in (second, first):  # one's own as well
        assert IS_BUSY in said(await client.post(PRESSES[mover].path(BOTH), {"destination": EAR[OWN]}))
    assert len(house.actions) == 1


@pytest.mark.parametrize("who", ["supervisor", "admin"])
@pytest.mark.parametrize("mover", MOVERS)
async def test_nor_does_the_telephone_ring_to_listen_to_which_somebody_is_sent(cast, house, mover, who):
    """Neither to who has sent them, nor to anybody else."""
    spy, there = PRESSES["monitor.spy"], {"destination": EAR[OWN]}
    assert state(await (await signed_in(cast.supervisor)).post(PRESSES[mover].path(BOTH), there)) == "accepted"
    assert IS_BUSY in said(await (await signed_in(getattr(cast, who))).post(spy.path(OWN), spy.form(OWN)))
    assert len(house.actions) == 1


async def test_nor_is_anybody_sent_to_the_telephone_that_is_dialling(cast, house):
    answer = await (await signed_in(cast.supervisor)).post("/extensions/301/dial/", {"destination": "302"})
    assert state(answer) == "accepted"
    steal = await (await signed_in(cast.admin)).post(PRESSES["call.steal"].path(OWN), {"destination": EAR[OWN]})
    assert IS_BUSY in said(steal)


@pytest.mark.parametrize("destination", ["500", "+34600111222", "0600111222", "*98"])
async def test_a_queue_a_number_outside_and_a_service_take_several_at_once(cast, house, destination):
    for user, target in ((cast.supervisor, OWN), (cast.admin, BOTH)):
        path = PRESSES["call.transfer"].path(target)
        assert state(await (await signed_in(user)).post(path, {"destination": destination})) == "accepted"
    assert len(house.actions) == 2


# What Redis loses, and when it is away


async def test_the_claim_of_the_telephone_is_taken_anew_too(cast, house, redis_url, monkeypatch):
    monkeypatch.setattr(holding, "KEEP_SECONDS", 0.02)
    there = {"destination": EAR[OWN]}
    await (await signed_in(cast.supervisor)).post(PRESSES["call.steal"].path(OWN), there)
    await lost_and_held_again(redis_url, 2)
    assert IS_BUSY in said(await (await signed_in(cast.admin)).post(PRESSES["call.steal"].path(BOTH), there))


async def test_nothing_stays_claimed_when_redis_is_lost_between_the_two_claims(cast, house, monkeypatch):
    real = Claims.take

    async def take(self, claim, now):
        if slots.rung(claim.slot):
            raise ConnectionError
        return await real(self, claim, now)

    monkeypatch.setattr(Claims, "take", take)
    answer = await (await signed_in(cast.supervisor)).post(PRESSES["call.steal"].path(OWN), {"destination": EAR[OWN]})
    assert "no connection to Redis" in said(answer)
    assert house.is_untouched
    assert await holding.books.get().all(datetime.now(UTC)) == {}


async def listening_hold(user, action):
    """Listening to Ana from 301."""
    ana = everybody_talks().agents[7]
    order = Order(action, agent=7, extension="207", monitor_extension="301")
    actor = Actor(user, await arights_of(user), None)
    return holding.Hold(Attempt(uuid.uuid4(), actor, order, at_ear(ana, "301")))


@pytest.mark.usefixtures("house")
async def test_a_switch_that_redis_has_not_heard_of_is_told_again_and_ends_the_right_one(cast, monkeypatch):
    first, second = [await listening_hold(cast.lead, each) for each in ("monitor.spy", "monitor.whisper")]
    assert await first.take() is None
    assert await second.take() is None
    book, real = holding.books.get(), Claims.go_over

    async def fail(*_):
        raise ConnectionError

    monkeypatch.setattr(Claims, "go_over", fail)
    await second.go_over()
    await first.renew()
    await second.renew()
    assert (first.is_ours, second.is_ours) == (True, True)
    assert set(await book.all(datetime.now(UTC))) == {"rings:301", "next:rings:301"}

    monkeypatch.setattr(Claims, "go_over", real)
    await second.renew()
    await first.renew()
    assert (first.is_ours, second.is_ours) == (False, True)
    [claim] = (await book.all(datetime.now(UTC))).values()
    assert (claim.slot, claim.action) == ("rings:301", "monitor.whisper")


@pytest.mark.usefixtures("house")
async def test_before_the_next_thing_is_seen_the_first_goes_on(cast):
    first, second = [await listening_hold(cast.lead, each) for each in ("monitor.spy", "monitor.whisper")]
    await first.take()
    await second.take()
    for each in (second, first, second):
        await each.renew()
    assert (first.is_ours, second.is_ours) == (True, True)
    await second.let_go()
    assert set(await holding.books.get().all(datetime.now(UTC))) == {"rings:301"}
