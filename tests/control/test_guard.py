"""The database itself keeps the audit log append-only, whoever speaks to it."""

# ruff: noqa: S608 (nothing in this SQL comes from outside)

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet

from eqboard.control.audit import guard
from eqboard.control.models import AuditEntry, Step
from tests.control.written import write

pytestmark = pytest.mark.django_db
COLUMNS = "id, attempt, at, actor_id, actor_name, action, target, target_name, queues, reason, details"
AGAIN = f"INTO {guard.TABLE} ({COLUMNS}, step) SELECT {COLUMNS}, 'done' FROM {guard.TABLE}"
REFUSED = {
    "update": (f"UPDATE {guard.TABLE} SET step = 'confirmed'", guard.CHANGED),
    "update of what stays as it is": (f"UPDATE {guard.TABLE} SET step = step", guard.CHANGED),
    "delete": (f"DELETE FROM {guard.TABLE}", guard.DELETED),
    "delete of one": (f"DELETE FROM {guard.TABLE} WHERE target = 'agent-7'", guard.DELETED),
}
IN_SQLITE = {
    "replace": (f"REPLACE {AGAIN}", guard.CHANGED),
    "insert or replace": (f"INSERT OR REPLACE {AGAIN}", guard.CHANGED),
    "upsert": (
        f"INSERT {AGAIN} WHERE true ON CONFLICT (id) DO UPDATE SET step = 'done'",
        guard.CHANGED,
    ),
}
IN_POSTGRESQL = {
    "truncate": (f"TRUNCATE {guard.TABLE}", guard.DELETED),
    "upsert": (f"INSERT {AGAIN} ON CONFLICT (id) DO UPDATE SET step = 'done'", guard.CHANGED),
}
BY_VENDOR = {"sqlite": REFUSED | IN_SQLITE, "postgresql": REFUSED | IN_POSTGRESQL}


@pytest.fixture
def attempt(cast) -> uuid.UUID:
    return write(cast.lead, Step.ASKED)


def test_sql_that_changes_or_deletes_is_refused(attempt):
    connection.check_constraints()  # as at the end of a transaction
    for sql, message in BY_VENDOR[connection.vendor].values():
        with pytest.raises(DatabaseError, match=message), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert AuditEntry.objects.get().step == Step.ASKED, sql


def test_what_goes_round_the_manager_is_refused_as_well(attempt):
    entries = QuerySet(AuditEntry)
    with pytest.raises(IntegrityError, match=guard.CHANGED), transaction.atomic():
        entries.update(step=Step.CONFIRMED)
    with pytest.raises(IntegrityError, match=guard.DELETED), transaction.atomic():
        entries._raw_delete(using="default")
    assert AuditEntry.objects.get().step == Step.ASKED


def test_adding_goes_on(attempt, cast):
    write(cast.lead, Step.ACCEPTED, attempt=attempt)
    assert [each.step for each in AuditEntry.objects.all()] == [Step.ASKED, Step.ACCEPTED]


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_by_hand_stops_at_the_log(cast):
    write(cast.lead, Step.ASKED)
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_test_wrote_is_gone_after_it():
    """As the test before wrote something; and the guard stands."""
    assert not AuditEntry.objects.exists()
    with pytest.raises(IntegrityError, match=guard.DELETED):
        _write_and_delete()


def _write_and_delete() -> None:
    from django.contrib.auth.models import User

    write(User.objects.create_user("somebody"), Step.DONE)
    QuerySet(AuditEntry)._raw_delete(using="default")


@pytest.fixture
def migrated_back(transactional_db):
    """Before the guard; afterwards the database is as every other test knows it."""
    yield _migrate("0004_stories")
    _migrate("0005_guard")


def _migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("control", name)])


def test_the_migration_can_be_taken_back_and_made_again(migrated_back, cast):
    write(cast.lead, Step.ASKED)
    QuerySet(AuditEntry).update(step=Step.DONE)
    _migrate("0005_guard")
    with pytest.raises(IntegrityError, match=guard.CHANGED):
        QuerySet(AuditEntry).update(step=Step.ASKED)
    assert AuditEntry.objects.get().step == Step.DONE


@pytest.mark.parametrize("vendor", guard.GUARDS)
def test_for_each_database_what_is_put_up_can_be_taken_down(vendor):
    names = {sql.split()[2] for sql in guard.GUARDS[vendor] if sql.startswith("CREATE TRIGGER")}
    assert len(names) == 3
    assert names == {sql.split()[4] for sql in guard.LIFTS[vendor] if sql.startswith("DROP TRIGGER")}


def test_no_database_is_left_unguarded_in_silence(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "oracle")
    with pytest.raises(KeyError, match="oracle"):
        guard.guard(connection)
