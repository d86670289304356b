import uuid

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0003_done"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="queues",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="reason",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="attempt",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="step",
            field=models.CharField(
                choices=[
                    ("denied", "denied: not allowed"),
                    ("asked", "asked"),
                    ("accepted", "accepted by EQ"),
                    ("refused", "refused: not done"),
                    ("unknown", "unknown: EQ's answer was lost"),
                    ("left", "left, not yet arrived"),
                    ("confirmed", "confirmed on the floor"),
                    ("not_seen", "accepted, but not seen on the floor"),
                    ("lost", "lost: left, and never arrived"),
                    ("ended", "ended"),
                    ("done", "done"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="target",
            field=models.CharField(max_length=100),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(fields=("attempt", "step"), name="one_entry_per_step"),
        ),
    ]
