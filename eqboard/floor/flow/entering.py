"""When callers entered their queue, as far as it can be."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from eqboard.floor.flow.reading import reading
from eqboard.floor.flow.watch import Watch, is_same
from eqboard.floor.moments import SAME_MOMENT
from eqboard.floor.snapshot import Part, Queue, Snapshot, WaitingCall, oldest_of


def with_possible_waits(watch: Watch, before: Snapshot, after: Snapshot) -> Snapshot:
    """The floor `after`, in which nobody entered before the last reading in which they were absent.

    So one wrong time, or a clock of EQ's that nobody can correct, makes no long wait of a new one. Who was only missing
    for a moment (`watch.departed`) or waited elsewhere was not absent. What is more than a reading ago, nobody saw.
    """
    calls = reading(Part.CALLS, before, after)
    if not calls.is_new or calls.is_blind or calls.before_at is None:
        return after
    absent_at = calls.before_at
    late = {
        key: replace(call, entered_at=absent_at, since_at_least=False)
        for key, call in after.waiting.items()
        if _is_before(call, absent_at) and not _was_there(call, watch, before)
    }
    if not late:
        return after
    waiting = {**after.waiting, **late}
    queues = {call.queue for call in late.values()}
    changed = {key: _with_oldest(after.queues[key], waiting.values()) for key in queues if key in after.queues}
    return replace(after, waiting=waiting, queues={**after.queues, **changed})


def _is_before(call: WaitingCall, absent_at: datetime) -> bool:
    return call.entered_at is not None and call.entered_at < absent_at - SAME_MOMENT


def _was_there(call: WaitingCall, watch: Watch, before: Snapshot) -> bool:
    if call.key in before.waiting or any(call.key == each.key for each in watch.departed):
        return True
    others = [each.caller for each in before.waiting.values()] + [each.caller for each in watch.departed]
    return any(is_same(caller, call.caller) for caller in others)


def _with_oldest(queue: Queue, waiting: Iterable[WaitingCall]) -> Queue:
    oldest_at, at_least = oldest_of(call for call in waiting if call.queue == queue.extension)
    return replace(queue, oldest_waiting_at=oldest_at, oldest_at_least=at_least)
