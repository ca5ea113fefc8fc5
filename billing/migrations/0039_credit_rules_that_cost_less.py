"""The same rules of the ledger in fewer words: PostgreSQL reads them anew with each statement that writes."""

from decimal import Decimal
from pathlib import Path

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import Exact

SOURCE = Path(__file__).with_suffix("") / "spend.sql"
ZERO = Decimal("0.0")

AMOUNT_FITS_KIND = Q(
    kind__regex=Case(
        When(amount__gt=ZERO, then=Value("^(grant|reverse)$")),
        When(amount__lt=ZERO, then=Value("^(spend|expire|void|correct)$")),
        default=Value("^settle$"),
    )
)
RULES = {
    ("creditaccount", "credits_available_not_negative"): Q(available__gte=ZERO),
    ("creditaccount", "credits_held_not_negative"): Q(held__gte=ZERO),
    ("creditaccount", "credits_debt_not_negative"): Q(debt__gte=ZERO),
    ("creditlot", "lot_remaining_in_granted"): Q(remaining__range=(ZERO, F("granted"))),
    ("creditlot", "lot_grants_something"): Q(granted__gt=ZERO),
    ("creditlot", "lot_closed_when_empty"): Exact(Q(state="closed"), Q(remaining=ZERO)),
    ("credithold", "hold_takes_something"): Q(amount__gt=ZERO),
    ("credithold", "hold_captured_in_amount"): Q(captured__range=(ZERO, F("amount"))),
    ("creditholdlot", "hold_lot_takes_something"): Q(amount__gt=ZERO),
    ("creditentry", "entry_amount_fits_kind"): AMOUNT_FITS_KIND,
    ("creditallocation", "allocation_moves_something"): ~Q(amount=ZERO),
}


class Migration(migrations.Migration):
    """Replaces each rule under a lock that lasts a moment; the next migration looks at the rows that are there.

    Not in one transaction: that would hold locks on several tables, in another order than who spends. The
    function it replaces does the same in more steps, so it is right for whoever goes back too.
    """

    atomic = False

    dependencies = [("billing", "0038_billing_details")]

    operations = [migrations.RunSQL([(SOURCE.read_text(encoding="utf-8"), None)], migrations.RunSQL.noop)]
    for (model, name), rule in RULES.items():
        operations += [
            migrations.RemoveConstraint(model_name=model, name=name),
            AddConstraintNotValid(model, models.CheckConstraint(condition=rule, name=name)),
        ]
