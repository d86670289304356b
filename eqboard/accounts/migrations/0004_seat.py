import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import eqboard.accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "extension",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[eqboard.accounts.models.validate_extension],
                        verbose_name="my extension",
                    ),
                ),
                (
                    "eq_user",
                    models.PositiveBigIntegerField(blank=True, null=True, unique=True, verbose_name="EQ user's id"),
                ),
                ("eq_username", models.CharField(blank=True, max_length=255)),
                ("eq_type", models.CharField(blank=True, max_length=20)),
                ("sealed_token", models.TextField(blank=True, editable=False)),
                ("session_extension", models.CharField(blank=True, max_length=20)),
                ("signed_in_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "telephone and EQ user",
                "verbose_name_plural": "telephones and EQ users",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("extension", ""), _negated=True),
                        fields=("extension",),
                        name="one_person_per_extension",
                    )
                ],
            },
        ),
    ]
