"""The Django app ``billing``."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, post_save

from billing.actors import name_writers


class BillingConfig(AppConfig):
    """Registers the app under its own label, and listens to what concerns the payer."""

    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Connect what listens: keys in code, writers, addresses, wordings, and dj-stripe's guards."""
        from billing.customers.receivers import follow_email  # noqa: PLC0415  (needs the models)
        from billing.notices.wording import make_wordings  # noqa: PLC0415
        from billing.webhooks.checks import accept_the_callback  # noqa: PLC0415
        from billing.webhooks.mirror import guard_mirror  # noqa: PLC0415

        import_module("billing.entitlements.asked")
        connection_created.connect(name_writers, dispatch_uid="billing.name_writers")
        post_save.connect(follow_email, sender=settings.AUTH_USER_MODEL, dispatch_uid="billing.follow_email")
        post_migrate.connect(make_wordings, sender=self, dispatch_uid="billing.make_wordings")
        guard_mirror()
        accept_the_callback()
