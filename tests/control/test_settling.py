"""An action is never lost: after a crash what was begun is unknown, and then as the floor shows it."""

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from eqboard.boards.following import followers
from eqboard.control.audit import Thing
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS
from eqboard.control.catalogue.order import CallRef, Order, as_data
from eqboard.control.doing import settling, unfinished
from eqboard.control.doing.adopting import adopt, attempt_of
from eqboard.control.doing.aims import at_ear
from eqboard.control.doing.cases import GIVE_UP_AFTER
from eqboard.control.doing.settling import Settler
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence
from eqboard.feed.claims import Claim
from eqboard.feed.connection import connect
from eqboard.feed.follow import Floor
from eqboard.feed.looking import MOST_LINES, looked_at
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import AgentState, LineState, Part, Snapshot
from tests.builders import agent, claim, line, line_call, membership, snapshot, source, waiting_call
from tests.cast import publish
from tests.control.conftest import OF_502, settled
from tests.control.written import DINA, NOON, write

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = Order("agent.pause", agent=7)
CALL = CallRef("1366390218.42", "1366390218.42", "SIP/trunk-0000002a", "500")
STEAL = Order("call.steal", call=CALL, destination="210")
SPY = Order("monitor.spy", agent=7, extension="207", monitor_extension="210")
PRESS = Order("phone.press", extension="207", key="1")
LATER = NOON + timedelta(minutes=5)
ROUND = timedelta(seconds=30)
PAUSED = agent(7, state=AgentState.PAUSED)
AVAILABLE = agent(7)


def floor_of(shown: Snapshot, **changes: Any) -> Floor:
    return Floor(Stored("e", 1, NOON, shown, None), is_connected=True, **changes)


def read(*agents: Any, at: Any = LATER, **parts: Any) -> Floor:
    """Every part was read at that moment."""
    return floor_of(snapshot(sources=[source(each, taken_at=at) for each in Part], agents=agents, **parts))


def called(*calls: Any, agents: tuple[Any, ...] = (), at: Any = LATER, **parts: Any) -> Floor:
    """Besides, what goes on at extension 210 was read."""
    return read(*agents, at=at, lines=[line("210", calls=calls, asked_at=at)], **parts)


ARRIVED = line_call(channel="SIP/210-1", other_channel=CALL.channel)
LISTENING = line_call("9.9", channel="SIP/210-2", other_channel=None, caller_number="210", connected_number="207")


async def begun(cast: Any, order: Order, *later: Any, thing: Thing = DINA, **changes: Any) -> uuid.UUID:
    """An attempt whose process is gone: it was asked at noon, and the next steps came each a second later."""
    asked = (Step.ASKED, {"order": as_data(order)})
    return await sync_to_async(write)(cast.lead, asked, *later, action=order.action, thing=thing, **changes)


async def steps(attempt: uuid.UUID) -> list[str]:
    return [each.step async for each in AuditEntry.objects.filter(attempt=attempt)]


async def newest(attempt: uuid.UUID) -> AuditEntry:
    entry = await AuditEntry.objects.filter(attempt=attempt).alast()
    assert entry is not None
    return entry


@pytest.fixture(autouse=True)
def settler(config) -> Settler:
    return Settler()


# Between asking and the answer


async def test_with_whom_the_call_was_stands_in_every_step(cast, settler):
    asked = (Step.ASKED, {"order": as_data(PRESS), "party": "Carmen"})
    attempt = await sync_to_async(write)(cast.lead, asked, action=PRESS.action, thing=Thing("extension-207", "Ana"))
    await settler.settle_unfinished(read(PAUSED), LATER)
    entry = await newest(attempt)
    assert (entry.step, entry.details["party"]) == (Step.UNKNOWN, "Carmen")


async def test_a_crash_between_asking_and_the_answer_is_unknown_and_then_confirmed(cast, settler):
    attempt = await begun(cast, PAUSE, reason="training", queues=("500", "501"))
    await settler.settle_unfinished(read(PAUSED), LATER)
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN, Step.CONFIRMED]
    first, unknown, confirmed = [each async for each in AuditEntry.objects.select_related("actor")]
    assert unknown.details == {"error": "Interrupted", "is_open": True}
    assert confirmed.details == {"seen": "paused", "answer": "lost"}
    for each in (unknown, confirmed):
        told = (each.actor, each.address, each.action, each.target, each.target_name, each.queues, each.reason)
        assert told == (cast.lead, "203.0.113.9", "agent.pause", "agent-7", "Dina Sol", ",500,501,", "training")
        assert each.actor_name == first.actor_name


