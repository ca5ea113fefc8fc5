-- How the ledger follows the clock: by itself, to the second, whenever somebody looks.

-- When something falls due next: a lot ends or begins, a hold times out.
CREATE FUNCTION billing_credits_next_event(p_account bigint)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT least(
        (SELECT min(expires_at) FROM billing_creditlot WHERE account_id = p_account AND state = 'open'),
        (SELECT min(effective_at) FROM billing_creditlot WHERE account_id = p_account AND state = 'pending'),
        (SELECT min(expires_at) FROM billing_credithold WHERE account_id = p_account AND state = 'open')
    )
$$;

-- Brings a locked account to the present, one moment after the other: a credit that comes back at nine pays
-- debt at nine, and one that ended at eight does not.
CREATE FUNCTION billing_credits_roll(p_account bigint, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
BEGIN
    LOOP
        v_at := billing_credits_next_event(p_account);
        EXIT WHEN v_at IS NULL OR v_at > p_now;
        PERFORM billing_credits_end_hold(id, 0, 'expired', v_at) FROM billing_credithold
        WHERE account_id = p_account AND state = 'open' AND expires_at <= v_at ORDER BY id;
        PERFORM billing_credits_activate(id, v_at) FROM billing_creditlot
        WHERE account_id = p_account AND state = 'pending' AND effective_at <= v_at ORDER BY id;
        PERFORM billing_credits_expire(p_account, v_at);
        PERFORM billing_credits_settle(p_account, v_at);
    END LOOP;
    UPDATE billing_creditaccount SET next_event_at = v_at WHERE id = p_account;
END
$$;

-- Locks an account and brings it to the present; gives that moment. ``p_now`` is for tests of the clock.
CREATE FUNCTION billing_credits_lock(p_account bigint, p_now timestamptz)
RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_due timestamptz;
    v_now timestamptz;
BEGIN
    SELECT next_event_at INTO v_due FROM billing_creditaccount WHERE id = p_account FOR UPDATE;
    v_now := coalesce(p_now, clock_timestamp());
    IF v_due <= v_now THEN
        PERFORM billing_credits_roll(p_account, v_now);
    END IF;
    RETURN v_now;
END
$$;

-- The same for whoever only wants to read.
CREATE FUNCTION billing_credits_refresh(p_customer bigint, p_now timestamptz)
RETURNS void LANGUAGE sql AS $$
    SELECT billing_credits_lock(id, p_now) FROM billing_creditaccount WHERE customer_id = p_customer
$$;
