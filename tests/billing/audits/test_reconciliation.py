"""Whatever the webhooks lost, the comparison with Stripe finds, tells and puts right."""

import logging

import pytest
from django.core.management import CommandError, call_command

from billing.audits.reconciliation import compare_customer, differences
from billing.audits.tasks import compare_with_stripe
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe.faults import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscription(stripe, customer, subscribe, publish):
    """A subscription that our rows know as Stripe does."""
    at_stripe = subscribe(publish("crew"))
    reconcile_customer(customer_id=customer.pk)
    return at_stripe


def test_a_customer_in_step_has_no_difference(customer, subscription):
    assert compare_customer(customer) == []


def test_a_lost_subscription_is_found_and_made(customer, subscription):
    Subscription.objects.all().delete()
    [found] = differences(repair=True)
    assert (found.field, found.ours, found.at_stripe) == ("status", "missing", "active")
    assert Subscription.objects.get().stripe_id == subscription.id


def test_a_lost_cancellation_is_found_and_applied(stripe, customer, subscription):
    stripe.client().v1.subscriptions.cancel(subscription.id)
    assert {found.field for found in differences(repair=True)} == {"status", "ended_at"}
    assert Subscription.objects.get().status == "canceled"
    assert list(differences(repair=True)) == []


def test_a_row_that_stripe_never_had_is_ended(customer, subscription):
    Subscription.objects.update(stripe_id="sub_of_nobody")
    told = {(found.subscription, found.ours, found.at_stripe) for found in differences(repair=True)}
    assert told == {("sub_of_nobody", "active", "missing"), (subscription.id, "missing", "active")}
    assert Subscription.objects.get(stripe_id="sub_of_nobody").status == "canceled"


def test_a_dry_run_tells_and_changes_nothing(customer, subscription, capsys):
    Subscription.objects.update(quantity=7)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("billing_reconcile", "--dry-run")
    assert f"{subscription.id}: quantity is 7 here and 1 at Stripe." in capsys.readouterr().out
    assert Subscription.objects.get().quantity == 7


def test_the_command_puts_right_what_differs(customer, subscription, capsys):
    Subscription.objects.update(quantity=7)
    call_command("billing_reconcile")
    assert "1 differences put right." in capsys.readouterr().out
    call_command("billing_reconcile")
    assert "Everything agrees with Stripe." in capsys.readouterr().out


def test_another_price_at_stripe_is_a_difference(customer, subscription, publish):
    Subscription.objects.update(price=publish("captain"))
    assert [found.field for found in compare_customer(customer)] == ["price"]


def test_a_silent_stripe_is_said_and_nothing_is_ended(stripe, customer, subscription):
    stripe.faults.add(Fault("500", path="/v1/subscriptions", times=10))
    with pytest.raises(CommandError, match="ended early"):
        call_command("billing_reconcile")
    assert Subscription.objects.get().status == "active"


def test_the_nightly_job_says_what_it_put_right(customer, subscription, caplog):
    Subscription.objects.update(quantity=7)
    with caplog.at_level(logging.WARNING):
        compare_with_stripe(timestamp=0)
    assert "Put right" in caplog.text
    assert Subscription.objects.get().quantity == 1
