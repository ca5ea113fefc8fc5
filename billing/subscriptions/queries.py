"""What a customer has, as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from billing.catalog.models import Price
from billing.customers.models import StripeCustomer
from billing.subscriptions.models import Subscription
from billing.subscriptions.rules import entitled_until

Status = Subscription.Status


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a subscription goes over to, what that costs, and when."""

    plan_name: str
    price: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionSummary:
    """A plan somebody has. ``amount``: minor units of ``currency`` for the whole quantity and interval."""

    plan_key: str
    plan_name: str
    status: str
    label: str
    interval: str
    amount: int
    currency: str
    started_at: datetime
    current_period_end: datetime
    next_payment_at: datetime | None
    trial_end: datetime | None
    cancel_at: datetime | None
    grace_days: int
    open_until: datetime | None = None
    changes_at: datetime | None = None
    next_stripe_price_id: str = ""

    @property
    def needs_payment(self) -> bool:
        """Whether a payment failed and the customer has to do something."""
        return self.status in {Status.PAST_DUE, Status.UNPAID}


def live_subscription(customer: StripeCustomer) -> Subscription | None:
    """The subscription to manage: the latest not ended; one that gives features before one that rests."""
    rows: QuerySet[Subscription] = customer.subscriptions.live()
    return rows.select_related("customer", "version__plan", "price__version").first()


def had_subscription(customer: StripeCustomer) -> bool:
    """Whether the customer ever subscribed: trials are for those who never did."""
    never_began = {Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED}
    return Subscription.objects.filter(customer=customer).exclude(status__in=never_began).exists()


def summarize(subscription: Subscription) -> SubscriptionSummary:
    """The subscription in the words of a page; needs ``version__plan`` and ``price`` loaded."""
    trialing = subscription.status == Status.TRIALING
    return SubscriptionSummary(
        plan_key=subscription.version.plan.key,
        plan_name=subscription.version.plan.name,
        status=subscription.status,
        label=Status(subscription.status).label,
        interval=subscription.price.interval,
        amount=subscription.price.amount * subscription.quantity,
        currency=subscription.price.currency,
        started_at=subscription.started_at,
        current_period_end=subscription.current_period_end,
        next_payment_at=_next_payment(subscription),
        trial_end=subscription.trial_end if trialing else None,
        cancel_at=subscription.cancel_at,
        grace_days=subscription.version.grace_days,
        open_until=entitled_until(subscription),
        changes_at=subscription.changes_at,
        next_stripe_price_id=subscription.next_stripe_price_id,
    )


def planned_change(summary: SubscriptionSummary | None) -> PlannedChange | None:
    """What the subscription goes over to by itself; one query where there is something.

    The same plan says how it is paid then.
    """
    if summary is None or not summary.next_stripe_price_id or summary.changes_at is None:
        return None
    price = (
        Price.objects.filter(stripe_price_id=summary.next_stripe_price_id)
        .select_related("version__plan")
        .first()
    )
    if price is None:
        return None
    plan = price.version.plan
    is_other_interval = plan.key == summary.plan_key and price.interval != summary.interval
    name = f"{plan.name} by the {price.interval}" if is_other_interval else plan.name
    return PlannedChange(name, f"{price.formatted} {price.per}", summary.changes_at)


def _next_payment(subscription: Subscription) -> datetime | None:
    """The end of trial or period, unless the plan ends then or no payment is waited for."""
    if subscription.cancel_at or subscription.status not in {Status.TRIALING, Status.ACTIVE}:
        return None
    return subscription.current_period_end
