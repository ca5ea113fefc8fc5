"""Which subscriptions give their plan's features: pure rules, without a database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from billing.subscriptions.models import ENTITLING, Subscription

Status = Subscription.Status


def entitled_until(subscription: Subscription) -> datetime | None:
    """When an entitling subscription stops giving by the clock alone; ``None``: not until Stripe says so.

    A trial and a paid period end with an event from Stripe. An overdue renewal keeps its plan for the days of
    grace that its version gives, counted from the day the unpaid period began. Needs ``version`` loaded.
    """
    if subscription.status == Status.PAST_DUE:
        return subscription.current_period_start + timedelta(days=subscription.version.grace_days)
    return None


def is_entitling(subscription: Subscription, *, now: datetime) -> bool:
    """Whether the subscription gives its plan's features at this moment."""
    if subscription.status not in ENTITLING:
        return False
    end = entitled_until(subscription)
    return end is None or now < end


def permissions_key(subscriptions: Iterable[Subscription]) -> frozenset[tuple[int, datetime | None]]:
    """What of these subscriptions decides what the customer may do: equal keys mean equal permissions."""
    return frozenset(
        (subscription.version_id, entitled_until(subscription))
        for subscription in subscriptions
        if subscription.status in ENTITLING
    )
