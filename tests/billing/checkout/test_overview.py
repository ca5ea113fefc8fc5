"""The customer's billing in one look."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import stripe as stripe_python
from django.test import Client

from billing.api import grant, use
from billing.credits.grants import Terms
from billing.customers.services import ensure_customer
from billing.gateway.accounts import retrieve_account
from billing.gateway.breaker import breaker_state
from billing.gateway.client import connection
from billing.gateway.errors import StripeFailure
from billing.subscriptions.services import reconcile_customer
from sandbox.processes import LOOPBACK, free_port
from tests.billing.gateway.test_patience import hanging_stripe
from tests.factories.billing import (
    CheckoutAttemptFactory,
    InvoiceFactory,
    PlanFactory,
    PlanVersionFactory,
    SubscriptionFactory,
)

__all__ = ["hanging_stripe"]

pytestmark = pytest.mark.django_db

MAY = datetime(2027, 5, 4, tzinfo=UTC)


def words(response):
    """The text of a page, in one line."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def having(stripe, buyer, cutter):
    """Gives the buyer a subscription."""

    def make(**fields):
        return SubscriptionFactory(
            customer=ensure_customer(user=buyer), price=cutter, current_period_end=MAY, **fields
        )

    return make


def test_it_needs_a_signed_in_person():
    assert Client().get("/billing/").status_code == 302


def test_an_active_plan_shows_price_and_next_payment(visitor, having, django_assert_max_num_queries):
    having()
    visitor.get("/billing/")
    with django_assert_max_num_queries(10):
        page = words(visitor.get("/billing/"))
    for told in ("Cutter", "Active", "€36", "per month", "€36 on 4 May 2027"):
        assert told in page


def test_a_trial_shows_its_end(visitor, having):
    having(status="trialing", trial_end=MAY)
    page = words(visitor.get("/billing/"))
    assert "Free trial until" in page
    assert "4 May 2027" in page


def test_a_plan_that_ends_says_when_and_asks_for_no_payment(visitor, having):
    having(cancel_at=MAY)
    page = words(visitor.get("/billing/"))
    assert "Your plan ends on 4 May 2027" in page
    assert "Next payment" not in page


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("past_due", "is closed until the open invoice is paid"),
        ("unpaid", "Your plan rests until the open invoice is paid"),
        ("paused", "Your plan is paused"),
    ],
)
def test_what_needs_attention_comes_first(visitor, having, status, told):
    having(status=status)
    page = words(visitor.get("/billing/"))
    assert told in page
    assert page.index(told) < page.index("Customer since")


def test_without_a_plan_it_names_the_free_one(visitor):
    PlanVersionFactory(plan=PlanFactory(name="Ashore", is_default=True), features={"seats": 1})
    assert "You are on Ashore, our free plan" in words(visitor.get("/billing/"))


def test_without_any_plan_it_says_so(visitor):
    assert "You have no plan yet" in words(visitor.get("/billing/"))


def test_an_open_checkout_is_brought_to_mind(stripe, visitor, buyer, cutter):
    CheckoutAttemptFactory(customer=ensure_customer(user=buyer), price=cutter)
    page = words(visitor.get("/billing/"))
    assert "You began to subscribe to Cutter and did not finish." in page
    assert 'href="/billing/checkout/cutter/?interval=month&amp;currency=EUR"' in page


def test_it_asks_stripe_nothing(stripe, visitor, having):
    having()
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.path))
    visitor.get("/billing/")
    assert asked == []


@pytest.fixture
def refusing_stripe(settings):
    """A port at which nobody listens."""
    settings.STRIPE_API_BASE = f"http://{LOOPBACK}:{free_port()}"
    connection.open()


@pytest.fixture
def breaker_open(refusing_stripe):
    """Nobody answered often enough: calls fail at once."""
    for _ in range(20):
        with suppress(StripeFailure):
            retrieve_account()
    assert breaker_state().open_since


@pytest.mark.parametrize("trouble", ["refusing_stripe", "hanging_stripe", "breaker_open", None])
def test_five_years_of_history_cost_fifteen_queries_at_most_and_no_call(
    visitor, having, request, monkeypatch, trouble, django_assert_max_num_queries
):
    subscription = having(started_at=MAY - timedelta(days=5 * 365))
    for month in range(60):
        InvoiceFactory(customer=subscription.customer, issued_at=MAY - timedelta(days=30 * month))
    grant(customer=subscription.customer, amount=5, terms=Terms(source="promotion", source_ref="gift"))
    use(subscription.customer.user, "seats", quantity=9, key="nine")
    monkeypatch.setattr(stripe_python.HTTPClient, "INITIAL_DELAY", 0.01)
    if trouble:
        request.getfixturevalue(trouble)
    visitor.get("/billing/")  # what is worked out once is not counted
    monkeypatch.setattr("billing.gateway.client.guarded", None)  # a call would end the test
    with django_assert_max_num_queries(15):
        page = words(visitor.get("/billing/"))
    assert "What you used" in page
    assert page.count("PDF of invoice") == 3


def test_the_portal_opens_for_the_customer_and_comes_back_here(stripe, visitor, having):
    subscription = having()
    response = visitor.post("/billing/portal/")
    [session] = stripe.find("billing_portal.session")
    assert (response.status_code, response["Location"]) == (303, session["url"])
    assert session["customer"] == subscription.customer.stripe_id
    assert session["return_url"].endswith("/billing/")


def test_the_portal_is_not_for_those_whom_stripe_does_not_know(visitor):
    assert visitor.post("/billing/portal/")["Location"] == "/billing/"
    assert visitor.get("/billing/portal/").status_code == 405


def test_a_portal_that_does_not_open_is_said(stripe, visitor, having):
    having()
    stripe.fail("503", times=3)
    page = words(visitor.post("/billing/portal/", follow=True))
    assert "The page for cards and invoices did not open." in page
    assert "Our payment partner is not answering at the moment." in page


def test_the_latest_plan_that_gives_something_is_shown(visitor, having, publish):
    having(status="unpaid", started_at=MAY)
    having(started_at=MAY - timedelta(days=300))
    assert "Active" in words(visitor.get("/billing/"))


def test_what_was_used_and_what_credits_are_left_is_shown(visitor, buyer, having):
    having()
    buyer = type(buyer).objects.get(pk=buyer.pk)
    use(buyer, "seats", quantity=9, key="a")
    grant(customer=buyer, amount=25, terms=Terms(source="promotion", source_ref="gift"))
    page = words(visitor.get("/billing/"))

    assert "9 of 10" in page
    assert "<strong>25</strong> to spend" in page


@pytest.mark.parametrize("flow", ["customer_update", "payment_method_update", "subscription_cancel"])
def test_the_portal_opens_at_the_part_that_was_asked_for(stripe, buyer, visitor, publish, flow):
    customer = ensure_customer(user=buyer)
    client = stripe.client().v1
    client.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    items = [{"price": publish("sloop", 900).stripe_price_id}]
    client.subscriptions.create({"customer": customer.stripe_id, "items": items, "trial_period_days": 7})
    reconcile_customer(customer_id=customer.pk)
    visitor.post("/billing/portal/", {"flow": flow})

    assert stripe.find("billing_portal.session")[0]["flow"]["type"] == flow


@pytest.mark.parametrize("flow", ["", "x", "subscription_cancel"])
def test_a_part_that_does_not_exist_or_has_no_plan_is_the_portals_front_page(stripe, buyer, visitor, flow):
    ensure_customer(user=buyer)
    visitor.post("/billing/portal/", {"flow": flow})

    assert stripe.find("billing_portal.session")[0]["flow"] is None
