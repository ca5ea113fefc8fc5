"""What we ask Stripe about our own account."""

import stripe

from billing.gateway.client import ask


def retrieve_account() -> stripe.Account:
    """The account that our key belongs to."""
    return ask(lambda client: client.v1.accounts.retrieve_current())
