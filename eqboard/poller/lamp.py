"""Logs once when something is lost and once when it is back, never in between."""

import logging


class Lamp:
    def __init__(self, name: str, logger: logging.Logger) -> None:
        self._name = name
        self._logger = logger
        self._is_lost = False

    def lost(self, why: str, cause: BaseException | None = None) -> None:
        """`cause`: an error nobody expected, which is logged with its traceback."""
        if not self._is_lost:
            self._logger.warning("%s is lost: %s. Trying again until it is back", self._name, why, exc_info=cause)
        self._is_lost = True

    def back(self) -> None:
        if self._is_lost:
            self._logger.info("%s is back", self._name)
        self._is_lost = False
