"""How work on the inbox is put into the queue: once, however many events ask for it."""

from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RECONCILE = "billing.webhooks.tasks.reconcile"
TRACE = "billing.webhooks.tasks.trace"
COMPARE = "billing.webhooks.tasks.compare_catalog"

# Whoever edits products at Stripe, or publishes ours, makes several events in a row: one comparison will do.
SETTLED_AFTER = 20


def defer_reconcile(customer_id: int, *, tries: int = 0) -> None:
    """Have the customer reconciled soon, or 2, 4, 8… seconds after failed ``tries``; joins the transaction.

    A job that waits already will read all that happened before it starts, so no second one is needed.
    """
    _defer(RECONCILE, f"reconcile-{customer_id}", _wait(tries), customer_id=customer_id, tries=tries)


def defer_tracing(event_id: int, *, tries: int = 0) -> None:
    """Have Stripe asked whom the event is about."""
    _defer(TRACE, f"trace-{event_id}", _wait(tries), event_id=event_id, tries=tries)


def defer_comparison(*, tries: int = 0) -> None:
    """Have the catalog compared with Stripe, in a moment."""
    _defer(COMPARE, "compare-catalog", max(SETTLED_AFTER, _wait(tries)), tries=tries)


def _wait(tries: int) -> int:
    return 2**tries if tries else 0


def _defer(task: str, queueing_lock: str, seconds: int, **arguments: Any) -> None:
    if _waits(queueing_lock):
        return
    job = app.configure_task(
        task,
        queue="billing",
        queueing_lock=queueing_lock,
        schedule_in={"seconds": seconds} if seconds else None,
    )
    try:
        with transaction.atomic():  # a refused insert must not spoil the caller's transaction
            job.defer(**arguments)
    except AlreadyEnqueued:  # somebody else queued it between the two looks
        return


def _waits(queueing_lock: str) -> bool:
    """Whether such a job is queued; without the ORM, because every webhook's answer waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [queueing_lock]
        )
        found: bool = cursor.rowcount > 0
    return found
