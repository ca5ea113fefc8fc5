"""What we ask Stripe about the pricing table that it hosts."""

import stripe

from billing.gateway.client import ask


def create_table_session(*, customer_id: str) -> stripe.CustomerSession:
    """A short-lived secret with which the table buys for this customer.

    It changes nothing at Stripe, and each asking is to bring a new one: so it has no idempotency key.
    """
    return ask(
        lambda client: client.v1.customer_sessions.create(
            {"customer": customer_id, "components": {"pricing_table": {"enabled": True}}}
        )
    )
