from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Finds what one person did when their account closes, made while the log goes on being written."""

    atomic = False

    dependencies = [("billing", "0045_told_moves")]

    operations = [
        AddIndexConcurrently(
            "auditentry",
            models.Index(fields=["user_id"], condition=models.Q(user_id__isnull=False), name="audit_by_user"),
        )
    ]
