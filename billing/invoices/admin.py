"""Invoices in the admin, as last read from Stripe."""

from django.utils.safestring import SafeString

from billing.catalog.money import format_money
from billing.invoices.models import Invoice
from billing.screens import ReadOnlyAdmin, described, status_tag


class InvoiceAdmin(ReadOnlyAdmin):
    """What customers were billed. Refund or void at Stripe: the row follows."""

    model = Invoice
    menu_label = "Invoices"
    menu_icon = "doc-full-inverse"
    base_url_path = "billing/invoices"
    export_filename = "invoices"
    empty_text = "An invoice appears as soon as Stripe has billed somebody."
    list_display = ["number", "email", "state", "money", "issued_at"]
    list_export = [
        "number",
        "email",
        "status",
        "currency",
        "subtotal",
        "discount",
        "tax",
        "total",
        "amount_paid",
        "credited",
        "refunded",
        "issued_at",
        "paid_at",
        "stripe_id",
    ]
    list_filter = ["status", "currency", "issued_at"]
    list_select_related = ["customer__user"]
    search_fields = ["number", "customer__user__email", "stripe_id"]
    ordering = ["-issued_at"]
    inspect_view_fields = [
        "number",
        "email",
        "state",
        "money",
        "paid",
        "open_amount",
        "credit_notes",
        "refunds",
        "issued_at",
        "paid_at",
        "next_attempt_at",
        "attempts",
        "stripe_id",
    ]

    @described("customer", order="customer__user__email")
    def email(self, invoice: Invoice) -> str:
        """The address of who pays."""
        return invoice.customer.user.email

    @described("state", order="status")
    def state(self, invoice: Invoice) -> SafeString:
        """Stripe's status in our words."""
        label = invoice.get_status_display().lower()
        return status_tag(label, primary=invoice.status == Invoice.Status.PAID)

    @described("total", order="total")
    def money(self, invoice: Invoice) -> str:
        """The whole sum."""
        return format_money(invoice.total, invoice.currency)

    @described("amount paid")
    def paid(self, invoice: Invoice) -> str:
        """What came in."""
        return format_money(invoice.amount_paid, invoice.currency)

    @described("still open")
    def open_amount(self, invoice: Invoice) -> str:
        """What has to come in yet."""
        return format_money(invoice.amount_remaining, invoice.currency)

    @described("credit notes")
    def credit_notes(self, invoice: Invoice) -> str:
        """What was taken off afterwards."""
        return format_money(invoice.credited, invoice.currency)

    @described("refunds")
    def refunds(self, invoice: Invoice) -> str:
        """What went back."""
        return format_money(invoice.refunded, invoice.currency)
