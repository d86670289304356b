"""What each operation of the EQ API does: the world and a request in, the JSON value out. No HTTP here."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.asked import Handler
from eqboard.simulator.handlers import (
    alerts,
    calls,
    directory,
    extensions,
    queues,
    sessions,
    system,
    telephones,
    users,
)

HANDLERS: Mapping[tuple[str, str], Handler] = {
    **queues.HANDLERS,
    **calls.HANDLERS,
    **telephones.HANDLERS,
    **users.HANDLERS,
    **directory.HANDLERS,
    **extensions.HANDLERS,
    **alerts.HANDLERS,
    **sessions.HANDLERS,
    **system.HANDLERS,
}


def handler_for(method: str, path: str) -> Handler:
    """The handler of an operation, whatever the table calls the value in the path; LookupError when there is none."""
    shape = "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
    try:
        return HANDLERS[method, shape]
    except KeyError:
        raise LookupError(f"The simulator has no handler for {method} {path}.") from None
