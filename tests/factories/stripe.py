"""Makes what a shop has at Stripe, through stripe-python's own client."""

import datetime as dt
from typing import Any

import stripe

from sandbox.stripe import Sandbox

NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
VISA = "4242424242424242"
DECLINED = "4000000000000002"
NO_FUNDS = "4000000000009995"
EXPIRED = "4000000000000069"
FAILS_LATER = "4000000000000341"
ASKS_ONCE = "4000002500003155"
ASKS_ALWAYS = "4000002760003184"
ASKS_ALWAYS_2 = "4000000000003220"


class Shop:
    """A shop with one product, whose customers subscribe."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stripe = sandbox.client()

    def price(self, amount: int = 1900, interval: str = "month", **params: Any) -> stripe.Price:
        """A recurring price in cents; `interval=""` makes a one-time price."""
        product = params.pop("product", None) or self.stripe.v1.products.create({"name": "Pro"}).id
        recurring = {"recurring": {"interval": interval}} if interval else {}
        common = {"product": product, "currency": "eur", "unit_amount": amount}
        return self.stripe.v1.prices.create({**common, **recurring, **params})

    def customer(self, card: str | None = None, **params: Any) -> stripe.Customer:
        """A customer; with a test id such as `pm_card_visa`, one who can be charged."""
        customer = self.stripe.v1.customers.create({"email": "ada@example.com", **params})
        if card:
            method = self.stripe.v1.payment_methods.attach(card, {"customer": customer.id})
            settings = {"default_payment_method": method.id}
            customer = self.stripe.v1.customers.update(customer.id, {"invoice_settings": settings})
        return customer

    def session(self, price: stripe.Price | None = None, **params: Any) -> stripe.checkout.Session:
        """An open checkout session for a subscription."""
        defaults = {
            "mode": "subscription",
            "line_items": [{"price": (price or self.price()).id, "quantity": 1}],
            "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/plans",
        }
        return self.stripe.v1.checkout.sessions.create({**defaults, **params})

    def subscribe(self, card: str = "pm_card_visa", **params: Any) -> stripe.Subscription:
        """A subscription made by the API for a new customer with that card."""
        customer = params.pop("customer", None) or self.customer(card).id
        price = params.pop("price", None) or self.price()
        items = params.pop("items", None) or [{"price": price.id}]
        return self.stripe.v1.subscriptions.create({"customer": customer, "items": items, **params})

    def subscription(self, subscription_id: str) -> stripe.Subscription:
        """The subscription as it is now."""
        return self.stripe.v1.subscriptions.retrieve(subscription_id)

    def invoices(self, subscription_id: str) -> list[stripe.Invoice]:
        """The subscription's invoices, oldest first."""
        return self.stripe.v1.invoices.list({"subscription": subscription_id, "limit": 100}).data[::-1]

    def types(self, since: int = 0) -> list[str]:
        """Types of the events that happened, in order."""
        return self.sandbox.events.types()[since:]


def thin_event(kind: str, about: stripe.billing.Meter) -> dict[str, Any]:
    """A thin event as Stripe sends it; the sandbox's API has none, so it names an object of the sandbox."""
    return {
        "id": f"evt_test_{about.id.removeprefix('mtr_')}",
        "object": "v2.core.event",
        "type": kind,
        "livemode": False,
        "created": NOON.isoformat().replace("+00:00", "Z"),
        "related_object": {
            "id": about.id,
            "type": "billing.meter",
            "url": f"/v1/billing/meters/{about.id}",
        },
    }
