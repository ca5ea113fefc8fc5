from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The picture above the inbox asks for the failures of a day."""

    dependencies = [("billing", "0030_departures")]

    operations = [
        migrations.AddIndex(
            model_name="eventattempt",
            index=models.Index(
                fields=["at"], condition=Q(outcome__in=["failed", "parked"]), name="failed_attempts"
            ),
        ),
    ]