async def test_or_not_seen_where_the_floor_shows_no_effect(cast, settler):
    attempt = await begun(cast, PAUSE)
    await settler.settle_unfinished(read(AVAILABLE), LATER)
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN, Step.NOT_SEEN]
    assert (await newest(attempt)).details == {"seen": "available", "answer": "lost"}


async def test_it_is_unknown_as_long_as_nothing_is_read(cast, settler):
    attempt = await begun(cast, PAUSE)
    before = read(PAUSED, at=NOON + timedelta(seconds=29))  # it may not yet have happened
    for rounds in range(10):
        await settler.settle_unfinished(before, LATER + rounds * ROUND)
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN]
    await settler.settle_unfinished(read(PAUSED, at=LATER + timedelta(minutes=9)), LATER + timedelta(minutes=10))
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN, Step.CONFIRMED]


async def test_a_floor_that_cannot_be_heard_settles_nothing(cast, settler):
    attempt = await begun(cast, PAUSE)
    for rounds in range(10):
        await settler.settle_unfinished(read(PAUSED).lost(), LATER + rounds * ROUND)
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN]


@pytest.mark.parametrize(("seconds", "expected"), [(30, [Step.ASKED]), (31, [Step.ASKED, Step.UNKNOWN, Step.NOT_SEEN])])
async def test_a_process_that_still_works_on_it_is_known_by_its_time(cast, settler, seconds, expected):
    attempt = await begun(cast, PAUSE)
    now = NOON + timedelta(seconds=seconds)
    await settler.settle_unfinished(read(AVAILABLE, at=now), now)
    assert await steps(attempt) == expected


async def test_what_is_over_stays_as_it_is(cast, settler):
    ends = (Step.DONE, Step.DENIED, Step.REFUSED, Step.UNKNOWN, Step.NOT_SEEN, Step.CONFIRMED, Step.LOST, Step.ENDED)
    attempts = [await begun(cast, PAUSE, end) for end in ends]
    await settler.settle_unfinished(read(PAUSED), LATER)
    assert [await steps(each) for each in attempts] == [[Step.ASKED, end] for end in ends]


async def test_running_again_writes_nothing_more(cast, settler):
    attempt = await begun(cast, PAUSE)
    for each in (settler, settler, Settler()):
        await each.settle_unfinished(read(PAUSED), LATER)
    assert len(await steps(attempt)) == 3


async def test_two_processes_at_once_write_each_step_once(cast):
    attempts = [await begun(cast, PAUSE) for _ in range(3)]
    await asyncio.gather(*(Settler().settle_unfinished(read(PAUSED), LATER) for _ in range(3)))
    assert [sorted(await steps(each)) for each in attempts] == [["asked", "confirmed", "unknown"]] * 3


async def test_the_clocks_of_the_poller_and_of_ours_may_differ(cast, settler):
    attempt = await begun(cast, PAUSE)
    ahead = floor_of(read(PAUSED, at=LATER).snapshot, ahead_seconds=3600.0)  # by our clock, an hour before it was asked
    await settler.settle_unfinished(ahead, LATER)
    assert await steps(attempt) == [Step.ASKED, Step.UNKNOWN]


# After EQ accepted


@pytest.mark.parametrize(("floor", "end"), [(read(PAUSED), Step.CONFIRMED), (read(AVAILABLE), Step.NOT_SEEN)])
async def test_a_crash_while_the_floor_was_watched(cast, settler, floor, end):
    attempt = await begun(cast, PAUSE, Step.ACCEPTED)
    await settler.settle_unfinished(floor, LATER)
    assert await steps(attempt) == [Step.ASKED, Step.ACCEPTED, end]
    assert "answer" not in (await newest(attempt)).details


async def test_it_is_watched_as_long_as_a_telephone_may_ring(cast, settler, config):
    attempt = await begun(cast, PAUSE, Step.ACCEPTED)
    most = timedelta(seconds=31 + config.watch_seconds + LONGEST_RINGING_SECONDS)
    await settler.settle_unfinished(read(PAUSED), NOON + most)
    assert await steps(attempt) == [Step.ASKED, Step.ACCEPTED]
    await settler.settle_unfinished(read(PAUSED), NOON + most + timedelta(seconds=1))
    assert await steps(attempt) == [Step.ASKED, Step.ACCEPTED, Step.CONFIRMED]


