"""A secret is rolled without losing an event: both are accepted for a while, then only the new one."""

import io
import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import stripe as stripe_python
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from djstripe.models import WebhookEndpoint

from billing.audits.secret_checks import check_secrets
from billing.webhooks.endpoint import ensure_endpoint, examine_endpoint
from billing.webhooks.models import InboxEvent
from billing.webhooks.secret_models import SigningSecret
from billing.webhooks.secrets import forget_expired_secrets, take_endpoint_secret
from tests.factories.stripe import Shop

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def sent(stripe, endpoint):
    """Posts one event signed by a secret; gives the status."""
    event = {
        "object": "event",
        "type": "coupon.created",
        "livemode": False,
        "api_version": endpoint.api_version,
        "data": {"object": {}},
    }

    def send(secret, number=1):
        text = json.dumps({**event, "id": f"evt_{number}"})
        signature = stripe_python.WebhookSignature.generate_signature_header(text, secret)
        headers = {"Stripe-Signature": signature}
        address = urlsplit(endpoint.url).path
        return Client().post(address, text, content_type="application/json", headers=headers).status_code

    return send


def expire():
    SigningSecret.objects.update(accepted_until=timezone.now() - timedelta(seconds=1))


def held(endpoint):
    return WebhookEndpoint.objects.get(pk=endpoint.pk).secret


def test_both_are_accepted_for_a_while_and_then_only_the_new_one(stripe, endpoint, sent):
    old, new = endpoint.secret, stripe.roll_secret(endpoint.id)
    assert sent(new) == 400
    take_endpoint_secret(endpoint=endpoint, secret=new, keep=DAY)
    assert (sent(old, 2), sent(new, 3)) == (200, 200)
    expire()
    assert (sent(old, 4), sent(new, 5)) == (400, 200)
    assert InboxEvent.objects.count() == 3


def test_what_stripe_signs_with_both_is_taken_before_and_after(stripe, endpoint, post):
    Shop(stripe).subscribe()
    new = stripe.roll_secret(endpoint.id)
    assert {one.status for one in stripe.deliver(post)} == {200}
    take_endpoint_secret(endpoint=endpoint, secret=new, keep=timedelta(0))
    stripe.drop_old_secrets(endpoint.id)
    Shop(stripe).subscribe()
    assert {one.status for one in stripe.deliver(post)} == {200}


def test_a_secret_that_was_never_ours_is_refused_all_the_time(stripe, endpoint, sent):
    take_endpoint_secret(endpoint=endpoint, secret=stripe.roll_secret(endpoint.id), keep=DAY)
    assert sent("whsec_" + "x" * 32) == 400


def test_the_secret_of_another_address_is_refused(stripe, endpoint, sent, settings):
    settings.SITE_URL = "http://127.0.0.1:9999"
    other = ensure_endpoint()
    take_endpoint_secret(endpoint=other, secret=stripe.roll_secret(other.id), keep=DAY)
    former = SigningSecret.objects.get().secret
    assert sent(former) == 400


def test_taking_the_same_secret_again_changes_nothing(stripe, endpoint):
    new = stripe.roll_secret(endpoint.id)
    for _ in range(2):
        take_endpoint_secret(endpoint=endpoint, secret=new, keep=DAY)
    assert SigningSecret.objects.count() == 1
    assert held(endpoint) == new


def test_going_back_to_the_former_secret_works(stripe, endpoint, sent):
    old, new = endpoint.secret, stripe.roll_secret(endpoint.id)
    take_endpoint_secret(endpoint=endpoint, secret=new, keep=DAY)
    take_endpoint_secret(endpoint=endpoint, secret=old, keep=DAY)
    assert (held(endpoint), sent(old, 1), sent(new, 2)) == (old, 200, 200)
    assert SigningSecret.objects.get().secret == new


def test_two_rolls_in_a_row_keep_all_three_for_their_time(stripe, endpoint, sent):
    first, second, third = endpoint.secret, stripe.roll_secret(endpoint.id), stripe.roll_secret(endpoint.id)
    for secret in (second, third):
        take_endpoint_secret(endpoint=endpoint, secret=secret, keep=DAY)
    assert [sent(secret, n) for n, secret in enumerate((first, second, third))] == [200, 200, 200]


def test_the_command_reads_it_from_standard_input_and_shows_it_nowhere(stripe, endpoint, monkeypatch, capsys):
    new = stripe.roll_secret(endpoint.id)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{new}\n"))
    call_command("billing_webhook_endpoint", "--roll", "--keep-hours=2")
    said = capsys.readouterr().out
    assert held(endpoint) == new
    assert "accepted for 2 hours more" in said
    assert new not in said
    [former] = SigningSecret.objects.all()
    assert timedelta(hours=1) < former.accepted_until - timezone.now() <= timedelta(hours=2)
    assert former.secret not in str(former)


def test_the_command_reads_it_from_the_environment_or_a_prompt(stripe, endpoint, monkeypatch):
    first, second = stripe.roll_secret(endpoint.id), stripe.roll_secret(endpoint.id)
    monkeypatch.setenv("STRIPE_NEW_SIGNING_SECRET", first)
    call_command("billing_webhook_endpoint", "--roll")
    assert held(endpoint) == first
    monkeypatch.delenv("STRIPE_NEW_SIGNING_SECRET")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    with patch("billing.management.commands.billing_webhook_endpoint.getpass", return_value=second):
        call_command("billing_webhook_endpoint", "--roll")
    assert held(endpoint) == second


@pytest.mark.parametrize(
    "typed", ["", "nonsense", "whsec_", "whsec_short", "sk" + "_test_" + "0" * 24, "whsec_\x00"]
)
def test_what_is_no_secret_is_refused_and_changes_nothing(endpoint, typed, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    with pytest.raises(CommandError, match="begins with whsec_"):
        call_command("billing_webhook_endpoint", "--roll")
    assert held(endpoint) == endpoint.secret


def test_without_an_endpoint_there_is_nothing_to_roll(db):
    with pytest.raises(CommandError, match="run billing_webhook_endpoint first"):
        call_command("billing_webhook_endpoint", "--roll")


def test_a_roll_leaves_the_endpoint_usable(stripe, endpoint):
    take_endpoint_secret(endpoint=endpoint, secret=stripe.roll_secret(endpoint.id), keep=DAY)
    assert examine_endpoint().problems == ()
    assert ensure_endpoint() == endpoint


def test_the_doctor_says_which_secrets_are_accepted(stripe, endpoint):
    def told():
        return [finding.sentence for finding in check_secrets()]

    assert told() == ["No former signing secret is accepted."]
    take_endpoint_secret(endpoint=endpoint, secret=stripe.roll_secret(endpoint.id), keep=DAY)
    assert told()[0].startswith("A former signing secret (webhook endpoint) is still accepted, until ")
    expire()
    assert "has expired: it is refused" in told()[0]


def test_expired_secrets_are_forgotten_and_others_kept(stripe, endpoint):
    take_endpoint_secret(endpoint=endpoint, secret=stripe.roll_secret(endpoint.id), keep=DAY)
    assert forget_expired_secrets() == 0
    expire()
    assert forget_expired_secrets() == 1
    assert not SigningSecret.objects.exists()
