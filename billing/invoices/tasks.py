"""The hourly look at the clock."""

from procrastinate.contrib.django import app

from billing.invoices.reminders import remind_customers


@app.periodic(cron="37 * * * *")
@app.task(queue="billing", queueing_lock="remind-customers", pass_context=False)
def send_reminders(timestamp: int) -> None:
    """Each hour: tell customers of trials and years that end, and of plans that close."""
    remind_customers()
