"""Waiting for other processes: asked again and again, and never for ever."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def wait_until(is_so: Callable[[], object], what: str) -> None:
    """Raises AssertionError when it is not so in time; `what` is to be so, in words."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"After {PATIENCE_SECONDS:g} s it is still not so that {what}.")
        time.sleep(0.02)
