"""Somebody who looks after what stands on their invoices."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.billing import UserFactory

__all__ = ["customer", "subscribe"]


@pytest.fixture(autouse=True)
def fresh_limits():
    """Nobody has asked for anything yet."""
    cache.clear()


@pytest.fixture
def member(db):
    """Somebody who never bought anything."""
    return UserFactory()


@pytest.fixture
def visitor(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def payer(customer) -> Client:
    """Somebody whom Stripe knows."""
    client = Client()
    client.force_login(customer.user)
    return client
