"""The poller on a real Redis, with an EQ that is slow, broken, refused and back again."""

import asyncio
import logging
import ssl
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from eqboard.eq import EQ, Server
from eqboard.feed import connection, keys, leader
from eqboard.feed.publisher import send_nudge
from eqboard.floor.snapshot import AgentState, Part, Trouble
from eqboard.poller import lamp, lead, poller
from eqboard.poller.poller import Poller, until_one_ends
from eqboard.simulator.app import build_app
from tests.feed.following import Follower, following, hung, until
from tests.poller.pretend import POLL_SECONDS, Exchange, config_for, fails_with, polling, says
from tests.simulator.conftest import KEY, START, a_world

KEY_OF_SIMULATOR = SecretStr(KEY)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def is_read(floor) -> bool:
    """Everything was read, and nothing is wrong."""
    sources = floor.snapshot.sources.values()
    return (
        floor.is_connected and len(sources) == len(Part) and all(each.taken_at and not each.trouble for each in sources)
    )


def warnings_of(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def sees_rounds(follower: Follower, count: int) -> None:
    for _ in range(count):
        await follower.sees(lambda floor: floor.held)


# Rounds


async def test_the_floor_is_read_and_published(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange):
        floor = (await follower.sees(is_read)).snapshot
        assert floor.agents[7].state is AgentState.AVAILABLE
        assert floor.queues["500"].present_count == 1


async def test_names_follow_by_themselves(redis_url, exchange, monkeypatch) -> None:
    monkeypatch.setattr(lead, "NAMES_PAUSE_SECONDS", 0.05)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        floor = await follower.sees(lambda floor: floor.snapshot.agents and floor.snapshot.agents[7].name == "Ana Ruiz")
        assert floor.snapshot.pause_codes[1].name == "Lunch"


async def test_every_round_is_published_even_if_nothing_changed(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange):
        first = await follower.sees(is_read)
        began = time.monotonic()
        await sees_rounds(follower, 5)
        assert time.monotonic() - began > 3 * POLL_SECONDS
        seqs = [floor.held.seq for floor in follower.floors if floor.held and floor.held.epoch == first.held.epoch]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_the_simulator_s_floor_comes_through_whole(redis_url) -> None:
    app = build_app(a_world(), key=KEY, clock=lambda: START)
    async with EQ(Server("http://eq", KEY_OF_SIMULATOR), transport=httpx.ASGITransport(app)) as eq:
        task = asyncio.create_task(Poller(config_for(redis_url), eq).run())
        async with following(redis_url) as follower:
            floor = (await follower.sees(is_read)).snapshot
            assert set(floor.queues) == {"500", "501"}
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_nudge_brings_the_next_round_forward(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=30):
        await follower.sees(is_read)
        exchange.answers["call_queue_agent_status"][0]["status"] = "paused"
        await until_heard(redis_url)
        await send_nudge(redis_url)
        await follower.sees(lambda floor: floor.snapshot.agents[7].state is AgentState.PAUSED, seconds=5)


async def test_a_storm_of_nudges_is_held_to_the_cooldown(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=30):
        await follower.sees(is_read)
        await until_heard(redis_url)
        async with Redis.from_url(redis_url) as client:
            began = time.monotonic()
            while time.monotonic() - began < 1.0:
                await client.publish(keys.NUDGES, b"1")
        rounds = exchange.count("queued_calls") - 1
        assert 1 <= rounds <= (time.monotonic() - began) / 0.3 + 1


async def until_heard(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client, asyncio.timeout(10):
        while (await client.pubsub_numsub(keys.NUDGES))[0][1] == 0:
            await asyncio.sleep(0.01)


async def test_the_load_on_eq_is_the_same_for_one_viewer_and_for_many(redis_url, exchange) -> None:
    async with polling(redis_url, exchange), following(redis_url) as first:
        await first.sees(is_read)
        crowd = [following(redis_url) for _ in range(30)]
        for each in crowd:
            await (await each.__aenter__()).sees(is_read)
        rounds_before, asked_before, began = exchange.count("queued_calls"), len(exchange.asked), time.monotonic()
        await until(lambda: exchange.count("queued_calls") == rounds_before + 4)
        assert time.monotonic() - began > 2.5 * POLL_SECONDS
        assert len(exchange.asked) - asked_before <= 4 * len(Part) + 1
        for each in crowd:
            await each.__aexit__(None, None, None)


async def test_a_poller_that_may_not_ask_as_often_as_set_says_how_often_it_does(redis_url, exchange) -> None:
    tight = {"poll_seconds": 0.2, "eq_requests_per_minute": 120}
    async with following(redis_url) as follower, polling(redis_url, exchange, **tight):
        source = (await follower.sees(is_read)).snapshot.sources[Part.CALLS]
        await until(lambda: exchange.count("pause_code/1"))
    assert source.every_seconds == config_for(redis_url, **tight).kept_poll_seconds > 1


# EQ is slow


async def test_a_slow_eq_gives_beats_that_say_since_when_it_is_asked(redis_url, exchange) -> None:
    may_answer = asyncio.Event()

    async def late(request: httpx.Request) -> httpx.Response:
        await may_answer.wait()
        return httpx.Response(200, json=[])

    async with following(redis_url) as follower, polling(redis_url, exchange):
        last = await follower.sees(is_read)
        exchange.faults["queued_calls"] = late
        asked = datetime.now(UTC)
        beats = [await follower.sees(lambda floor: floor.held.asking_since) for _ in range(3)]
        assert len({beat.held.asking_since for beat in beats}) == 1
        assert abs(beats[0].held.asking_since - asked) < timedelta(seconds=5)
        assert beats[2].held.sent_at > beats[0].held.sent_at
        assert set(beats[0].snapshot.agents) == set(last.snapshot.agents), "with the last truth"
        may_answer.set()
        exchange.faults.clear()
        await follower.sees(lambda floor: is_read(floor) and not floor.held.asking_since)


# EQ fails


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (says(500, "oops"), Trouble.BROKEN),
        (says(200, "<!DOCTYPE html><h1>502 Bad Gateway</h1>"), Trouble.BROKEN),
        (says(200, '[{"queue": "50'), Trouble.BROKEN),
        (says(200, '{"0": [{"agent": [7], "queue": {"500": "x"}, "status": 3}]}'), Trouble.BROKEN),
        (says(401, '[{"parameter": "auth_key", "type": "invalid"}]'), Trouble.REFUSED),
        (fails_with(httpx.ConnectError("refused")), Trouble.UNREACHABLE),
    ],
    ids=("a server error", "a page", "half of it", "another shape", "a wrong key", "nobody there"),
)
async def test_eq_fails_and_the_last_truth_stays_marked_until_it_is_back(
    redis_url, exchange, fault, trouble, caplog
) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        exchange.fault = fault
        marked = await follower.sees(lambda floor: floor.snapshot.sources[Part.AGENTS].trouble)
        assert marked.snapshot.sources[Part.AGENTS].trouble is trouble
        assert marked.snapshot.agents[7].state is AgentState.AVAILABLE
        again = await follower.sees(lambda floor: floor.held.seq > marked.held.seq)
        assert again.snapshot.sources[Part.AGENTS].taken_at == marked.snapshot.sources[Part.AGENTS].taken_at
        exchange.fault = None
        await send_nudge(redis_url)
        await follower.sees(is_read)
    lost, back = [record.getMessage() for record in caplog.records if "EQ at 127.0.0.1:8088" in record.getMessage()]
    assert back == lost.partition(" is lost: ")[0] + " is back"
    assert "canary" not in caplog.text


