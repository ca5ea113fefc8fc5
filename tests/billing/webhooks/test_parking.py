"""An event that fails too often is parked and told about; nothing else waits for it; it can be replayed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.customers.services import ensure_customer
from billing.gateway.errors import KeyRefused
from billing.notices.models import Alert
from billing.subscriptions.models import Subscription
from billing.webhooks import attempts, services
from billing.webhooks.models import EventAttempt, InboxEvent
from billing.webhooks.processors import FOLLOW_UPS
from billing.webhooks.services import MAX_ATTEMPTS, handle_waiting, replay, sweep
from billing.webhooks.settling import FollowUpFailed
from tests.factories.billing import InboxEventFactory, UserFactory, inbox_payload

pytestmark = pytest.mark.django_db

POISON = "customer.source.expiring"


@pytest.fixture
def customer(stripe, db):
    return ensure_customer(user=UserFactory())


@pytest.fixture
def poison(monkeypatch):
    """Events of one type cannot be followed up until the fixture's list says otherwise."""
    broken = [True]

    def step(customer, event):
        if broken[0]:
            raise ValueError("no such card")

    monkeypatch.setitem(FOLLOW_UPS, POISON, (step,))
    return broken


def poisoned(customer):
    return InboxEventFactory(customer=customer, type=POISON, trigger=inbox_payload({"id": "evt"}))


def try_all(customer, times=MAX_ATTEMPTS):
    for _ in range(times):
        with pytest.raises((FollowUpFailed, ZeroDivisionError)):
            handle_waiting(customer_id=customer.pk)


def state(event):
    event.refresh_from_db()
    return event.state


def alerts():
    return set(Alert.objects.filter(closed_at=None).values_list("rule", "subject"))


def test_it_is_parked_after_ten_failures_and_told_about_once(customer, poison):
    event = poisoned(customer)
    try_all(customer, MAX_ATTEMPTS - 1)
    assert (state(event), event.attempts, alerts()) == ("received", MAX_ATTEMPTS - 1, set())
    try_all(customer, 1)
    assert (state(event), event.attempts) == ("failed", MAX_ATTEMPTS)
    assert event.last_error == "ValueError: no such card"
    assert alerts() == {("webhook_parked", event.stripe_event_id)}
    assert "Read why" in Alert.objects.get().sentence


def test_other_events_of_the_same_customer_do_not_wait_for_it(customer, poison, stripe, publish):
    item = {"price": publish("cutter").stripe_price_id}
    bad, good, late = poisoned(customer), InboxEventFactory(customer=customer), poisoned(customer)
    stripe.client().v1.subscriptions.create(
        {"customer": customer.stripe_id, "items": [item], "trial_period_days": 3}
    )
    try_all(customer, 1)
    assert [state(bad), state(good), state(late)] == ["received", "processed", "received"]
    assert Subscription.objects.get().status == "trialing"
    try_all(customer, MAX_ATTEMPTS - 1)
    after = InboxEventFactory(customer=customer)
    handle_waiting(customer_id=customer.pk)
    assert state(after) == "processed"


def test_what_a_failing_step_wrote_is_undone(customer, monkeypatch):
    def step(customer, event):
        customer.generation = 99
        customer.save()
        raise ValueError

    monkeypatch.setitem(FOLLOW_UPS, POISON, (step,))
    poisoned(customer)
    try_all(customer, 1)
    customer.refresh_from_db()
    assert customer.generation == 0


def test_a_parked_event_is_not_taken_up_again_by_itself(customer, poison):
    event = poisoned(customer)
    try_all(customer)
    InboxEvent.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert sweep() == 0
    handle_waiting(customer_id=customer.pk)
    assert state(event) == "failed"


def test_a_replay_that_succeeds_closes_the_alert(customer, poison, work):
    event = poisoned(customer)
    try_all(customer)
    poison[0] = False
    admin = UserFactory()
    assert replay([event.pk], by=admin) == 1
    assert alerts()
    assert work() == 1
    assert (state(event), event.last_error, alerts()) == ("processed", "", set())
    told = list(event.history.values_list("outcome", "by"))[-3:]
    assert told == [("parked", None), ("replayed", admin.pk), ("done", None)]


def test_a_replay_that_fails_counts_anew_and_leaves_the_alert(customer, poison):
    event = poisoned(customer)
    try_all(customer)
    replay([event.pk], by=UserFactory())
    try_all(customer, 1)
    assert (state(event), event.attempts) == ("received", 1)
    assert len(alerts()) == 1


def test_replaying_twice_is_replaying_once(customer, poison, work):
    event = InboxEventFactory(customer=customer, state="processed", processed_at=timezone.now())
    admin = UserFactory()
    assert [replay([event.pk], by=admin), replay([event.pk], by=admin)] == [1, 0]
    assert work() == 1
    assert event.history.filter(outcome="replayed").count() == 1


def test_what_nobody_reads_and_what_lost_its_payload_is_not_replayed(customer, poison):
    unread = InboxEventFactory(type="coupon.created", state="ignored")
    nobodys = InboxEventFactory(type="checkout.session.completed", state="ignored")
    pruned = InboxEventFactory(customer=customer, type=POISON, state="failed")
    assert replay([unread.pk, nobodys.pk, pruned.pk], by=UserFactory()) == 0


def test_a_replay_keeps_when_the_event_was_first_done(customer, work):
    first = timezone.now() - timedelta(days=3)
    event = InboxEventFactory(customer=customer, state="processed", processed_at=first)
    replay([event.pk], by=UserFactory())
    work()
    event.refresh_from_db()
    assert event.processed_at == first


def test_a_reconcile_that_fails_counts_for_all_that_wait(customer, monkeypatch):
    first, second = InboxEventFactory(customer=customer), InboxEventFactory(customer=customer)
    monkeypatch.setattr(services, "reconcile_customer", lambda **_: 1 / 0)
    try_all(customer)
    assert [state(first), state(second)] == ["failed", "failed"]
    assert first.last_error == "ZeroDivisionError: division by zero"


def test_a_key_that_stripe_refuses_is_no_events_fault(customer, monkeypatch):
    event = InboxEventFactory(customer=customer)

    def refuse(**_):
        raise KeyRefused(request_id="req_1")

    monkeypatch.setattr(services, "reconcile_customer", refuse)
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(KeyRefused):
            handle_waiting(customer_id=customer.pk)
    assert (state(event), event.attempts) == ("received", 0)
    [once] = event.history.all()
    assert (once.outcome, once.request_id) == ("waited", "req_1")


def test_a_thousand_parked_events_are_a_handful_of_mails(customer, poison, monkeypatch):
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 1)
    for _ in range(attempts.MOST_ALERTS + 5):
        poisoned(customer)
    try_all(customer, 1)
    assert len(alerts()) == attempts.MOST_ALERTS + 1
    assert ("webhook_parked", "many") in alerts()
    poison[0] = False
    replay(InboxEvent.objects.values_list("pk", flat=True), by=UserFactory())
    handle_waiting(customer_id=customer.pk)
    assert alerts() == set()


def test_every_attempt_says_what_it_changed(customer, stripe, publish):
    item = {"price": publish("cutter").stripe_price_id}
    made = stripe.client().v1.subscriptions.create(
        {"customer": customer.stripe_id, "items": [item], "trial_period_days": 3}
    )
    event = InboxEventFactory(customer=customer)
    handle_waiting(customer_id=customer.pk)
    [attempt] = EventAttempt.objects.filter(event=event)
    assert attempt.changes[0] == f"Subscription {made.id} is new: trialing."
    assert str(attempt) == f"Done ({event.pk})"
