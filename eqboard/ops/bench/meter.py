"""What a process takes: processor time by two clocks that must agree, and memory."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from eqboard.ops.bench.processes import processor_clock

PROC = Path("/proc")
AGREE = 0.03  # the two clocks, but for SLACK_SECONDS
SLACK_SECONDS = 0.01
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """`seconds`: of the process, user and system, with threads that have ended. `thread_seconds`: the sum of those that
    run now, by the scheduler's own clock; None where the system does not tell.
    """

    seconds: float
    thread_seconds: float | None


class Meter:
    """Of one process. Raises Skipped where the system does not tell."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._clock = processor_clock(pid)

    def read(self) -> Reading:
        return Reading(self._clock(), _thread_seconds(self._pid))

    def megabytes(self) -> float:
        """What it holds in memory (resident set), in MB of 1,000,000 bytes."""
        return resident_bytes(self._pid) / 1e6


def disagreement(before: Reading, after: Reading) -> float:
    """By how much of the whole the two clocks differ; 0 within what they may, or where there is only one."""
    if before.thread_seconds is None or after.thread_seconds is None:
        return 0.0
    taken, threads = after.seconds - before.seconds, after.thread_seconds - before.thread_seconds
    gap = abs(taken - threads)
    return gap / taken if taken and gap > max(SLACK_SECONDS, AGREE * taken) else 0.0


def _thread_seconds(pid: int) -> float | None:
    """Linux: the first number of each thread's schedstat is nanoseconds on a core."""
    total, found = 0, False
    for task in (PROC / str(pid) / "task").glob("*"):
        with suppress(OSError, ValueError, IndexError):
            total += int((task / "schedstat").read_text().split()[0])
            found = True
    return total / 1e9 if found else None


def resident_bytes(pid: int) -> int:
    """Raises OSError when there is no such process."""
    status = PROC / str(pid) / "status"
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * KILOBYTE
    told = subprocess.run(("ps", "-o", "rss=", "-p", str(pid)), capture_output=True, text=True, check=False)  # noqa: S603, S607
    if told.returncode:
        raise ProcessLookupError(f"There is no process {pid}.")
    return int(told.stdout) * KILOBYTE


@contextmanager
def apart() -> Iterator[tuple[int, ...]]:
    """Leave one core to whoever is measured, and keep to the others with all that we start, until the block ends.

    Yields that core; nothing where there is only one, or where the system does not let processes choose.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield ()
        return
    ours = os.sched_getaffinity(0)
    if len(ours) < 2:
        yield ()
        return
    theirs = min(ours)
    os.sched_setaffinity(0, ours - {theirs})
    try:
        yield (theirs,)
    finally:
        os.sched_setaffinity(0, ours)


def pinned(cores: Iterable[int]) -> str:
    """Whether those who are measured are apart from those who measure, in words."""
    core = next(iter(cores), None)
    if core is None:
        return "server and viewers share the cores: this system has one, or lets no process choose"
    return f"the server has core {core} to itself, viewers and publisher the others"
