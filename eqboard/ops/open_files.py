"""How many open files, and so sockets, the system lets a process have."""

import math

WANTED_FILES = 16384


def raise_limit() -> None:
    """Of open files, for us and for those whom we start; where the system has none (it is not POSIX), nothing."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def most_files() -> float:
    """How many a process may have open now."""
    try:
        import resource
    except ImportError:
        return math.inf
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else soft
