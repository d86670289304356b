"""Logs once when something is lost and once when it is back; in between only another kind of loss, once."""

import logging


class Lamp:
    def __init__(self, name: str, logger: logging.Logger) -> None:
        self._name = name
        self._logger = logger
        self._told: set[str] = set()

    def lost(self, why: str, cause: BaseException | None = None, *, kind: str = "") -> None:
        """`cause`: an error nobody expected, which is logged with its traceback. `kind`: one of a few."""
        if kind not in self._told:
            self._logger.warning("%s is lost: %s. Trying again until it is back", self._name, why, exc_info=cause)
        self._told.add(kind)

    def back(self) -> None:
        if self._told:
            self._logger.info("%s is back", self._name)
        self._told.clear()
