"""At which extensions somebody looks, on a real Redis."""

import pytest
from redis.asyncio import Redis

from eqboard.feed import keys, looking
from eqboard.feed.connection import FeedLost
from eqboard.feed.looking import LONGEST_EXTENSION, MOST_LINES, look_at, looked_at
from tests.builders import HOSTILE_TEXTS, NOON, ago
from tests.feed.following import told_on

SOON, LATER = ago(-10), ago(-20)


@pytest.fixture
async def client(redis_url):
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_told_yet():
    looking._tell_of_surplus.cache_clear()


async def test_what_somebody_looks_at_is_looked_at_until_it_is_over(redis_url, client) -> None:
    await look_at(redis_url, ["207", "201"], SOON)
    await look_at(redis_url, ["202"], LATER)
    assert await looked_at(client, NOON) == ("201", "202", "207")
    assert await looked_at(client, SOON) == ("202",)
    assert await looked_at(client, LATER) == ()


async def test_what_is_over_leaves_redis(redis_url, client) -> None:
    await look_at(redis_url, ["201"], SOON)
    await looked_at(client, SOON)
    assert not await client.exists(keys.LOOKS)


async def test_whoever_looks_longest_counts(redis_url, client) -> None:
    await look_at(redis_url, ["201"], LATER)
    await look_at(redis_url, ["201"], SOON)
    assert await looked_at(client, SOON) == ("201",)


async def test_the_poller_is_nudged_for_a_new_one_only(redis_url) -> None:
    assert await told_on(keys.NUDGES, redis_url, look_at(redis_url, ["201", "202"], SOON)) == 1
    assert await told_on(keys.NUDGES, redis_url, look_at(redis_url, ["202", "201"], LATER)) == 0
    assert await told_on(keys.NUDGES, redis_url, look_at(redis_url, ["202", "203"], LATER)) == 1


async def test_of_too_many_those_looked_at_last_are_kept_and_it_is_logged_once(redis_url, client, caplog) -> None:
    old, new = [f"1{number:02}" for number in range(MOST_LINES)], ["201", "202", "203"]
    await look_at(redis_url, old, SOON)
    assert caplog.text == ""
    await look_at(redis_url, new, LATER)
    await look_at(redis_url, old, SOON)
    kept = await looked_at(client, NOON)
    assert len(kept) == MOST_LINES
    assert set(new) < set(kept)
    assert [record.getMessage() for record in caplog.records] == [
        f"More than {MOST_LINES} extensions are looked at; only those looked at last are read"
    ]


async def test_of_too_many_at_once_no_more_than_can_be_read_are_stored(redis_url, client, caplog) -> None:
    await look_at(redis_url, (str(number) for number in range(1000)), SOON)
    assert await client.zcard(keys.LOOKS) == MOST_LINES
    assert "are looked at" in caplog.text


@pytest.mark.parametrize("text", ["", "   ", "2" * (LONGEST_EXTENSION + 1), "\ud800", "20\x001", "\u202e201"])
async def test_what_is_no_extension_is_left_out(redis_url, client, text) -> None:
    await look_at(redis_url, [text], SOON)
    assert not await client.exists(keys.LOOKS)
    await look_at(redis_url, [text, "201"], SOON)
    assert await looked_at(client, NOON) == ("201",)


async def test_other_texts_are_carried_as_they_are(redis_url, client) -> None:
    carried = [each for each in HOSTILE_TEXTS if each.isprintable() and each.strip() and len(each) <= LONGEST_EXTENSION]
    await look_at(redis_url, HOSTILE_TEXTS, SOON)
    assert await looked_at(client, NOON) == tuple(sorted(carried))


async def test_a_value_of_another_kind_is_overwritten(redis_url, client) -> None:
    await client.set(keys.LOOKS, "no set")
    assert await looked_at(client, NOON) == ()
    await look_at(redis_url, ["201"], SOON)
    assert await looked_at(client, NOON) == ("201",)


async def test_junk_in_the_set_costs_no_other(redis_url, client) -> None:
    await client.zadd(keys.LOOKS, {b"\xff": SOON.timestamp()})
    await look_at(redis_url, ["201"], SOON)
    assert "201" in await looked_at(client, NOON)


async def test_without_redis_nobody_looks(redis_url, redis_server) -> None:
    redis_server.stop()
    with pytest.raises(FeedLost):
        await look_at(redis_url, ["201"], SOON)
