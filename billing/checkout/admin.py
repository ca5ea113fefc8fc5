"""Who cancelled, and why."""

from django.utils.safestring import SafeString

from billing.checkout.models import Departure
from billing.screens import ReadOnlyAdmin, described, status_tag


class DepartureAdmin(ReadOnlyAdmin):
    """What customers said when they ended a plan here; those ended at Stripe give no reason."""

    model = Departure
    menu_label = "Cancellations"
    menu_icon = "logout"
    base_url_path = "billing/cancellations"
    export_filename = "cancellations"
    empty_text = (
        "Nobody has cancelled so far. Who cancels a plan shows here, with the reason if they give one."
    )
    list_display = ["email", "plan", "reason", "outcome", "created_at"]
    list_export = ["email", "plan", "reason", "comment", "at_once", "created_at", "stayed_at"]
    list_filter = ["reason", "created_at"]
    list_select_related = ["subscription__customer__user", "subscription__version__plan"]
    search_fields = ["subscription__customer__user__email", "comment"]
    ordering = ["-created_at"]
    inspect_view_fields = ["email", "plan", "reason", "comment", "outcome", "created_at", "stayed_at"]

    @described("customer", order="subscription__customer__user__email")
    def email(self, departure: Departure) -> str:
        """The address of who left."""
        return departure.subscription.customer.user.email

    @described("plan")
    def plan(self, departure: Departure) -> str:
        """What they had."""
        return str(departure.subscription.version.plan)

    @described("outcome", order="stayed_at")
    def outcome(self, departure: Departure) -> SafeString:
        """Whether they stayed after all."""
        return status_tag(
            "stayed" if departure.stayed_at else "left", primary=departure.stayed_at is not None
        )
