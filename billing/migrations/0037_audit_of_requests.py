"""An entry of the audit log names the request that made it, and a customer's checkout is an origin of its own."""

from django.db import migrations, models

# As before, with the request's number.
WRITE = """
CREATE OR REPLACE FUNCTION billing_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := TG_ARGV[0];
    label text := TG_ARGV[1];
    hidden text[] := TG_ARGV[2:] || ARRAY(
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = TG_RELID AND attname ~* 'secret|password|token|api_key'
    );
    actor jsonb := coalesce(nullif(current_setting('billing.actor', true), ''), '{}')::jsonb;
    before jsonb;
    after jsonb;
    row_id text := '';
    name text;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        before := to_jsonb(OLD) - hidden;
        row_id := before ->> 'id';
        EXECUTE format('SELECT (%s)::text FROM (SELECT ($1).*) AS it', label) INTO name USING OLD;
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        after := to_jsonb(NEW) - hidden;
        row_id := after ->> 'id';
        IF TG_OP = 'UPDATE' THEN
            SELECT jsonb_object_agg(was.key, was.value), jsonb_object_agg(was.key, after -> was.key)
            INTO before, after
            FROM jsonb_each(before) was WHERE was.value IS DISTINCT FROM after -> was.key;
            IF before IS NULL THEN
                RETURN NULL;
            END IF;
        END IF;
        EXECUTE format('SELECT (%s)::text FROM (SELECT ($1).*) AS it', label) INTO name USING NEW;
    END IF;
    INSERT INTO billing_auditentry
        (at, kind, row_id, label, operation, before, after, user_id, user_email, why, origin, place, transaction,
        request_id)
    VALUES (
        clock_timestamp(), kind, row_id, coalesce(name, ''), lower(TG_OP), before, after,
        (actor ->> 'user')::bigint, coalesce(actor ->> 'email', ''), coalesce(actor ->> 'why', ''),
        coalesce(actor ->> 'origin', 'database'),
        coalesce(actor ->> 'place', session_user || ' ' || current_setting('application_name')),
        pg_current_xact_id()::text::bigint, coalesce(actor ->> 'request', '')
    );
    RETURN NULL;
END
$$;
"""
WRITE_WITHOUT_REQUEST = """
CREATE OR REPLACE FUNCTION billing_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := TG_ARGV[0];
    label text := TG_ARGV[1];
    hidden text[] := TG_ARGV[2:] || ARRAY(
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = TG_RELID AND attname ~* 'secret|password|token|api_key'
    );
    actor jsonb := coalesce(nullif(current_setting('billing.actor', true), ''), '{}')::jsonb;
    before jsonb;
    after jsonb;
    row_id text := '';
    name text;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        before := to_jsonb(OLD) - hidden;
        row_id := before ->> 'id';
        EXECUTE format('SELECT (%s)::text FROM (SELECT ($1).*) AS it', label) INTO name USING OLD;
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        after := to_jsonb(NEW) - hidden;
        row_id := after ->> 'id';
        IF TG_OP = 'UPDATE' THEN
            SELECT jsonb_object_agg(was.key, was.value), jsonb_object_agg(was.key, after -> was.key)
            INTO before, after
            FROM jsonb_each(before) was WHERE was.value IS DISTINCT FROM after -> was.key;
            IF before IS NULL THEN
                RETURN NULL;
            END IF;
        END IF;
        EXECUTE format('SELECT (%s)::text FROM (SELECT ($1).*) AS it', label) INTO name USING NEW;
    END IF;
    INSERT INTO billing_auditentry
        (at, kind, row_id, label, operation, before, after, user_id, user_email, why, origin, place, transaction)
    VALUES (
        clock_timestamp(), kind, row_id, coalesce(name, ''), lower(TG_OP), before, after,
        (actor ->> 'user')::bigint, coalesce(actor ->> 'email', ''), coalesce(actor ->> 'why', ''),
        coalesce(actor ->> 'origin', 'database'),
        coalesce(actor ->> 'place', session_user || ' ' || current_setting('application_name')),
        pg_current_xact_id()::text::bigint
    );
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0036_audit_of_wordings_and_departures")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="request_id",
            field=models.CharField(
                "request",
                max_length=40,
                default="",
                db_default="",
                help_text="Every line it logged has this number.",
            ),
        ),
        # Of the rows that are there none is in it, so it is made at once.
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["request_id"], condition=~models.Q(request_id=""), name="audit_by_request"
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="origin",
            field=models.CharField(
                "from where",
                max_length=20,
                choices=[
                    ("admin", "The admin"),
                    ("site", "The site"),
                    ("checkout", "A customer's checkout"),
                    ("webhook", "Stripe's webhook"),
                    ("job", "A job"),
                    ("command", "The command line"),
                    ("database", "A script, or the database itself"),
                ],
            ),
        ),
        migrations.RunSQL(WRITE, WRITE_WITHOUT_REQUEST),
    ]
