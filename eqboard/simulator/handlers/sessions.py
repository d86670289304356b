"""Signing users in to the system and out of it, and who is signed in."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.eq.errors import Complaint
from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler
from eqboard.simulator.office.directory import Directory, read_key
from eqboard.simulator.office.sessions import Kind
from eqboard.simulator.refusals import refuse_if
from eqboard.simulator.world import World


def _sign_in(world: World, asked: Asked, kind: Kind) -> object:
    """The token; nothing else ever shows it."""
    user, extension, force = (asked.form.get(name, "") for name in ("user", "extension", "force"))
    refuse_if(
        [
            *_faults_of_user(world.directory, kind, user),
            *_faults_of_extension(world.directory, kind, extension),
            *([] if force in ("", "0", "1") else [Complaint("force", "invalid", "Force must be 0 or 1")]),
        ]
    )
    return world.attendance.sign_in(kind, int(user), extension or None, force=force == "1")


def _faults_of_user(directory: Directory, kind: Kind, text: str) -> list[Complaint]:
    """It makes no sense to sign a deleted user in (EQ API text, Deleted Entities)."""
    if not text:
        return [Complaint("user", "blank", "User ID not specified")]
    user = read_key(text)
    if user is None:
        return [Complaint("user", "invalid", "User ID is not a number")]
    known = directory.live_agent(user) if kind is Kind.AGENT else directory.live_supervisor(user)
    return [] if known else [Complaint("user", "nonexistent", f"The {kind} does not exist")]


def _faults_of_extension(directory: Directory, kind: Kind, extension: str) -> list[Complaint]:
    """A supervisor may be signed in at none."""
    if not extension:
        return [Complaint("extension", "blank", "Extension not specified")] if kind is Kind.AGENT else []
    if extension not in directory.extensions:
        return [Complaint("extension", "nonexistent", "Extension does not exist")]
    return []


def _sign_out(world: World, asked: Asked, kind: Kind) -> object:
    world.attendance.sign_out(kind, asked.key)
    return None


def _active(world: World, kind: Kind) -> object:
    return [answers.session(session, world.now) for session in world.attendance.sessions.active(kind)]


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("POST", "/supervisor_session"): lambda world, asked: _sign_in(world, asked, Kind.SUPERVISOR),
    ("POST", "/agent_session"): lambda world, asked: _sign_in(world, asked, Kind.AGENT),
    ("DELETE", "/supervisor_session/{}"): lambda world, asked: _sign_out(world, asked, Kind.SUPERVISOR),
    ("DELETE", "/agent_session/{}"): lambda world, asked: _sign_out(world, asked, Kind.AGENT),
    ("GET", "/active_supervisor_sessions"): lambda world, asked: _active(world, Kind.SUPERVISOR),
    ("GET", "/active_agent_sessions"): lambda world, asked: _active(world, Kind.AGENT),
}
