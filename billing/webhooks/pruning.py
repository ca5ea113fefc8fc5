"""Deletes what is not needed any more of Stripe's events: payloads first, which hold personal data."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from djstripe.models import Event, WebhookEventTrigger

from billing.webhooks.models import InboxEvent
from billing.webhooks.secrets import forget_expired_secrets

State = InboxEvent.State

BATCH = 1000
MOST_BATCHES = 1000  # a night; what is left is for the next one

# These are nobody's past: one waits for its turn, the other for a person.
UNFINISHED = (State.RECEIVED, State.FAILED)


def prune() -> dict[str, int]:
    """Delete what is older than the settings say, in batches; gives how many rows of each kind.

    An event that is not finished keeps its row and its payload, however old it is.
    """
    now = timezone.now()
    payloads_end = now - timedelta(days=settings.BILLING_KEEP_PAYLOADS_DAYS)
    return {
        "payloads": _delete(_old_payloads(payloads_end)),
        "copies": _delete(_old_copies(payloads_end)),
        "events": _delete(_old_events(now - timedelta(days=settings.BILLING_KEEP_EVENTS_DAYS))),
        "secrets": forget_expired_secrets(),
    }


def _old_payloads(end: datetime) -> QuerySet[Model]:
    """What arrived at our address, genuine or not, in the order in which it came."""
    unfinished = InboxEvent.objects.filter(trigger=OuterRef("pk"), state__in=UNFINISHED)
    rows: QuerySet[Model] = WebhookEventTrigger.objects.filter(~Exists(unfinished), created__lt=end)
    return rows.order_by("pk")


def _old_copies(end: datetime) -> QuerySet[Model]:
    """dj-stripe's events, which a replay through it leaves behind; those whose payload stays are kept."""
    rows: QuerySet[Model] = Event.objects.filter(djstripe_created__lt=end, webhookeventtrigger=None)
    return rows.order_by("pk")


def _old_events(end: datetime) -> QuerySet[Model]:
    """The inbox's own rows, with their attempts."""
    rows: QuerySet[Model] = InboxEvent.objects.filter(received_at__lt=end).exclude(state__in=UNFINISHED)
    return rows.order_by("received_at")


def _delete(rows: QuerySet[Model]) -> int:
    """Batch by batch, each in a transaction of its own: no long lock, and nothing large in memory."""
    deleted = 0
    for _ in range(MOST_BATCHES):
        batch = list(rows.values_list("pk", flat=True)[:BATCH])
        if not batch:
            break
        rows.filter(pk__in=batch).delete()  # asked again: one may have been replayed meanwhile
        deleted += len(batch)
    return deleted
