"""The customer's invoices as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractYear

from billing.catalog.money import format_money
from billing.invoices.models import Invoice

FILTERS: dict[str, tuple[str, Q]] = {
    "paid": ("Paid", Q(status=Invoice.Status.PAID)),
    "open": ("To pay", Q(status=Invoice.Status.OPEN)),
    "refunded": ("With a refund", Q(refunded__gt=0) | Q(credited__gt=0)),
}
TONES = {Invoice.Status.PAID: "success", Invoice.Status.OPEN: "warning"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice, with its amount in words."""

    description: str
    amount: str
    quantity: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice in the words of a page; sums that are nothing are empty."""

    pk: int
    number: str
    status: str
    label: str
    tone: str
    title: str
    issued_at: datetime
    paid_at: datetime | None
    period_start: datetime
    period_end: datetime
    is_open: bool
    needs_action: bool
    subtotal: str
    discount: str
    tax: str
    total: str
    paid: str
    remaining: str
    credited: str
    refunded: str
    lines: tuple[Line, ...]


def invoices_of(user: Any) -> QuerySet[Invoice]:
    """Every invoice of this person, newest first; nobody else's."""
    return Invoice.objects.filter(customer__user=user)


def filtered(user: Any, *, state: str, year: str) -> QuerySet[Invoice]:
    """The person's invoices in one of the states and of one year; what makes no sense filters nothing."""
    invoices = invoices_of(user)
    if state in FILTERS:
        invoices = invoices.filter(FILTERS[state][1])
    return invoices.filter(issued_at__year=int(year)) if _is_year(year) else invoices


def years_of(user: Any) -> list[int]:
    """The years in which this person was billed, newest first."""
    years = invoices_of(user).order_by().annotate(year=ExtractYear("issued_at"))
    return sorted(set(years.values_list("year", flat=True)), reverse=True)


def latest_of(user: Any, *, count: int) -> list[InvoiceView]:
    """The newest few, for the overview."""
    return shown(invoices_of(user)[:count])


def open_invoice_of(user: Any) -> Invoice | None:
    """The oldest invoice that waits to be paid."""
    waiting = invoices_of(user).filter(status=Invoice.Status.OPEN, amount_remaining__gt=0)
    return waiting.order_by("issued_at").first()


def shown(invoices: Iterable[Invoice]) -> list[InvoiceView]:
    """The same in the words of a page."""
    return [show(invoice) for invoice in invoices]


def show(invoice: Invoice) -> InvoiceView:
    """One invoice in the words of a page."""

    def money(amount: int) -> str:
        return format_money(amount, invoice.currency)

    def unless_nothing(amount: int) -> str:
        return money(amount) if amount else ""

    lines = tuple(_line(line, invoice.currency) for line in invoice.lines)
    return InvoiceView(
        pk=invoice.pk,
        number=invoice.number,
        status=invoice.status,
        label="To pay" if invoice.is_open else Invoice.Status(invoice.status).label,
        tone=TONES.get(Invoice.Status(invoice.status), ""),
        title=lines[0].description if lines else "",
        issued_at=invoice.issued_at,
        paid_at=invoice.paid_at,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        is_open=invoice.is_open,
        needs_action=invoice.needs_action,
        subtotal=money(invoice.subtotal),
        discount=unless_nothing(-invoice.discount),
        tax=unless_nothing(invoice.tax),
        total=money(invoice.total),
        paid=money(invoice.amount_paid),
        remaining=unless_nothing(invoice.amount_remaining if invoice.is_open else 0),
        credited=unless_nothing(invoice.credited),
        refunded=unless_nothing(invoice.refunded),
        lines=lines,
    )


def _line(line: dict[str, Any], currency: str) -> Line:
    return Line(
        description=line["description"],
        amount=format_money(line["amount"], currency),
        quantity=line["quantity"],
        start=date.fromisoformat(line["start"]),
        end=date.fromisoformat(line["end"]),
    )


def _is_year(year: str) -> bool:
    return len(year) == 4 and year.isdecimal() and year.isascii() and int(year) > 0
