"""The list of those who gave up waiting today: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.moments import FAR_OFF
from eqboard.floor.snapshot import AbandonedCall, AgentState, Caller, CameBack, Return, Snapshot

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
    answered, waiting, talking = _answered(events), _waiting(after), _talking(after)
    return {
        call.key: _followed(call, answered | talking if call.key not in abandoned else answered, waiting)
        for call in newest
    }


def number_of(caller: Caller) -> str | None:
    """By what they are recognised when they call again, however it is punctuated; None for a hidden number.

    `+34…` and `0034…` are the same. What is dialled within a country (`0791234567`) is not known to be of one.
    """
    digits = "".join(letter for letter in caller.number or "" if letter.isdecimal() and letter.isascii())
    digits = digits.removeprefix("00")
    return digits if len(digits) >= FEWEST_DIGITS else None


def seen_returns(call: AbandonedCall, queues: Collection[str]) -> AbandonedCall:
    """The call as seen with the right to these queues: that they came back in another is not told."""
    returns = tuple(each for each in call.returns if each.queue in queues)
    return call if returns == call.returns else _with_returns(call, returns)


def _with_returns(call: AbandonedCall, returns: tuple[Return, ...]) -> AbandonedCall:
    """Whoever was answered anywhere came back then; else whoever waits anywhere."""
    best = min(returns, key=lambda each: (each.how is not CameBack.ANSWERED, each.at or FAR_OFF), default=None)
    how, at = (best.how, best.at) if best else (CameBack.NO, None)
    return replace(call, returns=returns, came_back=how, came_back_at=at)


def _abandoned(
    key: str, event: Event, caller: Caller, earlier: Iterable[AbandonedCall], floor: Snapshot
) -> AbandonedCall:
    queue = floor.queues.get(event.queue)
    number = number_of(caller)
    before = (
        call.attempts
        for call in earlier
        if number is not None and call.queue == event.queue and number_of(call.caller) == number
    )
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


Returns = dict[str, dict[str, datetime | None]]
"""By number, and by the queue: when they were answered, or since when they wait."""


def _answered(events: Iterable[Event]) -> Returns:
    """Who was answered just now; of who was twice, the last time."""
    answered: Returns = {}
    for event in events:
        if event.kind is EventKind.ANSWERED and event.caller and (number := number_of(event.caller)):
            answered.setdefault(number, {})[event.queue] = event.at
    return answered


def _talking(floor: Snapshot) -> Returns:
    """Who is on a call of a queue: they may have been answered before it was clear that they had given up before."""
    talking: Returns = {}
    for agent in floor.agents.values():
        number = number_of(agent.caller) if agent.caller and agent.state is AgentState.ON_CALL else None
        if number and agent.call_queue:
            talking.setdefault(number, {})[agent.call_queue] = agent.state_since
    return talking


def _waiting(floor: Snapshot) -> Returns:
    waiting: Returns = {}
    for call in floor.waiting.values():
        if number := number_of(call.caller):
            waiting.setdefault(number, {})[call.queue] = call.entered_at
    return waiting


def _followed(call: AbandonedCall, answered: Returns, waiting: Returns) -> AbandonedCall:
    """Whoever was answered in a queue is served there for good; whoever waits again may give up again."""
    number = number_of(call.caller)
    if number is None:
        return call
    before = {each.queue: each for each in call.returns}
    served = {queue: each for queue, each in before.items() if each.how is CameBack.ANSWERED}
    for queue, at in answered.get(number, {}).items():
        if at is not None and at >= call.abandoned_at:
            served.setdefault(queue, Return(queue, CameBack.ANSWERED, at))
    found = {queue: _waits(before.get(queue), queue, at) for queue, at in waiting.get(number, {}).items()} | served
    returns = tuple(found[queue] for queue in sorted(found))
    return call if returns == call.returns else _with_returns(call, returns)


def _waits(before: Return | None, queue: str, at: datetime | None) -> Return:
    """Since when they wait stays as it was told first."""
    return before if before and before.how is CameBack.WAITING else Return(queue, CameBack.WAITING, at)
