"""Which of several faults that hit the same request can make a difference to its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eqboard.simulator.faults.kinds import FaultKind
from eqboard.simulator.faults.refusing import refusal_of

if TYPE_CHECKING:
    from eqboard.simulator.faults.in_force import InForce

BESIDE_A_PAGE = (FaultKind.LATENCY, FaultKind.CLOCK_JUMP)  # the Date header of a proxy's page jumps too


def prevailing(hits: Sequence[InForce], path: str) -> list[InForce]:
    """Those that do, for an operation with that path in the table.

    A connection that is dropped hides all but how late that is, a refusal as well, a page in HTML whatever is wrong
    with the JSON; and nothing vanishes that has no id.
    """
    first_dropped = next((hit for hit in hits if hit.fault.kind is FaultKind.DROPPED), None)
    first = first_dropped or next((hit for hit in hits if refusal_of(hit.fault, path)), None)
    if first is not None:
        return [hit for hit in hits if hit is first or hit.fault.kind is FaultKind.LATENCY]
    page = next((hit for hit in hits if hit.fault.kind is FaultKind.HTML), None)
    if page is not None:
        return [hit for hit in hits if hit is page or hit.fault.kind in BESIDE_A_PAGE]
    return [hit for hit in hits if hit.fault.kind is not FaultKind.VANISHED]
