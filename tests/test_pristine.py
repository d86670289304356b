"""What a test commits is gone after it, and what migrations made is there, whatever the test did."""

import sqlite3
from contextlib import closing

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection

from eqboard.accounts.models import Role
from eqboard.accounts.roles import READY_ROLES
from tests import pristine
from tests.pristine import Picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_is_as_migrations_left_it(django_db_setup: Picture) -> None:
    permissions = set(Permission.objects.values_list("pk", "codename"))
    User.objects.create_user("somebody")
    Role.objects.all().delete()
    Permission.objects.all().delete()
    django_db_setup.put_back()
    assert not User.objects.exists()
    assert set(Role.objects.values_list("key", flat=True)) >= set(READY_ROLES)
    assert set(Permission.objects.values_list("pk", "codename")) == permissions


def test_tables_too(django_db_setup: Picture) -> None:
    before = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE odd (id integer)")
        cursor.execute("DROP TABLE accounts_seat")
    django_db_setup.put_back()
    assert set(connection.introspection.table_names()) == before


def test_a_transaction_that_never_ends_is_told(django_db_setup: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pristine, "PATIENCE_SECONDS", 0.0)

    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError, match="open"):
            django_db_setup.put_back()
