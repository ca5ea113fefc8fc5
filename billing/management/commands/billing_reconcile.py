"""Compares every customer with Stripe and puts right what differs; ``--dry-run`` only tells."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.audits.reconciliation import differences
from billing.gateway.errors import StripeFailure


class Command(BaseCommand):
    """One line per difference. Exit code 1: differences are left, or Stripe could not be read."""

    help = "Compare every customer's subscriptions with Stripe and put right what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--dry-run`` changes nothing."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what differs.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Print the differences, and repair them unless told not to."""
        found = 0
        try:
            for difference in differences(repair=not dry_run):
                self.stdout.write(str(difference))
                found += 1
        except StripeFailure as failure:
            raise CommandError(
                f"The comparison ended early ({failure}). What was found so far is above; run it again."
            ) from failure
        if dry_run and found:
            raise CommandError(f"{found} differences. Run it without --dry-run to put them right.")
        self.stdout.write(f"{found} differences put right." if found else "Everything agrees with Stripe.")