async def test_what_eq_shows_nothing_of_is_over_when_it_is_accepted(cast, settler):
    accepted, unanswered = await begun(cast, PRESS, Step.ACCEPTED), await begun(cast, PRESS)
    for rounds in range(6):
        await settler.settle_unfinished(read(), LATER + rounds * ROUND)
    assert await steps(accepted) == [Step.ASKED, Step.ACCEPTED]
    assert await steps(unanswered) == [Step.ASKED, Step.UNKNOWN]


async def test_a_caller_who_left_has_arrived(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED, Step.LEFT)
    await settler.settle_unfinished(called(ARRIVED), LATER)
    assert await steps(attempt) == [Step.ASKED, Step.ACCEPTED, Step.LEFT, Step.CONFIRMED]


async def test_a_caller_who_is_nowhere_in_two_rounds_is_lost(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED, Step.LEFT)
    await settler.settle_unfinished(called(), LATER)
    assert (await newest(attempt)).step == Step.LEFT
    await settler.settle_unfinished(called(at=LATER + ROUND), LATER + ROUND)
    assert (await newest(attempt)).step == Step.LOST


async def test_a_caller_of_whom_the_same_reading_is_told_for_long_is_not_lost(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED, Step.LEFT)
    for rounds in range(3):
        await settler.settle_unfinished(called(), LATER + rounds * ROUND)
        assert (await newest(attempt)).step == Step.LEFT


async def test_a_caller_who_still_waits_was_not_stolen(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED)
    await settler.settle_unfinished(called(waiting=[waiting_call(CALL.key)]), LATER)
    entry = await newest(attempt)
    assert (entry.step, entry.details) == (Step.NOT_SEEN, {"seen": "waiting"})


async def test_the_name_of_an_agent_whom_one_may_not_see_is_not_written_down(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED)
    talks = {"state": AgentState.ON_CALL, "caller": waiting_call(CALL.key).caller, "memberships": (OF_502,)}
    await settler.settle_unfinished(called(agents=(agent(9, name="Max", **talks),)), LATER)
    assert (await newest(attempt)).details == {"seen": "with_agent", "who": ""}


async def test_with_the_name_of_an_agent_it_is_written_down_through_which_queues_they_are_seen(cast, settler):
    attempt = await begun(cast, STEAL, Step.ACCEPTED)
    talks = {"state": AgentState.ON_CALL, "caller": waiting_call(CALL.key).caller}
    bea = agent(8, name="Bea", memberships=(membership(), OF_502), **talks)
    await settler.settle_unfinished(called(agents=(bea,)), LATER)
    seen = {"seen": "with_agent", "who": "Bea", "seen_through": ["500", "502"]}
    assert (await newest(attempt)).details == seen


async def test_the_telephone_that_tells_is_looked_at_until_it_is_settled(cast, settler, redis_url):
    await begun(cast, STEAL, Step.ACCEPTED)
    client = connect(redis_url)
    try:
        await settler.settle_unfinished(read(), LATER)
        assert await looked_at(client, LATER + ROUND) == ("210",)
        await settler.settle_unfinished(called(ARRIVED, at=LATER + ROUND), LATER + ROUND)
        assert await looked_at(client, LATER + 3 * ROUND) == ()
    finally:
        await client.aclose()


async def test_it_leaves_places_to_people_who_look_and_those_whose_turn_it_is_not_yet_lose_no_time(
    cast, settler, redis_url, monkeypatch
):
    """What is looked at longest pushes the others out."""
    monkeypatch.setattr(settling, "MOST_LOOKS", 2)
    first, second, third = [
        await begun(cast, replace(SPY, monitor_extension=each), Step.ACCEPTED) for each in ("210", "211", "212")
    ]
    rounds_of_one = GIVE_UP_AFTER // ROUND + 1
    client = connect(redis_url)
    try:
        for number in range(2 * rounds_of_one - 1):
            now = LATER + number * ROUND
            steps_so_far = [(await newest(each)).step for each in (first, second, third)]
            assert steps_so_far == (2 * [Step.NOT_SEEN if number > rounds_of_one else Step.ACCEPTED] + [Step.ACCEPTED])
            await settler.settle_unfinished(read(at=now), now)
            is_turn_of_third = number >= rounds_of_one
            assert set(await looked_at(client, now + timedelta(seconds=39))) == (
                {"212"} if is_turn_of_third else {"210", "211"}
            )
    finally:
        await client.aclose()


