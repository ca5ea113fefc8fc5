"""Compares the credits that plans include: each paid line of a recent invoice has its lot in the ledger."""

from collections.abc import Iterator, Sequence

import stripe
from django.utils import timezone

from billing.audits.reconciliation.differences import Comparison, Difference, nothing_missing
from billing.audits.reconciliation.invoices import payers_of
from billing.audits.reconciliation.models import Discrepancy
from billing.catalog.models import Price
from billing.credits.models import CreditLot
from billing.credits.reading import PaidLine, lines_of
from billing.customers.models import StripeCustomer
from billing.gateway.pages import page_of_invoices, payer_of, recent_invoices

KIND = Discrepancy.Kind.CREDIT
PAID = "paid"
GRANT = "Read the customer from Stripe again: the credits of this line are granted then."


def judge(invoices: Sequence[stripe.Invoice]) -> list[Difference]:
    """The paid lines that should have brought credits which still last, and did not.

    Lines of a change in mid-period are left to the change itself: what they are worth depends on the moment.
    """
    known = payers_of(invoices)
    paid = [(known[payer_of(one)], line) for one in invoices if _counts(one, known) for line in _due(one)]
    with_credits = _prices_with_credits({line.price_id for _, line in paid})
    lots = CreditLot.objects.filter(source_ref__in=[line.line_id for _, line in paid])
    granted = set(lots.values_list("source_ref", flat=True))
    return [
        _lost(customer_id, line)
        for customer_id, line in paid
        if line.price_id in with_credits and line.line_id not in granted
    ]


def again(differences: Sequence[Difference]) -> list[Difference]:
    """What is missing now of the customer that these are about."""
    customer = StripeCustomer.objects.get(pk=differences[0].customer_id or 0)
    return judge(recent_invoices(customer_id=customer.stripe_id)) if customer.stripe_id else []


def _counts(invoice: stripe.Invoice, known: dict[str, int]) -> bool:
    return invoice.status == PAID and payer_of(invoice) in known


def _due(invoice: stripe.Invoice) -> Iterator[PaidLine]:
    for line in lines_of(invoice):
        if line.amount >= 0 and not line.is_proration and line.end > timezone.now():
            yield line


def _prices_with_credits(price_ids: set[str]) -> set[str]:
    prices = Price.objects.filter(stripe_price_id__in=price_ids, version__credits_per_period__gt=0)
    return set(prices.values_list("stripe_price_id", flat=True))


def _lost(customer_id: int, line: PaidLine) -> Difference:
    remedy = Discrepancy.Remedy.RECONCILE
    return Difference(KIND, line.line_id, "credits", "missing", "paid", remedy, GRANT, customer_id)


CREDITS = Comparison(KIND, page_of_invoices, judge, nothing_missing, again)
