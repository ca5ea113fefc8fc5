"""The same customers as in the tests of subscriptions, and plans that Stripe has as the catalog says."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.catalog.models import Price
from billing.publishing.services import publish, request_publication
from sandbox.stripe import Sandbox
from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.billing import PlanVersionFactory, PriceFactory

__all__ = ["customer", "subscribe"]


@pytest.fixture
def publish_as_sold(stripe: Sandbox, db: None) -> Callable[..., Price]:
    """Makes a plan and publishes the catalog, as ``billing_sync`` does."""

    def make(key: str, amount: int = 1900, **version: Any) -> Price:
        made = PlanVersionFactory(plan__key=key, plan__name=key.title(), **version)
        price = PriceFactory(version=made, amount=amount)
        publish(publication=request_publication())
        price.refresh_from_db()
        return price

    return make
