"""Makes our projection equal to Stripe's truth; nothing else writes subscriptions."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import stripe
from django.db import transaction
from django.utils import timezone

from billing.credits.reading import CreditReading, read_credits
from billing.credits.reconcile import apply_credits
from billing.customers.mirror import mirror_customer
from billing.customers.models import StripeCustomer
from billing.customers.services import (
    follow_stripes_email,
    forget_stripe_customer,
    lock_customer,
    number_read,
)
from billing.gateway.customers import retrieve_customer
from billing.gateway.subscriptions import list_subscriptions
from billing.subscriptions.facts import SubscriptionFacts, facts_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.projection import project
from billing.subscriptions.rules import permissions_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What Stripe said; a later read has a higher number. Without a customer: it was deleted there."""

    number: int
    stripe_customer_id: str
    known_email: str = ""
    customer: stripe.Customer | None = None
    subscriptions: tuple[SubscriptionFacts, ...] = ()
    credits: CreditReading = field(default_factory=CreditReading)

    @property
    def periods(self) -> dict[str, tuple[datetime, datetime]]:
        """The present period of each subscription."""
        return {
            fact.stripe_id: (fact.current_period_start, fact.current_period_end)
            for fact in self.subscriptions
        }

    @property
    def default_card(self) -> str:
        """The card that is charged when nobody is asked."""
        told = self.customer.to_dict() if self.customer else {}
        return (told.get("invoice_settings") or {}).get("default_payment_method") or ""

    @property
    def ended(self) -> list[str]:
        """The subscriptions that are over."""
        return [fact.stripe_id for fact in self.subscriptions if fact.ended_at]


def reconcile_customer(*, customer_id: int, and_then: Callable[[list[str]], None] | None = None) -> None:
    """Make our rows equal to what Stripe says about this customer now.

    ``and_then`` joins the transaction, with the customer locked, and is given what changed, in sentences.

    Stripe's present state is read with no lock held, so it matters neither which event led here nor how often
    or in what order they come. Reads are numbered before they begin, and one that began earlier never
    overwrites one that began later: what changed after it began has an event of its own, and so a later read.
    The entitlements' epoch moves only if what the customer may do has changed.
    Raises a ``StripeFailure`` where Stripe cannot be read; nothing is written then. So it is for a customer
    unknown to Stripe, which remembers the deleted ones: then our key is another account's, and ends no plan.
    """
    customer = StripeCustomer.objects.get(pk=customer_id)
    reading = _read(customer) if customer.stripe_id else None
    with transaction.atomic():
        changes = _apply(reading, customer_id=customer_id) if reading else []
        if and_then:
            and_then(changes)


def _read(customer: StripeCustomer) -> Reading:
    number = number_read(customer_id=customer.pk)
    stripe_id = customer.stripe_id
    at_stripe = retrieve_customer(customer_id=stripe_id)
    if getattr(at_stripe, "deleted", False):
        return Reading(number, stripe_id, customer.stripe_email)
    told = tuple(facts_of(subscription) for subscription in list_subscriptions(customer_id=stripe_id))
    price_ids = {price_id for fact in told for price_id in fact.price_ids}
    paid = read_credits(customer=customer, price_ids=price_ids, has_moved=_has_moved(customer, told))
    return Reading(number, stripe_id, customer.stripe_email, at_stripe, told, paid)


def _has_moved(customer: StripeCustomer, told: Iterable[SubscriptionFacts]) -> bool:
    """Whether a subscription is new here, or has another price or period than when we last looked."""
    rows = Subscription.objects.filter(customer=customer).select_related("price")
    known = {row.stripe_id: (row.price.stripe_price_id, row.current_period_start) for row in rows}
    return any(
        known.get(fact.stripe_id)
        not in [(price_id, fact.current_period_start) for price_id in fact.price_ids]
        for fact in told
    )


def _apply(reading: Reading, *, customer_id: int) -> list[str]:
    customer = lock_customer(customer_id=customer_id)
    if reading.number < customer.read_applied or reading.stripe_customer_id != customer.stripe_id:
        logger.info("Read %s of customer %s is too old: a newer one is shown", reading.number, customer_id)
        return []
    rows = Subscription.objects.filter(customer=customer).select_related("version")
    before = permissions_key(rows.all())
    changes = project(reading.subscriptions, customer=customer)
    if permissions_key(rows.all()) != before:
        customer.entitlements_epoch += 1
        changes.append("What the customer may do has changed.")
    apply_credits(
        reading.credits,
        customer=customer,
        periods=reading.periods,
        ended=reading.ended,
        default_card=reading.default_card,
    )
    if reading.customer:
        customer.djstripe_customer = mirror_customer(reading.customer, user=customer.user)
        told_email = reading.customer.to_dict().get("email") or ""
        follow_stripes_email(customer, told=told_email, known=reading.known_email)
    else:
        forget_stripe_customer(customer)
        changes.append("The customer was deleted at Stripe.")
    customer.read_applied = reading.number
    customer.last_synced_at = timezone.now()
    customer.save()
    return changes
