-- History is never edited: a correction is a new entry.

CREATE FUNCTION billing_credits_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the credit ledger is append-only: write a correcting entry instead';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_creditentry
FOR EACH ROW EXECUTE FUNCTION billing_credits_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON billing_creditentry
FOR EACH STATEMENT EXECUTE FUNCTION billing_credits_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_creditallocation
FOR EACH ROW EXECUTE FUNCTION billing_credits_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON billing_creditallocation
FOR EACH STATEMENT EXECUTE FUNCTION billing_credits_refuse_change();

-- Accounts and lots change with every spend: room for that on their own page keeps their indexes small.
ALTER TABLE billing_creditaccount SET (fillfactor = 50);
ALTER TABLE billing_creditlot SET (fillfactor = 70);
