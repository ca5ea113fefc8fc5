from django.db import migrations

CREATE_TRIGGER = """
CREATE TRIGGER renew_catalog_epoch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON billing_creditcost
FOR EACH STATEMENT EXECUTE FUNCTION billing_renew_catalog_epoch()
"""


class Migration(migrations.Migration):
    """What a feature costs in credits is part of what a decision says."""

    dependencies = [("billing", "0034_invoice_archives")]

    operations = [
        migrations.RunSQL(CREATE_TRIGGER, "DROP TRIGGER renew_catalog_epoch ON billing_creditcost"),
    ]
