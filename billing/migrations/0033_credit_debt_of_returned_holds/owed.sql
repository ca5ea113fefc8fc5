-- What was used or is held of a lot, less what already became debt. A hold that became debt and came back after
-- all leaves less than nothing: then nothing is owed.
CREATE OR REPLACE FUNCTION billing_credits_owed(p_lot bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(0, coalesce((
        SELECT -sum(a.amount) FROM billing_creditallocation a JOIN billing_creditentry e ON e.id = a.entry_id
        WHERE a.lot_id = p_lot AND e.kind IN ('spend', 'correct', 'settle', 'reverse')
    ), 0) + coalesce((
        SELECT sum(t.amount) FROM billing_creditholdlot t JOIN billing_credithold h ON h.id = t.hold_id
        WHERE t.lot_id = p_lot AND h.state = 'open'
    ), 0) + coalesce((
        SELECT sum(a.amount) FROM billing_creditallocation a JOIN billing_creditentry e ON e.id = a.entry_id
        WHERE e.lot_id = p_lot AND e.kind = 'void' AND a.lot_id IS NULL
    ), 0))
$$;
