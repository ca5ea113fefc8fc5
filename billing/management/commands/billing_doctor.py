"""Says whether money can flow: keys, Stripe, webhooks, catalog, inbox, address, files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.audits.doctor import examine
from billing.gateway.errors import StripeFailure
from billing.webhooks.endpoint import ensure_endpoint


class Command(BaseCommand):
    """One line per finding; the exit code is 1 if one of them is bad."""

    help = "Check everything that billing needs, and say in sentences what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--fix`` is the only thing that changes anything."""
        parser.add_argument(
            "--fix", action="store_true", help="First put the webhook endpoint at Stripe right."
        )

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        """Print the findings."""
        if fix:
            self._fix()
        findings = list(examine())
        for finding in findings:
            mark = self.style.SUCCESS("ok ") if finding.ok else self.style.ERROR("bad")
            self.stdout.write(f"{mark} {finding.sentence}")
        failed = sum(not finding.ok for finding in findings)
        if failed:
            raise CommandError(f"{failed} of {len(findings)} findings need somebody's attention.")

    def _fix(self) -> None:
        try:
            ensure_endpoint()
        except StripeFailure as failure:
            raise CommandError(f"The webhook endpoint could not be put right ({failure}).") from failure
