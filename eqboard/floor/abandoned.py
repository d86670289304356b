"""The list of those who gave up waiting today: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.snapshot import AbandonedCall, Caller, CameBack, Snapshot

MOST_ABANDONED = 200  # that are kept, the newest
FEWEST_DIGITS = 3  # of a number by which somebody can be recognised: "anonymous" and "0" are nobody's


def with_events(
    abandoned: Mapping[str, AbandonedCall], events: Iterable[Event], after: Snapshot, day_begins_at: datetime
) -> Mapping[str, AbandonedCall]:
    """The list after these events; `after` tells who waits again.

    Whoever gave up twice is in it twice. An entry of before `day_begins_at` is dropped.
    """
    events = sorted(events, key=lambda event: event.at)
    calls = {key: call for key, call in abandoned.items() if call.abandoned_at >= day_begins_at}
    for event in events:
        if event.kind is EventKind.ABANDONED and event.at >= day_begins_at and event.caller is not None:
            key = _free_key(event.key or event.at.isoformat(), calls)
            calls[key] = _abandoned(key, event, event.caller, calls.values(), after)
    newest = sorted(calls.values(), key=lambda call: (call.abandoned_at, call.key))[-MOST_ABANDONED:]
    answered, waiting = _answered(events), _waiting(after)
    return {call.key: _followed(call, answered, waiting) for call in newest}


def number_of(caller: Caller) -> str | None:
    """By what they are recognised when they call again, however it is punctuated; None for a hidden number."""
    digits = "".join(letter for letter in caller.number or "" if letter.isdecimal() and letter.isascii())
    return digits if len(digits) >= FEWEST_DIGITS else None


def _abandoned(
    key: str, event: Event, caller: Caller, earlier: Iterable[AbandonedCall], floor: Snapshot
) -> AbandonedCall:
    queue = floor.queues.get(event.queue)
    number = number_of(caller)
    before = (call.attempts for call in earlier if number is not None and number_of(call.caller) == number)
    return AbandonedCall(
        key=key,
        queue=event.queue,
        queue_name=queue.name if queue else event.queue,
        caller=caller,
        abandoned_at=event.at,
        wait_seconds=event.seconds,
        attempts=max(before, default=0) + 1,
    )


def _free_key(key: str, taken: Mapping[str, AbandonedCall]) -> str:
    """A unique id may come again, as after parking or on another day of the exchange; each wait has its own place."""
    place = 2
    free = key
    while free in taken:
        free, place = f"{key} {place}", place + 1
    return free


def _answered(events: Iterable[Event]) -> Mapping[str, datetime]:
    """When each number was answered last."""
    answered = {}
    for event in events:
        if event.kind is EventKind.ANSWERED and event.caller and (number := number_of(event.caller)):
            answered[number] = event.at
    return answered


def _waiting(floor: Snapshot) -> Mapping[str, datetime | None]:
    """Since when each number waits."""
    return {number: call.entered_at for call in floor.waiting.values() if (number := number_of(call.caller))}


def _followed(
    call: AbandonedCall, answered: Mapping[str, datetime], waiting: Mapping[str, datetime | None]
) -> AbandonedCall:
    """Whoever was answered is served for good; whoever waits again may give up again."""
    number = number_of(call.caller)
    if number is None or call.came_back is CameBack.ANSWERED:
        return call
    answered_at = answered.get(number)
    if answered_at is not None and answered_at >= call.abandoned_at:
        return replace(call, came_back=CameBack.ANSWERED, came_back_at=answered_at)
    if number in waiting:
        at = waiting[number]
        return (
            call if call.came_back is CameBack.WAITING else replace(call, came_back=CameBack.WAITING, came_back_at=at)
        )
    return call if call.came_back is CameBack.NO else replace(call, came_back=CameBack.NO, came_back_at=None)
