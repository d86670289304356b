"""The world as a trainer sees it: asked once a second by every open page, and so kept cheap. Changes nothing."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import islice

from eqboard.simulator.answers.queues import PRECEDENCE
from eqboard.simulator.asked import Asked
from eqboard.simulator.office.entities import Agent, AgentState, Queue, state_of
from eqboard.simulator.switch.parties import Call
from eqboard.simulator.trainer.lever import Levers, Stage

SHOWN_CALLERS = 10

Json = dict[str, object]


def _world(stage: Stage, asked: Asked) -> object:
    """Everything but the faults, the alerts and the machine, which have answers of their own. `now` and all that
    happens is in the world's time; `clock` is the server's, in which faults come and go. `warm_seconds` is how long the
    world had run, and written its books, when it was first shown.
    """
    world = stage.world
    queues, agents = world.directory.live_queues(), world.directory.live_agents()
    absent = Counter(queue for agent in agents for queue in agent.bound if queue not in agent.memberships)
    return {
        "scenario": {"name": world.scenario.name, "about": world.scenario.about},
        "seed": world.seed,
        "speed": stage.speed,
        "now": world.now,
        "time_zone": str(world.zone),
        "clock": stage.clock(),
        "uptime_seconds": world.now - stage.began_at,
        "warm_seconds": stage.began_at - world.ledger.started_at,
        "queues": [_queue(queue, absent[queue.extension], world.now) for queue in queues],
        "totals": _totals(queues, agents, world.now),
        "longest_waiting": [_caller(call, world.now) for call in _longest_waiting(queues)],
        "expected": world.bursts.expected,
        "parked": len(world.switch.lot.calls),
        "conferences": len(world.switch.conferences),
        "pause_codes": [{"id": code.id, "name": code.name} for code in world.directory.live_pause_codes()],
    }


def _queue(queue: Queue, absent_count: int, now: float) -> Json:
    states = Counter(state_of(agent, agent.memberships[queue.extension]) for agent in queue.members.values())
    states[AgentState.SIGNED_OUT] = absent_count
    return {
        "extension": queue.extension,
        "name": queue.settings.name,
        "strategy": str(queue.settings.ring_strategy),
        "waiting": len(queue.waiting),
        "longest_wait_seconds": _longest_wait(queue, now),
        "agents": _by_word(states),
        "offered": queue.ledger.offered,
        "answered": queue.ledger.answered,
        "abandoned": queue.ledger.abandoned,
    }


def _totals(queues: list[Queue], agents: list[Agent], now: float) -> Json:
    """Each agent counts once, in the foremost of their states (contract §3)."""
    return {
        "waiting": sum(len(queue.waiting) for queue in queues),
        "longest_wait_seconds": max((_longest_wait(queue, now) for queue in queues), default=0.0),
        "agents": _by_word(Counter(_foremost(agent) for agent in agents)),
        "offered": sum(queue.ledger.offered for queue in queues),
        "answered": sum(queue.ledger.answered for queue in queues),
        "abandoned": sum(queue.ledger.abandoned for queue in queues),
    }


def _foremost(agent: Agent) -> AgentState:
    states = (state_of(agent, membership) for membership in agent.memberships.values())
    return min(states, key=PRECEDENCE.index, default=AgentState.SIGNED_OUT)


def _longest_wait(queue: Queue, now: float) -> float:
    """Seconds; 0 when nobody waits. Callers stand in the order in which they came."""
    first = next(iter(queue.waiting.values()), None)
    return now - first.entered_at if first is not None else 0.0


def _longest_waiting(queues: list[Queue]) -> list[Call]:
    by_time = heapq.merge(*(queue.waiting.values() for queue in queues), key=lambda call: call.entered_at)
    return list(islice(by_time, SHOWN_CALLERS))


def _caller(call: Call, now: float) -> Json:
    return {
        "unique_id": call.unique_id,
        "queue": call.queue,
        "name": call.name,
        "number": call.number,
        "wait_seconds": now - call.entered_at,
        "is_ringing": bool(call.ringing),
    }


def _by_word(states: Counter[AgentState]) -> Json:
    """The words of the levers, which are not those of the EQ API."""
    return {state.name.lower(): states[state] for state in AgentState}


def _agents(stage: Stage, asked: Asked) -> object:
    """Who there is, and which queues they are bound to: for choosing one."""
    return [
        {
            "id": agent.id,
            "number": agent.number,
            "name": agent.name,
            "state": _foremost(agent).name.lower(),
            "bound": agent.bound,
        }
        for agent in stage.world.directory.live_agents()
    ]


LEVERS: Levers = {
    ("GET", "/control/world"): _world,
    ("GET", "/control/agents"): _agents,
}
