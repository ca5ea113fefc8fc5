"""Subscriptions in the admin, as last read from Stripe."""

from django.utils.safestring import SafeString

from billing.screens import ReadOnlyAdmin, described, status_tag
from billing.subscriptions.models import Subscription

GOOD = {Subscription.Status.ACTIVE, Subscription.Status.TRIALING}


class SubscriptionAdmin(ReadOnlyAdmin):
    """Who has which plan. A projection of Stripe's state: change it in Stripe, or let the customer do so."""

    model = Subscription
    menu_label = "Subscriptions"
    menu_icon = "rotate"
    base_url_path = "billing/subscriptions"
    export_filename = "subscriptions"
    empty_text = (
        "A subscription is a plan that a customer has. "
        "The first appears when somebody buys a plan, or begins to try one."
    )
    list_display = ["email", "version", "state", "money", "current_period_end", "started_at"]
    list_export = [
        "email",
        "version",
        "status",
        "money",
        "quantity",
        "current_period_start",
        "current_period_end",
        "trial_end",
        "cancel_at",
        "ended_at",
        "started_at",
        "stripe_id",
    ]
    list_filter = ["status", "version__plan", "started_at"]
    list_select_related = ["customer__user", "version__plan", "price"]
    search_fields = ["customer__user__email", "stripe_id", "customer__stripe_id"]
    ordering = ["-started_at"]
    inspect_view_fields = [
        "email",
        "version",
        "state",
        "money",
        "quantity",
        "started_at",
        "trial_end",
        "current_period_start",
        "current_period_end",
        "cancel_at",
        "ended_at",
        "stripe_id",
        "last_synced_at",
    ]

    @described("customer", order="customer__user__email")
    def email(self, subscription: Subscription) -> str:
        """The address of who pays."""
        return subscription.customer.user.email

    @described("state", order="status")
    def state(self, subscription: Subscription) -> SafeString:
        """Stripe's status in our words."""
        return status_tag(subscription.get_status_display().lower(), primary=subscription.status in GOOD)

    @described("price", order="price__amount")
    def money(self, subscription: Subscription) -> str:
        """What is paid, and how often."""
        return f"{subscription.price.formatted} {subscription.price.per}"
