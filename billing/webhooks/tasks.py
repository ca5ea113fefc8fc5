"""The jobs behind the inbox."""

import logging

from procrastinate.contrib.django import app

from billing.gateway.errors import StripeFailure, StripeUnavailable
from billing.webhooks.jobs import RECONCILE, defer_reconcile
from billing.webhooks.services import handle_waiting, sweep

logger = logging.getLogger(__name__)

MAX_TRIES = 5


@app.task(name=RECONCILE, queue="billing")
def reconcile(customer_id: int, tries: int = 0) -> None:
    """Make our rows about this customer equal to Stripe's; a failed job is followed by another one.

    An outage of Stripe is no failure: it is waited out, however long, with half a minute between two tries.
    Not by Procrastinate's own retry: it puts the failed job back under its queueing lock, and where an event
    has queued the next job meanwhile, that is refused and the failed one stays "doing" for ever.
    """
    try:
        handle_waiting(customer_id=customer_id)
    except StripeUnavailable as failure:
        logger.warning("Reconcile of customer %s waits for Stripe: %s", customer_id, failure)
        defer_reconcile(customer_id, tries=min(tries + 1, MAX_TRIES))
    except Exception as error:
        if tries >= MAX_TRIES:
            raise
        expected = isinstance(error, StripeFailure)
        logger.warning("Reconcile of customer %s failed: %s", customer_id, error, exc_info=not expected)
        defer_reconcile(customer_id, tries=tries + 1)


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="sweep-inbox", pass_context=False)
def sweep_inbox(timestamp: int) -> None:
    """Each minute: take up the events that no job took care of."""
    sweep()
