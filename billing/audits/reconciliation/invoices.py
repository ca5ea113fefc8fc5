"""Compares what was billed lately: the history that customers see with Stripe's invoices."""

from collections.abc import Sequence

import stripe

from billing.audits.reconciliation.differences import Comparison, Difference, nothing_missing
from billing.audits.reconciliation.models import Discrepancy
from billing.customers.models import StripeCustomer
from billing.gateway.pages import page_of_invoices, payer_of, recent_invoices
from billing.invoices.facts import DRAFT
from billing.invoices.models import Invoice

KIND = Discrepancy.Kind.INVOICE
READ_AGAIN = "Read the customer's invoices from Stripe again."


def judge(invoices: Sequence[stripe.Invoice]) -> list[Difference]:
    """What differs about these invoices of Stripe's; drafts may still change, and others' are left alone."""
    known = payers_of(invoices)
    rows = {row.stripe_id: row for row in Invoice.objects.filter(stripe_id__in=[one.id for one in invoices])}
    return [
        difference
        for one in invoices
        if one.status != DRAFT and payer_of(one) in known
        for difference in _compare(known[payer_of(one)], rows.get(one.id), one)
    ]


def again(differences: Sequence[Difference]) -> list[Difference]:
    """What differs now about the latest invoices of the customer that these are about."""
    customer = StripeCustomer.objects.get(pk=differences[0].customer_id or 0)
    return judge(recent_invoices(customer_id=customer.stripe_id)) if customer.stripe_id else []


def payers_of(invoices: Sequence[stripe.Invoice]) -> dict[str, int]:
    """Our customers among those who are billed, by Stripe's id."""
    named = {payer_of(one) for one in invoices} - {""}
    return dict(StripeCustomer.objects.filter(stripe_id__in=named).values_list("stripe_id", "pk"))


def _compare(customer_id: int, row: Invoice | None, told: stripe.Invoice) -> list[Difference]:
    ours = row.status if row else "missing"
    if ours == told.status:
        return []
    remedy = Discrepancy.Remedy.RECONCILE
    return [Difference(KIND, told.id, "status", ours, str(told.status), remedy, READ_AGAIN, customer_id)]


INVOICES = Comparison(KIND, page_of_invoices, judge, nothing_missing, again)
