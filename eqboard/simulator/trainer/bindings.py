"""Which agents belong to which queues: configured outside the EQ API (contract §2), and so here.

A binding counts from the next sign-in on; whoever is signed in stays as they are.
"""

from __future__ import annotations

from eqboard.simulator.asked import Asked
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.switch.floor import DEFAULT_SKILL
from eqboard.simulator.trainer.lever import Levers, Stage, agent_asked, field, whole_number
from eqboard.simulator.world import World


def _bind(stage: Stage, asked: Asked) -> object:
    """agent, queue, skill (1, the best, to 5; 3 when left out). Who is bound already gets the new skill."""
    agent, queue = _agent(stage.world, asked), _queue(asked)
    if stage.world.directory.live_queue(queue) is None:
        raise not_found("queue", "Call queue does not exist")
    skill = whole_number("skill", field(asked, "skill") or str(DEFAULT_SKILL), least=1, most=5)
    stage.world.directory.bind(agent, queue, skill)
    return None


def _unbind(stage: Stage, asked: Asked) -> object:
    """agent, queue; a deleted queue too, for that is what the configuration check complains of."""
    agent, queue = _agent(stage.world, asked), _queue(asked)
    if queue not in agent.bound:
        raise not_found("queue", "The agent is not bound to that queue")
    stage.world.directory.unbind(agent, queue)
    return None


def _agent(world: World, asked: Asked) -> Agent:
    text = field(asked, "agent")
    if not text:
        raise Refusal("agent", "blank", "Agent ID not specified")
    return agent_asked(world, text, "agent")


def _queue(asked: Asked) -> str:
    queue = field(asked, "queue")
    if not queue:
        raise Refusal("queue", "blank", "Queue extension not specified")
    return queue


LEVERS: Levers = {
    ("POST", "/control/bindings"): _bind,
    ("DELETE", "/control/bindings"): _unbind,
}
