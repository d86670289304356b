"""The list of those who gave up waiting today: pure.

A busy day has more of them than can be told every second. The newest of each queue are kept, so that a large queue
pushes nobody of a small one out; and of those who are not in the list any more, how often they gave up.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.moments import FAR_OFF
from eqboard.floor.numbers import number_of
from eqboard.floor.snapshot import AbandonedCall, AgentState, Caller, CameBack, Return, Snapshot

MOST_OF_QUEUE = 200  # that are kept, the newest
MOST_ABANDONED = 2000  # that are kept of all queues: half a megabyte, and some five milliseconds of each round
MOST_REMEMBERED = 5000  # numbers of whom only the attempts are known: a hundred kilobytes


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often those gave up today who are not in the list any more; whose last time is the newest comes last."""

    day_begins_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)  # by number and queue

    def on(self, day_begins_at: datetime) -> "Attempts":
        """On another day nobody has given up yet."""
        return self if self.day_begins_at == day_begins_at else Attempts(day_begins_at)

    def of(self, number: str, queue: str) -> int:
        return self.counts.get(f"{number} {queue}", 0)

    def beside(self, dropped: Iterable[AbandonedCall]) -> "Attempts":
        """With those who were in the list until now, in the order of time."""
        counts = dict(self.counts)
        for call in dropped:
            if number := number_of(call.caller):
                key = f"{number} {call.queue}"
                counts[key] = max(counts.pop(key, 0), call.attempts)
        return replace(self, counts=dict([*counts.items()][-MOST_REMEMBERED:]))


def with_events(
    abandoned: Mapping[str, AbandonedCall],
    attempts: Attempts,
    events: Iterable[Event],
    after: Snapshot,
    day_begins_at: datetime,
) -> tuple[Mapping[str, AbandonedCall], Attempts]:
    """The list after these events, and what is known of those who are not in it; `after` tells who waits again.

    Whoever gave up twice is in it twice. An entry of before `day_begins_at` is dropped.
    """
    events, attempts = sorted(events, key=lambda event: event.at), attempts.on(day_begins_at)
    calls = {key: call for key, call in abandoned.items() if call.abandoned_at >= day_begins_at}
    gave_up = [event for event in events if event.kind is EventKind.ABANDONED and event.at >= day_begins_at]
    if gave_up:
        calls = _with_new(calls, gave_up, attempts, after)
    if calls.keys() - abandoned.keys():
        kept = newest_of(calls.values())
        attempts = attempts.beside(_dropped(calls, kept))
        calls = {call.key: call for call in kept}
    answered, waiting, talking = _answered(events), _waiting(after), _talking(after)
    followed = {
        key: _followed(call, answered | talking if key not in abandoned else answered, waiting)
        for key, call in calls.items()
    }
    return followed, attempts


def newest_of(calls: Iterable[AbandonedCall]) -> list[AbandonedCall]:
    """Those that are kept, the newest last. Where all queues together have too many, each gives up its oldest."""
    places: Counter[str] = Counter()
    ranked: list[tuple[int, AbandonedCall]] = []
    for call in sorted(calls, key=by_time, reverse=True):
        if places[call.queue] < MOST_OF_QUEUE:
            ranked.append((places[call.queue], call))
        places[call.queue] += 1
    ranked.sort(key=lambda each: each[0])  # the newest of every queue, the next newest of every queue …
    return sorted((call for _, call in ranked[:MOST_ABANDONED]), key=by_time)


def is_full(calls: Collection[AbandonedCall], queues: Collection[str]) -> bool:
    """Whether there may be others who gave up today in one of these queues, for whom the list has no place.

    `calls`: of all queues. Where those are too many, only the queues with most have lost some: each is left with as
    many as the others of them, or with one less.
    """
    of_queue = Counter(call.queue for call in calls)
    places = MOST_OF_QUEUE
    if len(calls) >= MOST_ABANDONED:
        places = min(places, max(of_queue.values()) - 1)
    return any(of_queue[queue] >= places for queue in queues)


def by_time(call: AbandonedCall) -> tuple[datetime, str]:
    """The order of such a list. Of those who gave up in the same second it is a steady one."""
    return call.abandoned_at, call.key


def _dropped(calls: Mapping[str, AbandonedCall], kept: Iterable[AbandonedCall]) -> list[AbandonedCall]:
    gone = calls.keys() - {call.key for call in kept}
    return sorted((calls[key] for key in gone), key=by_time)


def seen_returns(call: AbandonedCall, queues: Collection[str]) -> AbandonedCall:
    """The call as seen with the right to these queues: that they came back in another is not told."""
    returns = tuple(each for each in call.returns if each.queue in queues)
    return call if returns == call.returns else _with_returns(call, returns)


def _with_returns(call: AbandonedCall, returns: tuple[Return, ...]) -> AbandonedCall:
    """Whoever was answered anywhere came back then; else whoever waits anywhere."""
    best = min(returns, key=lambda each: (each.how is not CameBack.ANSWERED, each.at or FAR_OFF), default=None)
    how, at = (best.how, best.at) if best else (CameBack.NO, None)
    return replace(call, returns=returns, came_back=how, came_back_at=at)


def _with_new(
    calls: Mapping[str, AbandonedCall], events: Iterable[Event], attempts: Attempts, floor: Snapshot
) -> dict[str, AbandonedCall]:
    """With those who gave up in these events. An exchange that was away may tell of thousands at once."""
    known, listed, places = dict(calls), _attempts_of(calls.values()), Counter[str]()
    for event in events:
        if event.caller is not None:
            key = _free_key(event.key or event.at.isoformat(), known, places)
            attempt = _next_attempt(number_of(event.caller), event.queue, listed, attempts)
            known[key] = _abandoned(key, event, event.caller, attempt, floor)
    return known


def _abandoned(key: str, event: Event, caller: Caller, attempt: int, floor: Snapshot) -> AbandonedCall:
    queue = floor.queues.get(event.queue)
    return AbandonedCall(
        key=key,
        queue=event.queue,
        queue_name=queue.name if queue else event.queue,
        caller=caller,
        abandoned_at=event.at,
        wait_seconds=event.seconds,
        attempts=attempt,
    )


def _attempts_of(calls: Iterable[AbandonedCall]) -> dict[tuple[str, str], int]:
    """By number and queue: the most that the list tells."""
    listed: dict[tuple[str, str], int] = {}
    for call in calls:
        if number := number_of(call.caller):
            listed[number, call.queue] = max(listed.get((number, call.queue), 0), call.attempts)
    return listed


def _next_attempt(number: str | None, queue: str, listed: dict[tuple[str, str], int], attempts: Attempts) -> int:
    """Which attempt of theirs it is, from 1; `listed` knows it from now on."""
    if number is None:
        return 1
    who = number, queue
    listed[who] = listed.get(who, attempts.of(number, queue)) + 1
    return listed[who]


def _free_key(key: str, taken: Collection[str], places: Counter[str]) -> str:
    """A unique id may come again, as after parking or on another day of the exchange; each wait has its own place.

    `places`: by key, the last that was looked at; none before it is free.
    """
    free = key
    while free in taken:
        places[key] = max(places[key], 1) + 1
        free = f"{key} {places[key]}"
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
    if number is None or not (call.returns or number in answered or number in waiting):
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
