"""A customer of ours at Stripe, and what happens to them there."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.catalog.models import Price
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from sandbox.stripe import Sandbox
from tests.factories.billing import UserFactory


@pytest.fixture
def customer(stripe: Sandbox, db: None) -> StripeCustomer:
    """Somebody who pays by a good card."""
    made = ensure_customer(user=UserFactory())
    client = stripe.client()
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": made.stripe_id})
    client.v1.customers.update(made.stripe_id, {"invoice_settings": {"default_payment_method": card.id}})
    return made


@pytest.fixture
def subscribe(stripe: Sandbox, customer: StripeCustomer) -> Callable[..., Any]:
    """Subscribes the customer to a price, at Stripe alone."""

    def make(price: Price, **params: Any) -> Any:
        items = [{"price": price.stripe_price_id}]
        return stripe.client().v1.subscriptions.create(
            {"customer": customer.stripe_id, "items": items, **params}
        )

    return make
