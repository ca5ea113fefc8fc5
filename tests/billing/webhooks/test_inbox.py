"""Events come twice, late, shuffled or not at all: the end state is Stripe's."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.catalog.models import Price
from billing.checkout.models import CheckoutAttempt
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.breaker import close_breaker
from billing.gateway.errors import StripeUnavailable
from billing.subscriptions.models import Subscription
from billing.webhooks import services
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import MAX_ATTEMPTS, handle_waiting, receive_event, sweep
from sandbox.stripe import Sandbox
from tests.factories.billing import CheckoutAttemptFactory, InboxEventFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(stripe, db):
    return ensure_customer(user=UserFactory())


@pytest.fixture
def lifecycle(stripe, endpoint, customer, publish):
    """A subscription that is bought, changed and ended; its events wait at Stripe."""
    client = stripe.client()
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    made = client.v1.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": publish("cutter").stripe_price_id}],
            "default_payment_method": card.id,
        }
    )
    client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    client.v1.subscriptions.cancel(made.id)
    return made


def state_here():
    fields = ("stripe_id", "status", "current_period_end", "cancel_at", "ended_at")
    return list(Subscription.objects.values_list(*fields))


def test_an_event_makes_one_job_that_brings_the_subscription(stripe, lifecycle, post, work):
    stripe.deliver(post)
    assert work() == 1
    assert [row.stripe_id for row in Subscription.objects.all()] == [lifecycle.id]
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}


def test_an_event_that_comes_again_changes_nothing_and_asks_for_nothing(customer):
    about = {"event_type": "customer.updated", "stripe_customer_id": customer.stripe_id}
    receive_event(event_id="evt_again", **about)
    InboxEvent.objects.update(state="processed", attempts=3)
    ProcrastinateJob.objects.all()._raw_delete("default")
    before = InboxEvent.objects.values().get()

    receive_event(event_id="evt_again", **about)

    assert InboxEvent.objects.values().get() == before
    assert not ProcrastinateJob.objects.exists()


def test_the_same_event_ten_times_is_one_row_and_one_subscription(stripe, lifecycle, post, work):
    stripe.deliver(post, duplicate=10)
    work()
    kept = InboxEvent.objects.values_list("stripe_event_id", flat=True)
    assert len(kept) == len(set(kept)) == len(stripe.find("webhook_endpoint")) * len(set(kept))
    assert Subscription.objects.count() == 1


def test_every_order_of_the_lifecycles_events_ends_in_the_same_state(stripe, lifecycle, post, work):
    """All permutations, with a reconcile after every single event."""
    events = [
        (event["id"], event["type"], event["data"]["object"]["customer"])
        for event in stripe.events.pending()
        if event["type"].startswith("customer.subscription.")
    ]
    assert {kind.rpartition(".")[2] for _, kind, _ in events} == {"created", "updated", "deleted"}
    ends = set()
    for order in itertools.permutations(events):
        Subscription.objects.all().delete()
        InboxEvent.objects.all().delete()
        for event_id, event_type, customer_id in order:
            receive_event(event_id=event_id, event_type=event_type, stripe_customer_id=customer_id)
            work()
        ends.add(tuple(state_here()))
    assert len(ends) == 1
    assert ends.pop()[0][:2] == (lifecycle.id, "canceled")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 99_999), duplicate=st.integers(1, 3), works=st.booleans())
def test_shuffled_doubled_and_lost_events_end_in_stripes_state(life, work, seed, duplicate, works):
    chance = Random(seed)  # noqa: S311  (chance, not secrets)
    made = life.live(chance)
    life.deliver(duplicate=duplicate, shuffle=chance, lose=lambda _: chance.random() < 0.3)
    if works:
        work()
    handle_waiting(customer_id=life.customer.pk)
    work()
    assert Subscription.objects.get(stripe_id=made.id).status == life.truth(made).status
    assert not InboxEvent.objects.filter(state="received").exists()


@dataclass
class Life:
    """What may happen to a subscription, by chance."""

    stripe: Sandbox
    customer: StripeCustomer
    price: Price
    post: Callable[..., int]

    def live(self, chance: Random) -> Any:
        subscriptions = self.stripe.client().v1.subscriptions
        item = {"price": self.price.stripe_price_id}
        made = subscriptions.create(
            {"customer": self.customer.stripe_id, "items": [item], "trial_period_days": chance.randint(1, 5)}
        )
        if chance.random() < 0.5:
            subscriptions.update(made.id, {"cancel_at_period_end": True})
        if chance.random() < 0.5:
            subscriptions.cancel(made.id)
        return made

    def deliver(self, **trouble: Any) -> None:
        self.stripe.deliver(self.post, **trouble)

    def truth(self, made: Any) -> Any:
        return self.stripe.client().v1.subscriptions.retrieve(made.id)


@pytest.fixture
def life(stripe, endpoint, customer, publish, post):
    return Life(stripe, customer, publish("cutter"), post)


def test_a_completed_checkout_is_noted(stripe, customer, publish):
    attempt = CheckoutAttemptFactory(customer=customer, price=publish("cutter"), stripe_session_id="cs_gone")
    handle_waiting(customer_id=customer.pk)
    attempt.refresh_from_db()
    assert attempt.status == CheckoutAttempt.Status.EXPIRED


def test_an_event_that_no_job_took_care_of_is_swept_up_after_a_minute(customer):
    InboxEventFactory(customer=customer, stripe_customer_id=customer.stripe_id)
    assert sweep() == 0
    InboxEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    assert sweep() == 1
    assert ProcrastinateJob.objects.get().queueing_lock == f"reconcile-{customer.pk}"


def test_an_event_that_overtook_its_customer_finds_it_later(customer):
    late = timezone.now() - timedelta(minutes=2)
    receive_event(event_id="evt_1", event_type="customer.updated", stripe_customer_id="cus_soon")
    InboxEvent.objects.update(received_at=late)
    assert sweep() == 0
    StripeCustomer.objects.filter(pk=customer.pk).update(stripe_id="cus_soon")
    assert sweep() == 1
    assert InboxEvent.objects.get().customer == customer


def test_an_event_about_nobody_of_ours_is_ignored_in_the_end(db):
    receive_event(event_id="evt_1", event_type="customer.updated", stripe_customer_id="cus_stranger")
    InboxEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    for _ in range(MAX_ATTEMPTS):
        sweep()
    event = InboxEvent.objects.get()
    assert (event.state, event.last_error) == ("ignored", "No customer here has this Stripe id.")


def test_an_outage_of_stripe_parks_nothing(stripe, customer):
    event = InboxEventFactory(customer=customer)
    for _ in range(MAX_ATTEMPTS + 1):
        stripe.fail("503", times=3)
        with pytest.raises(StripeUnavailable):
            handle_waiting(customer_id=customer.pk)
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)
    assert "circuit_open" in event.last_error
    stripe.faults.clear()
    close_breaker()
    handle_waiting(customer_id=customer.pk)
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("processed", "")


def test_an_event_that_comes_during_a_reconcile_waits_for_the_next(customer, monkeypatch):
    """It may be about something that happened after Stripe was read."""
    first = InboxEventFactory(customer=customer)
    reconcile = services.reconcile_customer

    def overtaken(**arguments):
        InboxEventFactory(customer=customer)
        reconcile(**arguments)

    monkeypatch.setattr(services, "reconcile_customer", overtaken)
    handle_waiting(customer_id=customer.pk)
    assert list(InboxEvent.objects.filter(state="processed")) == [first]
    assert InboxEvent.objects.filter(state="received").count() == 1


def test_rows_say_what_they_are(customer):
    event = InboxEventFactory(customer=customer)
    attempt = CheckoutAttemptFactory(customer=customer)
    assert str(customer) == customer.stripe_id
    assert str(event) == f"customer.subscription.updated {event.stripe_event_id}"
    assert str(attempt) == f"checkout {attempt.pk} (open)"
