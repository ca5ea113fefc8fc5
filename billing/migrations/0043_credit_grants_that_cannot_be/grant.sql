-- Grants a lot, once per source and reference. It waits as pending until the clock takes it up, which is at
-- once unless it begins later. A grant that is there is answered as before, whatever the clock says by now; one
-- that would end before it begins, or fill the account beyond what its columns hold, is refused.
CREATE OR REPLACE FUNCTION billing_credits_grant(
    p_customer bigint, p_amount numeric, p_source text, p_ref text, p_category text, p_priority integer,
    p_effective timestamptz, p_expires timestamptz, p_reason text, p_by bigint,
    p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, lot_id bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_account bigint;
    v_now timestamptz;
BEGIN
    SELECT a.id INTO v_account FROM billing_creditaccount a WHERE a.customer_id = p_customer;
    IF NOT FOUND THEN
        INSERT INTO billing_creditaccount (customer_id, available, held, debt, created_at)
        SELECT id, 0, 0, 0, coalesce(p_now, clock_timestamp()) FROM billing_stripecustomer WHERE id = p_customer
        ON CONFLICT (customer_id) DO NOTHING;
        SELECT a.id INTO v_account FROM billing_creditaccount a WHERE a.customer_id = p_customer;
    END IF;
    IF v_account IS NULL THEN
        outcome := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := billing_credits_lock(v_account, p_now);
    IF NOT EXISTS (SELECT FROM billing_creditlot l WHERE l.source = p_source AND l.source_ref = p_ref) THEN
        outcome := CASE
            WHEN p_expires <= coalesce(p_effective, v_now) THEN 'backwards'
            WHEN p_amount > billing_credits_room(v_account) THEN 'full'
        END;
        IF outcome IS NOT NULL THEN
            RETURN NEXT;
            RETURN;
        END IF;
        INSERT INTO billing_creditlot
            (account_id, source, source_ref, category, priority, granted, remaining, state, effective_at,
             expires_at, reason, by_id, created_at)
        VALUES (v_account, p_source, p_ref, p_category, p_priority, p_amount, p_amount, 'pending',
            coalesce(p_effective, v_now), p_expires, p_reason, p_by, v_now)
        ON CONFLICT (source, source_ref) DO NOTHING RETURNING id INTO lot_id;
    END IF;
    IF lot_id IS NULL THEN
        SELECT l.id, CASE
                WHEN (l.account_id, l.granted) = (v_account, p_amount) THEN 'replayed' ELSE 'reused'
            END
        INTO lot_id, outcome FROM billing_creditlot l WHERE l.source = p_source AND l.source_ref = p_ref;
    ELSE
        PERFORM billing_credits_roll(v_account, v_now);
        outcome := 'done';
    END IF;
    RETURN NEXT;
END
$$;

-- How much more may come into an account before what it has, holds, owes and waits for is too large to write down.
CREATE OR REPLACE FUNCTION billing_credits_room(p_account bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT 99999999999999.9999 - a.available - a.held - a.debt - coalesce((
        SELECT sum(l.granted) FROM billing_creditlot l WHERE l.account_id = p_account AND l.state = 'pending'
    ), 0) FROM billing_creditaccount a WHERE a.id = p_account
$$;
