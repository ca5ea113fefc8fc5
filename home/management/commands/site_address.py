"""``manage.py site_address``: the site moved to another address; tell Wagtail."""

from typing import Any

from django.core.management.base import BaseCommand

from home.site_address import ensure_site


class Command(BaseCommand):
    """Sets host and port of the default site."""

    help = "Set the default site's host and port from SITE_URL, so that absolute links lead there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say where the site is now."""
        self.stdout.write(f"The site answers at {ensure_site().root_url}")
