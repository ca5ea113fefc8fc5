"""Work about payers that may wait: keeping Stripe's copy of the address right."""

from procrastinate.contrib.django import app

from billing.customers.services import tell_stripe_email
from billing.gateway.retries import UntilStripeAnswers


@app.task(queue="billing", retry=UntilStripeAnswers(other_attempts=8))
def send_email_to_stripe(customer_id: int) -> None:
    """Give Stripe the person's present address."""
    tell_stripe_email(customer_id=customer_id)
