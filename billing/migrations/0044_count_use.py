from django.db import migrations

# The total's row is the lock: whoever holds it sees every use that was counted before. What is counted already, or
# does not fit (totals only grow), is answered without it.
CREATE = """
CREATE FUNCTION billing_count_use(
    payer bigint, counted bigint, since timestamptz, key text, wanted bigint, most bigint, moment timestamptz,
    OUT accepted boolean, OUT used bigint, OUT repeated boolean
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT quantity INTO used FROM billing_usagetotal
    WHERE customer_id = payer AND period_start = since AND feature_id = counted;
    used := coalesce(used, 0);
    repeated := EXISTS (
        SELECT FROM billing_usageevent
        WHERE customer_id = payer AND feature_id = counted AND period_start = since AND event_id = key
    );
    accepted := repeated OR most IS NULL OR wanted <= most - used;
    IF repeated OR NOT accepted THEN
        RETURN;
    END IF;
    INSERT INTO billing_usagetotal (customer_id, feature_id, period_start, quantity)
    VALUES (payer, counted, since, 0)
    ON CONFLICT (customer_id, period_start, feature_id) DO NOTHING;
    SELECT quantity INTO used FROM billing_usagetotal
    WHERE customer_id = payer AND period_start = since AND feature_id = counted
    FOR UPDATE;
    repeated := EXISTS (
        SELECT FROM billing_usageevent
        WHERE customer_id = payer AND feature_id = counted AND period_start = since AND event_id = key
    );
    accepted := repeated OR most IS NULL OR wanted <= most - used;
    IF repeated OR NOT accepted THEN
        RETURN;
    END IF;
    INSERT INTO billing_usageevent (customer_id, feature_id, period_start, event_id, quantity, at)
    VALUES (payer, counted, since, key, wanted, moment);
    UPDATE billing_usagetotal SET quantity = quantity + wanted
    WHERE customer_id = payer AND period_start = since AND feature_id = counted
    RETURNING quantity INTO used;
END
$$
"""


class Migration(migrations.Migration):
    """Counting a use is one round trip, whatever comes of it."""

    dependencies = [("billing", "0043_credit_grants_that_cannot_be")]

    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP FUNCTION billing_count_use(bigint, bigint, timestamptz, text, bigint, bigint, timestamptz)",
        ),
    ]
