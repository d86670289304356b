"""Whether the database can be used: asked at the web server's start, and when a command fails."""

from concurrent.futures import ThreadPoolExecutor

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

NOT_MIGRATED = "The database does not have eqboard's tables as they are now: run `.venv/bin/python manage.py migrate`."


class DatabaseUnusable(Exception):
    """One sentence that says what to do."""


def need_database() -> None:
    """Raise DatabaseUnusable unless the database answers, can be written and has our tables as they are now.

    Asked in a thread of its own: a server may import the application from within its event loop.
    """
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_check).result()


def _check() -> None:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise DatabaseUnusable(NOT_MIGRATED)
        write_nothing()
    except Error as error:
        raise DatabaseUnusable(sentence(error)) from None
    finally:
        connection.close()


def write_nothing() -> None:
    """What changes no row, and is refused all the same where nothing may be written."""
    from django.contrib.sessions.models import Session  # here: its model needs Django's apps

    Session.objects.filter(pk="").delete()


def sentence(error: Error) -> str:
    """What a database said, and what to look at. Drivers name host, user and file in it, never the password."""
    said = str(error).partition("\n")[0].strip().rstrip(".") or type(error).__name__
    if said.startswith(("no such table", 'relation "')):  # as SQLite and PostgreSQL say it
        return NOT_MIGRATED
    return f"The database cannot be used ({said}): check EQBOARD_DATABASE_URL, and that eqboard may read and write it."
