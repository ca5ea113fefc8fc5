"""When a change of plan happens: more at once, less when the paid time is over. Pure rules."""

from billing.catalog.models import Price
from billing.checkout.models import PlanChange
from billing.subscriptions.models import Subscription

MONTHS = {Price.Interval.MONTH.value: 1, Price.Interval.YEAR.value: 12}
Timing = PlanChange.Timing


def timing_of(subscription: Subscription, price: Price) -> PlanChange.Timing:
    """A dearer plan, and the same plan by the year, begin at once; all else when the paid period ends.

    Nothing was paid for a trial, so there everything changes at once.
    """
    old = subscription.price
    if subscription.status == Subscription.Status.TRIALING:
        return Timing.NOW
    if MONTHS[price.interval] < MONTHS[old.interval]:
        return Timing.PERIOD_END
    if price.version.plan_id == old.version.plan_id and price.interval != old.interval:
        return Timing.NOW
    return Timing.NOW if _by_month(price) > _by_month(old) else Timing.PERIOD_END


def _by_month(price: Price) -> float:
    return price.amount / MONTHS[price.interval]
