"""How work about a customer is put into the queue: once, however many events ask for it."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RECONCILE = "billing.webhooks.tasks.reconcile"


def defer_reconcile(customer_id: int, *, tries: int = 0) -> None:
    """Have the customer reconciled soon, or 2, 4, 8… seconds after failed ``tries``; joins the transaction.

    A job that waits already will read all that happened before it starts, so no second one is needed.
    """
    job = app.configure_task(
        RECONCILE,
        queue="billing",
        queueing_lock=f"reconcile-{customer_id}",
        schedule_in={"seconds": 2**tries} if tries else None,
    )
    try:
        with transaction.atomic():  # a refused insert must not spoil the caller's transaction
            job.defer(customer_id=customer_id, tries=tries)
    except AlreadyEnqueued:
        return
