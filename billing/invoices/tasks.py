"""The hourly look at the clock, and archives of invoices."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from billing.gateway.errors import StripeFailure
from billing.invoices.archives import MAKE_ARCHIVE, give_up, make_archive, throw_old_away
from billing.invoices.reminders import remind_customers

ATTEMPTS = 5


@app.periodic(cron="37 * * * *")
@app.task(queue="billing", queueing_lock="remind-customers", pass_context=False)
def send_reminders(timestamp: int) -> None:
    """Each hour: tell customers of trials and years that end, and of plans that close."""
    remind_customers()


@app.task(
    name=MAKE_ARCHIVE,
    queue="billing",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=5),
)
def make_invoice_archive(context: JobContext, archive_id: int) -> None:
    """Make one customer's archive; Stripe that does not answer is asked again later, five times."""
    try:
        make_archive(archive_id=archive_id)
    except StripeFailure:
        if context.job.attempts >= ATTEMPTS - 1:
            give_up(archive_id=archive_id)
        raise


@app.periodic(cron="53 4 * * *")
@app.task(queue="billing", queueing_lock="old-archives", pass_context=False)
def throw_old_archives_away(timestamp: int) -> None:
    """Each night: what was made for somebody a week ago is not kept."""
    throw_old_away()
