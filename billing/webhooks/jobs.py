"""How work about a customer is put into the queue: once, however many events ask for it."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

RECONCILE = "billing.webhooks.tasks.reconcile"


def defer_reconcile(customer_id: int) -> None:
    """Have the customer reconciled soon; joins the caller's transaction.

    A job that waits already will read all that happened before it starts, so no second one is needed.
    """
    job = app.configure_task(RECONCILE, queue="billing", queueing_lock=f"reconcile-{customer_id}")
    try:
        with transaction.atomic():  # a refused insert must not spoil the caller's transaction
            job.defer(customer_id=customer_id)
    except AlreadyEnqueued:
        return
