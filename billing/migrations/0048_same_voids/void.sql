-- Takes a lot back, whole or up to ``p_amount``. What is left of it goes; with ``p_owing``, what was spent or
-- is held of it becomes debt. What had expired was lost already and is not owed. Less may be there than is asked
-- for, so what was asked is kept: the same key is the same request only with the same amount and way.
CREATE OR REPLACE FUNCTION billing_credits_void(
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
        outcome := CASE
            WHEN v_earlier.kind = 'void' AND v_earlier.lot_id = p_lot
                AND coalesce(v_earlier.asked = coalesce(p_amount, v_lot.granted) AND v_earlier.owing = p_owing, true)
            THEN 'replayed' ELSE 'reused'
        END;
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
        (account_id, kind, amount, balance_after, key, feature, reference, reason, lot_id, by_id, created_at,
         asked, owing)
    VALUES (v_lot.account_id, 'void', -v_rest - v_owed, v_worth, p_key, '', v_lot.source_ref, p_reason, p_lot,
        p_by, v_now, coalesce(p_amount, v_lot.granted), p_owing)
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
