"""The net under the webhooks: compares every customer's rows with Stripe, and puts right what differs."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from billing.customers.models import StripeCustomer
from billing.gateway.errors import MissingAtStripe
from billing.gateway.subscriptions import list_subscriptions
from billing.subscriptions.facts import SubscriptionFacts, facts_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.projection import ENDED
from billing.subscriptions.services import reconcile_customer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that our projection and Stripe tell differently about a subscription."""

    customer_id: int
    subscription: str
    field: str
    ours: Any
    at_stripe: Any

    def __str__(self) -> str:
        """The difference as a line of a report."""
        return (
            f"Customer {self.customer_id}, {self.subscription}: "
            f"{self.field} is {self.ours} here and {self.at_stripe} at Stripe."
        )


def differences(*, repair: bool) -> Iterator[Difference]:
    """Every difference, customer by customer; with ``repair`` each such customer is reconciled.

    One call to Stripe per customer, none of them with a lock held. Raises a ``StripeFailure`` where Stripe
    cannot be read: what came before is compared and repaired, and the same call may be made again.
    """
    customers = StripeCustomer.objects.exclude(stripe_id="").order_by("pk")
    for customer in customers.iterator(chunk_size=500):
        found = compare_customer(customer)
        yield from found
        if found and repair:
            reconcile_customer(customer_id=customer.pk)


def compare_customer(customer: StripeCustomer) -> list[Difference]:
    """What differs between this customer's rows and Stripe now."""
    rows = {row.stripe_id: row for row in customer.subscriptions.select_related("price")}
    told = {fact.stripe_id: fact for fact in _told(customer)}
    gone = [row for stripe_id, row in rows.items() if stripe_id not in told and row.status not in ENDED]
    return [
        *(found for fact in told.values() for found in _compare(customer, rows.get(fact.stripe_id), fact)),
        *(Difference(customer.pk, row.stripe_id, "status", row.status, "missing") for row in gone),
    ]


def _told(customer: StripeCustomer) -> list[SubscriptionFacts]:
    try:
        return [facts_of(subscription) for subscription in list_subscriptions(customer_id=customer.stripe_id)]
    except MissingAtStripe:
        return []


def _compare(
    customer: StripeCustomer, row: Subscription | None, fact: SubscriptionFacts
) -> Iterator[Difference]:
    if row is None:
        yield Difference(customer.pk, fact.stripe_id, "status", "missing", fact.status)
        return
    at_stripe = asdict(fact)
    price_ids = at_stripe.pop("price_ids")
    for field, value in at_stripe.items():
        if getattr(row, field) != value:
            yield Difference(customer.pk, fact.stripe_id, field, getattr(row, field), value)
    if row.price.stripe_price_id not in price_ids:
        yield Difference(
            customer.pk, fact.stripe_id, "price", row.price.stripe_price_id, ", ".join(price_ids)
        )
