"""The running site as the journeys see it: where it answers, whose mail it sent, how to give it commands."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
import stripe

from sandbox.mailbox.client import Mailbox
from sandbox.stack.environment import ROOT, Addresses


@dataclass(frozen=True)
class Site:
    """One stack of ``make run``: its addresses and the environment of its processes."""

    addresses: Addresses
    environment: Mapping[str, str]

    @property
    def address(self) -> str:
        """Where the site answers, without a slash at the end."""
        return self.addresses.site

    @property
    def password(self) -> str:
        """The password of the demo people."""
        return self.environment["DEMO_PASSWORD"]

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox that catches what the site sends."""
        ports = self.addresses.ports
        return Mailbox(self.addresses.mailbox, ports["the mailbox's SMTP server"])

    @property
    def stripe(self) -> stripe.StripeClient:
        """Stripe as its dashboard would use it: past the site, straight at the sandbox."""
        return stripe.StripeClient(
            self.environment["STRIPE_SECRET_KEY"],
            base_addresses={"api": self.addresses.stripe},
            http_client=stripe.RequestsClient(timeout=10),
        )

    @property
    def deadlocks(self) -> int:
        """How often two transactions waited for each other, so that one of them was broken off."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            counted = connection.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        return int(counted[0]) if counted else 0

    def manage(self, *arguments: str) -> str:
        """Run a command of ``manage.py`` on the site's database and return what it printed."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**os.environ, **self.environment, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    def link_in_mail(self, *, to: str, subject: str = "") -> str:
        """The first address of the site in the newest mail to ``to``."""
        message = self.mailbox.wait_for(to=to, subject=subject)
        found = re.search(rf"{re.escape(self.address)}/\S+", message["text"])
        assert found, f"no link in {message['subject']!r}"
        return found.group().rstrip(".>)")
