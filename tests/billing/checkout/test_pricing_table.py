"""Stripe's own pricing table: whom it sells to, under which policy, and that its secret is kept nowhere."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from billing.checkout.pricing_table import HOST
from billing.checkout.pricing_table_settings import PricingTableSettings
from billing.subscriptions.services import reconcile_customer
from tests.billing.subscriptions.conftest import customer, subscribe
from tests.factories.home import PricingPageFactory

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db

TABLE = "prctbl_" + "A1b2" * 6
KEY = "pk_test_" + "A1b2" * 6
SESSION = "/billing/pricing-table/"


@pytest.fixture
def page():
    return PricingPageFactory(slug="pricing")


@pytest.fixture
def configured():
    PricingTableSettings.objects.create(table_id=TABLE, publishable_key=KEY)


def look(client: Client, page) -> tuple[str, str]:
    """The page, and its policy."""
    response = client.get(page.url)
    return response.content.decode(), response["Content-Security-Policy"]


def test_nothing_of_stripes_is_there_where_no_table_is_configured(stripe, visitor, page, cutter):
    words, policy = look(visitor, page)
    assert "data-stripes-table" not in words
    assert HOST not in policy
    assert visitor.post(SESSION).status_code == 404
    assert stripe.find("customer") == []


def test_a_member_without_a_plan_gets_it_and_ours_is_in_the_page_too(visitor, page, configured, cutter):
    words, policy = look(visitor, page)
    assert TABLE in words
    assert KEY in words
    assert "/billing/checkout/cutter/" in words
    for directive in ("script-src", "frame-src"):
        assert HOST in next(part for part in policy.split(";") if part.strip().startswith(directive))
    assert "unsafe-inline" not in policy


def test_other_pages_keep_their_policy(visitor, page, configured):
    look(visitor, page)
    assert HOST not in visitor.get("/billing/")["Content-Security-Policy"]


def test_a_visitor_who_has_no_account_to_buy_for_gets_ours(page, configured, cutter):
    words, policy = look(Client(), page)
    assert TABLE not in words
    assert HOST not in policy
    assert "/billing/checkout/cutter/" in words
    assert Client().post(SESSION).status_code == 404


def test_who_has_a_plan_gets_ours_and_cannot_buy_a_second_one(
    stripe, page, configured, customer, subscribe, publish
):
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    client = Client()
    client.force_login(customer.user)
    assert TABLE not in look(client, page)[0]
    assert client.post(SESSION).status_code == 404


def test_the_secret_is_the_readers_own_and_may_be_kept_by_nobody(stripe, visitor, buyer, page, configured):
    first, second = visitor.post(SESSION), visitor.post(SESSION)
    assert first.json()["client_secret"] != second.json()["client_secret"]
    assert first.json()["reference"] == str(buyer.stripe_customer.reference)
    assert "no-store" in first["Cache-Control"]
    assert first.json()["client_secret"] not in look(visitor, page)[0]
    assert len(stripe.find("customer")) == 1


def test_while_stripe_is_silent_there_is_no_session_but_a_page(stripe, visitor, page, configured, cutter):
    stripe.fail("503", path="/v1/", times=20)
    assert visitor.post(SESSION).status_code == 503
    assert "/billing/checkout/cutter/" in look(visitor, page)[0]


def test_a_session_is_asked_for_by_our_own_page_alone(buyer, configured):
    client = Client(enforce_csrf_checks=True)
    client.force_login(buyer)
    assert client.post(SESSION).status_code == 403
    assert client.get(SESSION).status_code == 405


@pytest.mark.parametrize(
    ("table", "key", "field"),
    [
        ("12", KEY, "table_id"),
        ("prctbl_", KEY, "table_id"),
        (f'{TABLE}"><script>', KEY, "table_id"),
        (TABLE, "", "publishable_key"),
        (TABLE, "sk_test_" + "A1b2" * 6, "publishable_key"),
        (TABLE, "pk_live_" + "A1b2" * 6, "publishable_key"),
    ],
)
def test_what_cannot_be_a_table_or_its_key_is_refused_at_its_field(table, key, field):
    with pytest.raises(ValidationError) as refusal:
        PricingTableSettings(table_id=table, publishable_key=key).full_clean()
    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize(("table", "key"), [("", ""), (TABLE, KEY)])
def test_a_table_with_its_key_is_taken_and_so_is_none(table, key):
    PricingTableSettings(table_id=table, publishable_key=key).full_clean()
