"""Every operation of the API that eqboard speaks, as a typed signature; `OPERATIONS` is the table of them."""

from eqboard.eq.operations.base import OPERATIONS, Caller, Resource
from eqboard.eq.operations.calls import Conferences, ParkedCalls, QueuedCalls
from eqboard.eq.operations.directory import ActiveSessions, Agents, CallQueues, PauseCodes
from eqboard.eq.operations.queues import CallQueueAgents, CallQueueStatistics

__all__ = [
    "OPERATIONS",
    "ActiveSessions",
    "Agents",
    "CallQueueAgents",
    "CallQueueStatistics",
    "CallQueues",
    "Caller",
    "Conferences",
    "ParkedCalls",
    "PauseCodes",
    "QueuedCalls",
    "Resource",
]
