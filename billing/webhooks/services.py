"""The inbox: events come in once, wait for a reconcile of their customer, and are never lost."""

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from billing.actors import acting
from billing.checkout.queries import is_at_checkout
from billing.checkout.services import refresh_attempts
from billing.customers.models import StripeCustomer
from billing.invoices.services import refresh_invoices
from billing.subscriptions.services import reconcile_customer
from billing.webhooks.attempts import MAX_ATTEMPTS, note_replay, noting_failures
from billing.webhooks.events import CATALOG_EVENTS, EVENTS, PAYMENT_EVENTS, THIN_EVENTS
from billing.webhooks.jobs import defer_comparison, defer_reconcile, defer_tracing
from billing.webhooks.keeping import keep
from billing.webhooks.models import InboxEvent
from billing.webhooks.processors import FOLLOW_UPS
from billing.webhooks.settling import FollowUpFailed, settle

__all__ = ["MAX_ATTEMPTS", "handle_waiting", "receive_event", "replay", "sweep"]

logger = logging.getLogger(__name__)

State = InboxEvent.State

READ = frozenset({*EVENTS, *THIN_EVENTS})
WITHOUT_CUSTOMER = frozenset({*CATALOG_EVENTS, *PAYMENT_EVENTS, *THIN_EVENTS})
PATIENCE = timedelta(minutes=1)
SWEEP_BATCH = 500
SWEEPS_FOR_STRANGERS = 3


def receive_event(
    *, event_id: str, event_type: str, stripe_customer_id: str, trigger_id: int | None = None
) -> None:
    """Store the event once, and have it handled by a job of the same transaction.

    A repeated event changes nothing. A type we do not read, or an event about nobody, is kept as ignored.
    """
    interesting = event_type in READ and (bool(stripe_customer_id) or event_type in WITHOUT_CUSTOMER)
    event = InboxEvent(
        stripe_event_id=event_id,
        type=event_type,
        stripe_customer_id=stripe_customer_id,
        trigger_id=trigger_id,
        state=State.RECEIVED if interesting else State.IGNORED,
    )
    with transaction.atomic(savepoint=False):
        is_new = keep(event)
        if is_new and interesting:
            _send_on_its_way(event)
    logger.info("Event %s %s: %s", event_id, event_type, event.state if is_new else "came again")


def handle_waiting(*, customer_id: int) -> None:
    """Reconcile the customer and settle the events that waited for it, in one transaction.

    Whatever fails is raised again after it was noted on the events. One that failed ``MAX_ATTEMPTS`` times
    is parked, so that it cannot keep the workers busy; an outage of Stripe is no event's failure.
    Several workers may do this for one customer at once: the events are settled once, in their order.
    """
    waiting = list(_waiting().filter(customer_id=customer_id).values_list("pk", flat=True))
    failed: list[int] = []
    with noting_failures(waiting), acting(origin="checkout" if is_at_checkout(customer_id) else ""):
        refresh_invoices(customer_id=customer_id)
        reconcile_customer(
            customer_id=customer_id, and_then=lambda changes: failed.append(settle(waiting, changes=changes))
        )
        refresh_attempts(customer_id=customer_id)
    if any(failed):
        raise FollowUpFailed(f"{failed[0]} of {len(waiting)} events failed: see the inbox.")


def replay(events: Collection[int], *, by: Any) -> int:
    """Have these events handled again, as if they had just come; gives how many will be.

    One that waits is left alone, so asking twice is asking once. One that nobody reads stays ignored, and one
    whose payload is gone stays as it is where something besides the reconcile would follow from it.
    """
    with transaction.atomic():
        chosen = InboxEvent.objects.select_for_update().filter(pk__in=events, type__in=READ)
        chosen = chosen.exclude(state=State.RECEIVED).exclude(type__in=FOLLOW_UPS, trigger=None)
        again = [event for event in chosen.order_by("pk") if _can_be_sent(event)]
        note_replay([event.pk for event in again], by=by)
        for event in again:
            _send_on_its_way(event)
    return len(again)


def sweep() -> int:
    """Take up the events that have waited for longer than ``PATIENCE``; gives the number of customers.

    A batch of each kind at a time, the oldest first: what is left is taken up by the next sweep.
    """
    left = _waiting().filter(received_at__lt=timezone.now() - PATIENCE).order_by()
    _find_customers(left.filter(customer=None).exclude(stripe_customer_id=""))
    customers = left.exclude(customer=None).values("customer_id").annotate(oldest=Min("received_at"))
    found = list(customers.order_by("oldest").values_list("customer_id", flat=True)[:SWEEP_BATCH])
    for customer_id in found:
        defer_reconcile(customer_id)
    nobodys = left.filter(customer=None, stripe_customer_id="").exclude(type__in=CATALOG_EVENTS)
    for event_id in nobodys.order_by("received_at").values_list("pk", flat=True)[:SWEEP_BATCH]:
        defer_tracing(event_id)
    if left.filter(type__in=CATALOG_EVENTS).exists():
        defer_comparison()
    return len(found)


def _waiting() -> QuerySet[InboxEvent]:
    return InboxEvent.objects.filter(state=State.RECEIVED)


def _can_be_sent(event: InboxEvent) -> bool:
    return bool(event.customer_id or event.stripe_customer_id) or event.type in WITHOUT_CUSTOMER


def _send_on_its_way(event: InboxEvent) -> None:
    """Queue the job for it; an event that overtook the row of its customer waits for the sweeper."""
    if event.customer_id:
        defer_reconcile(event.customer_id)
    elif event.type in CATALOG_EVENTS:
        defer_comparison()
    elif not event.stripe_customer_id:
        defer_tracing(event.pk)


def _find_customers(strangers: QuerySet[InboxEvent]) -> None:
    """An event may overtake the row of its customer; one that stays nobody's after some sweeps is ignored."""
    batch = list(strangers.order_by("received_at").values_list("pk", flat=True)[:SWEEP_BATCH])
    payers = StripeCustomer.objects.filter(stripe_id=OuterRef("stripe_customer_id")).values("pk")
    strangers = _waiting().filter(pk__in=batch, customer=None)
    strangers.update(customer_id=Subquery(payers), attempts=F("attempts") + 1)
    strangers.filter(attempts__gte=SWEEPS_FOR_STRANGERS).update(
        state=State.IGNORED, last_error="No customer here has this Stripe id."
    )
