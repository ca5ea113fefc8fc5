"""Finds out whom an event is about that names a payment and not its payer: disputes and refunds."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from billing.customers.models import StripeCustomer
from billing.gateway.errors import MissingAtStripe
from billing.gateway.payers import payer_of_charge, payer_of_payment_intent
from billing.webhooks.attempts import noting_failures
from billing.webhooks.events import PAYMENT_EVENTS, id_in, payment_named_in
from billing.webhooks.jobs import defer_reconcile
from billing.webhooks.models import InboxEvent
from billing.webhooks.settling import FollowUpFailed, settle


def trace_owner(*, event_id: int) -> None:
    """Give the waiting event its customer, and have them reconciled; settle it here if it is nobody's.

    Whatever fails is raised again after it was noted on the event.
    """
    event = InboxEvent.objects.filter(pk=event_id, state=InboxEvent.State.RECEIVED, customer=None).first()
    if event is None:
        return
    with noting_failures([event_id]):
        payer = payer_at_stripe(event.payload) if event.type in PAYMENT_EVENTS else ""
        failed = _hand_over(event, payer)
    if failed:
        raise FollowUpFailed(f"Event {event_id} failed: see the inbox.")


def payer_at_stripe(event: Mapping[str, Any]) -> str:
    """Whose the payment is that the event names, asked of Stripe; empty where it is nobody's."""
    about = event.get("data", {}).get("object", {})
    charge, intent = id_in(about.get("charge")), payment_named_in(event)
    try:
        if charge:
            return payer_of_charge(charge_id=charge)
        return payer_of_payment_intent(intent_id=intent) if intent else ""
    except MissingAtStripe:
        return ""


def _hand_over(event: InboxEvent, payer: str) -> int:
    customer = StripeCustomer.objects.filter(stripe_id=payer).first() if payer else None
    with transaction.atomic():
        if customer is None:
            return settle([event.pk], changes=[])
        InboxEvent.objects.filter(pk=event.pk).update(customer=customer, stripe_customer_id=payer)
        defer_reconcile(customer.pk)
    return 0