def test_settling_takes_a_part_of_the_places_at_most():
    assert 0 < settling.MOST_LOOKS < MOST_LINES / 2


async def test_of_a_telephone_that_never_tells_it_is_said_that_there_was_no_news(cast, settler):
    attempt = await begun(cast, SPY, Step.ACCEPTED)
    now = LATER
    while now <= LATER + GIVE_UP_AFTER:
        await settler.settle_unfinished(read(at=now), now)
        assert (await newest(attempt)).step == Step.ACCEPTED
        now += ROUND
    await settler.settle_unfinished(read(at=now), now)
    entry = await newest(attempt)
    assert (entry.step, entry.details) == (Step.NOT_SEEN, {"seen": "no_news"})


# What lasts


async def test_a_listening_that_nobody_attends_has_ended_when_two_rounds_do_not_see_it(cast, settler):
    attempt = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED)
    rounds = [called(LISTENING), called(), called(LISTENING), called(), called()]
    for number, floor in enumerate(rounds):
        assert (await newest(attempt)).step == Step.CONFIRMED, number
        await settler.settle_unfinished(floor, LATER + number * ROUND)
    entry = await newest(attempt)
    assert (entry.step, entry.details) == (Step.ENDED, {"how": "unattended"})


async def test_one_that_somebody_attends_is_left_to_them(cast, settler):
    attempt = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED)
    held = {"rings:210": claim("rings:210", attempt=str(attempt)), "x": claim("x", attempt="no id")}
    for rounds in range(6):
        floor = floor_of(called(at=LATER + rounds * ROUND).snapshot, claims=held)
        await settler.settle_unfinished(floor, LATER + rounds * ROUND)
    assert (await newest(attempt)).step == Step.CONFIRMED


async def test_one_that_begins_to_ring_is_not_over(cast, settler):
    attempt = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED)
    ringing = line_call("9.9", state=LineState.RINGING, caller_number="210", connected_number="207")
    for rounds in range(3):
        await settler.settle_unfinished(called(ringing), LATER + rounds * ROUND)
    assert (await newest(attempt)).step == Step.CONFIRMED


async def test_one_that_goes_on_is_attended_again_and_its_end_is_seen(cast, settler, redis_url):
    """So the strip comes back, and others see who listens."""
    attempt, now = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED), datetime.now(UTC)
    talks = agent(7, state=AgentState.ON_CALL)
    await publish(redis_url, called(LISTENING, agents=(talks,), at=now).snapshot)
    await settler.settle_unfinished(await followers.get().newest(), now)
    held = await claims_once(lambda claims: bool(claims))
    assert held["rings:210"].attempt == str(attempt)
    assert (held["rings:210"].who, held["rings:210"].subject) == ("lead", "agent:7")
    for second in (1, 2, 3):
        await publish(redis_url, called(at=datetime.now(UTC) + timedelta(seconds=second)).snapshot)
    await settled()
    entry = await newest(attempt)
    assert (entry.step, entry.details["how"]) == (Step.ENDED, "hung_up")
    assert entry.details["seconds"] > 0
    assert not await claims_once(lambda claims: not claims)


async def test_one_is_attended_from_the_first_round_on_and_not_only_when_it_was_read(cast, settler, redis_url):
    """Its process has just crashed: no half minute has to pass, and nothing has been read since."""
    attempt, now = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED), datetime.now(UTC)
    talks = agent(7, state=AgentState.ON_CALL)
    await publish(redis_url, read(talks, at=now).snapshot)
    settler.start()
    held = await claims_once(lambda claims: "rings:210" in claims)
    assert (held["rings:210"].attempt, held["rings:210"].who) == (str(attempt), "lead")
    for second in (1, 2, 3):
        await publish(redis_url, called(at=datetime.now(UTC) + timedelta(seconds=second)).snapshot)
    assert "rings:210" not in await claims_once(lambda claims: "rings:210" not in claims)
    entry = await newest(attempt)
    assert (entry.step, entry.details) == (Step.ENDED, {"how": "unattended"})  # who knows when
    await _stop(settler)


