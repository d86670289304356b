"""How many sockets the system lets a process have: each is an open file, at the server and at those who look."""

from eqboard.ops.bench.measure import Skipped
from eqboard.ops.open_files import most_files

SPARE_FILES = 200  # for whatever else a process has open


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
