"""What EQ is asked right before an order is sent: is the call still there, and can the telephone take it?

These are reads, by the key alone; they are tried again, as all reads are. Where EQ does not answer, nothing is sent.
"""

import asyncio
from collections.abc import Awaitable, Sequence

from eqboard.control.catalogue.evidence import is_at_telephone, is_unmoved
from eqboard.control.catalogue.numbers import is_same_number
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.eq import EQNotFound
from eqboard.eq.models import ActiveCall, ConferenceParticipant, ParkedCall, QueuedCall
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import LineState

GONE = Obstacle(Why.GONE)


async def before_stealing(eq: Resources, order: Order) -> Obstacle | None:
    """Still queued where they were seen, and the destination is free."""
    return await _first(_still_waits(eq, order), destination_is_free(eq, order))


async def before_picking_up(eq: Resources, order: Order) -> Obstacle | None:
    return await _first(_still_parked(eq, order), destination_is_free(eq, order))


async def before_transferring(eq: Resources, order: Order) -> Obstacle | None:
    """The destination may be a number outside: EQ knows nothing of that."""
    return await _first(still_at_telephone(eq, order), _destination_is_free_or_outside(eq, order))


async def _destination_is_free_or_outside(eq: Resources, order: Order) -> Obstacle | None:
    obstacle = await destination_is_free(eq, order)
    return None if obstacle is not None and obstacle.why is Why.NO_EXTENSION else obstacle


async def before_listening(eq: Resources, order: Order) -> Obstacle | None:
    """A monitor extension that listens already may go on to somebody else; with any other call it would not ring."""
    calls = await _calls_at(eq, order.monitor_extension or "")
    if isinstance(calls, Obstacle):
        return calls
    others = [each for each in calls if order.call is None or each.channel != order.call.channel]
    return Obstacle(Why.BUSY, where=order.monitor_extension or "") if others else None


async def before_stopping(eq: Resources, order: Order) -> Obstacle | None:
    """The monitor extension has that very call still: any other is not to be hung up."""
    calls = await _calls_at(eq, order.monitor_extension or "")
    if isinstance(calls, Obstacle):
        return calls
    is_there = order.call is not None and any(is_at_telephone(order.call, each) for each in calls)
    return None if is_there else GONE


async def still_at_telephone(eq: Resources, order: Order) -> Obstacle | None:
    """The telephone has that very call still."""
    call = order.call
    if call is None:
        return GONE
    calls = await _calls_at(eq, order.extension or "")
    if isinstance(calls, Obstacle):
        return calls
    return None if any(is_at_telephone(call, each) for each in calls) else GONE


async def still_in_room(eq: Resources, order: Order) -> Obstacle | None:
    """They are in that conference still, and nobody else on their channel."""
    call = order.call
    if call is None:
        return GONE
    rooms = [each for each in await eq.conferences.all() if each.extension == call.place]
    return None if any(_is_in(call, room.participants) for room in rooms) else GONE


async def destination_is_free(eq: Resources, order: Order) -> Obstacle | None:
    """A destination that is wrong or does not answer costs the call (contract §4)."""
    destination = order.destination or ""
    if destination == order.extension:
        return Obstacle(Why.ITSELF, where=destination)
    calls = await _calls_at(eq, destination)
    if isinstance(calls, Obstacle):
        return calls
    return Obstacle(Why.BUSY, where=destination) if calls else None


async def before_dialling(eq: Resources, order: Order) -> Obstacle | None:
    """There is such a telephone, and no call to there of which nobody knew when it was asked to."""
    calls = await _calls_at(eq, order.extension or "")
    if isinstance(calls, Obstacle):
        return calls
    unknown = (each for each in calls if each.channel not in order.had)
    is_there = any(is_same_number(each.connected_number, order.destination) for each in unknown)
    return Obstacle(Why.ALREADY) if is_there else None


async def before_recording(eq: Resources, order: Order, *, is_wanted: bool) -> Obstacle | None:
    """Without a conversation nothing is recorded, and EQ says "Success" all the same; of several it takes any.
    `is_wanted`: whether the call is to be recorded from now on.
    """
    calls = await _calls_at(eq, order.extension or "")
    if isinstance(calls, Obstacle):
        return calls
    talks = [each for each in calls if each.status == LineState.UP]
    call = order.call
    if call is not None and talks and not is_at_telephone(call, talks[0]):
        return GONE
    if len(talks) > 1:
        return GONE
    if not talks:
        return Obstacle(Why.NOT_TALKING, where=order.extension or "")
    return Obstacle(Why.ALREADY) if talks[0].recording is is_wanted else None


async def _still_waits(eq: Resources, order: Order) -> Obstacle | None:
    call = order.call
    if call is None:
        return GONE
    return None if _is_in(call, await eq.queued_calls.all(queue=call.place)) else GONE


async def _still_parked(eq: Resources, order: Order) -> Obstacle | None:
    call = order.call
    if call is None:
        return GONE
    spaces = [each for each in await eq.parked_calls.all() if (each.space or "") == call.place]
    return None if _is_in(call, spaces) else GONE


def _is_in(call: CallRef, rows: Sequence[QueuedCall] | Sequence[ParkedCall] | Sequence[ConferenceParticipant]) -> bool:
    return any(is_unmoved(call, each.unique_id, each.channel) for each in rows)


async def _calls_at(eq: Resources, extension: str) -> Sequence[ActiveCall] | Obstacle:
    try:
        return await eq.active_calls.all(extension=extension)
    except EQNotFound:
        return Obstacle(Why.NO_EXTENSION, where=extension)


async def _first(*asked: Awaitable[Obstacle | None]) -> Obstacle | None:
    """Side by side; the first in order that stands in the way. Raises EQError when EQ does not tell."""
    found = await asyncio.gather(*asked)
    return next((each for each in found if each is not None), None)
