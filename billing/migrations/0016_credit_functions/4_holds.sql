-- Setting credits aside for work in progress, and what becomes of them.

CREATE FUNCTION billing_credits_hold(
    p_customer bigint, p_amount numeric, p_key text, p_feature text, p_reference text, p_seconds numeric,
    p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, hold_id bigint, available numeric, is_low boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_account bigint;
    v_frozen timestamptz;
    v_now timestamptz;
BEGIN
    SELECT a.id INTO v_account FROM billing_creditaccount a WHERE a.customer_id = p_customer;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := billing_credits_lock(v_account, p_now);
    SELECT a.available, a.frozen_at,
        coalesce(a.available - p_amount < a.watch_below AND a.available >= a.watch_below, false)
    INTO available, v_frozen, is_low FROM billing_creditaccount a WHERE a.id = v_account;
    SELECT h.id, CASE
            WHEN (h.amount, h.feature, h.reference) = (p_amount, p_feature, p_reference)
            THEN 'replayed' ELSE 'reused'
        END
    INTO hold_id, outcome FROM billing_credithold h WHERE h.account_id = v_account AND h.key = p_key;
    IF NOT FOUND AND v_frozen IS NOT NULL THEN
        outcome := 'frozen';
    ELSIF hold_id IS NULL AND available < p_amount THEN
        outcome := 'insufficient';
    END IF;
    IF outcome IS NOT NULL THEN
        is_low := false;
        RETURN NEXT;
        RETURN;
    END IF;

    INSERT INTO billing_credithold
        (account_id, key, amount, captured, state, feature, reference, created_at, expires_at)
    VALUES (v_account, p_key, p_amount, 0, 'open', p_feature, p_reference, v_now,
        v_now + make_interval(secs => p_seconds::double precision))
    RETURNING id INTO hold_id;
    UPDATE billing_creditaccount a
    SET available = a.available - p_amount, held = a.held + p_amount,
        next_event_at = least(a.next_event_at, v_now + make_interval(secs => p_seconds::double precision))
    WHERE a.id = v_account RETURNING a.available INTO available;
    PERFORM billing_credits_take(v_account, p_amount, NULL, hold_id);
    outcome := 'done';
    RETURN NEXT;
END
$$;

-- Spends ``p_amount`` of a hold, or all of it; the rest goes back.
CREATE FUNCTION billing_credits_capture(
    p_hold bigint, p_amount numeric DEFAULT NULL, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (outcome text, entry_id bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_hold billing_credithold%ROWTYPE;
    v_now timestamptz;
BEGIN
    SELECT * INTO v_hold FROM billing_credithold WHERE id = p_hold;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := billing_credits_lock(v_hold.account_id, p_now);
    SELECT * INTO v_hold FROM billing_credithold WHERE id = p_hold;
    IF v_hold.state = 'captured' THEN
        outcome := CASE WHEN v_hold.captured = coalesce(p_amount, v_hold.amount) THEN 'replayed' ELSE 'reused' END;
        SELECT e.id INTO entry_id FROM billing_creditentry e WHERE e.hold_id = p_hold;
    ELSIF v_hold.state <> 'open' THEN
        outcome := 'ended';
    ELSIF p_amount > v_hold.amount THEN
        outcome := 'over';
    ELSE
        entry_id := billing_credits_end_hold(p_hold, coalesce(p_amount, v_hold.amount), 'captured', v_now);
        PERFORM billing_credits_expire(v_hold.account_id, v_now);
        PERFORM billing_credits_settle(v_hold.account_id, v_now);
        UPDATE billing_creditaccount SET next_event_at = billing_credits_next_event(id)
        WHERE id = v_hold.account_id;
        outcome := 'done';
    END IF;
    RETURN NEXT;
END
$$;

-- Gives a hold back whole.
CREATE FUNCTION billing_credits_release(p_hold bigint, p_now timestamptz DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_hold billing_credithold%ROWTYPE;
    v_now timestamptz;
BEGIN
    SELECT * INTO v_hold FROM billing_credithold WHERE id = p_hold;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    v_now := billing_credits_lock(v_hold.account_id, p_now);
    SELECT * INTO v_hold FROM billing_credithold WHERE id = p_hold;
    IF v_hold.state <> 'open' THEN
        RETURN CASE WHEN v_hold.state = 'captured' THEN 'ended' ELSE 'replayed' END;
    END IF;
    PERFORM billing_credits_end_hold(p_hold, 0, 'released', v_now);
    PERFORM billing_credits_expire(v_hold.account_id, v_now);
    PERFORM billing_credits_settle(v_hold.account_id, v_now);
    UPDATE billing_creditaccount SET next_event_at = billing_credits_next_event(id)
    WHERE id = v_hold.account_id;
    RETURN 'done';
END
$$;

-- The work goes on: the hold ends ``p_seconds`` from now, and never earlier than it would have.
CREATE FUNCTION billing_credits_heartbeat(p_hold bigint, p_seconds numeric, p_now timestamptz DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_hold billing_credithold%ROWTYPE;
    v_now timestamptz;
BEGIN
    SELECT * INTO v_hold FROM billing_credithold WHERE id = p_hold;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    v_now := billing_credits_lock(v_hold.account_id, p_now);
    UPDATE billing_credithold
    SET expires_at = greatest(expires_at, v_now + make_interval(secs => p_seconds::double precision))
    WHERE id = p_hold AND state = 'open';
    IF NOT FOUND THEN
        RETURN 'ended';
    END IF;
    UPDATE billing_creditaccount SET next_event_at = billing_credits_next_event(id)
    WHERE id = v_hold.account_id;
    RETURN 'done';
END
$$;
