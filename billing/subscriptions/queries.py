"""What a customer has, as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from billing.customers.models import StripeCustomer
from billing.subscriptions.models import Subscription
from billing.subscriptions.rules import LIVE

Status = Subscription.Status


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

    @property
    def needs_payment(self) -> bool:
        """Whether a payment failed and the customer has to do something."""
        return self.status in {Status.PAST_DUE, Status.UNPAID}


def live_subscription(customer: StripeCustomer) -> Subscription | None:
    """The subscription to manage: the latest not ended; one that gives features before one that rests."""
    rows = Subscription.objects.filter(customer=customer, status__in=LIVE)
    resting = {Status.UNPAID, Status.PAUSED}
    return min(
        rows.select_related("version__plan", "price"),
        key=lambda row: (row.status in resting, -row.started_at.timestamp()),
        default=None,
    )


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
    )


def _next_payment(subscription: Subscription) -> datetime | None:
    """The end of trial or period, unless the plan ends then or no payment is waited for."""
    if subscription.cancel_at or subscription.status not in {Status.TRIALING, Status.ACTIVE}:
        return None
    return subscription.current_period_end
