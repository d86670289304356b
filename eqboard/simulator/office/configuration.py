"""The check of the configuration: what is wrong in it as it stands (contract §3, check). Pure.

The text does not say what EQ looks for, so the words for the types of problems are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.alarms import LOW
from eqboard.simulator.office.alerts import Alert
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.licence import Licence
from eqboard.simulator.office.machine import NEARLY_FULL_PERCENT, Machine
from eqboard.simulator.office.sessions import Kind, Sessions

SUPPORTED_FORMATS = ("wav", "", None)  # EQ API text: FreePBX's other two formats "are not supported by EQ"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what kind of thing, and with which entity; `id` is its key."""

    type: str
    entity: str
    id: str
    description: str


def problems_in(
    directory: Directory, sessions: Sessions, licence: Licence, machine: Machine, now: float
) -> list[Problem]:
    """Everything that is wrong, the same things always in the same order."""
    return [
        *_at_desks(directory, sessions),
        *_at_one_extension(sessions),
        *_in_queues(directory),
        *_without_agents(directory),
        *_in_bindings(directory),
        *(problem for alert in directory.alerts.values() for problem in _in_alert(directory, alert)),
        *_in_licence(sessions, licence, now),
        *_in_machine(machine),
    ]


def _at_desks(directory: Directory, sessions: Sessions) -> Iterator[Problem]:
    for session in (session for kind in Kind for session in sessions.active(kind) if session.extension):
        kind, where = session.kind, f"The {session.kind} is signed in at extension {session.extension}"
        extension = directory.extensions.get(session.extension or "")
        if extension is None:
            yield Problem("extensionNonexistent", kind, str(session.user), f"{where}, which does not exist")
        elif not extension.is_registered:
            yield Problem("phoneNonexistent", kind, str(session.user), f"{where}, where no telephone is registered")


def _at_one_extension(sessions: Sessions) -> Iterator[Problem]:
    for extension, there in sessions.shared_extensions():
        users = ", ".join(f"{session.kind} {session.user}" for session in there)
        yield Problem("extensionShared", "extension", extension, f"Several users are signed in there: {users}")


def _in_queues(directory: Directory) -> Iterator[Problem]:
    for queue in directory.live_queues():
        if queue.settings.recording_format not in SUPPORTED_FORMATS:
            yield Problem(
                "recordingFormatUnsupported",
                "callQueue",
                queue.extension,
                "The queue's calls are recorded in a format that EQ does not support",
            )


def _without_agents(directory: Directory) -> Iterator[Problem]:
    bound = {extension for agent in directory.live_agents() for extension in agent.bound}
    for queue in directory.live_queues():
        if not queue.members and queue.extension not in bound:
            yield Problem(
                "queueWithoutAgents",
                "callQueue",
                queue.extension,
                "No agent is bound to the queue or signed in to it: its callers wait for nobody",
            )


def _in_bindings(directory: Directory) -> Iterator[Problem]:
    for agent in directory.live_agents():
        for extension in agent.bound:
            if directory.live_queue(extension) is None:
                yield Problem(
                    "boundToDeletedQueue",
                    "agent",
                    str(agent.id),
                    f"The agent is bound to call queue {extension}, which is deleted",
                )


def _in_alert(directory: Directory, alert: Alert) -> Iterator[Problem]:
    queue = alert.attributes.call_queue
    if queue is not None and directory.live_queue(queue) is None:
        yield Problem(
            "alertOnDeletedQueue", "alert", str(alert.id), f"The alert is on call queue {queue}, which is deleted"
        )
    if alert.user is not None and directory.live_supervisor(alert.user) is None:
        yield Problem(
            "alertOfDeletedUser", "alert", str(alert.id), f"The alert is for supervisor {alert.user}, who is deleted"
        )
    if _is_never_raised(alert.attributes):
        yield Problem("alertNeverRaised", "alert", str(alert.id), "No value can be beyond the alert's threshold")
    if _is_always_raised(alert.attributes):
        yield Problem("alertAlwaysRaised", "alert", str(alert.id), "Every value is beyond the alert's threshold")


def _is_never_raised(alert: AlertAttributes) -> bool:
    """Nothing is below 0, and no disk is more than full."""
    threshold = alert.threshold
    if threshold is None:
        return False
    return threshold <= 0 if alert.type in LOW else alert.type == "diskUsageHigh" and threshold >= 100


def _is_always_raised(alert: AlertAttributes) -> bool:
    """Everything is above what is below 0."""
    return alert.threshold is not None and alert.threshold < 0 and alert.type not in LOW


def _in_licence(sessions: Sessions, licence: Licence, now: float) -> Iterator[Problem]:
    if licence.is_exceeded(sessions):
        yield Problem("licenseExceeded", "license", "", "More users are signed in than the license allows")
    if not licence.is_valid(now):
        yield Problem("licenseInvalid", "license", "", "The license has expired")


def _in_machine(machine: Machine) -> Iterator[Problem]:
    for process in machine.stopped:
        yield Problem("processStopped", "process", process, f"The process {process} does not run")
    if machine.disk_usage_percent >= NEARLY_FULL_PERCENT:
        yield Problem("diskNearlyFull", "disk", "", f"The disk is {machine.disk_usage_percent} % full")
