"""Who is moved is told, once; and what a move put on sale at Stripe is remembered until it is off sale again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0044_count_use")]

    operations = [
        migrations.AddField(
            model_name="movedsubscription",
            name="told_at",
            field=models.DateTimeField(
                null=True, blank=True, help_text="When the customer was told, if at all."
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="opened_prices",
            field=models.JSONField(
                default=list, db_default=models.Value([], models.JSONField()), editable=False
            ),
        ),
    ]
