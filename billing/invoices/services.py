"""Makes our invoices equal to Stripe's; nothing else writes them."""

from collections.abc import Iterator
from dataclasses import asdict

import stripe
from django.db import transaction

from billing.customers.models import StripeCustomer
from billing.customers.services import lock_customer, number_read
from billing.gateway.invoices import invoice_pages, list_charges, retrieve_invoice, retrieve_payment_intent
from billing.invoices.facts import InvoiceFacts, facts_of, intents_of
from billing.invoices.models import Invoice
from billing.invoices.telling import tell

WAITS_FOR_CUSTOMER = "requires_action"
WANTS_CUSTOMER = "authentication_required"
FINAL = frozenset({Invoice.Status.PAID, Invoice.Status.VOID, Invoice.Status.UNCOLLECTIBLE})


def refresh_invoices(*, customer_id: int) -> None:
    """Make our rows equal to what Stripe says about the customer's invoices now, and tell the customer.

    Bounded: one page of invoices and one of payments, further pages only until one holds nothing new, and
    each invoice that is still open here. Reads are numbered before they begin: an older one never overwrites
    a newer one. Raises a ``StripeFailure`` where Stripe cannot be read; nothing is written then.
    """
    customer = StripeCustomer.objects.get(pk=customer_id)
    if not customer.stripe_id:
        return
    number = number_read(customer_id=customer.pk)
    told = list(_read(customer))
    with transaction.atomic():
        customer = lock_customer(customer_id=customer_id)
        rows = {row.stripe_id: row for row in Invoice.objects.filter(customer=customer)}
        for facts in told:
            _write(customer, facts, rows.get(facts.stripe_id), number)


def _read(customer: StripeCustomer) -> Iterator[InvoiceFacts]:
    statuses = dict(Invoice.objects.filter(customer=customer).values_list("stripe_id", "status"))
    refunds = _refunds(customer.stripe_id)
    seen: set[str] = set()
    for page in invoice_pages(customer_id=customer.stripe_id):
        seen.update(invoice.id for invoice in page)
        yield from _translated(page, refunds)
        if all(statuses.get(invoice.id) in FINAL for invoice in page):
            break
    left_open = [key for key, status in statuses.items() if status not in FINAL and key not in seen]
    yield from _translated((retrieve_invoice(invoice_id=key) for key in left_open), refunds)


def _translated(
    invoices: "Iterator[stripe.Invoice] | list[stripe.Invoice]", refunds: dict[str, int]
) -> Iterator[InvoiceFacts]:
    for invoice in invoices:
        facts = facts_of(invoice, refunds=refunds, needs_action=_needs_action(invoice))
        if facts:
            yield facts


def _refunds(customer_id: str) -> dict[str, int]:
    given_back = {}
    for charge in list_charges(customer_id=customer_id):
        intent = charge.payment_intent
        if intent and charge.amount_refunded:
            given_back[intent if isinstance(intent, str) else intent.id] = charge.amount_refunded
    return given_back


def _needs_action(invoice: stripe.Invoice) -> bool:
    """Whether the bank waits for the customer: asked only about an open invoice that was tried."""
    if invoice.status != Invoice.Status.OPEN or not invoice.attempted:
        return False
    intents = intents_of(invoice)
    return bool(intents) and _waits_for_customer(retrieve_payment_intent(intent_id=intents[-1]))


def _waits_for_customer(intent: stripe.PaymentIntent) -> bool:
    """Asked while the customer was away, a bank that wants them is a refusal with a code of its own."""
    error = intent.last_payment_error
    return intent.status == WAITS_FOR_CUSTOMER or (error is not None and error.code == WANTS_CUSTOMER)


def _write(customer: StripeCustomer, facts: InvoiceFacts, row: Invoice | None, number: int) -> None:
    if row and row.read_number > number:
        return
    before = (row.status, row.refunded, row.attempts, row.needs_action) if row else None
    row = row or Invoice(customer=customer)
    for field, value in asdict(facts).items():
        setattr(row, field, value)
    row.read_number = number
    row.save()
    if before != (row.status, row.refunded, row.attempts, row.needs_action):
        tell(row, user=customer.user)
