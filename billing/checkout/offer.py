"""What a customer is about to buy, as the confirmation page says it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from billing.catalog.cards import amount_in_words
from billing.catalog.models import Price
from billing.catalog.money import format_money
from billing.checkout.queries import other_interval
from billing.entitlements.queries import customer_of
from billing.subscriptions.queries import had_subscription


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan at a price. ``due_today`` is what Stripe takes now; a trial moves the first payment."""

    plan_key: str
    plan_name: str
    tagline: str
    interval: str
    currency: str
    price: str
    due_today: str
    trial_days: int
    first_payment_at: datetime
    other_interval: str
    other_price: str
    features: tuple[str, ...]


def offer_for(price: Price, *, user: Any) -> Offer:
    """The offer to this person: a trial is for those who never subscribed."""
    customer = customer_of(user)
    trial_days = 0 if customer and had_subscription(customer) else price.version.trial_days
    other = other_interval(price)
    return Offer(
        plan_key=price.version.plan.key,
        plan_name=price.version.plan.name,
        tagline=price.version.plan.tagline,
        interval=price.interval,
        currency=price.currency,
        price=_in_words(price),
        due_today=format_money(0 if trial_days else price.amount, price.currency, short=True),
        trial_days=trial_days,
        first_payment_at=timezone.now() + timedelta(days=trial_days),
        other_interval=other.interval if other else "",
        other_price=_in_words(other) if other else "",
        features=_features(price),
    )


def _in_words(price: Price) -> str:
    return f"{format_money(price.amount, price.currency, short=True)} {price.per}"


def _features(price: Price) -> tuple[str, ...]:
    rows = price.version.plan_features.select_related("feature")
    return tuple(amount_in_words(row.feature, row.value) for row in rows if row.value != 0)
