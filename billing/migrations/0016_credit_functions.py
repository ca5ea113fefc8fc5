from pathlib import Path

from django.db import migrations

SOURCES = sorted(Path(__file__).with_suffix("").glob("*.sql"))

REMOVE = """
DROP TRIGGER append_only ON billing_creditentry;
DROP TRIGGER never_emptied ON billing_creditentry;
DROP TRIGGER append_only ON billing_creditallocation;
DROP TRIGGER never_emptied ON billing_creditallocation;
ALTER TABLE billing_creditaccount RESET (fillfactor);
ALTER TABLE billing_creditlot RESET (fillfactor);
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN SELECT oid FROM pg_proc WHERE starts_with(proname, 'billing_credits_') LOOP
        EXECUTE 'DROP FUNCTION ' || v_function;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    """The verbs of the credit ledger, in the folder of this name. A later migration replaces what it changes."""

    dependencies = [("billing", "0015_credit_ledger")]

    operations = [
        migrations.RunSQL([(source.read_text(encoding="utf-8"), None) for source in SOURCES], REMOVE)
    ]
