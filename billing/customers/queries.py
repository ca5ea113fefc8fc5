"""What a payer pays in."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Subquery

from billing.customers.models import StripeCustomer


@dataclass(frozen=True, slots=True)
class CurrencyChoice:
    """What the customer pays in. ``held_by``: why it cannot be another one now; empty where it can."""

    current: str
    held_by: str = ""

    def asking_for(self, currency: str) -> str:
        """What they pay in when they ask for ``currency``: something open holds its own, as Stripe does."""
        return self.current if self.held_by else currency or self.current


def currency_of(customer: StripeCustomer | None) -> str:
    """The currency that the customer chose, else the site's; a running plan keeps its own."""
    chosen: str = customer.currency if customer else ""
    return chosen or settings.BILLING_CURRENCY


def currency_choice(customer: StripeCustomer | None) -> CurrencyChoice:
    """What plans and packs cost this customer, and why in no other currency. One query.

    Stripe's own rule: a customer has one currency as long as a plan, an invoice or a balance is open.
    """
    running, waiting = _held_in(customer) if customer else ("", "")
    if running:
        return plan_currency(running)
    if waiting:
        why = f"There is something open in {waiting}: an invoice or a balance. It has to be settled first."
        return CurrencyChoice(waiting, why)
    return CurrencyChoice(currency_of(customer))


def plan_currency(running: str) -> CurrencyChoice:
    """What somebody pays in whose plan is paid in ``running``."""
    return CurrencyChoice(running, f"Your plan is paid in {running}, so this stays until it has ended.")


def _held_in(customer: StripeCustomer) -> tuple[str, str]:
    """The currency of the plan to manage, and that of an open invoice or balance."""
    plans = customer.subscriptions.live().values("price__currency")[:1]
    invoices = customer.invoices.filter(status="open", amount_remaining__gt=0).values("currency")[:1]
    rows = StripeCustomer.objects.filter(pk=customer.pk).values_list(
        Subquery(plans), Subquery(invoices), "djstripe_customer__stripe_data"
    )
    running, waiting, told = rows.get()
    balance = (told.get("currency") or "").upper() if told and told.get("balance") else ""
    return running or "", waiting or balance
