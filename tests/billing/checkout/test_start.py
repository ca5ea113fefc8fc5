"""However often a checkout is started: one page at Stripe, one subscription, nothing lost."""

import threading

import pytest
from django.db import connection as database

from billing.checkout.models import CheckoutAttempt
from billing.checkout.services import (
    AlreadySubscribed,
    ReplacedMeanwhile,
    _note,
    _remember,
    refresh_attempts,
    start_checkout,
)
from billing.customers.services import ensure_customer
from billing.gateway.checkout import create_checkout_session, expire_checkout_session
from billing.gateway.errors import StripeUnavailable
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import SubscriptionFactory

pytestmark = pytest.mark.django_db


def sessions(stripe, status=None):
    found = stripe.find("checkout.session")
    return [one for one in found if status is None or one["status"] == status]


def again(user):
    """The same person in another request."""
    return type(user).objects.get(pk=user.pk)


def test_a_checkout_asks_for_the_plan_the_trial_and_this_customer(stripe, buyer, cutter):
    attempt = start_checkout(user=buyer, price=cutter)
    [session] = sessions(stripe)
    assert attempt.url == session["url"]
    assert session["customer"] == attempt.customer.stripe_id
    assert session["client_reference_id"] == str(attempt.reference)
    assert session["success_url"].endswith("/billing/success/?session_id={CHECKOUT_SESSION_ID}")
    assert session["cancel_url"].endswith("/billing/checkout/cutter/?interval=month&currency=EUR&cancelled=1")
    stripe.complete_checkout(session["id"])
    [made] = stripe.find("subscription")
    assert (made["status"], made["metadata"]) == ("trialing", {"checkout": str(attempt.reference)})
    assert made["trial_end"] - made["start_date"] == 14 * 86_400


def test_a_second_click_leads_to_the_same_page(stripe, buyer, cutter):
    first = start_checkout(user=buyer, price=cutter)
    second = start_checkout(user=again(buyer), price=cutter)
    assert (second.pk, second.url) == (first.pk, first.url)
    assert len(sessions(stripe)) == 1


@pytest.mark.parametrize("trouble", ["reset", "500"])
def test_an_answer_that_got_lost_leads_to_the_same_page(stripe, buyer, cutter, trouble):
    ensure_customer(user=buyer)
    stripe.fail(trouble, path="/v1/checkout/sessions", when="after", times=3)
    with pytest.raises(StripeUnavailable):
        start_checkout(user=buyer, price=cutter)
    attempt = start_checkout(user=again(buyer), price=cutter)
    [session] = sessions(stripe)
    assert session["id"] == attempt.stripe_session_id


def test_an_expired_checkout_is_followed_by_a_new_one(stripe, buyer, cutter):
    first = start_checkout(user=buyer, price=cutter)
    stripe.advance(hours=25)
    second = start_checkout(user=again(buyer), price=cutter)
    assert second.pk != first.pk
    assert [one["status"] for one in sessions(stripe)] == ["expired", "open"]


def test_a_session_that_stripe_forgot_is_followed_by_a_new_one(stripe, buyer, cutter):
    first = start_checkout(user=buyer, price=cutter)
    CheckoutAttempt.objects.update(stripe_session_id="cs_of_another_account")
    assert start_checkout(user=again(buyer), price=cutter).pk != first.pk


def test_another_plan_closes_the_page_of_the_first(stripe, buyer, cutter, publish):
    skiff = publish("skiff", 1200)
    start_checkout(user=buyer, price=cutter)
    start_checkout(user=again(buyer), price=skiff)
    assert [one["status"] for one in sessions(stripe)] == ["expired", "open"]
    assert CheckoutAttempt.objects.get(status="open").price == skiff


def test_another_plan_replaces_an_intent_that_stripe_never_heard_of(stripe, buyer, cutter, publish):
    customer = ensure_customer(user=buyer)
    CheckoutAttempt.objects.create(customer=customer, price=publish("skiff"))
    start_checkout(user=again(buyer), price=cutter)
    assert len(sessions(stripe)) == 1


