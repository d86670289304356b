"""Users, queues, pause codes and extensions by their keys."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler, found, path_id
from eqboard.simulator.world import World


def _agent(world: World, asked: Asked) -> object:
    return answers.agent_entity(found(world.directory.agents.get(path_id(asked)), "id", "Agent does not exist"))


def _call_queue(world: World, asked: Asked) -> object:
    return answers.queue_entity(found(world.directory.queues.get(asked.key), "extension", "Call queue does not exist"))


def _pause_code(world: World, asked: Asked) -> object:
    return answers.pause_code_entity(
        found(world.directory.pause_codes.get(path_id(asked)), "id", "Pause code does not exist")
    )


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/agent/{}"): _agent,
    ("GET", "/call_queue/{}"): _call_queue,
    ("GET", "/pause_code/{}"): _pause_code,
}
