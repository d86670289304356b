"""What a lever is: something that a trainer or a test may do to the world, and no part of the EQ API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Faults
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.world import World

MAX_TEXT = 200

Lever = Callable[[World, Faults, Asked], object]  # raises Refusal; what it returns is answered as JSON
Levers = Mapping[tuple[str, str], Lever]  # by method and path


def short(parameter: str, text: str | None) -> str | None:
    """A text from outside that will be shown. Refusal: `invalid` when it is too long."""
    if text is not None and len(text) > MAX_TEXT:
        raise Refusal(parameter, "invalid", f"At most {MAX_TEXT} characters")
    return text