def test_who_paid_and_comes_back_before_the_event_is_a_subscriber(stripe, buyer, cutter):
    attempt = start_checkout(user=buyer, price=cutter)
    stripe.complete_checkout(attempt.stripe_session_id)
    with pytest.raises(AlreadySubscribed):
        start_checkout(user=again(buyer), price=cutter)
    assert Subscription.objects.get().status == "trialing"


def test_who_pays_for_one_plan_while_choosing_another_is_a_subscriber(stripe, buyer, cutter, publish):
    attempt = start_checkout(user=buyer, price=cutter)
    stripe.complete_checkout(attempt.stripe_session_id)
    with pytest.raises(AlreadySubscribed):
        start_checkout(user=again(buyer), price=publish("skiff", 1200))
    assert len(sessions(stripe)) == 1


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused"])
def test_a_subscriber_buys_nothing(stripe, buyer, cutter, status):
    SubscriptionFactory(customer=ensure_customer(user=buyer), price=cutter, status=status)
    with pytest.raises(AlreadySubscribed):
        start_checkout(user=again(buyer), price=cutter)
    assert sessions(stripe) == []


def test_the_trial_is_for_those_who_never_subscribed(stripe, buyer, cutter):
    SubscriptionFactory(customer=ensure_customer(user=buyer), price=cutter, status="canceled")
    attempt = start_checkout(user=again(buyer), price=cutter)
    stripe.complete_checkout(attempt.stripe_session_id)
    assert [one["status"] for one in stripe.find("subscription")] == ["active"]


def test_a_changed_site_address_between_try_and_retry_makes_a_new_page(stripe, buyer, cutter, settings):
    ensure_customer(user=buyer)
    stripe.fail("reset", path="/v1/checkout/sessions", when="after", times=3)
    with pytest.raises(StripeUnavailable):
        start_checkout(user=buyer, price=cutter)
    settings.SITE_URL = "http://elsewhere.example"
    attempt = start_checkout(user=again(buyer), price=cutter)
    assert [one.status for one in CheckoutAttempt.objects.order_by("pk")] == ["expired", "open"]
    assert attempt.stripe_session_id == sessions(stripe)[-1]["id"]


def test_a_page_that_came_too_late_is_closed(stripe, buyer, cutter):
    """Another tab replaced the intent while Stripe was making this page."""
    customer = ensure_customer(user=buyer)
    attempt = CheckoutAttempt.objects.create(customer=customer, price=cutter)
    session = create_checkout_session(
        customer_id=customer.stripe_id,
        price_id=cutter.stripe_price_id,
        reference="r",
        trial_days=0,
        success_url="http://127.0.0.1/",
        cancel_url="http://127.0.0.1/",
        idempotency_key="k",
    )
    CheckoutAttempt.objects.update(status="expired")
    with pytest.raises(ReplacedMeanwhile):
        _remember(attempt, session)
    assert [one["status"] for one in sessions(stripe)] == ["expired"]


def test_completed_and_expired_checkouts_are_noted(stripe, buyer, cutter):
    attempt = start_checkout(user=buyer, price=cutter)
    refresh_attempts(customer_id=attempt.customer_id)
    attempt.refresh_from_db()
    assert attempt.status == "open"
    stripe.complete_checkout(attempt.stripe_session_id)
    refresh_attempts(customer_id=attempt.customer_id)
    attempt.refresh_from_db()
    assert attempt.status == "complete"


