"""The Django app ``billing``."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Registers the app under its own label."""

    name = "billing"
    verbose_name = "Billing"
