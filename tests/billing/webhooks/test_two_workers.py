"""Two real workers share the inbox: a customer's events are settled once and in order, others run beside."""

import asyncio
import threading
import time

import pytest
from django.db import connection as database
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.customers.services import ensure_customer
from billing.webhooks import services
from billing.webhooks.models import EventAttempt, InboxEvent
from billing.webhooks.processors import FOLLOW_UPS
from billing.webhooks.services import receive_event
from tests.factories.billing import UserFactory, inbox_payload

pytestmark = pytest.mark.django_db(transaction=True)

WATCHED = "customer.updated"
PATIENCE = 120  # seconds


@pytest.fixture
def settled(monkeypatch):
    """The numbers of the events in the order in which they were followed up."""
    seen = []
    monkeypatch.setitem(
        FOLLOW_UPS, WATCHED, (lambda customer, event: seen.append((customer.pk, event["n"])),)
    )
    return seen


def arrive(customer, number):
    receive_event(
        event_id=f"evt_{customer.pk}_{number}",
        event_type=WATCHED,
        stripe_customer_id=customer.stripe_id,
        trigger_id=inbox_payload({"n": number}).pk,
    )


def nothing_waits():
    return not InboxEvent.objects.filter(state="received").exists()


def work_until(is_over, deadline):
    """A worker of its own connection."""

    async def run() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                wait=False, queues=["billing"], install_signal_handlers=False, listen_notify=False
            )

    while time.monotonic() < deadline and not is_over():
        asyncio.run(run())
    database.close()


def with_two_workers(meanwhile=lambda: None, is_over=nothing_waits):
    deadline = time.monotonic() + PATIENCE
    workers = [threading.Thread(target=work_until, args=(is_over, deadline)) for _ in range(2)]
    for worker in workers:
        worker.start()
    meanwhile()
    for worker in workers:
        worker.join()


def test_events_of_a_customer_are_settled_once_and_in_their_order(stripe, settled):
    customers = [ensure_customer(user=UserFactory()) for _ in range(3)]

    def more_come():
        for number in range(5, 10):
            for customer in customers:
                arrive(customer, number)

    for number in range(5):
        for customer in customers:
            arrive(customer, number)
    with_two_workers(more_come)
    for customer in customers:
        assert [number for pk, number in settled if pk == customer.pk] == list(range(10))
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}
    assert EventAttempt.objects.filter(outcome="done").count() == 30


def test_a_customer_whose_reconcile_takes_long_keeps_nobody_waiting(stripe, settled, monkeypatch):
    slow, quick = (ensure_customer(user=UserFactory()) for _ in range(2))
    reconcile, quick_is_done = services.reconcile_customer, threading.Event()
    waited = []

    def reconcile_slowly(*, customer_id, and_then):
        if customer_id == slow.pk:
            waited.append(quick_is_done.wait(PATIENCE))
        reconcile(customer_id=customer_id, and_then=and_then)
        if customer_id == quick.pk:
            quick_is_done.set()

    monkeypatch.setattr(services, "reconcile_customer", reconcile_slowly)
    arrive(slow, 1)
    arrive(quick, 2)
    with_two_workers()
    assert waited[0] is True
    assert [number for _, number in settled] == [2, 1]


def test_a_poisoned_customer_keeps_nobody_waiting(stripe, settled, monkeypatch):
    sick, well = (ensure_customer(user=UserFactory()) for _ in range(2))
    reconcile = services.reconcile_customer

    def reconcile_badly(*, customer_id, and_then):
        if customer_id == sick.pk:
            raise ValueError("poison")
        reconcile(customer_id=customer_id, and_then=and_then)

    monkeypatch.setattr(services, "reconcile_customer", reconcile_badly)
    for number in range(3):
        arrive(sick, number)
        arrive(well, number)
    with_two_workers(
        is_over=lambda: (
            sick.events.filter(attempts__gt=0).exists() and not well.events.filter(state="received").exists()
        )
    )
    assert [number for pk, number in settled if pk == well.pk] == [0, 1, 2]
    assert set(sick.events.values_list("state", flat=True)) == {"received"}
    assert ProcrastinateJob.objects.filter(queueing_lock=f"reconcile-{sick.pk}", status="todo").exists()
