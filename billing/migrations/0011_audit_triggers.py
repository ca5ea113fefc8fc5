"""The audit log writes itself, and the database refuses to change what it says."""

from django.db import migrations

from billing.audits.triggers import audit

WRITE = """
CREATE FUNCTION billing_audit() RETURNS trigger LANGUAGE plpgsql AS $$
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
UNWRITE = "DROP FUNCTION billing_audit();"

# ALWAYS: also for the table's owner, and in a session that replays somebody else's changes.
PROTECT = """
CREATE FUNCTION billing_refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON billing_auditentry
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_change_of_audit_log();
CREATE TRIGGER audit_log_is_never_emptied BEFORE TRUNCATE ON billing_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change_of_audit_log();
ALTER TABLE billing_auditentry ENABLE ALWAYS TRIGGER audit_log_is_append_only;
ALTER TABLE billing_auditentry ENABLE ALWAYS TRIGGER audit_log_is_never_emptied;
"""
UNPROTECT = """
DROP TRIGGER audit_log_is_never_emptied ON billing_auditentry;
DROP TRIGGER audit_log_is_append_only ON billing_auditentry;
DROP FUNCTION billing_refuse_change_of_audit_log();
"""

VERSION = """(
    SELECT plan.name || ', version ' || version.number FROM billing_planversion version
    JOIN billing_plan plan ON plan.id = version.plan_id WHERE version.id = it.version_id
)"""

FEATURE = "(SELECT name FROM billing_feature WHERE id = it.feature_id)"
CUSTOMER = "(SELECT stripe_email FROM billing_stripecustomer WHERE id = it.customer_id)"


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_audit_log")]

    operations = [
        migrations.RunSQL(WRITE, UNWRITE),
        migrations.RunSQL(PROTECT, UNPROTECT),
        audit(
            "billing_plan",
            kind="plan",
            label="it.name",
            ignore=["changed_at", "stripe_compared_at", "stripe_differences"],
        ),
        audit(
            "billing_planversion",
            kind="version",
            label="(SELECT name FROM billing_plan WHERE id = it.plan_id) || ', version ' || it.number",
        ),
        audit(
            "billing_planfeature",
            kind="plan feature",
            label=f"{VERSION} || ': ' || {FEATURE}",
        ),
        audit(
            "billing_price",
            kind="price",
            label=f"{VERSION} || ': ' || it.amount || ' ' || it.currency || ' per ' || it.interval",
        ),
        audit("billing_feature", kind="feature", label="it.name"),
        audit(
            "billing_subscription",
            kind="subscription",
            label=f"{CUSTOMER} || ': ' || {VERSION}",
            ignore=["last_synced_at"],
        ),
    ]
