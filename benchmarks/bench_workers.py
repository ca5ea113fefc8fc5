"""Events a second through inbox and reconcile, with one worker process and with four.

Each event is of another customer, so that no two share a job. The Stripe sandbox answers from a process of
its own and needs a core for itself: on two cores four workers can do little more than one, and the goal says
only that they are not slower.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection as database

from benchmarks.measure import Form, Result, summarise
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.gateway.client import connection
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import receive_event
from tests.factories.billing import UserFactory
from tests.faults.processes import wait_until, worker
from tests.faults.storm import started_workers

EVENTS = 60
ROUNDS = 3
GOAL = 0.8 if (os.cpu_count() or 1) <= 2 else 1.5


@pytest.fixture
def customers(settings: Any, stripe_sandbox: str, transactional_db: None) -> Iterator[list[StripeCustomer]]:
    """As many customers as events, known to a Stripe in a process of its own."""
    settings.STRIPE_API_BASE = stripe_sandbox
    connection.open()
    yield [ensure_customer(user=UserFactory()) for _ in range(EVENTS)]
    connection.close()


def test_events_a_second_with_one_worker_and_with_four(
    report: Callable[[Result], None],
    customers: list[StripeCustomer],
    database_url: str,
    stripe_sandbox: str,
) -> None:
    def rate(workers: int) -> float:
        _empty()
        before = started_workers()
        with ExitStack() as stack:
            for _ in range(workers):
                stack.enter_context(worker(database_url, stripe_sandbox))
            wait_until(lambda: started_workers() >= before + workers, "the start of the workers")
            return _events_a_second(customers)

    rounds = [(rate(4), rate(1)) for _ in range(ROUNDS)]
    name = "events through inbox and reconcile, four workers"
    report(summarise(name, rounds, peer_name="one worker", goal=GOAL, unit="events/s", form=Form.THROUGHPUT))


def _events_a_second(customers: list[StripeCustomer]) -> float:
    started = time.perf_counter()
    for number, customer in enumerate(customers):
        receive_event(
            event_id=f"evt_{number}", event_type="customer.updated", stripe_customer_id=customer.stripe_id
        )
    done = InboxEvent.objects.filter(state=InboxEvent.State.PROCESSED)
    wait_until(lambda: done.count() == EVENTS, "the end of the last job", patience=180)
    return EVENTS / (time.perf_counter() - started)


def _empty() -> None:
    InboxEvent.objects.all().delete()
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
