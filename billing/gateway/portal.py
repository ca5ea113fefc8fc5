"""What we ask Stripe about its customer portal."""

import stripe

from billing.gateway.client import ask


def create_portal_session(*, customer_id: str, return_url: str) -> stripe.billing_portal.Session:
    """A short-lived address where the customer looks after cards, invoices and the plan."""
    return ask(
        lambda client: client.v1.billing_portal.sessions.create(
            {"customer": customer_id, "return_url": return_url}
        )
    )
