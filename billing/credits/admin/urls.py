"""The addresses of the admin's own screens about credits."""

from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail.admin.menu import MenuItem

from billing.credits.admin import views


def credit_urls() -> list[URLPattern]:
    """Below ``/admin/``."""
    return [
        path("billing/credits/", views.monitor, name="billing_credits_monitor"),
        path("billing/credits/adjust/<int:customer_id>/", views.adjust, name="billing_credits_adjust"),
        path("billing/credits/give-back/<int:entry_id>/", views.give_back, name="billing_credits_give_back"),
        path("billing/credits/bulk/", views.bulk, name="billing_credits_bulk"),
    ]


class CreditsMenuItem(MenuItem):  # type: ignore[misc]
    """Among the reports, for whoever may see credit accounts."""

    def is_shown(self, request: Any) -> bool:
        """Only with the permission to view."""
        return bool(request.user.has_perm("billing.view_creditaccount"))


def credits_menu_item() -> MenuItem:
    """How the whole ledger stands."""
    return CreditsMenuItem("Credits", reverse("billing_credits_monitor"), icon_name="table", order=600)
