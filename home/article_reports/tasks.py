"""The worker's side of reports, and what is tidied up."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from home.article_reports.keeping import give_up, give_up_lapsed, throw_old_away, throw_strays_away
from home.article_reports.making import make
from home.article_reports.models import ArticleReport
from home.article_reports.ordering import MAKE, QUEUE

ATTEMPTS = 3
SOMETHING_WRONG = "Something went wrong while we made it. Nothing was spent; please order it again."


@app.task(
    name=MAKE,
    queue=QUEUE,
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, wait=5),
)
def make_report(context: JobContext, report_id: int) -> None:
    """Make one report; what breaks is tried again, and after the last time the credits are back."""
    try:
        make(report_id=report_id)
    except Exception:
        if context.job.attempts >= ATTEMPTS - 1:
            give_up(ArticleReport.objects.get(pk=report_id), problem=SOMETHING_WRONG)
        raise


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="lapsed-reports", pass_context=False)
def end_lapsed_reports(timestamp: int) -> None:
    """Each minute: nobody waits for what no worker makes any more."""
    give_up_lapsed(ArticleReport.objects.all())


@app.periodic(cron="41 4 * * *")
@app.task(queue=QUEUE, queueing_lock="old-reports", pass_context=False)
def throw_old_reports_away(timestamp: int) -> None:
    """Each night: files are kept for a week, and those that belong to no order are not kept at all."""
    throw_old_away()
    throw_strays_away()
