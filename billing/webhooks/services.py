"""The inbox: events come in once, wait for a reconcile of their customer, and are never lost."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from billing.checkout.services import refresh_attempts
from billing.customers.models import StripeCustomer
from billing.gateway.errors import StripeUnavailable
from billing.invoices.services import refresh_invoices
from billing.subscriptions.services import reconcile_customer
from billing.webhooks.events import EVENTS
from billing.webhooks.jobs import defer_reconcile
from billing.webhooks.models import InboxEvent

logger = logging.getLogger(__name__)

State = InboxEvent.State

MAX_ATTEMPTS = 10
PATIENCE = timedelta(minutes=1)
SWEEP_BATCH = 500


def receive_event(*, event_id: str, event_type: str, stripe_customer_id: str) -> None:
    """Store the event once, and have its customer reconciled by a job of the same transaction.

    A repeated event changes nothing. A type we do not read, or an event about nobody, is kept as ignored.
    """
    interesting = event_type in EVENTS and bool(stripe_customer_id)
    customer = StripeCustomer.objects.filter(stripe_id=stripe_customer_id).first() if interesting else None
    with transaction.atomic():
        event, is_new = InboxEvent.objects.get_or_create(
            stripe_event_id=event_id,
            defaults={
                "type": event_type,
                "stripe_customer_id": stripe_customer_id,
                "customer": customer,
                "state": State.RECEIVED if interesting else State.IGNORED,
            },
        )
        if is_new and customer:
            defer_reconcile(customer.pk)
    logger.info("Event %s %s: %s", event_id, event_type, event.state if is_new else "came again")


def handle_waiting(*, customer_id: int) -> None:
    """Reconcile the customer and note the events that waited for it as done, in one transaction.

    Whatever fails is raised again after it was noted on the events. One that failed ``MAX_ATTEMPTS`` times
    is parked, so that it cannot keep the workers busy; an outage of Stripe is no event's failure.
    """
    waiting = list(_waiting().filter(customer_id=customer_id).values_list("pk", flat=True))
    try:
        refresh_invoices(customer_id=customer_id)
        reconcile_customer(customer_id=customer_id, and_then=lambda _: _mark_processed(waiting))
        refresh_attempts(customer_id=customer_id)
    except StripeUnavailable as failure:
        InboxEvent.objects.filter(pk__in=waiting).update(last_error=str(failure))
        raise
    except Exception as error:
        _note_failure(waiting, error)
        raise


def sweep() -> int:
    """Take up the events that have waited for longer than ``PATIENCE``; gives the number of customers."""
    left = _waiting().filter(received_at__lt=timezone.now() - PATIENCE)
    _find_customers(left.filter(customer=None)[:SWEEP_BATCH])
    customers = left.exclude(customer=None).order_by().values_list("customer_id", flat=True).distinct()
    found = list(customers[:SWEEP_BATCH])
    for customer_id in found:
        defer_reconcile(customer_id)
    return len(found)


def _waiting() -> QuerySet[InboxEvent]:
    return InboxEvent.objects.filter(state=State.RECEIVED)


def _mark_processed(events: Sequence[int]) -> None:
    InboxEvent.objects.filter(pk__in=events, state=State.RECEIVED).update(
        state=State.PROCESSED, processed_at=timezone.now(), last_error=""
    )


def _note_failure(events: Sequence[int], error: Exception) -> None:
    rows = InboxEvent.objects.filter(pk__in=events, state=State.RECEIVED)
    rows.update(attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:2000])
    parked = rows.filter(attempts__gte=MAX_ATTEMPTS).update(state=State.FAILED)
    if parked:
        logger.error("Parked %s events after %s attempts: look at the inbox", parked, MAX_ATTEMPTS)


def _find_customers(events: QuerySet[InboxEvent]) -> None:
    """An event may overtake the row of its customer; one that stays nobody's after some sweeps is ignored."""
    for event in events:
        event.customer = StripeCustomer.objects.filter(stripe_id=event.stripe_customer_id).first()
        event.attempts += 1
        if event.customer is None and event.attempts >= MAX_ATTEMPTS:
            event.state = State.IGNORED
            event.last_error = "No customer here has this Stripe id."
        event.save(update_fields=["customer", "attempts", "state", "last_error"])
