"""How much the server holds: far more than any call centre has, and little enough for the machine it runs on.

The EQ API text knows no such limits. What is deleted but kept, flagged, counts.
"""

from __future__ import annotations

from collections.abc import Sized

from eqboard.simulator.refusals import Refusal

MOST_SUPERVISORS = 5_000
MOST_AGENTS = 10_000
MOST_QUEUES = 1_000
MOST_PAUSE_CODES = 1_000
MOST_EXTENSIONS = 20_000
MOST_ALERTS = 10_000
MOST_CALLS = 10_000  # at a time, when they are put in by hand


def refuse_when_full(things: Sized, most: int, parameter: str = "data") -> None:
    """Refusal: `invalid`, when there may not be one more."""
    if len(things) >= most:
        raise Refusal(parameter, "invalid", f"There are {most} of them, as many as this server holds")
