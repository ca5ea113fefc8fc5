"""Our projection equals Stripe's truth after every reconcile, whatever came before."""

import logging
import threading
from dataclasses import replace

import pytest
from django.db import connection as database
from django.db import transaction

from billing.api import check, with_entitlements
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.errors import MissingAtStripe, StripeUnavailable
from billing.subscriptions import services
from billing.subscriptions.models import Subscription
from billing.subscriptions.projection import project
from billing.subscriptions.queries import live_subscription
from billing.subscriptions.services import reconcile_customer
from tests.factories.billing import PriceFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def facts(customer):
    """What our rows say, without what each reconcile renews."""
    names = ["stripe_id", "status", "price_id", "quantity", "current_period_end", "cancel_at", "ended_at"]
    return list(Subscription.objects.filter(customer=customer).order_by("stripe_id").values_list(*names))


def epoch(customer):
    customer.refresh_from_db()
    return customer.entitlements_epoch


def test_a_new_subscription_appears_with_its_plan_and_period(stripe, customer, subscribe, publish):
    price = publish("cutter", 3600)
    made = subscribe(price, trial_period_days=14)
    reconcile_customer(customer_id=customer.pk)
    row = Subscription.objects.get()
    assert (row.stripe_id, row.status, row.price, row.version) == (made.id, "trialing", price, price.version)
    assert row.trial_end.timestamp() == made.trial_end == row.current_period_end.timestamp()
    assert (row.cancel_at, row.ended_at, row.quantity) == (None, None, 1)


def test_the_same_truth_again_changes_nothing_and_keeps_the_epoch(customer, subscribe, publish):
    subscribe(publish("cutter"))
    reconcile_customer(customer_id=customer.pk)
    first = facts(customer), epoch(customer)
    for _ in range(9):
        reconcile_customer(customer_id=customer.pk)
    assert (facts(customer), epoch(customer)) == first
    assert first[1] > 0


def test_a_cancelled_subscription_closes_the_plan_with_the_next_request(stripe, customer, subscribe, publish):
    made = subscribe(publish("cutter", features={"exports": None}))
    reconcile_customer(customer_id=customer.pk)
    users = with_entitlements(type(customer.user).objects.all())
    assert check(users.get(pk=customer.user_id), "exports").allowed
    stripe.client().v1.subscriptions.cancel(made.id)
    reconcile_customer(customer_id=customer.pk)
    assert not check(users.get(pk=customer.user_id), "exports").allowed
    assert Subscription.objects.get().ended_at is not None


def test_a_cancellation_at_the_end_of_the_period_is_noted_and_closes_nothing(
    stripe, customer, subscribe, publish
):
    made = subscribe(publish("cutter"))
    stripe.client().v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    reconcile_customer(customer_id=customer.pk)
    row = Subscription.objects.get()
    assert (row.status, row.cancel_at) == ("active", row.current_period_end)


def test_a_failed_renewal_is_overdue_and_a_payment_makes_it_good(stripe, customer, subscribe, publish):
    made = subscribe(publish("cutter"))
    client = stripe.client()
    failing = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.stripe_id})
    client.v1.subscriptions.update(made.id, {"default_payment_method": failing.id})
    stripe.advance(days=32)
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().status == "past_due"
    good = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    client.v1.subscriptions.update(made.id, {"default_payment_method": good.id})
    [unpaid] = [
        one for one in client.v1.invoices.list({"subscription": made.id}).data if one.status == "open"
    ]
    client.v1.invoices.pay(unpaid.id, {"payment_method": good.id})
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().status == "active"


def test_a_renewal_moves_the_period_and_not_the_epoch(stripe, customer, subscribe, publish):
    subscribe(publish("cutter"))
    reconcile_customer(customer_id=customer.pk)
    before, first = epoch(customer), Subscription.objects.get().current_period_end
    stripe.advance(days=32)
    reconcile_customer(customer_id=customer.pk)
    row = Subscription.objects.get()
    assert row.current_period_start == first
    assert epoch(customer) == before


def test_a_second_plan_takes_the_place_of_the_first(stripe, customer, subscribe, publish):
    first = subscribe(publish("skiff", 1200))
    reconcile_customer(customer_id=customer.pk)
    before, cutter = epoch(customer), publish("cutter", 3600)
    stripe.client().v1.subscriptions.cancel(first.id)
    subscribe(cutter)
    reconcile_customer(customer_id=customer.pk)
    assert live_subscription(customer).version == cutter.version
    assert epoch(customer) == before + 1


def test_a_price_that_is_not_ours_is_logged_and_harms_nothing_else(
    stripe, customer, subscribe, publish, caplog
):
    stranger, known = publish("stranger"), publish("cutter")
    foreign, ours = subscribe(stranger), subscribe(known)
    type(stranger).objects.filter(pk=stranger.pk).update(stripe_price_id="")
    reconcile_customer(customer_id=customer.pk)
    assert [row.stripe_id for row in Subscription.objects.all()] == [ours.id]
    assert f"Subscription {foreign.id} has no price of our catalog" in caplog.text


def test_a_subscription_moved_to_a_foreign_price_keeps_its_plan_and_follows_its_status(
    stripe, customer, subscribe, publish
):
    price = publish("cutter")
    made = subscribe(price)
    reconcile_customer(customer_id=customer.pk)
    type(price).objects.filter(pk=price.pk).update(stripe_price_id="")
    stripe.client().v1.subscriptions.cancel(made.id)
    reconcile_customer(customer_id=customer.pk)
    row = Subscription.objects.get()
    assert (row.price, row.status) == (price, "canceled")


