"""What a customer is told about an invoice: that it was paid, that money came back."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.catalog.money import format_money
from billing.invoices.models import Invoice
from billing.invoices.pay_links import LINK_DAYS, pay_link
from billing.notices.services import notify
from billing.notices.topics import ACTION_REQUIRED, COPY_TO, PAYMENT_FAILED, RECEIPT, REFUND
from billing.subscriptions.models import Subscription

# What happened before is history: a customer who is read for the first time gets no mail about last year.
NEWS = timedelta(days=3)


def tell(invoice: Invoice, *, user: Any) -> None:
    """Tell what is new about this invoice; each thing has a key, so nothing is told twice."""
    if invoice.refunded and _is_news(invoice, NEWS * 30):
        _tell_of_refund(invoice, user=user)
    if invoice.is_open and invoice.attempts and _is_news(invoice, NEWS):
        _tell_of_failure(invoice, user=user)
    if invoice.status == Invoice.Status.PAID and invoice.amount_paid and _is_news(invoice, NEWS):
        _tell_of_payment(invoice, user=user)


def _is_news(invoice: Invoice, patience: timedelta) -> bool:
    return (invoice.paid_at or invoice.issued_at) > timezone.now() - patience


def _tell_of_payment(invoice: Invoice, *, user: Any) -> None:
    paid_at = invoice.paid_at or invoice.issued_at
    context = {
        COPY_TO: invoice.customer.invoice_email,
        "amount": format_money(invoice.amount_paid, invoice.currency),
        "number": invoice.number,
        "day": date_format(paid_at, "j F Y"),
        "url": reverse("billing:invoice", args=[invoice.pk]),
    }
    notify(user=user, topic=RECEIPT.key, key=f"invoice:{invoice.stripe_id}:paid", context=context)


def _tell_of_failure(invoice: Invoice, *, user: Any) -> None:
    """What to do about an open invoice of a plan: confirm it with the bank, or pay with another card."""
    subscription = (
        Subscription.objects.filter(stripe_id=invoice.subscription_stripe_id)
        .select_related("version__plan")
        .first()
    )
    if subscription is None:
        return
    grace = timedelta(days=subscription.version.grace_days)
    context = {
        "amount": format_money(invoice.amount_remaining, invoice.currency),
        "plan": subscription.version.plan.name,
        "day": date_format(invoice.period_start + grace, "j F Y"),
        "link_days": str(LINK_DAYS),
        "url": pay_link(invoice),
    }
    topic = ACTION_REQUIRED if invoice.needs_action else PAYMENT_FAILED
    notify(user=user, topic=topic.key, key=f"invoice:{invoice.stripe_id}:{topic.key}", context=context)


def _tell_of_refund(invoice: Invoice, *, user: Any) -> None:
    context = {
        COPY_TO: invoice.customer.invoice_email,
        "amount": format_money(invoice.refunded, invoice.currency),
        "number": invoice.number,
        "url": reverse("billing:invoice", args=[invoice.pk]),
    }
    key = f"invoice:{invoice.stripe_id}:refunded:{invoice.refunded}"
    notify(user=user, topic=REFUND.key, key=key, context=context)
