-- The parts that the ledger's verbs are made of. Each works on an account whose row the caller has locked.

-- Takes credits from the open lots in the order in which lots are used: for an entry, or for a hold.
CREATE FUNCTION billing_credits_take(p_account bigint, p_amount numeric, p_entry bigint, p_hold bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_lot record;
    v_part numeric;
    v_left numeric := p_amount;
BEGIN
    FOR v_lot IN
        SELECT id, remaining FROM billing_creditlot
        WHERE account_id = p_account AND state = 'open'
        ORDER BY priority, expires_at, category DESC, effective_at, id
    LOOP
        v_part := least(v_lot.remaining, v_left);
        UPDATE billing_creditlot
        SET remaining = remaining - v_part,
            state = CASE WHEN remaining = v_part THEN 'closed' ELSE 'open' END
        WHERE id = v_lot.id;
        IF p_hold IS NULL THEN
            INSERT INTO billing_creditallocation (entry_id, lot_id, amount)
            VALUES (p_entry, v_lot.id, -v_part);
        ELSE
            INSERT INTO billing_creditholdlot (hold_id, lot_id, amount) VALUES (p_hold, v_lot.id, v_part);
        END IF;
        v_left := v_left - v_part;
        EXIT WHEN v_left = 0;
    END LOOP;
    IF v_left > 0 THEN
        RAISE EXCEPTION 'credit account % says it has % more than its lots', p_account, v_left;
    END IF;
END
$$;

-- Makes a pending lot part of the balance.
CREATE FUNCTION billing_credits_activate(p_lot bigint, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_lot billing_creditlot%ROWTYPE;
    v_worth numeric;
    v_entry bigint;
BEGIN
    UPDATE billing_creditlot SET state = 'open' WHERE id = p_lot RETURNING * INTO v_lot;
    UPDATE billing_creditaccount SET available = available + v_lot.granted
    WHERE id = v_lot.account_id RETURNING available + held - debt INTO v_worth;
    INSERT INTO billing_creditentry
        (account_id, kind, amount, balance_after, feature, reference, reason, lot_id, by_id, created_at)
    VALUES (v_lot.account_id, 'grant', v_lot.granted, v_worth, '', v_lot.source_ref, v_lot.reason,
        p_lot, v_lot.by_id, greatest(p_at, v_lot.created_at))
    RETURNING id INTO v_entry;
    INSERT INTO billing_creditallocation (entry_id, lot_id, amount) VALUES (v_entry, p_lot, v_lot.granted);
    RETURN v_entry;
END
$$;

-- Ends the open lots whose time is over.
CREATE FUNCTION billing_credits_expire(p_account bigint, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_lot record;
    v_worth numeric;
    v_entry bigint;
BEGIN
    FOR v_lot IN
        SELECT id, remaining, created_at FROM billing_creditlot
        WHERE account_id = p_account AND state = 'open' AND expires_at <= p_at ORDER BY expires_at, id
    LOOP
        UPDATE billing_creditlot SET remaining = 0, state = 'closed' WHERE id = v_lot.id;
        UPDATE billing_creditaccount SET available = available - v_lot.remaining
        WHERE id = p_account RETURNING available + held - debt INTO v_worth;
        INSERT INTO billing_creditentry
            (account_id, kind, amount, balance_after, feature, reference, reason, lot_id, created_at)
        VALUES (p_account, 'expire', -v_lot.remaining, v_worth, '', '', '', v_lot.id,
            greatest(p_at, v_lot.created_at))
        RETURNING id INTO v_entry;
        INSERT INTO billing_creditallocation (entry_id, lot_id, amount)
        VALUES (v_entry, v_lot.id, -v_lot.remaining);
    END LOOP;
END
$$;

-- Pays debt out of what is available: a debt and a balance never stand side by side.
CREATE FUNCTION billing_credits_settle(p_account bigint, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_paid numeric;
    v_worth numeric;
    v_entry bigint;
BEGIN
    SELECT least(available, debt), available + held - debt INTO v_paid, v_worth
    FROM billing_creditaccount WHERE id = p_account;
    IF v_paid = 0 THEN
        RETURN;
    END IF;
    UPDATE billing_creditaccount SET available = available - v_paid, debt = debt - v_paid WHERE id = p_account;
    INSERT INTO billing_creditentry
        (account_id, kind, amount, balance_after, feature, reference, reason, created_at)
    VALUES (p_account, 'settle', 0, v_worth, '', '', '', p_at) RETURNING id INTO v_entry;
    PERFORM billing_credits_take(p_account, v_paid, v_entry, NULL);
    INSERT INTO billing_creditallocation (entry_id, lot_id, amount) VALUES (v_entry, NULL, v_paid);
END
$$;

-- Ends an open hold: what was captured becomes a spend, the rest goes back to the lots it came from.
CREATE FUNCTION billing_credits_end_hold(p_hold bigint, p_captured numeric, p_state text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_hold billing_credithold%ROWTYPE;
    v_take record;
    v_part numeric;
    v_left numeric := p_captured;
    v_worth numeric;
    v_entry bigint;
BEGIN
    UPDATE billing_credithold SET state = p_state, captured = p_captured, ended_at = p_at
    WHERE id = p_hold RETURNING * INTO v_hold;
    UPDATE billing_creditaccount
    SET held = held - v_hold.amount, available = available + v_hold.amount - p_captured
    WHERE id = v_hold.account_id RETURNING available + held - debt INTO v_worth;
    IF p_captured > 0 THEN
        INSERT INTO billing_creditentry
            (account_id, kind, amount, balance_after, feature, reference, reason, hold_id, created_at)
        VALUES (v_hold.account_id, 'spend', -p_captured, v_worth, v_hold.feature, v_hold.reference, '',
            p_hold, p_at)
        RETURNING id INTO v_entry;
    END IF;
    FOR v_take IN SELECT lot_id, amount FROM billing_creditholdlot WHERE hold_id = p_hold ORDER BY id LOOP
        v_part := least(v_take.amount, v_left);
        v_left := v_left - v_part;
        IF v_part > 0 THEN
            INSERT INTO billing_creditallocation (entry_id, lot_id, amount)
            VALUES (v_entry, v_take.lot_id, -v_part);
        END IF;
        IF v_part < v_take.amount THEN
            UPDATE billing_creditlot SET remaining = remaining + v_take.amount - v_part, state = 'open'
            WHERE id = v_take.lot_id;
        END IF;
    END LOOP;
    RETURN v_entry;
END
$$;