def test_a_status_we_do_not_know_is_logged_and_changes_nothing(customer, subscribe, publish, caplog):
    subscribe(publish("cutter"))
    reconcile_customer(customer_id=customer.pk)
    before = facts(customer)
    [fact] = services._read(customer).subscriptions
    project([replace(fact, status="frozen")], customer=customer)
    assert facts(customer) == before
    assert "a status we do not know: 'frozen'" in caplog.text


def test_a_deleted_customer_has_no_plan_and_may_buy_again_as_a_new_one(stripe, customer, subscribe, publish):
    subscribe(publish("cutter"))
    reconcile_customer(customer_id=customer.pk)
    gone = customer.stripe_id
    stripe.client().v1.customers.delete(gone)
    reconcile_customer(customer_id=customer.pk)
    customer.refresh_from_db()
    assert [row.status for row in Subscription.objects.all()] == ["canceled"]
    assert (customer.stripe_id, customer.generation) == ("", 1)
    reconcile_customer(customer_id=customer.pk)
    buyer = type(customer.user).objects.get(pk=customer.user_id)
    assert ensure_customer(user=buyer).stripe_id not in {"", gone}


def test_a_key_of_another_account_ends_nobodys_plan(stripe, customer):
    """Stripe remembers deleted customers; one that it never heard of means that we ask the wrong account."""
    SubscriptionFactory(customer=customer, price=PriceFactory())
    StripeCustomer.objects.update(stripe_id="cus_from_another_account")
    with pytest.raises(MissingAtStripe):
        reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().status == "active"
    assert epoch(customer) == 0


def test_a_subscription_that_stripe_no_longer_lists_ends(stripe, customer, caplog):
    SubscriptionFactory(customer=customer, price=PriceFactory())
    reconcile_customer(customer_id=customer.pk)
    assert Subscription.objects.get().status == "canceled"
    assert "is gone at Stripe" in caplog.text


def test_nothing_is_written_where_stripe_is_silent(stripe, customer, subscribe, publish):
    subscribe(publish("cutter"))
    stripe.fail("503", path="/v1/subscriptions", times=3)
    with pytest.raises(StripeUnavailable):
        reconcile_customer(customer_id=customer.pk)
    assert not Subscription.objects.exists()


def test_what_joins_the_reconcile_is_undone_with_it(customer, subscribe, publish):
    subscribe(publish("cutter"))

    def crash(changes):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        reconcile_customer(customer_id=customer.pk, and_then=crash)
    assert not Subscription.objects.exists()


def test_more_subscriptions_than_a_page_holds_are_all_read(customer, subscribe, publish, monkeypatch):
    monkeypatch.setattr("billing.gateway.subscriptions.LARGEST_PAGE", 2)
    price = publish("cutter")
    made = {subscribe(price).id for _ in range(5)}
    reconcile_customer(customer_id=customer.pk)
    assert {row.stripe_id for row in Subscription.objects.all()} == made


def test_an_older_read_never_overwrites_a_newer_one(stripe, customer, subscribe, publish, caplog):
    """One process reads, is held up, and writes after another that read later."""
    made = subscribe(publish("cutter"))
    slow = services._read(customer)
    stripe.client().v1.subscriptions.cancel(made.id)
    reconcile_customer(customer_id=customer.pk)
    with caplog.at_level(logging.INFO), transaction.atomic():
        services._apply(slow, customer_id=customer.pk)
    assert Subscription.objects.get().status == "canceled"
    assert "too old" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_many_reconciles_at_the_same_time_end_in_stripes_state(stripe, customer, subscribe, publish):
    made = subscribe(publish("cutter"))
    barrier, failures = threading.Barrier(4), []

    def work(cancels: bool) -> None:
        try:
            barrier.wait()
            if cancels:
                stripe.client().v1.subscriptions.cancel(made.id)
            for _ in range(3):
                reconcile_customer(customer_id=customer.pk)
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(number == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [row.status for row in Subscription.objects.all()] == ["canceled"]
    customer.refresh_from_db()
    assert customer.read_applied <= customer.reads_started == 12


def changes_of(customer):
    """What the next reconcile changes, in its own words."""
    told = []
    reconcile_customer(customer_id=customer.pk, and_then=told.extend)
    return told


def test_it_says_what_it_changed(stripe, customer, subscribe, publish):
    made = subscribe(publish("cutter"))
    allowed = "What the customer may do has changed."
    assert changes_of(customer) == [f"Subscription {made.id} is new: active.", allowed]
    assert changes_of(customer) == []
    stripe.client().v1.subscriptions.cancel(made.id)
    [ended, changed] = changes_of(customer)
    assert ended.startswith(f"Subscription {made.id}: status active → canceled, ended at none → 20")
    assert changed == allowed


def test_it_says_that_the_customer_is_gone(stripe, customer, subscribe, publish):
    made = subscribe(publish("cutter"))
    reconcile_customer(customer_id=customer.pk)
    stripe.client().v1.customers.delete(customer.stripe_id)
    told = changes_of(customer)
    assert told[0].startswith(f"Subscription {made.id}: status active → canceled")
    assert told[-1] == "The customer was deleted at Stripe."
