"""Writes what Stripe told into our rows; only ``reconcile_customer`` calls this, with the customer locked."""

import logging
from collections.abc import Iterable, Mapping

from django.utils import timezone

from billing.catalog.models import PlanVersion, Price
from billing.customers.models import StripeCustomer
from billing.subscriptions.changes import describe_change, facts_shown
from billing.subscriptions.facts import SubscriptionFacts
from billing.subscriptions.models import Subscription
from billing.subscriptions.telling import tell_change

logger = logging.getLogger(__name__)

ENDED = frozenset({Subscription.Status.CANCELED, Subscription.Status.INCOMPLETE_EXPIRED})


def project(told: Iterable[SubscriptionFacts], *, customer: StripeCustomer) -> list[str]:
    """Create, update and end the customer's rows so that they say what Stripe says; gives what changed.

    What does not fit our catalog is logged for a person to look at; the other subscriptions do not wait.
    """
    facts = {fact.stripe_id: fact for fact in told}
    rows = {
        row.stripe_id: row
        for row in Subscription.objects.filter(customer=customer).select_related(
            "customer__user", "version__plan", "price", "moved_version__plan"
        )
    }
    prices = _prices_named_in(facts.values())
    changes = []
    for stripe_id, fact in facts.items():
        row = rows.get(stripe_id) or Subscription(customer=customer, stripe_id=stripe_id)
        changes += _write(row, fact, prices)
    gone = [row for row in rows.values() if row.stripe_id not in facts and row.status not in ENDED]
    return changes + _end(gone)


def _prices_named_in(facts: Iterable[SubscriptionFacts]) -> dict[str, Price]:
    ids = {price_id for fact in facts for price_id in fact.price_ids}
    prices = Price.objects.filter(stripe_price_id__in=ids).select_related("version__plan")
    return {price.stripe_price_id: price for price in prices}


def _write(row: Subscription, fact: SubscriptionFacts, prices: Mapping[str, Price]) -> list[str]:
    before = facts_shown(row) if row.pk else None
    if fact.status not in Subscription.Status.values:
        logger.error("Subscription %s has a status we do not know: %r", fact.stripe_id, fact.status)
        return []
    price = next((prices[price_id] for price_id in fact.price_ids if price_id in prices), None)
    if price is None:
        logger.error("Subscription %s has no price of our catalog: %s", fact.stripe_id, fact.price_ids)
        if row.pk is None:
            return []
    else:
        row.price, row.version = price, _version_of(row, price)
    _copy(row, fact)
    row.save()
    tell_change(row, before, user=row.customer.user, read=row.customer.reads_started)
    return describe_change(row, before)


def _version_of(row: Subscription, price: Price) -> PlanVersion:
    """The version that the price names, unless an admin moved those who pay it to another one."""
    is_moved = row.moved_version is not None and row.moved_price_id == price.pk
    return row.moved_version if is_moved else price.version  # type: ignore[return-value]


def _copy(row: Subscription, fact: SubscriptionFacts) -> None:
    row.status = fact.status
    row.quantity = fact.quantity
    row.current_period_start = fact.current_period_start
    row.current_period_end = fact.current_period_end
    row.trial_end = fact.trial_end
    row.cancel_at = fact.cancel_at
    row.ended_at = fact.ended_at
    row.started_at = fact.started_at
    row.item_stripe_id = fact.item_stripe_id
    row.schedule_stripe_id = fact.schedule_stripe_id
    row.next_stripe_price_id = fact.next_stripe_price_id
    row.changes_at = fact.changes_at
    row.last_synced_at = timezone.now()


def _end(rows: Iterable[Subscription]) -> list[str]:
    """Stripe lists ended subscriptions too: one that is missing went with its customer."""
    changes = []
    for row in rows:
        before = facts_shown(row)
        logger.warning("Subscription %s is gone at Stripe: it ends here too", row.stripe_id)
        row.status = Subscription.Status.CANCELED
        row.ended_at = row.last_synced_at = timezone.now()
        row.save()
        changes += describe_change(row, before)
    return changes
