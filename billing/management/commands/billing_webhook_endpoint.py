"""Makes Stripe send this site's events here, and takes over new signing secrets; safe to repeat."""

import os
import sys
from datetime import timedelta
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from djstripe.models import WebhookEndpoint

from billing.gateway.errors import StripeFailure
from billing.webhooks.endpoint import ensure_endpoint, examine_endpoint
from billing.webhooks.secrets import NoSecret, take_endpoint_secret, take_thin_secret, thin_address

NEW_SECRET = "STRIPE_NEW_SIGNING_SECRET"  # noqa: S105  (the name of a variable)


class Command(BaseCommand):
    """Creates, repairs or replaces the webhook endpoint at Stripe, and keeps its secrets."""

    help = "Make Stripe send this site's events to this site, in the pinned API version."

    def add_arguments(self, parser: CommandParser) -> None:
        """One thing at a time; a secret never comes by the command line, which others can read."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="Say what is wrong and change nothing.")
        what.add_argument(
            "--roll",
            action="store_true",
            help="Take over the secret that Stripe's dashboard made with “Roll secret”: it is asked for, "
            f"or read from {NEW_SECRET} or from standard input.",
        )
        what.add_argument(
            "--thin", action="store_true", help="Take over the secret of the endpoint for thin events."
        )
        parser.add_argument(
            "--keep-hours",
            type=int,
            default=24,
            help="For how long the secret before it is still accepted (24; 0 to refuse it at once).",
        )

    def handle(
        self, *args: Any, dry_run: bool, roll: bool, thin: bool, keep_hours: int, **options: Any
    ) -> None:
        """Look, put right, or take over a secret, and say what was done."""
        try:
            if dry_run:
                self._look()
            elif roll or thin:
                self._take_secret(thin=thin, keep=timedelta(hours=max(0, keep_hours)))
            else:
                self._put_right()
        except StripeFailure as failure:
            raise CommandError(f"Stripe did not do what was asked ({failure}).") from failure

    def _look(self) -> None:
        report = examine_endpoint()
        for problem in report.problems:
            self.stdout.write(problem)
        if not report.problems:
            self.stdout.write(f"Stripe sends its events to {report.url}: nothing to do.")

    def _put_right(self) -> None:
        endpoint = ensure_endpoint()
        self.stdout.write(f"Stripe sends its events to {endpoint.url}.")

    def _take_secret(self, *, thin: bool, keep: timedelta) -> None:
        if thin:
            self.stdout.write(f"Stripe has to send thin events to {thin_address()}.")
        endpoint = None if thin else _endpoint_of_this_site()
        try:
            if endpoint is None:
                take_thin_secret(secret=_read_secret(), keep=keep)
            else:
                take_endpoint_secret(endpoint=endpoint, secret=_read_secret(), keep=keep)
        except NoSecret as problem:
            raise CommandError(str(problem)) from problem
        hours = int(keep.total_seconds() // 3600)
        self.stdout.write(f"The new secret is in use. The one before it is accepted for {hours} hours more.")


def _endpoint_of_this_site() -> WebhookEndpoint:
    found = WebhookEndpoint.objects.filter(url__startswith=f"{settings.SITE_URL}/stripe/webhook/")
    if found.count() != 1:
        raise CommandError(
            f"There are {found.count()} webhook endpoints for {settings.SITE_URL} here, and one is needed: "
            "run billing_webhook_endpoint first."
        )
    return found.get()


def _read_secret() -> str:
    """From the environment, a prompt that shows nothing, or standard input."""
    if secret := os.environ.get(NEW_SECRET):
        return secret.strip()
    if sys.stdin.isatty():
        return getpass("The new signing secret (whsec_…): ").strip()
    return sys.stdin.readline().strip()
