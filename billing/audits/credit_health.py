"""Is the credit ledger sound, and did somebody look?"""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from billing.audits.findings import Finding, bad, good
from billing.credits.audit_model import CreditAudit
from billing.credits.models import CreditEntry

OVERDUE = timedelta(hours=36)


def check_credits() -> Iterator[Finding]:
    """The last nightly audit of the ledger found nothing, and is not older than a day and a half."""
    last = CreditAudit.objects.first()
    if last is None and not CreditEntry.objects.exists():
        yield good("Nobody has credits yet.")
    elif last is None:
        yield bad("The credit ledger was never audited: run credits_audit, and see that a worker runs.")
    elif last.violations:
        yield bad(f"The credit ledger breaks its rules {last.violations} times: run credits_audit.")
    elif last.ended_at < timezone.now() - OVERDUE:
        yield bad(f"The credit ledger was last audited on {last.ended_at:%-d %B}: is a worker running?")
    else:
        yield good(f"The credit ledger is sound: {last.entries} entries, {last.ended_at:%-d %B %H:%M} UTC.")
