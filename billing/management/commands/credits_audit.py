"""Holds the credit ledger against its invariants and says what breaks them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.credits.auditing import audit_ledger


class Command(BaseCommand):
    """One line per violation; the exit code is 1 if there is one."""

    help = "Audit the credit ledger: every balance, lot and hold against the entries, replayed from zero."

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit, print, keep the result."""
        found = audit_ledger()
        for violation in found:
            self.stdout.write(self.style.ERROR(str(violation)))
        if found:
            raise CommandError(f"The ledger breaks its rules {len(found)} times.")
        self.stdout.write(self.style.SUCCESS("The credit ledger is sound."))
