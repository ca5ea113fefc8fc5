"""``manage.py demo``: fills an empty local site with the demo product, or only adds what is missing."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string

from home.demo.load import OtherContentError, load_demo
from home.demo.people import PEOPLE


class Command(BaseCommand):
    """Loads the demo content."""

    help = "Fill an empty local site with the demo product Leadline. Run again, it adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse anywhere but on a developer's machine; then load, and say who can sign in."""
        if not settings.DEBUG:
            raise CommandError(
                "The demo makes accounts that anybody can read about, so it loads only where DEBUG is on: "
                "on your own machine, with config.settings.local."
            )
        given = os.environ.get("DEMO_PASSWORD", "")
        password = given or get_random_string(16)
        try:
            load_demo(password=password)
        except OtherContentError as refusal:
            raise CommandError(str(refusal)) from refusal
        names = ", ".join(person.email for person in PEOPLE)
        self.stdout.write(f"The demo is in place. People: {names}.")
        if not given:
            self.stdout.write(f"Accounts made just now have the password {password}")
