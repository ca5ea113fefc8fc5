from pathlib import Path

from django.db import migrations

SOURCE = Path(__file__).with_suffix("") / "owed.sql"


class Migration(migrations.Migration):
    """Corrects one function of the ledger; the one before it is right for whoever goes back too."""

    dependencies = [("billing", "0032_audit_origin_words")]

    operations = [migrations.RunSQL([(SOURCE.read_text(encoding="utf-8"), None)], migrations.RunSQL.noop)]
