"""What a change of plan costs and brings, worked out by Stripe before anybody agrees to it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
from django.core import signing

from billing.catalog.models import Price
from billing.catalog.money import format_money
from billing.checkout.differences import Differences, differences
from billing.checkout.models import PlanChange
from billing.checkout.timing import timing_of
from billing.gateway.subscriptions import preview_change
from billing.subscriptions.models import Subscription

SALT = "billing.checkout.quote"
VALID_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Quote:
    """A change as the customer sees it before agreeing. Sums are text; empty where there is none.

    ``token`` is the same, signed: what is agreed to is what was shown, and for half an hour only.
    """

    plan_key: str
    plan_name: str
    old_name: str
    interval: str
    price: str
    timing: str
    due_today: str
    is_due: bool
    credit: str
    balance: str
    happens_at: datetime
    next_payment_at: datetime
    next_payment: str
    differences: Differences
    token: str

    @property
    def is_now(self) -> bool:
        """Whether it happens at once."""
        return self.timing == PlanChange.Timing.NOW


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a token says: the change that was shown."""

    subscription_id: int
    price_id: int
    timing: str
    proration_date: int | None
    due: int


def quote(subscription: Subscription, price: Price, *, user: Any) -> Quote:
    """What the change would bring. Asks Stripe where something is due at once. Raises ``StripeFailure``."""
    timing = timing_of(subscription, price)
    asked = _ask(subscription, price) if timing == PlanChange.Timing.NOW else None
    due = asked.amount_due if asked and not _is_trialing(subscription) else 0
    starts = subscription.current_period_end if asked is None else _moment(asked)
    agreed = Agreed(subscription.pk, price.pk, timing, _proration_date(asked), due)
    return Quote(
        plan_key=price.version.plan.key,
        plan_name=price.version.plan.name,
        old_name=subscription.version.plan.name,
        interval=price.interval,
        price=f"{price.formatted} {price.per}",
        timing=timing,
        due_today=format_money(due, price.currency),
        is_due=due > 0,
        credit=_unless_nothing(_unused(asked), price.currency),
        balance=_unless_nothing(
            -asked.ending_balance if asked and asked.ending_balance else 0, price.currency
        ),
        happens_at=starts,
        next_payment_at=_next_payment_at(subscription, price, asked),
        next_payment=format_money(price.amount * subscription.quantity, price.currency),
        differences=differences(subscription.version, price.version, user=user),
        token=signing.dumps([getattr(agreed, name) for name in Agreed.__slots__], salt=SALT),
    )


def read_quote(token: str) -> Agreed | None:
    """What was agreed to; nothing for a token that is not ours or too old: prices may have moved."""
    try:
        told = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return Agreed(*told)


def _ask(subscription: Subscription, price: Price) -> stripe.Invoice:
    return preview_change(
        customer_id=subscription.customer.stripe_id,
        subscription_id=subscription.stripe_id,
        item_id=subscription.item_stripe_id,
        price_id=price.stripe_price_id,
    )


def _is_trialing(subscription: Subscription) -> bool:
    """What Stripe previews for a trial is the invoice of its end: nothing of it is due today."""
    return subscription.status == Subscription.Status.TRIALING


def _prorations(invoice: stripe.Invoice) -> list[dict[str, Any]]:
    lines = invoice.lines.to_dict()["data"]
    return [line for line in lines if (line["parent"]["subscription_item_details"] or {}).get("proration")]


def _unused(invoice: stripe.Invoice | None) -> int:
    """What was paid for time that is not used: the credit, as a positive sum."""
    return -sum(line["amount"] for line in _prorations(invoice) if line["amount"] < 0) if invoice else 0


def _proration_date(invoice: stripe.Invoice | None) -> int | None:
    """The second up to which the old price counts, so that what is charged is what was shown."""
    lines = _prorations(invoice) if invoice else []
    return min(line["period"]["start"] for line in lines) if lines else None


def _next_payment_at(subscription: Subscription, price: Price, asked: stripe.Invoice | None) -> datetime:
    """The end of the running period, or of the new one where the change begins it today."""
    if asked is None or _is_trialing(subscription) or price.interval == subscription.price.interval:
        return subscription.current_period_end
    ends = [line["period"]["end"] for line in asked.lines.to_dict()["data"]]
    return datetime.fromtimestamp(max(ends), tz=UTC)


def _moment(invoice: stripe.Invoice) -> datetime:
    return datetime.fromtimestamp(invoice.created, tz=UTC)


def _unless_nothing(amount: int, currency: str) -> str:
    return format_money(amount, currency) if amount > 0 else ""
