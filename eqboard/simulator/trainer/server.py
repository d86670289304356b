"""What the EQ server itself suffers from: faults, put in force and taken away."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.asked import Asked, read_json_object
from eqboard.simulator.faults import Faults, read_fault
from eqboard.simulator.trainer.lever import Levers
from eqboard.simulator.world import World


def _add_fault(world: World, faults: Faults, asked: Asked) -> object:
    """kind, path, probability, seconds: as form fields, or as one JSON object in the field `fault`."""
    text = asked.form.get("fault")
    fields: Mapping[str, object] = asked.form if text is None else read_json_object("fault", text)
    faults.add(read_fault(fields))
    return None


def _clear_faults(world: World, faults: Faults, asked: Asked) -> object:
    faults.clear()
    return None


LEVERS: Levers = {
    ("POST", "/control/faults"): _add_fault,
    ("DELETE", "/control/faults"): _clear_faults,
}
