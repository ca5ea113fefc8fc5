"""The ledger's rules hold for the rows that were there before them: looked at while the site goes on."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

RULES = {
    "creditaccount": [
        "credits_available_not_negative",
        "credits_held_not_negative",
        "credits_debt_not_negative",
    ],
    "creditlot": ["lot_remaining_in_granted", "lot_grants_something", "lot_closed_when_empty"],
    "credithold": ["hold_takes_something", "hold_captured_in_amount"],
    "creditholdlot": ["hold_lot_takes_something"],
    "creditentry": ["entry_amount_fits_kind"],
    "creditallocation": ["allocation_moves_something"],
}


class Migration(migrations.Migration):
    dependencies = [("billing", "0039_credit_rules_that_cost_less")]

    operations = [ValidateConstraint(model, name) for model, names in RULES.items() for name in names]
