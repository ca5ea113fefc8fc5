"""What a customer should look at now, in order of urgency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.checkout.models import CheckoutAttempt
from billing.checkout.queries import choice_path
from billing.invoices.queries import open_invoice_of
from billing.subscriptions.models import Subscription
from billing.subscriptions.queries import SubscriptionSummary

Status = Subscription.Status


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know; the names are those of ``components/alert.html``."""

    tone: str
    title: str
    text: str
    action_href: str = ""
    action_label: str = ""


def attention_for(user: Any, subscription: SubscriptionSummary | None) -> list[Notice]:
    """The notices for this person's billing page; empty where all is well."""
    if subscription is None:
        return _unfinished(user)
    return [*_payment(user, subscription), *_ending(subscription)]


def _payment(user: Any, subscription: SubscriptionSummary) -> list[Notice]:
    if subscription.status == Status.PAST_DUE:
        return [_overdue(user, subscription)]
    if subscription.status == Status.UNPAID:
        text = (
            "Several payments did not go through, so your plan rests. Pay the open invoice to open it again:"
            " nothing was deleted."
        )
        return [Notice("danger", "Your plan rests until the open invoice is paid", text, *_way_to_pay(user))]
    if subscription.status == Status.PAUSED:
        text = "Your trial ended without a payment method, so the plan is paused. Nothing was deleted."
        return [Notice("warning", "Your plan is paused", text)]
    return []


def _overdue(user: Any, subscription: SubscriptionSummary) -> Notice:
    """What happens when, while the grace lasts and after it."""
    plan, until = subscription.plan_name, subscription.open_until
    if until is None or until <= timezone.now():
        text = f"The payment did not reach us in time, so {plan} is closed. Pay, and it opens again at once."
        return Notice("danger", f"{plan} is closed until the open invoice is paid", text, *_way_to_pay(user))
    text = (
        f"We try it again during the next days, and {plan} stays open until {_day(until)}. After that it"
        " closes until the invoice is paid; nothing is deleted."
    )
    return Notice("danger", "A payment failed", text, *_way_to_pay(user))


def _way_to_pay(user: Any) -> tuple[str, str]:
    invoice = open_invoice_of(user)
    if invoice is None:
        return "", ""
    label = "Confirm the payment with your bank" if invoice.needs_action else "Pay the open invoice"
    return reverse("billing:invoice", args=[invoice.pk]), label


def _ending(subscription: SubscriptionSummary) -> list[Notice]:
    if subscription.cancel_at is None:
        return []
    text = (
        f"You keep {subscription.plan_name} until then. Nothing more will be charged, and nothing is deleted."
    )
    return [Notice("warning", f"Your plan ends on {_day(subscription.cancel_at)}", text)]


def _unfinished(user: Any) -> list[Notice]:
    attempt = (
        CheckoutAttempt.objects.filter(customer__user=user, status=CheckoutAttempt.Status.OPEN)
        .select_related("price__version__plan")
        .first()
    )
    if attempt is None:
        return []
    plan = attempt.price.version.plan
    text = f"You began to subscribe to {plan.name} and did not finish. Nothing was charged."
    return [Notice("info", "A checkout is open", text, choice_path(attempt), "Go on where you left off")]


def _day(moment: datetime) -> str:
    return date_format(moment, "j F Y")
