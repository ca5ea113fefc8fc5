"""Everything billing holds about one person, in forms that other programs read."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from billing.catalog.money import major_units
from billing.credits.history import Filters, Line, all_lines
from billing.credits.purchase_models import CreditPurchase
from billing.credits.queries import account_of
from billing.customers.details import details_of
from billing.customers.models import StripeCustomer
from billing.invoices.models import Invoice
from billing.notices.models import Notice
from billing.subscriptions.models import Subscription

COLUMNS = (
    "number", "status", "issued", "paid", "period_start", "period_end", "currency",
    "subtotal", "discount", "tax", "total", "amount_paid", "credited", "refunded",
)  # fmt: skip
MONEY = ("subtotal", "discount", "tax", "total", "amount_paid", "credited", "refunded")


def invoices_as_csv(customer: StripeCustomer) -> str:
    """One line per invoice; amounts in whole units, with a point. Nothing in it comes from a stranger."""
    target = StringIO()
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    writer.writerows(_invoice(invoice) for invoice in customer.invoices.order_by("issued_at"))
    return target.getvalue()


def everything(customer: StripeCustomer) -> dict[str, Any]:
    """The payer, their plans, what they were billed and told, their credits and what they bought of them."""
    return {
        "customer": {
            "email": customer.user.email,
            "stripe_customer": customer.stripe_id,
            "since": customer.created_at.isoformat(),
        },
        "details": _details(customer),
        "subscriptions": list(_subscriptions(customer)),
        "invoices": [
            {**_invoice(invoice), "lines": invoice.lines}
            for invoice in customer.invoices.order_by("issued_at")
        ],
        "credits": [_credit_line(line) for line in _credit_lines(customer)],
        "credit_purchases": [_purchase(purchase) for purchase in _purchases(customer)],
        "notices": [_notice(notice) for notice in Notice.objects.filter(user=customer.user)],
    }


def _details(customer: StripeCustomer) -> dict[str, Any]:
    """What stands on their invoices."""
    details = details_of(customer, email=customer.user.email)
    return {
        "name": details.name,
        "email": details.email,
        "address": details.address,
        "tax_numbers": [
            {"type": number.kind, "value": number.value, "status": number.status}
            for number in details.tax_numbers
        ],
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    amounts = {name: str(major_units(getattr(invoice, name), invoice.currency)) for name in MONEY}
    return {
        "number": invoice.number,
        "status": invoice.status,
        "issued": invoice.issued_at.date().isoformat(),
        "paid": invoice.paid_at.date().isoformat() if invoice.paid_at else "",
        "period_start": invoice.period_start.date().isoformat(),
        "period_end": invoice.period_end.date().isoformat(),
        "currency": invoice.currency,
        **amounts,
    }


def _subscriptions(customer: StripeCustomer) -> Iterator[dict[str, Any]]:
    rows = Subscription.objects.filter(customer=customer).select_related("version__plan", "price")
    for row in rows:
        yield {
            "plan": row.version.plan.name,
            "status": row.status,
            "price": str(major_units(row.price.amount, row.price.currency)),
            "currency": row.price.currency,
            "interval": row.price.interval,
            "started": row.started_at.isoformat(),
            "ended": row.ended_at.isoformat() if row.ended_at else None,
        }


def _credit_lines(customer: StripeCustomer) -> Iterator[Line]:
    """Every line of the ledger, the oldest first."""
    account = account_of(customer)
    return all_lines(account, Filters()) if account else iter(())


def _credit_line(line: Line) -> dict[str, str]:
    return {
        "at": line.at.isoformat(),
        "what": line.label,
        "about": line.about,
        "credits": str(line.amount),
        "balance": str(line.balance),
    }


def _purchases(customer: StripeCustomer) -> Iterable[CreditPurchase]:
    return customer.credit_purchases.select_related("pack").order_by("pk")


def _purchase(purchase: CreditPurchase) -> dict[str, Any]:
    return {
        "at": purchase.created_at.isoformat(),
        "pack": purchase.pack.name,
        "quantity": purchase.quantity,
        "credits": str(purchase.credits),
        "price": str(major_units(purchase.amount, purchase.currency)),
        "currency": purchase.currency,
        "status": purchase.status,
    }


def _notice(notice: Notice) -> dict[str, str]:
    return {"at": notice.created_at.isoformat(), "title": notice.title, "text": notice.text}
