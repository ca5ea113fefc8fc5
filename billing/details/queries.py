"""What stands on a customer's invoices, as last read from Stripe, and which currency they may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.catalog.pricing import currencies_on_sale
from billing.customers.models import StripeCustomer
from billing.customers.queries import currency_of
from billing.details.tax_kinds import kind_name
from billing.invoices.models import Invoice
from billing.subscriptions.queries import live_subscription

ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
MOST_TAX_IDS = 5
SHOWN_AT_START, SHOWN_AT_END = 2, 3


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """One tax number. ``masked`` is how a page shows it; ``status``: what the tax office told Stripe."""

    stripe_id: str
    kind: str
    label: str
    masked: str
    status: str


@dataclass(frozen=True, slots=True)
class Details:
    """Empty where nothing is known."""

    name: str
    email: str
    address: Mapping[str, str]
    tax_numbers: tuple[TaxNumber, ...]


@dataclass(frozen=True, slots=True)
class CurrencyChoice:
    """What the customer pays in. ``held_by``: why it cannot be another one now; empty where it can."""

    current: str
    on_sale: tuple[str, ...]
    held_by: str = ""


def details_of(customer: StripeCustomer | None, *, email: str) -> Details:
    """What our copy of Stripe's customer says; ``email`` is where invoices go while nothing else is known."""
    mirror = customer.djstripe_customer if customer else None
    told: dict[str, Any] = mirror.stripe_data if mirror else {}
    numbers = (told.get("tax_ids") or {}).get("data") or []
    address = told.get("address") or {}
    return Details(
        name=told.get("name") or "",
        email=told.get("email") or email,
        address={part: address[part] for part in ADDRESS if address.get(part)},
        tax_numbers=tuple(_shown(number) for number in numbers),
    )


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


def mask(value: str) -> str:
    """Enough of a number to know which one it is."""
    hidden = len(value) - SHOWN_AT_START - SHOWN_AT_END
    if hidden < 1:
        return "•" * len(value)
    return value[:SHOWN_AT_START] + "•" * hidden + value[-SHOWN_AT_END:]


def _currency_waiting(customer: StripeCustomer) -> str:
    invoices = Invoice.objects.filter(customer=customer, status=Invoice.Status.OPEN, amount_remaining__gt=0)
    waiting = invoices.values_list("currency", flat=True).first()
    if waiting:
        return str(waiting)
    mirror = customer.djstripe_customer
    told: dict[str, Any] = mirror.stripe_data if mirror else {}
    return (told.get("currency") or "").upper() if told.get("balance") else ""


def _shown(number: Mapping[str, Any]) -> TaxNumber:
    return TaxNumber(
        stripe_id=number["id"],
        kind=number["type"],
        label=kind_name(number["type"]),
        masked=mask(number["value"]),
        status=(number.get("verification") or {}).get("status") or "",
    )
