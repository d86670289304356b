"""What alerts measure: each thing once at most for a moment, however many alerts are on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import AgentState, Queue, state_of
from eqboard.simulator.office.licence import Licence
from eqboard.simulator.office.machine import EmailQueue, Machine
from eqboard.simulator.office.sessions import Sessions

Subject = tuple[str, str | int | None]  # the type of the alert, and the key of the queue that it is on


class Gauges:
    """The state of everything at `now`, UNIX seconds."""

    def __init__(
        self, directory: Directory, sessions: Sessions, licence: Licence, machine: Machine, now: float
    ) -> None:
        self._directory = directory
        self._now = now
        self._machine = machine
        self._of_the_system: Mapping[str, Callable[[], int]] = {
            "licenseExceeded": lambda: licence.excess(sessions),
            "processStopped": lambda: len(machine.stopped),
            "diskUsageHigh": lambda: machine.disk_usage_percent,
        }
        self._read: dict[Subject, int | None] = {}

    def value(self, alert: AlertAttributes) -> int | None:
        """What the alert is about, in its unit: calls, seconds, agents, e-mails, users, processes, percent. None when
        that does not exist any more.
        """
        subject = (alert.type, alert.call_queue if alert.call_queue is not None else alert.email_queue)
        if subject not in self._read:
            self._read[subject] = self._measure(alert)
        return self._read[subject]

    def _measure(self, alert: AlertAttributes) -> int | None:
        if alert.type in self._of_the_system:
            return self._of_the_system[alert.type]()
        if alert.call_queue is not None:
            queue = self._directory.live_queue(alert.call_queue)
            return None if queue is None else OF_CALL_QUEUES[alert.type](queue, self._now)
        emails = self._machine.email_queues.get(alert.email_queue or 0)  # all other types have one (contract §3)
        return None if emails is None else OF_EMAIL_QUEUES[alert.type](emails)


def longest_wait_seconds(queue: Queue, now: float) -> int:
    """0 when nobody waits. Both moments are cut to whole seconds, so half a second may show as one (contract §4)."""
    oldest = next(iter(queue.waiting.values()), None)
    return int(now) - int(oldest.entered_at) if oldest is not None else 0


def _agents_available(queue: Queue, now: float) -> int:
    agents = queue.members.values()
    return sum(state_of(agent, agent.memberships[queue.extension]) is AgentState.AVAILABLE for agent in agents)


OF_CALL_QUEUES: Mapping[str, Callable[[Queue, float], int]] = {
    "callQueueCallsHigh": lambda queue, now: len(queue.waiting),
    "callQueueWaitTimeHigh": longest_wait_seconds,
    "callQueueAgentsLow": lambda queue, now: len(queue.members),
    "callQueueAgentsAvailableLow": _agents_available,
}
OF_EMAIL_QUEUES: Mapping[str, Callable[[EmailQueue], int]] = {
    "emailQueueEmailsHigh": lambda queue: queue.emails,
    "emailQueueAgentsLow": lambda queue: queue.agents,
    "emailQueueAgentsAvailableLow": lambda queue: queue.agents_available,
}
