"""The database itself refuses to change a version of a plan that somebody holds."""

from django.db import migrations

CREATE = """
CREATE FUNCTION billing_version_is_held(bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM billing_subscription WHERE version_id = $1)
        OR EXISTS (
            SELECT 1 FROM billing_checkoutattempt attempt JOIN billing_price price ON price.id = attempt.price_id
            WHERE price.version_id = $1
        )
$$;

CREATE FUNCTION billing_refuse_change_of_held_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What may change: which version is current, and the ids that Stripe gave.
    free text[] := ARRAY['is_current', 'stripe_price_id'];
    key text := CASE TG_TABLE_NAME WHEN 'billing_planversion' THEN 'id' ELSE 'version_id' END;
    before jsonb := CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    version bigint;
BEGIN
    IF before - free IS DISTINCT FROM after - free THEN
        FOREACH version IN ARRAY ARRAY[(before ->> key)::bigint, (after ->> key)::bigint] LOOP
            IF billing_version_is_held(version) THEN
                RAISE EXCEPTION 'version % of a plan is held by customers: it cannot change', version
                    USING ERRCODE = 'restrict_violation', HINT = 'Make the next version of the plan.';
            END IF;
        END LOOP;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER held_version_is_immutable BEFORE UPDATE OR DELETE ON billing_planversion
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_change_of_held_version();
CREATE TRIGGER held_version_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_planfeature
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_change_of_held_version();
CREATE TRIGGER held_version_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON billing_price
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_change_of_held_version();
"""

DROP = """
DROP TRIGGER held_version_is_immutable ON billing_price;
DROP TRIGGER held_version_is_immutable ON billing_planfeature;
DROP TRIGGER held_version_is_immutable ON billing_planversion;
DROP FUNCTION billing_refuse_change_of_held_version();
DROP FUNCTION billing_version_is_held(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_catalog_rules")]

    operations = [migrations.RunSQL(CREATE, DROP)]
