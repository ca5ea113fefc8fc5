"""Customers in the admin: who pays, and for what."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from billing.customers.models import StripeCustomer
from billing.screens import ReadOnlyAdmin, described, stacked


class CustomerAdmin(ReadOnlyAdmin):
    """Everybody who ever began to pay. Their state is read from Stripe, so nothing is edited here."""

    model = StripeCustomer
    menu_label = "Customers"
    menu_icon = "group"
    base_url_path = "billing/customers"
    export_filename = "customers"
    empty_text = "A person becomes a customer with their first step towards a payment."
    list_display = ["email", "plans", "stripe_id", "created_at"]
    list_export = ["email", "plan_text", "stripe_id", "created_at"]
    list_filter = ["created_at", "subscriptions__status"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "stripe_id"]
    ordering = ["-created_at"]
    inspect_view_fields = ["email", "name", "plans", "stripe_id", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeCustomer]:
        """Customers with their account and what they have now."""
        return StripeCustomer.objects.select_related("user").prefetch_related("subscriptions__version__plan")

    @described("e-mail", order="user__email")
    def email(self, customer: StripeCustomer) -> str:
        """The address of the account."""
        return customer.user.email

    @described("name")
    def name(self, customer: StripeCustomer) -> str:
        """The name of the account, as far as they gave one."""
        return customer.user.get_full_name()

    @described("plans")
    def plans(self, customer: StripeCustomer) -> SafeString:
        """One line per subscription that has not ended."""
        return stacked(_plan_words(customer))

    @described("plans")
    def plan_text(self, customer: StripeCustomer) -> str:
        """In one cell of a spreadsheet."""
        return "; ".join(_plan_words(customer))


def _plan_words(customer: StripeCustomer) -> list[str]:
    living = (row for row in customer.subscriptions.all() if row.ended_at is None)
    return [f"{row.version} ({row.get_status_display().lower()})" for row in living]
