"""Whose card expires before the next payment hears of it in time, once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from billing.checkout.expiring_cards import tell_of_expiring_cards
from billing.notices.models import Notice
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from tests.billing.subscriptions.conftest import customer, subscribe

__all__ = ["customer", "subscribe"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_ten_days(stripe, customer, subscribe, publish, monkeypatch) -> Subscription:
    """A plan that renews in ten days, by our clock and Stripe's."""
    subscribe(publish("cutter", 3600))
    reconcile_customer(customer_id=customer.pk)
    subscription = Subscription.objects.get()
    stripe.advance(to=subscription.current_period_end - timedelta(days=10))
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(stripe.now, tz=UTC))
    return subscription


def expire(stripe, customer, moment: datetime) -> None:
    client = stripe.client().v1
    [method] = client.payment_methods.list({"customer": customer.stripe_id}).data
    card = {"exp_month": moment.month, "exp_year": moment.year}
    client.payment_methods.update(method.id, {"card": card})


def test_a_card_that_is_over_before_the_payment_is_told_of_once(stripe, customer, in_ten_days):
    first = in_ten_days.current_period_end.replace(day=1)
    expire(stripe, customer, first - timedelta(days=1))
    for _ in range(2):
        tell_of_expiring_cards()

    notice = Notice.objects.get(topic="card_expiring")
    assert notice.title == "Your card ending in 4242 expires soon"
    assert notice.url == "/billing/methods/"


def test_a_card_that_is_good_in_the_month_of_the_payment_is_not(stripe, customer, in_ten_days):
    expire(stripe, customer, in_ten_days.current_period_end)
    tell_of_expiring_cards()

    assert not Notice.objects.filter(topic="card_expiring").exists()


def test_only_those_who_renew_in_ten_days_are_looked_at(stripe, customer, in_ten_days):
    expire(stripe, customer, in_ten_days.current_period_end - timedelta(days=70))
    stripe.advance(days=2)
    tell_of_expiring_cards()

    assert not Notice.objects.filter(topic="card_expiring").exists()


def test_a_stripe_that_is_silent_costs_nobody_else_a_notice(stripe, customer, in_ten_days):
    stripe.fail("500", path="/v1/payment_methods", times=9)

    assert tell_of_expiring_cards() == 0
