"""What an action would cost, before anything is spent."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing.credits.costs import CreditCost


def cost_of(
    feature: str, *, quantity: Decimal | int = 1, unit: str = "", at: datetime | None = None
) -> Decimal:
    """How many credits ``quantity`` units of a feature take at a moment (now); 0 where no cost was set.

    Without a ``unit`` it is the feature's only one, or the one whose cost began last. Spends nothing. Raises
    ``ValueError`` for a ``quantity`` below zero.
    """
    if quantity < 0:
        raise ValueError("Nothing costs less than no credits: the quantity is below zero.")
    costs = CreditCost.objects.filter(feature__key=feature, effective_from__lte=at or timezone.now())
    if unit:
        costs = costs.filter(unit=unit)
    amount = costs.order_by("-effective_from").values_list("amount", flat=True).first()
    return (amount or Decimal(0)) * quantity
