"""Whose turn it is: the order in which waiting callers are offered to agents. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from eqboard.simulator.office.entities import Queue
from eqboard.simulator.switch.parties import Call

Turn = tuple[Queue, Call]


def turns(queues: Iterable[Queue], now: float) -> Iterator[Turn]:
    """Callers who may be offered: those of heavier queues first, then whoever waits longest, in whichever queue."""
    return merge(*(_ready(queue, now) for queue in queues), key=_rank)


def has_turn(queue: Queue, now: float) -> bool:
    """Whether a caller in that queue may be offered."""
    return next(_ready(queue, now), None) is not None


def _ready(queue: Queue, now: float) -> Iterator[Turn]:
    """In order of entry. Not who is being rung for, nor who is left alone for a while after a ring no answer."""
    return ((queue, call) for call in queue.waiting.values() if not call.ringing and call.retry_at <= now)


def _rank(turn: Turn) -> tuple[int, float]:
    queue, call = turn
    return -queue.settings.weight, call.entered_at
