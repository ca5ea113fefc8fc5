"""The nightly comparison with Stripe."""

import logging

from procrastinate.contrib.django import app

from billing.audits.reconciliation import differences
from billing.gateway.errors import StripeFailure

logger = logging.getLogger(__name__)


@app.periodic(cron="41 3 * * *")
@app.task(queue="billing", lock="compare-with-stripe")
def compare_with_stripe(timestamp: int) -> None:
    """Each night: say what differs from Stripe and put it right, so that a lost event costs a day at most."""
    try:
        for difference in differences(repair=True):
            logger.warning("Put right: %s", difference)
    except StripeFailure as failure:
        logger.warning("The comparison with Stripe ended early: %s", failure)
