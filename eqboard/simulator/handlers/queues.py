"""What goes on in queues: statistics, the status of agents, callers who wait, and agent actions."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.actions import ACTIONS
from eqboard.simulator.answers import calls
from eqboard.simulator.answers import queues as answers
from eqboard.simulator.answers.habits import as_told
from eqboard.simulator.answers.values import JsonObject
from eqboard.simulator.asked import Asked, Handler, found, read_json_object
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.office.entities import Agent, Queue
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.world import World


def _statistics(world: World, asked: Asked) -> object:
    if asked.query.get("queue"):
        return answers.statistics(_queue_asked(world, asked), world.now)
    return [answers.statistics(queue, world.now) for queue in world.directory.live_queues()]


def _agent_status(world: World, asked: Asked) -> object:
    return as_told(_status_rows(world, asked), world.scenario, world.now)


def _status_rows(world: World, asked: Asked) -> list[JsonObject]:
    """`combined` has effect only if neither queue nor agent is given (EQ API text)."""
    combined = asked.query.get("combined", "")
    if combined not in ("", "0", "1"):
        raise Refusal("combined", "invalid", "Combined must be 0 or 1")
    queue = _queue_asked(world, asked) if asked.query.get("queue") else None
    agent = _agent_asked(world, asked) if asked.query.get("agent") else None
    if agent is not None:
        return [row for row in _rows(world, agent) if queue is None or row["queue"] == queue.extension]
    if queue is not None:
        return answers.queue_rows(world.directory, queue)
    agents = world.directory.live_agents()
    if combined == "1":
        return [answers.combined_status(agent) for agent in agents]
    return [row for agent in agents for row in _rows(world, agent)]


def _rows(world: World, agent: Agent) -> list[JsonObject]:
    """Without the queues that are deleted: the agent may be bound to them still."""
    return [row for row in answers.agent_rows(agent) if world.directory.live_queue(str(row["queue"]))]


def _queued_calls(world: World, asked: Asked) -> object:
    queues = [_queue_asked(world, asked)] if asked.query.get("queue") else world.directory.live_queues()
    return [call for queue in queues for call in calls.queued_calls(queue)]


def _agent_action(world: World, asked: Asked) -> object:
    """200 with null means accepted, not done (contract §2)."""
    action = asked.form.get("action", "")
    is_known = action in ACTIONS  # if not, that is told first
    world.agent_action(action, read_json_object("options", asked.form.get("options", "")) if is_known else {})
    return None


def _queue_asked(world: World, asked: Asked) -> Queue:
    return found(world.directory.live_queue(asked.query["queue"]), "queue", "Call queue does not exist")


def _agent_asked(world: World, asked: Asked) -> Agent:
    agent_id = read_key(asked.query["agent"])
    if agent_id is None:
        raise Refusal("agent", "invalid", "Agent ID is not a number")
    return found(world.directory.live_agent(agent_id), "agent", "Agent does not exist")


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/call_queue_statistics"): _statistics,
    ("GET", "/call_queue_agent_status"): _agent_status,
    ("GET", "/queued_calls"): _queued_calls,
    ("POST", "/call_queue_agent_action"): _agent_action,
}
