"""Mail that may wait a moment and must not be lost."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from billing.notices.alerts import SEND_ALERT, mail_alert


@app.task(name=SEND_ALERT, queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_alert(alert_id: int) -> None:
    """Mail one alert to whoever runs the site."""
    mail_alert(alert_id=alert_id)
