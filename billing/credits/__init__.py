"""Credits: a ledger of lots, entries and holds that cannot lose or double a credit."""
