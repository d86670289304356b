"""What goes on at extensions is read while somebody looks, beside everything else."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from redis.asyncio import Redis

from eqboard.eq import Limits
from eqboard.feed import keys
from eqboard.feed.connection import FeedLost
from eqboard.feed.looking import look_at
from eqboard.feed.publisher import Publisher, send_nudge
from eqboard.floor.snapshot import Line, Part, Trouble
from eqboard.poller import lines
from eqboard.poller.lines import LineReader, line_count
from tests.feed.following import following, until
from tests.poller.pretend import Exchange, fails_with, plenty, polling, says
from tests.poller.test_poller import is_read, sees_rounds, until_heard

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=600)


class Extensions:
    """Answers for each extension on its own: with one call whose unique id is the extension, unless told otherwise."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.hanging: dict[str, asyncio.Event] = {}
        self.unknown: set[str] = set()
        self.at_once = self.most_at_once = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        extension = request.url.params["extension"]
        self.asked.append(extension)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if extension in self.hanging:
                await self.hanging[extension].wait()
            await asyncio.sleep(0)
        finally:
            self.at_once -= 1
        if extension in self.unknown:
            return httpx.Response(404, json=[{"parameter": "extension", "type": "nonexistent"}])
        return httpx.Response(200, content=json.dumps([{"extension": extension, "uniqueId": extension}]))


@pytest.fixture
def extensions() -> Extensions:
    return Extensions()


@pytest.fixture
def exchange(extensions) -> Exchange:
    return Exchange(faults={"active_calls": extensions})


def has_lines(*extensions: str):
    return lambda floor: set(floor.snapshot.lines) == set(extensions)


async def test_as_long_as_nobody_looks_eq_is_not_asked(redis_url, exchange, extensions) -> None:
    await look_at(redis_url, ["201"], datetime.now(UTC) - timedelta(seconds=1))
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        await sees_rounds(follower, 5)
    assert extensions.asked == []


async def test_what_somebody_looks_at_is_read_and_published(redis_url, exchange) -> None:
    began = datetime.now(UTC)
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        await look_at(redis_url, ["201", "202"], soon())
        line = (await follower.sees(has_lines("201", "202"))).snapshot.lines["201"]
    assert [call.unique_id for call in line.calls] == ["201"]
    assert began < line.asked_at < datetime.now(UTC)


async def test_it_is_read_again_each_round_and_leaves_when_nobody_looks(redis_url, exchange, extensions) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await look_at(redis_url, ["201"], soon())
        first = (await follower.sees(has_lines("201"))).snapshot.lines["201"]
        await follower.sees(lambda floor: floor.snapshot.lines["201"].asked_at > first.asked_at)
        async with Redis.from_url(redis_url) as client:
            await client.delete(keys.LOOKS)
        await follower.sees(has_lines())
        await until(lambda: extensions.at_once == 0)
        asked_count = len(extensions.asked)
        await sees_rounds(follower, 3)
        assert len(extensions.asked) == asked_count


async def test_the_first_look_at_an_extension_brings_it_although_rounds_are_rare(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=60):
        await follower.sees(is_read)
        await until_heard(redis_url)
        await look_at(redis_url, ["201"], soon())
        await follower.sees(has_lines("201"))


async def test_a_nudge_has_lines_read_again(redis_url, exchange) -> None:
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=60):
        await follower.sees(is_read)
        await until_heard(redis_url)
        await look_at(redis_url, ["201"], soon())
        first = (await follower.sees(has_lines("201"))).snapshot.lines["201"]
        await send_nudge(redis_url)
        await follower.sees(lambda floor: floor.snapshot.lines["201"].asked_at > first.asked_at)


async def test_a_line_that_hangs_delays_neither_parts_nor_lines_and_is_asked_once(
    redis_url, exchange, extensions
) -> None:
    extensions.hanging["201"] = asyncio.Event()
    await look_at(redis_url, ["201", "202"], soon())
    async with following(redis_url) as follower, polling(redis_url, exchange):
        first = await follower.sees(lambda floor: is_read(floor) and has_lines("202")(floor))
        later = await follower.sees(
            lambda floor: floor.snapshot.lines["202"].asked_at > first.snapshot.lines["202"].asked_at
        )
        assert set(later.snapshot.lines) == {"202"}
        assert later.held.asking_since is None, "EQ is not late for the board"
        await follower.sees(lambda floor: has_fresher_parts(floor, later))
        assert extensions.asked.count("201") == 1
        extensions.hanging.pop("201").set()
        await follower.sees(has_lines("201", "202"))


