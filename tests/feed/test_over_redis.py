"""The feed on a real Redis, which is restarted, hung, emptied and cut off."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from redis.asyncio import Redis

from eqboard.feed import keys, reader, subscriber
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.leader import LeadershipLost
from eqboard.feed.messages import Stored, Update, field_of, stored, updates
from eqboard.feed.publisher import Counted, Publisher, send_nudge
from eqboard.feed.reader import Whole
from eqboard.feed.subscriber import follow, nudges, read_floor
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta
from tests.builders import NOON
from tests.feed.following import floor_of, following, hung, speaking, until
from tests.spans import history, span


async def test_what_is_published_is_what_is_followed(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        for number in range(1, 5):
            await speaker.says(floor_of("500", str(number)))
        floor = await follower.sees_floor(floor_of("500", "4"))
        assert floor.held == speaker.floor
        assert [each.held.seq for each in follower.floors if each.held] == [1, 2, 3, 4, 5]


async def test_a_round_without_changes_is_followed_too(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await speaker.says(floor_of("500"))
        await follower.sees(lambda floor: floor.held and floor.held.seq == 2)


async def test_who_comes_late_gets_the_whole_floor(redis_url) -> None:
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        async with following(redis_url) as follower:
            assert (await follower.sees(lambda floor: True)) == Floor(speaker.floor, is_connected=True)


async def test_after_a_lost_update_the_whole_floor_is_read(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        speaker.mumbles(floor_of("500", "501"))
        await speaker.says(floor_of("500", "501", "502"))
        await follower.sees_floor(floor_of("500", "501", "502"))


async def test_a_new_leader_s_floor_replaces_the_old_one(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await speaker.leadership.release(speaker.floor.epoch)
        async with speaking(redis_url) as successor:
            await successor.says(floor_of("501"))
            floor = await follower.sees_floor(floor_of("501"))
            assert floor.held.epoch == successor.floor.epoch != speaker.floor.epoch


async def test_a_doubled_update_is_told_once(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        update = await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        await client.publish(keys.UPDATES, updates.encode(update))
        await speaker.says(floor_of("501"))
        await follower.sees_floor(floor_of("501"))
        assert [floor.held.seq for floor in follower.floors if floor.held] == [1, 2]


async def test_junk_on_the_channel_is_passed_over(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        for junk in (b"", b"\xff", b"{}", b"[" * 5000, b'{"epoch": 1}'):
            await client.publish(keys.UPDATES, junk)
        await speaker.says(floor_of("501"))
        await follower.sees_floor(floor_of("501"))
        assert all(floor.is_connected for floor in follower.floors)


async def store_another_version(client: Redis) -> None:
    await client.set(keys.SNAPSHOT, b'{"version": 2}')


async def store_a_list(client: Redis) -> None:
    await client.lpush(keys.SNAPSHOT, b"1")


@pytest.mark.parametrize("store", [store_another_version, store_a_list])
async def test_a_stored_floor_that_is_none_is_overwritten(redis_url, store) -> None:
    async with Redis.from_url(redis_url) as client:
        await store(client)
    assert await read_floor(redis_url) == Floor(None, is_connected=True)
    publisher = Publisher(redis_url)
    assert (await publisher.left(Whole())).is_foreign
    await publisher.close()
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        assert all(floor.is_connected for floor in follower.floors)


async def test_redis_restarted_is_lost_once_and_then_back_with_the_last_truth(redis_server, redis_url, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.feed")
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        told_before = len(follower.floors)
        redis_server.stop()
        lost = await follower.sees(lambda floor: not floor.is_connected)
        assert lost.held == speaker.floor
        redis_server.start()
        back = await follower.sees(lambda floor: floor.is_connected)
        assert back.held == speaker.floor, "an empty Redis does not blank the board"
        assert len(follower.floors) == told_before + 2
        await speaker.lead()
        await speaker.says(floor_of("501"))
        await follower.sees_floor(floor_of("501"))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_redis_away_from_the_start_is_told_once(redis_server, redis_url) -> None:
    redis_server.stop()
    async with following(redis_url) as follower:
        await follower.sees(lambda floor: not floor.is_connected)
        redis_server.start()
        await follower.sees(lambda floor: floor.is_connected)
        assert [floor.is_connected for floor in follower.floors] == [False, True]


async def test_redis_hung_is_noticed(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        with hung(redis_url):
            await follower.sees(lambda floor: not floor.is_connected)
        await follower.sees(lambda floor: floor.is_connected)


async def test_a_channel_cut_by_redis_is_opened_again(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await follower.sees(lambda floor: floor.is_connected)
        assert await client.client_kill_filter(_type="pubsub") == 1
        await follower.sees(lambda floor: not floor.is_connected)
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))


async def test_redis_emptied_in_mid_flight_recovers(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        await client.flushall()
        await speaker.lead()
        await speaker.says(floor_of("501"))
        await follower.sees_floor(floor_of("501"))
        assert all(floor.is_connected for floor in follower.floors)


async def test_a_gap_with_nothing_stored_keeps_the_last_truth(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        await client.delete(keys.SNAPSHOT)
        await client.publish(keys.UPDATES, updates.encode(Update("another", 9, NOON)))
        await speaker.says(floor_of("500", "501"))
        await follower.sees_floor(floor_of("500", "501"))
        assert all(floor.snapshot.queues for floor in follower.floors[1:])


async def test_something_that_is_not_redis_counts_as_lost(tmp_path) -> None:
    async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>")
        await writer.drain()
        writer.close()

    path = short(tmp_path) / "http.sock"
    async with await asyncio.start_unix_server(speak_http, path):
        assert await read_floor(url_of(path)) == Floor()
        async with following(url_of(path)) as follower:
            await follower.sees(lambda floor: not floor.is_connected)


# A line that is dead without being closed: a firewall forgot it, and only this one


class Line:
    """A proxy in front of Redis. Frozen connections stay open and carry nothing; new ones work."""

    def __init__(self, redis_path: str) -> None:
        self._redis_path = redis_path
        self._pumps: list[tuple[asyncio.StreamWriter, asyncio.Task[None]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_unix_connection(self._redis_path)
        self._pumps.append((writer, asyncio.create_task(self._pump(reader, their_writer))))
        self._pumps.append((their_writer, asyncio.create_task(self._pump(their_reader, writer))))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()
        except OSError:
            writer.close()

    async def freeze_first(self) -> None:
        """The connection that was made first, in both directions."""
        await self._freeze(self._pumps[:2])

    async def _freeze(self, pumps: list[tuple[asyncio.StreamWriter, asyncio.Task[None]]]) -> None:
        for _, task in pumps:
            task.cancel()
        await asyncio.gather(*(task for _, task in pumps), return_exceptions=True)

    async def close(self) -> None:
        await self._freeze(self._pumps)
        for writer, _ in self._pumps:
            writer.close()


def short(folder: Path) -> Path:
    assert len(str(folder)) < 90
    return folder


def url_of(path: Path) -> str:
    return f"unix://{quote(str(path))}"


@asynccontextmanager
async def line_to(redis_url: str, folder: Path) -> AsyncIterator[tuple[Line, str]]:
    line = Line(unquote(urlsplit(redis_url).path))
    path = short(folder) / "line.sock"
    server = await asyncio.start_unix_server(line.serve, path)
    try:
        yield line, url_of(path)
    finally:
        server.close()
        await line.close()


def be_brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "LISTEN_SECONDS", 0.1)
    monkeypatch.setattr(subscriber, "SILENCE_SECONDS", 0.2)


async def test_a_dead_channel_is_noticed_though_redis_answers_elsewhere(redis_url, tmp_path, monkeypatch) -> None:
    be_brisk(monkeypatch)
    async with line_to(redis_url, tmp_path) as (line, url), speaking(redis_url) as speaker, following(url) as follower:
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
        await line.freeze_first()
        await follower.sees(lambda floor: not floor.is_connected)
        await follower.sees(lambda floor: floor.is_connected)


async def test_a_quiet_feed_is_not_taken_for_a_dead_one(redis_url, monkeypatch) -> None:
    be_brisk(monkeypatch)
    async with following(redis_url) as follower:
        await follower.sees(lambda floor: floor.is_connected)
        with pytest.raises(TimeoutError):
            await follower.sees(lambda floor: True, seconds=0.8)


# Reading once, and nudges


async def test_the_floor_can_be_read_once(redis_server, redis_url) -> None:
    assert await read_floor(redis_url) == Floor(None, is_connected=True)
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"))
        assert await read_floor(redis_url) == Floor(speaker.floor, is_connected=True)
    redis_server.stop()
    assert await read_floor(redis_url) == Floor()


async def test_a_nudge_arrives(redis_url) -> None:
    heard = []

    async def hear() -> None:
        async with aclosing(nudges(redis_url)) as arriving:
            async for _ in arriving:
                heard.append(1)

    task = asyncio.create_task(hear())
    async with Redis.from_url(redis_url) as client:
        async with asyncio.timeout(10):
            while (await client.pubsub_numsub(keys.NUDGES))[0][1] == 0:
                await asyncio.sleep(0.01)
    await send_nudge(redis_url)
    await until(lambda: len(heard) == 1)
    await send_nudge(redis_url)
    await until(lambda: len(heard) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nudges_end_with_redis(redis_server, redis_url) -> None:
    async def hear() -> None:
        async with aclosing(nudges(redis_url)) as arriving:
            async for _ in arriving:
                redis_server.stop()

    task = asyncio.create_task(hear())
    async with Redis.from_url(redis_url) as client, asyncio.timeout(10):
        while await client.publish(keys.NUDGES, b"1") == 0:
            await asyncio.sleep(0.01)
    with pytest.raises(FeedLost):
        await asyncio.wait_for(task, 10)


async def test_a_nudge_without_redis_says_so(redis_server, redis_url) -> None:
    redis_server.stop()
    with pytest.raises(FeedLost):
        await send_nudge(redis_url)


async def test_who_stops_listening_leaves_no_connection_behind(redis_url) -> None:
    async with speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"))
        async with aclosing(follow(redis_url)) as floors:
            assert (await anext(floors)).held == speaker.floor
            assert (await client.pubsub_numsub(keys.UPDATES))[0][1] == 1
        async with asyncio.timeout(5):
            while (await client.pubsub_numsub(keys.UPDATES))[0][1]:
                await asyncio.sleep(0.01)
        assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_the_whole_floor_and_the_update_are_one_step(redis_url) -> None:
    """Whoever hears an update finds at least that floor stored."""
    async with speaking(redis_url) as speaker, Redis.from_url(redis_url) as client, client.pubsub() as channel:
        await channel.subscribe(keys.UPDATES)
        assert (await channel.get_message(timeout=5))["type"] == "subscribe"
        for number in range(5):
            await speaker.says(floor_of(str(number)))
            message = await channel.get_message(timeout=5)
            held: Stored = stored.decode(await client.get(keys.SNAPSHOT))
            assert held.seq >= updates.decode(message["data"]).seq


async def test_updates_of_another_version_are_told_once_and_not_each(redis_url, caplog) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        for _ in range(20):
            await client.publish(keys.UPDATES, b'{"version": 2}')
        await speaker.says(floor_of("500"))
        await follower.sees_floor(floor_of("500"))
    assert caplog.text.count("Updates of another version") == 1


# What was counted

A, B, C = span(0), span(1), span(2)


async def test_what_was_counted_is_followed(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A))
        await follower.sees(lambda floor: floor.history == history(A))
        for counted in (history(A, B), history(A, B, C), history(B, span(2, "501")), history()):
            await speaker.says(floor_of("500"), counted)
            floor = await follower.sees(lambda floor: floor.is_connected)
            assert floor.history == counted


async def test_who_comes_late_gets_all_that_was_counted(redis_url) -> None:
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B))
        await speaker.says(floor_of("500"), history(B, C))
        async with following(redis_url) as follower:
            assert (await follower.sees(lambda floor: True)).history == history(B, C)


async def test_after_a_lost_update_the_counts_are_read_again(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B))
        await follower.sees_floor(floor_of("500"))
        speaker.mumbles(floor_of("500"))
        await speaker.says(floor_of("501"), history(B, C))
        assert (await follower.sees_floor(floor_of("501"))).history == history(B, C)


async def test_of_the_counts_only_what_is_missing_is_read_again(redis_url, monkeypatch) -> None:
    read = []
    decode = reader.spans.decode

    def noted(text: bytes) -> Span:
        read.append(decode(text))
        return read[-1]

    monkeypatch.setattr(reader.spans, "decode", noted)
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B))
        await speaker.says(floor_of("500"), history(A, B, C))
        await follower.sees(lambda floor: floor.history == history(A, B, C))
        read.clear()
        speaker.mumbles(floor_of("500"))
        await speaker.says(floor_of("501"), history(A, B, span(2, "501"), span(3)))
        await follower.sees_floor(floor_of("501"))
        assert read == [span(2, "501"), span(3)]


async def test_counts_survive_a_redis_that_comes_back_empty(redis_server, redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B))
        await follower.sees_floor(floor_of("500"))
        redis_server.kill()
        lost = await follower.sees(lambda floor: not floor.is_connected)
        assert lost.history == history(A, B)
        redis_server.start()
        back = await follower.sees(lambda floor: floor.is_connected)
        assert back.history == history(A, B)
        speaker.forgets_redis()
        await speaker.lead()
        await speaker.says(floor_of("501"), history(A, B, C))
        assert (await follower.sees_floor(floor_of("501"))).history == history(A, B, C)


async def test_many_counts_are_read_beside_the_loop(redis_url, monkeypatch) -> None:
    monkeypatch.setattr(reader, "AT_ONCE_BYTES", 10)
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B, C))
        async with following(redis_url) as follower:
            assert (await follower.sees(lambda floor: True)).history == history(A, B, C)


async def test_a_span_that_cannot_be_read_costs_no_other(redis_url) -> None:
    async with speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"), history(A, B, C))
        await client.hset(keys.SPANS, field_of(B.begins_at), b'{"begins_at": "of another version"}')
        async with following(redis_url) as follower:
            assert (await follower.sees(lambda floor: True)).history == history(A, C)


async def test_a_span_that_redis_dropped_is_not_there(redis_url) -> None:
    async with following(redis_url) as follower, speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"), history(A, B))
        await follower.sees_floor(floor_of("500"))
        await client.hdel(keys.SPANS, field_of(A.begins_at))
        await client.publish(keys.UPDATES, updates.encode(Update("another", 9, NOON)))
        await follower.sees(lambda floor: floor.history == history(B))


@pytest.mark.parametrize("key", [keys.SPANS, keys.MARKS, keys.WATCH])
async def test_counts_that_are_none_cost_no_floor_and_are_overwritten(redis_url, key) -> None:
    async with Redis.from_url(redis_url) as client, speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A))
        await client.delete(key)
        await client.lpush(key, "a list")
        async with following(redis_url) as follower:
            assert (await follower.sees_floor(floor_of("500"))).history in (history(), history(A))
            speaker.forgets_redis()
            await speaker.says(floor_of("500", "501"), history(A, B))
            assert (await follower.sees_floor(floor_of("500", "501"))).history == history(A, B)


async def test_who_does_not_lead_stores_no_count(redis_url) -> None:
    async with speaking(redis_url) as speaker, Redis.from_url(redis_url) as client:
        await speaker.says(floor_of("500"), history(A))
        await client.set(keys.LEADER, "somebody else", ex=60)
        with pytest.raises(LeadershipLost):
            await speaker.says(floor_of("501"), history(A, B))
        assert await client.hkeys(keys.SPANS) == [field_of(A.begins_at).encode()]


async def test_publishing_tells_how_many_spans_redis_holds(redis_url) -> None:
    async with speaking(redis_url) as speaker:
        update = Update(speaker.floor.epoch, 1, NOON)
        counted = Counted(b"", history(A, B).changes_since(history()))
        assert await speaker.publisher.publish(update, speaker.floor, counted) == 2
        assert await speaker.publisher.publish(update, speaker.floor, Counted(b"", Delta({}, (A.begins_at,)))) == 1


# What a leader leaves behind


async def test_what_a_leader_left_is_read_whole_and_then_only_what_is_new(redis_url) -> None:
    async with speaking(redis_url) as speaker:
        await speaker.says(floor_of("500"), history(A, B))
        left = await speaker.publisher.left(Whole())
        assert (left.stored, left.counts.history) == (speaker.floor, history(A, B))
        await speaker.says(floor_of("500"), history(B, C))
        left = await speaker.publisher.left(left)
        assert (left.stored, left.counts.history) == (speaker.floor, history(B, C))
