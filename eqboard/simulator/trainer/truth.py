"""The books, which no answer of EQ shows."""

from __future__ import annotations

from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Faults
from eqboard.simulator.trainer.lever import Levers
from eqboard.simulator.world import World


def _truth(world: World, faults: Faults, asked: Asked) -> object:
    return world.truth()


LEVERS: Levers = {("GET", "/truth"): _truth}
