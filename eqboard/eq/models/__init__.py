"""What EQ answers, frozen, in its words."""

from eqboard.eq.models.calls import Conference, ConferenceParticipant, ParkedCall, QueuedCall
from eqboard.eq.models.directory import Agent, CallQueue, PauseCode, UserSession
from eqboard.eq.models.queues import AgentCall, QueueAgentStatus, QueueStatistics

__all__ = [
    "Agent",
    "AgentCall",
    "CallQueue",
    "Conference",
    "ConferenceParticipant",
    "ParkedCall",
    "PauseCode",
    "QueueAgentStatus",
    "QueueStatistics",
    "QueuedCall",
    "UserSession",
]
