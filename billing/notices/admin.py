"""Alerts in the admin: what needs somebody, and what did."""

from django.utils.safestring import SafeString

from billing.notices.models import Alert
from billing.screens import ReadOnlyAdmin, described, status_tag


class AlertAdmin(ReadOnlyAdmin):
    """What the site noticed by itself; each line was mailed when it was opened."""

    model = Alert
    menu_label = "Alerts"
    menu_icon = "warning"
    base_url_path = "billing/alerts"
    export_filename = "alerts"
    empty_text = "Nothing has needed you so far. Payments that go wrong and events that get stuck show here."
    list_display = ["sentence", "state", "opened_at"]
    list_export = ["rule", "subject", "sentence", "opened_at", "closed_at"]
    list_filter = ["rule", "opened_at"]
    search_fields = ["rule", "subject", "sentence"]
    ordering = ["-opened_at"]
    inspect_view_fields = ["sentence", "rule", "subject", "state", "opened_at", "closed_at"]

    @described("state", order="closed_at")
    def state(self, alert: Alert) -> SafeString:
        """Whether it lasts."""
        return status_tag("over" if alert.closed_at else "open", primary=alert.closed_at is None)
