"""The audit log lets go of the address of a person whose account is closed, and of nothing else."""

from django.db import migrations

# An address as a whole word: that of somebody else which ends or begins with it stays.
HIDE = r"""
CREATE FUNCTION billing_hide_address(entry jsonb, address text, alias text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT regexp_replace(
        entry::text,
        '(?<![[:alnum:]._%+-])' || regexp_replace(address, '([\]\[.*+?^$(){}|\\])', '\\\1', 'g')
            || '(?![[:alnum:]-]|\.[[:alnum:]])',
        alias, 'gi'
    )::jsonb
$$;
"""
UNHIDE = "DROP FUNCTION billing_hide_address(jsonb, text, text);"

# What was changed must be exactly what hiding the address of a closed account changes.
PROTECT = """
CREATE OR REPLACE FUNCTION billing_refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    forgotten jsonb := nullif(current_setting('billing.forgotten', true), '')::jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND forgotten IS NOT NULL
        AND to_jsonb(NEW) - 'words' = billing_hide_address(
            to_jsonb(OLD) - 'words', forgotten ->> 'address', 'closed-' || (forgotten ->> 'person') || '@closed.invalid'
        )
        AND EXISTS (
            SELECT FROM members_customuser
            WHERE id = (forgotten ->> 'person')::bigint AND closed_at IS NOT NULL
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;
"""
PROTECT_WHOLLY = """
CREATE OR REPLACE FUNCTION billing_refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;
"""

FORGET = """
CREATE FUNCTION billing_forget_in_audit_log(person bigint, address text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    alias text := 'closed-' || person || '@closed.invalid';
    known text;
BEGIN
    FOR known IN
        SELECT address UNION SELECT user_email FROM billing_auditentry WHERE user_id = person
        EXCEPT SELECT unnest(ARRAY['', alias])
    LOOP
        PERFORM set_config(
            'billing.forgotten', jsonb_build_object('person', person, 'address', known)::text, true
        );
        UPDATE billing_auditentry entry SET
            label = hidden.label, user_email = hidden.user_email, why = hidden.why, place = hidden.place,
            before = hidden.before, after = hidden.after
        FROM billing_auditentry stored, LATERAL jsonb_populate_record(
            stored, billing_hide_address(to_jsonb(stored) - 'words', known, alias)
        ) hidden
        WHERE stored.id = entry.id
            AND (stored.user_email = known OR stored.words @@ plainto_tsquery('simple', known));
    END LOOP;
    PERFORM set_config('billing.forgotten', '', true);
END
$$;
"""
UNFORGET = "DROP FUNCTION billing_forget_in_audit_log(bigint, text);"


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0041_stripes_pricing_table"),
        ("members", "0003_closing"),
    ]

    operations = [
        migrations.RunSQL(HIDE, UNHIDE),
        migrations.RunSQL(PROTECT, PROTECT_WHOLLY),
        migrations.RunSQL(FORGET, UNFORGET),
    ]
