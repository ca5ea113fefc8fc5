"""An event of Stripe's is acknowledged: kept with a job, beside dj-stripe's own processing in the request."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from djstripe.models import Account

from benchmarks.events import FarAway, post, repeated
from benchmarks.measure import Result, percentile, summarise
from billing.customers.services import ensure_customer
from billing.gateway.accounts import retrieve_account
from billing.gateway.client import ask, connection
from billing.webhooks.endpoint import ensure_endpoint
from billing.webhooks.models import InboxEvent
from config.memory import settle_memory
from tests.factories.billing import UserFactory

OURS = "billing.webhooks.receivers.accept"
GOAL = 5
ROUNDS = 6
IN_A_ROUND = 100
TYPES = ("customer.updated", "customer.subscription.updated")


@pytest.fixture
def events(settings: Any, stripe_sandbox: str, transactional_db: None) -> Iterator[list[dict[str, Any]]]:
    """What Stripe tells about a customer who subscribes and changes, of types dj-stripe can process."""
    settings.STRIPE_API_BASE = stripe_sandbox
    connection.open()
    Account.sync_from_stripe_data(retrieve_account())
    customer = ensure_customer(user=UserFactory()).stripe_id
    _live(customer)
    told = ask(lambda client: list(client.v1.events.list({"limit": 100}).auto_paging_iter()))
    yield [event.to_dict() for event in told if event.type in TYPES and customer in str(event)]
    connection.close()


def _live(customer: str) -> None:
    price = ask(
        lambda client: client.v1.prices.create(
            {
                "currency": "eur",
                "unit_amount": 1900,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Crew"},
            }
        )
    )
    card = ask(lambda client: client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}))
    made = ask(
        lambda client: client.v1.subscriptions.create(
            {"customer": customer, "items": [{"price": price.id}], "default_payment_method": card.id}
        )
    )
    ask(lambda client: client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True}))
    ask(lambda client: client.v1.customers.update(customer, {"name": "Ada"}))


@pytest.mark.parametrize("away", [0, 50])
def test_an_event_is_acknowledged(
    report: Callable[[Result], None], settings: Any, events: list[dict[str, Any]], away: int
) -> None:
    """dj-stripe reads each object again from Stripe, which is never on the same machine: 50 ms is fast."""
    assert {event["type"] for event in events} == set(TYPES)
    endpoint, stream = ensure_endpoint(), repeated(events)
    connection.open(http_client=FarAway(away))
    settle_memory()

    def taken_by(callback: str | None) -> list[float]:
        settings.DJSTRIPE_WEBHOOK_EVENT_CALLBACK = callback
        return [post(endpoint, next(stream)) for _ in range(IN_A_ROUND)]

    rounds = [(taken_by(OURS), taken_by(None)) for _ in range(ROUNDS + 1)][1:]
    assert InboxEvent.objects.count() == (ROUNDS + 1) * IN_A_ROUND
    for share in (0.5, 0.99):
        report(
            summarise(
                f"webhook acknowledged, p{share * 100:.0f}, Stripe {away} ms away",
                [(percentile(own, share), percentile(theirs, share)) for own, theirs in rounds],
                peer_name="dj-stripe's processing in the request",
                goal=GOAL,
                unit="ms",
            )
        )