async def test_while_a_claim_of_the_process_that_is_gone_stands_the_second_round_does_it(cast, settler, redis_url):
    attempt, now = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED), datetime.now(UTC)
    await publish(redis_url, called(LISTENING, at=now).snapshot)
    left = claim("rings:210", attempt=str(attempt), subject="agent:7", since=now, until=now + timedelta(minutes=1))
    book = settling.books.get()
    assert await book.take(left, now) is None
    await claims_once(lambda claims: "rings:210" in claims)
    await settler._try(is_starting=True)
    assert (await book.all(now))["rings:210"].who == left.who
    await book.release("rings:210", str(attempt))  # as when its time is over
    await claims_once(lambda claims: "rings:210" not in claims)
    await settler._try(is_starting=True)
    held = await claims_once(lambda claims: "rings:210" in claims)
    assert (held["rings:210"].attempt, held["rings:210"].who) == (str(attempt), "lead")


async def test_where_nothing_is_read_for_long_the_claim_is_let_go_and_the_rounds_go_on_with_it(cast, redis_url):
    attempt, now = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED), datetime.now(UTC)
    await publish(redis_url, read(at=now).snapshot)
    entry = await AuditEntry.objects.select_related("actor").filter(attempt=attempt).alast()
    await adopt(await attempt_of(entry, SPY), entry.at, doubted_at=now - timedelta(hours=1))
    assert await settling.books.get().all(now) == {}
    assert (await newest(attempt)).step == Step.CONFIRMED


async def test_of_two_on_one_telephone_the_newer_one_goes_on(cast, settler, redis_url):
    """Somebody went over from one to the other, and the crash came before the end of the first was written down."""
    first = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED)
    second = await begun(cast, replace(SPY, action="monitor.whisper"), Step.ACCEPTED, Step.CONFIRMED)
    await publish(redis_url, called(LISTENING, at=datetime.now(UTC)).snapshot)
    await settler._try(is_starting=True)
    # The first may have it for as long as it takes to look at the other.
    held = await claims_once(lambda claims: "rings:210" in claims and claims["rings:210"].attempt != str(first))
    assert held["rings:210"].attempt == str(second)


async def claims_once(is_so) -> Mapping[str, Claim]:
    """The claims that this process knows of, as soon as they are so."""
    async with asyncio.timeout(10), aclosing(followers.get().floors()) as floors:
        async for floor in floors:
            if is_so(floor.claims):
                return floor.claims
    raise AssertionError


@pytest.mark.parametrize("name", unfinished.LASTING)
async def test_what_lasts_is_held_again_as_it_was_when_it_was_pressed(cast, name):
    attempt = await begun(cast, replace(SPY, action=name), Step.ACCEPTED, Step.CONFIRMED)
    adopted = (await attempt_of(await _with_actor(attempt), replace(SPY, action=name))).target
    pressed = at_ear(agent(7), "210")
    assert (adopted.subject, adopted.slot, adopted.agent) == (pressed.subject, pressed.slot, pressed.agent)


async def test_one_of_which_nothing_can_be_seen_is_given_up_and_that_is_said(cast, settler):
    attempt, now = await begun(cast, SPY, Step.ACCEPTED, Step.CONFIRMED), LATER
    while now <= LATER + GIVE_UP_AFTER:
        await settler.settle_unfinished(read(at=now), now)
        assert (await newest(attempt)).step == Step.CONFIRMED
        now += ROUND
    await settler.settle_unfinished(read(at=now), now)
    entry = await newest(attempt)
    assert (entry.step, entry.details) == (Step.ENDED, {"how": "unattended", "seen": "no_news"})
    assert "eqboard cannot see your telephone any more: whether your listening to" in sentence(entry)


async def _with_actor(attempt: uuid.UUID) -> AuditEntry:
    return await AuditEntry.objects.select_related("actor").filter(attempt=attempt).alatest("id")


# Entries of other versions, and many


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ((Step.ASKED,), [Step.ASKED, Step.UNKNOWN]),
        ((Step.ASKED, Step.ACCEPTED), [Step.ASKED, Step.ACCEPTED, Step.NOT_SEEN]),
        (((Step.ASKED, {"order": {"action": "agent.fly"}}),), [Step.ASKED, Step.UNKNOWN]),
        (((Step.ASKED, {"order": "text"}),), [Step.ASKED, Step.UNKNOWN]),
        (((Step.ASKED, {"order": as_data(STEAL)}),), [Step.ASKED, Step.UNKNOWN]),
    ],
    ids=["no order", "no order, accepted", "an unknown action", "no data", "an order of another action"],
)
async def test_what_another_version_wrote_comes_to_an_end(cast, settler, written, expected):
    attempt = await sync_to_async(write)(cast.lead, *written)
    for rounds in range(4):
        await settler.settle_unfinished(read(PAUSED), LATER + rounds * ROUND)
    assert await steps(attempt) == expected


