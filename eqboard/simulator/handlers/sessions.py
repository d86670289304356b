"""Who is signed in."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Handler

HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/active_agent_sessions"): lambda world, asked: answers.agent_sessions(world.directory, world.now),
    ("GET", "/active_supervisor_sessions"): lambda world, asked: answers.supervisor_sessions(
        world.directory.supervisors.values(), world.started_at, world.now
    ),
}
