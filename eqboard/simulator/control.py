"""The hands of a test or a demo: put callers in, move agents, order faults, read the ledger. No part of the EQ API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eqboard.simulator.asked import Asked, read_json_object
from eqboard.simulator.faults import Faults, read_fault
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.office.limits import MOST_CALLS, refuse_when_full
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.world import World

MAX_TEXT = 200
STATES = ("available", "paused", "signed_out")

Lever = Callable[[World, Faults, Asked], object]


def _place_call(world: World, faults: Faults, asked: Asked) -> object:
    """A caller with endless patience enters a queue; answers the unique id, null when a full queue turns them away."""
    extension = asked.form.get("queue", "")
    if not extension:
        raise Refusal("queue", "blank", "Queue extension not specified")
    if world.directory.live_queue(extension) is None:
        raise not_found("queue", "Call queue does not exist")
    refuse_when_full(world.switch.calls, MOST_CALLS, "queue")
    name, number = asked.form.get("name"), asked.form.get("number")
    call = world.place_call(extension, name=_short("name", name), number=_short("number", number))
    return call.unique_id if call.unique_id in world.switch.calls else None


def _hang_up(world: World, faults: Faults, asked: Asked) -> object:
    if not world.hang_up(asked.key):
        raise not_found("unique_id", "There is no such caller")
    return None


def _move_agent(world: World, faults: Faults, asked: Asked) -> object:
    """state: available, paused (with pause_code, or none) or signed_out; at once, in every queue."""
    agent = _agent(world, asked.key)
    state, code = asked.form.get("state", ""), asked.form.get("pause_code", "")
    if state not in STATES:
        raise Refusal("state", "invalid" if state else "blank", f"The states are {', '.join(STATES)}")
    if state == "signed_out":
        world.go_home(agent)
        return None
    if state == "available":
        world.report_for_work(agent)
        return None
    code_id = _pause_code(world, code)
    if not agent.memberships:
        world.report_for_work(agent)
    world.pause(agent, code_id)
    return None


def _add_fault(world: World, faults: Faults, asked: Asked) -> object:
    """kind, path, probability, seconds: as form fields, or as one JSON object in the field `fault`."""
    text = asked.form.get("fault")
    fields: Mapping[str, object] = asked.form if text is None else read_json_object("fault", text)
    faults.add(read_fault(fields))
    return None


def _clear_faults(world: World, faults: Faults, asked: Asked) -> object:
    faults.clear()
    return None


def _truth(world: World, faults: Faults, asked: Asked) -> object:
    return world.truth()


def _agent(world: World, key: str) -> Agent:
    agent_id = read_key(key)
    agent = None if agent_id is None else world.directory.live_agent(agent_id)
    if agent is None:
        raise not_found("id", "Agent does not exist")
    return agent


def _pause_code(world: World, text: str) -> int | None:
    if not text:
        return None
    code = read_key(text)
    if code is None or world.directory.live_pause_code(code) is None:
        raise Refusal("pause_code", "nonexistent", "Pause code does not exist")
    return code


def _short(parameter: str, text: str | None) -> str | None:
    if text is not None and len(text) > MAX_TEXT:
        raise Refusal(parameter, "invalid", f"At most {MAX_TEXT} characters")
    return text


LEVERS: Mapping[tuple[str, str], Lever] = {
    ("POST", "/control/calls"): _place_call,
    ("DELETE", "/control/calls/{unique_id}"): _hang_up,
    ("POST", "/control/agents/{id}"): _move_agent,
    ("POST", "/control/faults"): _add_fault,
    ("DELETE", "/control/faults"): _clear_faults,
    ("GET", "/truth"): _truth,
}
