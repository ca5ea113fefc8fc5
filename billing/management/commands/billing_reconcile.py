"""Compares everything with Stripe; ``--repair`` puts right what differs, ``--dry-run`` writes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.audits.reconciliation.customers import WrongAccount
from billing.audits.reconciliation.differences import Difference
from billing.audits.reconciliation.models import ReconciliationRun
from billing.audits.reconciliation.runs import RunUnderWay, compare_only, run_comparison
from billing.audits.reconciliation.words import compared, outcome, summary
from billing.gateway.errors import StripeFailure

Repairs = ReconciliationRun.Repairs


class Command(BaseCommand):
    """One line per difference. Exit code 1: differences are left, or Stripe could not be read."""

    help = "Compare everything about money with Stripe. It goes on where a killed one was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without an option what differs is kept, with a proposed repair, for the admin."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--repair", action="store_true", help="Put right what differs.")
        choice.add_argument("--dry-run", action="store_true", help="Only say what differs; write nothing.")

    def handle(self, *args: Any, repair: bool, dry_run: bool, **options: Any) -> None:
        """Print the differences and what became of them."""
        self.found = 0
        try:
            left = self._look() if dry_run else self._compare(repair)
        except (RunUnderWay, WrongAccount) as refusal:
            raise CommandError(refusal.sentence) from refusal
        except StripeFailure as failure:
            raise CommandError(
                f"The comparison ended early ({failure}). Run it again: it goes on where it was."
            ) from failure
        if left:
            raise CommandError(f"{left} left. {'' if repair else 'Run it with --repair to put them right.'}")

    def _look(self) -> int:
        ledger = compare_only(tell=self._say)
        if not self.found:
            self.stdout.write(f"{compared(ledger.compared)} agree with Stripe.")
        return self.found

    def _compare(self, repair: bool) -> int:
        repairs = Repairs.EVERYTHING if repair else Repairs.NOTHING
        run = run_comparison(repairs=repairs, tell=self._say)
        self.stdout.write(summary(run))
        return outcome(run)[1]

    def _say(self, difference: Difference, is_repaired: bool) -> None:
        self.found += 1
        self.stdout.write(f"{'Put right: ' if is_repaired else ''}{difference}")
