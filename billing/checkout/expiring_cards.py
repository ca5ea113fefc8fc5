"""Tells customers whose card expires before the next payment, while there is time to add another."""

import logging
from calendar import month_name
from collections.abc import Iterator
from datetime import datetime, timedelta

import stripe
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from billing.checkout.methods import default_method_of
from billing.gateway.errors import StripeFailure
from billing.gateway.payment_methods import list_payment_methods
from billing.notices.services import notify
from billing.notices.topics import CARD_EXPIRING
from billing.subscriptions.models import Subscription

logger = logging.getLogger(__name__)

Status = Subscription.Status
AHEAD, WINDOW = timedelta(days=10), timedelta(days=1)


def tell_of_expiring_cards() -> int:
    """Ask Stripe about the card of every plan that renews in ten days; gives the number of notices.

    One look per customer and period. Stripe that is silent is logged, and asked again by the next run.
    """
    told = 0
    for subscription in _renewing(timezone.now()):
        try:
            told += _look_at(subscription)
        except StripeFailure as failure:
            logger.warning("The card of subscription %s was not looked at: %s", subscription.pk, failure)
    return told


def _renewing(now: datetime) -> Iterator[Subscription]:
    rows = Subscription.objects.filter(
        status__in=[Status.ACTIVE, Status.TRIALING],
        cancel_at=None,
        current_period_end__gt=now + AHEAD - WINDOW,
        current_period_end__lte=now + AHEAD,
    )
    return rows.select_related("customer__user", "version__plan").order_by("pk").iterator(chunk_size=500)


def _look_at(subscription: Subscription) -> bool:
    customer = subscription.customer
    counts = default_method_of(customer)
    methods = list_payment_methods(customer_id=customer.stripe_id)
    card = next((method.card for method in methods if method.id == counts), None)
    if card is None or not _expires_before(card, subscription.current_period_end):
        return False
    context = {
        "last4": card.last4 or "",
        "month": f"{month_name[card.exp_month]} {card.exp_year}",
        "plan": subscription.version.plan.name,
        "url": reverse("billing:methods"),
    }
    key = f"card:{counts}:{card.exp_year}-{card.exp_month}:{subscription.stripe_id}"
    with transaction.atomic():
        return bool(notify(user=customer.user, topic=CARD_EXPIRING.key, key=key, context=context))


def _expires_before(card: stripe.PaymentMethod.Card, moment: datetime) -> bool:
    """A card is good to the last day of its month."""
    return (card.exp_year, card.exp_month) < (moment.year, moment.month)
