"""Publishes what is due and takes offline what has expired, once a minute."""

from django.core.management import call_command
from procrastinate.contrib.django import app

LOCK = "scheduled-publishing"


@app.periodic(cron="* * * * *")
@app.task(queue="pages", lock=LOCK, queueing_lock=LOCK)
def publish_what_is_due(timestamp: int) -> None:
    """Wagtail's own rule (go live at, expires at); never twice at the same time."""
    call_command("publish_scheduled", verbosity=0)
