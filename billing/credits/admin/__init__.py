"""Credits in the admin: lists, costs, corrections, bulk grants, and how the whole ledger stands."""
