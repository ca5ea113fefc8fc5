"""Audits the ledger against its invariants, keeps the result, and tells whoever runs the site."""

from django.db import transaction

from billing.credits.audit_model import CreditAudit
from billing.credits.invariants import Violation, violations
from billing.credits.models import CreditEntry
from billing.notices.alerts import close_alert, raise_alert

RULE = "credits_audit"
SUBJECT = "ledger"
SHOWN = 5


def audit_ledger() -> list[Violation]:
    """Look at the whole ledger now. An alert is open for as long as something is wrong."""
    found = list(violations())
    with transaction.atomic():
        CreditAudit.objects.create(entries=CreditEntry.objects.count(), violations=len(found))
        if found:
            first = " ".join(str(violation) for violation in found[:SHOWN])
            raise_alert(
                rule=RULE,
                subject=SUBJECT,
                sentence=f"The credit ledger breaks its rules {len(found)} times. {first} "
                "Change nothing by hand: run credits_audit, find the cause, and correct with entries.",
            )
        else:
            close_alert(rule=RULE, subject=SUBJECT)
    return found
