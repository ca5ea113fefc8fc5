"""The same customers as in the tests of subscriptions."""

from tests.billing.subscriptions.conftest import customer, subscribe

__all__ = ["customer", "subscribe"]