async def test_a_word_for_a_state_that_nobody_knows_is_logged_once(redis_url, exchange, caplog) -> None:
    [status] = exchange.answers["call_queue_agent_status"]
    exchange.answers["call_queue_agent_status"] = [status | {"status": "alert\x1bing" + "x" * 99}]
    async with following(redis_url) as follower, polling(redis_url, exchange):
        floor = await follower.sees(is_read)
        await follower.sees(lambda later: later.held.seq > floor.held.seq + 3)
    said = [record.getMessage() for record in caplog.records if "agent's state" in record.getMessage()]
    word = repr("alert\x1bing" + "x" * 31)
    assert said == [f"EQ says {word} of an agent's state, and eqboard does not know it. Name it in EQBOARD_EQ_DIALECT"]


async def test_rows_that_make_no_sense_are_logged_once_by_their_field(redis_url, exchange, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    honest = exchange.answers["queued_calls"]
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        exchange.answers["queued_calls"] = [{"queue": "500", "enterTime": "yesterday", "callerIdNumber": "canary"}]
        odd = await follower.sees(lambda floor: floor.snapshot.sources[Part.CALLS].unreadable_count)
        assert len(odd.snapshot.waiting) == 1
        await follower.sees(lambda floor: floor.held.seq > odd.held.seq + 3)
        exchange.answers["queued_calls"] = honest
        await follower.sees(lambda floor: not floor.snapshot.sources[Part.CALLS].unreadable_count)
    said = [record.getMessage() for record in caplog.records if "rows" in record.getMessage()]
    assert said == [
        "The sense of some rows of EQ's calls is lost: enterTime: a time is UNIX seconds. "
        "Trying again until it is back",
        "The sense of some rows of EQ's calls is back",
    ]


async def test_an_eq_that_fails_is_asked_more_and_more_seldom(redis_url, exchange) -> None:
    exchange.fault = says(500)
    async with following(redis_url) as follower, polling(redis_url, exchange, slow_every_rounds=1):
        await until(lambda: exchange.count("queued_calls") >= 2 * 5)  # each round with one repetition
        begun = [at for at, path in zip(exchange.asked_at, exchange.asked, strict=True) if path == "queued_calls"][::2]
        pauses = [after - before for before, after in pairwise(begun)]
        assert all(pause > 0.9 * POLL_SECONDS * 2 ** (times - 1) for times, pause in enumerate(pauses)), pauses
        assert len([floor for floor in follower.floors if floor.held]) >= 6, "while every round is told"


async def test_a_slow_part_that_always_fails_is_logged_once(redis_url, exchange, caplog) -> None:
    exchange.faults["active_agent_sessions"] = says(403)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(lambda floor: floor.held)
        await until(lambda: exchange.count("active_agent_sessions") >= 4)
    assert len(warnings_of(caplog)) == 1


async def test_a_certificate_that_is_not_trusted_is_logged_with_the_setting_that_mends_it(
    redis_url, exchange, caplog
) -> None:
    untrusted = httpx.ConnectError("no way")
    untrusted.__cause__ = ssl.SSLCertVerificationError(1, "unknown")
    exchange.fault = fails_with(untrusted)
    async with polling(redis_url, exchange):
        await until(lambda: "EQ's certificate is not trusted" in caplog.text)
    assert "EQ's own certificate, in EQBOARD_EQ_CA_FILE" in caplog.text


async def test_another_cause_is_logged_too_while_the_first_lasts(redis_url, exchange, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    exchange.faults["active_agent_sessions"] = says(404, "[]")
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await until(lambda: "A path of EQ at 127.0.0.1:8088 is lost: active_sessions.agents: " in caplog.text)
        exchange.faults["queued_calls"] = fails_with(httpx.ConnectError("refused"))
        await until(lambda: "The connection to EQ at 127.0.0.1:8088 is lost: queued_calls.all: " in caplog.text)
        del exchange.faults["queued_calls"]
        await until(lambda: "The connection to EQ at 127.0.0.1:8088 is back" in caplog.text)
        await sees_rounds(follower, 2)
    assert len(warnings_of(caplog)) == 2


async def test_a_part_that_hangs_delays_no_other_and_is_published_when_it_comes(redis_url, exchange) -> None:
    """Also where rounds are rare: nobody waits for the next one."""
    may_answer = asyncio.Event()

    async def late(request: httpx.Request) -> httpx.Response:
        await may_answer.wait()
        return httpx.Response(200, json=[])

    exchange.faults["parked_calls"] = late
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=60):
        floor = await follower.sees(lambda floor: floor.snapshot.agents)
        assert floor.snapshot.sources[Part.PARKED].taken_at is None
        may_answer.set()
        await follower.sees(is_read)
    assert exchange.count("parked_calls") == 1


async def test_a_part_that_fails_costs_no_other(redis_url, exchange) -> None:
    exchange.faults["queued_calls"] = says(500)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        floor = await follower.sees(lambda floor: floor.held and floor.held.seq >= 3)
        sources = floor.snapshot.sources
        assert sources[Part.CALLS].trouble is Trouble.BROKEN
        assert not sources[Part.AGENTS].trouble
        rounds = exchange.count("call_queue_agent_status")
        await until(lambda: exchange.count("call_queue_agent_status") >= rounds + 12)  # at their pace; slower, in vain


@pytest.mark.parametrize("text", ["half a character \ud800", "\udfff", "nul \x00", "\u202e<script>"])
async def test_no_text_from_outside_stops_the_rounds(redis_url, exchange, text) -> None:
    exchange.answers["queued_calls"] = [{"queue": "500", "uniqueId": text, "callerIdName": text, "channel": text}]
    exchange.answers["agent/7"]["firstName"] = text
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(lambda floor: floor.snapshot.waiting)
        await sees_rounds(follower, 2)


async def test_a_crash_while_assembling_marks_the_board_and_goes_on(redis_url, exchange, monkeypatch, caplog) -> None:
    honest, is_crashing = lead.assemble, False

    def assemble(*args):
        if is_crashing:
            raise ZeroDivisionError("a bug of ours")
        return honest(*args)

    monkeypatch.setattr(lead, "assemble", assemble)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        whole = await follower.sees(is_read)
        is_crashing = True
        marked = await follower.sees(lambda floor: floor.snapshot.sources[Part.AGENTS].trouble)
        assert marked.snapshot.sources[Part.AGENTS].trouble is Trouble.BROKEN
        assert marked.snapshot.agents == whole.snapshot.agents
        await sees_rounds(follower, 3)
        is_crashing = False
        await follower.sees(is_read)
    assert caplog.text.count("ZeroDivisionError: a bug of ours") == 1


async def test_a_crash_in_the_very_first_round_is_shown_too(redis_url, exchange, monkeypatch) -> None:
    def crash(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(lead, "assemble", crash)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        floor = await follower.sees(lambda floor: floor.snapshot.sources)
        assert all(source.trouble is Trouble.BROKEN for source in floor.snapshot.sources.values())
        assert all(source.taken_at is None for source in floor.snapshot.sources.values())


async def test_a_crash_while_learning_names_costs_only_names(redis_url, exchange, monkeypatch, caplog) -> None:
    monkeypatch.setattr(lead, "NAMES_PAUSE_SECONDS", 0.05)
    exchange.faults["pause_code/1"] = fails_with(RuntimeError("a bug"))
    async with following(redis_url) as follower, polling(redis_url, exchange):
        first = await follower.sees(is_read)
        await sees_rounds(follower, 4)
        assert follower.floors[-1].held.epoch == first.held.epoch
    assert len(warnings_of(caplog)) == 1


# Redis fails


async def test_redis_restarted_brings_the_floor_back_by_itself(redis_server, redis_url, exchange, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    async with following(redis_url) as follower, polling(redis_url, exchange) as task:
        first = await follower.sees(is_read)
        redis_server.stop()
        await until(lambda: "Redis is lost" in caplog.text)
        exchange.fault = fails_with(httpx.ConnectError("EQ is away as well"))
        redis_server.start()
        back = await follower.sees(lambda floor: floor.held.epoch != first.held.epoch)
        assert back.snapshot.agents[7], "the last truth survives, though Redis forgot it and EQ is silent"
        assert not task.done()
    assert caplog.text.count("Redis is lost") == caplog.text.count("Redis is back") == 1


async def test_keys_of_another_kind_in_redis_are_overwritten(redis_url, exchange, caplog) -> None:
    async with Redis.from_url(redis_url) as client, following(redis_url) as follower:
        for key in (keys.SNAPSHOT, keys.LEADER):
            await client.lpush(key, "a list")
        async with polling(redis_url, exchange):
            await follower.sees(is_read)
    assert len(warnings_of(caplog)) == 1


async def test_a_redis_that_was_lost_twice_is_told_lost_again_later(
    redis_server, redis_url, exchange, caplog, monkeypatch
) -> None:
    monkeypatch.setattr(lamp, "STEADY_SECONDS", 2.0)
    caplog.set_level(logging.INFO, "eqboard.poller")
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        for count in (1, 2):
            redis_server.stop()
            await until(lambda count=count: caplog.text.count("Redis is lost") == count)
            redis_server.start()
            await until(lambda count=count: caplog.text.count("Redis is back") == count)


async def test_redis_hung_is_survived(redis_url, exchange, caplog, monkeypatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.4)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        with hung(redis_url):
            await until(lambda: "Redis is lost" in caplog.text)
        seen = len(follower.floors)
        await until(lambda: len(follower.floors) > seen + 3 and is_read(follower.floors[-1]))


async def test_redis_emptied_in_mid_flight_is_survived(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange), Redis.from_url(redis_url) as client:
        first = await follower.sees(is_read)
        await client.flushall()
        back = await follower.sees(lambda floor: floor.held.epoch != first.held.epoch)
        assert is_read(back)
        assert all(floor.is_connected for floor in follower.floors)


# One leads


async def test_the_second_stands_by_and_need_not_wait_for_the_lease_to_end(redis_url, exchange, monkeypatch) -> None:
    monkeypatch.setattr(leader, "LEASE_SECONDS", 600.0)
    idle = Exchange()
    async with polling(redis_url, exchange) as first, following(redis_url) as follower:
        before = await follower.sees(is_read)
        async with polling(redis_url, idle):
            await sees_rounds(follower, 3)
            assert not idle.asked, "whoever stands by leaves EQ alone"
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            after = await follower.sees(lambda floor: floor.held.epoch != before.held.epoch)
            assert is_read(after)
            asked = len(exchange.asked)
            await sees_rounds(follower, 2)
            assert len(exchange.asked) == asked, "and who is gone asks no more"


async def test_who_dies_without_a_word_is_replaced(redis_url, exchange, monkeypatch) -> None:
    async def say_nothing(self, epoch: str) -> None: ...

    monkeypatch.setattr(poller.Leadership, "release", say_nothing)
    monkeypatch.setattr(leader, "LEASE_SECONDS", 1.0)  # the command's own test waits for the real lease
    monkeypatch.setattr(poller, "ATTEMPT_SECONDS", 0.3)
    async with polling(redis_url, exchange) as first, following(redis_url) as follower:
        before = await follower.sees(is_read)
        async with polling(redis_url, Exchange()):
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await follower.sees(lambda floor: floor.held.epoch != before.held.epoch)


async def test_a_lead_that_is_taken_away_again_and_again_spins_nothing(redis_url, exchange, caplog) -> None:
    """A full Redis may drop the lock, as it is the key that expires."""
    caplog.set_level(logging.INFO, "eqboard.poller")
    async with following(redis_url) as follower, polling(redis_url, exchange), Redis.from_url(redis_url) as client:
        await follower.sees(is_read)
        epochs, began, rounds = set(), time.monotonic(), exchange.count("queued_calls")
        while len(epochs) < 4:
            epochs.add(await client.getdel(keys.LEADER))
            epochs.discard(None)
            await asyncio.sleep(0.01)
        elapsed = time.monotonic() - began
    assert elapsed > 2.5, "between two leads there is time"
    assert exchange.count("queued_calls") - rounds <= elapsed / POLL_SECONDS + 1
    assert len(warnings_of(caplog)) <= 2
    assert caplog.text.count("This poller leads") == 1


async def test_without_nudges_the_rounds_go_on(redis_url, exchange, caplog, monkeypatch) -> None:
    """Redis may refuse one connection more, and keep those it has."""

    async def refused(url):
        raise ConnectionError("max number of clients reached")
        yield

    monkeypatch.setattr(poller, "nudges", refused)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        first = await follower.sees(is_read)
        await until(lambda: "The hearing of nudges is lost" in caplog.text)
        await sees_rounds(follower, 12)
        assert follower.floors[-1].held.epoch == first.held.epoch
    assert len(warnings_of(caplog)) == 1


async def test_who_stands_by_knows_the_floor_when_redis_has_forgotten_it(redis_url, exchange, monkeypatch) -> None:
    looked, left = [], poller.Publisher.left

    async def noted(publisher, known):
        looked.append(await left(publisher, known))
        return looked[-1]

    monkeypatch.setattr(poller.Publisher, "left", noted)
    silent = Exchange(fault=fails_with(httpx.ConnectError("EQ is away")))
    async with polling(redis_url, exchange) as first, following(redis_url) as follower:
        known = await follower.sees(is_read)
        async with polling(redis_url, silent), Redis.from_url(redis_url) as client:
            await until(lambda: any(each.stored for each in looked))
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await client.flushall()
            after = await follower.sees(lambda floor: floor.held.epoch != known.held.epoch and floor.snapshot.sources)
            assert after.snapshot.agents.keys() == known.snapshot.agents.keys()


async def test_who_lost_the_lead_stands_by(redis_url, exchange, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    async with following(redis_url) as follower, polling(redis_url, exchange), Redis.from_url(redis_url) as client:
        before = await follower.sees(is_read)
        await client.set(keys.LEADER, "somebody else", ex=60)
        await until(lambda: "standing by" in caplog.text)
        told = len(follower.floors)
        asked = len(exchange.asked)
        await asyncio.sleep(3 * POLL_SECONDS)  # so much real time has to pass without a word
        assert (len(follower.floors), len(exchange.asked)) == (told, asked)
        await client.delete(keys.LEADER)
        await follower.sees(lambda floor: floor.held.epoch != before.held.epoch)
    assert "The lead is lost" in caplog.text


# Told to end


async def test_whoever_is_told_to_end_in_the_midst_of_a_word_to_redis_ends(redis_url, exchange, monkeypatch) -> None:
    """On Python 3.11 redis-py may swallow a cancellation; here the poller does nothing but speak to Redis."""
    monkeypatch.setattr(poller, "ATTEMPT_SECONDS", 0)
    for number in range(15):
        async with exchange.telephone() as eq:
            task = asyncio.create_task(Poller(config_for(redis_url), eq).run())
            await asyncio.sleep(0.02 + number / 2500)
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=5)
            assert done, "the poller goes on though it was told to end"
            assert task.cancelled()


async def test_whoever_is_told_to_end_while_redis_is_lost_ends(redis_server, redis_url, exchange, caplog) -> None:
    async with polling(redis_url, exchange) as task:
        redis_server.stop()
        await until(lambda: "Redis is lost" in caplog.text)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=5)
        assert done


async def test_of_several_works_none_is_left_behind_by_a_failure() -> None:
    ended = []

    async def lasting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await until_one_ends(lasting(), failing(), lasting())
    assert ended == [1, 1]


async def test_a_work_that_fails_as_it_is_told_to_end_does_not_keep_the_whole_from_ending() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ZeroDivisionError

    task = asyncio.create_task(until_one_ends(stubborn(), stubborn()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
