"""How an EQ server as a whole may be: fine, or ailing in one of the ways that a trainer has a name for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from eqboard.simulator.faults.kinds import Fault, FaultKind

SLOW_SECONDS = 3.0  # late for everybody, and yet before a client's usual patience of four ends
USUALLY_FAIL = (
    "call_queue_agents.all",
    "call_queue_agents.combined",
)  # what fails of a half-broken server, if nobody says


class Mode(StrEnum):
    """How the server is."""

    FINE = "fine"
    SLOW = "slow"  # every answer comes late
    HALF_BROKEN = "half_broken"  # some operations fail, the rest works
    BROKEN = "broken"  # every answer is an error, or a page in HTML
    GONE = "gone"  # every connection is dropped


def faults_of(mode: Mode, operations: Iterable[str] = USUALLY_FAIL) -> tuple[Fault, ...]:
    """What a mode is made of; `operations`, by name, are those that fail when it is half broken."""
    match mode:
        case Mode.FINE:
            return ()
        case Mode.SLOW:
            return (Fault(FaultKind.LATENCY, seconds=SLOW_SECONDS),)
        case Mode.HALF_BROKEN:
            return tuple(Fault(FaultKind.SERVER_ERROR, operation=name) for name in operations)
        case Mode.BROKEN:
            return (Fault(FaultKind.SERVER_ERROR, probability=0.5), Fault(FaultKind.HTML))
        case Mode.GONE:
            return (Fault(FaultKind.DROPPED),)
