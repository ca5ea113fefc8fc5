from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

INDEXES = [
    models.Index(fields=["customer"], condition=Q(state="received"), name="inbox_waiting_customers"),
    models.Index(fields=["received_at"], condition=Q(state="failed"), name="inbox_parked"),
    models.Index(fields=["received_at"], name="inbox_received_at"),
    models.Index(fields=["type", "received_at"], name="inbox_type"),
    models.Index(fields=["trigger"], name="inbox_trigger"),
]


class Migration(migrations.Migration):
    """An index for each question that the inbox is asked, made while events go on arriving."""

    atomic = False

    dependencies = [("billing", "0021_inbox_attempts")]

    operations = [AddIndexConcurrently("inboxevent", index) for index in INDEXES]
