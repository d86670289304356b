"""What a fault answers in place of an operation."""

from __future__ import annotations

from collections.abc import Iterable

from eqboard.simulator.faults.kinds import Fault, FaultKind
from eqboard.simulator.refusals import Refusal, not_found


def refuse_by(faults: Iterable[Fault], path: str) -> None:
    """Raise the Refusal of the first fault that has one for an operation with that path in the table."""
    for fault in faults:
        refusal = refusal_of(fault, path)
        if refusal is not None:
            raise refusal


def refusal_of(fault: Fault, path: str) -> Refusal | None:
    """What the fault answers there in place of the operation, if it is one of those that do."""
    if fault.kind is FaultKind.SERVER_ERROR:
        return Refusal(None, "invalid", "Server error", status=500)
    if fault.kind is FaultKind.SIGNED_OUT:
        return Refusal("auth_key", "invalid", "The key is not valid", status=401)
    if fault.kind is FaultKind.VANISHED and "{" in path:
        return not_found(path.partition("{")[2].rstrip("}"), "Does not exist")
    return None
