"""The link in a mail that leads to an open invoice without a sign-in, for so many days."""

from django.core import signing
from django.urls import reverse

from billing.invoices.models import Invoice

SALT = "billing.invoices.pay"
LINK_DAYS = 14


def pay_link(invoice: Invoice) -> str:
    """Where the invoice can be paid by whoever got the mail; it shows an amount and a plan, nobody's data."""
    return reverse("billing:pay_link", args=[signing.dumps(invoice.pk, salt=SALT)])


def invoice_of_link(token: str) -> Invoice | None:
    """The invoice a link names; nothing for one that is not ours or too old."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 24 * 60 * 60)
    except (signing.BadSignature, ValueError):
        return None
    return Invoice.objects.filter(pk=pk).first()
