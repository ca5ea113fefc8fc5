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
        "amount_paid",
        "amount_remaining",
        "credited",
        "refunded",
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
