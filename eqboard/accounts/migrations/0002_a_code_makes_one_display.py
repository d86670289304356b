from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef


def leave_each_code_to_the_newest(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    displays = apps.get_model("accounts", "Display").objects
    newer = displays.filter(code=OuterRef("code"), pk__gt=OuterRef("pk"))
    displays.filter(Exists(newer)).update(code=None)


def give_none_an_empty_one(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "Display").objects.filter(code=None).update(code="")


class Migration(migrations.Migration):
    """Two leads who approved one code in the same moment have made two displays of it until now."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterField("display", "code", models.CharField(max_length=12, db_index=True, null=True)),
        migrations.RunPython(leave_each_code_to_the_newest, give_none_an_empty_one),
        migrations.AlterField("display", "code", models.CharField(blank=True, max_length=12, null=True, unique=True)),
    ]