def has_fresher_parts(floor, than) -> bool:
    return all(
        floor.snapshot.sources[part].taken_at > than.snapshot.sources[part].taken_at
        for part in (Part.STATISTICS, Part.AGENTS, Part.CALLS)
    )


async def test_a_line_that_comes_late_is_published_when_it_comes(redis_url, exchange, extensions) -> None:
    extensions.hanging["201"] = asyncio.Event()
    await look_at(redis_url, ["201"], soon())
    async with following(redis_url) as follower, polling(redis_url, exchange, poll_seconds=60):
        before = await follower.sees(is_read)
        await until(lambda: extensions.asked)
        assert not before.snapshot.lines
        extensions.hanging["201"].set()
        floor = await follower.sees(has_lines("201"))
        assert floor.snapshot.sources == before.snapshot.sources, "of the parts nothing is new"
        assert exchange.count("queued_calls") == 1


async def test_though_every_line_hangs_the_parts_are_read(redis_url, exchange, extensions) -> None:
    looked_at = [str(number) for number in range(201, 221)]
    extensions.hanging = {each: asyncio.Event() for each in looked_at}
    await look_at(redis_url, looked_at, soon())
    async with following(redis_url) as follower, polling(redis_url, exchange):
        first = await follower.sees(is_read)
        await until(lambda: extensions.asked)
        await follower.sees(lambda floor: has_fresher_parts(floor, first))
    assert extensions.most_at_once == line_count(Limits().concurrent_requests)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (says(500, "oops"), Trouble.BROKEN),
        (says(200, '[{"extension": "20'), Trouble.BROKEN),
        (says(403, '[{"parameter": "extension", "type": "invalid"}]'), Trouble.REFUSED),
        (fails_with(httpx.ConnectError("refused")), Trouble.UNREACHABLE),
    ],
    ids=("a server error", "half of it", "a refusal", "nobody there"),
)
async def test_a_line_that_fails_keeps_its_calls_marked_and_is_no_trouble_of_the_board(
    redis_url, exchange, extensions, fault, trouble, caplog
) -> None:
    await look_at(redis_url, ["201"], soon())
    async with following(redis_url) as follower, polling(redis_url, exchange):
        good = (await follower.sees(has_lines("201"))).snapshot.lines["201"]
        faulty_since = datetime.now(UTC)
        exchange.faults["active_calls"] = fault
        floor = await follower.sees(lambda floor: floor.snapshot.lines["201"].trouble)
        line = floor.snapshot.lines["201"]
        assert (line.trouble, line.calls) == (trouble, good.calls)
        assert line.asked_at < faulty_since, "as old as the last answer"
        assert not any(source.trouble for source in floor.snapshot.sources.values())
        exchange.faults["active_calls"] = extensions
        await follower.sees(lambda floor: not floor.snapshot.lines["201"].trouble)
    said = [record.getMessage() for record in caplog.records if "goes on at extensions is lost" in record.getMessage()]
    assert len(said) == 1


async def test_an_extension_that_eq_does_not_know_says_so_and_is_no_news_for_the_log(
    redis_url, exchange, extensions, caplog
) -> None:
    extensions.unknown.add("201")
    await look_at(redis_url, ["201"], soon())
    async with following(redis_url) as follower, polling(redis_url, exchange):
        line = (await follower.sees(has_lines("201"))).snapshot.lines["201"]
        assert (line.trouble, line.calls) == (Trouble.MISSING, ())
    assert "extensions" not in caplog.text


