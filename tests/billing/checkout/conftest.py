"""Somebody who buys."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from billing.catalog.models import Price
from tests.factories.billing import UserFactory


@pytest.fixture(autouse=True)
def fresh_limits():
    """Nobody has asked for anything yet."""
    cache.clear()


@pytest.fixture
def buyer(db):
    return UserFactory()


@pytest.fixture
def visitor(buyer) -> Client:
    """A browser in which the buyer is signed in."""
    client = Client()
    client.force_login(buyer)
    return client


@pytest.fixture
def cutter(publish: Callable[..., Price]) -> Price:
    """A plan for 36 € a month with two weeks of trial, also sold by the year."""
    return publish("cutter", 3600, trial_days=14, features={"seats": 10, "exports": None, "api": 0})
