"""The check of the configuration: what is wrong in it as it stands (contract §3, check). Pure.

The text does not say what EQ looks for, so the words for the types of problems are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eqboard.simulator.office.alerts import Alert
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.licence import Licence
from eqboard.simulator.office.sessions import Kind, Sessions

SUPPORTED_FORMATS = ("wav", "", None)  # EQ API text: FreePBX's other two formats "are not supported by EQ"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what kind of thing, and with which entity; `id` is its key."""

    type: str
    entity: str
    id: str
    description: str


def problems_in(directory: Directory, sessions: Sessions, licence: Licence, now: float) -> list[Problem]:
    """Everything that is wrong, the same things always in the same order."""
    return [
        *_at_no_extension(directory, sessions),
        *_at_one_extension(sessions),
        *_in_queues(directory),
        *_in_bindings(directory),
        *(problem for alert in directory.alerts.values() for problem in _in_alert(directory, alert)),
        *_in_licence(sessions, licence, now),
    ]


def _at_no_extension(directory: Directory, sessions: Sessions) -> Iterator[Problem]:
    for kind in Kind:
        for session in sessions.active(kind):
            if session.extension and session.extension not in directory.extensions:
                yield Problem(
                    "extensionNonexistent",
                    kind,
                    str(session.user),
                    f"The {kind} is signed in at extension {session.extension}, which does not exist",
                )


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


def _in_licence(sessions: Sessions, licence: Licence, now: float) -> Iterator[Problem]:
    if licence.is_exceeded(sessions):
        yield Problem("licenseExceeded", "license", "", "More users are signed in than the license allows")
    if not licence.is_valid(now):
        yield Problem("licenseInvalid", "license", "", "The license has expired")
