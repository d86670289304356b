"""The hands of a trainer or a test: put callers in, move agents, break the server, read the books."""

from __future__ import annotations

from eqboard.simulator.trainer import agents, alerts, bindings, calls, machine, server, truth, world
from eqboard.simulator.trainer.lever import Levers

LEVERS: Levers = {
    **calls.LEVERS,
    **agents.LEVERS,
    **bindings.LEVERS,
    **server.LEVERS,
    **truth.LEVERS,
    **alerts.LEVERS,
    **machine.LEVERS,
    **world.LEVERS,
}
