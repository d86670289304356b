"""What was observed into the minute in which it was seen: pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from eqboard.floor.buckets import NOTHING, Bucket, Histogram, Span, add, idle_key
from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.reading import Reading, reading
from eqboard.floor.snapshot import AgentState, Part, Snapshot

WAITED = frozenset({EventKind.ANSWERED, EventKind.ABANDONED, EventKind.FLOWED_OUT, EventKind.STOLEN})
"""The ends of a wait of which it is known how long it was."""


def counted(span: Span, events: Iterable[Event], before: Snapshot, after: Snapshot) -> Span:
    """The span with what happened from `before` to `after`.

    What is read at a moment (who waits) counts whenever it is read anew; what passes in time (idle, seen) only as long
    as readings follow one another without a gap.
    """
    calls, agents = reading(Part.CALLS, before, after), reading(Part.AGENTS, before, after)
    queues = dict(span.queues)
    for queue, own in _by_queue(events).items():
        queues[queue] = add(queues.get(queue, NOTHING), _bucket(own))
    if calls.is_new and calls.after_at is not None:
        _note_waiting(queues, after, calls.after_at)
    return replace(
        span,
        queues=queues,
        idle_seconds=_with_idle(span.idle_seconds, before, agents.seconds),
        seen_seconds=span.seen_seconds + _seen_seconds(calls, agents),
    )


def _by_queue(events: Iterable[Event]) -> Mapping[str, list[Event]]:
    own: dict[str, list[Event]] = {}
    for event in events:
        own.setdefault(event.queue, []).append(event)
    return own


def _bucket(events: Iterable[Event]) -> Bucket:
    """Some events of one queue."""
    counts: Counter[EventKind] = Counter()
    sums = dict.fromkeys(EventKind, 0.0)
    waits: dict[EventKind, Counter[int]] = {kind: Counter() for kind in WAITED}
    longest_seconds = 0.0
    for event in events:
        counts[event.kind] += 1
        sums[event.kind] += event.seconds
        if event.kind in WAITED:
            waits[event.kind][int(event.seconds)] += 1
            longest_seconds = max(longest_seconds, event.seconds)
    return Bucket(
        offered=counts[EventKind.OFFERED],
        answered_waits=dict(waits[EventKind.ANSWERED]),
        abandoned_waits=dict(waits[EventKind.ABANDONED]),
        flowed_waits=dict(waits[EventKind.FLOWED_OUT]),
        stolen_count=counts[EventKind.STOLEN],
        unresolved_count=counts[EventKind.UNRESOLVED],
        answered_seconds=sums[EventKind.ANSWERED],
        abandoned_seconds=sums[EventKind.ABANDONED],
        longest_seconds=longest_seconds,
        talk_count=counts[EventKind.TALKED],
        talk_seconds=sums[EventKind.TALKED] + sums[EventKind.TALKED_ON],
        wrap_up_seconds=sums[EventKind.WRAPPED_UP],
        handle_seconds=sums[EventKind.HANDLED],
    )


def _note_waiting(queues: dict[str, Bucket], floor: Snapshot, now: datetime) -> None:
    """How many wait in each queue, and for how long by now."""
    counts = Counter(call.queue for call in floor.waiting.values())
    longest: dict[str, float] = {}
    for call in floor.waiting.values():
        if call.entered_at is not None:
            waited_seconds = (now - call.entered_at).total_seconds()
            longest[call.queue] = max(longest.get(call.queue, 0.0), waited_seconds)
    for queue, count in counts.items():
        bucket = queues.get(queue, NOTHING)
        queues[queue] = replace(
            bucket,
            waiting_peaks=_raised(bucket.waiting_peaks, count),
            longest_seconds=max(bucket.longest_seconds, longest.get(queue, 0.0)),
        )


def _raised(peaks: Histogram, count: int) -> Histogram:
    """The peaks of the span's minutes, the highest of them at least so high.

    A minute has one. A clock that was put back by hours counts into a quarter of an hour: no minute of it gets lost,
    and none is added.
    """
    highest = max(peaks, default=0)
    if count <= highest:
        return peaks
    others = {**peaks, highest: peaks[highest] - 1} if peaks else {}
    return {peak: minutes for peak, minutes in others.items() if minutes} | {count: 1}


def _with_idle(idle_seconds: Mapping[str, float], floor: Snapshot, seconds: float) -> Mapping[str, float]:
    """Together with so long of what people did at the beginning of it."""
    if not seconds:
        return idle_seconds
    total = dict(idle_seconds)
    for queues, people in Counter(_idle(floor)).items():
        key = idle_key(queues)
        total[key] = total.get(key, 0.0) + people * seconds
    return total


def _idle(floor: Snapshot) -> Iterable[tuple[str, ...]]:
    """For each person who could take a call, the queues in which they could. Who wraps up in another is not idle."""
    for agent in floor.agents.values():
        if agent.state is AgentState.AVAILABLE:
            queues = tuple(each.queue for each in agent.memberships if each.state is AgentState.AVAILABLE)
            if queues:
                yield queues


def _seen_seconds(calls: Reading, agents: Reading) -> float:
    """How long both callers and agents were watched: up to the older of both readings."""
    if calls.before_at is None or agents.before_at is None or calls.after_at is None or agents.after_at is None:
        return 0.0
    if calls.is_blind or agents.is_blind:
        return 0.0
    until = min(calls.after_at, agents.after_at)
    return max(0.0, (until - min(calls.before_at, agents.before_at)).total_seconds())
