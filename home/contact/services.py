"""Keeps a visitor's message."""

from typing import Any

from django.db import transaction
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import Page

from home.contact.tasks import mail_message


@transaction.atomic
def keep_message(*, page: Page, message: dict[str, Any], is_mailed: bool) -> FormSubmission:
    """Store a message; its mail is a job of the same transaction, so either both are there or neither."""
    submission = FormSubmission.objects.create(page=page, form_data=message)
    if is_mailed:
        mail_message.defer(submission_id=submission.pk)
    return submission
