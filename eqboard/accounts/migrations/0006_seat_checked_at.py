from django.db import migrations, models


class Migration(migrations.Migration):
    """Of seats that are there nobody knows when: EQ is asked at the next press."""

    dependencies = [("accounts", "0005_seat_is_confirmed")]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="checked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
