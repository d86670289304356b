"""Users, queues, pause codes and sessions as the JSON objects of contract §3. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from eqboard.simulator.answers.values import JsonObject, camel_case, whole
from eqboard.simulator.directory import Directory
from eqboard.simulator.entities import Agent, PauseCode, Queue, QueueSettings, Supervisor

PING_SECONDS = 15  # how often a signed-in user's session is kept alive


def agent_entity(agent: Agent) -> JsonObject:
    """An agent user; never the password."""
    return {
        "id": agent.id,
        "number": agent.number,
        "firstName": agent.first_name,
        "lastName": agent.last_name,
        "emailAddress": agent.email_address,
        "language": agent.language,
        "deleted": agent.deleted,
    }


def queue_entity(queue: Queue) -> JsonObject:
    """A call queue with every attribute of the EQ API text."""
    attributes: JsonObject = {
        camel_case(field.name): getattr(queue.settings, field.name) for field in fields(QueueSettings)
    }
    return attributes | {"deleted": queue.deleted}


def pause_code_entity(code: PauseCode) -> JsonObject:
    """A pause code."""
    return {"id": code.id, "name": code.name, "deleted": code.deleted}


def agent_sessions(directory: Directory, now: float) -> list[JsonObject]:
    """Agents signed in to the system, and at which extension; never a token (contract §3)."""
    agents = directory.live_agents()
    return [
        _session(agent.id, agent.extension, agent.session_since, now)
        for agent in agents
        if agent.session_since is not None
    ]


def supervisor_sessions(supervisors: Iterable[Supervisor], started_at: float, now: float) -> list[JsonObject]:
    """Supervisors signed in; they come when the world begins."""
    return [_session(supervisor.id, supervisor.extension, started_at, now) for supervisor in supervisors]


def _session(user: int, extension: str, since: float | None, now: float) -> JsonObject:
    start = since or 0.0
    pinged_at = now - (now - start) % PING_SECONDS
    return {"user": user, "extension": extension, "signInTime": whole(start), "pingTime": whole(pinged_at)}
