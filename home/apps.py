"""The Django app ``home``."""

from importlib import import_module

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Registers the app under its own label."""

    name = "home"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Connect the signals."""
        import_module("home.gate.signals")
