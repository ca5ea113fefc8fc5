"""What Stripe, and whoever pretends to be Stripe, is answered."""

import json
import logging
import time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from djstripe.models import WebhookEventTrigger
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks.events import customer_named_in
from billing.webhooks.models import InboxEvent
from sandbox.stripe import delivery
from tests.factories.billing import StripeCustomerFactory
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(stripe):
    return Shop(stripe)


@pytest.fixture
def event(stripe, endpoint, shop):
    """A genuine event on its way to us, as (address, body, headers)."""
    shop.customer()
    shop.subscribe()
    [first, *_] = stripe.events.pending()
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    body, headers = delivery.render(first, at_stripe, int(time.time()))
    return urlsplit(endpoint.url).path, body, headers


def send(address, body, headers, asked=None, **more):
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    return (asked or Client()).post(address, body, content_type="application/json", headers={**sent, **more})


def nothing_changed():
    return not InboxEvent.objects.exists() and not ProcrastinateJob.objects.exists()


def test_a_genuine_event_is_kept(event):
    assert send(*event).status_code == 200
    assert InboxEvent.objects.count() == 1


def test_an_event_is_acknowledged_in_few_queries(stripe, endpoint, event, django_assert_num_queries):
    first, second = stripe.events.pending()[:2]
    StripeCustomerFactory(stripe_id=customer_named_in(json.loads(event[1])))
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    assert customer_named_in(first) == customer_named_in(second)

    with django_assert_num_queries(10):  # the endpoint, what came, its inbox row, its job
        send(*event)
    with django_assert_num_queries(7):  # its job waits already
        send(event[0], *delivery.render(second, at_stripe, int(time.time())))

    assert InboxEvent.objects.filter(customer__isnull=False).count() == 2
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.parametrize("broken", [
    "billing.webhooks.receivers.receive_event",
    "billing.webhooks.services.keep",
    "billing.webhooks.services._send_on_its_way",
])  # fmt: skip
def test_an_event_that_could_not_be_kept_is_not_acknowledged_and_comes_again(event, monkeypatch, broken):
    """Answered with 200, a payment would be lost: Stripe sends only what was refused a second time."""

    def stumble(*_, **__):
        raise OSError("The disk is full.")

    StripeCustomerFactory(stripe_id=customer_named_in(json.loads(event[1])))
    with monkeypatch.context() as patched:
        patched.setattr(broken, stumble)
        assert send(*event, asked=Client(raise_request_exception=False)).status_code == 500
    assert nothing_changed()
    assert send(*event).status_code == 200
    assert (InboxEvent.objects.count(), ProcrastinateJob.objects.count()) == (1, 1)


def test_a_bad_signature_is_refused(event, caplog):
    address, body, headers = event
    forged = {**headers, "Stripe-Signature": headers["Stripe-Signature"][:-4] + "0000"}
    assert send(address, body, forged).status_code == 400
    assert nothing_changed()
    assert "Webhook refused: The signature is not Stripe's." in caplog.text


def test_a_body_that_was_changed_on_the_way_is_refused(event):
    address, body, headers = event
    assert send(address, body.replace(b'"object"', b'"subject"'), headers).status_code == 400
    assert nothing_changed()


def test_a_missing_signature_is_refused(event):
    address, body, _ = event
    assert send(address, body, {}).status_code == 400
    assert nothing_changed()
    assert not WebhookEventTrigger.objects.exists()


def test_an_old_timestamp_is_refused(stripe, endpoint, shop):
    shop.customer()
    shop.subscribe()
    at_stripe = stripe.world.fetch("webhook_endpoint", endpoint.id)
    old = int(time.time()) - 3600
    body, headers = delivery.render(stripe.events.pending()[0], at_stripe, old)
    assert send(urlsplit(endpoint.url).path, body, headers).status_code == 400
    assert nothing_changed()


