"""Calls in queues, in the parking lot and at extensions, their recordings, and conferences."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.answers import calls as answers
from eqboard.simulator.asked import Asked, Handler, found
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.orders import read_text
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.world import World


def _active_calls(world: World, asked: Asked) -> object:
    extension = read_text("extension", asked.query.get("extension", ""))
    found(world.directory.extensions.get(extension), "extension", "Extension does not exist")
    return answers.active_calls(world.switch, extension)


def _call_recordings(world: World, asked: Asked) -> object:
    """An unknown call has no recordings, which is no mistake (contract §1). `call` counts when both ids are given."""
    call, unique_id = asked.query.get("call", ""), asked.query.get("call_unique_id", "")
    if call.strip():
        call_id = read_key(call)
        return world.switch.recordings.of_call(call_id) if call_id is not None else []
    if unique_id.strip():
        return world.switch.recordings.of_unique_id(unique_id)
    raise Refusal("call", "blank", "Neither call nor call_unique_id is specified")


def _steal(world: World, asked: Asked) -> object:
    world.telephony.steal(asked.form.get("channel", ""), asked.form.get("destination", ""))
    return None


def _pick_up(world: World, asked: Asked) -> object:
    world.telephony.pick_up(asked.form.get("channel", ""), asked.form.get("destination", ""))
    return None


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/parked_calls"): lambda world, asked: answers.parked_calls(world.switch.lot),
    ("GET", "/active_calls"): _active_calls,
    ("GET", "/call_recordings"): _call_recordings,
    ("GET", "/active_conferences"): lambda world, asked: answers.conferences(world.switch),
    ("POST", "/steal_queued_call"): _steal,
    ("POST", "/pick_up_parked_call"): _pick_up,
}
