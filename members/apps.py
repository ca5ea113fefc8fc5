"""The Django app ``members``."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Registers the app under its own label and connects what listens."""

    name = "members"
    verbose_name = "Members"

    def ready(self) -> None:
        """Clean up after people who leave."""
        from members import receivers  # noqa: F401, PLC0415