async def test_more_than_can_be_settled_at_once_are_settled_one_round_after_the_other(cast, settler, monkeypatch):
    monkeypatch.setattr(unfinished, "MOST", 2)
    attempts = [await begun(cast, PAUSE) for _ in range(5)]
    for rounds in range(3):
        await settler.settle_unfinished(read(PAUSED), LATER + timedelta(days=9) + rounds * ROUND)
    assert [(await newest(each)).step for each in attempts] == [Step.CONFIRMED] * 5


async def test_one_of_days_ago_is_not_forgotten_when_it_takes_several_rounds(cast, settler):
    attempt, now = await begun(cast, STEAL, Step.ACCEPTED), NOON + timedelta(days=9)
    await settler.settle_unfinished(read(at=now), now)
    await settler.settle_unfinished(called(ARRIVED, at=now + ROUND), now + ROUND)
    assert (await newest(attempt)).step == Step.CONFIRMED


# In a web process


@pytest.mark.usefixtures("floor")
async def test_it_begins_with_the_first_floor_and_one_of_several_processes_does_it(cast, monkeypatch):
    attempt = await begun(cast, PAUSE)
    rounds: list[Settler] = []
    done = asyncio.Event()
    real = Settler.settle_unfinished

    async def settle(self: Settler, *args: Any) -> None:
        await real(self, *args)
        rounds.append(self)
        done.set()

    monkeypatch.setattr(Settler, "settle_unfinished", settle)
    first, second = Settler(), Settler()
    first.start()
    first.start()
    await asyncio.wait_for(done.wait(), 10)
    await second._try(is_starting=False)
    assert rounds == [first]
    assert (await steps(attempt))[:2] == [Step.ASKED, Step.UNKNOWN]
    await _stop(first)


@pytest.mark.usefixtures("floor")
async def test_an_error_is_logged_once_and_does_not_end_it(settler, monkeypatch, caplog):
    async def fail(*_: Any) -> None:
        raise RuntimeError("a bug")

    async def ours(_: Any) -> bool:
        return True

    monkeypatch.setattr(settler, "settle_unfinished", fail)
    monkeypatch.setattr(settling, "_is_ours", ours)
    for _ in range(3):
        await settler._try(is_starting=False)
    assert caplog.text.count("cannot be settled") == 1


@pytest.mark.usefixtures("floor")
async def test_nothing_ends_it_but_being_cancelled(cast, settler, monkeypatch, caplog):
    """Not even what goes wrong before a round, or after it."""
    attempt, done = await begun(cast, PAUSE), asyncio.Event()
    real, faults = settling.outlive_the_request, [RuntimeError("before"), OSError("after"), TimeoutError()]

    def outlive(work: Any, **options: Any) -> Any:
        if not faults:
            done.set()
            return real(work, **options)
        work.close()
        raise faults.pop()

    monkeypatch.setattr(settling, "outlive_the_request", outlive)
    monkeypatch.setattr(settling, "FIRST_WAITS", (0.0, 0.0))
    monkeypatch.setattr(settling, "EVERY_SECONDS", 0.0)
    settler.start()
    await asyncio.wait_for(done.wait(), 10)
    async with asyncio.timeout(10):
        while Step.UNKNOWN not in await steps(attempt):
            await asyncio.sleep(0)
    assert caplog.text.count("cannot be settled") == 1
    await _stop(settler)


async def test_without_redis_nothing_is_settled_and_nothing_fails(cast, settler, redis_server, caplog):
    attempt = await begun(cast, PAUSE)
    redis_server.stop()
    await settler._round(read(PAUSED), is_starting=True)
    assert await steps(attempt) == [Step.ASKED]
    await settler.settle_unfinished(read(PAUSED), LATER)
    assert (await newest(attempt)).step == Step.CONFIRMED
    assert "cannot be settled" not in caplog.text


async def _stop(settler: Settler) -> None:
    assert settler._task is not None
    settler._task.cancel()
    await asyncio.gather(settler._task, return_exceptions=True)
    await settling.followers.get().stop()
