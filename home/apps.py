"""The Django app ``home``."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Registers the app under its own label."""

    name = "home"
    verbose_name = "Pages"
