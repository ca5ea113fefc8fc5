"""The running site as the journeys see it: where it answers, whose mail it sent, how to give it commands."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import urlopen

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

    @contextmanager
    def events_held_back(self) -> Iterator[None]:
        """What happens at Stripe meanwhile is told to the site at the end only, and then twice."""
        last = self.stripe.v1.events.list({"limit": 1}).data[0].id
        self._press("/webhooks", trouble="lost")
        try:
            yield
        finally:
            self._press("/webhooks", trouble="none")
        for event in self.stripe.v1.events.list({"ending_before": last, "limit": 100}).data * 2:
            self._press(f"/events/{event.id}/resend")

    def _press(self, path: str, **fields: str) -> None:
        """Press a button of the sandbox's dashboard."""
        urlopen(f"{self.addresses.stripe}{path}", data=urlencode(fields).encode(), timeout=10).close()

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
