"""Somebody who pays, at Stripe and here."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.billing.subscriptions.conftest import customer, subscribe

__all__ = ["customer", "subscribe"]


@pytest.fixture(autouse=True)
def fresh_limits():
    """Nobody has asked for anything yet."""
    cache.clear()


@pytest.fixture
def payer(customer) -> Client:
    """A browser in which the customer is signed in."""
    client = Client()
    client.force_login(customer.user)
    return client
