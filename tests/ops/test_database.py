"""A database that cannot be used is one sentence at the start, whoever meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from eqboard.config import ROOT
from eqboard.ops.database import NOT_MIGRATED, DatabaseUnusable, need_database, sentence

DEADLINE_SECONDS = 30
CHECK = "check EQBOARD_DATABASE_URL, and that eqboard may read and write it."
WITHOUT_DRIVER = (
    "import sys; sys.modules['psycopg'] = None; sys.argv[1:] = ['check']; import manage; sys.exit(manage.main())"
)
WITH_DRIVER = (
    "import importlib.util as util; find = util.find_spec\n"
    "util.find_spec = lambda name: name == 'psycopg' or find(name)\n"
    "from eqboard import settings; print(settings.DATABASES['default']['OPTIONS']['connect_timeout'])"
)
MIGRATE = ("manage.py", "migrate", "-v0")
SERVE = ("manage.py", "serve", "--port", "0")


def said_by(words: tuple[str, ...], url: str) -> tuple[int, str]:
    """How a command ends, and what it says, with the database at this address."""
    done = subprocess.run(
        (sys.executable, *words),
        env=os.environ | {"EQBOARD_DATABASE_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def no_folder(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/gone/db.sqlite3"


@pytest.fixture
def no_database(tmp_path: Path) -> str:
    (tmp_path / "db.sqlite3").write_text("This is a letter, and no database at all. " * 9)
    return f"sqlite:///{tmp_path}/db.sqlite3"


@pytest.mark.parametrize("words", [MIGRATE, SERVE], ids=["migrate", "web"])
@pytest.mark.parametrize(
    ("place", "reason"),
    [("no_folder", "unable to open database file"), ("no_database", "file is not a database")],
)
def test_a_database_that_cannot_be_opened_is_one_sentence(request, words, place, reason) -> None:
    code, error = said_by(words, request.getfixturevalue(place))
    assert code != 0
    assert error == f"eqboard: The database cannot be used ({reason}): {CHECK}\n"


def test_a_web_server_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    code, error = said_by(SERVE, f"sqlite:///{tmp_path}/db.sqlite3")
    assert (code, error) == (1, f"eqboard: {NOT_MIGRATED}\n")


def test_postgresql_without_its_driver_says_how_to_install_it() -> None:
    code, error = said_by(("-c", WITHOUT_DRIVER), "postgres://127.0.0.1/eqboard")
    assert code == 2
    assert error == "eqboard: EQBOARD_DATABASE_URL needs the driver for PostgreSQL: run `.ci/setup postgres`.\n"


@pytest.mark.parametrize(("asked", "seconds"), [("", "5"), ("?connect_timeout=30", "30")])
def test_a_postgresql_that_does_not_answer_is_not_waited_for_long(asked, seconds) -> None:
    """Unless the address says so: as for a server far away."""
    done = subprocess.run(
        (sys.executable, "-c", WITH_DRIVER),
        env=os.environ | {"EQBOARD_DATABASE_URL": f"postgres://127.0.0.1/eqboard{asked}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{seconds}\n", "")


def test_a_database_that_may_only_be_read_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    assert said_by(MIGRATE, f"sqlite:///{file}") == (0, "")
    code, error = said_by(SERVE, f"sqlite:///file:{file}%3Fmode=ro")
    assert code == 1
    assert error == f"eqboard: The database cannot be used (attempt to write a readonly database): {CHECK}\n"


@pytest.mark.django_db(transaction=True)
def test_a_database_with_our_tables_will_do() -> None:
    need_database()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_lacks_the_newest_table_will_not(monkeypatch) -> None:
    monkeypatch.setattr("eqboard.ops.database.MigrationExecutor.migration_plan", lambda *_: ["accounts.0002"])
    with pytest.raises(DatabaseUnusable, match=r"manage\.py migrate"):
        need_database()


@pytest.mark.parametrize(
    "error",
    [OperationalError("no such table: auth_user"), ProgrammingError('relation "auth_user" does not exist\nLINE 1')],
)
def test_a_missing_table_is_told_by_what_makes_it(error) -> None:
    assert sentence(error) == NOT_MIGRATED


def test_only_the_first_line_of_what_a_driver_says_is_told() -> None:
    assert sentence(OperationalError("connection refused.\nIs it running?")) == (
        f"The database cannot be used (connection refused): {CHECK}"
    )
