"""Moving agents about, one by one or many at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from eqboard.simulator.asked import Asked
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.trainer.lever import ALL, Levers, Stage, agent_asked, field, number, queues_asked
from eqboard.simulator.world import World

STATES = ("available", "paused", "signed_out")

Move = Callable[[Agent], None]  # raises Refusal when the desk is not for them now


def _move_agent(stage: Stage, asked: Asked) -> object:
    """state: available, paused (with pause_code, or none) or signed_out; at once, in every queue."""
    agent = agent_asked(stage.world, asked.key, "id")
    move = _move(stage.world, _state(asked), asked.form.get("pause_code", ""))
    move(agent)
    return None


def _move_agents(stage: Stage, asked: Asked) -> object:
    """Many at once: a share (0 to 1) of those whom the state would change, of one queue or all, drawn by chance.

    Who is at home is not paused. Answers how many were moved, of how many who might have been; the rest of the share
    could not be, as somebody else sits at their desk.
    """
    state, code = _state(asked), asked.form.get("pause_code", "")
    move, share = _move(stage.world, state, code), number("share", asked.form.get("share") or "1", least=0.0, most=1.0)
    concerned = [
        agent for agent in _agents_of(stage.world, asked) if _is_concerned(stage.world, agent, state, read_key(code))
    ]
    moved = 0
    for agent in stage.world.staff.some_of(concerned, share):
        with suppress(Refusal):
            move(agent)
            moved += 1
    return {"moved": moved, "of": len(concerned)}


def _state(asked: Asked) -> str:
    state = asked.form.get("state", "")
    if state not in STATES:
        raise Refusal("state", "invalid" if state else "blank", f"The states are {', '.join(STATES)}")
    return state


def _move(world: World, state: str, code: str) -> Move:
    if state == "signed_out":
        return world.staff.send_home
    if state == "available":
        return world.staff.bring_in
    return partial(world.staff.hold, code=_pause_code(world, code))


def _pause_code(world: World, text: str) -> int | None:
    if not text:
        return None
    code = read_key(text)
    if code is None or world.directory.live_pause_code(code) is None:
        raise Refusal("pause_code", "nonexistent", "Pause code does not exist")
    return code


def _agents_of(world: World, asked: Asked) -> list[Agent]:
    """Who is bound or signed in to the queue; everybody for `all`, whether or not they belong to any."""
    agents, queues = world.directory.live_agents(), queues_asked(world, asked)
    if field(asked, "queue") == ALL:
        return agents
    [extension] = [queue.extension for queue in queues]
    return [agent for agent in agents if extension in agent.bound or extension in agent.memberships]


def _is_concerned(world: World, agent: Agent, state: str, code: int | None) -> bool:
    """Whether the state would be another than the agent's in any queue."""
    rows = agent.memberships.values()
    if state == "signed_out":
        return agent.session_since is not None
    if state == "paused":
        return any(not row.paused or row.pause_code != code for row in rows)
    is_missing = any(world.directory.live_queue(queue) for queue in agent.bound.keys() - agent.memberships.keys())
    is_idle = any(row.paused or row.wrap_up_until is not None for row in rows)
    return agent.session_since is None or is_missing or is_idle


LEVERS: Levers = {
    ("POST", "/control/agents"): _move_agents,
    ("POST", "/control/agents/{id}"): _move_agent,
}
