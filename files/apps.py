"""The Django app ``files``."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Registers the app under its own label."""

    name = "files"
    verbose_name = "Files"
