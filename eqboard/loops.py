"""Things that belong to one event loop: a connection pool, a hub; and tasks that are told to end.

In production there is one loop for the process.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes one `T` for the running loop, and keeps it as long as that loop runs."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made = {known: each for known, each in self._made.items() if not known.is_closed()}
            self._made[loop] = self._make()
        return self._made[loop]


endings = PerLoop(asyncio.Event)
"""Set once the process is told to end: what is under way comes to its end, and nothing more of it begins."""


def is_cancelled() -> bool:
    """Whether the running task has been told to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def end_if_cancelled() -> None:
    """Raise CancelledError when the running task was told to end and the message got lost.

    Before Python 3.12 `asyncio.wait_for`, which redis-py sends with, may swallow it: loops around Redis ask here.
    """
    if is_cancelled():
        raise asyncio.CancelledError
