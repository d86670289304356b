"""Calls in the parking lot and conferences."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.answers import calls as answers
from eqboard.simulator.asked import Handler

HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/parked_calls"): lambda world, asked: answers.parked_calls(world.switch),
    ("GET", "/active_conferences"): lambda world, asked: answers.conferences(world.switch),
}
