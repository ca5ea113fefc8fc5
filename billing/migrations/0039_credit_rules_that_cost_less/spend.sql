-- Spending as before, but for its end: nearly always the first lot has more than enough, and is then found and taken
-- from in one statement. The account's row is locked since the first, so nobody moves its lots meanwhile.
CREATE OR REPLACE FUNCTION billing_credits_spend(
    p_customer bigint, p_amount numeric, p_key text, p_feature text, p_reference text,
    p_kind text DEFAULT 'spend', p_reason text DEFAULT '', p_by bigint DEFAULT NULL,
    p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, entry_id bigint, available numeric, is_low boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_account bigint;
    v_lot bigint;
    v_worth numeric;
    v_frozen timestamptz;
BEGIN
    LOOP
        UPDATE billing_creditaccount a SET available = a.available - p_amount
        WHERE a.customer_id = p_customer AND a.available >= p_amount AND a.frozen_at IS NULL
            AND (a.next_event_at IS NULL OR a.next_event_at > coalesce(p_now, clock_timestamp()))
        RETURNING a.id, a.available, a.available + a.held - a.debt,
            coalesce(a.available < a.watch_below AND a.available + p_amount >= a.watch_below, false)
        INTO v_account, available, v_worth, is_low;
        EXIT WHEN FOUND;

        SELECT a.id INTO v_account FROM billing_creditaccount a WHERE a.customer_id = p_customer;
        IF NOT FOUND THEN
            outcome := 'unknown';
            RETURN NEXT;
            RETURN;
        END IF;
        PERFORM billing_credits_lock(v_account, p_now);
        RETURN QUERY SELECT *
        FROM billing_credits_replay(v_account, p_kind, p_amount, p_key, p_feature, p_reference);
        IF FOUND THEN
            RETURN;
        END IF;
        SELECT a.available, a.frozen_at INTO available, v_frozen FROM billing_creditaccount a
        WHERE a.id = v_account;
        IF v_frozen IS NOT NULL OR available < p_amount THEN
            outcome := CASE WHEN v_frozen IS NOT NULL THEN 'frozen' ELSE 'insufficient' END;
            RETURN NEXT;
            RETURN;
        END IF;
    END LOOP;

    INSERT INTO billing_creditentry
        (account_id, kind, amount, balance_after, key, feature, reference, reason, by_id, created_at)
    VALUES (v_account, p_kind, -p_amount, v_worth, p_key, p_feature, p_reference, p_reason, p_by,
        coalesce(p_now, clock_timestamp()))
    ON CONFLICT (account_id, key) DO NOTHING RETURNING id INTO entry_id;
    IF entry_id IS NULL THEN
        UPDATE billing_creditaccount a SET available = a.available + p_amount WHERE a.id = v_account;
        RETURN QUERY SELECT *
        FROM billing_credits_replay(v_account, p_kind, p_amount, p_key, p_feature, p_reference);
        RETURN;
    END IF;
    UPDATE billing_creditlot SET remaining = remaining - p_amount
    WHERE remaining > p_amount AND id = (
        SELECT id FROM billing_creditlot WHERE account_id = v_account AND state = 'open'
        ORDER BY priority, expires_at, category DESC, effective_at, id LIMIT 1
    ) RETURNING id INTO v_lot;
    IF FOUND THEN
        INSERT INTO billing_creditallocation (entry_id, lot_id, amount) VALUES (entry_id, v_lot, -p_amount);
    ELSE
        PERFORM billing_credits_take(v_account, p_amount, entry_id, NULL);
    END IF;
    outcome := 'done';
    RETURN NEXT;
END
$$;
