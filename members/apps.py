"""The Django app ``members``."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Registers the app under its own label."""

    name = "members"
    verbose_name = "Members"
