"""What EQ said instead of doing something, as it is written down."""

from typing import Any

from eqboard.control.audit import storable
from eqboard.control.models import Step
from eqboard.eq import EQBroken, EQComplained, EQError, EQUnreachable


def step_of(error: EQError) -> Step:
    """Refused when it certainly did not happen, unknown when nobody can tell."""
    if isinstance(error, EQUnreachable | EQBroken) and error.outcome_unknown:
        return Step.UNKNOWN
    return Step.REFUSED


def answer_of(error: EQError) -> dict[str, Any]:
    """EQ's answer as data, for the audit and for a sentence in the reader's language."""
    complaints = error.complaints if isinstance(error, EQComplained) else ()
    return {
        "error": type(error).__name__,
        "reason": storable(error.reason),
        "complaints": [[storable(text or "") for text in (c.parameter, c.type, c.description)] for c in complaints],
    }
