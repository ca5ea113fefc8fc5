"""dj-stripe's own processing, as a replay of stored events runs it, does no harm."""

import pytest
import stripe as stripe_python
from djstripe.models import Customer, WebhookEventTrigger
from djstripe.signals import WEBHOOK_SIGNALS

from billing.webhooks.events import EVENTS
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


def test_every_event_we_read_has_a_signal():
    assert set(EVENTS) <= set(WEBHOOK_SIGNALS)


def test_a_replayed_deletion_writes_nothing_to_stripe_and_keeps_the_copy(stripe, endpoint, post, monkeypatch):
    shop = Shop(stripe)
    kept, gone = shop.customer(), shop.customer()
    copy = Customer.objects.create(id=gone.id, email="ada@example.com", livemode=False)
    shop.stripe.v1.customers.delete(gone.id)
    stripe.deliver(post)
    # dj-stripe reads Stripe inside its own transaction; that is its business as long as nobody waits for it.
    monkeypatch.setattr(stripe_python, "default_http_client", stripe.http_client())
    asked = []
    stripe.observers.append(lambda request, _: asked.append((request.method, request.path)))
    trigger = WebhookEventTrigger.objects.get(body__contains='"customer.deleted"')
    trigger.process()
    copy.refresh_from_db()
    assert copy.date_purged is not None
    assert not [path for method, path in asked if method != "GET"]
    assert {one["id"] for one in stripe.find("customer")} >= {kept.id}
