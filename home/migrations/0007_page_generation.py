import uuid

from django.db import migrations, models

SHOWN = (
    "wagtailcore_page",
    "wagtailcore_site",
    "wagtailcore_pageviewrestriction",
    "wagtailcore_pageviewrestriction_groups",
    "files_customimage",
    "home_sitepage",
    "home_articlepage",
    "home_articleindexpage",
    "home_homepage",
    "home_standardpage",
    "home_aboutpage",
    "home_helppage",
    "home_helpindexpage",
    "home_navigation",
    "home_author",
    "billing_catalogepoch",
)
"""What pages show. Stripe's, readers' and counters' tables are not among them."""

# Once in a transaction and only at its end, so that nobody waits for a row that a long transaction holds.
RENEW = """
CREATE FUNCTION home_renew_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('home.pages_renewed', true) IS NOT DISTINCT FROM pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    INSERT INTO home_pagegeneration (id, value) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value;
    PERFORM set_config('home.pages_renewed', pg_current_xact_id()::text, true);
    PERFORM pg_notify('home_page_cache', '');
    RETURN NULL;
END
$$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER renew_pages AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION home_renew_pages()
"""

TELL = """
CREATE FUNCTION home_tell_of_reader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('home_page_cache', to_jsonb(COALESCE(NEW, OLD)) ->> TG_ARGV[0]);
    RETURN NULL;
END
$$
"""
READERS = (
    ("billing_stripecustomer", "INSERT OR DELETE OR UPDATE OF entitlements_epoch, user_id", "user_id"),
    ("home_pageunlock", "INSERT OR DELETE OR UPDATE", "reader_id"),
    ("members_customuser", "DELETE OR UPDATE OF password, is_active, is_superuser", "id"),
    ("members_customuser_groups", "INSERT OR DELETE", "customuser_id"),
    ("usersessions_usersession", "DELETE", "user_id"),
)
"""Whose change says something about a reader: table, what happens to it, and which column names them."""


def _tell(table: str, event: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER tell_of_reader AFTER {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION home_tell_of_reader('{column}')",
        f"DROP TRIGGER tell_of_reader ON {table}",
    )


class Migration(migrations.Migration):
    """Whatever changes a page, or what a reader may read, makes what was kept for them out of date."""

    dependencies = [
        ("home", "0006_audiences"),
        ("billing", "0018_grants_and_flags"),
        ("members", "0002_roles"),
        ("usersessions", "0001_initial"),
        ("files", "0003_gated_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageGeneration",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="only_one_page_generation")
                ],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO home_pagegeneration VALUES (1, gen_random_uuid())", migrations.RunSQL.noop
        ),
        migrations.RunSQL(RENEW, "DROP FUNCTION home_renew_pages()"),
        *(
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER renew_pages ON {table}")
            for table in SHOWN
        ),
        migrations.RunSQL(TELL, "DROP FUNCTION home_tell_of_reader()"),
        *(_tell(*told) for told in READERS),
    ]
