"""Claims on a real Redis: one holds, others are told, and what is over gives way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from eqboard.feed import claims as module
from eqboard.feed import keys
from eqboard.feed.claims import Claims, ClaimsFull, living
from eqboard.feed.connection import FeedLost
from tests.builders import HOSTILE_TEXTS, NOON, ago, claim
from tests.feed.following import told_on

SLOT = claim().slot
OTHERS = claim(user_id=2, who="Avi", attempt="b1f7f6ab-5d5e-4b8f-8f53-6e1a4a3c2d10")


@pytest.fixture
async def held(redis_url) -> AsyncIterator[Claims]:
    held = Claims(redis_url)
    yield held
    await held.close()


async def test_what_nobody_holds_is_taken(held) -> None:
    assert await held.take(claim(), NOON) is None
    assert await held.all(NOON) == {SLOT: claim()}


async def test_what_somebody_holds_is_not_taken_and_one_is_told_who_has_it(held) -> None:
    await held.take(claim(), NOON)
    assert await held.take(OTHERS, ago(-9.999)) == claim()
    assert await held.all(NOON) == {SLOT: claim()}


async def test_an_attempt_that_comes_twice_takes_once(held) -> None:
    await held.take(claim(), NOON)
    assert await held.take(claim(), NOON) == claim()


NEXT = f"next:{SLOT}"
AFTER = replace(claim(), attempt="c2f7f6ab-5d5e-4b8f-8f53-6e1a4a3c2d11", action="monitor.whisper")


async def test_whoever_goes_over_to_the_next_thing_is_at_no_moment_at_neither(held, redis_url) -> None:
    await held.take(claim(), NOON)
    await held.take(replace(AFTER, slot=NEXT), NOON)

    async def go_over() -> None:
        assert await held.go_over(claim(), NEXT, AFTER, NOON)

    assert await told_on(keys.CLAIM_NEWS, redis_url, go_over()) == 1
    assert await held.all(NOON) == {SLOT: AFTER}


@pytest.mark.parametrize("former", [None, replace(claim(), until=NOON)], ids=["released", "over"])
async def test_or_takes_the_place_that_has_become_free(held, former) -> None:
    if former is not None:
        await held.take(former, ago(60))
    await held.take(replace(AFTER, slot=NEXT), NOON)
    assert await held.go_over(claim(), NEXT, AFTER, NOON)
    assert await held.all(NOON) == {SLOT: AFTER}


async def test_whoever_asks_again_as_the_first_answer_was_lost_is_told_the_same(held) -> None:
    await held.take(claim(), NOON)
    await held.take(replace(AFTER, slot=NEXT), NOON)
    assert await held.go_over(claim(), NEXT, AFTER, NOON)
    assert await held.go_over(claim(), NEXT, AFTER, NOON)
    assert await held.all(NOON) == {SLOT: AFTER}


async def test_but_not_that_of_somebody_who_was_there_first(held) -> None:
    await held.take(OTHERS, NOON)
    await held.take(replace(AFTER, slot=NEXT), NOON)
    assert not await held.go_over(claim(), NEXT, AFTER, NOON)
    assert await held.all(NOON) == {SLOT: OTHERS}


async def test_what_is_over_gives_way(held) -> None:
    await held.take(claim(), NOON)
    later = replace(OTHERS, since=ago(-10), until=ago(-20))
    assert await held.take(later, ago(-10)) is None
    assert await held.all(ago(-10)) == {SLOT: later}


async def test_of_two_who_press_at_the_same_moment_exactly_one_wins(redis_url) -> None:
    ends = [Claims(redis_url), Claims(redis_url)]
    for number in range(50):
        mine, theirs = (replace(each, slot=f"call:{number}") for each in (claim(), OTHERS))
        answers = await asyncio.gather(ends[0].take(mine, NOON), ends[1].take(theirs, NOON))
        assert answers in ([None, mine], [theirs, None])
    for each in ends:
        await each.close()


async def test_its_holder_keeps_it(held) -> None:
    await held.take(claim(), NOON)
    assert await held.keep(SLOT, claim().attempt, ago(-60))
    assert await held.all(ago(-30)) == {SLOT: claim(until=ago(-60))}
    assert await held.take(OTHERS, ago(-30)) == claim(until=ago(-60))


async def test_nobody_else_keeps_or_releases_it(held) -> None:
    await held.take(claim(), NOON)
    assert not await held.keep(SLOT, OTHERS.attempt, ago(-60))
    assert not await held.release(SLOT, OTHERS.attempt)
    assert await held.all(NOON) == {SLOT: claim()}


async def test_who_lost_it_to_another_neither_keeps_nor_releases_it(held) -> None:
    await held.take(claim(), NOON)
    later = replace(OTHERS, until=ago(-20))
    await held.take(later, ago(-10))
    assert not await held.keep(SLOT, claim().attempt, ago(-60))
    assert not await held.release(SLOT, claim().attempt)
    assert await held.all(ago(-10)) == {SLOT: later}


async def test_what_nobody_holds_is_neither_kept_nor_released(held) -> None:
    assert not await held.keep(SLOT, claim().attempt, ago(-60))
    assert not await held.release(SLOT, claim().attempt)
    assert await held.all(NOON) == {}


async def test_its_holder_releases_it(held) -> None:
    await held.take(claim(), NOON)
    assert await held.release(SLOT, claim().attempt)
    assert await held.all(NOON) == {}
    assert await held.take(OTHERS, NOON) is None


async def test_slots_do_not_know_each_other(held) -> None:
    await held.take(claim("agent:7"), NOON)
    assert await held.take(claim("agent:8"), NOON) is None
    assert await held.release("agent:7", claim().attempt)
    assert set(await held.all(NOON)) == {"agent:8"}


async def test_each_change_is_told_and_a_refusal_is_not(held, redis_url) -> None:
    async def changes() -> None:
        await held.take(claim(), NOON)
        await held.keep(SLOT, claim().attempt, ago(-60))
        await held.release(SLOT, claim().attempt)

    async def refusals() -> None:
        await held.take(OTHERS, NOON)
        await held.keep(SLOT, OTHERS.attempt, ago(-60))
        await held.release(SLOT, OTHERS.attempt)

    assert await told_on(keys.CLAIM_NEWS, redis_url, changes()) == 3
    await held.take(claim(), NOON)
    assert await told_on(keys.CLAIM_NEWS, redis_url, refusals()) == 0


async def test_what_is_over_leaves_redis_with_the_next_one(held, redis_url) -> None:
    await held.take(claim("agent:1"), NOON)
    await held.take(claim("agent:2", until=ago(-60)), NOON)
    await held.take(claim("agent:3", until=ago(-60)), ago(-10))
    async with Redis.from_url(redis_url) as client:
        assert set(await client.hkeys(keys.CLAIMS)) == {b"agent:2", b"agent:3"}


async def test_more_than_can_be_meant_are_refused_until_some_are_over(held, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_CLAIMS", 2)
    await held.take(claim("agent:1"), NOON)
    await held.take(claim("agent:2"), NOON)
    with pytest.raises(ClaimsFull) as refusal:
        await held.take(claim("agent:3"), NOON)
    assert isinstance(refusal.value, FeedLost)
    assert await held.take(claim("agent:2"), NOON) == claim("agent:2")
    assert await held.take(claim("agent:3", until=ago(-60)), ago(-10)) is None


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
async def test_hostile_texts_are_carried_as_they_are(held, text) -> None:
    hostile = claim(f"call:{text}", action=text, who=text, attempt=text)
    assert await held.take(hostile, NOON) is None
    assert await held.all(NOON) == {hostile.slot: hostile}
    assert await held.take(OTHERS, NOON) is None, "another slot"
    assert await held.keep(hostile.slot, text, ago(-60))
    assert await held.release(hostile.slot, text)


async def test_half_a_character_becomes_a_question_mark(held) -> None:
    await held.take(claim("call:\ud800", who="\ud800"), NOON)
    [kept] = (await held.all(NOON)).values()
    assert (kept.slot, kept.who) == ("call:?", "?")
    assert await held.release("call:\ud800", claim().attempt)


@pytest.mark.parametrize(
    "junk",
    [b"", b"9999999999999", b"9999999999999 {}", b"9999999999999 [[", b"soon {}", b"\xff", b"9" * 400 + b" {}"],
    ids=("nothing", "no claim", "an empty one", "no JSON", "no number", "no text", "no moment"),
)
async def test_what_is_no_claim_is_passed_over_and_gives_way(held, redis_url, junk) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.hset(keys.CLAIMS, SLOT, junk)
    assert await held.all(NOON) == {}
    assert not await held.keep(SLOT, claim().attempt, ago(-60))
    assert not await held.release(SLOT, claim().attempt)
    assert await held.take(claim(), NOON) is None


async def test_a_claim_in_the_place_of_another_is_passed_over(held, redis_url) -> None:
    await held.take(claim(), NOON)
    async with Redis.from_url(redis_url) as client:
        await client.hset(keys.CLAIMS, "agent:7", await client.hget(keys.CLAIMS, SLOT))
    assert set(await held.all(NOON)) == {SLOT}


async def test_a_value_of_another_kind_is_overwritten(held, redis_url) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.lpush(keys.CLAIMS, b"1")
    assert await held.all(NOON) == {}
    assert await held.take(claim(), NOON) is None
    assert await held.all(NOON) == {SLOT: claim()}


async def test_without_redis_nothing_is_taken(held, redis_server) -> None:
    redis_server.stop()
    held_or_not = (held.take(claim(), NOON), held.keep(SLOT, "a", NOON), held.release(SLOT, "a"), held.all(NOON))
    for work in (*held_or_not, held.go_over(claim(), NEXT, AFTER, NOON)):
        with pytest.raises(FeedLost):
            await work


async def test_the_connection_is_found_again_after_redis_was_gone(held, redis_server) -> None:
    await held.take(claim(), NOON)
    redis_server.stop()
    with pytest.raises(FeedLost):
        await held.all(NOON)
    redis_server.start()
    assert await held.take(claim(), NOON) is None


def test_a_claim_lives_until_its_end() -> None:
    assert claim().is_living(claim().until - timedelta(milliseconds=1))
    assert not claim().is_living(claim().until)


def test_as_long_as_none_is_over_the_living_are_the_same_mapping() -> None:
    both = {each.slot: each for each in (claim("agent:1"), claim("agent:2", until=ago(-60)))}
    assert living(both, NOON) is both
    assert set(living(both, ago(-30))) == {"agent:2"}
