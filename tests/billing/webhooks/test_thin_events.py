"""Thin events come to an address of their own, are kept, and errors of meters are told."""

import json
import time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import stripe as stripe_python
from django.core.management import call_command
from django.test import Client
from djstripe.models import WebhookEventTrigger

from billing.gateway.client import connection
from billing.notices.models import Alert
from billing.webhooks.models import InboxEvent
from billing.webhooks.secret_models import SigningSecret
from billing.webhooks.secrets import thin_address
from tests.factories.stripe import Shop, thin_event

pytestmark = pytest.mark.django_db

SECRET = "whsec_" + "t" * 32


@pytest.fixture(autouse=True)
def _secret(stripe, db, monkeypatch):
    monkeypatch.setenv("STRIPE_NEW_SIGNING_SECRET", SECRET)
    call_command("billing_webhook_endpoint", "--thin")


@pytest.fixture
def event(stripe):
    """What Stripe says when usage that was reported to a meter could not be counted."""
    meter = Shop(stripe).stripe.v1.billing.meters.create(
        {"display_name": "Soundings", "event_name": "soundings", "default_aggregation": {"formula": "sum"}}
    )
    return thin_event("v1.billing.meter.error_report_triggered", meter)


def send(event, *, secret=SECRET, address=None, at=None, **headers):
    body = event if isinstance(event, str) else json.dumps(event)
    signature = stripe_python.WebhookSignature.generate_signature_header(body, secret, at)
    return Client().post(
        urlsplit(address or thin_address()).path,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature, **headers},
    )


def nothing_changed():
    return not InboxEvent.objects.exists() and not WebhookEventTrigger.objects.exists()


def test_it_is_kept_and_the_error_is_told_once(event, work):
    for _ in range(3):
        assert send(event).status_code == 200
    kept = InboxEvent.objects.get()
    assert (kept.type, kept.state) == (event["type"], "received")
    assert kept.payload == event
    work()
    kept.refresh_from_db()
    assert kept.state == "processed"
    [alert] = Alert.objects.all()
    assert (alert.rule, alert.subject) == ("meter_errors", event["related_object"]["id"])
    assert "missing on invoices" in alert.sentence


def test_an_unknown_type_is_kept_as_ignored(event):
    assert send({**event, "type": "v2.core.account.updated"}).status_code == 200
    assert InboxEvent.objects.get().state == "ignored"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"object": "event"}, "takes thin events"),
        ({"object": None}, "takes thin events"),
        ({"livemode": True}, "our key has the other mode"),
        ({"related_object": None}, "no thin event"),
        ({"created": None, "related_object": 5}, "no thin event"),
    ],
)
def test_what_is_no_thin_event_of_ours_is_refused(event, change, words):
    response = send({**event, **change})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert nothing_changed()


@pytest.mark.parametrize("missing", ["id", "type", "created", "related_object"])
def test_a_thin_event_that_lacks_something_is_refused(event, missing):
    del event[missing]
    assert send(event).status_code == 400
    assert nothing_changed()


def test_another_secret_an_old_time_and_no_signature_are_refused(event):
    assert send(event, secret="whsec_" + "x" * 32).status_code == 400
    assert send(event, at=int(time.time()) - 3600).status_code == 400
    assert send(event, **{"Stripe-Signature": ""}).status_code == 400
    assert send(event, **{"Stripe-Signature": "t=x,v1=é"}).status_code == 400
    assert nothing_changed()


def test_an_unknown_address_is_not_found(event, endpoint):
    assert send(event, address=f"/stripe/events/{uuid4()}/").status_code == 404
    assert send(event, address=f"/stripe/events/{endpoint.djstripe_uuid}/").status_code == 404
    assert nothing_changed()


@pytest.mark.parametrize("body", ["", "not json", "5", "[]", "null", "[" * 100_000])
def test_a_body_that_is_no_event_is_refused(body):
    assert send(body).status_code == 400
    assert nothing_changed()


def test_a_body_that_is_too_large_is_refused(event, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert send(event).status_code == 400


def test_get_is_not_allowed():
    assert Client().get(urlsplit(thin_address()).path).status_code == 405


def test_a_forged_client_address_does_no_harm(event):
    assert send(event, **{"X-Forwarded-For": "'; drop table"}).status_code == 200
    assert WebhookEventTrigger.objects.get().remote_ip == "127.0.0.1"


def test_a_snapshot_event_is_refused_with_a_sentence(stripe, endpoint):
    Shop(stripe).subscribe()
    response = send(stripe.events.pending()[0])
    assert response.status_code == 400
    assert b"snapshot events go to the webhook endpoint" in response.content


def test_its_secret_is_rolled_like_the_other(event, monkeypatch, capsys):
    new = "whsec_" + "n" * 32
    monkeypatch.setenv("STRIPE_NEW_SIGNING_SECRET", new)
    call_command("billing_webhook_endpoint", "--thin")
    assert f"Stripe has to send thin events to {thin_address()}." in capsys.readouterr().out
    assert [send({**event, "id": f"evt_{s[-1]}"}, secret=s).status_code for s in (SECRET, new)] == [200, 200]
    call_command("billing_webhook_endpoint", "--thin")
    assert SigningSecret.objects.count() == 2
    SigningSecret.objects.exclude(accepted_until=None).update(accepted_until="2020-01-01T00:00Z")
    assert [send({**event, "id": f"evt_{s[-1]}2"}, secret=s).status_code for s in (SECRET, new)] == [400, 200]


def test_no_call_to_stripe_is_made_while_an_event_is_taken(stripe, event):
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.path))
    assert send(event).status_code == 200
    assert asked == []


def test_it_needs_no_open_connection(stripe, event):
    connection.close()
    assert send(event).status_code == 200
