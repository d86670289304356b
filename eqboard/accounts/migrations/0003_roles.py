from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import eqboard.accounts.models

LED = ["agent.pause", "agent.resume", "target.change"]  # what a lead could do until now
LISTENS = ["monitor.spy", "monitor.whisper", "monitor.barge_in"]
SEES = ["number.see", "audit.see", "recording.see"]
HANDS = [
    "agent.pause",
    "agent.resume",
    "agent.sign_in",
    "agent.sign_out",
    "agent.exit_wrap_up",
    *LISTENS,
    "call.steal",
    "call.pick_up",
    "call.dial",
    "call.transfer",
    "call.park",
    "call.hang_up",
    "recording.start",
    "conference.remove",
]
READY = {
    "viewer": ("Viewer: sees the board", ["number.see"]),
    "monitor": ("Monitor: sees the board and listens", ["number.see", *LISTENS]),
    "lead": ("Team lead: sees and acts", [*SEES, *HANDS, "target.change"]),
    "full": ("Full: sees and does everything", [*SEES, *HANDS, "phone.press", "target.change"]),
}


def make_ready_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for key, (name, actions) in READY.items():
        apps.get_model("accounts", "Role").objects.create(key=key, name=name, actions=actions)


def carry_memberships_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A word that was no role has only looked until now."""
    roles = apps.get_model("accounts", "Role").objects
    memberships: Any = apps.get_model("accounts", "Membership").objects  # mypy knows its fields of today alone
    memberships.filter(old_role="lead").update(role=roles.get(key="lead"))
    memberships.exclude(old_role="lead").update(role=roles.get(key="viewer"))


def carry_memberships_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody gets more than they had: who may not do all that a lead could looks only."""
    memberships: Any = apps.get_model("accounts", "Membership").objects
    for role in apps.get_model("accounts", "Role").objects.all():
        memberships.filter(role=role).update(old_role="lead" if set(LED) <= set(role.actions) else "viewer")


class Migration(migrations.Migration):
    """What a role allows is no longer written in the program."""

    dependencies = [("accounts", "0002_a_code_makes_one_display")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(blank=True, editable=False, max_length=20)),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "actions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[eqboard.accounts.models.validate_rights],
                        verbose_name="rights",
                    ),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="one_role_of_each_key"
                    )
                ],
            },
        ),
        migrations.RunPython(make_ready_roles, migrations.RunPython.noop),
        migrations.RenameField("membership", "role", "old_role"),
        migrations.AddField(
            "membership",
            "role",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="accounts.role",
                verbose_name="role",
            ),
        ),
        migrations.RunPython(carry_memberships_over, carry_memberships_back),
        migrations.AlterField(
            "membership",
            "role",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="accounts.role",
                verbose_name="role",
            ),
        ),
        migrations.RemoveField("membership", "old_role"),
        migrations.AddField(
            "team",
            "agent_ids",
            models.TextField(
                blank=True,
                help_text="Ids of the agents on whom members may act, separated by commas. "
                "Blank: whoever serves the queues.",
                validators=[eqboard.accounts.models.validate_ids],
                verbose_name="agents",
            ),
        ),
    ]
