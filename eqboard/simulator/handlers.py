"""What each operation of the EQ API does: the world and a request in, the JSON value out. No HTTP here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from eqboard.simulator import answers
from eqboard.simulator.directory import read_key
from eqboard.simulator.entities import Agent, Queue
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request without its key: the one value in the path, the query, the form."""

    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[World, Asked], object]


def handler_for(method: str, path: str) -> Handler:
    """The handler of an operation, whatever the table calls the value in the path; LookupError when there is none."""
    shape = "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
    try:
        return HANDLERS[method, shape]
    except KeyError:
        raise LookupError(f"The simulator has no handler for {method} {path}.") from None


def _statistics(world: World, asked: Asked) -> object:
    if asked.query.get("queue"):
        return answers.statistics(_queue_asked(world, asked), world.now)
    return [answers.statistics(queue, world.now) for queue in world.directory.live_queues()]


def _agent_status(world: World, asked: Asked) -> object:
    """`combined` has effect only if neither queue nor agent is given (EQ API text)."""
    combined = asked.query.get("combined", "")
    if combined not in ("", "0", "1"):
        raise Refusal("combined", "invalid", "Combined must be 0 or 1")
    queue = _queue_asked(world, asked) if asked.query.get("queue") else None
    agent = _agent_asked(world, asked) if asked.query.get("agent") else None
    if agent is not None:
        return [row for row in answers.agent_rows(agent) if queue is None or row["queue"] == queue.extension]
    if queue is not None:
        return answers.queue_rows(world.directory, queue)
    agents = world.directory.live_agents()
    if combined == "1":
        return [answers.combined_status(agent) for agent in agents]
    return [row for agent in agents for row in answers.agent_rows(agent)]


def _queued_calls(world: World, asked: Asked) -> object:
    queues = [_queue_asked(world, asked)] if asked.query.get("queue") else world.directory.live_queues()
    return [call for queue in queues for call in answers.queued_calls(queue)]


def _agent_action(world: World, asked: Asked) -> object:
    """200 with null means accepted, not done (contract §2)."""
    action = asked.form.get("action", "")
    world.agent_action(action, read_json_object("options", asked.form.get("options", "")) if action else {})
    return None


def read_json_object(parameter: str, text: str) -> dict[str, object]:
    """A form field that holds a JSON object. Refusal: `blank` when empty, `invalid` when it is no JSON object."""
    if not text.strip():
        raise Refusal(parameter, "blank", f"The parameter {parameter} is not specified")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # also numbers of thousands of digits, and brackets nested without end
        raise Refusal(parameter, "invalid", f"The parameter {parameter} is not JSON") from None
    if not isinstance(value, dict):
        raise Refusal(parameter, "invalid", f"The parameter {parameter} must be a JSON object")
    return value


def _queue_asked(world: World, asked: Asked) -> Queue:
    extension = asked.query["queue"]
    if read_key(extension) is None:
        raise Refusal("queue", "invalid", "Queue extension is not a number")
    return _found(world.directory.live_queue(extension), "queue", "Call queue does not exist")


def _agent_asked(world: World, asked: Asked) -> Agent:
    agent_id = read_key(asked.query["agent"])
    if agent_id is None:
        raise Refusal("agent", "invalid", "Agent ID is not a number")
    return _found(world.directory.live_agent(agent_id), "agent", "Agent does not exist")


def _found(entity: T | None, parameter: str, description: str) -> T:
    if entity is None:
        raise not_found(parameter, description)
    return entity


def _agent(world: World, asked: Asked) -> object:
    return answers.agent_entity(_found(world.directory.agents.get(_path_id(asked)), "id", "Agent does not exist"))


def _call_queue(world: World, asked: Asked) -> object:
    return answers.queue_entity(_found(world.directory.queues.get(asked.key), "extension", "Call queue does not exist"))


def _pause_code(world: World, asked: Asked) -> object:
    return answers.pause_code_entity(
        _found(world.directory.pause_codes.get(_path_id(asked)), "id", "Pause code does not exist")
    )


def _path_id(asked: Asked) -> int:
    return _found(read_key(asked.key), "id", "No such ID")


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/call_queue_statistics"): _statistics,
    ("GET", "/call_queue_agent_status"): _agent_status,
    ("GET", "/queued_calls"): _queued_calls,
    ("GET", "/parked_calls"): lambda world, asked: answers.parked_calls(world.switch),
    ("GET", "/active_conferences"): lambda world, asked: answers.conferences(world.switch),
    ("GET", "/active_agent_sessions"): lambda world, asked: answers.agent_sessions(world.directory, world.now),
    ("GET", "/active_supervisor_sessions"): lambda world, asked: answers.supervisor_sessions(
        world.directory.supervisors.values(), world.started_at, world.now
    ),
    ("GET", "/agent/{}"): _agent,
    ("GET", "/call_queue/{}"): _call_queue,
    ("GET", "/pause_code/{}"): _pause_code,
    ("POST", "/call_queue_agent_action"): _agent_action,
}
