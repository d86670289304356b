"""Users, queues, pause codes, extensions, telephones and sessions as the JSON objects of contract §3. Pure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from eqboard.simulator.answers.values import JsonObject, whole
from eqboard.simulator.office.entities import Agent, PauseCode, Queue, Supervisor
from eqboard.simulator.office.extensions import Extension, Phone
from eqboard.simulator.office.sessions import Session

AGENT = ("id", "number", "first_name", "last_name", "email_address", "language", "deleted")
SUPERVISOR = ("id", "username", "first_name", "last_name", "email_address", "language", "type", "deleted")


def agent_entity(agent: Agent) -> JsonObject:
    """An agent user; never the password."""
    return {to_camel(name): getattr(agent, name) for name in AGENT}


def supervisor_entity(supervisor: Supervisor) -> JsonObject:
    """A supervisor user; never the password."""
    return {to_camel(name): getattr(supervisor, name) for name in SUPERVISOR}


def queue_entity(queue: Queue) -> JsonObject:
    """A call queue with every attribute of the EQ API text."""
    return _attributes(queue.settings) | {"deleted": queue.deleted}


def pause_code_entity(code: PauseCode) -> JsonObject:
    """A pause code."""
    return {"id": code.id, "name": code.name, "deleted": code.deleted}


def extension_entity(extension: Extension) -> JsonObject:
    """A user extension, with its SIP secret and voicemail password (contract §1, PUT)."""
    attributes = _attributes(extension)
    del attributes["telephone"]
    return attributes


def phone_entity(phone: Phone) -> JsonObject:
    """A telephone."""
    return _attributes(phone)


def session(session: Session, now: float) -> JsonObject:
    """An active session; never its token (contract §3)."""
    return {
        "user": session.user,
        "extension": session.extension,
        "signInTime": whole(session.signed_in_at),
        "pingTime": whole(session.pinged_at(now)),
    }


def _attributes(record: Any) -> JsonObject:
    """A record of the vendor's attributes by their names, and the records inside it."""
    values = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {to_camel(name): _attributes(value) if is_dataclass(value) else value for name, value in values}
