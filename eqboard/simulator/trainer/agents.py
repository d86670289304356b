"""Moving agents about."""

from __future__ import annotations

from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Faults
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.trainer.lever import Levers
from eqboard.simulator.world import World

STATES = ("available", "paused", "signed_out")


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


LEVERS: Levers = {("POST", "/control/agents/{id}"): _move_agent}
