"""Putting callers in, and taking them out."""

from __future__ import annotations

from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Faults
from eqboard.simulator.office.limits import MOST_CALLS, refuse_when_full
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.trainer.lever import Levers, short
from eqboard.simulator.world import World


def _place_call(world: World, faults: Faults, asked: Asked) -> object:
    """A caller with endless patience enters a queue; answers the unique id, null when a full queue turns them away."""
    extension = asked.form.get("queue", "")
    if not extension:
        raise Refusal("queue", "blank", "Queue extension not specified")
    if world.directory.live_queue(extension) is None:
        raise not_found("queue", "Call queue does not exist")
    refuse_when_full(world.switch.calls, MOST_CALLS, "queue")
    name, number = asked.form.get("name"), asked.form.get("number")
    call = world.place_call(extension, name=short("name", name), number=short("number", number))
    return call.unique_id if call.unique_id in world.switch.calls else None


def _hang_up(world: World, faults: Faults, asked: Asked) -> object:
    if not world.hang_up(asked.key):
        raise not_found("unique_id", "There is no such caller")
    return None


LEVERS: Levers = {
    ("POST", "/control/calls"): _place_call,
    ("DELETE", "/control/calls/{unique_id}"): _hang_up,
}
