"""Every operation of the EQ API 2.0 as a typed signature; `OPERATIONS` is the table of them."""

from eqboard.eq.operations.base import OPERATIONS, Caller, Resource
from eqboard.eq.operations.calls import ActiveCalls, CallMonitor, CallRecordings, Conferences, ParkedCalls, QueuedCalls
from eqboard.eq.operations.directory import Agents, Alerts, CallQueues, PauseCodes, Supervisors
from eqboard.eq.operations.queues import CallQueueAgents, CallQueueStatistics
from eqboard.eq.operations.sessions import ActiveSessions, AgentSessions, SupervisorSessions
from eqboard.eq.operations.system import System
from eqboard.eq.operations.telephones import Extensions, Phones

__all__ = ["OPERATIONS", "Caller", "Resource", "Resources"]


class Resources:
    """All resources, with one caller behind them: an EQ server, or a user's session on it."""

    def __init__(self, caller: Caller) -> None:
        self.supervisor_sessions = SupervisorSessions(caller)
        self.agent_sessions = AgentSessions(caller)
        self.active_sessions = ActiveSessions(caller)

        self.supervisors = Supervisors(caller)
        self.agents = Agents(caller)
        self.call_queues = CallQueues(caller)
        self.pause_codes = PauseCodes(caller)
        self.extensions = Extensions(caller)
        self.phones = Phones(caller)
        self.alerts = Alerts(caller)

        self.queued_calls = QueuedCalls(caller)
        self.parked_calls = ParkedCalls(caller)
        self.active_calls = ActiveCalls(caller)
        self.call_recordings = CallRecordings(caller)
        self.call_monitor = CallMonitor(caller)
        self.conferences = Conferences(caller)

        self.call_queue_agents = CallQueueAgents(caller)
        self.call_queue_statistics = CallQueueStatistics(caller)
        self.system = System(caller)
