"""A worker is killed in the middle of a job: another one does it, and nothing is lost."""

import os
import socket
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.services import ensure_customer
from billing.gateway.client import connection as stripe_connection
from billing.models import StripeCustomer, Subscription
from billing.webhooks.jobs import defer_reconcile
from sandbox.processes import LOOPBACK
from tests.factories.billing import SubscriptionFactory, UserFactory
from tests.faults.processes import wait_until, worker

KILLS = 10 if os.environ.get("FAULTS") == "long" else 1


@pytest.fixture
def silent_stripe() -> Iterator[str]:
    """A Stripe that takes requests and never answers: a job that asks it is in the middle of its work."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


@pytest.fixture
def customer(settings, stripe_sandbox: str, transactional_db: None) -> Iterator[StripeCustomer]:
    """Somebody whose row says that a subscription is active, which Stripe never had."""
    settings.STRIPE_API_BASE = stripe_sandbox
    stripe_connection.open()
    made = ensure_customer(user=UserFactory())
    SubscriptionFactory(customer=made, status="active")
    yield made
    stripe_connection.close()


def job_is(status: str) -> bool:
    return ProcrastinateJob.objects.filter(task_name__endswith="reconcile", status=status).exists()


def let_a_minute_pass() -> None:
    """Make the dead worker's last sign of life a minute older, in place of waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        )


@pytest.mark.parametrize("another_event_came", [False, True])
def test_a_killed_workers_job_is_done_by_the_next(
    customer: StripeCustomer,
    database_url: str,
    silent_stripe: str,
    stripe_sandbox: str,
    another_event_came: bool,
) -> None:
    for _ in range(KILLS):
        defer_reconcile(customer.pk)
        with worker(database_url, silent_stripe):
            wait_until(lambda: job_is("doing"), "the start of the job")
        assert Subscription.objects.get().status == "active"
        if another_event_came:
            defer_reconcile(customer.pk)
        let_a_minute_pass()
        app.configure_task("rescue_jobs", queueing_lock="at-once").defer(timestamp=0)
        with worker(database_url, stripe_sandbox):
            wait_until(lambda: job_is("succeeded"), "the end of the job")
            wait_until(lambda: not job_is("doing"), "the end of the dead worker's job")
        assert Subscription.objects.get().status == "canceled"
        begin_again()


def begin_again() -> None:
    """Nothing is left of the last round."""
    ProcrastinateJob.objects.all()._raw_delete(connection.alias)
    Subscription.objects.update(status="active")
