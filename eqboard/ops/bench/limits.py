"""How many sockets the system lets a process have: each is an open file, at the server and at those who look."""

import math

from eqboard.ops.bench.measure import Skipped

SPARE_FILES = 200  # for whatever else a process has open
WANTED_FILES = 16384


def raise_limit() -> None:
    """Of open files, for us and for those whom we start; where the system has none (it is not POSIX), nothing."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def most_files() -> float:
    """How many a process may have open now."""
    try:
        import resource
    except ImportError:
        return math.inf
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else soft


def too_many(viewers: int) -> str:
    """Why so many cannot look at one server, in a sentence; "" if they can."""
    needed, most = viewers + SPARE_FILES, most_files()
    if needed <= most:
        return ""
    return f"{viewers:,} viewers need {needed:,} open files in one process, and {most:,} are allowed (ulimit -n)"


def make_room(viewers: int) -> None:
    """Raises Skipped when so many cannot look at one server."""
    if reason := too_many(viewers):
        raise Skipped(reason)
