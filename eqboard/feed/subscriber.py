"""The receiving end: follow the floor, whatever happens to Redis.

redis-py's asyncio pub/sub may not notice a lost connection, so messages are read with a timeout and the line is tried
after silence. Every connect, every gap and every new leader ends in reading the whole floor again: one code path.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import redis.asyncio
import redis.asyncio.client

from eqboard.feed import keys
from eqboard.feed.claims import is_same, read_claims
from eqboard.feed.connection import ANSWER_SECONDS, FeedLost, connected, name_of
from eqboard.feed.follow import Clocks, Floor, Verdict, judge
from eqboard.feed.messages import Unreadable, Update, updates
from eqboard.feed.reader import read_stored, read_whole
from eqboard.loops import end_if_cancelled

logger = logging.getLogger(__name__)

LISTEN_SECONDS = 0.5  # how long one wait for a message lasts
SILENCE_SECONDS = 1.0  # after this much silence Redis is asked whether it is there
PING_SECONDS = 1.0  # and must say so within this: before anybody takes its silence for the poller's
BACK_OFF_SECONDS = (0.1, 0.2, 0.5, 1.0)


async def follow(redis_url: str) -> AsyncGenerator[Floor, None]:
    """The floor as it becomes known, for as long as the caller listens: `async with aclosing(follow(url)) as floors`.

    Yields after every update, after every whole reading, when the claims change, and once when Redis is lost; then
    keeps trying. A Redis that comes back empty does not blank the floor: the last truth stays until a poller publishes
    again. While Redis is lost, claims stay until they are over.
    """
    floor = Floor()
    attempt = 0
    while True:
        end_if_cancelled()
        try:
            known = replace(floor, back_at=datetime.now(UTC)) if attempt else floor
            async with connected(redis_url) as client, aclosing(_listen(client, known)) as floors:
                async for floor in floors:
                    if attempt:
                        logger.info("The feed is back")
                    attempt = 0
                    yield floor
        except FeedLost as error:
            if not attempt:
                logger.warning("The feed is lost (%s); trying again until it is back", name_of(error))
                floor = floor.lost()
                yield floor
            elif (newer := floor.with_claims(floor.claims, datetime.now(UTC))) is not floor:
                floor = newer
                yield floor
        pause = BACK_OFF_SECONDS[min(attempt, len(BACK_OFF_SECONDS) - 1)]
        attempt += 1
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))


async def read_floor(redis_url: str) -> Floor:
    """The floor as it is now, once, without claims and what was counted; without Redis, a floor that says so."""
    try:
        async with connected(redis_url) as client:
            return Floor(await read_stored(client), is_connected=True)
    except FeedLost:
        return Floor()


async def _listen(client: redis.asyncio.Redis, known: Floor) -> AsyncGenerator[Floor, None]:
    """Subscribe, then read the whole floor, then apply what comes. Raises FeedLost."""
    async with client.pubsub() as channel:
        await _subscribe(channel, keys.UPDATES, keys.CLAIM_NEWS)
        floor = replace(await _resynced(client, known), is_connected=True)
        clocks = Clocks(floor.ahead_seconds)
        yield floor
        async with aclosing(_messages(client, channel)) as messages:
            is_foreign = False  # tell of messages of another version once, not of each
            async for told_on, data in messages:
                before = floor
                if told_on == keys.CLAIM_NEWS:
                    floor = await _with_claims(client, floor)
                else:
                    update = _decoded(data)
                    if update is None and not is_foreign:
                        logger.warning("Updates of another version are passed over; the whole floor is read instead")
                    is_foreign = update is None
                    floor = await _timed(client, floor, await _take(client, floor, update), clocks)
                if floor.held is not before.held or not is_same(floor.claims, before.claims):
                    yield floor


async def _timed(client: redis.asyncio.Redis, before: Floor, newest: Floor, clocks: Clocks) -> Floor:
    """With what a new update tells of the poller's clock, by which some claims may be over, or others not yet.

    Raises FeedLost.
    """
    now = datetime.now(UTC)
    if newest.held is not None and newest.held is not before.held:
        newest = replace(newest, ahead_seconds=clocks.ahead_seconds(newest.held.sent_at, now))
    if newest.ahead_seconds != before.ahead_seconds:
        return await _with_claims(client, newest)
    return newest.with_claims(newest.claims, now)


async def _subscribe(channel: redis.asyncio.client.PubSub, *names: str) -> None:
    """Come back when Redis has confirmed: what is read from then on cannot miss a message. Raises FeedLost."""
    await channel.subscribe(*names)
    for _ in names:  # each is confirmed on its own
        if await channel.get_message(timeout=ANSWER_SECONDS) is None:
            raise redis.TimeoutError("Redis does not confirm a subscription")


async def _messages(
    client: redis.asyncio.Redis, channel: redis.asyncio.client.PubSub
) -> AsyncGenerator[tuple[str, bytes], None]:
    """What is told, and on which channel. Raises FeedLost."""
    silent_seconds = 0.0
    is_asked = False  # a ping on the channel itself has not been answered yet
    while True:
        end_if_cancelled()
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=LISTEN_SECONDS)
        if message is not None:
            silent_seconds = 0.0
            is_asked = False
            if message["type"] == "message":  # and not the answer to a ping
                yield message["channel"].decode(), message["data"]
            continue
        silent_seconds += LISTEN_SECONDS
        if silent_seconds >= SILENCE_SECONDS:
            if is_asked:  # Redis may answer on other connections while this one is dead
                raise redis.TimeoutError("Redis is silent on the channel")
            silent_seconds = 0.0
            async with asyncio.timeout(PING_SECONDS):
                await client.ping()
                await channel.ping()
            is_asked = True


def _decoded(data: bytes) -> Update | None:
    """None for an update of another version, or damaged."""
    try:
        return updates.decode(data)
    except Unreadable:
        return None


async def _take(client: redis.asyncio.Redis, floor: Floor, update: Update | None) -> Floor:
    if update is None or floor.held is None:
        return await _resynced(client, floor)
    match judge(floor.held, update):
        case Verdict.IGNORE:
            return floor
        case Verdict.APPLY:
            return floor.advance(update)
        case Verdict.RESYNC:
            return await _resynced(client, floor)


async def _resynced(client: redis.asyncio.Redis, floor: Floor) -> Floor:
    """The floor and the counts that are stored; where none are, the last truth stays. The claims are as stored.

    Raises FeedLost.
    """
    whole = await read_whole(client, floor.counts)
    stored = floor if whole.stored is None else replace(floor, held=whole.stored, counts=whole.counts)
    return await _with_claims(client, stored)


async def _with_claims(client: redis.asyncio.Redis, floor: Floor) -> Floor:
    """With the claims as they are stored. Raises FeedLost."""
    return floor.with_claims(await read_claims(client), datetime.now(UTC))


async def nudges(redis_url: str) -> AsyncGenerator[None, None]:
    """Yields for each nudge; ends when Redis is lost (raises FeedLost)."""
    async with connected(redis_url) as client, client.pubsub() as channel:
        await _subscribe(channel, keys.NUDGES)
        async with aclosing(_messages(client, channel)) as messages:
            async for _ in messages:
                yield None
