"""What keeps the audit log append-only in the database itself, whoever speaks to it: triggers that refuse.

SQLite drops a table's triggers when Django makes the table anew to alter it: a migration that alters AuditEntry calls
`guard` again at its end (tests/control/test_guard.py looks whether the newest one did).
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "control_auditentry"
CHANGED = "An audit entry is never changed."
DELETED = "An audit entry is never deleted."

# SQLite: `INSERT OR REPLACE` deletes what is in its way without asking the trigger of deletions.
GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{DELETED}'); END",
        f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE}"  # noqa: S608
        " WHERE id = NEW.id OR (attempt = NEW.attempt AND step = NEW.step))"
        f" BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE}"
        f" FOR EACH ROW EXECUTE FUNCTION audit_refuse('{CHANGED}')",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE}"
        f" FOR EACH ROW EXECUTE FUNCTION audit_refuse('{DELETED}')",
        f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('{DELETED}')",
    ),
}
LIFTS = {
    "sqlite": tuple(
        f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_no_update", "audit_no_delete", "audit_no_replace")
    ),
    "postgresql": (
        *(
            f"DROP TRIGGER IF EXISTS {name} ON {TABLE}"
            for name in ("audit_no_update", "audit_no_delete", "audit_no_truncate")
        ),
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ),
}


def guard(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers up, also where they are already. Raises KeyError for a database that has none written here."""
    _execute(connection, LIFTS[connection.vendor] + GUARDS[connection.vendor])


def lift(connection: BaseDatabaseWrapper) -> None:
    _execute(connection, LIFTS[connection.vendor])


def _execute(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
