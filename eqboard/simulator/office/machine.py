"""The machine on which EQ runs, as far as alerts and the check of the configuration know it.

It is there to be looked at: a process that is stopped, or a disk that is full, hinders no call here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Those without which a FreePBX with EQ on it is not whole [X]. The text names none of EQ's own; the two are ours.
PROCESSES = ("asterisk", "httpd", "mysqld", "crond", "postfix", "eqd", "eqmaild")
USUAL_DISK_USAGE_PERCENT = 41
NEARLY_FULL_PERCENT = 90  # from here on the check of the configuration complains


@dataclass(frozen=True, slots=True)
class EmailQueue:
    """An e-mail queue in numbers. The EQ API knows it by its id alone, and alerts on it (contract §3)."""

    id: int
    emails: int = 0  # that wait for an answer
    agents: int = 2  # signed in
    agents_available: int = 2  # of those


class Machine:
    """Its processes, its disk in whole percent, its e-mail queues by id."""

    def __init__(self, email_queues: Iterable[int]) -> None:
        self.disk_usage_percent = USUAL_DISK_USAGE_PERCENT
        self.email_queues = {queue: EmailQueue(queue) for queue in email_queues}
        self._stopped: set[str] = set()

    @property
    def processes(self) -> Mapping[str, bool]:
        """Whether each process runs."""
        return {process: process not in self._stopped for process in PROCESSES}

    @property
    def stopped(self) -> list[str]:
        """The processes that do not run."""
        return [process for process in PROCESSES if process in self._stopped]

    def stop(self, process: str) -> None:
        """It runs no more. ValueError for a process that is none of PROCESSES."""
        _check(process)
        self._stopped.add(process)

    def start(self, process: str) -> None:
        """It runs again. ValueError for a process that is none of PROCESSES."""
        _check(process)
        self._stopped.discard(process)


def _check(process: str) -> None:
    if process not in PROCESSES:
        raise ValueError(f"The processes are {', '.join(PROCESSES)}.")
