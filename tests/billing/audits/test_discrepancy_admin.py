"""Discrepancies in the admin: who sees them, who decides, and what a decision does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.audits.reconciliation.models import Discrepancy, ReconciliationRun
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from tests.billing.admin.conftest import admin, editor, signed_in
from tests.factories.billing import StripeCustomerFactory

__all__ = ["admin", "editor"]

pytestmark = pytest.mark.django_db

INDEX = "/admin/billing/discrepancies/"


def discrepancy(**told):
    run = ReconciliationRun.objects.first() or ReconciliationRun.objects.create(alive_at=timezone.now())
    defaults = {
        "kind": "subscription",
        "subject": f"sub_{Discrepancy.objects.count()}",
        "field": "quantity",
        "ours": "7",
        "at_stripe": "1",
        "remedy": "reconcile",
        "proposal": "Read the customer's subscriptions from Stripe again.",
        "state": "open",
        "found_at": timezone.now(),
    }
    return Discrepancy.objects.create(run=run, **{**defaults, **told})


def address(row):
    return reverse("billing_discrepancies_modeladmin_settle", args=[row.pk])


@pytest.fixture
def found(customer, subscribe, publish):
    """A quantity that our row has wrong."""
    at_stripe = subscribe(publish("crew"))
    reconcile_customer(customer_id=customer.pk)
    Subscription.objects.update(quantity=7)
    return discrepancy(subject=at_stripe.id, customer=customer)


def test_the_list_says_what_differs_and_what_would_be_done(admin):
    discrepancy(customer=StripeCustomerFactory(user__email="ada@example.com"))
    discrepancy(state="suspected")
    page = admin.get(INDEX).content.decode()
    assert "quantity: 7 here, 1 at Stripe" in page
    assert "ada@example.com" in page
    assert page.count("Read the customer&#x27;s subscriptions from Stripe again.") == 1


def test_the_list_costs_the_same_with_one_row_and_with_thirty(admin):
    discrepancy(customer=StripeCustomerFactory())
    admin.get(INDEX)
    with CaptureQueriesContext(connection) as one:
        admin.get(INDEX)
    for _ in range(29):
        discrepancy(customer=StripeCustomerFactory())
    with CaptureQueriesContext(connection) as thirty:
        admin.get(INDEX)
    assert len(thirty) == len(one)


@pytest.mark.parametrize("query", ["state__exact=open", "kind__exact=catalog", "q=ada", "state__exact=%00"])
def test_filters_and_search_answer(admin, query):
    discrepancy()
    assert admin.get(f"{INDEX}?{query}", follow=True).status_code == 200


def test_a_repair_is_shown_first_and_done_by_post_alone(admin, found):
    page = admin.get(address(found)).content.decode()
    assert "Put it right" in page
    assert Subscription.objects.get().quantity == 7
    response = admin.post(address(found), {"action": "repair"}, follow=True)
    assert "both sides say the same now" in response.content.decode()
    found.refresh_from_db()
    assert (found.state, Subscription.objects.get().quantity) == ("repaired", 1)
    assert found.resolved_by.email == admin.get(INDEX).context["request"].user.email


def test_a_silent_stripe_is_said_and_it_stays_open(stripe, admin, found):
    stripe.fail("503", times=3)
    page = admin.post(address(found), {"action": "repair"}, follow=True).content.decode()
    assert "Our payment partner is not answering" in page
    found.refresh_from_db()
    assert found.state == "open"


def test_what_no_machine_can_put_right_stays_open(stripe, admin, found):
    Discrepancy.objects.update(remedy="person")
    page = admin.post(address(found), {"action": "repair"}, follow=True).content.decode()
    assert "Both sides still differ" in page
    found.refresh_from_db()
    assert found.state == "open"


def test_it_may_be_ignored(admin, found):
    admin.post(address(found), {"action": "ignore"})
    found.refresh_from_db()
    assert found.state == "ignored"
    assert Subscription.objects.get().quantity == 7


def test_what_is_settled_cannot_be_settled_again(admin, found):
    Discrepancy.objects.update(state="repaired")
    assert admin.get(address(found)).status_code == 302
    admin.post(address(found), {"action": "ignore"})
    found.refresh_from_db()
    assert found.state == "repaired"


def test_others_are_sent_away(editor, client, found):
    for browser in (editor, client, signed_in()):
        for path in (INDEX, address(found)):
            assert browser.get(path).status_code == 302
        browser.post(address(found), {"action": "ignore"})
    found.refresh_from_db()
    assert found.state == "open"


def test_an_address_of_nothing_is_not_found(admin):
    assert admin.get(f"{INDEX}settle/999999/").status_code == 404
    assert admin.get(f"{INDEX}settle/word/").status_code == 404
