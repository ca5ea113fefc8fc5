"""What checkout looks at by itself."""

from procrastinate.contrib.django import app

from billing.checkout.expiring_cards import tell_of_expiring_cards


@app.periodic(cron="11 9 * * *")
@app.task(queue="billing", queueing_lock="expiring-cards", pass_context=False)
def look_for_expiring_cards(timestamp: int) -> None:
    """Each day: tell customers whose card will not see the next payment."""
    tell_of_expiring_cards()
