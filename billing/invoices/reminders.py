"""What the clock has to tell customers: trials and years that end, plans that close for a missing payment."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.catalog.models import Price
from billing.catalog.money import format_money
from billing.invoices.models import Invoice
from billing.invoices.pay_links import LINK_DAYS, pay_link
from billing.notices import topics
from billing.notices.services import notify
from billing.subscriptions.models import Subscription
from billing.subscriptions.rules import entitled_until
from billing.subscriptions.telling import day_of

Status = Subscription.Status
Reminder = tuple[topics.Topic, str, dict[str, str]]

DAY = timedelta(days=1)
TRIAL_DAYS = (1, 3)
YEAR_DAYS = 14
ADD_A_CARD = " If you gave us no payment method yet, add one before, or the plan ends with the trial."


def remind_customers() -> int:
    """Send what is due, each thing once; gives the number of new notices. One that was late is sent late."""
    told = 0
    for due in (_trials, _years, _missing_payments):
        for subscription, (topic, what, context) in due(timezone.now()):
            key = f"subscription:{subscription.stripe_id}:{what}"
            with transaction.atomic():
                told += bool(
                    notify(user=subscription.customer.user, topic=topic.key, key=key, context=context)
                )
    return told


def _subscriptions(**which: object) -> Iterator[Subscription]:
    rows = Subscription.objects.filter(**which).select_related("customer__user", "version__plan", "price")
    return rows.order_by("pk").iterator(chunk_size=500)


def _trials(now: datetime) -> Iterator[tuple[Subscription, Reminder]]:
    """Three days before, and one day before; a trial that is shorter than that is told once."""
    ending = _subscriptions(
        status=Status.TRIALING, cancel_at=None, trial_end__gt=now, trial_end__lte=now + DAY * max(TRIAL_DAYS)
    )
    for subscription in ending:
        end = subscription.trial_end or now
        days = next(days for days in TRIAL_DAYS if end <= now + DAY * days)
        money = _money(subscription)
        more = ADD_A_CARD if settings.TRIAL_WITHOUT_CARD else ""
        context = {
            "plan": subscription.version.plan.name,
            "when": "within a day" if days == 1 else f"in {days} days",
            "day": day_of(end),
            "next": f"Then {money} is due, and the plan goes on without a break.{more}",
        }
        yield subscription, (topics.TRIAL_ENDING, f"trial:{days}:{end:%Y-%m-%d}", context)


def _years(now: datetime) -> Iterator[tuple[Subscription, Reminder]]:
    """A yearly plan renews for a large sum that nobody thinks of any more."""
    renewing = _subscriptions(
        status=Status.ACTIVE,
        cancel_at=None,
        next_stripe_price_id="",
        price__interval=Price.Interval.YEAR,
        current_period_end__gt=now,
        current_period_end__lte=now + DAY * YEAR_DAYS,
    )
    for subscription in renewing:
        end = subscription.current_period_end
        context = {
            "plan": subscription.version.plan.name,
            "day": day_of(end),
            "amount": _money(subscription),
        }
        yield subscription, (topics.RENEWAL_COMING, f"year:{end:%Y-%m-%d}", context)


def _missing_payments(now: datetime) -> Iterator[tuple[Subscription, Reminder]]:
    """A day before the grace is over, and when it is."""
    for subscription in _subscriptions(status__in=[Status.PAST_DUE, Status.UNPAID]):
        until = entitled_until(subscription)
        invoice = _open_invoice(subscription)
        if invoice is None:
            continue
        period = f"{subscription.current_period_start:%Y-%m-%d}"
        if until is None or until <= now:
            yield subscription, (topics.PLAN_CLOSED, f"closed:{period}", _to_pay(subscription, invoice))
        elif until <= now + DAY:
            context = {**_to_pay(subscription, invoice), "when": "within a day", "day": day_of(until)}
            yield subscription, (topics.GRACE_ENDING, f"grace:{period}", context)


def _to_pay(subscription: Subscription, invoice: Invoice) -> dict[str, str]:
    return {
        "amount": format_money(invoice.amount_remaining, invoice.currency),
        "plan": subscription.version.plan.name,
        "link_days": str(LINK_DAYS),
        "url": pay_link(invoice),
    }


def _open_invoice(subscription: Subscription) -> Invoice | None:
    waiting = Invoice.objects.filter(
        subscription_stripe_id=subscription.stripe_id, status=Invoice.Status.OPEN, amount_remaining__gt=0
    )
    return waiting.order_by("issued_at").first()


def _money(subscription: Subscription) -> str:
    amount = subscription.price.amount * subscription.quantity
    return format_money(amount, subscription.price.currency)
