"""Mail that may wait a moment and must not be lost."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from billing.notices.alerts import SEND_ALERT, mail_alert
from billing.notices.mails import mail_notice, tell_of_unsure_mails
from billing.notices.services import SEND_NOTICE


@app.task(name=SEND_ALERT, queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_alert(alert_id: int) -> None:
    """Mail one alert to whoever runs the site."""
    mail_alert(alert_id=alert_id)


@app.task(name=SEND_NOTICE, queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_notice(notice_id: int) -> None:
    """Mail one notice to its customer."""
    mail_notice(notice_id=notice_id)


@app.periodic(cron="17 * * * *")
@app.task(queue="mail", queueing_lock="unsure-mails", pass_context=False)
def look_for_unsure_mails(timestamp: int) -> None:
    """Each hour: tell whoever runs the site of mails that may not have been sent."""
    tell_of_unsure_mails()
