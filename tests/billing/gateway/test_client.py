"""One door to Stripe: pinned, patient for a while, and honest about failure."""

import logging

import pytest
import stripe as stripe_python
from django.db import transaction
from stripe import RequestsClient

from billing.gateway.accounts import retrieve_account
from billing.gateway.client import ask, connection
from billing.gateway.customers import create_customer, retrieve_customer
from billing.gateway.errors import (
    CardRefused,
    KeyRefused,
    MissingAtStripe,
    RepeatedDifferently,
    StripeRefused,
    StripeUnavailable,
)

pytestmark = pytest.mark.django_db


def make(key="key", email="ada@example.com"):
    return create_customer(email=email, reference="r", idempotency_key=key)


def test_every_call_says_the_pinned_version(stripe, settings):
    versions = []
    stripe.observers.append(lambda request, _: versions.append(request.headers["stripe-version"]))
    make()
    assert versions == [settings.STRIPE_API_VERSION]


def test_djstripes_calls_go_the_same_way(stripe, settings):
    make()
    found = stripe_python.Customer.list(limit=1)
    assert [one.id for one in found.data] == [stripe.find("customer")[0]["id"]]
    assert stripe_python.api_version == settings.STRIPE_API_VERSION


def test_without_a_sandbox_requests_go_over_the_network_with_a_time_out(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    try:
        client = connection.open()
        transport = stripe_python.default_http_client
        assert isinstance(transport, RequestsClient)
        assert transport._timeout == settings.STRIPE_TIMEOUT_SECONDS == 15
        assert (
            client._requestor._options.base_addresses["api"] == stripe_python.api_base == "http://127.0.0.1:1"
        )
        assert connection.client is client
    finally:
        connection.close()


def test_the_client_is_made_at_first_need():
    connection.close()
    assert connection.client is connection.client
    connection.close()


def test_a_machine_that_does_not_answer_is_unavailable(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    connection.close()
    try:
        with pytest.raises(StripeUnavailable):
            retrieve_account()
    finally:
        connection.close()


def test_without_a_key_it_is_said(settings):
    settings.STRIPE_SECRET_KEY = ""
    connection.close()
    with pytest.raises(KeyRefused, match="no_key_in_settings"):
        retrieve_account()


@pytest.mark.parametrize("trouble", ["500", "503", "timeout", "reset"])
def test_short_trouble_is_bridged_and_the_same_key_makes_one_customer(stripe, trouble):
    stripe.fail(trouble, times=1, when="after")
    assert make().id == stripe.find("customer")[0]["id"]
    assert len(stripe.find("customer")) == 1


@pytest.mark.parametrize("trouble", ["500", "503", "timeout", "reset"])
def test_long_trouble_is_unavailable(stripe, trouble):
    stripe.fail(trouble, times=3)
    with pytest.raises(StripeUnavailable) as caught:
        make()
    assert "Please try again in a minute." in caught.value.sentence


def test_too_many_requests_are_unavailable_for_now(stripe):
    stripe.fail("429", times=3)
    with pytest.raises(StripeUnavailable):
        make()


def test_what_does_not_exist_is_missing(stripe):
    with pytest.raises(MissingAtStripe):
        retrieve_customer(customer_id="cus_nobody")


def test_a_key_used_for_something_else_is_refused(stripe):
    make()
    with pytest.raises(RepeatedDifferently):
        make(email="bob@example.com")


def test_a_declined_card_is_the_banks_word(stripe):
    customer = make()
    with pytest.raises(CardRefused) as caught:
        ask(
            lambda client: client.v1.payment_intents.create(
                {
                    "amount": 500,
                    "currency": "eur",
                    "customer": customer.id,
                    "payment_method": "pm_card_visa_chargeDeclined",
                    "confirm": True,
                    "return_url": "http://127.0.0.1/",
                }
            )
        )
    assert "use another one, or ask your bank" in caught.value.sentence


def test_a_wrong_parameter_is_our_fault(stripe):
    with pytest.raises(StripeRefused):
        ask(lambda client: client.v1.subscriptions.list({"limit": 100_000}))


def test_a_failure_is_logged_with_stripes_request_and_no_personal_data(stripe, caplog):
    make()
    with caplog.at_level(logging.WARNING), pytest.raises(RepeatedDifferently) as caught:
        make(email="bob@example.com")
    assert caught.value.request_id.startswith("req_")
    assert caught.value.request_id in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("billing")]
    assert ours
    assert not any("example.com" in line for line in ours)


def test_no_lock_is_held_while_stripe_is_asked(stripe):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        make()
    assert stripe.find("customer") == []
