from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent
AFTER = (FOLDER / "0043_credit_grants_that_cannot_be" / "grant.sql").read_text(encoding="utf-8")
BEFORE, _, _ = (
    (FOLDER / "0016_credit_functions" / "5_grants.sql")
    .read_text(encoding="utf-8")
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .partition("-- Gives a spend back")
)


class Migration(migrations.Migration):
    """A grant that cannot be is refused in a word, which the site before this would not understand."""

    dependencies = [("billing", "0042_forgetting_in_the_audit_log")]

    operations = [
        migrations.RunSQL(
            [(AFTER, None)],
            [(BEFORE, None), ("DROP FUNCTION billing_credits_room", None)],
        )
    ]