def test_an_unknown_address_is_not_found(event):
    _, body, headers = event
    assert send(f"/stripe/webhook/{uuid4()}/", body, headers).status_code == 404
    assert nothing_changed()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"not json", "is not JSON"),
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"5", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"id": "evt_1", "livemode": false}\x00', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_a_body_that_is_no_event_is_refused_and_stores_nothing(event, body, words, caplog):
    address, _, headers = event
    response = send(address, body, headers)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert words in caplog.text
    assert not WebhookEventTrigger.objects.exists()


def test_a_body_that_is_too_large_is_refused_and_stores_nothing(event, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    address, _, headers = event
    response = send(address, json.dumps({"id": "x" * 2000}).encode(), headers)
    assert (response.status_code, response.content) == (400, b"The body is too large.")
    assert not WebhookEventTrigger.objects.exists()


def test_a_forged_client_address_does_no_harm(event):
    assert send(*event, **{"X-Forwarded-For": "'; drop table"}).status_code == 200
    assert WebhookEventTrigger.objects.get().remote_ip == "127.0.0.1"


def test_the_address_that_a_proxy_tells_is_kept(event):
    assert send(*event, **{"X-Forwarded-For": "203.0.113.9, 10.0.0.1"}).status_code == 200
    assert WebhookEventTrigger.objects.get().remote_ip == "203.0.113.9"


def test_another_api_version_is_refused_and_said(stripe, endpoint, shop, post, caplog):
    stripe.world.store.put(
        {**stripe.world.fetch("webhook_endpoint", endpoint.id), "api_version": "2020-08-27"}
    )
    shop.subscribe()
    [first, *_] = stripe.deliver(post)
    assert (first.delivered, first.status) == (False, 400)
    assert nothing_changed()
    assert "has API version 2020-08-27, we read 2026-08-26.dahlia" in caplog.text


def test_an_event_of_the_other_mode_is_refused(event, settings, caplog):
    settings.STRIPE_LIVE_MODE = True
    assert send(*event).status_code == 400
    assert nothing_changed()
    assert "our key has the other mode" in caplog.text


def test_an_event_type_we_do_not_read_is_kept_as_ignored(stripe, endpoint, shop, post, caplog):
    everything = {**stripe.world.fetch("webhook_endpoint", endpoint.id), "enabled_events": ["*"]}
    stripe.world.store.put(everything)
    shop.stripe.v1.coupons.create({"percent_off": 10, "duration": "once"})
    with caplog.at_level(logging.INFO):
        assert {one.status for one in stripe.deliver(post)} == {200}
    assert set(InboxEvent.objects.values_list("type", "state")) == {("coupon.created", "ignored")}
    assert not ProcrastinateJob.objects.exists()
    assert "coupon.created: ignored" in caplog.text


def test_a_signature_in_strange_letters_is_refused(event):
    address, body, headers = event
    strange = {**headers, "Stripe-Signature": headers["Stripe-Signature"][:-1] + "é"}
    assert send(address, body, strange).status_code == 400
    assert nothing_changed()


def test_a_thin_event_is_sent_to_its_own_address(event, caplog):
    address, _, headers = event
    response = send(address, b'{"object": "v2.core.event", "id": "evt_1"}', headers)
    assert response.status_code == 400
    assert "Thin ones have an address of their own" in response.content.decode()
    assert nothing_changed()


def test_get_is_not_allowed(endpoint):
    assert Client().get(urlsplit(endpoint.url).path).status_code == 405


def test_no_call_to_stripe_is_made_while_an_event_is_taken(stripe, event):
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.path))
    assert send(*event).status_code == 200
    assert asked == []


def test_a_payload_that_makes_djstripe_stumble_is_taken(stripe, endpoint, shop, post):
    """On invoice.paid dj-stripe's own processing fails; on customer.deleted it writes to Stripe."""
    subscription = shop.subscribe()
    shop.stripe.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    stripe.advance(days=32)
    shop.stripe.v1.customers.delete(subscription.customer)
    sent = stripe.deliver(post)
    assert {"invoice.paid", "customer.subscription.deleted", "customer.deleted"} <= {
        one.event_type for one in sent
    }
    assert {one.status for one in sent} == {200}
