"""A real worker takes the jobs from PostgreSQL and does them."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.services import ensure_customer
from billing.subscriptions.models import Subscription
from billing.webhooks import tasks
from billing.webhooks.jobs import defer_reconcile
from billing.webhooks.models import InboxEvent
from billing.webhooks.tasks import sweep_inbox
from tests.factories.billing import InboxEventFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def run_worker():
    """Do everything that waits, then stop."""

    async def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    wait=False, install_signal_handlers=False, listen_notify=False
                )

    asyncio.run(run())


def states(task):
    """How the jobs of a task stand; a worker also starts what is due each minute."""
    jobs = ProcrastinateJob.objects.filter(task_name=f"billing.webhooks.tasks.{task}")
    return set(jobs.values_list("status", flat=True))


def test_an_event_becomes_a_subscription(stripe, post, publish):
    customer = ensure_customer(user=UserFactory())
    item = {"price": publish("cutter").stripe_price_id}
    stripe.client().v1.subscriptions.create(
        {"customer": customer.stripe_id, "items": [item], "trial_period_days": 3}
    )
    stripe.deliver(post)
    run_worker()
    assert Subscription.objects.get().status == "trialing"
    assert set(customer.events.values_list("state", flat=True)) == {"processed"}
    assert states("reconcile") == {"succeeded"}


def test_a_failed_job_is_followed_by_another_one_that_waits_longer_each_time(stripe):
    customer = ensure_customer(user=UserFactory())
    event = InboxEventFactory(customer=customer)
    defer_reconcile(customer.pk)
    stripe.fail("503", times=3)
    began = timezone.now()
    run_worker()
    assert states("reconcile") == {"succeeded", "todo"}
    follower = ProcrastinateJob.objects.get(status="todo")
    assert follower.args == {"customer_id": customer.pk, "tries": 1}
    assert began < follower.scheduled_at <= timezone.now() + timedelta(seconds=2)
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)


def test_a_changed_address_reaches_stripe(stripe):
    customer = ensure_customer(user=UserFactory())
    customer.user.email = "moved@example.com"
    customer.user.save()
    run_worker()
    assert stripe.find("customer")[0]["email"] == "moved@example.com"


def test_many_events_of_a_customer_make_one_job(stripe):
    customer = ensure_customer(user=UserFactory())
    for _ in range(5):
        defer_reconcile(customer.pk)
    assert ProcrastinateJob.objects.count() == 1


def test_the_sweeper_queues_what_was_left(stripe):
    customer = ensure_customer(user=UserFactory())
    InboxEventFactory(customer=customer)
    InboxEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    sweep_inbox(timestamp=0)
    run_worker()
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}


def test_a_job_that_fails_while_the_next_one_waits_leaves_it_to_that_one(stripe, monkeypatch):
    """An event arrives while a reconcile runs that will fail: both jobs have the same queueing lock."""
    customer = ensure_customer(user=UserFactory())
    event = InboxEventFactory(customer=customer)
    defer_reconcile(customer.pk)
    handle, failing = tasks.handle_waiting, iter([True])

    def overtaken(*, customer_id):
        if next(failing, False):
            defer_reconcile(customer_id)
            stripe.fail("503", times=3)
        handle(customer_id=customer_id)

    monkeypatch.setattr(tasks, "handle_waiting", overtaken)
    run_worker()
    event.refresh_from_db()
    assert event.state == "processed"
    assert not ProcrastinateJob.objects.filter(status="doing").exists()


def test_the_last_try_leaves_the_rest_to_the_sweeper(stripe, monkeypatch):
    customer = ensure_customer(user=UserFactory())
    monkeypatch.setattr(tasks, "handle_waiting", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.reconcile(customer_id=customer.pk, tries=tasks.MAX_TRIES)
    assert not ProcrastinateJob.objects.exists()


def test_an_outage_delays_the_job_however_long_it_lasts(stripe):
    customer = ensure_customer(user=UserFactory())
    for tries in (0, tasks.MAX_TRIES, tasks.MAX_TRIES):
        ProcrastinateJob.objects.all()._raw_delete("default")
        stripe.fail("503", times=3)
        tasks.reconcile(customer_id=customer.pk, tries=tries)
        assert ProcrastinateJob.objects.get().args["tries"] == min(tries + 1, tasks.MAX_TRIES)
