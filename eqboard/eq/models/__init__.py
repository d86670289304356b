"""What EQ answers, frozen, in its words; and in `attributes`, what is written into its entities."""

from eqboard.eq.models.calls import ActiveCall, Conference, ConferenceParticipant, ParkedCall, QueuedCall
from eqboard.eq.models.directory import (
    Agent,
    CallQueue,
    Extension,
    PauseCode,
    Phone,
    RecordingSettings,
    SipSettings,
    Supervisor,
    UserSession,
    Voicemail,
    VoicemailOptions,
)
from eqboard.eq.models.queues import AgentCall, QueueAgentStatus, QueueStatistics
from eqboard.eq.models.system import ConfigurationCheck, ConfigurationProblem, License, LicenseUsage

__all__ = [
    "ActiveCall",
    "Agent",
    "AgentCall",
    "CallQueue",
    "Conference",
    "ConferenceParticipant",
    "ConfigurationCheck",
    "ConfigurationProblem",
    "Extension",
    "License",
    "LicenseUsage",
    "ParkedCall",
    "PauseCode",
    "Phone",
    "QueueAgentStatus",
    "QueueStatistics",
    "QueuedCall",
    "RecordingSettings",
    "SipSettings",
    "Supervisor",
    "UserSession",
    "Voicemail",
    "VoicemailOptions",
]
