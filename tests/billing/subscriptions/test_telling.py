"""A customer hears of every change of their plan once, whoever made it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.notices.models import Notice
from billing.subscriptions.models import Subscription
from billing.subscriptions.services import reconcile_customer
from sandbox.stripe import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(customer):
    """Reconciles, twice over, and gives the topics told since the last time."""
    seen: set[int] = set()

    def reconcile() -> list[str]:
        for _ in range(2):
            reconcile_customer(customer_id=customer.pk)
        new = Notice.objects.exclude(pk__in=seen).order_by("pk")
        told = [notice.topic for notice in new]
        seen.update(Notice.objects.values_list("pk", flat=True))
        return told

    return reconcile


def test_a_new_plan_is_welcomed(subscribe, publish, read):
    subscribe(publish("cutter", 3600))

    assert read() == ["welcome"]


def test_a_change_made_at_stripe_is_told(stripe: Sandbox, subscribe, publish, read):
    made = subscribe(publish("cutter", 3600))
    read()
    item = made["items"].data[0].id
    price = publish("schooner", 9000).stripe_price_id
    stripe.client().v1.subscriptions.update(made.id, {"items": [{"id": item, "price": price}]})

    assert read() == ["plan_changed"]
    assert Notice.objects.get(topic="plan_changed").title == "You are on Schooner now"


def test_cancelling_keeping_and_cancelling_again_are_three_things(stripe: Sandbox, subscribe, publish, read):
    made = subscribe(publish("cutter", 3600))
    read()
    told = []
    for ends in (True, False, True):
        stripe.client().v1.subscriptions.update(made.id, {"cancel_at_period_end": ends})
        told += read()
    stripe.advance(days=32)

    assert told == ["cancelled", "resumed", "cancelled"]
    assert read() == ["ended"]


def test_a_planned_change_is_told_when_planned_and_when_it_happens(stripe: Sandbox, subscribe, publish, read):
    client = stripe.client().v1
    cutter, dinghy = publish("cutter", 3600), publish("dinghy", 1200)
    made = subscribe(cutter)
    read()
    schedule = client.subscription_schedules.create({"from_subscription": made.id})
    phase = schedule.phases[0]
    running = {"items": [{"price": cutter.stripe_price_id, "quantity": 1}], "start_date": phase.start_date}
    client.subscription_schedules.update(
        schedule.id,
        {
            "end_behavior": "release",
            "phases": [
                {**running, "end_date": phase.end_date},
                {"items": [{"price": dinghy.stripe_price_id, "quantity": 1}]},
            ],
        },
    )

    assert read() == ["change_planned"]
    stripe.advance(days=32)
    assert read() == ["plan_changed"]


def test_what_ended_long_ago_is_history(stripe: Sandbox, subscribe, publish, read, monkeypatch):
    made = subscribe(publish("cutter", 3600))
    stripe.client().v1.subscriptions.cancel(made.id)

    assert read() == []
    assert Subscription.objects.get().status == "canceled"


def test_a_customer_of_long_ago_is_not_welcomed(subscribe, publish, read, monkeypatch):
    subscribe(publish("cutter", 3600))
    later = timezone.now() + timedelta(days=30)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert read() == []
