"""What a customer is told about an invoice: that it was paid, that money came back."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.catalog.money import format_money
from billing.invoices.models import Invoice
from billing.notices.services import notify
from billing.notices.topics import RECEIPT, REFUND

# What happened before is history: a customer who is read for the first time gets no mail about last year.
NEWS = timedelta(days=3)


def tell(invoice: Invoice, *, user: Any) -> None:
    """Tell what is new about this invoice; each thing has a key, so nothing is told twice."""
    if invoice.refunded and _is_news(invoice, NEWS * 30):
        _tell_of_refund(invoice, user=user)
    if invoice.status == Invoice.Status.PAID and invoice.amount_paid and _is_news(invoice, NEWS):
        _tell_of_payment(invoice, user=user)


def _is_news(invoice: Invoice, patience: timedelta) -> bool:
    return (invoice.paid_at or invoice.issued_at) > timezone.now() - patience


def _tell_of_payment(invoice: Invoice, *, user: Any) -> None:
    paid_at = invoice.paid_at or invoice.issued_at
    context = {
        "amount": format_money(invoice.amount_paid, invoice.currency),
        "number": invoice.number,
        "day": date_format(paid_at, "j F Y"),
        "url": reverse("billing:invoice", args=[invoice.pk]),
    }
    notify(user=user, topic=RECEIPT.key, key=f"invoice:{invoice.stripe_id}:paid", context=context)


def _tell_of_refund(invoice: Invoice, *, user: Any) -> None:
    context = {
        "amount": format_money(invoice.refunded, invoice.currency),
        "number": invoice.number,
        "url": reverse("billing:invoice", args=[invoice.pk]),
    }
    key = f"invoice:{invoice.stripe_id}:refunded:{invoice.refunded}"
    notify(user=user, topic=REFUND.key, key=key, context=context)