def test_a_customer_deleted_at_stripe_buys_as_a_new_one(stripe, buyer, cutter):
    customer = ensure_customer(user=buyer)
    stripe.client().v1.customers.delete(customer.stripe_id)
    reconcile_customer(customer_id=customer.pk)
    attempt = start_checkout(user=again(buyer), price=cutter)
    stripe.complete_checkout(attempt.stripe_session_id)
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().status == "trialing"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_time_share_one_page(stripe, buyer, cutter):
    pages = at_once(buyer, [cutter, cutter])
    assert len(set(pages)) == len(sessions(stripe)) == CheckoutAttempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_two_plans_at_the_same_time_leave_one_open_page_at_most(stripe, buyer, cutter, publish):
    at_once(buyer, [cutter, publish("skiff", 1200)])
    assert len(sessions(stripe, "open")) <= 1
    assert CheckoutAttempt.objects.filter(status="open").count() <= 1


def test_a_page_that_is_opened_while_its_attempt_is_closed_is_closed_too(
    stripe, buyer, cutter, publish, monkeypatch
):
    first = start_checkout(user=buyer, price=cutter)
    row = CheckoutAttempt.objects.filter(pk=first.pk)
    row.update(stripe_session_id="", url="")

    def note(attempt, status):
        """The first tab stores its page in the very moment in which the second closes the attempt."""
        if attempt.pk == first.pk and not attempt.stripe_session_id:
            row.update(stripe_session_id=first.stripe_session_id)
        _note(attempt, status)

    monkeypatch.setattr("billing.checkout.services._note", note)
    second = start_checkout(user=again(buyer), price=publish("skiff", 1200))

    assert [one["id"] for one in sessions(stripe, "open")] == [second.stripe_session_id]


def at_once(user, prices):
    """Start a checkout for each price in its own thread; the pages they got."""
    pages, barrier = [], threading.Barrier(len(prices))

    def buy(price) -> None:
        try:
            barrier.wait()
            pages.append(start_checkout(user=again(user), price=price).url)
        except ReplacedMeanwhile:
            pages.append("")
        finally:
            database.close()

    threads = [threading.Thread(target=buy, args=(price,)) for price in prices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == len(prices)
    return pages


def test_a_page_paid_in_the_moment_it_is_closed_counts(stripe, buyer, cutter, publish, monkeypatch):
    """The customer pays in one tab between our look and our closing for the plan of the other tab."""
    attempt = start_checkout(user=buyer, price=cutter)

    def pay_first(*, session_id):
        stripe.complete_checkout(session_id)
        return expire_checkout_session(session_id=session_id)

    monkeypatch.setattr("billing.checkout.services.expire_checkout_session", pay_first)
    with pytest.raises(AlreadySubscribed):
        start_checkout(user=again(buyer), price=publish("skiff", 1200))
    attempt.refresh_from_db()
    assert attempt.status == "complete"
    assert len(sessions(stripe)) == 1


def test_an_intent_without_a_page_stays_open(stripe, buyer, cutter):
    customer = ensure_customer(user=buyer)
    attempt = CheckoutAttempt.objects.create(customer=customer, price=cutter)
    refresh_attempts(customer_id=customer.pk)
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_a_promotion_code_lowers_the_first_payment(stripe, buyer, publish):
    client = stripe.client().v1
    coupon = client.coupons.create({"percent_off": 50, "duration": "once"})
    client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    attempt = start_checkout(user=buyer, price=publish("half", 3600))

    assert stripe.find("checkout.session")[0]["allow_promotion_codes"] is True
    assert attempt.url


def test_tax_is_asked_for_where_the_site_says_so(stripe, buyer, cutter, settings):
    settings.STRIPE_AUTOMATIC_TAX = True
    start_checkout(user=buyer, price=cutter)

    session = stripe.find("checkout.session")[0]
    assert session["automatic_tax"]["enabled"] is True
    assert session["tax_id_collection"]["enabled"] is True


def test_a_trial_may_begin_without_a_card_and_then_ends_without_a_charge(stripe, buyer, cutter, settings):
    settings.TRIAL_WITHOUT_CARD = True
    start_checkout(user=buyer, price=cutter)

    assert stripe.find("checkout.session")[0]["payment_method_collection"] == "if_required"
