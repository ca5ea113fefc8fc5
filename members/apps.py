"""The Django app ``members``."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MembersConfig(AppConfig):
    """Registers the app under its own label and connects what listens."""

    name = "members"
    verbose_name = "Members"

    def ready(self) -> None:
        """Keep the roles complete after every migrate, write the journal, check the settings."""
        from members import checks, journal, receivers, roles  # noqa: F401, PLC0415

        post_migrate.connect(roles.grant_roles, sender=self, dispatch_uid="members.roles")
        journal.connect()
