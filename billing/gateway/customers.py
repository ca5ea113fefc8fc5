"""What we ask Stripe about customers."""

import stripe

from billing.gateway.client import ask


def create_customer(*, email: str, reference: str, idempotency_key: str) -> stripe.Customer:
    """Make the customer at Stripe; the same key gives the same customer. ``reference`` is our name of it."""
    return ask(
        lambda client: client.v1.customers.create(
            {"email": email, "metadata": {"reference": reference}},
            {"idempotency_key": idempotency_key},
        )
    )


def change_customer_email(*, customer_id: str, email: str) -> stripe.Customer:
    """Tell Stripe where its receipts go from now on."""
    return ask(lambda client: client.v1.customers.update(customer_id, {"email": email}))


def retrieve_customer(*, customer_id: str) -> stripe.Customer:
    """The customer as Stripe has it, with tax numbers; a deleted one comes back with ``deleted`` set."""
    return ask(lambda client: client.v1.customers.retrieve(customer_id, {"expand": ["tax_ids"]}))
