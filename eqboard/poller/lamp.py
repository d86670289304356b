"""Logs once when something is lost and once when it is back, and does not fill the log when it comes and goes."""

import logging
import time
from collections.abc import Callable

STEADY_SECONDS = 60.0  # what is lost again sooner than this is back only when it was well for so long


class Lamp:
    def __init__(self, name: str, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._logger = logger
        self._clock = clock
        self._is_lost = False
        self._lost_at = self._back_at = -STEADY_SECONDS
        self._wait_seconds = 0.0

    @property
    def is_lost(self) -> bool:
        return self._is_lost

    def lost(self, why: str, cause: BaseException | None = None) -> None:
        """`cause`: an error nobody expected, which is logged with its traceback."""
        now = self._lost_at = self._clock()
        if not self._is_lost:
            self._is_lost = True
            self._wait_seconds = STEADY_SECONDS if now - self._back_at < STEADY_SECONDS else 0.0
            self._logger.warning("%s is lost: %s. Trying again until it is back", self._name, why, exc_info=cause)

    def back(self) -> None:
        now = self._clock()
        if self._is_lost and now - self._lost_at >= self._wait_seconds:
            self._is_lost = False
            self._back_at = now
            self._logger.info("%s is back", self._name)
