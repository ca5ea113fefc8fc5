"""The site and Stripe as two servers, and what is on sale there."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from billing.catalog.models import Price
from billing.gateway.breaker import close_breaker
from billing.gateway.client import connection
from billing.webhooks.endpoint import ensure_endpoint
from config import csp
from tests.billing.life.oracle import BEGIN
from tests.billing.life.running import Running, stripe_over_http
from tests.factories.billing import PlanVersionFactory, PriceFactory


@pytest.fixture
def running(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The site and Stripe as two servers; the clocks of both stand at the beginning of the oracle."""
    with stripe_over_http(datetime.fromisoformat(BEGIN).replace(tzinfo=UTC)) as (sandbox, address):
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(sandbox.now, tz=UTC))
        settings.SITE_URL, settings.STRIPE_API_BASE = live_server.url, address
        settings.SESSION_COOKIE_AGE = 1000 * 24 * 60 * 60  # signing in again has tests of its own
        policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"].append(address)
        settings.CONTENT_SECURITY_POLICY = policy
        monkeypatch.setattr(csp, "_is_usual", lambda *_: False)  # it remembers the policy of other tests
        cache.clear()
        close_breaker()
        connection.open()
        ensure_endpoint()
        yield Running(live_server.url, sandbox)
        connection.close()
        close_breaker()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Paths in place of whole addresses."""
    return {**browser_context_args, "base_url": live_server.url}


@pytest.fixture
def sell(running: Running) -> Callable[..., list[Price]]:
    """Puts a plan on sale here and at Stripe, at a price for each interval."""

    def make(key: str, prices: dict[str, int], **version: Any) -> list[Price]:
        features = version.pop("features", {})
        made = PlanVersionFactory(plan__key=key, plan__name=key.title(), features=features, **version)
        client = running.sandbox.client().v1
        product = client.products.create({"name": key.title()})
        return [
            PriceFactory(
                version=made,
                amount=amount,
                interval=interval,
                stripe_price_id=client.prices.create(
                    {
                        "currency": "eur",
                        "unit_amount": amount,
                        "recurring": {"interval": interval},
                        "product": product.id,
                    }
                ).id,
            )
            for interval, amount in prices.items()
        ]

    return make
