"""The jobs behind the inbox."""

import logging
from collections.abc import Callable
from functools import partial

from procrastinate.contrib.django import app

from billing.gateway.errors import StripeFailure
from billing.publishing.tasks import LOCK
from billing.webhooks.attempts import OUTAGES
from billing.webhooks.comparison import handle_catalog_events
from billing.webhooks.jobs import (
    COMPARE,
    RECONCILE,
    TRACE,
    defer_comparison,
    defer_reconcile,
    defer_tracing,
)
from billing.webhooks.pruning import prune
from billing.webhooks.services import handle_waiting, sweep
from billing.webhooks.tracing import trace_owner

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
    except Exception as error:
        _again(error, f"Reconcile of customer {customer_id}", tries, partial(defer_reconcile, customer_id))


@app.task(name=TRACE, queue="billing")
def trace(event_id: int, tries: int = 0) -> None:
    """Find out whom an event is about that names only a payment; a failed job is followed by another one."""
    try:
        trace_owner(event_id=event_id)
    except Exception as error:
        _again(error, f"Tracing of event {event_id}", tries, partial(defer_tracing, event_id))


@app.task(name=COMPARE, queue="billing", lock=LOCK)
def compare_catalog(tries: int = 0) -> None:
    """Compare the catalog with Stripe because Stripe said that something changed; never while publishing."""
    try:
        handle_catalog_events()
    except Exception as error:
        _again(error, "Comparison of the catalog", tries, defer_comparison)


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="sweep-inbox", pass_context=False)
def sweep_inbox(timestamp: int) -> None:
    """Each minute: take up the events that no job took care of."""
    sweep()


@app.periodic(cron="7 4 * * *")
@app.task(queue="billing", queueing_lock="prune-events", pass_context=False)
def prune_events(timestamp: int) -> None:
    """Each night: delete the events, and what Stripe sent with them, that are older than the settings say."""
    logger.info("Deleted of what is over: %s", prune())


def _again(error: Exception, what: str, tries: int, defer: Callable[..., None]) -> None:
    """Called while ``error`` is handled: queue the next try, or raise it again after the last one."""
    if isinstance(error, OUTAGES):
        logger.warning("%s waits for Stripe: %s", what, error)
    elif tries >= MAX_TRIES:
        raise error
    else:
        logger.warning("%s failed: %s", what, error, exc_info=not isinstance(error, StripeFailure))
    defer(tries=min(tries + 1, MAX_TRIES))
