"""A real worker takes the jobs from PostgreSQL and does them."""

import asyncio

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.services import ensure_customer
from billing.subscriptions.models import Subscription
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
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}
    assert states("reconcile") == {"succeeded"}


def test_a_failed_job_waits_for_another_try(stripe):
    customer = ensure_customer(user=UserFactory())
    event = InboxEventFactory(customer=customer)
    defer_reconcile(customer.pk)
    stripe.fail("503", times=3)
    run_worker()
    assert states("reconcile") == {"todo"}
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


def test_the_sweeper_runs_as_a_job(stripe):
    sweep_inbox.defer(timestamp=0)
    run_worker()
    assert "succeeded" in states("sweep_inbox")
