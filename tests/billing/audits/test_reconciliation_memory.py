"""Ten thousand customers are compared with one page in memory at a time."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
import stripe
from django.contrib.auth import get_user_model
from django.utils import timezone

from billing.audits.reconciliation.runs import run_comparison
from billing.customers.models import StripeCustomer
from billing.gateway.breaker import close_breaker
from billing.gateway.client import connection
from billing.subscriptions.models import Subscription
from sandbox.stripe import Sandbox
from tests.factories.billing import PriceFactory
from tests.factories.stripe import Shop

MANY = 10_000
MEGABYTE = 1_000_000
WARM = 10  # pages


class Crowd(stripe.HTTPClient):
    """A Stripe with ten thousand customers that makes each page when it is asked for."""

    name = "crowd"

    def __init__(self) -> None:
        super().__init__()
        self.memory: list[int] = []
        sandbox = Sandbox(now=1_800_000_000)
        subscription = Shop(sandbox).subscribe()
        self.templates = {
            "/v1/customers": sandbox.find("customer")[0],
            "/v1/subscriptions": sandbox.find("subscription")[0],
        }
        self.subscription = subscription.to_dict()
        sandbox.close()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self.memory.append(psutil.Process().memory_info().rss)
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        first = int(asked["starting_after"][0].partition("_")[2]) + 1 if "starting_after" in asked else 0
        numbers = range(first, min(first + 100, MANY))
        if parts.path not in self.templates:
            return json.dumps({"object": "list", "data": [], "has_more": False, "url": parts.path}), 200, {}
        template = self.templates[parts.path]
        data = [{**template, **self.told(parts.path, number)} for number in numbers]
        answer = {"object": "list", "data": data, "has_more": numbers.stop < MANY, "url": parts.path}
        return json.dumps(answer), 200, {}

    def told(self, path: str, number: int) -> dict[str, Any]:
        if path == "/v1/customers":
            return {"id": f"cus_{number}", "email": f"person{number}@example.com", "metadata": {}}
        return {"id": f"sub_{number}", "customer": f"cus_{number}"}

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def crowd(db: None) -> Crowd:
    """Their rows here, which agree with Stripe."""
    crowd = Crowd()
    _bulk_create(crowd.subscription)
    connection.open(http_client=crowd)
    close_breaker()
    yield crowd
    connection.close()


def _bulk_create(told: dict[str, Any]) -> None:
    item = told["items"]["data"][0]
    price = PriceFactory(stripe_price_id=item["price"]["id"])
    period = [datetime.fromtimestamp(item[f"current_period_{end}"], tz=UTC) for end in ("start", "end")]
    before = timezone.now() - timedelta(days=1)
    people = get_user_model()
    users = people.objects.bulk_create(
        [people(email=f"person{number}@example.com") for number in range(MANY)]
    )
    customers = StripeCustomer.objects.bulk_create(
        StripeCustomer(user=user, stripe_id=f"cus_{number}", stripe_email=user.email)
        for number, user in enumerate(users)
    )
    Subscription.objects.bulk_create(
        Subscription(
            customer=customer, stripe_id=f"sub_{number}", status=told["status"], price=price,
            version=price.version, item_stripe_id=item["id"],
            current_period_start=period[0], current_period_end=period[1],
            started_at=datetime.fromtimestamp(told["start_date"], tz=UTC), last_synced_at=before,
        )
        for number, customer in enumerate(customers)
    )  # fmt: skip
    StripeCustomer.objects.update(created_at=before)


def test_ten_thousand_customers_need_no_more_memory_than_one_page(crowd, monkeypatch):
    """Measured as the process's own memory, once the first pages have been read."""
    monkeypatch.setattr("billing.audits.reconciliation.catalog.compare", list)
    run = run_comparison(repairs="nothing", tell=lambda found, _: pytest.fail(str(found)))
    assert run.compared == {"customer": MANY, "subscription": MANY, "invoice": 0, "credit": 0, "catalog": 0}
    assert len(crowd.memory) == 2 * MANY / 100 + 2
    grown = max(crowd.memory) - crowd.memory[WARM]
    assert grown < 20 * MEGABYTE, f"The comparison grew by {grown / MEGABYTE:.1f} MB"
