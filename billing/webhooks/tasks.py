"""The jobs behind the inbox."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from billing.webhooks.jobs import RECONCILE
from billing.webhooks.services import handle_waiting, sweep


@app.task(name=RECONCILE, queue="billing", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def reconcile(customer_id: int) -> None:
    """Make our rows about this customer equal to Stripe's; retried after 2, 4, 8, 16 and 32 seconds."""
    handle_waiting(customer_id=customer_id)


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="sweep-inbox", pass_context=False)
def sweep_inbox(timestamp: int) -> None:
    """Each minute: take up the events that no job took care of."""
    sweep()
