"""Callers who wait, and those who gave up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from eqboard.accounts.access import STEAL, may_do
from eqboard.boards.claimed import Doing
from eqboard.boards.handles import handle_of
from eqboard.boards.keys import shown_key
from eqboard.boards.parts.numbers import number
from eqboard.boards.scene import Scene, claims_on
from eqboard.boards.spec import Figure
from eqboard.feed import slots
from eqboard.floor.abandoned import by_time, is_full
from eqboard.floor.levels import Direction, Threshold, threshold_for
from eqboard.floor.metrics import Metric, breaches_at
from eqboard.floor.moments import FAR_OFF
from eqboard.floor.numbers import number_of
from eqboard.floor.snapshot import AbandonedCall, WaitingCall
from eqboard.floor.windows import Window

MOST_SHOWN = 200  # callers who gave up, in one list


@dataclass(frozen=True, slots=True)
class WaitingRow:
    call: WaitingCall
    promised_seconds: int  # within which their queue promises an answer
    breaches_at: datetime | None  # from then on an answer is late; None: nobody knows since when they wait
    threshold: Threshold | None  # of their queue's longest wait
    gave_up_count: int  # how often this number gave up today
    handle: str  # by which the call is stolen; "": one may not
    claims: tuple[Doing, ...]


def waiting(scene: Scene) -> Iterator[tuple[str, WaitingRow]]:
    """By the moment at which an answer is late, or was.

    A supervisor can still keep the promise to those before that moment, so the page shows them first, the next to
    breach on top; the late ones follow, and whoever is late for the longest leads them. As both stand in this order,
    time moves nobody here: the page only knows who of them is late.
    """
    gave_up, handles = _gave_up_counts(scene), _handles(scene)
    rows = [_waiting_row(scene, call, gave_up, handles) for call in scene.view.waiting.values()]
    for row in sorted(rows, key=lambda each: (each.breaches_at or FAR_OFF, each.call.key)):
        yield row.call.key, row


def _waiting_row(scene: Scene, call: WaitingCall, gave_up: Mapping[str, int], handles: Mapping[str, str]) -> WaitingRow:
    target = scene.board.targets.of(call.queue)
    return WaitingRow(
        call,
        promised_seconds=target.seconds,
        breaches_at=breaches_at(call.entered_at, target) if call.entered_at else None,
        threshold=threshold_for(scene.thresholds, call.queue, Metric.LONGEST_WAIT, Window.NOW, Direction.HIGH),
        gave_up_count=gave_up.get(call.key, 0),
        handle=handles.get(call.key, ""),
        claims=claims_on(scene, slots.call(call.key)),
    )


def _handles(scene: Scene) -> dict[str, str]:
    """Of those whom one may steal, by the key as it is shown: made of the calls as they are, not as they are masked."""
    may = {queue: may_do(scene.hands.rights, STEAL, (queue,)) for queue in scene.queues}
    return {
        shown_key(key, scene.view.waiting): handle_of(key, call.caller, call.queue)
        for key, call in scene.hands.floor.waiting.items()
        if may.get(call.queue)
    }


def _gave_up_counts(scene: Scene) -> dict[str, int]:
    """By the key of those who wait: how often they gave up today in the queues that are shown.

    Asked of the floor as it is: two numbers of which only the last digits are shown may look the same.
    """
    floor, counts = scene.hands.floor, dict[str, dict[str, int]]()
    for gone in floor.abandoned.values():
        number = number_of(gone.caller)
        if number and gone.queue in scene.queues:
            own = counts.setdefault(number, {})
            own[gone.queue] = max(own.get(gone.queue, 0), gone.attempts)
    return {
        shown_key(key, scene.view.waiting): sum(counts.get(number_of(call.caller) or "", {}).values())
        for key, call in floor.waiting.items()
        if call.queue in scene.queues
    }


def abandoned(scene: Scene) -> Iterator[tuple[str, AbandonedCall]]:
    """The newest first, as many as one reads through."""
    newest = sorted(scene.view.abandoned.values(), key=by_time, reverse=True)
    for call in newest[:MOST_SHOWN]:
        yield call.key, call


@dataclass(frozen=True, slots=True)
class Listed:
    """How many of those who gave up today are in the list, where it does not hold them all: else None for both."""

    newest_count: int | None = None
    all_count: int | None = None


def listed(scene: Scene, most: int | None = None) -> Listed:
    """Of whom it is known whether they came back. The list of the floor has no place for all; nor has one of `most`.

    Of other queues than those that are shown nothing is told, not even that there are many.
    """
    known, of = len(scene.view.abandoned), number(scene, Figure(Metric.ABANDONED, Window.TODAY)).value or 0
    if most is not None and known > most:
        return Listed(most, max(known, of))
    is_cut = known < of and is_full(scene.hands.floor.abandoned.values(), scene.queues)
    return Listed(known, of) if is_cut else Listed()


def abandoned_listed(scene: Scene) -> Iterator[tuple[None, Listed]]:
    yield None, listed(scene, MOST_SHOWN)