async def test_a_new_leader_goes_on_with_what_is_looked_at(redis_url, exchange) -> None:
    await look_at(redis_url, ["201"], soon())
    async with following(redis_url) as follower:
        async with polling(redis_url, exchange):
            first = await follower.sees(has_lines("201"))
        async with polling(redis_url, exchange):
            floor = await follower.sees(lambda floor: floor.held.epoch != first.held.epoch)
            assert set(floor.snapshot.lines) == {"201"}, "what the last leader read stands meanwhile"
            asked_at = first.snapshot.lines["201"].asked_at
            await follower.sees(lambda floor: floor.snapshot.lines["201"].asked_at > asked_at)


async def test_interest_of_another_kind_in_redis_costs_no_round(redis_url, exchange) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.set(keys.LOOKS, "no set")
    async with following(redis_url) as follower, polling(redis_url, exchange):
        await follower.sees(is_read)
        await sees_rounds(follower, 2)
        await look_at(redis_url, ["201"], soon())
        await follower.sees(has_lines("201"))


@pytest.mark.parametrize("text", ["half a character \ud800", "nul \x00", "\u202e<script>", 'x"; drop'])
async def test_no_text_from_outside_stops_the_lines(redis_url, exchange, text) -> None:
    call = {"extension": "201", "channel": text, "uniqueId": text, "callerIdName": text, "status": text}
    exchange.faults.clear()
    exchange.answers["active_calls"] = [call]
    await look_at(redis_url, ["201"], soon())
    async with following(redis_url) as follower, polling(redis_url, exchange):
        assert len((await follower.sees(has_lines("201"))).snapshot.lines["201"].calls) == 1
        await sees_rounds(follower, 2)


async def test_a_crash_while_reading_a_line_marks_that_line(redis_url, exchange, caplog) -> None:
    await look_at(redis_url, ["201"], soon())
    exchange.faults["active_calls"] = fails_with(ZeroDivisionError("a bug of ours"))
    async with following(redis_url) as follower, polling(redis_url, exchange):
        line = (await follower.sees(has_lines("201"))).snapshot.lines["201"]
        assert line == Line("201", trouble=Trouble.BROKEN)
        await follower.sees(is_read)
        await sees_rounds(follower, 3)
    assert caplog.text.count("ZeroDivisionError: a bug of ours") == 1


# The reader alone


async def test_when_redis_does_not_tell_who_looks_nobody_does(exchange, extensions, caplog, monkeypatch) -> None:
    monkeypatch.setattr(lines, "ATTEMPT_SECONDS", 0.01)
    answers = [("201",), FeedLost[0]("away"), FeedLost[0]("away"), ("201",)]

    async def look(now: datetime) -> tuple[str, ...]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with exchange.telephone() as eq:
        reader = LineReader(eq, look, lambda: NOON, 3, plenty())
        rounds = asyncio.create_task(reader.go_round())
        while answers:
            count = len(answers)
            reader.is_due.set()
            await until(lambda count=count: len(answers) < count and not reader.is_due.is_set())
        await until(lambda: len(extensions.asked) == 2)
        rounds.cancel()
        await asyncio.gather(rounds, return_exceptions=True)
        await reader.close()
    assert caplog.text.count("which extension is lost: Redis does not tell") == 1


async def test_closing_leaves_no_request_behind(exchange, extensions) -> None:
    extensions.hanging["201"] = asyncio.Event()

    async def look(now: datetime) -> tuple[str, ...]:
        return ("201",)

    before = asyncio.all_tasks()
    async with exchange.telephone() as eq:
        reader = LineReader(eq, look, lambda: NOON, 3, plenty())
        rounds = asyncio.create_task(reader.go_round())
        reader.is_due.set()
        await until(lambda: extensions.asked)
        rounds.cancel()
        await asyncio.gather(rounds, return_exceptions=True)
        await reader.close()
    assert asyncio.all_tasks() == before
    assert extensions.at_once == 0


@pytest.mark.parametrize(("concurrent", "at_once"), [(1, 1), (2, 1), (6, 3), (64, 32)])
def test_lines_leave_half_of_eq_s_patience_to_the_parts(concurrent, at_once) -> None:
    assert line_count(concurrent) == at_once


async def test_the_publisher_knows_who_looks(redis_url) -> None:
    await look_at(redis_url, ["201"], soon())
    publisher = Publisher(redis_url)
    assert await publisher.looked_at(datetime.now(UTC)) == ("201",)
    await publisher.close()
