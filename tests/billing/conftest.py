"""A Stripe of its own for every test that asks for one, with our site as its customer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection as database
from django.test import Client
from djstripe.models import WebhookEndpoint

from billing.catalog.models import Price
from billing.gateway.breaker import close_breaker
from billing.gateway.client import connection
from billing.webhooks.endpoint import ensure_endpoint
from sandbox.stripe import Sandbox, contract
from sandbox.stripe.transport import SandboxHTTPClient
from tests.factories.billing import PlanVersionFactory, PriceFactory

Post = Callable[[str, bytes, dict[str, str]], int]


class OutsideTransactions(SandboxHTTPClient):
    """Carries requests to the sandbox, and fails the test that makes one while it may hold a lock."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        held = [block for block in database.atomic_blocks if not block._from_testcase]
        assert not held, "Stripe was called inside a transaction."
        return super().request(*args, **kwargs)


@contextmanager
def empty_account() -> Iterator[Sandbox]:
    """An empty account that our gateway talks to; every request is checked against Stripe's own types."""
    sandbox = Sandbox()
    sandbox.observers.append(contract.check)
    connection.open(http_client=OutsideTransactions(sandbox))
    close_breaker()
    yield sandbox
    close_breaker()
    connection.close()
    sandbox.close()


@pytest.fixture
def stripe() -> Iterator[Sandbox]:
    """An empty account at Stripe for one test."""
    with empty_account() as sandbox:
        yield sandbox


@pytest.fixture
def endpoint(stripe: Sandbox, db: None) -> WebhookEndpoint:
    """The address at which our site takes Stripe's events."""
    return ensure_endpoint()


@pytest.fixture
def post(endpoint: WebhookEndpoint) -> Post:
    """Hands an event of the sandbox to our view, as Stripe would over the network; gives the status."""

    def send(url: str, body: bytes, headers: dict[str, str]) -> int:
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        address = urlsplit(url).path
        response = Client().post(address, body, content_type="application/json", headers=sent)
        return response.status_code

    return send


@pytest.fixture
def publish(stripe: Sandbox) -> Callable[..., Price]:
    """Makes a plan that can be bought: on the pricing page, with a price that Stripe knows."""

    def make(key: str, amount: int = 1900, interval: str = "month", **version: Any) -> Price:
        features = version.pop("features", {})
        made = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features, **version)
        price = PriceFactory(version=made, amount=amount, interval=interval)
        client = stripe.client()
        at_stripe = client.v1.prices.create(
            {
                "currency": "eur",
                "unit_amount": amount,
                "recurring": {"interval": interval},
                "product_data": {"name": key.title()},
            }
        )
        Price.objects.filter(pk=price.pk).update(stripe_price_id=at_stripe.id)
        price.refresh_from_db()
        return price

    return make
