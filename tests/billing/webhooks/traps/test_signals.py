"""dj-stripe's signals: some are missing, one fires again for a repeated event, one writes to Stripe."""

import json
import time
from urllib.parse import urlsplit

import pytest
import stripe as stripe_python
from django.test import Client
from djstripe import signals
from djstripe.models import WebhookEventTrigger
from djstripe.signals import WEBHOOK_SIGNALS

from billing.webhooks.events import EVENTS
from billing.webhooks.models import InboxEvent
from sandbox.stripe import delivery
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(stripe, endpoint):
    """A genuine event on its way, as (address, body, headers)."""
    Shop(stripe).subscribe()
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    body, headers = delivery.render(stripe.events.pending()[0], at_stripe, int(time.time()))
    return urlsplit(endpoint.url).path, body, headers


def post(address, body, headers):
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Client().post(address, body, content_type="application/json", headers=sent)


def test_post_process_fires_again_for_a_repeated_event_and_we_count_once(sent):
    fired = []

    def listen(**kwargs):
        fired.append(kwargs["instance"])

    signals.webhook_post_process.connect(listen)
    try:
        for _ in range(3):
            assert post(*sent).status_code == 200
    finally:
        signals.webhook_post_process.disconnect(listen)
    assert len(fired) == 3
    assert InboxEvent.objects.count() == 1


def test_a_replay_through_djstripe_finds_a_signal_for_every_type():
    assert set(EVENTS) <= set(WEBHOOK_SIGNALS)


def test_a_thin_event_has_no_data_which_djstripe_reads(stripe, endpoint):
    """Where dj-stripe's processing would answer 500, the address says 400 and where thin events go."""
    body = json.dumps({"id": "evt_1", "object": "v2.core.event", "type": "x", "livemode": False})
    signature = stripe_python.WebhookSignature.generate_signature_header(body, endpoint.secret)
    response = post(urlsplit(endpoint.url).path, body, {"Stripe-Signature": signature})
    assert response.status_code == 400
    assert b"have an address of their own" in response.content
    assert not WebhookEventTrigger.objects.exists()


def test_a_deleted_customer_leads_to_no_write_at_stripe(stripe, endpoint, work):
    shop = Shop(stripe)
    shop.stripe.v1.customers.delete(shop.customer().id)
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.method))
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    for event in stripe.events.pending():
        body, headers = delivery.render(event, at_stripe, int(time.time()))
        assert post(urlsplit(endpoint.url).path, body, headers).status_code == 200
    work()
    assert set(asked) <= {"GET"}


def test_an_event_of_another_api_version_is_refused_before_anybody_reads_it(sent, settings):
    settings.STRIPE_API_VERSION = "2030-01-01.later"
    assert post(*sent).status_code == 400
    assert not InboxEvent.objects.exists()
    assert "we read 2030-01-01.later" in WebhookEventTrigger.objects.get().exception
