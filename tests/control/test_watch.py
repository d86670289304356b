"""After EQ accepted: the floor is watched until it shows the effect, or until time is up."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from eqboard.accounts.rights import arights_of
from eqboard.control import exchange
from eqboard.control.catalogue.agents import is_paused, is_resumed
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.doing import nudger, vigil, watching
from eqboard.control.doing.aims import at_agent, at_ear
from eqboard.control.doing.attempt import Actor, Attempt
from eqboard.control.doing.holding import Hold
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence
from eqboard.eq import EQ, Server
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.feed.publisher import Publisher, send_nudge
from eqboard.feed.subscriber import follow, nudges
from eqboard.floor.snapshot import AgentState, Part, Trouble
from eqboard.loops import PerLoop
from eqboard.poller.poller import Poller
from eqboard.simulator.app import build_app
from eqboard.simulator.scenarios import build_world
from tests.builders import NOON, agent, claim, line, line_call, membership, snapshot, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, PAUSED, a_floor, begin, last_entry, settled, signed_in, steps
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]


def read_at(moment: datetime, *agents, **changes):
    """A floor that was read from EQ at a moment."""
    return a_floor(*agents, sources=[source(Part.AGENTS, taken_at=moment, every_seconds=60)], **changes)


def now() -> datetime:
    return datetime.now(UTC)


# What counts as seen: pure

HALF = (membership("500", state=AgentState.PAUSED, paused=True), membership("501"))
DURING_A_CALL = (membership(state=AgentState.ON_CALL, paused=True),)


@pytest.mark.parametrize(
    ("one", "code", "seen"),
    [
        (PAUSED, None, True),
        (agent(7), None, False),
        (agent(7, memberships=HALF), None, False),
        (agent(7, state=AgentState.ON_CALL, memberships=DURING_A_CALL), None, True),
        (agent(7, state=AgentState.PAUSED, pause_code=2), 2, True),
        (agent(7, state=AgentState.PAUSED, pause_code=1), 2, False),
        (agent(7, state=AgentState.PAUSED, pause_code=1), None, True),
        (PAUSED, 2, False),
        (agent(7, state=AgentState.SIGNED_OUT), None, False),
        (agent(7, memberships=()), None, False),
        (agent(7, memberships=(HALF[0], membership("501", state=AgentState.SIGNED_OUT))), None, True),
    ],
)
def test_a_pause_is_seen_in_every_queue_and_with_its_reason(one, code, seen):
    assert is_paused(Order("agent.pause", 7, pause_code=code), one) is seen


@pytest.mark.parametrize(
    ("one", "seen"),
    [
        (agent(7), True),
        (PAUSED, False),
        (agent(7, memberships=HALF), False),
        (agent(7, state=AgentState.ON_CALL, memberships=DURING_A_CALL), False),
        (agent(7, state=AgentState.SIGNED_OUT), False),
        (agent(7, memberships=()), False),
    ],
)
def test_a_return_is_seen_when_no_queue_is_paused(one, seen):
    assert is_resumed(Order("agent.resume", 7), one) is seen


# Watching


async def press(cast, action: str = "pause", **form):
    client = await signed_in(cast.lead)
    answer = await client.post(f"/agents/7/{action}/", EVERYWHERE | form)
    assert state(answer) == "accepted"
    return client, (await last_entry()).attempt


async def test_a_pause_is_confirmed_by_a_newer_reading_that_shows_it(cast, floor, exchange, redis_url):
    client, attempt = await press(cast)
    await publish(redis_url, read_at(now(), PAUSED))
    await settled()
    assert await steps() == ["asked", "accepted", "confirmed"]
    shown = await client.get(f"/actions/{attempt}/")
    assert (state(shown), said(shown)) == ("confirmed", "Ana Ruiz is paused.")


async def test_a_return_is_confirmed_likewise(cast, redis_url, exchange):
    await publish(redis_url, read_at(now(), PAUSED))
    client, attempt = await press(cast, "resume")
    await publish(redis_url, read_at(now()))
    await settled()
    shown = await client.get(f"/actions/{attempt}/")
    assert (state(shown), said(shown)) == ("confirmed", "Ana Ruiz is back.")


async def test_an_older_reading_confirms_nothing(cast, floor, exchange, redis_url, time_is_up):
    """They may have been paused before, and somebody else brought them back."""
    before = now()
    await press(cast)
    await publish(redis_url, read_at(before, PAUSED))
    await time_is_up()
    entry = await last_entry()
    assert (entry.step, entry.details) == ("not_seen", {"seen": "no_news"})


@pytest.mark.parametrize(
    ("after", "seen", "sentence"),
    [
        ((agent(7),), "available", "nothing changed: Ana Ruiz is as before"),
        ((agent(7, state=AgentState.ON_CALL),), "on_call", "nothing changed: Ana Ruiz is as before"),
        (None, "gone", "Ana Ruiz is no longer on the floor"),
    ],
)
async def test_when_time_is_up_it_is_told_what_was_seen_instead(
    cast, floor, exchange, redis_url, time_is_up, after, seen, sentence
):
    client, attempt = await press(cast)
    shown_floor = read_at(now() + timedelta(seconds=1), *(after or ()))
    if after is None:
        shown_floor.agents.pop(7)
    await publish(redis_url, shown_floor)
    await time_is_up()
    entry = await last_entry()
    assert (entry.step, entry.details) == ("not_seen", {"seen": seen})
    shown = await client.get(f"/actions/{attempt}/")
    assert state(shown) == "not_seen"
    assert sentence in said(shown)


async def test_another_reason_than_the_one_given_is_not_the_effect(cast, floor, exchange, redis_url, time_is_up):
    await press(cast, pause_code="2")
    other = agent(7, state=AgentState.PAUSED, pause_code=1)
    await publish(redis_url, read_at(now() + timedelta(seconds=1), other))
    await time_is_up()
    entry = await last_entry()
    assert (entry.step, entry.details) == ("not_seen", {"seen": "paused"})


@pytest.mark.usefixtures("brief")
async def test_a_silent_feed_is_no_news(cast, floor, exchange):
    client, attempt = await press(cast)
    await settled()
    assert await steps() == ["asked", "accepted", "not_seen"]
    assert "no news from the floor" in said(await client.get(f"/actions/{attempt}/"))


async def test_beats_of_a_poller_that_cannot_read_are_no_news(cast, floor, exchange, redis_url, time_is_up):
    await press(cast)
    deaf = source(Part.AGENTS, taken_at=NOON, trouble=Trouble.UNREACHABLE)
    await publish(redis_url, a_floor(PAUSED, sources=[deaf]))
    await time_is_up()
    assert (await last_entry()).details == {"seen": "no_news"}


@pytest.mark.usefixtures("brief")
async def test_redis_that_is_lost_meanwhile_is_no_news(cast, floor, exchange, redis_server, caplog):
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(client.post("/agents/7/pause/", EVERYWHERE))
    await exchange.was_asked.wait()
    redis_server.stop()
    exchange.may_answer.set()
    assert state(await pressing) == "accepted"
    await settled()
    assert (await last_entry()).details == {"seen": "no_news"}
    assert await steps() == ["asked", "accepted", "not_seen"]
    assert caplog.text.count("could not be nudged") == 1


async def test_redis_that_comes_back_in_time_still_confirms(cast, floor, exchange, redis_server, redis_url):
    await press(cast)
    redis_server.kill()
    redis_server.start()
    await publish(redis_url, read_at(now(), PAUSED))
    await settled()
    assert await steps() == ["asked", "accepted", "confirmed"]


async def test_the_poller_is_nudged_when_eq_accepted(cast, floor, exchange, redis_url, monkeypatch):
    nudged = []

    async def send_nudge(url):
        nudged.append(url)

    monkeypatch.setattr(nudger, "send_nudge", send_nudge)
    await press(cast)
    await publish(redis_url, read_at(now(), PAUSED))
    await settled()
    assert set(nudged) == {redis_url}


async def test_nobody_is_nudged_for_a_refusal(cast, floor, exchange, monkeypatch):
    monkeypatch.setattr(nudger, "send_nudge", None)
    exchange.complain("agent", "not_signed_in")
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    await settled()
    assert await steps() == ["asked", "refused"]


# The whole loop: simulator, poller, Redis, buttons


@pytest.fixture
async def working_floor(request, config, redis_url, monkeypatch):
    """A simulated exchange, read by a real poller; yields once the front desk's agent 1 is on the board.

    The parameter is how often it is read, in seconds.
    """
    world = build_world("by_hand", seed=1, started_at=now().timestamp())
    agent_1 = world.directory.live_agent(1)
    for queue in agent_1.bound.keys() - {"500"}:
        world.directory.unbind(agent_1, queue)
    world.report_for_work(agent_1)
    app = build_app(world, key="a-key-of-theirs", clock=lambda: now().timestamp())
    quick = config.model_copy(update={"poll_seconds": getattr(request, "param", 0.2)})
    async with EQ(Server("http://eq", SecretStr("a-key-of-theirs")), transport=httpx.ASGITransport(app)) as eq:
        monkeypatch.setattr(exchange, "telephones", PerLoop(lambda: eq))
        polling = asyncio.create_task(Poller(quick, eq).run())
        try:
            async with asyncio.timeout(10):
                async for floor in follow(redis_url):
                    if 1 in floor.snapshot.agents and 1 in floor.snapshot.pause_codes:
                        break
                    await send_nudge(redis_url)  # names that came after the round would wait for the next one
            yield
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


@pytest.mark.usefixtures("working_floor")
async def test_an_agent_is_paused_and_resumed_in_a_closed_loop(cast):
    client = await signed_in(cast.lead)
    await client.post("/agents/1/pause/", EVERYWHERE | {"pause_code": "1"})
    await settled()
    assert await steps() == ["asked", "accepted", "confirmed"]
    assert 'data-state="paused"' in (await client.get("/")).text
    await client.post("/agents/1/resume/", EVERYWHERE)
    await settled()
    assert await steps() == 2 * ["asked", "accepted", "confirmed"]


@pytest.mark.parametrize("working_floor", [60.0], indirect=True)
async def test_an_exchange_that_is_read_rarely_is_read_again_until_it_shows_the_effect(working_floor, cast):
    """The first nudge comes before the switch has acted."""
    await (await signed_in(cast.lead)).post("/agents/1/pause/", EVERYWHERE)
    await settled()
    assert await steps() == ["asked", "accepted", "confirmed"]


@pytest.mark.usefixtures("working_floor")
async def test_the_nudge_reaches_whoever_polls(cast, redis_url):
    heard = asyncio.create_task(anext(nudges(redis_url)))
    publisher = Publisher(redis_url)
    while not (await publisher._redis.pubsub_numsub("eqboard:1:nudges"))[0][1] >= 2:
        await asyncio.sleep(0.01)
    await publisher.close()
    await (await signed_in(cast.lead)).post("/agents/1/pause/", EVERYWHERE)
    async with asyncio.timeout(5):
        await heard
    await settled()


# Of one reading nobody says that a caller is lost, and what nobody can see is not attended for ever

CARMEN = CallRef("1.1", "1.1", "SIP/trunk-0000002a", "500")
STEAL = Order("call.steal", call=CARMEN, destination="301")
SPY = Order("monitor.spy", agent=7, extension="207", monitor_extension="301")


class Told:
    """Floors, one after the other. `count` is how many of them were heard."""

    def __init__(self, *floors):
        self._floors = floors
        self.count = 0

    def get(self):
        return self

    async def floors(self):
        for floor in self._floors:
            self.count += 1
            yield floor


def heard(shown, **changes):
    return Floor(Stored("e", 1, NOON, shown, None), **{"is_connected": True} | changes)


async def attempt_by(user, order, target=None):
    return Attempt(uuid.uuid4(), Actor(user, await arights_of(user), None), order, target or at_agent(agent(7)))


async def test_a_reading_that_is_told_again_for_a_claim_is_no_second_one(cast, config, monkeypatch):
    def nobody_is_there(moment):
        sources = [source(each, taken_at=moment) for each in Part]
        return snapshot(sources=sources, lines=[line("301", calls=(), asked_at=moment)])

    monkeypatch.setattr(vigil, "NOWHERE_FOR", timedelta(microseconds=1))
    same, later = nobody_is_there(NOON), nobody_is_there(NOON + timedelta(seconds=1))
    again = [heard(same, claims={each: claim(each)}) for each in "abc"]
    told = Told(heard(same), *again, heard(later), heard(later))
    monkeypatch.setattr(watching, "followers", told)
    attempt = await attempt_by(cast.lead, STEAL)
    step = await watching._follow(attempt, vigil.Vigil(True), watching.Looking(()), NOON - timedelta(seconds=9))
    assert (step, told.count) == (Step.LOST, 5)


LISTENING = line_call("9.9", channel="SIP/301-2", other_channel=None, caller_number="301", connected_number="207")


@pytest.mark.parametrize(
    ("lines", "changes", "is_given_up"),
    [
        ([], {}, True),
        ([line("301", calls=(), asked_at=None, trouble=Trouble.MISSING)], {}, True),
        ([line("301", calls=(), unreadable_count=1)], {}, True),
        ([], {"is_connected": False}, False),
        ([], {"age_seconds": 600}, False),
        ([line("301", calls=(LISTENING,), asked_at=now() + timedelta(days=1))], {}, False),
    ],
    ids=["never read", "no such extension", "not wholly read", "redis away", "EQ away", "seen"],
)
async def test_a_listening_of_which_a_live_floor_tells_nothing_for_long_is_given_up(
    cast, config, monkeypatch, lines, changes, is_given_up
):
    monkeypatch.setattr(watching, "GIVE_UP_AFTER", timedelta(0))
    read = now() - timedelta(seconds=changes.pop("age_seconds", 0))
    sources = [source(each, taken_at=read, every_seconds=60) for each in Part]
    monkeypatch.setattr(watching, "followers", Told(*3 * [heard(snapshot(sources=sources, lines=lines), **changes)]))
    attempt = await attempt_by(cast.lead, SPY, at_ear(agent(7), "301"))
    await watching.attend(attempt, Hold(attempt), watching.Looking(()), now())
    entries = [each async for each in AuditEntry.objects.all()]
    assert [(each.step, each.details) for each in entries] == (
        [("ended", {"how": "unattended", "seen": "no_news"})] if is_given_up else []
    )
    assert not entries or "whether your listening to" in sentence(entries[0])
