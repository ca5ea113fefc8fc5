"""Jobs about credits: balances that run low, credits that end soon, the nightly audit."""

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from billing.credits.auditing import audit_ledger
from billing.credits.care import look_after, low_customers, tell_of_expiring
from billing.credits.watching import LOOK_AFTER, tell_of_low_balance

logger = logging.getLogger(__name__)


@app.task(name=LOOK_AFTER, queue="billing", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def look_after_balance(customer_id: int) -> None:
    """A balance fell below what its owner waits for."""
    look_after(customer_id=customer_id)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="billing", queueing_lock="look-after-low-balances", pass_context=False)
def look_after_low_balances(timestamp: int) -> None:
    """Every ten minutes: take up what no spend woke, such as an expiry, and unfinished attempts."""
    for customer_id in low_customers():
        tell_of_low_balance(customer_id=customer_id)


@app.periodic(cron="17 7 * * *")
@app.task(queue="billing", queueing_lock="tell-of-expiring-credits", pass_context=False)
def tell_of_expiring_credits(timestamp: int) -> None:
    """Each morning: say what ends within three days. The credits end by themselves, with or without this."""
    tell_of_expiring()


@app.periodic(cron="11 2 * * *")
@app.task(queue="billing", lock="audit-credits", pass_context=False)
def audit_credits(timestamp: int) -> None:
    """Each night: hold the ledger against its invariants."""
    for violation in audit_ledger():
        logger.error("Credit ledger: %s", violation)
