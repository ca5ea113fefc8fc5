"""Makes Stripe send this site's events here; repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateway.errors import StripeFailure
from billing.webhooks.endpoint import ensure_endpoint, examine_endpoint


class Command(BaseCommand):
    """Creates, repairs or replaces the webhook endpoint at Stripe, and keeps its secret."""

    help = "Make Stripe send this site's events to this site, in the pinned API version."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--dry-run`` only looks."""
        parser.add_argument("--dry-run", action="store_true", help="Say what is wrong and change nothing.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Look or put right, and say where events go."""
        try:
            self._look() if dry_run else self._put_right()
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
