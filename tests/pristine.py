"""What every test finds as it was, however many ran before it, and without making it anew."""

import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PATIENCE_SECONDS = 60.0  # for who still writes in another thread, on a busy machine


class Picture:
    """The database as migrations leave it.

    Django would empty every table after a test that commits. That takes away what migrations put in (the ready roles),
    the log's guard refuses it, and every application makes its permissions again: 30 ms each time, instead of 3.
    """

    def __init__(self) -> None:
        self._kept = sqlite3.connect(":memory:")

    def take(self) -> None:
        connection.close()
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as file:
            file.backup(self._kept)

    def put_back(self) -> None:
        """Everything, tables and triggers too. Raises TimeoutError where another thread keeps the lock."""
        connection.close()
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=PATIENCE_SECONDS)) as file:
            file.execute("PRAGMA synchronous=OFF")
            self._kept.backup(file, progress=_need_room)

    def close(self) -> None:
        self._kept.close()


def _need_room(status: int, remaining: int, total: int) -> None:
    """SQLite has waited for the lock; Python would let it try for ever."""
    if status == sqlite3.SQLITE_BUSY:
        raise TimeoutError("The test left a transaction open in another thread.")


def look_at_static_files_once(patch: pytest.MonkeyPatch) -> None:
    """Each Client makes the middleware anew, and WhiteNoise looks at each of the 270 files: 39 ms, most of a test."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    seen: dict[tuple[str, ...], dict[str, StaticFile]] = {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        apps = tuple(settings.INSTALLED_APPS)
        if apps not in seen:
            look(middleware)
            seen[apps] = dict(middleware.files)
        middleware.files.update(seen[apps])

    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
