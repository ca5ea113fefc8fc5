"""``manage.py billing_sync``: publish the catalog to Stripe; ``--dry-run`` only says what would change."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actors import acting
from billing.gateway.errors import StripeFailure
from billing.publishing.changes import Change
from billing.publishing.services import WrongMode, compare, publish, request_publication
from billing.publishing.words import in_words

IN_STEP = "Stripe is in step with the catalog: nothing to do."


class Command(BaseCommand):
    """Prints one line per change; a second run right after the first has nothing to do."""

    help = "Publish plans and prices to Stripe. Safe to repeat, also after a failure half-way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be asked."""
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument(
            "--switch-mode",
            action="store_true",
            help="publish although the catalog is in Stripe's other mode",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare or publish; any trouble is one sentence and an exit code other than 0."""
        try:
            with acting(origin="command", place="billing_sync"):
                changes = self._compare() if options["dry_run"] else self._publish(options["switch_mode"])
        except (StripeFailure, WrongMode) as failure:
            raise CommandError(in_words(failure)) from failure
        if not changes:
            self.stdout.write(self.style.SUCCESS(IN_STEP))
        elif options["dry_run"]:
            self.stdout.write(f"{len(changes)} to do. Run billing_sync without --dry-run to do it.")
        else:
            self.stdout.write(self.style.SUCCESS(f"Published: {len(changes)} done."))

    def _compare(self) -> list[Change]:
        changes = compare()
        for change in changes:
            self._say(change)
        return changes

    def _publish(self, switch_mode: bool) -> list[Change]:
        changes: list[Change] = []

        def tell(change: Change) -> None:
            changes.append(change)
            self._say(change)

        publish(publication=request_publication(), tell=tell, switch_mode=switch_mode)
        return changes

    def _say(self, change: Change) -> None:
        self.stdout.write(f"{change.subject:<16} {change.action:<15} {change.sentence}")
