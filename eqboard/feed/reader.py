"""Reading what is stored: the whole floor, and of what was counted only the spans that one does not have yet."""

import asyncio
from dataclasses import dataclass, field

import redis.asyncio

from eqboard.feed import keys
from eqboard.feed.follow import Counts
from eqboard.feed.messages import Stored, Unreadable, spans, stored
from eqboard.floor.buckets import Span

READ = """
local function text(key)
  local found = redis.pcall('get', key)
  return type(found) == 'table' and 'no string' or found
end
local known, kept, news = {}, {}, {}
for i = 1, #ARGV, 2 do known[ARGV[i]] = ARGV[i + 1] end
local marks = redis.pcall('hgetall', KEYS[4])
for i = 1, #marks, 2 do
  local span = redis.pcall('hget', KEYS[3], marks[i])
  if type(span) == 'string' then
    if known[marks[i]] == marks[i + 1] then
      kept[#kept + 1] = marks[i]
    else
      news[#news + 1] = {marks[i], marks[i + 1], span}
    end
  end
end
return {text(KEYS[1]), text(KEYS[2]), kept, news}
"""
AT_ONCE_BYTES = 200_000  # more is read beside the event loop: everybody's sockets wait for that one

Reply = tuple[bytes | None, bytes | None, list[bytes], list[tuple[bytes, bytes, bytes]]]


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a leader leaves behind, as of one update."""

    stored: Stored | None = None  # None: there is none, or none that can be read
    counts: Counts = field(default_factory=Counts)
    watch: bytes = b""
    is_foreign: bool = False  # something is there in place of a floor


async def read_whole(client: redis.asyncio.Redis, known: Counts) -> Whole:
    """What is stored, in one step. `known` is what was read or heard of the spans before. Raises FeedLost."""
    marks = [word for pair in known.marks.items() for word in pair]
    reply: Reply = await client.eval(READ, 4, keys.SNAPSHOT, keys.WATCH, keys.SPANS, keys.MARKS, *marks)
    if sum(len(span) for _, _, span in reply[3]) > AT_ONCE_BYTES:
        return await asyncio.to_thread(_understood, reply, known)
    return _understood(reply, known)


def _understood(reply: Reply, known: Counts) -> Whole:
    data, watch, kept, news = reply
    readable = {place.decode(): (mark.decode(), span) for place, mark, text in news if (span := _span(text))}
    counts = known.resync(frozenset(place.decode() for place in kept), readable)
    try:
        floor = stored.decode(data) if data else None
    except Unreadable:
        return Whole(None, counts, watch or b"", is_foreign=True)
    return Whole(floor, counts, watch or b"")


def _span(text: bytes) -> Span | None:
    try:
        return spans.decode(text)
    except Unreadable:
        return None


async def read_stored(client: redis.asyncio.Redis) -> Stored | None:
    """The stored floor alone; None when there is none, or something else. Raises FeedLost."""
    try:
        data = await client.get(keys.SNAPSHOT)
        return stored.decode(data) if data else None
    except Unreadable:
        return None
    except redis.ResponseError as error:
        if str(error).startswith("WRONGTYPE"):  # a list, a set …
            return None
        raise
