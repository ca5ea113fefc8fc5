"""Stripe's events in the admin: what arrived, and what became of it."""

from django.utils.safestring import SafeString

from billing.screens import ReadOnlyAdmin, described, status_tag
from billing.webhooks.models import InboxEvent


class InboxEventAdmin(ReadOnlyAdmin):
    """Every event that Stripe sent us."""

    model = InboxEvent
    menu_label = "Inbox events"
    menu_icon = "mail"
    base_url_path = "billing/events"
    export_filename = "stripe-events"
    empty_text = "Events arrive when Stripe reports a payment, a new subscription or a change of one."
    list_display = ["type", "state_name", "email", "attempts", "received_at"]
    list_export = [
        "stripe_event_id",
        "type",
        "state",
        "email",
        "attempts",
        "received_at",
        "processed_at",
        "last_error",
    ]
    list_filter = ["state", "type", "received_at"]
    list_select_related = ["customer__user"]
    search_fields = ["stripe_event_id", "type", "stripe_customer_id", "customer__user__email"]
    ordering = ["-received_at"]
    inspect_view_fields = [
        "type",
        "stripe_event_id",
        "state_name",
        "email",
        "stripe_customer_id",
        "attempts",
        "received_at",
        "processed_at",
        "last_error",
    ]

    @described("state", order="state")
    def state_name(self, event: InboxEvent) -> SafeString:
        """What became of it."""
        return status_tag(
            event.get_state_display().lower(), primary=event.state == InboxEvent.State.PROCESSED
        )

    @described("customer", order="customer__user__email")
    def email(self, event: InboxEvent) -> str:
        """The customer it is about, as far as we know one."""
        return event.customer.user.email if event.customer else ""
