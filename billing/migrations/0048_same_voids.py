from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent
AFTER = (FOLDER / "0048_same_voids" / "void.sql").read_text(encoding="utf-8")
_, _, GRANTS = (
    (FOLDER / "0016_credit_functions" / "5_grants.sql")
    .read_text(encoding="utf-8")
    .partition("-- Takes a lot")
)
BEFORE, _, _ = GRANTS.partition("-- What was used")


class Migration(migrations.Migration):
    """Taking credits back twice with one key is the same request only where it asks for the same.

    Entries from before this do not say what was asked; with them, the lot alone decides, as it did.
    """

    dependencies = [("billing", "0047_prices_of_moves_unaudited")]

    operations = [
        migrations.AddField(
            model_name="creditentry",
            name="asked",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name="creditentry",
            name="owing",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.RunSQL(
            [(AFTER, None)],
            [("-- Takes a lot" + BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), None)],
        ),
    ]
