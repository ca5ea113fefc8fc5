"""Keeps dj-stripe's own handlers, which a replay of stored events runs, from doing harm."""

from typing import Any

from django.dispatch import Signal
from django.utils import timezone
from djstripe.event_handlers import handle_customer_event
from djstripe.models import Customer, Event
from djstripe.signals import WEBHOOK_SIGNALS

from billing.webhooks.events import EVENTS


def guard_mirror() -> None:
    """Register the signals dj-stripe lacks, and replace what it does when a customer was deleted at Stripe.

    Its handler sends a DELETE to Stripe and cuts the subscriber off: an event must never make us write there.
    """
    for name in EVENTS:
        WEBHOOK_SIGNALS.setdefault(name, Signal())
    deleted = WEBHOOK_SIGNALS["customer.deleted"]
    deleted.disconnect(handle_customer_event, sender=Event)
    deleted.connect(note_deleted_customer, sender=Event, dispatch_uid="billing.note_deleted_customer")


def note_deleted_customer(event: Event, **kwargs: Any) -> None:
    """Mark dj-stripe's copy as gone; who it belonged to stays known."""
    Customer.objects.filter(id=event.data["object"]["id"]).update(date_purged=timezone.now())
