"""Parsing and validating one round of a large site, beside plain `json.loads` of the same bytes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from eqboard.eq.dialect import Dialect
from eqboard.eq.dialect_file import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import read_answer
from eqboard.ops.bench.measure import Figure, measure

QUEUES, AGENTS, QUEUES_PER_AGENT, CALLS = 100, 1000, 3, 500
BEGAN_AT = 1366390218  # UNIX seconds
STATES = ("available", "onCall", "ringing", "wrapUp", "paused")

Body = tuple[str, bytes]  # the operation's name, and what EQ answers to it


def parsing(rounds: int) -> list[Figure]:
    """The figures. Each variant reads the three answers of a round, wholly."""
    as_it_should_be = large_round()
    blank = [(name, body.replace(b": null", b': ""')) for name, body in as_it_should_be]
    built_in, foreign = load_dialect(), Dialect(fields={"QueueAgentStatus": {"status_time": "since"}})
    in_dialect = [(name, body.replace(b'"statusTime"', b'"since"')) for name, body in as_it_should_be]
    variants: Mapping[str, Callable[[], object]] = {
        "json.loads": lambda: [json.loads(body) for _, body in as_it_should_be],
        "read and validated": lambda: read_round(as_it_should_be, built_in),
        "… in a site's own dialect": lambda: read_round(in_dialect, foreign),
        "… with texts that are empty for null": lambda: read_round(blank, built_in),
    }
    return measure("parsing", "json.loads", variants, rounds=rounds)


def read_round(bodies: list[Body], dialect: Dialect) -> list[Any]:
    return [read_answer(OPERATIONS[name], 200, body, dialect) for name, body in bodies]


def large_round() -> list[Body]:
    """What EQ answers to the three questions of every round: 100 queues, 1,000 agents in 3 queues each, 500 callers."""
    statuses = [_status(agent, place) for agent in range(1, AGENTS + 1) for place in range(QUEUES_PER_AGENT)]
    return [
        ("call_queue_statistics.all", _body([_statistics(queue) for queue in range(QUEUES)])),
        ("call_queue_agents.all", _body(statuses)),
        ("queued_calls.all", _body([_queued_call(call) for call in range(CALLS)])),
    ]


def _body(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def _statistics(queue: int) -> dict[str, Any]:
    return {
        "queue": str(500 + queue),
        "calls": CALLS // QUEUES,
        "waitTime": 31 + queue,
        "agents": 30,
        "agentsAvailable": 6,
        "agentsRinging": 6,
        "agentsOnCall": 6,
        "agentsWrapUp": 6,
        "agentsPaused": 6,
        "callsAnswered": 120 + queue,
        "callsAbandoned": 7,
        "averageWaitTime": 12,
        "averageTalkTime": 180,
    }


def _status(agent: int, place: int) -> dict[str, Any]:
    state = STATES[agent % len(STATES)]
    is_busy = state in ("onCall", "ringing") and place == 0
    return {
        "agent": agent,
        "queue": str(500 + (agent + place) % QUEUES),
        "extension": str(2000 + agent),
        "status": state,
        "skill": 1 + place,
        "paused": state == "paused",
        "pauseCode": 2 if state == "paused" else None,
        "statusTime": BEGAN_AT + agent,
        "signInTime": BEGAN_AT,
        "wrapUpEndTime": BEGAN_AT + agent + 30 if state == "wrapUp" else None,
        "callsTaken": agent % 40,
        "lastCallTime": BEGAN_AT + agent,
        "call": _agent_call(agent) if is_busy else None,
    }


def _agent_call(agent: int) -> dict[str, Any]:
    return {
        "id": str(agent),
        "uniqueId": f"{BEGAN_AT + agent}.{agent}",
        "channel": f"SIP/trunk-{agent:08x}",
        "callerIdNumber": f"201555{agent:04}",
        "callerIdName": "José Ñandú Çelik",
        "startTime": BEGAN_AT + agent,
        "queue": str(500 + agent % QUEUES),
    }


def _queued_call(call: int) -> dict[str, Any]:
    return {
        "id": str(5000 + call),
        "uniqueId": f"{BEGAN_AT + call}.{5000 + call}",
        "queue": str(500 + call % QUEUES),
        "channel": f"SIP/trunk-{5000 + call:08x}",
        "position": 1 + call // QUEUES,
        "callerIdNumber": f"202555{call:04}",
        "callerIdName": "Fernández de la Vega",
        "enterTime": BEGAN_AT + call,
        "priority": 0,
    }
