"""The nightly comparison with Stripe."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from billing.audits.reconciliation.customers import WrongAccount
from billing.audits.reconciliation.differences import Difference
from billing.audits.reconciliation.models import ReconciliationRun
from billing.audits.reconciliation.runs import run_comparison
from billing.audits.reconciliation.words import outcome, summary
from billing.gateway.retries import UntilStripeAnswers
from billing.notices.alerts import close_alert, raise_alert

logger = logging.getLogger(__name__)

RULE = "differences_from_stripe"


@app.periodic(cron="41 3 * * *")
@app.task(queue="billing", lock="compare-with-stripe", retry=UntilStripeAnswers(other_attempts=6))
def compare_with_stripe(timestamp: int) -> None:
    """Each night: find what differs from Stripe, put our own rows right, and tell admins, in one mail.

    A lost event costs a day at most. Nothing is changed at Stripe: that is for a person to decide.
    Interrupted by an outage, it goes on where it was when Stripe is back.
    """
    try:
        run = run_comparison(repairs=ReconciliationRun.Repairs.OURS, tell=_log)
    except WrongAccount as refusal:
        raise_alert(rule=RULE, subject="account", sentence=refusal.sentence)
        return
    close_alert(rule=RULE, subject="account")
    _tell_admins(run)


def _log(difference: Difference, is_repaired: bool) -> None:
    logger.warning("%s: %s", "Put right" if is_repaired else "Left for somebody", difference)


def _tell_admins(run: ReconciliationRun) -> None:
    """An alert for each night that found something; it stays open while something is left to do."""
    repaired, left = outcome(run)
    logger.info("Compared with Stripe: %s", summary(run))
    if not repaired and not left:
        return
    subject = f"{timezone.localdate(run.started_at):%Y-%m-%d}"
    where = " Look at Billing → Discrepancies." if left else ""
    raise_alert(rule=RULE, subject=subject, sentence=f"{summary(run)}{where}")
    if not left:
        close_alert(rule=RULE, subject=subject)
