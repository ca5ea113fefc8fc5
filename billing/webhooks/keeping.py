"""Puts an event into the inbox, once, in one statement: it is on the way of every webhook's answer."""

from typing import Any

from django.db import connection
from django.utils import timezone

from billing.webhooks.models import InboxEvent

KEEP = """
INSERT INTO billing_inboxevent
    (stripe_event_id, type, stripe_customer_id, customer_id, trigger_id, state, attempts, last_error,
     received_at)
VALUES (
    %(id)s, %(type)s, %(named)s,
    (SELECT id FROM billing_stripecustomer WHERE stripe_id = %(named)s AND stripe_id <> '' AND %(waits)s),
    %(trigger)s, %(state)s, 0, '', %(now)s
)
ON CONFLICT (stripe_event_id) DO NOTHING RETURNING id, customer_id
"""


def keep(event: InboxEvent) -> bool:
    """Store a new ``event`` with its customer, if it waits for one; False where it was stored before."""
    facts: dict[str, Any] = {
        "id": event.stripe_event_id,
        "type": event.type,
        "named": event.stripe_customer_id,
        "waits": event.state == InboxEvent.State.RECEIVED,
        "trigger": event.trigger_id,
        "state": event.state,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, facts)
        row = cursor.fetchone()
    if row:
        event.pk, event.customer_id = row
    return row is not None
