"""Which currency a customer may have."""

from dataclasses import dataclass
from typing import Any

from billing.catalog.pricing import currencies_on_sale
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_of
from billing.invoices.models import Invoice
from billing.subscriptions.queries import live_subscription


@dataclass(frozen=True, slots=True)
class CurrencyChoice:
    """What the customer pays in. ``held_by``: why it cannot be another one now; empty where it can."""

    current: str
    on_sale: tuple[str, ...]
    held_by: str = ""


def currency_choice(customer: StripeCustomer | None) -> CurrencyChoice:
    """Stripe's own rule: a customer has one currency as long as a plan, an invoice or a balance is open."""
    on_sale = currencies_on_sale()
    if customer:
        running = live_subscription(customer)
        if running:
            why = f"Your plan is paid in {running.price.currency}, so this stays until it has ended."
            return CurrencyChoice(running.price.currency, on_sale, why)
        waiting = _currency_waiting(customer)
        if waiting:
            why = (
                f"There is something open in {waiting}: an invoice or a balance. It has to be settled first."
            )
            return CurrencyChoice(waiting, on_sale, why)
    return CurrencyChoice(currency_of(customer), on_sale)


def _currency_waiting(customer: StripeCustomer) -> str:
    invoices = Invoice.objects.filter(customer=customer, status=Invoice.Status.OPEN, amount_remaining__gt=0)
    waiting = invoices.values_list("currency", flat=True).first()
    if waiting:
        return str(waiting)
    mirror = customer.djstripe_customer
    told: dict[str, Any] = mirror.stripe_data if mirror else {}
    return (told.get("currency") or "").upper() if told.get("balance") else ""
