"""Sends the mail about a message; a mail server that is away for an hour costs nothing but time."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from wagtail.contrib.forms.models import FormSubmission


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def mail_message(submission_id: int) -> None:
    """Mail one stored message; one that an editor has deleted meanwhile is not mailed."""
    submission = FormSubmission.objects.select_related("page").filter(pk=submission_id).first()
    if submission is not None:
        submission.page.specific.mail_about(submission).send()
