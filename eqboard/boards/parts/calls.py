"""Callers who wait or gave up, parked calls and conferences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from eqboard.boards.scene import Scene
from eqboard.floor.levels import Direction, Threshold, threshold_for
from eqboard.floor.metrics import Metric, breaches_at
from eqboard.floor.snapshot import AbandonedCall, Conference, ParkedCall, WaitingCall
from eqboard.floor.windows import Window

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_OFF = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    call: WaitingCall
    promised_seconds: int  # within which their queue promises an answer
    breaches_at: datetime | None  # from then on an answer is late; None: nobody knows since when they wait
    threshold: Threshold | None  # of their queue's longest wait
    gave_up_count: int  # how often this number gave up today


def waiting(scene: Scene) -> Iterator[tuple[str, WaitingRow]]:
    """By the moment at which an answer is late, or was.

    A supervisor can still keep the promise to those before that moment, so the page shows them first, the next to
    breach on top; the late ones follow, and whoever is late for the longest leads them. As both stand in this order,
    time moves nobody here: the page only knows who of them is late.
    """
    gave_up = _gave_up_counts(scene)
    rows = [_waiting_row(scene, call, gave_up) for call in scene.view.waiting.values()]
    for row in sorted(rows, key=lambda each: (each.breaches_at or FAR_OFF, each.call.key)):
        yield row.call.key, row


def _waiting_row(scene: Scene, call: WaitingCall, gave_up: Mapping[str, int]) -> WaitingRow:
    target = scene.board.targets.of(call.queue)
    return WaitingRow(
        call,
        promised_seconds=target.seconds,
        breaches_at=breaches_at(call.entered_at, target) if call.entered_at else None,
        threshold=threshold_for(
            scene.board.spec.thresholds, call.queue, Metric.LONGEST_WAIT, Window.NOW, Direction.HIGH
        ),
        gave_up_count=gave_up.get(call.key, 0),
    )


def _gave_up_counts(scene: Scene) -> dict[str, int]:
    """By the key of those who wait: how often they gave up today in the queues that are shown.

    Asked of the floor as it is: two numbers of which only the last digits are shown may look the same.
    """
    floor, counts = scene.hands.floor, dict[str, int]()
    for gone in floor.abandoned.values():
        if gone.caller.number and gone.queue in scene.queues:
            counts[gone.caller.number] = max(counts.get(gone.caller.number, 0), gone.attempts)
    return {key: counts.get(call.caller.number or "", 0) for key, call in floor.waiting.items()}


def abandoned(scene: Scene) -> Iterator[tuple[str, AbandonedCall]]:
    """The newest first."""
    for call in sorted(scene.view.abandoned.values(), key=lambda each: (each.abandoned_at, each.key), reverse=True):
        yield call.key, call


def parked(scene: Scene) -> Iterator[tuple[str, ParkedCall]]:
    """Whoever goes back first stands first."""
    for call in sorted(scene.view.parked.values(), key=_by_return):
        yield call.key, call


def _by_return(call: ParkedCall) -> tuple[datetime, datetime, str]:
    return call.returns_at or FAR_OFF, call.parked_at or LONG_AGO, call.key


def conferences(scene: Scene) -> Iterator[tuple[str, Conference]]:
    for room in sorted(scene.view.conferences.values(), key=lambda each: (each.name.casefold(), each.extension)):
        yield room.extension, room
