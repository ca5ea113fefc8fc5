"""The addresses of the admin's own screens about credits."""

from django.urls import URLPattern, path

from billing.credits.admin import views


def credit_urls() -> list[URLPattern]:
    """Below ``/admin/``."""
    return [
        path("billing/credits/", views.monitor, name="billing_credits_monitor"),
        path("billing/credits/adjust/<int:customer_id>/", views.adjust, name="billing_credits_adjust"),
        path("billing/credits/give-back/<int:entry_id>/", views.give_back, name="billing_credits_give_back"),
        path("billing/credits/bulk/", views.bulk, name="billing_credits_bulk"),
    ]
