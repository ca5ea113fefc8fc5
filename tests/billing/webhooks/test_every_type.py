"""Every event type we read, as the sandbox's own life makes it, goes through the real view and the jobs."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from djstripe.models import WebhookEventTrigger

from billing.gateway.client import connection
from billing.webhooks.endpoint import ensure_endpoint
from billing.webhooks.events import CATALOG_EVENTS, EVENTS, PAYMENT_EVENTS, customer_named_in
from billing.webhooks.models import InboxEvent
from billing.webhooks.tracing import payer_at_stripe
from sandbox.stripe import Sandbox, contract, delivery
from tests.billing.conftest import OutsideTransactions
from tests.factories.billing import StripeCustomerFactory
from tests.factories.stripe_life import live


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    """A Stripe in which everything has happened once."""
    sandbox = Sandbox()
    sandbox.observers.append(contract.check)
    live(sandbox)
    yield sandbox
    sandbox.close()


@pytest.fixture
def site(world, db):
    """Our endpoint at that Stripe."""
    connection.open(http_client=OutsideTransactions(world))
    yield world.world.fetch("webhook_endpoint", ensure_endpoint().id)
    connection.close()


def happened(world, name):
    """The latest event of the type."""
    return [event for event in world.find("event") if event["type"] == name][-1]


def payer(event):
    """Whom it is about, and makes them a customer of ours."""
    found = customer_named_in(event)
    if not found and event["type"] in PAYMENT_EVENTS:
        found = payer_at_stripe(event)
    return StripeCustomerFactory(stripe_id=found) if found else None


def send(event, site):
    body, headers = delivery.render(event, site, int(time.time()))
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    address = urlsplit(site["url"]).path
    return Client().post(address, body, content_type="application/json", headers=sent)


@pytest.mark.parametrize("name", EVENTS)
def test_it_is_answered_200_kept_and_worked_off(world, site, work, name):
    event = happened(world, name)
    customer = payer(event)
    assert (customer is None) == (name in CATALOG_EVENTS)
    assert [send(event, site).status_code for _ in range(2)] == [200, 200]
    kept = InboxEvent.objects.get()
    assert (kept.type, kept.state) == (name, "received")
    assert kept.payload["data"] == event["data"]
    work()
    work()
    kept.refresh_from_db()
    assert (kept.state, kept.last_error, kept.customer) == ("processed", "", customer)


@pytest.mark.parametrize("name", EVENTS)
def test_about_a_stranger_it_does_no_harm(world, site, work, name):
    assert send(happened(world, name), site).status_code == 200
    work()
    assert InboxEvent.objects.get().state in {"received", "processed"}


def test_everything_else_that_happens_at_stripe_is_kept_as_ignored(world, site):
    others = {event["type"]: event for event in world.find("event") if event["type"] not in EVENTS}
    assert len(others) > 5
    assert {send(event, site).status_code for event in others.values()} == {200}
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"ignored"}
    assert not WebhookEventTrigger.objects.exclude(exception="").exists()
