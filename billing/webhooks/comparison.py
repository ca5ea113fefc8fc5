"""Answers events about products and prices: somebody may have edited them in Stripe's own dashboard."""

from django.db import transaction

from billing.publishing.drift import report_drift
from billing.webhooks.attempts import noting_failures
from billing.webhooks.events import CATALOG_EVENTS
from billing.webhooks.models import InboxEvent
from billing.webhooks.settling import FollowUpFailed, settle


def handle_catalog_events() -> None:
    """Compare the catalog with Stripe once for all events about it that wait, and settle them.

    Whatever fails is raised again after it was noted on the events.
    """
    rows = InboxEvent.objects.filter(state=InboxEvent.State.RECEIVED, type__in=CATALOG_EVENTS)
    waiting = list(rows.values_list("pk", flat=True))
    if not waiting:
        return
    with noting_failures(waiting):
        changes = [change.sentence for change in report_drift()]
        with transaction.atomic():
            failed = settle(waiting, changes=changes)
    if failed:
        raise FollowUpFailed(f"{failed} of {len(waiting)} events failed: see the inbox.")
