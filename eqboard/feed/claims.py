"""Who is at what: "Dana is stealing this". A claim is held by one, for a short time, and kept alive while it is true.

All moments are on the poller's clock (`Floor.theirs`), by which web processes on several hosts agree. A claim that is
over gives way to the next one, also when nobody released it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import redis
import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.connection import connect
from eqboard.feed.messages import Codec, Unreadable

MOST_CLAIMS = 2000  # in Redis; more are refused


@dataclass(frozen=True, slots=True)
class Claim:
    slot: str  # what only one may hold (slots.py)
    subject: str  # what others see marked (slots.py)
    action: str  # its name (accounts/access.py)
    user_id: int
    who: str  # the name that others see
    attempt: str  # a UUID: whose claim it is
    since: datetime
    until: datetime  # when it is over unless it is kept, to the millisecond
    order: str = ""  # what exactly is done, as a digest: the same pressed twice has the same

    def is_living(self, now: datetime) -> bool:
        return self.until > now


class ClaimsFull(redis.RedisError):
    """More are held than can be meant. Whoever handles FeedLost handles this."""


claims = Codec(Claim, moment="since")

# A field of the hash is "<until, in ms since the epoch> <the claim as JSON>": `keep` changes nothing but the number.
# What is of another form, or of another kind, is nobody's.
HELD = """
if redis.call('type', KEYS[1]).ok ~= 'hash' then redis.call('del', KEYS[1]) end
local function parts(text) return string.match(text or '', '^(%d+) (.*)$') end
local function held_by(slot, attempt)
  local _, claim = parts(redis.call('hget', KEYS[1], slot))
  local is_read, found = pcall(cjson.decode, claim)
  return is_read and type(found) == 'table' and found.attempt == attempt and claim
end
"""
TAKE = f"""{HELD}
local all = redis.call('hgetall', KEYS[1])
for i = 1, #all, 2 do
  local ends = parts(all[i + 1])
  if not ends or tonumber(ends) <= tonumber(ARGV[3]) then redis.call('hdel', KEYS[1], all[i]) end
end
local other = redis.call('hget', KEYS[1], ARGV[1])
if other and other ~= ARGV[5] then return other end
if redis.call('hlen', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
redis.call('publish', KEYS[2], '1')
return 1
"""
KEEP = f"""{HELD}
local claim = held_by(ARGV[1], ARGV[2])
if not claim then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3] .. ' ' .. claim)
redis.call('publish', KEYS[2], '1')
return 1
"""
RELEASE = f"""{HELD}
if not held_by(ARGV[1], ARGV[2]) then return 0 end
redis.call('hdel', KEYS[1], ARGV[1])
redis.call('publish', KEYS[2], '1')
return 1
"""
GO_OVER = f"""{HELD}
local ends = parts(redis.call('hget', KEYS[1], ARGV[1]))
local is_own = held_by(ARGV[1], ARGV[2]) or held_by(ARGV[1], ARGV[4])
local is_free = not ends or tonumber(ends) <= tonumber(ARGV[6]) or is_own
if is_free then redis.call('hset', KEYS[1], ARGV[1], ARGV[5]) end
if held_by(ARGV[3], ARGV[4]) then redis.call('hdel', KEYS[1], ARGV[3]) end
redis.call('publish', KEYS[2], '1')
return is_free and 1 or 0
"""


class Claims:
    """The claims in Redis, over connections that are kept. For one event loop. Each method raises FeedLost."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.asyncio.Redis = connect(redis_url)

    async def take(self, claim: Claim, now: datetime) -> Claim | None:
        """None: the slot is ours from now on. Else whose it is: perhaps this very attempt's, which has come twice.

        Raises ClaimsFull.
        """
        slot, junk = _bytes(claim.slot), b""
        while True:
            answer = await self._run(TAKE, slot, _encoded(claim), _ms(now), MOST_CLAIMS, junk)
            if answer == 0:
                raise ClaimsFull(f"{MOST_CLAIMS} claims are held")
            if isinstance(answer, int):
                return None
            if holder := _decoded(slot.decode(), answer):
                return holder
            junk = answer

    async def keep(self, slot: str, attempt: str, until: datetime) -> bool:
        """The claim holds until then. False: it is not, or not any more, this attempt's."""
        return bool(await self._run(KEEP, _bytes(slot), _bytes(attempt), _ms(until)))

    async def release(self, slot: str, attempt: str) -> bool:
        """The claim is over. False: it is not, or not any more, this attempt's."""
        return bool(await self._run(RELEASE, _bytes(slot), _bytes(attempt)))

    async def go_over(self, former: Claim, interim: str, claim: Claim, now: datetime) -> bool:
        """In one step: `claim` is in the place of the former one, and the slot `interim`, which it had meanwhile, is
        free. False: the former one was over, and another has its place. Asked again it says the same.
        """
        slots = _bytes(former.slot), _bytes(former.attempt), _bytes(interim), _bytes(claim.attempt)
        return bool(await self._run(GO_OVER, *slots, _encoded(claim), _ms(now)))

    async def all(self, now: datetime) -> Mapping[str, Claim]:
        """The claims that live, by slot."""
        return living(await read_claims(self._redis), now)

    async def close(self) -> None:
        await self._redis.aclose()

    async def _run(self, script: str, *arguments: bytes | int) -> int | bytes:
        answer: int | bytes = await self._redis.eval(script, 2, keys.CLAIMS, keys.CLAIM_NEWS, *arguments)
        return answer


async def read_claims(client: redis.asyncio.Redis) -> Mapping[str, Claim]:
    """All claims that can be read, by slot, those that are over too. Raises FeedLost."""
    try:
        found: dict[Any, Any] = await client.hgetall(keys.CLAIMS)
    except redis.ResponseError as error:
        if str(error).startswith("WRONGTYPE"):  # a list, a set …
            return {}
        raise
    read = (_decoded(slot.decode(errors="replace"), text) for slot, text in found.items())
    return {claim.slot: claim for claim in read if claim}


def living(held: Mapping[str, Claim], now: datetime) -> Mapping[str, Claim]:
    """Those that are not over; the same mapping if none is."""
    kept = {slot: claim for slot, claim in held.items() if claim.is_living(now)}
    return held if len(kept) == len(held) else kept


def is_same(one: Mapping[str, Claim], other: Mapping[str, Claim]) -> bool:
    """Whether the same claims are held, though some may have been kept for longer: that is no news to anybody."""
    return {claim.slot: claim.attempt for claim in one.values()} == {
        claim.slot: claim.attempt for claim in other.values()
    }


def _encoded(claim: Claim) -> bytes:
    return b"%d %s" % (_ms(claim.until), claims.encode(claim))


def _decoded(slot: str, text: bytes) -> Claim | None:
    """None for what is no claim, or not one of this slot."""
    ends, _, data = text.partition(b" ")
    try:
        claim = claims.decode(data)
        until = datetime.fromtimestamp(int(ends) / 1000, UTC)
    except (Unreadable, ValueError, OverflowError, OSError):
        return None
    return replace(claim, until=until) if claim.slot == slot else None


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _bytes(text: str) -> bytes:
    """As the codec writes it: half a character becomes a question mark."""
    return text.encode("utf-8", "replace")
