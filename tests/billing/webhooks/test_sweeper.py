"""The sweeper takes up what no job took care of: the oldest first, a batch at a time, parked ones never."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks import services
from billing.webhooks.models import InboxEvent
from billing.webhooks.services import sweep
from tests.factories.billing import InboxEventFactory, StripeCustomerFactory

pytestmark = pytest.mark.django_db


def left(minutes=2, **fields):
    """An event that came some minutes ago and was not handled."""
    event = InboxEventFactory(**fields)
    InboxEvent.objects.filter(pk=event.pk).update(received_at=timezone.now() - timedelta(minutes=minutes))
    return event


def queued():
    return set(ProcrastinateJob.objects.filter(status="todo").values_list("queueing_lock", flat=True))


def test_each_kind_gets_the_job_it_needs():
    customer = StripeCustomerFactory()
    left(customer=customer, stripe_customer_id=customer.stripe_id)
    dispute = left(type="charge.dispute.created")
    left(type="price.updated")
    left(type="product.updated")
    sweep()
    assert queued() == {f"reconcile-{customer.pk}", f"trace-{dispute.pk}", "compare-catalog"}


@pytest.mark.parametrize("state", ["failed", "processed", "ignored"])
def test_what_does_not_wait_is_left_alone(state):
    left(customer=StripeCustomerFactory(), state=state)
    left(type="price.updated", state=state)
    assert sweep() == 0
    assert queued() == set()


def test_what_came_a_moment_ago_is_left_to_its_own_job():
    InboxEventFactory(customer=StripeCustomerFactory())
    assert sweep() == 0


def test_those_who_wait_longest_come_first(monkeypatch):
    monkeypatch.setattr(services, "SWEEP_BATCH", 1)
    customers = [StripeCustomerFactory() for _ in range(3)]
    for minutes, customer in zip((5, 30, 10), customers, strict=True):
        left(minutes, customer=customer)
    assert sweep() == 1
    assert queued() == {f"reconcile-{customers[1].pk}"}


def test_an_event_of_a_stranger_is_ignored_before_anybody_is_alarmed():
    event = left(stripe_customer_id="cus_stranger")
    for _ in range(services.SWEEPS_FOR_STRANGERS):
        sweep()
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("ignored", "No customer here has this Stripe id.")
    assert services.SWEEPS_FOR_STRANGERS + 1 < 5  # minutes until the panel turns red


def test_finding_customers_costs_the_same_for_one_and_for_many():
    def cost(events):
        for _ in range(events):
            left(stripe_customer_id="cus_stranger")
        with CaptureQueriesContext(connection) as queries:
            sweep()
        return len(queries)

    assert cost(1) == cost(40)
