"""Whom a payment belongs to, where an event names only the payment."""

import stripe

from billing.gateway.client import ask


def payer_of_charge(*, charge_id: str) -> str:
    """The id of the customer who paid; empty for a payment without one."""
    return _id_of(ask(lambda client: client.v1.charges.retrieve(charge_id)).customer)


def payer_of_payment_intent(*, intent_id: str) -> str:
    """The id of the customer who pays; empty for a payment without one."""
    return _id_of(ask(lambda client: client.v1.payment_intents.retrieve(intent_id)).customer)


def _id_of(customer: str | stripe.Customer | None) -> str:
    if customer is None:
        return ""
    return customer if isinstance(customer, str) else customer.id
