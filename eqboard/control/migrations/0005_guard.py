from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from eqboard.control.audit import guard


def put_up(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    guard.guard(editor.connection)


def lift(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    guard.lift(editor.connection)


class Migration(migrations.Migration):
    """From here on the database itself refuses to change or delete what was written down."""

    dependencies = [
        ("control", "0004_stories"),
    ]

    operations = [
        migrations.RunPython(put_up, lift),
    ]
