from django.db import migrations

TABLES = ("feature", "plan", "planversion", "planfeature", "price")

CREATE_FUNCTION = """
CREATE FUNCTION billing_renew_catalog_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_catalogepoch (id, value) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value;
    RETURN NULL;
END
$$
"""
CREATE_TRIGGER = """
CREATE TRIGGER renew_catalog_epoch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON billing_{table}
FOR EACH STATEMENT EXECUTE FUNCTION billing_renew_catalog_epoch()
"""
DROP_TRIGGER = "DROP TRIGGER renew_catalog_epoch ON billing_{table}"


class Migration(migrations.Migration):
    """Whatever changes the catalog, by whatever way, makes every remembered permission out of date."""

    dependencies = [("billing", "0005_payer_reads_and_catalog_epoch")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION billing_renew_catalog_epoch()"),
        *(
            migrations.RunSQL(CREATE_TRIGGER.format(table=table), DROP_TRIGGER.format(table=table))
            for table in TABLES
        ),
    ]
