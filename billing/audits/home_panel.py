"""The panel "Billing health" on the front page of Wagtail's admin: one look says whether money flows."""

from collections.abc import Mapping
from typing import Any

from django.forms import Media
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from billing.audits.health import examine_health


class BillingHealthPanel(Component):  # type: ignore[misc]
    """Every check in a sentence; red while one of them is bad."""

    name = "billing_health"
    template_name = "billing/admin/health.html"
    order = 150
    media = Media(css={"all": ["billing/health.css"]})

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """The findings, and whether all of them are good."""
        findings = examine_health()
        return {"findings": findings, "is_well": all(finding.ok for finding in findings)}


def show_billing_health(request: HttpRequest, panels: list[Component]) -> None:
    """Put the panel on the front page of whoever may see alerts."""
    if request.user.has_perm("billing.view_alert"):
        panels.append(BillingHealthPanel())
