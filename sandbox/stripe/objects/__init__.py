"""One module per family of Stripe's resources; importing this package fills the route table."""

from sandbox.stripe.objects import (
    accounts,
    charges,
    checkout_sessions,
    customers,
    events,
    invoice_payments,
    invoices,
    payment_intents,
    payment_methods,
    portal,
    prices,
    products,
    setup_intents,
    subscription_items,
    subscriptions,
    webhook_endpoints,
)

__all__ = [
    "accounts",
    "charges",
    "checkout_sessions",
    "customers",
    "events",
    "invoice_payments",
    "invoices",
    "payment_intents",
    "payment_methods",
    "portal",
    "prices",
    "products",
    "setup_intents",
    "subscription_items",
    "subscriptions",
    "webhook_endpoints",
]
