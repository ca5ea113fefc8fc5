-- How credits come, come back and are taken back.

-- Grants a lot, once per source and reference. It waits as pending until the clock takes it up, which is at
-- once unless it begins later.
CREATE FUNCTION billing_credits_grant(
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
    INSERT INTO billing_creditlot
        (account_id, source, source_ref, category, priority, granted, remaining, state, effective_at,
         expires_at, reason, by_id, created_at)
    VALUES (v_account, p_source, p_ref, p_category, p_priority, p_amount, p_amount, 'pending',
        coalesce(p_effective, v_now), p_expires, p_reason, p_by, v_now)
    ON CONFLICT (source, source_ref) DO NOTHING RETURNING id INTO lot_id;
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

-- Gives a spend back to the lots that paid for it, the last one first; all that is left of it, or a part.
CREATE FUNCTION billing_credits_reverse(
    p_entry bigint, p_amount numeric, p_key text, p_reason text, p_by bigint, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, entry_id bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_spend billing_creditentry%ROWTYPE;
    v_earlier billing_creditentry%ROWTYPE;
    v_now timestamptz;
    v_left numeric;
    v_part numeric;
    v_worth numeric;
    v_take record;
BEGIN
    SELECT * INTO v_spend FROM billing_creditentry WHERE id = p_entry AND kind IN ('spend', 'correct');
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := billing_credits_lock(v_spend.account_id, p_now);
    SELECT * INTO v_earlier FROM billing_creditentry e WHERE e.account_id = v_spend.account_id AND e.key = p_key;
    IF FOUND THEN
        outcome := CASE
            WHEN v_earlier.reverses_id = p_entry AND v_earlier.amount = coalesce(p_amount, v_earlier.amount)
            THEN 'replayed' ELSE 'reused'
        END;
        entry_id := v_earlier.id;
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT -v_spend.amount - coalesce(sum(e.amount), 0) INTO v_left
    FROM billing_creditentry e WHERE e.reverses_id = p_entry;
    IF v_left = 0 OR p_amount > v_left THEN
        outcome := 'over';
        RETURN NEXT;
        RETURN;
    END IF;

    v_left := coalesce(p_amount, v_left);
    UPDATE billing_creditaccount SET available = available + v_left
    WHERE id = v_spend.account_id RETURNING available + held - debt INTO v_worth;
    INSERT INTO billing_creditentry
        (account_id, kind, amount, balance_after, key, feature, reference, reason, reverses_id, by_id, created_at)
    VALUES (v_spend.account_id, 'reverse', v_left, v_worth, p_key, v_spend.feature, v_spend.reference, p_reason,
        p_entry, p_by, v_now)
    RETURNING id INTO entry_id;
    FOR v_take IN
        SELECT a.lot_id, -a.amount - coalesce((
            SELECT sum(b.amount) FROM billing_creditallocation b
            JOIN billing_creditentry e ON e.id = b.entry_id
            WHERE e.reverses_id = p_entry AND b.lot_id = a.lot_id
        ), 0) AS owed
        FROM billing_creditallocation a WHERE a.entry_id = p_entry ORDER BY a.id DESC
    LOOP
        v_part := least(v_take.owed, v_left);
        CONTINUE WHEN v_part = 0;
        UPDATE billing_creditlot SET remaining = remaining + v_part, state = 'open' WHERE id = v_take.lot_id;
        INSERT INTO billing_creditallocation (entry_id, lot_id, amount) VALUES (entry_id, v_take.lot_id, v_part);
        v_left := v_left - v_part;
    END LOOP;
    PERFORM billing_credits_expire(v_spend.account_id, v_now);
    PERFORM billing_credits_settle(v_spend.account_id, v_now);
    UPDATE billing_creditaccount SET next_event_at = billing_credits_next_event(id)
    WHERE id = v_spend.account_id;
    outcome := 'done';
    RETURN NEXT;
END
$$;

-- Takes a lot back, whole or up to ``p_amount``. What is left of it goes; with ``p_owing``, what was spent or
-- is held of it becomes debt. What had expired was lost already and is not owed.
CREATE FUNCTION billing_credits_void(
    p_lot bigint, p_amount numeric, p_owing boolean, p_key text, p_reason text, p_by bigint,
    p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, entry_id bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_lot billing_creditlot%ROWTYPE;
    v_earlier billing_creditentry%ROWTYPE;
    v_now timestamptz;
    v_wanted numeric;
    v_rest numeric;
    v_owed numeric := 0;
    v_worth numeric;
BEGIN
    SELECT * INTO v_lot FROM billing_creditlot WHERE id = p_lot;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := billing_credits_lock(v_lot.account_id, p_now);
    SELECT * INTO v_earlier FROM billing_creditentry e WHERE e.account_id = v_lot.account_id AND e.key = p_key;
    IF FOUND THEN
        outcome := CASE WHEN v_earlier.kind = 'void' AND v_earlier.lot_id = p_lot THEN 'replayed' ELSE 'reused' END;
        entry_id := v_earlier.id;
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT * INTO v_lot FROM billing_creditlot WHERE id = p_lot;
    IF v_lot.state = 'pending' THEN
        PERFORM billing_credits_activate(p_lot, v_now);
    END IF;
    SELECT least(coalesce(p_amount, v_lot.granted), v_lot.granted + coalesce(sum(e.amount), 0)) INTO v_wanted
    FROM billing_creditentry e WHERE e.lot_id = p_lot AND e.kind = 'void';
    v_rest := least(v_lot.remaining, v_wanted);
    IF p_owing THEN
        v_owed := least(v_wanted - v_rest, billing_credits_owed(p_lot));
    END IF;
    IF v_rest + v_owed = 0 THEN
        outcome := 'nothing';
        RETURN NEXT;
        RETURN;
    END IF;

    UPDATE billing_creditlot
    SET remaining = remaining - v_rest, state = CASE WHEN remaining = v_rest THEN 'closed' ELSE 'open' END
    WHERE id = p_lot;
    UPDATE billing_creditaccount SET available = available - v_rest, debt = debt + v_owed
    WHERE id = v_lot.account_id RETURNING available + held - debt INTO v_worth;
    INSERT INTO billing_creditentry
        (account_id, kind, amount, balance_after, key, feature, reference, reason, lot_id, by_id, created_at)
    VALUES (v_lot.account_id, 'void', -v_rest - v_owed, v_worth, p_key, '', v_lot.source_ref, p_reason, p_lot,
        p_by, v_now)
    RETURNING id INTO entry_id;
    INSERT INTO billing_creditallocation (entry_id, lot_id, amount)
    SELECT entry_id, lot, -part FROM (VALUES (p_lot, v_rest), (NULL, v_owed)) AS parts (lot, part)
    WHERE part > 0;
    PERFORM billing_credits_settle(v_lot.account_id, v_now);
    UPDATE billing_creditaccount SET next_event_at = billing_credits_next_event(id) WHERE id = v_lot.account_id;
    outcome := 'done';
    RETURN NEXT;
END
$$;

-- What was used or is held of a lot, less what already became debt.
CREATE FUNCTION billing_credits_owed(p_lot bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT -sum(a.amount) FROM billing_creditallocation a JOIN billing_creditentry e ON e.id = a.entry_id
        WHERE a.lot_id = p_lot AND e.kind IN ('spend', 'correct', 'settle', 'reverse')
    ), 0) + coalesce((
        SELECT sum(t.amount) FROM billing_creditholdlot t JOIN billing_credithold h ON h.id = t.hold_id
        WHERE t.lot_id = p_lot AND h.state = 'open'
    ), 0) + coalesce((
        SELECT sum(a.amount) FROM billing_creditallocation a JOIN billing_creditentry e ON e.id = a.entry_id
        WHERE e.lot_id = p_lot AND e.kind = 'void' AND a.lot_id IS NULL
    ), 0)
$$;
