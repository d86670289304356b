from django.db import migrations, models


class Migration(migrations.Migration):
    """Of extensions that are there nobody knows who said them: they are remembered, and give no right."""

    dependencies = [("accounts", "0004_seat")]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="is_confirmed",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The person really sits there, and may use that telephone as their own. What they merely say "
                "themselves gives them no right.",
                verbose_name="confirmed",
            ),
        ),
    ]
