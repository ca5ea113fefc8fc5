"""Stripe sends our events here, in our version, signed with our secret; repeating it changes nothing."""

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import WebhookEndpoint

from billing.webhooks.endpoint import ensure_endpoint, examine_endpoint
from billing.webhooks.events import EVENTS
from sandbox.stripe.world import API_VERSION

pytestmark = pytest.mark.django_db


def at_stripe(stripe):
    return stripe.find("webhook_endpoint")


def change(stripe, **fields):
    [endpoint] = at_stripe(stripe)
    stripe.world.store.put({**stripe.world.fetch("webhook_endpoint", endpoint["id"]), **fields})


def test_the_first_time_it_is_made(stripe, settings):
    row = ensure_endpoint()
    [endpoint] = at_stripe(stripe)
    assert endpoint["url"] == f"{settings.SITE_URL}/stripe/webhook/{row.djstripe_uuid}/"
    assert endpoint["enabled_events"] == list(EVENTS)
    assert endpoint["api_version"] == settings.STRIPE_API_VERSION == API_VERSION
    assert row.secret.startswith("whsec_")
    assert examine_endpoint().problems == ()


def test_again_changes_nothing(stripe):
    first = ensure_endpoint()
    before = at_stripe(stripe)
    assert ensure_endpoint() == first
    assert at_stripe(stripe) == before


def test_it_is_switched_on_and_told_of_every_event_again(stripe):
    ensure_endpoint()
    change(stripe, status="disabled", enabled_events=["customer.updated"])
    problems = " ".join(examine_endpoint().problems)
    assert "switched off at Stripe" in problems
    assert "not told about charge.dispute.closed" in problems
    ensure_endpoint()
    [endpoint] = at_stripe(stripe)
    assert (endpoint["status"], endpoint["enabled_events"]) == ("enabled", list(EVENTS))
    assert examine_endpoint().problems == ()


def test_one_that_hears_everything_is_told_enough(stripe):
    ensure_endpoint()
    change(stripe, enabled_events=["*"])
    assert examine_endpoint().problems == ()


def test_another_api_version_is_replaced(stripe, settings):
    old = ensure_endpoint()
    change(stripe, api_version="2020-08-27")
    assert "speaks API version 2020-08-27" in examine_endpoint().problems[0]
    new = ensure_endpoint()
    assert [endpoint["id"] for endpoint in at_stripe(stripe)] == [new.id] != [old.id]
    assert list(WebhookEndpoint.objects.all()) == [new]


def test_one_whose_secret_is_not_held_is_replaced(stripe):
    ensure_endpoint()
    WebhookEndpoint.objects.all().delete()
    assert "We do not hold the secret" in examine_endpoint().problems[0]
    new = ensure_endpoint()
    assert [endpoint["id"] for endpoint in at_stripe(stripe)] == [new.id]


def test_one_of_another_site_is_left_alone(stripe, settings):
    ensure_endpoint()
    settings.SITE_URL = "http://127.0.0.1:9999"
    assert "no webhook endpoint for http://127.0.0.1:9999" in examine_endpoint().problems[0]
    ensure_endpoint()
    assert len(at_stripe(stripe)) == WebhookEndpoint.objects.count() == 2


def test_a_second_one_for_the_same_site_is_removed(stripe, settings):
    kept = ensure_endpoint()
    url = f"{settings.SITE_URL}/stripe/webhook/00000000-0000-4000-8000-000000000000/"
    stripe.client().v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
    assert "2 webhook endpoints" in examine_endpoint().problems[0]
    ensure_endpoint()
    assert [endpoint["id"] for endpoint in at_stripe(stripe)] == [kept.id]


def test_the_command_says_where_events_go(stripe, capsys):
    call_command("billing_webhook_endpoint", "--dry-run")
    assert "Stripe has no webhook endpoint" in capsys.readouterr().out
    assert at_stripe(stripe) == []
    call_command("billing_webhook_endpoint")
    assert f"Stripe sends its events to {at_stripe(stripe)[0]['url']}." in capsys.readouterr().out
    call_command("billing_webhook_endpoint", "--dry-run")
    assert "nothing to do" in capsys.readouterr().out


def test_the_command_says_that_stripe_is_silent(stripe):
    stripe.fail("503", times=3)
    with pytest.raises(CommandError, match="Stripe did not do what was asked"):
        call_command("billing_webhook_endpoint")
